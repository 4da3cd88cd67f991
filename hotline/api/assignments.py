"""承办台: a department's live parts by what each one owes now: acknowledge, contact, reply, sign off, or somebody else's word."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hotline.api import body
from hotline.api.shapes import Count, Cursor, TicketLine
from hotline.api.view import ticket_line
from hotline.keys import HUB
from hotline.worklist import known_category, scope_of
from models.store import assignments, tickets
from models.store.assignments import OWES, Owes
from models.store.worklists import Filter
from models.vocabulary import AssignmentRole, Kind

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.assignments import OwedPart
    from models.store.database import Session
    from models.ticket import Actor


class OwedLine(Struct, kw_only=True):
    """A live part in its department's list: what it owes next, by `due_by`. One that waits for `others` owes nothing meanwhile."""

    ticket: TicketLine
    role: AssignmentRole
    owes: Owes
    due_by: datetime
    dispatched_at: datetime


class OwedFigures(Struct, kw_only=True):
    """How many live parts owe one thing, and how many of these are late with it."""

    owes: Owes
    parts: Count
    late: Count


class Owed(Struct, kw_only=True):
    """One page, the nearest due first; `counts` are of all pages and of everything that is owed."""

    parts: list[OwedLine]
    counts: list[OwedFigures]
    cursor: Cursor


async def owed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/assignments: one's own parts, or those of a unit that stands below."""
    hub, size = request.app[HUB], body.page_size(request)
    department = scope_of(hub, actor, body.query(request, "department"))
    owes: Any = body.one_of(request, "owes", OWES)
    after = body.read_cursor(request, tuple[datetime, int, int]) or assignments.EARLIEST
    fits = _fits(request, hub)

    async def work(session: Session) -> dict[str, Any]:
        found = await assignments.owed(session, department, owes, fits, after, size)
        briefs = await tickets.briefs(session, [one.listed.ticket.id for one in found])
        known = {one.owes: one for one in await assignments.counts(session, department, hub.now())}
        last = found[-1] if len(found) == size else None
        return {
            "parts": [_line(hub, one, briefs) for one in found],
            "counts": [known.get(name) or {"owes": name, "parts": 0, "late": 0} for name in OWES],
            "cursor": body.make_cursor(last.due_by, last.listed.ticket.id, last.ordinal) if last else None,
        }

    return body.answer(await hub.database.read(work), Owed)


def _fits(request: web.Request, hub: Hub) -> Filter:
    kind = body.one_of(request, "kind", tuple(Kind))
    return Filter(
        kind=Kind(kind) if kind else None,
        urgency=body.whole_number(request, "urgency", 0, 1, 4) or None,
        category=known_category(hub, body.query(request, "category")),
        district=body.query(request, "district"),
        late_at=hub.now() if body.yes_no(request, "overdue") else None,
    )


def _line(hub: Hub, one: OwedPart, briefs: dict[int, str]) -> dict[str, Any]:
    more = {name: getattr(one, name) for name in ("role", "owes", "due_by", "dispatched_at")}
    return {"ticket": ticket_line(hub, one.listed, briefs), **more}
