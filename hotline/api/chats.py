"""The door of a citizen's chat (机器人会话): without an account; whoever began a conversation holds its token."""

from __future__ import annotations

import hmac
import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from aiohttp import web
from msgspec import Meta, Struct

from hotline import chat, chat_words, conversation, phone_code
from hotline.api import body
from hotline.api.auth import bearer_token
from hotline.api.limiter import Limiter
from hotline.api.shapes import Count, Named, Number
from hotline.keys import CHATBOT, HUB
from models.cipher import token_hash
from models.conversation import Awaits, By, ChatbotState, Conversation, State, Turn
from models.errors import Forbidden, NotFound, Unauthorized
from models.lifecycle import TicketState
from models.store import callers, conversations
from models.vocabulary import Channel

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session

LONGEST_MESSAGE: Final = 2000
# From one address, which a whole office or a mobile network may share.
MOST_NEW_A_MINUTE: Final = 30
MOST_FROM_ADDRESS_A_MINUTE: Final = 300
MOST_IN_CHAT_A_MINUTE: Final = 30
MOST_CODES_A_MINUTE: Final = 10
MOST_TICKETS: Final = 20
LONGEST_SHOWN: Final = 120
NEW_CHATS: Final = web.AppKey("new_chats", Limiter)
MESSAGES: Final = web.AppKey("messages", Limiter)
FROM_ADDRESS: Final = web.AppKey("from_address", Limiter)
CODES: Final = web.AppKey("codes", Limiter)

ChatId = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Seq = Annotated[int, Meta(ge=0, le=2**31 - 1)]
MessageKey = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
Code = Annotated[str, Meta(pattern="^[0-9]{6}$")]
Phone = Annotated[str, Meta(min_length=1, max_length=32)]


