"""An administrator's work in the console, and what comes of it: a new colleague, a category that people look at first, knowledge."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any, Final

from tests.browser.walk import READY_MS, settle, sign_in, sign_out

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.acceptance.conftest import RunningHub

NAME: Final = "知识员小周"
OWN: Final = "只有我自己知道的新密码"
TITLE: Final = "窨井盖缺失怎样报修"
ENTRY: Final = {
    "title": TITLE,
    "category": "0103",
    "body": "发现窨井盖缺失的，请先提醒行人绕行，再拨打12345；城管部门两小时内到场设置围挡。",
    "keywords": ["井盖", "窨井"],
}


def test_an_administrator_s_colleague_begins_with_a_password_of_their_own_and_keeps_the_knowledge(
    shared_hub: RunningHub, chromium: Browser
) -> None:
    hub = shared_hub
    code = draft(hub)
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    sign_in(page, hub, "administrator")
    first = colleague(page, hub)
    switched_off(page, hub)
    sign_out(page, hub)

    changes_password(page, hub, first)
    correct_and_approve(page, hub, code)
    page.goto(f"{hub.url}/#/users")
    page.get_by_text("您的角色无权查看此页").wait_for(timeout=READY_MS)
    context.close()
    assert not complaints


def draft(hub: RunningHub) -> str:
    """Let a department's system write an entry; returns its code."""
    department = next(iter(hub.access["departments"]))
    content = json.dumps({**ENTRY, "owner": department}).encode()
    request = urllib.request.Request(f"{hub.url}/api/v1/knowledge", content)
    request.add_header("authorization", f"Bearer {hub.access['departments'][department]['token']}")
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as response:
        return str(json.load(response)["code"])


def dialog_of(page: Page, title: str) -> Locator:
    """Return an open dialog."""
    found = page.locator(".el-dialog:visible", has_text=title)
    found.wait_for(timeout=READY_MS)
    return found


def colleague(page: Page, hub: RunningHub) -> str:
    """Make an account; returns its first password, which is shown once."""
    page.goto(f"{hub.url}/#/users")
    page.get_by_role("button", name="新建账号").click()
    dialog = dialog_of(page, "新建账号")
    dialog.locator("input[name=new-username]").fill(NAME)
    dialog.locator(".el-select").first.click()
    page.locator(".el-select-dropdown__item:visible", has_text="知识管理员").click()
    dialog.get_by_role("button", name="新建账号").click()
    told = dialog_of(page, "初始密码")
    first = told.locator("code").inner_text()
    told.get_by_role("button", name="已抄录，关闭").click()
    row = page.locator("tr", has_text=NAME)
    row.get_by_text("待改初始密码").wait_for(timeout=READY_MS)
    return first


def switched_off(page: Page, hub: RunningHub) -> None:
    """Take a category from automatic dispatch, with a reason; the hub says so to everybody."""
    page.goto(f"{hub.url}/#/auto-dispatch")
    settle(page)
    switch = page.locator("tr[data-category] .el-switch.is-checked").first
    code = switch.locator("xpath=ancestor::tr").get_attribute("data-category")
    switch.click()
    dialog = dialog_of(page, "停用")
    stop = dialog.get_by_role("button", name="停用")
    assert stop.is_disabled(), "a reason is needed"
    dialog.locator("textarea[name=reason]").fill("近期错派偏多，先由人核对")
    stop.click()
    page.locator(f"tr[data-category='{code}']", has_text="近期错派偏多").wait_for(timeout=READY_MS)
    told: Any = page.request.get(f"{hub.url}/api/v1/auto-dispatch").json()
    (line,) = [line for line in told["categories"] if line["code"] == code]
    assert (line["is_on"], line["switched_by"]) == (False, "demo-administrator")
    again = {"is_on": True, "reason": "核对完毕，恢复自动派单"}
    assert page.request.put(f"{hub.url}/api/v1/auto-dispatch/{code}", data=again, headers={"origin": hub.url}).ok


def changes_password(page: Page, hub: RunningHub, first: str) -> None:
    """Sign in with the first password: nothing is shown before it is changed, and the page says what is wrong."""
    page.goto(f"{hub.url}/#/sign-in")
    page.fill("input[name=username]", NAME)
    page.fill("input[name=password]", first)
    page.click("button[type=submit]")
    page.locator("input[name=old]").wait_for(timeout=READY_MS)
    page.goto(f"{hub.url}/#/knowledge")
    page.locator("input[name=old]").wait_for(timeout=READY_MS)
    page.fill("input[name=old]", "不是这个密码")
    page.fill("input[name=new]", OWN)
    page.fill("input[name=again]", OWN)
    page.click("button[type=submit]")
    page.get_by_text("原密码不正确").wait_for(timeout=READY_MS)
    assert page.input_value("input[name=new]") == OWN, "what was typed is kept"
    page.fill("input[name=old]", first)
    page.click("button[type=submit]")
    page.wait_for_selector("header .brand", timeout=READY_MS)


def correct_and_approve(page: Page, hub: RunningHub, code: str) -> None:
    """Search as one types, correct what is found, and publish what another has written."""
    page.goto(f"{hub.url}/#/knowledge")
    page.fill("input[name=q]", "店门口摆桌子要不要报备")
    page.locator(".hits li button").first.click()
    entry = page.get_by_role("complementary")
    entry.get_by_role("button", name="纠错").click()
    dialog = dialog_of(page, "纠错")
    dialog.locator("textarea[name=reason]").fill("受理电话已经更换，请核对")
    dialog.get_by_role("button", name="纠错").click()
    dialog.wait_for(state="hidden", timeout=READY_MS)
    page.get_by_role("tab", name="待办").click()
    page.locator(".pick label", has_text="纠错").click()
    page.get_by_text("受理电话已经更换").first.wait_for(timeout=READY_MS)

    page.goto(f"{hub.url}/#/knowledge?tab=drafts&entry={code}")
    entry.get_by_role("button", name="审核通过").click()
    dialog = dialog_of(page, "审核通过")
    dialog.get_by_role("button", name="审核通过").click()
    entry.get_by_text("已发布").first.wait_for(timeout=READY_MS)
    page.get_by_role("tab", name="检索").click()
    page.fill("input[name=q]", "窨井盖缺失怎么报修")
    page.locator(".hits li", has_text=TITLE).first.wait_for(timeout=READY_MS)
