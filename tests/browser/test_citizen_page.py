"""The citizen's page in a real browser: without a script on a telephone, with one at a desk, and nothing in the way of anybody."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tests.browser.test_pages import PHOTO, SIGN_IN, SIZES, fits

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.acceptance.conftest import RunningHub

AXE = Path("console/node_modules/axe-core/axe.min.js")
GRAVE = {"serious", "critical"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TEXT = "翠湖路路口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
GAS = "家里煤气泄漏，闻到很浓的煤气味，老人头晕。"
HAND_IN = "form[data-draft] > button"


def grave(page: Page) -> list[str]:
    """What axe-core finds of weight on a page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {one['id']}: {node['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def attached(page: Page, hub: RunningHub, number: str) -> int:
    """How many files the hotline has of a request."""
    _sign_in(page, hub, "supervisor")
    found = page.request.get(f"{hub.url}/api/v1/tickets/{number}")
    return len(found.json()["attachments"])


def test_citizens_hand_in_follow_add_rate_and_ask_again_with_a_script_and_without(
    shared_hub: RunningHub,
    chromium: Browser,
    registered: Callable[..., dict[str, str]],
    tmp_path: Path,
) -> None:
    hub = shared_hub
    _without_a_script(hub, chromium, tmp_path)
    _with_a_script(hub, chromium)
    _after_the_answer(hub, chromium, registered(hub, "rated", caller={"phone": "13800000000"}))


def _without_a_script(hub: RunningHub, chromium: Browser, tmp_path: Path) -> None:
    """Handed in with a photo, followed by the link, added to: on a telephone whose browser runs no script."""
    photo = tmp_path / "photo.png"
    photo.write_bytes(PHOTO)
    context = chromium.new_context(
        viewport={"width": SIZES[1][0], "height": SIZES[1][1]}, locale="zh-CN", java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{hub.url}/me/request")
    page.fill("#text", TEXT)
    page.fill("#address", "东湖区翠湖路12号")
    page.set_input_files("#photo", photo)
    page.fill("#phone", "没有")
    page.click(HAND_IN)
    # What was typed is there again, and the photo need not be chosen again.
    assert "电话号码" in page.inner_text("#faults")
    assert page.input_value("#text") == TEXT
    page.fill("#phone", "13800000000")
    page.click(HAND_IN)
    number = page.inner_text("dd.big >> nth=0")

    page.click(".keep a")
    assert number in page.inner_text("main")
    assert "翠湖路路口的路灯" in page.inner_text("main")
    asked = page.locator("details", has=page.locator("input[value=supplement]"))
    asked.locator("summary").click()
    asked.locator("textarea").fill("灯杆上的编号是012。")
    asked.locator("input[type=file]").set_input_files(photo)
    asked.locator("button").click()
    assert "已补充" in page.inner_text(".done")
    assert "您补充了情况" in page.inner_text(".news")
    assert attached(page, hub, number) == 2
    context.close()


def _with_a_script(hub: RunningHub, chromium: Browser) -> None:
    """The map names the place, nothing typed is lost by a reload, and axe-core finds nothing grave on any page."""
    for size, scheme in zip(SIZES, SCHEMES, strict=True):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", bypass_csp=True, color_scheme=scheme
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))  # noqa: B023 - read before the next turn
        faults = _handed_in_by_map(page, hub)
        page.goto(f"{hub.url}/me?type=large")
        faults += grave(page)
        page.goto(f"{hub.url}/me/request")
        page.fill("#text", GAS)
        page.click(HAND_IN)
        page.wait_for_selector("[data-received]")
        assert page.inner_text("a.call") == "119"
        assert fits(page)
        faults += grave(page)
        page.goto(f"{hub.url}/suggestions")
        faults += grave(page)
        context.close()
        assert not faults, json.dumps(faults, ensure_ascii=False, indent=1)
        assert not complaints


def _handed_in_by_map(page: Page, hub: RunningHub) -> list[str]:
    page.goto(f"{hub.url}/me/request")
    page.fill("#text", TEXT)
    page.locator(".map path").first.click()
    page.wait_for_selector(".map button:not([hidden])")
    page.locator(".map path").first.click()
    page.wait_for_function("document.getElementById('address').value !== ''")
    place = page.input_value("#address")
    page.reload()
    assert page.input_value("#text") == TEXT
    assert page.input_value("#address") == place
    page.wait_for_selector(".map circle")
    faults = grave(page)
    assert fits(page)
    page.fill("#phone", "abc")
    page.click(HAND_IN)
    page.wait_for_selector("#faults")
    faults += grave(page)
    page.fill("#phone", "13800000000")
    page.click(HAND_IN)
    page.wait_for_selector("[data-received]")
    faults += grave(page)
    page.click(".keep a")
    page.wait_for_selector(".stages")
    assert fits(page)
    return faults + grave(page)


def _after_the_answer(hub: RunningHub, chromium: Browser, receipt: dict[str, str]) -> None:
    """Rated, and asked again, on a telephone."""
    context = chromium.new_context(viewport={"width": SIZES[1][0], "height": SIZES[1][1]}, locale="zh-CN")
    page = context.new_page()
    _worked(page, hub, receipt["number"])
    page.goto(f"{hub.url}/me?number={receipt['number']}&code={receipt['query_code']}")
    assert "请您评价" in page.inner_text(".stages .now")
    assert "路灯线路已更换" in page.inner_text("main")
    asked = page.locator("details", has=page.locator("input[value=rate]"))
    asked.locator("summary").click()
    asked.locator("select").select_option("5")
    asked.locator("button").click()
    page.wait_for_selector(".done")
    assert "已解决，满意，5分" in page.inner_text("main")
    assert page.locator(".stages .now").inner_text().startswith("已办结")
    again = page.locator("details", has=page.locator("input[value=ask_reopen]"))
    again.locator("summary").click()
    again.locator("textarea").fill("昨晚路灯又不亮了，请再来看看。")
    again.locator("button").click()
    page.wait_for_selector(".done")
    assert "您申请了重办" in page.inner_text(".news")
    assert fits(page)
    context.close()


def _worked(page: Page, hub: RunningHub, number: str) -> None:
    """Bring a request to its follow-up: the lead replies, a reviewer approves."""
    _sign_in(page, hub, "supervisor")
    lead = page.request.get(f"{hub.url}/api/v1/tickets/{number}").json()["lead"]["code"]
    page.context.clear_cookies()
    own = {"authorization": f"Bearer {hub.access['departments'][lead]['token']}"}
    _step(page, hub, number, own, action="acknowledge")
    _step(page, hub, number, own, action="contact", reached=True)
    _step(page, hub, number, own, action="reply", text="路灯线路已更换，当晚恢复照明。", result="solved")
    _step(page, hub, number, own, action="sign_off")
    _sign_in(page, hub, "reviewer")
    _step(page, hub, number, {"origin": hub.url}, action="approve")
    page.context.clear_cookies()


def _sign_in(page: Page, hub: RunningHub, role: str) -> None:
    who = next(user for user in hub.access["users"] if user["role"] == role)
    given = {name: who[name] for name in SIGN_IN}
    answer = page.request.post(f"{hub.url}/api/v1/session", data=given, headers={"origin": hub.url})
    assert answer.ok, answer.text()


def _step(page: Page, hub: RunningHub, number: str, who: dict[str, str], **fields: Any) -> None:
    path = f"{hub.url}/api/v1/tickets/{number}"
    content = {"version": page.request.get(path, headers=who).json()["version"], **fields}
    answer = page.request.post(f"{path}/steps", data=content, headers={**who, "idempotency-key": secrets.token_hex(8)})
    assert answer.ok, answer.text()
