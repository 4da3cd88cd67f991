"""挂账: which parts are deferred and until when, and what their reviews came to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hotline import deferral
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Named, Number
from hotline.fields import GroundsFields, required
from hotline.keys import HUB
from hotline.step import run
from hotline.worklist import scope_of
from models.store import deferrals
from models.ticket import id_of, number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from hotline.step import Step
    from models.store.database import Session
    from models.store.deferrals import Deferral
    from models.ticket import Actor


class DeferralLine(Struct, kw_only=True):
    """One deferred part: the agreed date, and whether a review waits for the hotline's word."""

    ticket: Number
    assignment: Count
    department: Named
    solve_by: datetime
    first_reply_by: datetime
    is_review_waiting: bool
    decide_by: datetime | None
    is_review_late: bool
    reviews: Count


class Deferrals(Struct, kw_only=True):
    """One page of deferred parts, the nearest agreed date first."""

    deferrals: list[DeferralLine]
    cursor: Cursor


class ReviewCalled(Struct, kw_only=True):
    """The part whose deferral must now be decided on again."""

    ticket: Number
    assignment: Count


class DeferredBy(Struct, kw_only=True):
    """How many parts of one department are deferred now, and how many of their reviews wait."""

    department: Named
    deferred: Count
    waiting: Count


class ReviewFigures(Struct, kw_only=True):
    """Reviews that began since a moment: opened = kept + extended + ended + waiting + settled."""

    opened: Count
    kept: Count
    extended: Count
    ended: Count
    waiting: Count
    settled: Count


class DeferralFigures(Struct, kw_only=True):
    """What is deferred now, by department, and the reviews since a moment."""

    since: datetime
    deferred: Count
    departments: list[DeferredBy]
    reviews: ReviewFigures


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/deferrals."""
    hub, size = request.app[HUB], body.page_size(request)
    after = body.read_cursor(request, tuple[datetime, int, int]) or (datetime(1970, 1, 1, tzinfo=UTC), 0, 0)
    department = body.query(request, "department")
    if actor.role is Role.DEPARTMENT:
        department = scope_of(hub, actor, department)
    is_waiting = body.yes_no(request, "waiting") or False
    found = await hub.database.read(
        lambda session: deferrals.page(session, after, size, department=department, is_waiting=is_waiting)
    )
    last = found[-1] if len(found) == size else None
    cursor = body.make_cursor(last.reply_by, last.ticket_id, last.ordinal) if last else None
    return body.answer({"deferrals": [_line(hub, one) for one in found], "cursor": cursor}, Deferrals)


async def review(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/deferrals/{number}/{assignment}/reviews: look at a deferral before its review date."""
    hub, ordinal = request.app[HUB], int(request.match_info["assignment"])
    _, fields = await body.read_body(request, GroundsFields)

    async def work(step: Step) -> None:
        reason = await step.as_told(required(fields.reason, "复核理由", 4))
        await deferral.call_review(step, ordinal, reason)

    await run(hub, actor, id_of(request.match_info["number"]), work)
    return body.answer({"ticket": request.match_info["number"], "assignment": ordinal}, ReviewCalled, status=201)


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/deferrals/figures."""
    hub = request.app[HUB]
    since = body.since(request, hub)

    async def work(session: Session) -> dict[str, Any]:
        rows = await deferrals.counts(session)
        return {
            "since": since,
            "deferred": sum(row["deferred"] for row in rows),
            "departments": [{**row, "department": _named(hub, row["department"])} for row in rows],
            "reviews": await deferrals.reviews(session, since),
        }

    return body.answer(await hub.database.read_together(work), DeferralFigures)


def _line(hub: Hub, one: Deferral) -> dict[str, Any]:
    return {
        "ticket": number_of(one.ticket_id),
        "assignment": one.ordinal,
        "department": _named(hub, one.department),
        "solve_by": one.reply_by,
        "first_reply_by": one.first_reply_by,
        "is_review_waiting": one.waits,
        "decide_by": one.decide_by,
        "is_review_late": one.decide_by is not None and one.decide_by <= hub.now(),
        "reviews": one.reviews,
    }


def _named(hub: Hub, code: str) -> dict[str, str]:
    return {"code": code, "name": hub.department_name(code)}
