"""WeChat and short messages: the same conversation by another way, signed, once, in order, answered by the channel itself."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import struct
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hotline import chat_words, webhook, wechat
from hotline.api import channels
from hotline.app import make_app
from hotline.config import Settings
from hotline.talking import tell
from hotline.workers.notices import send_notices
from hotline.workers.providers import SmsGateway, WechatSender
from models.conversation import Button
from models.errors import Unauthorized, Unavailable
from models.store import conversations, endpoints
from models.store.notices import MOST_ATTEMPTS
from tests.integration.chatting import Citizen, code_sent
from tests.integration.conftest import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hotline.hub import Hub
    from tests.integration.conftest import MovableClock

ACCOUNT = wechat.WechatAccount(
    app_id="wx0000000000000000",
    secret="made-up",
    token="a-token",
    encoding_aes_key=base64.b64encode(bytes(range(32))).decode().rstrip("="),
)
OPENID = "oMadeUpFollower0000000000001"
PHONE = "13800001111"


class Weixin:
    """WeChat's own interface: it gives tokens and takes customer-service messages."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.tokens: list[str] = []
        self.errors: list[int] = []
        app = web.Application()
        app.router.add_post("/cgi-bin/stable_token", self._token)
        app.router.add_post("/cgi-bin/message/custom/send", self._send)
        self.server = TestServer(app)

    async def _token(self, request: web.Request) -> web.Response:
        assert (await request.json())["secret"] == "made-up"
        self.tokens.append(f"token-{len(self.tokens)}")
        return web.json_response({"access_token": self.tokens[-1], "expires_in": 7200})

    async def _send(self, request: web.Request) -> web.Response:
        error = self.errors.pop(0) if self.errors else 0
        if error == 0:
            assert request.query["access_token"] == self.tokens[-1]
            self.sent.append(await request.json())
        return web.json_response({"errcode": error})


@pytest.fixture
async def town(hub: Hub, clock: MovableClock, tmp_path: Path) -> AsyncIterator[World]:
    """The hub with an official account."""
    (tmp_path / "wechat.json").write_bytes(msgspec.json.encode(ACCOUNT))
    settings = Settings(data_dir=tmp_path, demo=True, wechat=tmp_path / "wechat.json")
    async with TestClient(TestServer(make_app(settings, hub))) as client:
        made = World(hub, clock, client)
        await made.prepare()
        yield made
        await made.close()


def signed(*more: str, at: int | None = None) -> dict[str, str]:
    timestamp = str(at or int(time.time()))
    digest = hashlib.sha1("".join(sorted((ACCOUNT.token, timestamp, "n1", *more))).encode()).hexdigest()  # noqa: S324 - WeChat's
    return {"timestamp": timestamp, "nonce": "n1", "signature" if not more else "msg_signature": digest}


def sealed(account: wechat.WechatAccount, message: bytes) -> str:
    """Encipher a message as WeChat does."""
    key = base64.b64decode(f"{account.encoding_aes_key}=", validate=True)
    plain = bytes(wechat.NOISE) + struct.pack(">I", len(message)) + message + account.app_id.encode()
    short = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([short]) * short) + encryptor.finalize()).decode()


def xml(text: str = "", *, key: str = "1", kind: str = "text", **more: str) -> bytes:
    fields = {
        "ToUserName": "gh_account", "FromUserName": OPENID, "CreateTime": "1700000000", "MsgType": kind, "MsgId": key,
        **({"Content": text} if text else {}), **more,
    }  # fmt: skip
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>".encode()


async def arrives(world: World, plain: bytes, *, status: int = 200) -> str:
    """Send a message as WeChat does in AES mode."""
    secret = sealed(ACCOUNT, plain)
    query = {**signed(), **signed(secret), "encrypt_type": "aes"}
    body = f"<xml><ToUserName><![CDATA[gh]]></ToUserName><Encrypt><![CDATA[{secret}]]></Encrypt></xml>"
    async with world.client.post("/wechat", params=query, data=body.encode()) as response:
        assert response.status == status, await response.text()
        return await response.text()


