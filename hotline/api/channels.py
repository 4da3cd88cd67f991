"""The doors of channels that are not the web: WeChat's own protocol, and short messages by whatever provider the city has."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Final

import structlog
from aiohttp import web
from msgspec import Meta, Struct

from hotline import chat_channel, phone_code, wechat
from hotline.api import body
from hotline.api.chats import LONGEST_MESSAGE, MESSAGES, ChatId, MessageKey
from hotline.keys import CHATBOT, HUB
from models.errors import Forbidden, HotlineError, InvalidRequest, NotFound, Unavailable
from models.vocabulary import Channel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from typing import Any

    from models.ticket import Actor

LOG = structlog.get_logger()
# WeChat waits five seconds and then asks again; what takes longer is answered by a message of its own all the same.
ANSWERS_WITHIN_S: Final = 3.5
# What is under way then is answered within that, or not at all.
FINISHED_WITHIN_S: Final = 10.0
LONGEST_XML: Final = 64 * 1024
ONLY_WORDS: Final = "暂时只能看文字和语音，请用文字说明；要传照片，可以在网页上提交诉求。"
WECHAT: Final = web.AppKey("wechat", wechat.WechatAccount)
UNDER_WAY: Final = web.AppKey("wechat_under_way", set[asyncio.Task[bool]])


class ShortMessage(Struct, kw_only=True, forbid_unknown_fields=True):
    """A short message of a citizen, as the provider's adapter hands it in; the same `id` again is the same message."""

    phone: Annotated[str, Meta(min_length=1, max_length=32)]
    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_MESSAGE)]
    id: MessageKey


class ShortMessageTaken(Struct, kw_only=True):
    """In which conversation it was taken; what is answered goes out as short messages."""

    conversation: ChatId


async def short_message(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/channels/sms/messages."""
    if actor.name != Channel.SMS:
        raise Forbidden("短信由渠道 sms 的凭证送入")
    _, wanted = await body.read_body(request, ShortMessage)
    phone = phone_code.mobile(wanted.phone)
    _count(request.app, phone)
    hub, bot = request.app[HUB], request.app[CHATBOT]
    number = await chat_channel.receive(hub, bot, Channel.SMS, phone, wanted.text, f"sms:{wanted.id}")
    return body.answer({"conversation": number}, ShortMessageTaken)


async def wechat_echo(request: web.Request) -> web.Response:
    """GET /wechat: WeChat makes sure that the address is ours."""
    wechat.check(_account(request), request.query, int(time.time()))
    return web.Response(text=request.query.get("echostr", "")[:200])


async def wechat_message(request: web.Request) -> web.Response:
    """POST /wechat: taken at once, answered by messages of the account's own."""
    account = _account(request)
    wechat.check(account, request.query, int(time.time()))
    if (request.content_length or 0) > LONGEST_XML:
        raise body.TooLarge("微信消息过大")
    found = wechat.read(account, request.query, (await request.read())[:LONGEST_XML])
    _count(request.app, found.sender)
    task = asyncio.create_task(_taken(request.app, found))
    request.app[UNDER_WAY].add(task)
    task.add_done_callback(request.app[UNDER_WAY].discard)
    done, _ = await asyncio.wait([task], timeout=ANSWERS_WITHIN_S)
    if done and not task.result():
        # WeChat asks again, and the follower learns where that does not help.
        raise Unavailable("消息没有收下，请重试")
    return web.Response(text="success")


async def finish_messages(app: web.Application) -> AsyncIterator[None]:
    """Let what was taken from WeChat be kept and answered before the process ends."""
    under_way = app[UNDER_WAY] = set[asyncio.Task[bool]]()
    yield
    if under_way:
        await asyncio.wait(under_way, timeout=FINISHED_WITHIN_S)


def _count(app: web.Application, sender: str) -> None:
    """Raise TooManyRequests where one sender writes too much within a minute."""
    now = time.monotonic()
    app[MESSAGES].check(sender, now)
    app[MESSAGES].add(sender, now)


async def _taken(app: web.Application, found: wechat.WechatMessage) -> bool:
    """Take a message; False where it was not kept, so that it must come again."""
    try:
        await _take(app, found)
    except HotlineError as error:
        LOG.warning("wechat message not taken", kind=found.kind, code=error.code)
        # What has no content has none the next time.
        return isinstance(error, InvalidRequest)
    return True


def _take(app: web.Application, found: wechat.WechatMessage) -> Coroutine[Any, Any, object]:
    hub = app[HUB]
    if found.kind == "event":
        return chat_channel.greet(hub, Channel.WECHAT, found.sender) if found.event == "subscribe" else _nothing()
    if not found.text.strip():
        return chat_channel.remark(hub, Channel.WECHAT, found.sender, ONLY_WORDS)
    return chat_channel.receive(hub, app[CHATBOT], Channel.WECHAT, found.sender, found.text, found.key)


async def _nothing() -> None:
    """Who leaves, or taps a menu, is told nothing."""


def _account(request: web.Request) -> wechat.WechatAccount:
    account = request.app.get(WECHAT)
    if account is None:
        raise NotFound("没有配置微信公众号（HOTLINE_WECHAT）")
    return account
