"""The citizen's view: by number and query code, without an account."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hotline.api import body
from hotline.api.steps import CITIZEN_STEPS, carry_out
from hotline.api.view import tracked
from hotline.keys import HUB
from models.errors import InvalidRequest, NotFound
from models.lifecycle import Action
from models.store import follow_ups, tickets
from models.ticket import Actor, id_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Ticket, TicketText


class CitizenStep(Struct, kw_only=True):
    """What every step of a citizen carries."""

    action: Action
    code: str | None = None


async def show(request: web.Request) -> web.Response:
    """GET /api/v1/track/{number}?code=."""
    return body.answer(await look_up(request.app[HUB], request.match_info["number"], body.query(request, "code")))


async def look_up(hub: Hub, number: str, code: str | None) -> dict[str, Any]:
    """Return what the citizen may see; raises NotFound for a wrong number or a wrong code alike."""

    async def work(session: Session) -> dict[str, Any]:
        ticket, text = await _own(session, number, code)
        answered = ticket
        if ticket.merged_into is not None:
            answered = await tickets.get(session, ticket.merged_into)
        reply = await _reply(session, hub, answered)
        page = tracked(hub, ticket, text, reply, await follow_ups.rating(session, ticket.id))
        if answered is not ticket:
            page["merged_state"] = answered.state
            page["reply"] = reply
        return page

    return await hub.database.read(work)


async def step(request: web.Request) -> web.Response:
    """POST /api/v1/track/{number}/steps: supplement, urge, withdraw, rate, ask_reopen."""
    raw = await request.read()
    wanted = body.decode(raw, CitizenStep)
    number = request.match_info["number"]
    code = wanted.code or body.query(request, "code")
    return await take(request, number, code, raw, key=request.headers.get("idempotency-key"))


async def take(request: web.Request, number: str, code: str | None, raw: bytes, *, key: str | None) -> web.Response:
    """Take one step of whoever knows the query code; without a key the ticket's version is the key."""
    ticket, _ = await request.app[HUB].database.read(lambda session: _own(session, number, code))
    key = key or f"v{ticket.version}:{body.decode(raw, CitizenStep).action}"
    if len(key) > 200:
        raise InvalidRequest("Idempotency-Key 过长")
    actor = Actor(Role.CITIZEN, "citizen")
    return await carry_out(
        request, actor, CITIZEN_STEPS, raw, channel="step:citizen", key=f"{number}:{key}", ticket_number=number
    )


async def _own(session: Session, number: str, code: str | None) -> tuple[Ticket, TicketText]:
    """Return a ticket to whoever knows its query code; a wrong one is told like a wrong number."""
    refusal = NotFound("工单号或查询码不正确，请核对短信")
    if not code:
        raise InvalidRequest("请提供查询码（code）")
    try:
        ticket = await tickets.get(session, id_of(number))
    except NotFound:
        raise refusal from None
    text = await tickets.text(session, ticket.id)
    if not hmac.compare_digest(text.query_code.encode(), code.encode()):
        raise refusal
    return ticket, text


async def _reply(session: Session, hub: Hub, ticket: Ticket) -> str | None:
    parts = [part for part in await tickets.assignments(session, ticket.id) if part.is_lead and part.reply]
    if not parts:
        return None
    last = parts[-1]
    place = f"{last.ticket_id}/{last.ordinal}"
    return hub.mask(session.keyring.unseal(last.reply or b"", "assignments", "reply", place))
