"""The citizen's view: by number and query code, without an account."""

from __future__ import annotations

import hmac
import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from aiohttp import web
from msgspec import UNSET, Meta, Struct, UnsetType

from hotline.api import body
from hotline.api.limiter import Limiter
from hotline.api.shapes import Count, ExternalIdRow, Named, Number, Provisional
from hotline.api.steps import CITIZEN_STEPS, carry_out
from hotline.api.view import elsewhere, tracked
from hotline.keys import HUB
from hotline.reply_told import reply_told
from models.errors import InvalidRequest, NotFound
from models.lifecycle import TicketState
from models.store import external_ids, follow_ups, incidents, tickets
from models.ticket import CITIZEN, id_of

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Ticket, TicketText


MOST_WRONG_A_MINUTE: Final = 20
MOST_WRONG_FROM_ALL: Final = 200
MOST_WRONG_OF_ONE: Final = 60


class Rating(Struct, kw_only=True):
    """评价."""

    at: datetime
    solved: bool
    satisfied: bool
    score: Annotated[int, Meta(ge=1, le=5)] | None


class IncidentTold(Struct, kw_only=True):
    """统一口径: what everybody is told who called about an incident, null where nothing is said now."""

    title: str
    answer: str | None


class Tracked(Struct, kw_only=True):
    """What the citizen sees; `merged_state` where the request was merged into another, `incident` where that leads one."""

    number: Number
    state: TicketState
    text: str
    category: Named
    lead: Named | None
    registered_at: datetime
    promised_at: datetime
    is_provisional: Provisional
    closed_at: datetime | None
    reply: str | None
    rating: Rating | None
    urge_count: Count
    external_ids: list[ExternalIdRow]
    merged_state: TicketState | UnsetType = UNSET
    incident: IncidentTold | UnsetType | None = UNSET


class WithCode(Struct, kw_only=True):
    """The query code, where it does not stand in the address."""

    code: str | None = None


# What is typed for a number may be of any length.
LONGEST_COUNTED: Final = 20
# Wrong query codes by ticket and address, so that eight digits cannot be tried out, and nobody locks out whom the ticket belongs to;
# from all addresses together so many more that only an attack comes to it; and of one address, however many tickets it tries them on.
WRONG_CODES: Final = web.AppKey("wrong_codes", Limiter)
WRONG_FROM_ALL: Final = web.AppKey("wrong_from_all", Limiter)
WRONG_OF_ONE: Final = web.AppKey("wrong_of_one", Limiter)


async def show(request: web.Request) -> web.Response:
    """GET /api/v1/track/{number}?code=."""
    found = await look_up(request, request.match_info["number"], body.query(request, "code"))
    return body.answer(found, Tracked)


async def look_up(request: web.Request, number: str, code: str | None) -> dict[str, Any]:
    """Return what the citizen may see; raises NotFound for a wrong number or a wrong code alike, TooManyRequests."""
    hub = request.app[HUB]

    async def work(session: Session) -> dict[str, Any]:
        ticket, text = await own(request.app, session, number, code, asks=request.remote or "")
        answered = ticket
        if ticket.state is TicketState.MERGED and ticket.merged_into is not None:
            answered = await tickets.get(session, ticket.merged_into)
        reply = await reply_told(session, hub, answered)
        page = tracked(hub, ticket, text, reply, await follow_ups.rating(session, ticket.id))
        page["external_ids"] = elsewhere(hub, await external_ids.of_ticket(session, ticket.id))
        if answered is not ticket:
            page["merged_state"] = answered.state
            page["incident"] = await _incident(hub, session, answered)
        return page

    return await hub.database.read(work)


async def _incident(hub: Hub, session: Session, lead: Ticket) -> dict[str, Any] | None:
    """Return what everybody is told of an open incident (统一口径), None where there is none."""
    found = await incidents.of_lead(session, lead.id)
    return {"title": found.title, "answer": found.answer_at(hub.now())} if found else None


async def step(request: web.Request) -> web.Response:
    """POST /api/v1/track/{number}/steps: supplement, urge, withdraw, rate, ask_reopen."""
    raw, wanted = await body.read_body(request, WithCode)
    number = request.match_info["number"]
    code = wanted.code or body.query(request, "code")
    key = body.idempotency_key(request) if "idempotency-key" in request.headers else None
    return await take(request, number, code, raw, key=key)


async def take(request: web.Request, number: str, code: str | None, raw: bytes, *, key: str | None) -> web.Response:
    """Take one step of whoever knows the query code; without a key the same words on the same version are one."""
    hub = request.app[HUB]
    ticket, _ = await hub.database.read(
        lambda session: own(request.app, session, number, code, asks=request.remote or "")
    )
    key = key or f"v{ticket.version}:{hub.database.keyring.digest(raw).hex()}"
    return await carry_out(
        request, CITIZEN, CITIZEN_STEPS, raw, channel="step:citizen", key=f"{number}:{key}", ticket_number=number
    )


async def own(
    app: web.Application, session: Session, number: str, code: str | None, *, asks: str
) -> tuple[Ticket, TicketText]:
    """Return a ticket to whoever knows its query code; a wrong one is told like a wrong number, and counted of who `asks`."""
    refusal = NotFound("工单号或查询码不正确，请核对短信")
    if not code:
        raise InvalidRequest("请提供查询码（code）")
    named, now = number[:LONGEST_COUNTED], time.monotonic()
    limits = ((WRONG_CODES, f"{asks}/{named}"), (WRONG_FROM_ALL, named), (WRONG_OF_ONE, asks))
    for limit, whose in limits:
        app[limit].check(whose, now)
    try:
        ticket = await tickets.get(session, id_of(number))
        text = await tickets.text(session, ticket.id)
    except NotFound:
        text = None
    # A number that does not exist is counted like one that does: what is refused when tells nothing of it.
    if text is None or not hmac.compare_digest(text.query_code.encode(), code.encode()):
        for limit, whose in limits:
            app[limit].add(whose, now)
        raise refusal
    return ticket, text
