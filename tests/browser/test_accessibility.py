"""Every page of the console by axe-core: nothing serious on any of them, in the light and in the dark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.walk import every_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

    from tests.acceptance.conftest import RunningHub

AXE = Path("console/node_modules/axe-core/axe.min.js")
GRAVE = {"serious", "critical"}


def test_no_page_of_the_console_has_a_serious_fault_of_access(
    running_hub: Callable[..., RunningHub], chromium: Browser, registered: Callable[..., dict[str, str]]
) -> None:
    hub = running_hub()
    receipt = registered(hub, "axe-1")
    source = AXE.read_text(encoding="utf-8")
    faults: dict[str, list[str]] = {}
    for scheme in ("light", "dark"):
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", bypass_csp=True)
        context.add_init_script(f"localStorage.setItem('hotline.theme', '{scheme}')")
        page = context.new_page()
        n = 0
        for role, name in every_page(page, hub, receipt["number"]):
            n += 1
            page.evaluate(source)
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            grave = [
                f"{one['id']}: {node['html'][:160]}"
                for one in found["violations"]
                if one["impact"] in GRAVE
                for node in one["nodes"][:3]
            ]
            if grave:
                faults[f"{scheme} {role} {name}"] = grave
        context.close()
        assert n > 10, "the menu offered too few pages"
    assert not faults, json.dumps(faults, ensure_ascii=False, indent=1)
