"""派单台 and the ticket page: two people at the desk, a send-back, a dispute, a designation and a merge, all by the screen."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import time
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.browser.walk import READY_MS, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.acceptance.conftest import RunningHub

    Register = Callable[..., dict[str, Any]]

PIT = "学校门口道路塌陷一个坑，有学生差点掉进去，请马上处理。"
BUS = "建议在西城区人民医院门口增设公交站，方便老年人就医。"
AGAIN = "东湖区翠湖路和建设路交叉口的路灯坏了三天了，晚上一片漆黑，请你们尽快维修！"
OURS = "城市照明由城管部门管养"
WHY = "按会商裁定指定"
FIRST = {"reason": "该灯杆是交通信号灯杆，不归我单位", "duty_argument": "照明设施权属划分方案第六条"}
SECOND = {"reason": "道路照明不属区级事权", "duty_argument": "市区事权划分清单第九项"}


def called(hub: RunningHub, path: str, token: str, content: Any = None) -> Any:
    """Ask the hub as a system would."""
    body = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(hub.url + path, body)
    request.add_header("authorization", f"Bearer {token}")
    request.add_header("content-type", "application/json")
    request.add_header("idempotency-key", secrets.token_hex(8))
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def send_back(hub: RunningHub, department: str, number: str, grounds: dict[str, str]) -> None:
    token = hub.access["departments"][department]["token"]
    version = called(hub, f"/api/v1/tickets/{number}", token)["version"]
    called(hub, f"/api/v1/tickets/{number}/steps", token, {"action": "send_back", "version": version, **grounds})


@contextlib.contextmanager
def signed_in(chromium: Browser, hub: RunningHub, role: str) -> Iterator[Page]:
    """Lend the console to one person; what its scripts complain of fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page, complaints = context.new_page(), list[str]()
    page.set_default_timeout(READY_MS)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, hub, role)
    yield page
    context.close()
    assert not complaints


def in_hand(page: Page) -> str:
    """The number of the ticket that is open at the desk, once it is one's own."""
    page.get_by_text("您正在处理").wait_for()
    return page.locator(".work h1").inner_text()


def ticket_of(page: Page, hub: RunningHub, number: str) -> Any:
    return page.request.get(f"{hub.url}/api/v1/tickets/{number}").json()


def choose(page: Page, field: str, words: str, name: str) -> None:
    """Find a department by what one types, as pinyin initials, and take it with Enter."""
    box = page.get_by_label(field, exact=True).locator("visible=true").first
    box.click()
    box.press_sequentially(words)
    page.locator(".el-select-dropdown__item:visible", has_text=name).first.click()


def test_the_desk_from_the_queue_to_a_designation(
    shared_hub: RunningHub, chromium: Browser, registered: Register
) -> None:
    hub = shared_hub
    with signed_in(chromium, hub, "supervisor") as page:
        _clear_the_desk(page, hub)
    _two_people_never_have_the_same_ticket_and_accept_by_one_key(hub, chromium, registered)
    _both_sides_of_a_send_back_are_heard_ruled_and_designated(hub, chromium, registered)
    again = registered(hub, "again", text=AGAIN)["number"]
    with signed_in(chromium, hub, "dispatcher") as page:
        _compare_and_merge(page, hub, again)


def _clear_the_desk(page: Page, hub: RunningHub) -> None:
    """Dispatch what others have left there."""
    path = f"{hub.url}/api/v1/tickets"
    for line in page.request.get(f"{path}?state=on_desk&limit=100").json()["tickets"]:
        step = {"action": "dispatch", "version": line["version"], "lead": "urban", "reason": "清空派单台"}
        headers = {"idempotency-key": secrets.token_hex(8), "origin": hub.url}
        taken = page.request.post(f"{path}/{line['number']}/steps", data=step, headers=headers)
        assert taken.ok, taken.text()


def _two_people_never_have_the_same_ticket_and_accept_by_one_key(
    hub: RunningHub, chromium: Browser, registered: Register
) -> None:
    bus, pit = (registered(hub, f"desk-{n}", text=text)["number"] for n, text in enumerate((BUS, PIT)))
    with signed_in(chromium, hub, "dispatcher") as one, signed_in(chromium, hub, "shift_lead") as other:
        for page in (one, other):
            page.goto(f"{hub.url}/#/dispatch")
            page.locator("[role=option]").nth(1).wait_for()
            page.keyboard.press("n")
        assert (in_hand(one), in_hand(other)) == (pit, bus), "the gravest first, and to nobody else"
        one.locator("[role=option]", has_text="公交站").click()
        one.get_by_text("demo-shift_lead正在处理").first.wait_for()
        assert one.locator(".go").count() == 0, "what somebody else has in hand can only be read"

        one.keyboard.press("n")
        assert in_hand(one) == pit
        one.get_by_role("button", name="按建议派单").wait_for()
        one.keyboard.press("a")
        one.get_by_text("暂时没有下一件").wait_for()
        sent = ticket_of(one, hub, pit)
        assert (sent["state"], sent["dispatch_count"]) == ("assigned", 1)
        assert sent["because"].startswith("派单目录")

        # Who leaves the desk lets go of what they had, and it is the next of whoever is free.
        other.goto(f"{hub.url}/#/tickets")
        deadline = time.monotonic() + READY_MS / 1000
        while ticket_of(one, hub, bus)["held_by"] is not None:
            assert time.monotonic() < deadline, "who left the desk still has the ticket"
            one.wait_for_timeout(100)
        one.keyboard.press("n")
        assert in_hand(one) == bus


