"""The pages as people see them, on a desk and on a phone."""

from __future__ import annotations

import base64
import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.acceptance.conftest import RunningHub

VENDOR = "巡查发现路口有流动摊贩占道经营，三轮车卖菜占住人行道，行人只能走车道。"
# One grey pixel.
PHOTO = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")
SIGN_IN = ("username", "password")
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
    shared_hub: RunningHub, chromium: Browser, registered: Callable[..., dict[str, str]]
) -> None:
    hub = shared_hub
    for size in SIZES:
        receipt = registered(hub, f"k{size[0]}")
        with shown(chromium, size) as page:
            _citizens_page(page, hub, receipt)


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

    take(page, "supplement", "灯杆上的编号是012。")
    assert receipt["number"] in page.inner_text("main")
    take(page, "withdraw")
    assert "撤诉" in page.inner_text("dl")
    assert fits(page)


def test_a_grid_worker_reports_and_settles_by_thumb(shared_hub: RunningHub, chromium: Browser, tmp_path: Path) -> None:
    hub = shared_hub
    photo = tmp_path / "photo.png"
    photo.write_bytes(PHOTO)
    worker = next(user for user in hub.access["users"] if user["username"].startswith("demo-grid-"))
    for size in SIZES:
        with shown(chromium, size) as page:
            page.goto(f"{hub.url}/grid")
            page.fill("input[name=username]", worker["username"])
            page.fill("input[name=password]", worker["password"])
            page.click("main button")
            page.wait_for_load_state()
            _report(page, photo)
            assert page.locator("a.part").count() == 1
            assert fits(page)
            page.click("a.part")
            page.wait_for_load_state()
            _settle(page, photo)
            assert fits(page)
            page.goto(f"{hub.url}/grid")
            assert page.locator("a.part").count() == 0


def _report(page: Page, photo: Path) -> None:
    form = page.locator("form", has=page.locator("input[value=report]"))
    form.locator("textarea").fill(VENDOR)
    form.locator("input[type=file]").set_input_files(photo)
    form.locator("button").click()
    page.wait_for_load_state()
    page.click("a.back")
    page.wait_for_load_state()


def _settle(page: Page, photo: Path) -> None:
    """Acknowledge, reply with a photo, sign off; the photos are drawn, and every button is wide enough for a thumb."""
    page.locator("details[open] button").click()
    page.wait_for_load_state()
    reply = page.locator("details", has=page.locator("input[value=reply]"))
    reply.locator("textarea").fill("已劝离摊贩并清扫路面，人行道恢复畅通。")
    reply.locator("input[type=file]").set_input_files(photo)
    assert min(box["height"] for box in (reply.locator("button").bounding_box(),) if box) >= 44
    reply.locator("button").click()
    page.wait_for_load_state()
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.locator("img").count() == 2
    sign_off = page.locator("details", has=page.locator("input[value=sign_off]"))
    sign_off.locator("input[name=signed_by]").fill("王组长")
    sign_off.locator("button").click()
    page.wait_for_load_state()
    assert "已签发" in page.inner_text("main")


def test_a_suggestion_is_supported_by_a_tap_and_the_digest_counts_it(shared_hub: RunningHub, chromium: Browser) -> None:
    hub = shared_hub
    users = {user["role"]: user for user in hub.access["users"]}
    with shown(chromium, SIZES[0]) as page:
        page.request.post(f"{hub.url}/api/v1/session", data={name: users["supervisor"][name] for name in SIGN_IN})
        phone = {"authorization": f"Bearer {hub.access['channels']['phone']}", "idempotency-key": "s"}
        content = {"text": "建议在东湖区翠湖路增设公交站，方便老年人乘车买菜。", "caller": {"phone": "13800000001"}}
        number = page.request.post(f"{hub.url}/api/v1/tickets", data=content, headers=phone).json()["number"]
        brief = "翠湖路一带老年居民较多，最近的公交站步行需十五分钟，建议在菜市场附近增设一处站点。"
        published = {"ticket": number, "title": "翠湖路增设公交站", "brief": brief, "consent": "phone"}
        assert page.request.post(f"{hub.url}/api/v1/suggestions", data=published).status == 201
    for n, size in enumerate(SIZES, 1):
        with shown(chromium, size) as page:
            page.goto(f"{hub.url}/suggestions")
            page.click("article button")
            page.wait_for_load_state()
            assert f"{n} 人支持" in page.inner_text("article")
            assert fits(page)
            page.goto(f"{hub.url}/suggestions/digest")
            for name in SIGN_IN:
                page.fill(f"input[name={name}]", users["leader"][name])
            page.click("button")
            page.wait_for_load_state()
            assert f"{n}人（实名0）" in page.inner_text("main")
            assert fits(page)