async def test_wechat_finds_the_address_ours_by_its_signature_only(town: World) -> None:
    async with town.client.get("/wechat", params={**signed(), "echostr": "echo-1"}) as response:
        assert (response.status, await response.text()) == (200, "echo-1")
    for wrong in ({**signed(), "signature": "0" * 40}, signed(at=int(time.time()) - 600), {}):
        async with town.client.get("/wechat", params={**wrong, "echostr": "echo-1"}) as response:
            assert response.status == 401


async def test_a_message_is_taken_once_and_answered_by_customer_service_messages_in_order(town: World) -> None:
    for _ in range(3):
        assert await arrives(town, xml("家里煤气泄漏，闻到很浓的煤气味", key="7")) == "success"
    weixin = Weixin()
    await weixin.server.start_server()
    sender = WechatSender(msgspec.structs.replace(ACCOUNT, api=str(weixin.server.make_url("")).rstrip("/")), town.http)
    weixin.errors = [40001]
    assert await send_notices(town.hub, sender, is_wechat=True) == 3
    texts = [one["text"]["content"] for one in weixin.sent]
    assert {one["touser"] for one in weixin.sent} == {OPENID}
    assert ["您好" in texts[0], "119" in texts[1], "已登记" in texts[2]] == [True] * 3
    assert len(weixin.tokens) == 2
    assert len(await town.rows("SELECT 1 FROM tickets")) == 1
    rows = await town.rows("SELECT channel, outside FROM conversations")
    assert rows[0]["channel"] == "wechat"
    assert OPENID.encode() not in rows[0]["outside"]
    shown = await town.get("/api/v1/notices", who="supervisor")
    assert {one["address"] for one in shown["notices"]} == {"微信用户"}
    await weixin.server.close()


async def test_who_is_not_wechat_or_sends_what_is_none_of_its_is_refused(town: World) -> None:
    async with town.client.post("/wechat", params=signed(), data=xml("你好")) as response:
        assert response.status == 401  # in the clear, though the account is in safe mode
    other = msgspec.structs.replace(ACCOUNT, app_id="wx9999999999999999")
    with pytest.raises(Unauthorized):
        wechat.opened(ACCOUNT, sealed(other, xml("你好")))
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><xml><FromUserName>&a;</FromUserName></xml>'
    for encoded in (bomb, bomb.decode().encode("utf-16"), bomb.decode().encode("utf-16-le")):
        await arrives(town, encoded, status=422)
    await arrives(town, b"<xml><FromUserName>", status=422)
    assert not await town.rows("SELECT 1 FROM conversations")


async def test_what_takes_longer_than_wechat_waits_is_done_all_the_same(
    town: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "ANSWERS_WITHIN_S", 0.0)
    assert await arrives(town, xml("路灯坏了")) == "success"
    async with asyncio.timeout(10):
        while len(await town.rows("SELECT 1 FROM conversation_turns")) < 3:
            await asyncio.sleep(0.05)


async def test_voice_is_what_wechat_heard_pictures_are_asked_for_in_words_and_a_follower_is_greeted(
    town: World,
) -> None:
    await arrives(town, xml(kind="event", key="", Event="subscribe"))
    rows = await town.rows("SELECT masked_text FROM conversation_turns")
    assert [chat_words.CONSENT in row["masked_text"] for row in rows] == [True], "what they agree to by writing on"
    await arrives(town, xml(kind="voice", key="2", Recognition="翠湖路路灯坏了"))
    await arrives(town, xml(kind="image", key="3", PicUrl="x"))
    rows = await town.rows("SELECT masked_text, by FROM conversation_turns ORDER BY seq")
    assert rows[1]["masked_text"] == "翠湖路路灯坏了"
    assert "请用文字说明" in rows[-1]["masked_text"]


async def test_without_an_account_there_is_no_such_door(world: World) -> None:
    async with world.client.get("/wechat", params={**signed(), "echostr": "e"}) as response:
        assert response.status == 404


async def sms(world: World, text: str, key: str) -> Any:
    content = {"phone": PHONE, "text": text, "id": key}
    return await world.post("/api/v1/channels/sms/messages", content, who="channel:sms")


