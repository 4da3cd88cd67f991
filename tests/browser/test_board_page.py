"""The board down to a ticket, a reminder from the supervision desk, an incident from its opening to its end, and the wall."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.walk import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.acceptance.conftest import RunningHub

# Ten minutes a second: within seconds what nobody acknowledged in half an hour is overdue.
FAST = 600
OUTAGE = "东湖区翠湖小区整栋楼停电了，家里有老人吸氧，请马上派人抢修。"
READY_MS = 20_000


def told(page: Page, hub: RunningHub, path: str) -> Any:
    """What the hub itself answers whoever is signed in."""
    return page.request.get(f"{hub.url}{path}").json()


def test_a_supervisor_goes_down_from_a_figure_presses_and_leads_an_incident(
    running_hub: Callable[..., RunningHub], chromium: Browser, registered: Callable[..., dict[str, str]]
) -> None:
    hub = running_hub(clock_speed=FAST, HOTLINE_SERVERS="1", HOTLINE_CHATBOT="off")
    number = registered(hub, "board-1", OUTAGE)["number"]
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, hub, "supervisor")
    _from_the_board_to_the_ticket(page, hub, number)
    _a_reminder(page, hub, number)
    _an_incident(page, hub, number)
    _the_wall(page, hub)
    context.close()
    assert not complaints


def _from_the_board_to_the_ticket(page: Page, hub: RunningHub, number: str) -> None:
    began = time.monotonic()
    while told(page, hub, "/api/v1/backlog")["backlog"]["net"] == 0:
        assert time.monotonic() - began < 30, "nothing became overdue"
        time.sleep(0.5)
    page.goto(f"{hub.url}/#/board")
    figures = told(page, hub, "/api/v1/backlog")
    for name, n in (("net", figures["backlog"]["net"]), ("gross", figures["backlog"]["gross"])):
        expect(page.locator(f"[data-figure={name}] b")).to_have_text(str(n), timeout=READY_MS)
    expect(page.locator("[data-figure=open]")).to_have_text(str(figures["open"]))
    page.click("[data-figure=net]")
    row = page.locator("tr", has=page.get_by_role("link", name=number))
    expect(row).to_contain_text("已过", timeout=READY_MS)
    row.get_by_role("button").click()
    expect(page.locator(".el-drawer")).to_contain_text("最初承诺", timeout=READY_MS)
    page.keyboard.press("Escape")
    row.get_by_role("link", name=number).click()
    expect(page).to_have_url(re.compile(f"#/tickets/{number}"))


def _a_reminder(page: Page, hub: RunningHub, number: str) -> None:
    page.goto(f"{hub.url}/#/supervision")
    page.locator(".line", has_text=number).click(timeout=READY_MS)
    page.locator("[data-action=remind]").first.click(timeout=READY_MS)
    dialog = page.get_by_role("dialog")
    dialog.locator("textarea").fill("诉求人多次来电，请今日联系并反馈。")
    dialog.locator("button.el-button--primary").click()
    expect(page.locator(".el-message--success")).to_contain_text("催办", timeout=READY_MS)
    own = [
        one for one in told(page, hub, f"/api/v1/tickets/{number}/trail")["events"] if one["by"]["role"] == "supervisor"
    ]
    assert [one["type"] for one in own] == ["remind"]


def _an_incident(page: Page, hub: RunningHub, number: str) -> None:
    page.goto(f"{hub.url}/#/incidents")
    page.get_by_role("button", name="手动开启").click(timeout=READY_MS)
    page.fill("input[name=ticket]", number)
    page.fill("input[name=title]", "翠湖小区停电")
    page.fill("textarea[name=answer]", "供电线路正在抢修，预计两小时内恢复。")
    page.get_by_role("dialog").get_by_role("button", name="开启事件").click()
    expect(page).to_have_url(re.compile(r"#/incidents/\d+"), timeout=READY_MS)
    expect(page.locator(".answer")).to_contain_text("正在抢修", timeout=READY_MS)
    (opened,) = told(page, hub, "/api/v1/incidents?open=true")["incidents"]
    assert (opened["lead"], opened["title"]) == (number, "翠湖小区停电")
    page.get_by_role("button", name="结束事件").click()
    page.get_by_role("dialog").locator("textarea").fill("线路已修复，已恢复供电。")
    page.get_by_role("dialog").get_by_role("button", name="结束事件").click()
    expect(page.locator("header.head")).to_contain_text("已结束", timeout=READY_MS)
    assert told(page, hub, f"/api/v1/incidents/{opened['id']}")["closed_by"] == opened["opened_by"]


def _the_wall(page: Page, hub: RunningHub) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{hub.url}/#/wall")
    gross = told(page, hub, "/api/v1/backlog")["backlog"]["gross"]
    expect(page.locator(".zero .figures")).to_contain_text(str(gross), timeout=READY_MS)
    expect(page.locator(".kpi .card")).to_have_count(6, timeout=READY_MS)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollHeight <= 1080 && {root}.scrollWidth <= 1920")
    beyond = "all => all.filter(one => one.getBoundingClientRect().bottom > 1081 || one.getBoundingClientRect().right > 1921).length"
    assert page.eval_on_selector_all(".wall .card", beyond) == 0
