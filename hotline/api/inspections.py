"""质检: the queue to score, one's own scores to appeal against, and the figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from hotline import inspection
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Named
from hotline.api.tickets import is_kept_from
from hotline.keys import HUB
from models.errors import NotFound
from models.inspection import Subject
from models.store import inspections
from models.ticket import number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.inspections import Inspection, Tally
    from models.ticket import Actor

STATES: Final = ("drawn", "scored", "appealed")
SUBJECTS: Final = ("interaction", "ticket")
# Whoever is none of these sees what is about them.
READS_ALL: Final = inspection.INSPECTORS | {Role.SHIFT_LEAD, Role.LEADER, Role.ANALYST}

Score = Annotated[int, Meta(ge=0, le=100)]


class InspectionLine(Struct, kw_only=True):
    """One inspection. `subject` is a ticket's number or an interaction's id; `state` drawn, scored, appealed or decided.

    `allowed_actions` are the asker's.
    """

    id: str
    of: Subject
    subject: str
    rule: str
    rule_name: str
    reason: str | None
    day: date
    agent: str | None
    seat_group: str | None
    department: Named | None
    state: str
    inspector: str | None
    scored_at: datetime | None
    points: dict[str, int]
    vetoes: list[str]
    remark: str | None
    score: Score | None
    final_score: Score | None
    appeal_by: datetime | None
    appeal: str | None
    appealed_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None
    allowed_actions: list[str]


class Inspections(Struct, kw_only=True):
    """One page of inspections, the newest first."""

    inspections: list[InspectionLine]
    cursor: Cursor


class SheetItem(Struct, kw_only=True):
    """One item of a sheet; a veto has no points."""

    code: str
    name: str
    points: int | None


class ScoreSheet(Struct, kw_only=True):
    """评分表."""

    of: Subject
    items: list[SheetItem]
    vetoes: list[SheetItem]


class ScoreSheets(Struct, kw_only=True):
    """What interactions and tickets are scored by."""

    sheets: list[ScoreSheet]


class InspectedLine(Struct, kw_only=True):
    """Of one agent, seat group or department: drawn = waiting + scored; the mean is of the final scores."""

    of: Subject
    name: str
    drawn: Count
    waiting: Count
    scored: Count
    vetoed: Count
    appealed: Count
    changed: Count
    mean: float | None


class InspectionFigures(Struct, kw_only=True):
    """What was drawn of the days from `since` to `until`; agents and departments together are all of it."""

    since: date
    until: date
    drawn: Count
    waiting: Count
    scored: Count
    agents: list[InspectedLine]
    seat_groups: list[InspectedLine]
    departments: list[InspectedLine]


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/inspections: all for inspectors, their own for an agent or a department."""
    hub, size = request.app[HUB], body.page_size(request)
    before = body.read_cursor(request, tuple[int])
    agent, department = body.query(request, "agent"), body.query(request, "department")
    if actor.role is Role.DEPARTMENT:
        agent, department = None, actor.department
    elif actor.role not in READS_ALL:
        agent, department = actor.name, None
    found = await hub.database.read(
        lambda session: inspections.page(
            session,
            before[0] if before else None,
            size,
            state=body.one_of(request, "state", STATES) or "",
            agent=agent,
            department=department,
            of=body.one_of(request, "of", SUBJECTS),
            barred=hub.barring(actor.department),
        )
    )
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    return body.answer({"inspections": [_line(hub, actor, one) for one in found], "cursor": cursor}, Inspections)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/inspections/{id}."""
    return await _shown(request, actor, int(request.match_info["id"]))


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/inspections."""
    _, fields = await body.read_body(request, inspection.Pick)
    made = await inspection.pick(request.app[HUB], actor, fields)
    return await _shown(request, actor, made, status=201)


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/inspections/{id}/steps."""
    inspection_id = int(request.match_info["id"])
    _, fields = await body.read_body(request, inspection.InspectionStep)
    await inspection.move(request.app[HUB], actor, inspection_id, fields)
    return await _shown(request, actor, inspection_id)


async def sheets(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/inspections/sheets."""
    return body.answer({"sheets": request.app[HUB].city.oversight.inspection.sheets}, ScoreSheets)


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/inspections/figures: of the last thirty days, or of those that are asked for."""
    hub = request.app[HUB]
    since, until = body.days(request, hub.today())
    rows = await hub.database.read(lambda session: inspections.figures(session, since, until))
    totals = {name: sum(getattr(row, name) for row in rows) for name in ("drawn", "waiting", "scored")}
    by = {
        "agents": _by(rows, lambda row: row.agent),
        "seat_groups": _by(rows, lambda row: row.seat_group),
        "departments": _by(rows, lambda row: hub.department_name(row.department) if row.department else None),
    }
    return body.answer({"since": since, "until": until, **totals, **by}, InspectionFigures)


def _by(rows: list[Tally], name_of: Any) -> list[dict[str, Any]]:
    """Add up by what a row is called, in order; rows without a name belong to another list."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        name = name_of(row)
        if name is not None:
            one = found.setdefault((row.of, name), {"of": row.of, "name": name, "total": 0})
            for field in ("drawn", "waiting", "scored", "vetoed", "appealed", "changed", "total"):
                one[field] = one.get(field, 0) + getattr(row, field)
    for one in found.values():
        one["mean"] = round(one["total"] / one["scored"], 2) if one["scored"] else None
    return [found[key] for key in sorted(found)]


async def _shown(request: web.Request, actor: Actor, inspection_id: int, *, status: int = 200) -> web.Response:
    hub = request.app[HUB]

    async def work(session: Session) -> Inspection:
        found = await inspections.get(session, inspection_id)
        is_known = actor.role in READS_ALL or inspection.is_about(actor, found)
        if is_known and found.of == "ticket":
            is_known = not await is_kept_from(session, hub, actor, found.subject)
        if not is_known:
            raise NotFound(f"没有编号为{inspection_id}的质检")
        return found

    found = await hub.database.read(work)
    return body.answer(_line(hub, actor, found), InspectionLine, status=status)


def _line(hub: Hub, actor: Actor, one: Inspection) -> dict[str, Any]:
    names = {sample.code: sample.name for sample in hub.city.oversight.inspection.samples}
    return {
        **{name: getattr(one, name) for name in one.__struct_fields__},
        "id": str(one.id),
        "subject": number_of(one.subject) if one.of == "ticket" else str(one.subject),
        "rule_name": names.get(one.rule, "指定质检"),
        "department": {"code": one.department, "name": hub.department_name(one.department)} if one.department else None,
        "state": one.state,
        "points": one.points or {},
        "allowed_actions": inspection.allowed_actions(actor, one, hub.now()),
    }
