"""预测: the next seven days by category and district, what turns red, what departments can do against it, and what runs away."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from hotline import forecast
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Level, Named, Number
from hotline.api.waves import WaveLine, wave_line
from hotline.keys import HUB
from hotline.worklist import scope_of
from models.errors import InvalidRequest
from models.forecast import DayAhead, Span
from models.lifecycle import AssignmentState
from models.red_proof import SPANS, Proof
from models.store import forecast as store
from models.store import waves
from models.ticket import number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.ticket import Actor

KINDS: Final = ("total", "group", "category", "district")
OVER: Final = {"day": 1, "week": 7}
WAVES: Final = 50
NEWEST: Final = 10
# After which part a page goes on: rank, ticket and assignment, as the database can compare them.
Place = tuple[
    Annotated[float, Meta(ge=-1e6, le=1e6)],
    Annotated[int, Meta(ge=0, le=2**63 - 1)],
    Annotated[int, Meta(ge=0, le=2**15 - 1)],
]
Amount = Annotated[float, Meta(ge=0)]
Chance = Annotated[float, Meta(ge=0, le=1)]


class SeriesLine(Struct, kw_only=True):
    """The next seven days of the whole city, a group of categories, a category or a district; `week` is all of them together."""

    kind: str
    code: str
    name: str
    days: list[DayAhead]
    week: Span


class Accuracy(Struct, kw_only=True):
    """How far past forecasts missed, summed misses over summed requests, beside the same weekday a week before."""

    kind: str
    origins: Count
    tickets: Amount
    error: Amount
    error_of_week_before: Amount
    better_by: float
    coverage: Chance | None


class CapacityLine(Struct, kw_only=True):
    """What a department has open and closes a day, what is coming in seven days, and how long what is open takes."""

    department: Named
    open: Count
    closes_a_day: Amount | None
    coming: Span | None
    days_to_clear: Amount | None
    open_in_a_week: Amount | None


class RedLine(Struct, kw_only=True):
    """Parts due within so many hours, and how many are expected to turn red."""

    within: int
    due: Count
    red: Span | None


class RedOutlook(Struct, kw_only=True):
    """What turns red; `reason` says why nothing is told of chances, `parts` how many past ones were learnt from."""

    spans: list[RedLine]
    learnt_at: datetime
    parts: Count
    proofs: list[Proof]
    reason: str | None


class Forecast(Struct, kw_only=True):
    """The forecast of the seven days from `first` on; where the past is too short `series` is empty and `reason` says so."""

    made_at: datetime
    first: date
    days_known: Count
    reason: str | None
    series: list[SeriesLine]
    accuracy: list[Accuracy]
    capacity: list[CapacityLine]
    red: RedOutlook


class RedPartLine(Struct, kw_only=True):
    """An open part that may turn red: `chance` that its date passes before it is signed off, four times of five between the bounds."""

    number: Number
    assignment: int
    department: Named
    state: AssignmentState
    category: Named
    urgency: Level
    reply_by: datetime
    chance: Chance | None
    low: Chance | None
    high: Chance | None


class RedParts(Struct, kw_only=True):
    """One page, the likeliest first; without chances the nearest date first, and `reason` says why."""

    parts: list[RedPartLine]
    made_at: datetime
    reason: str | None
    cursor: Cursor


class SurgeLine(Struct, kw_only=True):
    """A series that brought more than `high`, which one day (or week) in two hundred does."""

    kind: str
    code: str
    name: str
    first: date
    last: date
    came: Count
    expected: Amount
    high: Amount


class Surges(Struct, kw_only=True):
    """Hot topics of the day or the week: what runs away by numbers, and the waves with new tickets."""

    made_at: datetime
    surges: list[SurgeLine]
    waves: list[WaveLine]


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/forecast: `kind` limits the series."""
    hub = request.app[HUB]
    kind = body.query(request, "kind")
    if kind is not None and kind not in KINDS:
        raise InvalidRequest(f"参数 kind 应为 {'、'.join(KINDS)} 之一")
    found = await forecast.kept(hub)
    return body.answer(told(hub, found, kind), Forecast)


