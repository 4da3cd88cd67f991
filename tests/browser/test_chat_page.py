"""A citizen chats on the page, an agent takes over in a second browser: live both ways, an emergency, a broken line, no script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_citizen_page import grave
from tests.browser.test_pages import fits
from tests.browser.walk import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator, Page, Route

    from tests.acceptance.conftest import RunningHub

WAITS_MS = 20_000
LAMP = "翠湖路路口的路灯坏了三天，晚上一片漆黑，我的电话是13800001111"
CHAT = re.compile(r"/interactions/\d+/chat$")
LOOKS = re.compile(r"/interactions/\d+/chat\?")
GAS = "家里煤气泄漏，闻到很浓的煤气味，老人头晕"


def test_a_citizen_chats_and_an_agent_takes_over(running_hub: Callable[..., RunningHub], chromium: Browser) -> None:
    hub = running_hub(HOTLINE_CHATBOT="off")
    citizen = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    agent = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    complaints: list[str] = []
    for page in (citizen, agent):
        page.on("pageerror", lambda error: complaints.append(str(error)))
    _nobody_is_there_yet(citizen, hub)
    sign_in(agent, hub, "agent")
    agent.goto(f"{hub.url}/#/call")
    agent.locator("section.bar").get_by_role("button", name="签入").click()
    expect(agent.locator("section.bar")).to_contain_text("空闲", timeout=WAITS_MS)
    _talk(citizen, agent)
    _goes_on_after_a_broken_line(citizen)
    _begins_anew(citizen)
    _is_in_danger(citizen, agent)
    assert not complaints
    _without_a_script(hub, chromium)


def say(page: Page, words: str) -> None:
    page.locator("#say").fill(words)
    page.keyboard.press("Enter")


def _nobody_is_there_yet(citizen: Page, hub: RunningHub) -> None:
    """The chatbot is off and no agent there: the form and a call-back are offered, and the page is fit for everybody."""
    citizen.goto(f"{hub.url}/me")
    citizen.get_by_role("link", name="在线对话").first.click()
    expect(citizen.get_by_role("log")).to_contain_text("您好")
    assert not grave(citizen)
    say(citizen, LAMP)
    expect(citizen.get_by_role("link", name="填写诉求表单")).to_be_visible(timeout=WAITS_MS)
    citizen.locator("[data-quick]").get_by_role("button", name="转人工").click()
    expect(citizen.get_by_role("log")).to_contain_text("给您回电", timeout=WAITS_MS)
    citizen.get_by_role("button", name="不用了").click()
    expect(citizen.get_by_role("log")).to_contain_text("不回电了", timeout=WAITS_MS)
    assert fits(citizen)
    assert not grave(citizen)


def _talk(citizen: Page, agent: Page) -> None:
    citizen.locator("[data-person]").click()
    agent.get_by_role("button", name="接听").click(timeout=WAITS_MS)
    panel = agent.locator("section", has=agent.get_by_role("heading", name="文字会话"))
    expect(panel).to_contain_text("路灯坏了三天", timeout=WAITS_MS)
    expect(panel).not_to_contain_text("13800001111")
    expect(agent.get_by_role("textbox", name="诉求内容")).to_have_value(
        LAMP.replace("13800001111", "***"), timeout=WAITS_MS
    )
    panel.get_by_role("textbox").fill("您好，我是坐席，路灯在哪个路口？")
    panel.get_by_role("button", name="发送").click()
    expect(citizen.get_by_role("log")).to_contain_text("路灯在哪个路口", timeout=WAITS_MS)
    expect(citizen.locator("[data-stand]")).to_have_text("人工坐席为您服务")
    say(citizen, "和建设路的交叉口")
    expect(panel).to_contain_text("和建设路的交叉口", timeout=WAITS_MS)
    _both_write_at_once(citizen, agent, panel)
    _an_answer_is_lost(citizen, agent, panel)
    # Under the pointer a button is lighter.
    agent.mouse.move(1, 1)
    agent.wait_for_timeout(500)
    assert not grave(agent)
    panel.get_by_role("button", name="转回机器人").click()
    expect(citizen.get_by_role("log")).to_contain_text("由机器人继续为您服务", timeout=WAITS_MS)


def _both_write_at_once(citizen: Page, agent: Page, panel: Locator) -> None:
    """What the citizen writes while the agent's words are under way is shown, and what the agent types meanwhile stays."""
    written: list[Route] = []
    looks: list[Route] = []
    field = panel.get_by_role("textbox")
    field.fill("好的，我记下了")
    agent.route(CHAT, lambda one: written.append(one) if one.request.method == "POST" else one.continue_())
    panel.get_by_role("button", name="发送").click()
    _until(agent, lambda: bool(written))

    def hold(one: Route) -> None:
        looks.append(one)

    agent.route(LOOKS, hold)
    say(citizen, "靠东边的那一盏")
    _until(agent, lambda: bool(looks))
    field.fill("请问灯杆上有编号吗？")
    with agent.expect_response(lambda answer: answer.request.method == "POST" and "/chat" in answer.url):
        written[0].continue_()
    agent.wait_for_timeout(300)
    agent.unroute(LOOKS)
    for one in looks:
        one.continue_()
    expect(panel.get_by_role("log")).to_contain_text("靠东边的那一盏", timeout=WAITS_MS)
    expect(panel.get_by_role("log")).to_contain_text("好的，我记下了")
    expect(field).to_have_value("请问灯杆上有编号吗？")
    agent.unroute(CHAT)