class ChatMessage(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a citizen says; the same `key` again is the same turn. `payload` is that of the quick reply that was tapped."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_MESSAGE)]
    key: MessageKey
    payload: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class ChatPhone(Struct, kw_only=True, forbid_unknown_fields=True):
    """The phone that a code is sent to."""

    phone: Phone


class ChatCode(Struct, kw_only=True, forbid_unknown_fields=True):
    """The code that was read there; with `moves` an earlier conversation of that phone goes on here."""

    code: Code
    moves: bool = False


class QuickReply(Struct, kw_only=True):
    """A quick reply; one with `url` leads to a page."""

    title: str
    payload: str | None
    url: str | None


class ChatTurn(Struct, kw_only=True):
    """What was said, and by whom: the citizen, the bot, an agent, or the hub itself."""

    seq: Seq
    by: By
    text: str
    buttons: list[QuickReply]
    at: datetime


class ChatTurns(Struct, kw_only=True):
    """What was said after a turn, two hundred at most, and where the chat stands; `ahead` wait for an agent before it."""

    id: ChatId
    state: State
    awaits: Awaits | None
    ahead: Count | None
    is_verified: bool
    turns: list[ChatTurn]


class ChatBegun(Struct, kw_only=True):
    """A new conversation: its token is told once. `consent` is what the citizen agrees to by talking on."""

    id: ChatId
    token: str
    consent: str
    bot: ChatbotState
    turns: list[ChatTurn]


class ChatVerified(Struct, kw_only=True):
    """Whether the code was right; `id` is the conversation that goes on, to which the token belongs from now on."""

    outcome: phone_code.Outcome
    id: ChatId


class OwnTicket(Struct, kw_only=True):
    """A ticket of one's own; `text` is masked and cut, null for a confidential tip-off: a phone may be another's by now."""

    number: Number
    state: TicketState
    category: Named
    text: str | None
    registered_at: datetime
    promised_at: datetime


class OwnTickets(Struct, kw_only=True):
    """The tickets of a verified phone: the open ones first, twenty at most."""

    tickets: list[OwnTicket]


async def begin(request: web.Request) -> web.Response:
    """POST /api/v1/chats."""
    hub, address, now = request.app[HUB], request.remote or "", time.monotonic()
    _count(request.app[NEW_CHATS], address, now)
    begun = await conversation.begin(hub, Channel.CHATBOT)
    number = begun.conversation.id
    turns = await hub.database.read(lambda session: conversations.turns(session, number, 0))
    content = {
        "id": number,
        "token": begun.token,
        "consent": chat_words.CONSENT,
        "bot": request.app[CHATBOT].state,
        "turns": [told(turn) for turn in turns],
    }
    return body.answer(content, ChatBegun, status=201)


async def say(request: web.Request) -> web.Response:
    """POST /api/v1/chats/{id}/messages."""
    current = await own(request)
    _, wanted = await body.read_body(request, ChatMessage)
    _count_of(request, current)
    message = chat.Message(text=wanted.text, key=wanted.key, payload=wanted.payload)
    before = await chat.say(request.app[HUB], request.app[CHATBOT], current.id, message)
    return await answer(request.app[HUB], current.id, before)


async def turns(request: web.Request) -> web.Response:
    """GET /api/v1/chats/{id}/turns?after=."""
    current = await own(request)
    after = body.whole_number(request, "after", 0, 0, 2**31 - 1)
    return await answer(request.app[HUB], current.id, after)


async def end(request: web.Request) -> web.Response:
    """POST /api/v1/chats/{id}/end."""
    current = await own(request)
    await conversation.end_by_citizen(request.app[HUB], current.id)
    return await answer(request.app[HUB], current.id, current.turn_count)


async def send_code(request: web.Request) -> web.Response:
    """POST /api/v1/chats/{id}/phone."""
    current, hub = await own(request), request.app[HUB]
    _, wanted = await body.read_body(request, ChatPhone)
    digits = phone_code.mobile(wanted.phone)
    _count(request.app[CODES], request.remote or "", time.monotonic())

    async def work(session: Session) -> None:
        locked = await conversations.lock(session, current.id)
        await phone_code.send(hub, session, locked, digits)

    await hub.database.write(work)
    return await answer(hub, current.id, current.turn_count)


async def check_code(request: web.Request) -> web.Response:
    """POST /api/v1/chats/{id}/phone/verify."""
    current, hub = await own(request), request.app[HUB]
    _, wanted = await body.read_body(request, ChatCode)
    _count_of(request, current)

    async def work(session: Session) -> phone_code.Checked:
        locked = await conversations.lock(session, current.id)
        return await phone_code.check(hub, session, locked, wanted.code, moves=wanted.moves)

    checked = await hub.database.write(work)
    return body.answer({"outcome": checked.outcome, "id": checked.conversation.id}, ChatVerified)


async def tickets(request: web.Request) -> web.Response:
    """GET /api/v1/chats/{id}/tickets."""
    current, hub = await own(request), request.app[HUB]
    if current.phone_index is None:
        raise Forbidden("请先用短信验证码核对手机号，再查询该手机号的诉求")
    index = current.phone_index
    found = await hub.database.read(lambda session: callers.tickets(session, index, MOST_TICKETS))
    return body.answer({"tickets": [_ticket(hub, one) for one in found]}, OwnTickets)


def _ticket(hub: Hub, found: callers.CallersTicket) -> dict[str, Any]:
    ticket = found.ticket
    is_hidden = ticket.is_confidential_tip_off
    return {
        "number": ticket.number,
        "state": ticket.state,
        "category": {"code": ticket.category, "name": hub.category_name(ticket.category)},
        "text": None if is_hidden else found.masked_text[:LONGEST_SHOWN],
        "registered_at": ticket.registered_at,
        "promised_at": ticket.promised_at,
    }


async def own(request: web.Request, token: str | None = None) -> Conversation:
    """Return the conversation of the path to whoever holds its token; raises Unauthorized, for one that is not there too."""
    token, number = token or bearer_token(request), int(request.match_info["id"])
    refusal = Unauthorized("会话凭证无效或已更换，请重新开始会话")
    if token is None or not token.isascii():
        raise refusal
    try:
        found = await request.app[HUB].database.read(lambda session: conversations.get(session, number))
    except NotFound:
        raise refusal from None
    if found.token_hash is None or not hmac.compare_digest(found.token_hash, token_hash(token)):
        raise refusal
    return found


async def answer(hub: Hub, number: int, after: int) -> web.Response:
    """Return what was said after a turn."""
    return body.answer(await hub.database.read(lambda session: said(session, number, after)), ChatTurns)


async def said(session: Session, number: int, after: int) -> dict[str, Any]:
    """Return what was said after a turn, and where the conversation stands."""
    current = await conversations.get(session, number)
    waits = current.state == "waiting"
    return {
        "id": number,
        "state": current.state,
        "awaits": current.awaits,
        "ahead": await conversations.ahead(session, current.interaction) if waits else None,
        "is_verified": current.verified_at is not None,
        "turns": [told(turn) for turn in await conversations.turns(session, number, after)],
    }


def told(turn: Turn) -> dict[str, Any]:
    """Return a turn as the citizen reads it."""
    buttons = [{"title": one.title, "payload": one.payload, "url": one.url} for one in turn.buttons]
    return {"seq": turn.seq, "by": turn.by, "text": turn.text, "buttons": buttons, "at": turn.at}


def prepare(app: web.Application) -> None:
    """Count from now on how often one address, or one conversation, asks."""
    again = "，请一分钟后再试；紧急情况请直接拨打110、119、120"
    app[NEW_CHATS] = Limiter(MOST_NEW_A_MINUTE, f"新会话过于频繁{again}")
    app[FROM_ADDRESS] = Limiter(MOST_FROM_ADDRESS_A_MINUTE, f"发送过于频繁{again}")
    app[MESSAGES] = Limiter(MOST_IN_CHAT_A_MINUTE, f"发送过于频繁{again}")
    app[CODES] = Limiter(MOST_CODES_A_MINUTE, "操作过于频繁，请一分钟后再试")


def _count_of(request: web.Request, current: Conversation) -> None:
    """Count what somebody sends in a conversation. Raises TooManyRequests."""
    now = time.monotonic()
    _count(request.app[FROM_ADDRESS], request.remote or "", now)
    _count(request.app[MESSAGES], str(current.id), now)


def _count(limiter: Limiter, key: str, now: float) -> None:
    limiter.check(key, now)
    limiter.add(key, now)
