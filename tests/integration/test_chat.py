"""机器人会话: kept as it is said, told again from anywhere, and answered even where there is no chatbot."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer

from hotline.api import chat_stream
from hotline.app import make_app
from hotline.chatbot import STATE_FILE
from hotline.config import Settings
from hotline.talking import tell
from models.store import conversations
from tests.integration.chatting import CHATS, Citizen
from tests.integration.conftest import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp import ClientWebSocketResponse

    from hotline.hub import Hub
    from models.store.database import Session
    from tests.integration.conftest import MovableClock

LAMP = "翠湖路路口的路灯坏了三天，晚上一片漆黑，我的电话是13800001111"


class Bot:
    """The chatbot as the hub sees it from outside: a real server that answers, is slow, or fails, as a test needs it."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answers: list[Any] = [{"recipient_id": "c1", "text": "请问在哪条路？"}]
        self.status = 200
        self.sleeps_s = 0.0
        app = web.Application()
        app.router.add_post("/webhooks/rest/webhook", self._receive)
        self.server = TestServer(app)

    async def _receive(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        await asyncio.sleep(self.sleeps_s)
        return web.json_response(self.answers, status=self.status)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    made = Bot()
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def town(hub: Hub, clock: MovableClock, tmp_path: Path, bot: Bot) -> AsyncIterator[World]:
    """The hub with a chatbot beside it."""
    (tmp_path / STATE_FILE).write_text("ready")
    settings = Settings(data_dir=tmp_path, demo=True, chatbot=True, chatbot_port=bot.server.port or 0)
    async with TestClient(TestServer(make_app(settings, hub))) as client:
        made = World(hub, clock, client)
        await made.prepare()
        yield made
        await made.close()


async def test_without_a_chatbot_the_words_are_kept_and_the_form_and_a_person_offered(world: World) -> None:
    citizen = await Citizen.comes(world)
    assert citizen.begun["bot"] == "off"
    assert "加密保存" in citizen.begun["consent"]
    answer = await citizen.say(LAMP)
    assert [turn["by"] for turn in answer["turns"]] == ["citizen", "hub"]
    assert answer["state"] == "bot"
    offered = {button["title"]: button["url"] for button in answer["turns"][1]["buttons"]}
    assert offered == {"填写诉求表单": "/me/request", "转人工": None}
    assert [turn["seq"] for turn in (await citizen.turns())["turns"]] == [1, 2, 3]
    assert (await citizen.turns())["turns"][1]["text"] == LAMP


async def test_what_is_said_is_sealed_and_masked(world: World) -> None:
    citizen = await Citizen.comes(world)
    await citizen.say(LAMP)
    rows = await world.rows(
        "SELECT masked_text, text, (SELECT draft FROM conversations) AS draft FROM conversation_turns WHERE seq = 2"
    )
    assert "***" in rows[0]["masked_text"]
    assert "1380000" not in rows[0]["masked_text"]
    assert b"1380000" not in rows[0]["text"] + rows[0]["draft"]
    async with world.hub.database.session() as session:
        kept = await conversations.get(session, citizen.id)
    assert kept.draft.phone == "13800001111"
    assert [one.text for one in kept.draft.said] == [LAMP]


async def test_the_same_key_is_one_turn(world: World) -> None:
    citizen = await Citizen.comes(world)
    first, again = await citizen.say("你好", key="k"), await citizen.say("你好", key="k")
    assert first["turns"] == again["turns"]
    assert len((await citizen.turns())["turns"]) == 3


async def test_only_the_token_opens_a_conversation(world: World) -> None:
    mine, other = await Citizen.comes(world), await Citizen.comes(world)
    for headers in ({}, other.headers, {"authorization": "Bearer made-up"}):
        async with world.client.get(f"{CHATS}/{mine.id}/turns", headers=headers) as response:
            assert response.status == 401
    mine.id = 10**9
    await mine.ask("GET", "/turns", ok=401)
    assert not await world.rows("SELECT 1 FROM conversations WHERE token_hash = $1", mine.begun["token"].encode())


@pytest.mark.parametrize(
    "content",
    [
        {"text": "", "key": "a"},
        {"text": "字" * 2001, "key": "a"},
        {"text": "a\x00b", "key": "a"},
        {"text": " \n", "key": "a"},
        {"text": "好"},
    ],
)
async def test_what_is_no_message_is_refused(world: World, content: Any) -> None:
    citizen = await Citizen.comes(world)
    assert (await citizen.ask("POST", "/messages", content, ok=422))["code"] == "invalid_request"


async def test_who_sends_too_often_is_told_so(world: World) -> None:
    citizen = await Citizen.comes(world)
    for n in range(30):
        await citizen.say("转人工" if n else "你好")
    assert "110" in (await citizen.say("你好", ok=429))["detail"]


async def test_the_chatbot_gets_masked_words_and_what_was_read_and_its_answer_is_kept(town: World, bot: Bot) -> None:
    citizen = await Citizen.comes(town)
    bot.answers = [{"text": "请问在哪条路？", "buttons": [{"title": "不清楚", "payload": "/deny"}]}]
    answer = await citizen.say(LAMP)
    assert [turn["by"] for turn in answer["turns"]] == ["citizen", "bot"]
    asked = bot.asked[0]
    assert asked["sender"] == f"c{citizen.id}"
    assert "***" in asked["message"]
    assert "1380000" not in json.dumps(asked)
    assert asked["metadata"]["understanding"]["categories"]
    assert asked["metadata"]["turn"] == answer["turns"][0]["seq"]
    assert asked["metadata"]["conversation"] == {"is_verified": False, "knows_phone": True, "filed": 0}
    await citizen.say("不清楚", payload="/deny")
    assert bot.asked[1]["message"] == "/deny"


async def test_nobody_can_make_an_intent_up(town: World, bot: Bot) -> None:
    citizen = await Citizen.comes(town)
    await citizen.say("/withdraw{}")
    await citizen.say("撤诉", payload="/withdraw")
    assert [one["message"] for one in bot.asked] == ["withdraw{}", "撤诉"]


@pytest.mark.parametrize("fault", ["status", "slow", "nonsense", "gone"])
async def test_a_chatbot_that_fails_is_told_in_words_and_gone_on_with_when_it_is_back(
    town: World, bot: Bot, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.chatbot.ANSWERS_WITHIN_S", 0.2)
    citizen, answers = await Citizen.comes(town), bot.answers
    if fault == "status":
        bot.status = 500
    elif fault == "slow":
        bot.sleeps_s = 1.0
    elif fault == "nonsense":
        bot.answers = [7]
    else:
        await bot.server.close()
    assert "机器人暂时不可用" in await citizen.told(LAMP)
    if fault != "gone":
        bot.status, bot.sleeps_s, bot.answers = 200, 0.0, answers
        assert await citizen.told("翠湖路") == "请问在哪条路？"


async def test_one_that_is_still_starting_says_so_at_once_and_the_hub_is_ready_without(
    town: World, bot: Bot, tmp_path: Path
) -> None:
    (tmp_path / STATE_FILE).write_text("training")
    citizen = await Citizen.comes(town)
    assert "机器人启动中" in await citizen.told(LAMP)
    assert not bot.asked
    async with town.client.get("/readyz") as response:
        assert (await response.json())["chatbot"] == "training"


async def test_a_stream_tells_what_is_said_and_is_taken_up_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_stream, "LOOK_EVERY_S", 0.02)
    citizen = await Citizen.comes(world)
    socket = await _opened(citizen, 0)
    assert [turn["seq"] for turn in (await _heard(socket))["turns"]] == [1]
    await citizen.say("你好")
    last, seen = 0, []
    while last < 3:
        seen += [turn["seq"] for turn in (await _heard(socket))["turns"]]
        last = seen[-1]
    assert seen == [2, 3]
    await socket.close()
    await citizen.say("在吗")
    again = await _opened(citizen, last)
    assert [turn["seq"] for turn in (await _heard(again))["turns"]] == [4, 5]
    await again.close()
    with pytest.raises(WSServerHandshakeError) as refused:
        await world.client.ws_connect(f"{CHATS}/{citizen.id}/stream", protocols=("hotline.chat", "made-up"))
    assert refused.value.status == 401


async def test_a_stream_ends_with_its_token(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_stream, "LOOK_EVERY_S", 0.02)
    citizen, newer = await Citizen.comes(world), await Citizen.comes(world)
    sockets = [await _opened(citizen, 1), await _opened(newer, 1)]
    for socket in sockets:
        await _heard(socket)

    async def goes_on(session: Session) -> None:
        await conversations.move(session, citizen.id, await conversations.get(session, newer.id))
        await tell(world.hub, session, await conversations.lock(session, citizen.id), "hub", "只给新凭证的人看")

    await world.hub.database.write(goes_on)
    for socket in sockets:
        async with asyncio.timeout(5):
            assert (await socket.receive()).type in {WSMsgType.CLOSE, WSMsgType.CLOSED}
    newer.id = citizen.id
    assert (await _heard(await _opened(newer, 1)))["turns"][0]["text"] == "只给新凭证的人看"


async def _opened(citizen: Citizen, after: int) -> ClientWebSocketResponse:
    path = f"{CHATS}/{citizen.id}/stream?after={after}"
    return await citizen.world.client.ws_connect(path, protocols=("hotline.chat", citizen.begun["token"]))


async def _heard(socket: ClientWebSocketResponse) -> Any:
    async with asyncio.timeout(5):
        message = await socket.receive()
    assert message.type is WSMsgType.TEXT, message
    return json.loads(message.data)


async def test_a_conversation_ends_by_its_citizen_or_by_silence_and_takes_no_more(world: World) -> None:
    citizen, silent = await Citizen.comes(world), await Citizen.comes(world)
    await silent.say("你好")
    ended = await citizen.ask("POST", "/end")
    assert ended["state"] == "ended"
    assert (await citizen.say("还在吗", ok=409))["code"] == "conversation_ended"
    world.clock.move(minutes=29)
    await world.fire()
    assert (await silent.turns())["state"] == "bot"
    world.clock.move(minutes=2)
    await world.fire()
    assert (await silent.turns())["state"] == "ended"
    figures = await world.get("/api/v1/interactions/figures", who="supervisor")
    assert (figures["offered"], figures["under_way"]) == (2, 0)