def _both_sides_of_a_send_back_are_heard_ruled_and_designated(
    hub: RunningHub, chromium: Browser, registered: Register
) -> None:
    receipt = registered(hub, "lamp")
    number = receipt["number"]
    send_back(hub, receipt["lead"]["code"], number, FIRST)
    with signed_in(chromium, hub, "dispatcher") as page:
        _uphold_and_give_to_another(page, hub, number)
    send_back(hub, "donghu", number, SECOND)
    with signed_in(chromium, hub, "shift_lead") as page, signed_in(chromium, hub, "supervisor") as second:
        _rule_and_ask_to_designate(page, hub, number)
        _sign_as_the_second(page, second, hub, number)
        _designate(page, hub, number)


def _uphold_and_give_to_another(page: Page, hub: RunningHub, number: str) -> None:
    page.goto(f"{hub.url}/#/dispatch?queue=decisions")
    page.locator("[role=option]", has_text=number).click()
    sides = page.get_by_role("region", name="退单：双方理由")
    sides.get_by_text(FIRST["reason"]).wait_for()
    assert FIRST["duty_argument"] in sides.inner_text()
    assert OURS in sides.locator(".ours").inner_text()
    in_hand(page)
    page.keyboard.press("1")
    page.locator("textarea:focus").wait_for()
    page.keyboard.type("权属情况属实")
    page.keyboard.press("Control+Enter")
    page.get_by_text("已退单成立").wait_for()
    choose(page, "主办单位", "dhq", "东湖区")
    page.locator(".go").click()
    page.wait_for_url(lambda url: number not in url)
    assert ticket_of(page, hub, number)["lead"]["code"] == "donghu"


def _rule_and_ask_to_designate(page: Page, hub: RunningHub, number: str) -> None:
    page.goto(f"{hub.url}/#/dispatch?queue=decisions&ticket={number}")
    dispute = page.get_by_role("region", name="会商")
    dispute.get_by_text(SECOND["reason"]).wait_for()
    assert FIRST["reason"] in dispute.inner_text()
    in_hand(page)
    page.keyboard.press("1")
    page.locator("textarea:focus").wait_for()
    page.keyboard.type("提交会商裁定")
    page.keyboard.press("Control+Enter")
    choose(page, "裁定主办单位", "cgj", "城管局")
    dispute.get_by_label("裁定意见").fill("灯杆由城管局先行处置，费用另行结算")
    dispute.get_by_role("button", name="裁定", exact=True).click()
    page.get_by_role("region", name="派单建议").get_by_text("会商裁定由城管局主办").wait_for()
    page.get_by_label("指定理由（必填）").fill(WHY)
    page.locator(".go:enabled").wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_text("须双人复核，已提请").wait_for()
    assert ticket_of(page, hub, number)["state"] == "on_desk", "one person alone designates nobody"


def _sign_as_the_second(first: Page, second: Page, hub: RunningHub, number: str) -> None:
    """Who asked cannot sign; somebody else reads what exactly is asked for, from the ticket's page on, and signs."""
    first.goto(f"{hub.url}/#/countersigns")
    own = first.locator("tr[data-countersign]", has_text=number)
    own.get_by_text("本人提请，须由他人复核").wait_for()
    assert own.get_by_role("button").count() == 0
    second.goto(f"{hub.url}/#/tickets/{number}")
    waits = second.get_by_role("status").filter(has_text="等待第二人复核")
    waits.get_by_role("link", name="去复核").click()
    asked = second.locator("tr[data-countersign]", has_text=number)
    asked.get_by_role("button", name="同意", exact=True).click()
    form = second.get_by_role("dialog", name="双人复核：同意")
    assert all(words in form.inner_text() for words in ("指定承办", "主办单位：城管局", WHY, "demo-shift_lead"))
    form.get_by_role("button", name="同意", exact=True).click()
    asked.wait_for(state="detached")
    first.goto(f"{hub.url}/#/tickets/{number}")
    first.get_by_text("第二人已同意，请重新提交").wait_for()


def _designate(page: Page, hub: RunningHub, number: str) -> None:
    page.goto(f"{hub.url}/#/dispatch?ticket={number}")
    in_hand(page)
    page.get_by_label("指定理由（必填）").fill(WHY)
    page.locator(".go:enabled").wait_for()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: number not in url)
    designated = ticket_of(page, hub, number)
    lead = next(part for part in designated["assignments"] if part["ended_at"] is None)
    assert (designated["state"], designated["is_disputed"]) == ("assigned", False)
    assert (lead["department"]["name"], lead["is_designated"]) == ("城管局", True)


def _compare_and_merge(page: Page, hub: RunningHub, again: str) -> None:
    page.goto(f"{hub.url}/#/tickets/{again}")
    page.get_by_role("region", name="相关工单").get_by_role("button", name="对照").first.click()
    beside = page.get_by_role("dialog", name="对照")
    beside.get_by_text("路灯坏了三天，晚上").wait_for()
    beside.get_by_role("button", name="并入该件").click()
    form = page.get_by_role("dialog", name="并单")
    form.get_by_label("理由").fill("同一处路灯")
    form.get_by_role("button", name="并单").click()
    page.get_by_text("已并入").wait_for()
    assert ticket_of(page, hub, again)["state"] == "merged"
    page.get_by_text(re.compile("共\\d+条，逐条核验无误")).wait_for()
