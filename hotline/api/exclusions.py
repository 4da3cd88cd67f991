"""剔除: what is not to be counted: asked by one, decided by another, counted in public."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from hotline import exclusion as use_case
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Named, Number
from hotline.keys import HUB
from hotline.step import run
from hotline.worklist import scope_of
from models.calendar import CHINA_TIME
from models.errors import InvalidRequest
from models.store import exclusions as store
from models.ticket import id_of, number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.exclusions import Excluded, Exclusion
    from models.ticket import Actor

STATES: Final = store.STATES


class ExclusionPage(Struct, kw_only=True):
    """One exclusion; without `assignment` of the whole ticket. `evidence` is masked."""

    id: str
    number: Number
    assignment: int | None
    department: Named | None
    reason: Named
    evidence: str
    state: str
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None


class Exclusions(Struct, kw_only=True):
    """One page, the newest first."""

    exclusions: list[ExclusionPage]
    cursor: Cursor


class ReasonCount(Struct, kw_only=True):
    """How many were asked for one reason, and what became of them."""

    reason: Named
    waiting: Count
    granted: Count
    refused: Count
    revoked: Count


class DepartmentExclusions(Struct, kw_only=True):
    """The exclusions of one department's figures; `department` is null where nobody led the ticket."""

    department: Named | None
    granted: Count
    reasons: list[ReasonCount]


class PublicCount(Struct, kw_only=True):
    """How much is left out of the figures, by department and reason, of what was asked for in these days."""

    first: date
    last: date
    granted: Count
    departments: list[DepartmentExclusions]


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/exclusions: a department sees those of its own parts and of those below it."""
    hub = request.app[HUB]
    state, asked = body.query(request, "state"), body.query(request, "department")
    if state is not None and state not in STATES:
        raise InvalidRequest(f"参数 state 应为 {'、'.join(STATES)} 之一")
    top = scope_of(hub, actor, asked) if actor.role is Role.DEPARTMENT else asked
    units = None if top is None else [code for code in hub.city.departments if hub.city.is_under(code, top)] or [top]
    size, before = body.page_size(request), body.read_cursor(request, tuple[int])
    found = await hub.database.read(
        lambda session: store.page(
            session,
            before[0] if before else None,
            size,
            state=state,
            departments=units,
            barred=hub.barring(actor.department),
        )
    )
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    return body.answer({"exclusions": [_page(hub, one) for one in found], "cursor": cursor}, Exclusions)


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/exclusions."""
    hub = request.app[HUB]
    _, fields = await body.read_body(request, use_case.ExclusionAsked)
    asked = await run(hub, actor, id_of(fields.ticket), lambda step: use_case.ask(step, fields))
    return body.answer(_page(hub, asked), ExclusionPage, status=201)


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/exclusions/{exclusion}/steps."""
    hub, exclusion_id = request.app[HUB], int(request.match_info["exclusion"])
    _, fields = await body.read_body(request, use_case.ExclusionStep)
    wanted = await hub.database.read(lambda session: store.get(session, exclusion_id))
    decided = await run(hub, actor, wanted.ticket_id, lambda step: use_case.decide(step, exclusion_id, fields))
    return body.answer(_page(hub, decided), ExclusionPage)


async def figures(request: web.Request) -> web.Response:
    """GET /api/v1/exclusions/figures: for everybody to see; nothing in it tells of a ticket or a person."""
    hub = request.app[HUB]
    first, last = body.days(request, hub.today())
    since = datetime.combine(first, time(), CHINA_TIME)
    until = datetime.combine(last, time(), CHINA_TIME) + timedelta(days=1)
    rows = await hub.database.read(lambda session: store.figures(session, since, until))
    return body.answer({"first": first, "last": last, **counted(hub, rows)}, PublicCount)


def counted(hub: Hub, rows: list[Excluded]) -> dict[str, Any]:
    """Return the public count."""
    units = list(dict.fromkeys(row.department for row in rows))
    return {
        "granted": sum(row.n for row in rows if row.state == "granted"),
        "departments": [
            {
                "department": _named(hub, unit),
                "granted": sum(row.n for row in rows if row.department == unit and row.state == "granted"),
                "reasons": _reasons(hub, [row for row in rows if row.department == unit]),
            }
            for unit in units
        ],
    }


def _reasons(hub: Hub, rows: list[Excluded]) -> list[dict[str, Any]]:
    return [
        {
            "reason": {"code": reason, "name": reason_name(hub, reason)},
            **{state: sum(row.n for row in rows if row.reason == reason and row.state == state) for state in STATES},
        }
        for reason in dict.fromkeys(row.reason for row in rows)
    ]


def reason_name(hub: Hub, code: str) -> str:
    """Return what a reason is called, or its code where the city no longer has it."""
    return next((one.name for one in hub.city.indicators.exclusion_reasons if one.code == code), code)


def _named(hub: Hub, code: str | None) -> dict[str, str] | None:
    return {"code": code, "name": hub.department_name(code)} if code else None


def _page(hub: Hub, one: Exclusion) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ExclusionPage.__struct_fields__ if hasattr(one, name)},
        "id": str(one.id),
        "number": number_of(one.ticket_id),
        "department": _named(hub, one.department),
        "reason": {"code": one.reason, "name": reason_name(hub, one.reason)},
    }
