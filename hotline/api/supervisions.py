"""督办单: which are open, the letter to read, the department's answer, how one ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from hotline import supervision as use_case
from hotline.api import body
from hotline.api.frame import SECURITY
from hotline.api.shapes import Count, Cursor, Named, Number
from hotline.api.tickets import visible
from hotline.keys import HUB
from hotline.letter import letter, letter_number
from hotline.step import run
from hotline.worklist import scope_of
from models.errors import NotFound
from models.store import events, supervisions, tickets
from models.ticket import id_of, number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.step import Step
    from models.store.database import Session
    from models.store.supervisions import Supervision
    from models.ticket import Actor

Grade = Annotated[int, Meta(ge=1, le=3, description="1 书面督办 2 挂牌督办 3 约谈")]
LEVELS = ("1", "2", "3")


class SupervisionPage(Struct, kw_only=True):
    """One letter. `answer` is masked; `is_late` tells that the written answer is overdue."""

    ticket: Number
    seq: Count
    number: str
    level: Grade
    department: Named
    owner: str
    reason: str
    at: datetime
    deadline: datetime | None
    answer_by: datetime
    is_late: bool
    answered_at: datetime | None
    answer: str | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: str | None


class Supervisions(Struct, kw_only=True):
    """One page of open letters, the nearest date of an answer first."""

    supervisions: list[SupervisionPage]
    cursor: Cursor


class LevelLine(Struct, kw_only=True):
    """Letters of one level to one department; issued = open + met + unmet + withdrawn + ended."""

    level: Grade
    department: Named
    issued: Count
    answered: Count
    late: Count
    open: Count
    met: Count
    unmet: Count
    withdrawn: Count
    ended: Count


class SupervisionFigures(Struct, kw_only=True):
    """What was issued since a moment."""

    since: datetime
    levels: list[LevelLine]


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/supervisions."""
    hub, size = request.app[HUB], body.page_size(request)
    after = body.read_cursor(request, tuple[datetime, int, int]) or (datetime(1970, 1, 1, tzinfo=UTC), 0, 0)
    department = body.query(request, "department")
    if actor.role is Role.DEPARTMENT:
        department = scope_of(hub, actor, department)
    level = body.one_of(request, "level", LEVELS)
    late_at = hub.now() if body.yes_no(request, "late") else None

    async def work(session: Session) -> dict[str, Any]:
        found = await supervisions.page(
            session,
            after,
            size,
            level=int(level) if level else None,
            department=department,
            late_at=late_at,
            barred=hub.barring(actor.department),
        )
        last = found[-1] if len(found) == size else None
        cursor = body.make_cursor(last.answer_by, last.ticket_id, last.seq) if last else None
        return {"supervisions": [_page(hub, one) for one in found], "cursor": cursor}

    return body.answer(await hub.database.read(work), Supervisions)


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/supervisions/figures."""
    hub = request.app[HUB]
    since = body.since(request, hub)
    found = await hub.database.read(lambda session: supervisions.figures(session, since, hub.now()))
    lines = [
        {**{name: getattr(one, name) for name in one.__struct_fields__}, "department": _named(hub, one.department)}
        for one in found
    ]
    return body.answer({"since": since, "levels": lines}, SupervisionFigures)


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/supervisions/{number}/{seq}/steps."""
    hub, ticket_id, seq = request.app[HUB], id_of(request.match_info["number"]), int(request.match_info["seq"])
    _, fields = await body.read_body(request, use_case.SupervisionStep)

    async def work(step: Step) -> None:
        await use_case.move(step, seq, fields)

    await run(hub, actor, ticket_id, work)
    one = await hub.database.read(lambda session: supervisions.get(session, ticket_id, seq))
    return body.answer(_page(hub, one), SupervisionPage)


async def read_letter(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/supervisions/{number}/{seq}/letter: a page to read and to print."""
    hub, number, seq = request.app[HUB], request.match_info["number"], int(request.match_info["seq"])

    async def work(session: Session) -> str:
        ticket, parts = await visible(session, hub, actor, number)
        one = await supervisions.get(session, ticket.id, seq)
        if actor.department is not None and not hub.city.is_under(one.department or "", actor.department):
            raise NotFound("该工单没有这一编号的督办单")
        text = await tickets.text(session, ticket.id)
        brief = hub.mask(text.brief, text.caller_name)
        return letter(hub, ticket, brief, parts, await events.of_ticket(session, ticket.id), one)

    content = await hub.database.read(work)
    return web.Response(text=content, content_type="text/html", headers=SECURITY)


def _page(hub: Hub, one: Supervision) -> dict[str, Any]:
    number = number_of(one.ticket_id)
    return {
        **{name: getattr(one, name) for name in one.__struct_fields__},
        "ticket": number,
        "number": letter_number(hub, number, one),
        "department": _named(hub, one.department or ""),
        "is_late": one.answered_at is None and one.closed_at is None and one.answer_by <= hub.now(),
        "answer": hub.mask(one.answer) if one.answer else None,
    }


def _named(hub: Hub, code: str) -> dict[str, str]:
    return {"code": code, "name": hub.department_name(code)}
