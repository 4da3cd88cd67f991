"""巡查上报: reported by a grid worker, listed by ground, counted by the level that settles it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from hotline import patrol
from hotline.api import body
from hotline.api.shapes import Count, Cursor, TicketLine
from hotline.api.view import ticket_line
from hotline.intake import Receipt, register
from hotline.keys import HUB
from hotline.request import Caller, Register
from models.errors import Forbidden
from models.lifecycle import OPEN_TICKET, TicketState
from models.patrol import level_of
from models.store import patrols, tickets
from models.vocabulary import Channel, PatrolLevel, Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.patrols import Led
    from models.ticket import Actor

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
SETTLED: Final = frozenset({TicketState.CLOSED, TicketState.ARCHIVED})
# Whoever reports saw it: known, and no secret to those who settle it.
WORKER: Final = Caller()


class PatrolLine(TicketLine, kw_only=True):
    """A report with the level that it stands at."""

    level: PatrolLevel


class PatrolReports(Struct, kw_only=True):
    """One page of reports, the newest first."""

    reports: list[PatrolLine]
    cursor: Cursor


class LevelFigures(Struct, kw_only=True):
    """What stands at one level: `reported` = `settled` + `open` + `otherwise` (answered, merged, declined, withdrawn …)."""

    level: PatrolLevel
    name: str
    reported: Count
    settled: Count
    open: Count
    otherwise: Count


class PatrolFigures(Struct, kw_only=True):
    """Every report counts at one level; the levels add up to `reported`."""

    since: datetime | None
    reported: Count
    settled: Count
    open: Count
    otherwise: Count
    levels: list[LevelFigures]


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/patrols."""
    key = body.idempotency_key(request)
    raw, report = await body.read_body(request, patrol.PatrolReport)
    receipt = await reported(request.app[HUB], actor, key, raw, report)
    return body.raw_answer(receipt.body, 201 if receipt.is_new else 200)


async def reported(hub: Hub, actor: Actor, key: str, raw: bytes, report: patrol.PatrolReport) -> Receipt:
    """Register what a grid, street or district saw on its ground; raises Forbidden for a department that has none."""
    where = patrol.ground(hub, actor.department or "")
    if where is None:
        raise Forbidden("只有网格、街道（乡镇）、区县的账号可以巡查上报")
    wanted = Register(text=report.text, address=report.address, channel=Channel.PATROL, caller=WORKER, want_reply=False)
    photos = tuple(dict.fromkeys(report.photos))
    return await register(hub, actor, key, raw, wanted, patrol.Report(where, photos))


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/patrols: of a department that has a ground what was reported on it, of the hotline all."""
    hub = request.app[HUB]
    size, below = body.page_size(request), body.read_cursor(request, tuple[int])
    found = await hub.database.read(lambda session: on_ground(session, hub, actor, below[0] if below else None, size))
    cursor = body.make_cursor(found[-1][0]) if len(found) == size else None
    return body.answer({"reports": [line for _, line in found], "cursor": cursor}, PatrolReports)


async def on_ground(
    session: Session, hub: Hub, actor: Actor, below: int | None, size: int
) -> list[tuple[int, dict[str, Any]]]:
    """Return the reports that an actor may know of, with their ids, the newest first."""
    ground: dict[str, str] = {}
    if actor.role is Role.DEPARTMENT:
        level = level_of(hub.city, actor.department)
        if level is PatrolLevel.CITY:
            return []
        ground = {str(level): actor.department or ""}
    rows = await patrols.page(session, ground, below, size, barred=hub.barring(actor.department))
    is_department = actor.role is Role.DEPARTMENT
    briefs = await tickets.briefs(session, [row.ticket.id for row in rows]) if is_department else None
    return [
        (row.ticket.id, {**ticket_line(hub, row, briefs), "level": level_of(hub.city, row.ticket.lead)}) for row in rows
    ]


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/patrols/figures."""
    hub, since = request.app[HUB], body.moment(request, "since")
    found = await hub.database.read(lambda session: patrols.by_lead(session, since or EARLIEST))
    levels = [
        {
            "level": level,
            "name": patrol.NAMES[level],
            **_counted([one for one in found if level_of(hub.city, one.lead) is level]),
        }
        for level in PatrolLevel
    ]
    return body.answer({"since": since, **_counted(found), "levels": levels}, PatrolFigures)


def _counted(rows: list[Led]) -> dict[str, int]:
    settled = sum(row.reports for row in rows if row.state in SETTLED)
    is_open = sum(row.reports for row in rows if row.state in OPEN_TICKET)
    reported = sum(row.reports for row in rows)
    return {"reported": reported, "settled": settled, "open": is_open, "otherwise": reported - settled - is_open}
