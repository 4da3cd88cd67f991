"""零积压看板: what is overdue and what excuses it, what goes from hand to hand, where it is, and how the day runs."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from hotline import forecast
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Level, Named, Number
from hotline.keys import HUB
from models.calendar import CHINA_TIME
from models.errors import NotFound
from models.forecast import Span
from models.lifecycle import TicketState
from models.store import backlog
from models.vocabulary import Kind

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor

EARLIEST: Final = (datetime(1970, 1, 1, tzinfo=UTC), 0)
# Looked for among so many of the newest tickets, of an hour where nothing else is asked.
MOST_NEW: Final = 400
CUT: Final = 60
LONGEST_MINUTES: Final = 24 * 60
USUAL_DAYS: Final = 7
Past = Literal["promised", "stage", "acknowledge", "contact", "reply"]
Excuse = Literal["extension", "deferral", "pause", "moved"]
Share = Annotated[float, Meta(ge=0, le=1)]


class OverdueTicket(Struct, kw_only=True):
    """A ticket past a date as that was first set. `past` are the dates that are past as they stand now: none, where it is excused.

    `excuses`: an approved extension (延期), a deferral (挂账), a clock that stands still (暂停), or dates that were moved before.
    """

    number: Number
    state: TicketState
    category: Named
    urgency: Level
    lead: Named | None
    district: Named | None
    late_since: datetime
    promised_at: datetime
    reply_by: datetime | None
    is_excused: bool
    past: list[Past]
    excuses: list[Excuse]
    supervision_level: Count
    urge_count: Count


class Overdue(Struct, kw_only=True):
    """One page, the longest overdue first. In all pages together stand as many as the gross figure counts."""

    tickets: list[OverdueTicket]
    cursor: Cursor


class PingPongTicket(Struct, kw_only=True):
    """An open ticket that goes from hand to hand: how often the hotline was asked to take it back, and how often a unit that had
    delegated it.
    """

    number: Number
    state: TicketState
    category: Named
    urgency: Level
    lead: Named | None
    send_back_count: Count
    delegated_send_back_count: Count
    dispatch_count: Count
    promised_at: datetime
    is_disputed: bool
    supervision_level: Count


class PingPong(Struct, kw_only=True):
    """反复退单: from how many send-backs, or dispatches to different leads, on a ticket is listed; the worst first."""

    tickets: list[PingPongTicket]
    send_backs: Count
    dispatches: Count


class DistrictBacklog(Struct, kw_only=True):
    """The open tickets of a district, and how many are past a due time (net); null is where no place is known."""

    district: Named | None
    open: Count
    backlog_net: Count


class NewOnWall(Struct, kw_only=True):
    """A new request as anybody may see it who passes: the place to some hundred metres (WGS84); `text` masked and cut, null where
    the caller asked for confidence or the matter is delicate.
    """

    number: Number
    category: Named
    urgency: Level
    kind: Kind
    district: Named | None
    registered_at: datetime
    lat: float | None
    lon: float | None
    text: str | None


class BacklogGround(Struct, kw_only=True):
    """What is open by district, and what came in the last minutes; no tip-offs, nor what accuses somebody."""

    at: datetime
    districts: list[DistrictBacklog]
    newest: list[NewOnWall]


class HourLine(Struct, kw_only=True):
    """One hour of the day: how many requests came, null for what is still to come; which share of a day it usually brings."""

    hour: Annotated[int, Meta(ge=0, le=23)]
    requests: Count | None
    usual: Share | None


class Today(Struct, kw_only=True):
    """The day so far beside what was forecast of it, null where nothing was."""

    at: datetime
    requests: Count
    forecast: Span | None
    hours: list[HourLine]


async def overdue(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/backlog/overdue."""
    hub, size = request.app[HUB], body.page_size(request)
    after = body.read_cursor(request, tuple[datetime, int]) or EARLIEST
    department, is_excused = body.query(request, "department"), body.yes_no(request, "excused")
    if department is not None and hub.city.party(department) is None:
        raise NotFound("没有这个代码的承办单位")
    rows = await hub.database.read(
        lambda session: backlog.overdue(session, hub.now(), after, size, department=department, is_excused=is_excused)
    )
    last = rows[-1] if len(rows) == size else None
    cursor = body.make_cursor(last["late_since"], last["id"]) if last else None
    return body.answer({"tickets": [_overdue(hub, row) for row in rows], "cursor": cursor}, Overdue)