async def red(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/forecast/red: open parts by how likely they turn red; a department sees its own and those below it."""
    hub = request.app[HUB]
    within = body.whole_number(request, "within", 24, min(SPANS), max(SPANS))
    if within not in SPANS:
        raise InvalidRequest(f"参数 within 应为 {'、'.join(map(str, SPANS))} 之一")
    size, units = body.page_size(request), _units(hub, actor, body.query(request, "department"))
    before = body.read_cursor(request, Place)
    found = await forecast.kept(hub)
    now, until = hub.now(), found.made_at + timedelta(hours=within)
    rows = await hub.database.read(lambda session: store.reds(session, now, until, before, size, departments=units))
    last = rows[-1] if len(rows) == size else None
    content = {
        "parts": [_red_part(hub, row) for row in rows],
        "made_at": found.made_at,
        "reason": found.red_reason,
        "cursor": body.make_cursor(last.rank, last.ticket_id, last.ordinal) if last else None,
    }
    return body.answer(content, RedParts)


async def surges(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/forecast/surges: hot topics, `over` a day or a week."""
    hub = request.app[HUB]
    over = body.query(request, "over") or "day"
    if over not in OVER:
        raise InvalidRequest(f"参数 over 应为 {'、'.join(OVER)} 之一")
    found = await forecast.kept(hub)
    since = hub.now() - timedelta(days=OVER[over])
    raised = await hub.database.read(lambda session: waves.page(session, None, WAVES, NEWEST))
    content = {
        "made_at": found.made_at,
        "surges": [
            {**msgspec.structs.asdict(one), "name": series_name(hub, one.kind, one.code)}
            for one in found.volume.surges
            if one.over == over
        ],
        "waves": [wave_line(hub, wave) for wave in raised if wave.last_at >= since],
    }
    return body.answer(content, Surges)


def told(hub: Hub, found: forecast.Outlook, kind: str | None) -> dict[str, Any]:
    """Return a forecast as it is shown."""
    volume = found.volume
    return {
        "made_at": found.made_at,
        "first": volume.until,
        "days_known": volume.days,
        "reason": volume.reason,
        "series": [
            {**msgspec.structs.asdict(one), "name": series_name(hub, one.kind, one.code)}
            for one in volume.series
            if kind in {None, one.kind}
        ],
        "accuracy": [{**msgspec.structs.asdict(one), "better_by": one.better_by} for one in volume.errors],
        "capacity": [
            {**msgspec.structs.asdict(one), "department": _named(hub, one.department)} for one in found.capacity
        ],
        "red": {
            "spans": found.red,
            "learnt_at": found.red_learnt_at,
            "parts": found.red_parts,
            "proofs": found.red_proofs,
            "reason": found.red_reason,
        },
    }


def series_name(hub: Hub, kind: str, code: str) -> str:
    """Return what a series is called."""
    match kind:
        case "total":
            return "全市"
        case "district":
            return hub.department_name(code)
        case "group":
            return next((one.l1 for one in hub.city.categories.values() if one.code.startswith(code)), code)
    return hub.category_name(code)


def _units(hub: Hub, actor: Actor, asked: str | None) -> list[str] | None:
    """Return whose parts are listed: those of the asked department and of all below it, for a department never others."""
    top = scope_of(hub, actor, asked) if actor.role is Role.DEPARTMENT else asked
    if top is None:
        return None
    return [code for code in (*hub.city.departments, *hub.city.grid_units) if hub.city.is_under(code, top)] or [top]


def _red_part(hub: Hub, row: store.RedPart) -> dict[str, Any]:
    return {
        "number": number_of(row.ticket_id),
        "assignment": row.ordinal,
        "department": _named(hub, row.department),
        "state": row.state,
        "category": {"code": row.category, "name": hub.category_name(row.category)},
        "urgency": row.urgency,
        "reply_by": row.reply_by,
        "chance": row.chance,
        "low": row.low,
        "high": row.high,
    }


def _named(hub: Hub, code: str) -> dict[str, str]:
    return {"code": code, "name": hub.department_name(code)}
