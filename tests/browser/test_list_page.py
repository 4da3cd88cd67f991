"""A list of tickets: narrowed, put in order, kept as a view, taken away as a file."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.walk import READY_MS, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.acceptance.conftest import RunningHub

PIT = "学校门口道路塌陷一个坑，有学生差点掉进去，请马上处理。"
ASKED = "咨询居住证怎样办理，需要带哪些材料？"
VIEW = "待派的险情"


def test_a_list_is_narrowed_ordered_kept_and_taken_away_by_keyboard(
    shared_hub: RunningHub, chromium: Browser, registered: Callable[..., dict[str, str]]
) -> None:
    pit, asked = (registered(shared_hub, f"list-{n}", text=text)["number"] for n, text in enumerate((PIT, ASKED)))
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(READY_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, shared_hub, "supervisor")
    page.goto(f"{shared_hub.url}/#/tickets")
    _narrows_and_orders(page, pit, asked)
    _keeps_a_view(page, pit)
    _takes_it_away(page, pit, asked)
    _marks_by_arrows_and_opens(page, asked)
    context.close()
    assert not complaints


def _line(page: Page, number: str) -> Any:
    return page.locator(".scroll .line", has_text=number)


def _choose(page: Page, field: str, name: str) -> None:
    page.get_by_role("combobox", name=field).focus()
    page.keyboard.press("Enter")
    page.locator(".el-select-dropdown__item:visible", has_text=re.compile(f"^{name}$")).click()


def _narrows_and_orders(page: Page, pit: str, asked: str) -> None:
    """What is asked for stands in the address, and is there again on reload; an order that a list cannot have is not offered."""
    expect(_line(page, asked)).to_be_visible()
    _choose(page, "状态", "待人工派单")
    page.keyboard.press("Escape")
    _choose(page, "紧急程度", "紧急")
    expect(page).to_have_url(re.compile("urgency=2"))
    # Enter is the list's, but first that of the button which has the focus.
    page.get_by_role("button", name="下一时限").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="下一时限")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page).to_have_url(re.compile("sort=due"))
    expect(_line(page, pit)).to_be_visible()
    expect(_line(page, asked)).to_have_count(0)


def _keeps_a_view(page: Page, pit: str) -> None:
    page.get_by_role("heading", name="全部工单").click()
    page.keyboard.press("v")
    page.get_by_role("menuitem", name="把当前条件存为常用视图").click()
    page.locator("input[name=view-name]").fill(VIEW)
    page.locator(".el-dialog:visible footer .el-button--primary").click()
    expect(page.locator(".el-message", has_text="已存为常用视图")).to_be_visible()
    page.get_by_role("button", name="清除条件").click()
    expect(page).not_to_have_url(re.compile("urgency"))
    page.get_by_role("button", name="常用视图").click()
    page.get_by_role("menuitem", name=VIEW).click()
    expect(page).to_have_url(re.compile("urgency=2"))
    expect(_line(page, pit)).to_be_visible()


def _takes_it_away(page: Page, pit: str, asked: str) -> None:
    """The file comes by itself when it is made, and holds what the list showed."""
    page.get_by_role("button", name="导出").click()
    with page.expect_download(timeout=60_000) as coming:
        page.get_by_role("menuitem", name="导出为 CSV").click()
    with Path(coming.value.path()).open(encoding="utf-8-sig", newline="") as file:
        numbers = {row["工单号"] for row in csv.DictReader(file)}
    assert pit in numbers
    assert asked not in numbers
    drawer = page.get_by_role("dialog", name="我的导出")
    expect(drawer.locator("li").first).to_contain_text("待人工派单 · 紧急")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.get_by_role("navigation").get_by_role("link", name="导出记录").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="导出记录", level=1)).to_be_visible()
    expect(page.locator("main .exports li").first.get_by_role("link")).to_be_visible()


def _marks_by_arrows_and_opens(page: Page, asked: str) -> None:
    page.goto(f"{page.url.split('#')[0]}#/tickets")
    expect(_line(page, asked)).to_be_visible()
    page.get_by_role("listbox").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_count(1)
    expect(page).to_have_url(re.compile("#/tickets$"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#/tickets/\d+"))