async def test_short_messages_come_in_and_go_out_numbered_by_the_citys_gateway(world: World) -> None:
    first = await sms(world, "翠湖路路灯坏了", "1")
    assert await sms(world, "翠湖路路灯坏了", "1") == first
    got: list[Any] = []
    secret = webhook.new_secret()

    async def take(request: web.Request) -> web.Response:
        raw = await request.read()
        webhook.verify(request.headers, raw, [secret], int(time.time()))
        got.append(json.loads(raw)["data"])
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    async with TestServer(app) as server:
        gateway = SmsGateway(world.hub, world.http)
        assert not await gateway.is_there()
        async with world.hub.database.session() as session:
            url = str(server.make_url("/"))
            await endpoints.put(
                session,
                endpoints.Endpoint(department="sms", url=url, webhook_secrets=[secret], callback_secrets=[secret]),
            )
        await send_notices(world.hub, gateway, is_wechat=False)
    assert [one["phone"] for one in got] == [PHONE, PHONE]
    assert "1 填写诉求表单（https://12345.yunzhou.example/me/request）；2 转人工" in got[1]["text"]
    await sms(world, "2", "2")
    rows = await world.rows("SELECT masked_text, by FROM conversation_turns ORDER BY seq")
    assert [row["masked_text"] for row in rows if row["by"] == "citizen"] == ["翠湖路路灯坏了", "转人工"]


async def test_only_the_gateways_own_credential_hands_messages_in(world: World) -> None:
    content = {"phone": PHONE, "text": "你好", "id": "1"}
    await world.post("/api/v1/channels/sms/messages", content, who="channel:web", ok=(403,))
    await world.post("/api/v1/channels/sms/messages", {**content, "phone": "110"}, who="channel:sms", ok=(422,))


async def test_a_web_chat_goes_on_by_wechat_once_the_phone_is_verified(town: World) -> None:
    citizen = await Citizen.comes(town)
    await citizen.say("翠湖路路灯坏了")
    await citizen.ask("POST", "/phone", {"phone": PHONE})
    await citizen.ask("POST", "/phone/verify", {"code": await code_sent(town)})
    town.clock.move(minutes=2)
    await arrives(town, xml("你好", key="1"))
    await town.rows("UPDATE conversations SET awaits = 'phone' WHERE channel = 'wechat'")
    await arrives(town, xml(PHONE, key="2"))
    await arrives(town, xml(await code_sent(town), key="3"))
    rows = await town.rows(
        "SELECT channel, outside IS NOT NULL AS is_there FROM conversations WHERE id = $1", citizen.id
    )
    assert (rows[0]["channel"], rows[0]["is_there"]) == ("wechat", True)
    await arrives(town, xml("还有一件事", key="4"))
    rows = await town.rows("SELECT conversation FROM conversation_turns WHERE masked_text = '还有一件事'")
    assert [row["conversation"] for row in rows] == [citizen.id]


