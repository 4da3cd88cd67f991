"""/api/v1/interactions/{id}/chat: the seat that has a citizen's chat reads it masked, writes to the citizen, gives it back to the bot."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from hotline import takeover
from hotline.api import body
from hotline.api.caller import check_at_hand
from hotline.api.chats import LONGEST_MESSAGE, ChatId, MessageKey, Seq
from hotline.api.shapes import Number
from hotline.keys import HUB
from models.conversation import By, State
from models.store import conversations, interactions

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor

MOST: Final = 500


class SeatWords(Struct, kw_only=True, forbid_unknown_fields=True):
    """What an agent writes to the citizen; the same `key` again is the same turn."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_MESSAGE)]
    key: MessageKey


class SeatTurn(Struct, kw_only=True):
    """What was said, masked; `intent` is how the chatbot read the citizen."""

    seq: Seq
    by: By
    text: str
    intent: str | None
    at: datetime


class SeatChat(Struct, kw_only=True):
    """A citizen's chat as the seat sees it: the turns after one, five hundred at most; `tickets` came of it so far."""

    id: ChatId
    state: State
    channel: str
    is_emergency: bool
    is_verified: bool
    tickets: list[Number]
    turns: list[SeatTurn]


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/interactions/{id}/chat?after=."""
    hub, number = request.app[HUB], int(request.match_info["id"])
    after = body.whole_number(request, "after", 0, 0, 2**31 - 1)

    async def work(session: Session) -> dict[str, Any]:
        await check_at_hand(session, actor, await interactions.get(session, number))
        return await _page(session, number, after)

    return body.answer(await hub.database.read(work), SeatChat)


async def say(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/interactions/{id}/chat."""
    hub, number = request.app[HUB], int(request.match_info["id"])
    _, wanted = await body.read_body(request, SeatWords)
    before = await takeover.say(hub, actor, number, wanted.text, wanted.key)
    return await _answer(hub, number, before)


async def give_back(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/interactions/{id}/chat/give_back."""
    hub, number = request.app[HUB], int(request.match_info["id"])
    await takeover.give_back(hub, actor, number)
    return await _answer(hub, number, 0)


async def _answer(hub: Hub, number: int, after: int) -> web.Response:
    return body.answer(await hub.database.read(lambda session: _page(session, number, after)), SeatChat)


async def _page(session: Session, number: int, after: int) -> dict[str, Any]:
    current = await conversations.get(session, await conversations.of_interaction(session, number))
    return {
        "id": current.id,
        "state": current.state,
        "channel": current.channel,
        "is_emergency": current.draft.emergency is not None,
        "is_verified": current.verified_at is not None,
        "tickets": [one.number for one in current.draft.filed],
        "turns": [
            {"seq": turn.seq, "by": turn.by, "text": turn.masked_text, "intent": turn.intent, "at": turn.at}
            for turn in await conversations.turns(session, current.id, after, MOST)
        ],
    }