def _an_answer_is_lost(citizen: Page, agent: Page, panel: Locator) -> None:
    """Words that were changed after an answer was lost are other words: they are sent, too."""

    def lose(one: Route) -> None:
        one.fetch()
        one.abort()

    agent.route(CHAT, lambda one: lose(one) if one.request.method == "POST" else one.continue_())
    field, send = panel.get_by_role("textbox"), panel.get_by_role("button", name="发送")
    send.click()
    expect(citizen.get_by_role("log")).to_contain_text("灯杆上有编号吗", timeout=WAITS_MS)
    expect(panel.get_by_role("alert")).to_be_visible()
    agent.unroute(CHAT)
    field.fill("没有编号也没关系。")
    send.click()
    expect(citizen.get_by_role("log")).to_contain_text("没有编号也没关系", timeout=WAITS_MS)
    expect(field).to_have_value("")


def _until(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(WAITS_MS // 100):
        if is_so():
            return
        page.wait_for_timeout(100)
    pytest.fail("it did not come about")


def _goes_on_after_a_broken_line(citizen: Page) -> None:
    """Loaded anew everything is there again; without a line the words are sent when it is back, once."""
    before = citizen.locator(".turn").count()
    citizen.reload()
    expect(citizen.locator(".turn")).to_have_count(before)
    citizen.context.set_offline(True)
    say(citizen, "还有人行道的灯也不亮")
    citizen.wait_for_timeout(800)
    citizen.context.set_offline(False)
    expect(citizen.locator(".turn.citizen", has_text="人行道的灯")).to_have_count(1)
    expect(citizen.locator(".turn").last).to_contain_text("没有启用", timeout=WAITS_MS)


def _begins_anew(citizen: Page) -> None:
    """Whoever has ended it may begin again, with an empty page."""
    citizen.get_by_role("button", name="结束会话").click()
    expect(citizen.locator("[data-stand]")).to_have_text("会话已结束", timeout=WAITS_MS)
    expect(citizen.locator("#say")).to_be_hidden()
    citizen.get_by_role("button", name="重新开始").click()
    expect(citizen.locator(".turn")).to_have_count(1)


def _is_in_danger(citizen: Page, agent: Page) -> None:
    agent.get_by_role("button", name="示闲").click(timeout=WAITS_MS)
    say(citizen, GAS)
    expect(citizen.get_by_role("log")).to_contain_text("已登记，工单号", timeout=WAITS_MS)
    expect(citizen.get_by_role("log").get_by_role("link", name="119").last).to_have_attribute("href", "tel:119")
    agent.get_by_role("button", name="接听").click(timeout=WAITS_MS)
    panel = agent.locator("section", has=agent.get_by_role("heading", name="文字会话"))
    expect(panel).to_contain_text("紧急情况", timeout=WAITS_MS)
    expect(panel.get_by_role("button", name="转回机器人")).to_have_count(0)


def _without_a_script(hub: RunningHub, chromium: Browser) -> None:
    page = chromium.new_context(java_script_enabled=False, locale="zh-CN").new_page()
    page.goto(f"{hub.url}/me/chat")
    page.get_by_role("link", name="填写诉求表单").click()
    expect(page.get_by_role("button", name="提交")).to_be_visible()