async def test_what_was_not_kept_is_not_taken_and_wechat_sends_it_again(
    town: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refusals = conversations.say, ["once"]

    async def fails_once(*told: Any, **more: Any) -> int:
        if told[2].by == "citizen" and refusals:
            refusals.pop()
            raise Unavailable("数据库没有应答")
        return await real(*told, **more)

    monkeypatch.setattr(conversations, "say", fails_once)
    await arrives(town, xml("翠湖路路灯坏了", key="1"), status=503)
    assert await arrives(town, xml("翠湖路路灯坏了", key="1")) == "success"
    # What has nothing in it is no better the next time.
    assert await arrives(town, xml("\u200b\u200b", key="2")) == "success"
    rows = await town.rows("SELECT masked_text FROM conversation_turns WHERE by = 'citizen'")
    assert [row["masked_text"] for row in rows] == ["翠湖路路灯坏了"]


async def test_what_one_follower_sends_at_once_begins_one_conversation(town: World) -> None:
    await asyncio.gather(*(arrives(town, xml(f"第{n}句话", key=str(n))) for n in range(4)))
    assert len(await town.rows("SELECT 1 FROM conversations")) == 1
    assert len(await town.rows("SELECT 1 FROM conversation_turns WHERE by = 'citizen'")) == 4


async def test_what_is_under_way_is_kept_before_the_process_ends(
    hub: Hub, clock: MovableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "ANSWERS_WITHIN_S", 0.0)
    (tmp_path / "wechat.json").write_bytes(msgspec.json.encode(ACCOUNT))
    settings = Settings(data_dir=tmp_path, demo=True, wechat=tmp_path / "wechat.json")
    async with TestClient(TestServer(make_app(settings, hub))) as client:
        town = World(hub, clock, client)
        assert await arrives(town, xml("翠湖路路灯坏了")) == "success"
        under_way = [*client.app[channels.UNDER_WAY]]
        assert [task.done() for task in under_way] == [False]
    assert [task.done() and task.result() for task in under_way] == [True]
    await town.close()


async def test_a_number_means_what_was_offered_last_however_long_the_talk_is(world: World) -> None:
    number = (await sms(world, "翠湖路路灯坏了", "1"))["conversation"]
    async with world.hub.database.transaction() as session:
        talk = await conversations.lock(session, number)
        for n in range(210):
            talk = await tell(world.hub, session, talk, "bot", f"第{n}句")
        await tell(
            world.hub, session, talk, "bot", "还要什么？", (Button(title="转人工"), Button(title="我要反映问题"))
        )
    await sms(world, "2", "2")
    rows = await world.rows("SELECT masked_text FROM conversation_turns WHERE by = 'citizen' ORDER BY seq DESC LIMIT 1")
    assert rows[0]["masked_text"] == "我要反映问题"


async def test_what_is_told_in_a_chat_goes_in_its_order_whatever_fails(town: World) -> None:
    await arrives(town, xml("翠湖路路灯坏了", key="1"))
    weixin = Weixin()
    await weixin.server.start_server()
    sender = WechatSender(msgspec.structs.replace(ACCOUNT, api=str(weixin.server.make_url("")).rstrip("/")), town.http)
    weixin.errors = [45015]
    assert await send_notices(town.hub, sender, is_wechat=True) == 2
    assert weixin.sent == []
    untils = await town.rows("SELECT DISTINCT claimed_until FROM notices WHERE kind = 'chat_wechat'")
    assert len(untils) == 1
    # What is said meanwhile waits behind.
    await arrives(town, xml("还在吗", key="2"))
    assert await send_notices(town.hub, sender, is_wechat=True) == 0
    await town.rows("UPDATE notices SET claimed_until = '2020-01-01Z' WHERE claimed_until IS NOT NULL")
    await send_notices(town.hub, sender, is_wechat=True)
    told = await town.rows("SELECT seq FROM conversation_turns WHERE by <> 'citizen' ORDER BY seq")
    assert len(weixin.sent) == len(told) == 3
    assert "您好" in weixin.sent[0]["text"]["content"]
    await weixin.server.close()


async def test_what_waits_behind_a_message_that_is_given_up_goes_then(town: World) -> None:
    await arrives(town, xml("翠湖路路灯坏了", key="1"))
    weixin = Weixin()
    await weixin.server.start_server()
    sender = WechatSender(msgspec.structs.replace(ACCOUNT, api=str(weixin.server.make_url("")).rstrip("/")), town.http)
    weixin.errors = [45015] * MOST_ATTEMPTS
    for _ in range(MOST_ATTEMPTS):
        assert await send_notices(town.hub, sender, is_wechat=True) == 2
        await town.rows("UPDATE notices SET claimed_until = '2020-01-01Z' WHERE claimed_until IS NOT NULL")
    rows = await town.rows("SELECT attempts, last_error IS NULL AS untried FROM notices WHERE kind = 'chat_wechat'")
    assert sorted(tuple(row) for row in rows) == [(0, True), (MOST_ATTEMPTS, False)]
    assert await send_notices(town.hub, sender, is_wechat=True) == 1
    assert len(weixin.sent) == 1
    await weixin.server.close()
