"""`make screenshots`: every page of the console, on a desk and on a phone, in the light and in the dark, into docs/pictures."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.walk import every_page

FOLDER: Final = Path("docs/pictures/console")
SIZES: Final = {"desk": (1440, 900), "phone": (390, 844)}
QUALITY: Final = 80


def main() -> None:
    """Take the pictures of a hub that runs, best with city life in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8345")
    parser.add_argument("--access", type=Path, default=Path("var/access.json"))
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    given = parser.parse_args()
    hub = cast("Any", SimpleNamespace(url=given.url, access=json.loads(given.access.read_text())))
    given.out.mkdir(parents=True, exist_ok=True)
    ticket = _a_ticket(hub)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS])
        for device, (width, height) in SIZES.items():
            for theme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
                context.add_init_script(f"localStorage.setItem('hotline.theme', '{theme}')")
                page = context.new_page()
                for _, name in every_page(page, hub, ticket):
                    if given.only not in name:
                        continue
                    file = given.out / f"{name}-{device}-{theme}.jpg"
                    page.screenshot(path=file, type="jpeg", quality=QUALITY)
                    print(file, flush=True)
                context.close()
        browser.close()


def _a_ticket(hub: Any) -> str:
    """Return the number of a ticket that departments work on, or of any other."""
    account = next(user for user in hub.access["users"] if user["role"] == "supervisor")
    signed = {"username": account["username"], "password": account["password"]}
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    begin = urllib.request.Request(f"{hub.url}/api/v1/session", json.dumps(signed).encode())
    opener.open(begin, timeout=30).close()
    for state in ("follow_up", "assigned", ""):
        with opener.open(f"{hub.url}/api/v1/tickets?state={state}&limit=1", timeout=30) as response:
            found = json.load(response)["tickets"]
        if found:
            return str(found[0]["number"])
    sys.exit("这个中枢还没有工单，请先运行 hotline simulate")


if __name__ == "__main__":
    main()
