"""回访: who is to be asked on which rung, what they said, how it adds up, and how many people it needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct, structs

from hotline import asking, clocks
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Level, Named, Number
from hotline.keys import HUB
from models.errors import Forbidden, InvalidRequest, NotFound
from models.follow_up_capacity import FollowUpNeed, need
from models.lifecycle import TicketState
from models.sla import Rung
from models.store import follow_up_asks as store
from models.store import tickets
from models.store.tickets import EARLIEST
from models.ticket import id_of, number_of
from models.vocabulary import Channel, Kind

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.follow_up_asks import Waiting
    from models.ticket import Actor

RUNGS: Final = ("sms", "auto_call", "person")
MOST_STAFF: Final = 10_000
WEEK: Final = timedelta(days=7)
FOUR_WEEKS: Final = timedelta(days=28)
DAY: Final = timedelta(days=1)


class AskLine(Struct, kw_only=True):
    """Somebody to be asked: the caller of `ticket`, about what was done under `common`, which the other fields describe.

    `tried` are the tries in vain of this round; from `call_from` on the policy lets them be called (again), null where every
    try was made.
    """

    ticket: Number
    common: Number
    is_merged: bool
    round: Count
    first_rung: Rung
    rung: Rung
    opened_at: datetime
    attempts: Count
    tried: list[datetime]
    call_from: datetime | None
    kind: Kind
    urgency: Level
    category: Named
    lead: Named | None


class Asks(Struct, kw_only=True):
    """One page of them, the longest waiting first."""

    asks: list[AskLine]
    cursor: Cursor


class AskPage(AskLine, kw_only=True):
    """The same with what to say, in which parts of the day, and what the policy makes of an answer that is not content."""

    script: str
    day_parts: list[str]
    attempts_at_most: Count
    if_displeased: str


class AskCall(Struct, kw_only=True):
    """Whom to dial for the caller of a ticket."""

    ticket: Number
    phone: str


class AskEnded(Struct, kw_only=True):
    """Where the ticket of the caller stands now."""

    ticket: Number
    state: TicketState


class EndedOn(Struct, kw_only=True):
    """On which rung asks came to their end."""

    sms: Count
    auto_call: Count
    person: Count


class AskFigures(Struct, kw_only=True):
    """Of the asks opened in a span. `opened` = open + ended; `ended` = answered + silent + overtaken = the sum of `ended_on`."""

    since: datetime
    until: datetime
    opened: Count
    open: Count
    ended: Count
    answered: Count
    silent: Count
    overtaken: Count
    ended_on: EndedOn
    solved: Count
    satisfied: Count


class AskCapacity(Struct, kw_only=True):
    """How many people today's follow-up needs, at `calls_per_person` a day; `waiting_for_person` wait for one now."""

    staff: Count
    calls_per_person: Annotated[int, Meta(ge=1)]
    waiting_for_person: Count
    ended_on: EndedOn
    share: dict[Rung, float] | None
    need: FollowUpNeed


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/follow-ups."""
    rung = body.query(request, "rung")
    if rung is not None and rung not in RUNGS:
        raise InvalidRequest("参数 rung 应为 sms、auto_call 或 person")
    size = body.page_size(request)
    after = body.read_cursor(request, tuple[datetime, int]) or (EARLIEST, 0)
    rows = await request.app[HUB].database.read(lambda session: store.page(session, rung, after, size))
    cursor = body.make_cursor(rows[-1].ask.opened_at, rows[-1].ask.ticket_id) if len(rows) == size else None
    return body.answer({"asks": [_line(request.app[HUB], row) for row in rows], "cursor": cursor}, Asks)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/follow-ups/{number}."""
    hub, ticket_id = request.app[HUB], id_of(request.match_info["number"])

    async def work(session: Session) -> dict[str, Any]:
        row = await store.waiting(session, ticket_id)
        if row is None:
            raise NotFound(asking.NOT_ASKED)
        own, common = await tickets.get(session, ticket_id), await tickets.get(session, row.ask.common)
        return {
            **_line(hub, row),
            "script": asking.script(hub, own, common),
            "day_parts": hub.policy.follow_up.day_parts,
            "attempts_at_most": hub.policy.follow_up.attempts,
            "if_displeased": asking.if_displeased(hub, common),
        }

    return body.answer(await hub.database.read(work), AskPage)


