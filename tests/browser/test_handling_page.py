"""A department's day in the console: acknowledged in bulk, answered, signed off, reviewed, followed up, closed."""

from __future__ import annotations

import json
import secrets
import urllib.request
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.walk import sign_in, sign_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.acceptance.conftest import RunningHub

HOLLOW = "您好，您的来信已收悉，我局十分重视，将进一步加强管理，不断提高服务水平。"
GOOD = "您好！您反映的路灯问题，我单位已于今日到翠湖路和建设路交叉口更换灯具，路灯已恢复照明，问题已解决。"
SLOW_MS = 15_000
expect.set_options(timeout=SLOW_MS)


def asked(hub: RunningHub, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Ask the hub as a program does; returns the answer's body."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{hub.url}{path}", content, method=method)
    request.add_header("content-type", "application/json")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def given(hub: RunningHub, page: Page, number: str, lead: str) -> None:
    """Let the dispatch desk give a ticket to a department."""
    account = next(user for user in hub.access["users"] if user["role"] == "dispatcher")
    page.request.post(f"{hub.url}/api/v1/session", data={name: account[name] for name in ("username", "password")})
    ticket = page.request.get(f"{hub.url}/api/v1/tickets/{number}").json()
    action = "dispatch" if ticket["state"] == "on_desk" else "reassign"
    step = {"action": action, "version": ticket["version"], "lead": lead, "reason": "按职责派单"}
    taken = page.request.post(
        f"{hub.url}/api/v1/tickets/{number}/steps", data=step, headers={"idempotency-key": secrets.token_hex(8)}
    )
    assert taken.status == 200, taken.text()
    page.context.clear_cookies()


def confirm(page: Page) -> None:
    """Send the form that is open."""
    dialog = page.locator(".el-dialog:visible")
    dialog.locator("footer .el-button--primary").click()
    expect(dialog).to_be_hidden(timeout=SLOW_MS)


def test_a_department_answers_and_the_desks_bring_it_to_its_end(
    shared_hub: RunningHub, chromium: Browser, registered: Callable[..., dict[str, str]]
) -> None:
    hub = shared_hub
    numbers = [registered(hub, f"dep-{n}")["number"] for n in range(3)]
    page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.set_default_timeout(SLOW_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, hub, "department")
    unit = page.request.get(f"{hub.url}/api/v1/session").json()["department"]
    sign_out(page, hub)
    _acknowledged(hub, unit)
    for number in numbers[:2]:
        given(hub, page, number, unit)

    sign_in(page, hub, "department")
    _acknowledges_in_bulk(page, hub, numbers)
    _answers(page, hub, numbers[0])
    sign_out(page, hub)
    sign_in(page, hub, "reviewer")
    _reviews(page, hub, numbers[0])
    sign_out(page, hub)
    sign_in(page, hub, "follow_up")
    _follows_up(page, hub, numbers[0])
    state = asked(hub, "GET", f"/api/v1/tickets/{numbers[0]}", authorization=f"Bearer {_token(hub, unit)}")["state"]
    assert state == "closed"
    assert not complaints


def _acknowledged(hub: RunningHub, unit: str) -> None:
    """Acknowledge what others have left to the department."""
    own = {"authorization": f"Bearer {_token(hub, unit)}"}
    for part in asked(hub, "GET", "/api/v1/assignments?owes=acknowledge&limit=100", **own)["parts"]:
        step = {"action": "acknowledge", "version": part["ticket"]["version"]}
        path = f"/api/v1/tickets/{part['ticket']['number']}/steps"
        asked(hub, "POST", path, step, idempotency_key=secrets.token_hex(8), **own)


def _token(hub: RunningHub, unit: str) -> str:
    return str(hub.access["departments"][unit]["token"])


def _acknowledges_in_bulk(page: Page, hub: RunningHub, numbers: list[str]) -> None:
    """Both at once; a ticket of another department is refused, by its address too."""
    page.goto(f"{hub.url}/#/handling?owes=acknowledge")
    expect(page.locator(".scroll .line")).to_have_count(2)
    page.get_by_text("全选本页").click()
    page.get_by_role("button", name="批量签收（2）").click()
    dialog = page.locator(".el-dialog:visible")
    dialog.locator("footer .el-button--primary").click()
    expect(dialog).to_contain_text("已签收2件，共2件")
    dialog.locator("footer button").click()
    expect(page.get_by_role("tab", name="待签收")).to_contain_text("0")
    page.goto(f"{hub.url}/#/tickets/{numbers[2]}")
    expect(page.get_by_role("alert")).to_contain_text("没有编号为")


def _answers(page: Page, hub: RunningHub, number: str) -> None:
    """Contact, a reply whose faults show while it is written, a better one, sign-off."""
    page.goto(f"{hub.url}/#/handling?ticket={number}")
    steps = page.get_by_role("toolbar", name="可办步骤")
    steps.get_by_role("button", name="先行联系").click()
    page.locator(".el-dialog:visible").get_by_role("radio", name="是").first.check(force=True)
    confirm(page)
    steps.get_by_role("button", name="反馈").click()
    editor = page.locator(".el-dialog:visible")
    editor.get_by_label("反馈内容").fill(HOLLOW)
    expect(editor.locator(".findings")).to_contain_text("空话套话")
    editor.get_by_label("反馈内容").fill(GOOD)
    expect(editor.locator(".check")).to_contain_text("未发现问题")
    confirm(page)
    steps.get_by_role("button", name="签发").click()
    confirm(page)
    expect(steps.get_by_role("button", name="签发")).to_have_count(0)


def _reviews(page: Page, hub: RunningHub, number: str) -> None:
    """The reply stands beside the request; one key approves it."""
    page.goto(f"{hub.url}/#/review")
    page.locator(".scroll .line", has_text=number).click()
    expect(page.locator(".sides")).to_contain_text("已恢复照明")
    page.keyboard.press("a")
    expect(page.locator(".el-message", has_text="审核通过")).to_be_visible()
    expect(page.locator(".scroll .line", has_text=number)).to_have_count(0)


def _follows_up(page: Page, hub: RunningHub, number: str) -> None:
    """Whoever calls reads what to say and keeps what was heard."""
    page.goto(f"{hub.url}/#/follow-up?ticket={number}")
    expect(page.locator(".script")).to_contain_text(number[-4:])
    page.keyboard.press("1")
    page.get_by_role("button", name="登记回访结果").click()
    expect(page.locator(".el-message", has_text="办结")).to_be_visible()
