"""The pages as people see them, on a desk and on a phone."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.acceptance.conftest import RunningHub

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
SIZES = ((1440, 900), (390, 844))


@contextlib.contextmanager
def shown(chromium: Browser, size: tuple[int, int]) -> Iterator[Page]:
    """Lend a page of one size; what its scripts complain of fails the test."""
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints


def registered(hub: RunningHub, key: str) -> Any:
    """Register a request as the web channel does."""
    request = urllib.request.Request(f"{hub.url}/api/v1/tickets", json.dumps({"text": LAMP}).encode())
    request.add_header("authorization", f"Bearer {hub.access['channels']['web']}")
    request.add_header("content-type", "application/json")
    request.add_header("idempotency-key", key)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def fits(page: Page) -> bool:
    """Tell whether nothing stands beyond the right edge."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def take(page: Page, action: str, words: str = "") -> None:
    """Open the form of one step, fill it in and send it."""
    asked = page.locator("details", has=page.locator(f"input[name=action][value={action}]"))
    asked.locator("summary").click()
    if words:
        asked.locator("textarea").fill(words)
    asked.locator("button").click()
    page.wait_for_load_state()


def test_the_pages_show_a_request_and_take_the_citizens_steps(
    running_hub: Callable[..., RunningHub], chromium: Browser
) -> None:
    hub = running_hub()
    for size in SIZES:
        receipt = registered(hub, f"k{size[0]}")
        with shown(chromium, size) as page:
            _live_page(page, hub, receipt)
            _citizens_page(page, hub, receipt)


def _live_page(page: Page, hub: RunningHub, receipt: Any) -> None:
    page.goto(hub.url)
    assert "12345" in page.inner_text("h1")
    assert receipt["number"] in page.inner_text("body")
    assert fits(page)


def _citizens_page(page: Page, hub: RunningHub, receipt: Any) -> None:
    page.goto(f"{hub.url}/me?number={receipt['number']}&code=wrong")
    assert "不正确" in page.inner_text(".error")

    page.fill("input[name=number]", receipt["number"])
    page.fill("input[name=code]", receipt["query_code"])
    page.click("form button")
    page.wait_for_load_state()
    told = page.inner_text("main")
    assert "办理中" in told
    assert "路灯坏了三天" in told
    assert fits(page)

    take(page, "supplement", "今晚又有人摔倒。")
    assert receipt["number"] in page.inner_text("main")
    take(page, "withdraw")
    assert "撤诉" in page.inner_text("dl")
    assert fits(page)