async def call(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/follow-ups/{number}/call."""
    number = request.match_info["number"]
    phone = await asking.dial(request.app[HUB], actor, id_of(number))
    return body.answer({"ticket": number, "phone": phone}, AskCall)


async def answer(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/follow-ups/{number}/answers."""
    hub, ticket_id = request.app[HUB], id_of(request.match_info["number"])
    _, said = await body.read_body(request, asking.Said)
    await asking.by_person(hub, actor, ticket_id, said)
    return await _ended(hub, ticket_id)


async def result(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/follow-ups/calls/{id}/result: by the telephone's channel."""
    if actor.name != Channel.PHONE:
        raise Forbidden("外呼结果只能由电话系统以渠道 phone 的凭证回报")
    hub = request.app[HUB]
    _, told = await body.read_body(request, asking.CallResult)
    return await _ended(hub, await asking.by_key(hub, request.match_info["id"], told))


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/follow-ups/figures: of what was opened today, or in a span of 92 days at most."""
    hub = request.app[HUB]
    since, until = body.span(request, hub)
    found = await hub.database.read(lambda session: store.figures(session, since, until))
    return body.answer(
        {"since": since, "until": until, **structs.asdict(found), "ended_on": _ended_on(found)}, AskFigures
    )


async def capacity(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/follow-ups/capacity."""
    hub = request.app[HUB]
    asked = body.whole_number(request, "staff", 0, 1, MOST_STAFF)
    now = hub.now()

    async def work(session: Session) -> tuple[store.Figures, store.Figures, int]:
        month = await store.figures(session, now - FOUR_WEEKS, now)
        week = await store.figures(session, now - WEEK, now)
        return month, week, asked or await store.staff(session)

    month, week, staff = await hub.database.read(work)
    # Of a hub that is younger than a week, so many days as there were.
    days = min(WEEK, now - month.first_at) / DAY if month.first_at else 0.0
    per_person = hub.policy.follow_up.ladder.calls_per_person
    ended_on = _ended_on(month)
    needed = need(
        opened=week.opened,
        days=days,
        ended=month.ended,
        ended_on_person=month.ended_on_person,
        calls=month.calls_of_people,
        calls_per_person=per_person,
        staff=staff,
    )
    return body.answer(
        {
            "staff": staff,
            "calls_per_person": per_person,
            "waiting_for_person": month.waiting_for_person,
            "ended_on": ended_on,
            "share": {rung: n / month.ended for rung, n in ended_on.items()}
            if needed.share_of_person is not None
            else None,
            "need": needed,
        },
        AskCapacity,
    )


async def _ended(hub: Hub, ticket_id: int) -> web.Response:
    ticket = await hub.database.read(lambda session: tickets.get(session, ticket_id))
    return body.answer({"ticket": ticket.number, "state": ticket.state}, AskEnded)


def _ended_on(found: store.Figures) -> dict[str, int]:
    return {rung: getattr(found, f"ended_on_{rung}") for rung in RUNGS}


def _line(hub: Hub, row: Waiting) -> dict[str, Any]:
    ask = row.ask
    return {
        **{name: getattr(ask, name) for name in ("round", "first_rung", "rung", "opened_at")},
        "ticket": number_of(ask.ticket_id),
        "common": number_of(ask.common),
        "is_merged": ask.common != ask.ticket_id,
        "attempts": len(row.tried),
        "tried": row.tried,
        "call_from": clocks.next_attempt(hub, hub.now(), list(row.tried)),
        **{name: getattr(row, name) for name in ("kind", "urgency")},
        "category": {"code": row.category, "name": hub.category_name(row.category)},
        "lead": {"code": row.lead, "name": hub.department_name(row.lead)} if row.lead else None,
    }