async def ping_pong(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/backlog/ping-pong."""
    hub, size = request.app[HUB], body.page_size(request)
    terms = hub.policy.send_back
    often = {"send_backs": terms.dispute_at, "dispatches": terms.designate_at}
    rows = await hub.database.read(lambda session: backlog.ping_pong(session, size, **often))
    return body.answer({"tickets": [{**row, **_names(hub, row)} for row in rows], **often}, PingPong)


async def ground(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/backlog/ground: `minutes` says how far back what is new is shown."""
    hub = request.app[HUB]
    minutes = body.whole_number(request, "minutes", 60, 1, LONGEST_MINUTES)
    now = hub.now()

    async def work(session: Session) -> dict[str, Any]:
        districts = await backlog.by_district(session, now)
        newest = await backlog.newest(session, now - timedelta(minutes=minutes), MOST_NEW)
        return {
            "at": now,
            "districts": [{**row, "district": _named(hub, row["district"])} for row in districts],
            "newest": [{**row, **_names(hub, row), "text": _cut(row["text"])} for row in newest],
        }

    return body.answer(await hub.database.read_together(work), BacklogGround)


async def today(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/backlog/today."""
    hub = request.app[HUB]
    now, midnight = hub.now(), datetime.combine(hub.today(), time(), CHINA_TIME).astimezone(UTC)

    async def work(session: Session) -> tuple[dict[int, int], dict[int, float]]:
        came = await backlog.hours(session, midnight, now)
        return came, await backlog.usual_hours(session, midnight - timedelta(days=USUAL_DAYS), midnight)

    came, usual = await hub.database.read_together(work)
    present = int((now - midnight) / timedelta(hours=1))
    hours = [
        {
            "hour": hour,
            "requests": came.get(hour, 0) if hour <= present else None,
            "usual": usual.get(hour, 0.0) if usual else None,
        }
        for hour in range(24)
    ]
    content = {"at": now, "requests": sum(came.values()), "forecast": await _forecast(hub), "hours": hours}
    return body.answer(content, Today)


async def _forecast(hub: Hub) -> Span | None:
    """Return what was forecast of the whole present day, None where nothing was."""
    try:
        found = await forecast.kept(hub)
    except NotFound:
        return None
    totals = (one for one in found.volume.series if one.kind == "total")
    return next((day.requests for one in totals for day in one.days if day.day == hub.today()), None)


def _overdue(hub: Hub, row: dict[str, Any]) -> dict[str, Any]:
    past = {
        "promised": row["is_promise_late"],
        "stage": row["is_stage_late"],
        "acknowledge": row["is_acknowledge_late"],
        "contact": row["is_contact_late"],
        "reply": row["is_reply_late"],
    }
    excuses = {"extension": row["is_extended"], "deferral": row["is_deferred"], "pause": row["is_paused"]}
    found = [name for name, holds in excuses.items() if holds]
    return {
        **row,
        **_names(hub, row),
        "reply_by": row["part_reply_by"],
        "past": [name for name, holds in past.items() if holds],
        "excuses": found or (["moved"] if row["is_moved"] else []),
    }


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= CUT else f"{text[: CUT - 1]}…"


def _names(hub: Hub, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "category": {"code": row["category"], "name": hub.category_name(row["category"])},
        "lead": _named(hub, row.get("lead")),
        "district": _named(hub, row.get("district")),
    }


def _named(hub: Hub, code: str | None) -> dict[str, str] | None:
    return {"code": code, "name": hub.department_name(code)} if code else None
