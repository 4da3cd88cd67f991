"""Who looks is written down, and who signs in proves it twice: a confidential caller, 查阅记录 and 动态口令, all by the screen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from hotline import totp
from tests.browser.walk import READY_MS, sign_in, sign_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.acceptance.conftest import RunningHub

PHONE: Final = "13900001234"
TEXT: Final = "幸福小区三号楼电梯停运五天，老人下不了楼，请催物业尽快修好。"
WHY: Final = "核实电梯停运的具体楼栋"


def test_a_confidential_caller_is_shown_to_one_once_another_has_signed_and_the_auditor_reads_of_it(
    shared_hub: RunningHub, chromium: Browser, registered: Callable[..., dict[str, str]]
) -> None:
    hub = shared_hub
    caller = {"name": "市民甲", "phone": PHONE, "disclosure": "confidential"}
    number = registered(hub, "trust-1", text=TEXT, caller=caller)["number"]
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page, complaints = context.new_page(), list[str]()
    page.set_default_timeout(READY_MS)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    sign_in(page, hub, "reviewer")
    asks_to_see(page, hub, number)
    page.get_by_text("须双人复核，已提请").wait_for()
    assert page.locator("[data-revealed]").count() == 0
    sign_out(page, hub)
    sign_in(page, hub, "supervisor")
    page.goto(f"{hub.url}/#/countersigns")
    page.locator("tr[data-countersign]", has_text=number).get_by_role("button", name="同意", exact=True).click()
    page.get_by_role("dialog", name="双人复核：同意").get_by_role("button", name="同意", exact=True).click()
    page.get_by_text("已同意").first.wait_for()
    sign_out(page, hub)
    sign_in(page, hub, "reviewer")
    asks_to_see(page, hub, number)
    assert PHONE in page.locator("[data-revealed]").inner_text()
    sign_out(page, hub)
    sign_in(page, hub, "auditor")
    page.goto(f"{hub.url}/#/access-log")
    page.get_by_label("工单号", exact=True).fill(number)
    look = page.locator("tbody tr", has_text=WHY)
    look.wait_for()
    assert all(words in look.inner_text() for words in ("demo-reviewer", "demo-supervisor", number))
    assert PHONE not in page.content()
    context.close()
    assert not complaints


def asks_to_see(page: Page, hub: RunningHub, number: str) -> None:
    page.goto(f"{hub.url}/#/tickets/{number}")
    page.get_by_role("button", name="查看诉求人").click()
    form = page.get_by_role("dialog", name="查看诉求人")
    form.get_by_label("查看理由").fill(WHY)
    form.get_by_role("button", name="查看", exact=True).click()
    form.wait_for(state="hidden")


def test_a_second_factor_is_set_up_asked_for_and_ended(shared_hub: RunningHub, chromium: Browser) -> None:
    hub = shared_hub
    account = next(user for user in hub.access["users"] if user["role"] == "quality")
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(READY_MS)
    sign_in(page, hub, "quality")
    page.goto(f"{hub.url}/#/password")
    page.fill("input[name=factor-password]", account["password"])
    page.get_by_role("button", name="设置动态口令").click()
    picture = page.get_by_role("img", name="动态口令的二维码")
    picture.wait_for()
    assert picture.evaluate("async one => { await one.decode(); return one.naturalWidth }") > 50, "the QR code is drawn"
    secret = page.locator("[data-secret]").inner_text()
    page.fill("input[name=first-code]", totp.code(secret, int(time.time()) // totp.STEP_S))
    page.get_by_role("button", name="启用").click()
    page.get_by_text("请现在抄下备用码").wait_for()
    codes = page.locator("[data-secret]").inner_text().split()
    assert len(codes) == len(set(codes)) > 5

    sign_out(page, hub)
    page.goto(f"{hub.url}/#/sign-in")
    page.fill("input[name=username]", account["username"])
    page.fill("input[name=password]", account["password"])
    page.click("button[type=submit]")
    page.get_by_label("动态口令或备用码").fill(codes[0])
    page.click("button[type=submit]")
    page.wait_for_selector("header .brand")
    page.goto(f"{hub.url}/#/password")
    page.get_by_text(f"还剩{len(codes) - 1}个备用码").wait_for()
    page.fill("input[name=end-code]", codes[1])
    page.get_by_role("button", name="停用动态口令").click()
    page.locator("input[name=factor-password]").wait_for()
    context.close()
