"""The departments (承办单位) as an administrator sees them: whose they are, who is on duty, how their systems do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from msgspec import Struct, field

from hotline.api import body
from hotline.api.shapes import Count
from hotline.api.view import masked_name
from hotline.keys import HUB
from hotline.roster import on_duty
from models.store import deliveries, endpoints
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.city import Department
    from models.store.database import Session
    from models.store.endpoints import Standing
    from models.ticket import Actor


class OfficeBlocks(Struct, kw_only=True):
    """Weekdays (1 is Monday) such as `1-5`, and the blocks of these days, such as `09:00-12:00`."""

    weekdays: str
    blocks: list[str]


class RosterLine(Struct, kw_only=True):
    """Who can be reached when (值班); the name is masked, the number is the duty's own."""

    duty: str
    contact: str | None
    phone: str
    weekdays: str
    begins: str
    ends: str
    is_on_duty: bool


class EndpointStanding(Struct, kw_only=True):
    """How a department's system does. `breaker`: open, nothing is sent; half_open, the next delivery is a try.

    `last_delivered_at` is kept to the minute.
    """

    host: str
    verified_at: datetime | None
    breaker: Literal["closed", "open", "half_open"]
    open_until: datetime | None
    failures: Count
    last_delivered_at: datetime | None


class DepartmentLine(Struct, kw_only=True):
    """A department. `class` names those it is compared with; `endpoint` is null where no system is registered."""

    code: str
    name: str
    full_name: str
    parent: str | None
    kind: str
    class_name: str | None = field(name="class")
    office_hours: list[OfficeBlocks]
    roster: list[RosterLine]
    endpoint: EndpointStanding | None
    deliveries_waiting: Count
    deliveries_dead: Count


class Departments(Struct, kw_only=True):
    """Every department that the asker may know of, in the city's order."""

    departments: list[DepartmentLine]


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/departments: a department sees itself and those below it."""
    hub = request.app[HUB]

    async def work(session: Session) -> tuple[dict[str, Standing], dict[str, tuple[int, int]]]:
        return await endpoints.standings(session), await deliveries.undelivered_by_department(session)

    standings, undelivered = await hub.database.read_together(work)
    rosters = _rosters(hub)
    shown = []
    for one in _visible(hub, actor):
        waiting, dead = undelivered.get(one.code, (0, 0))
        how = {
            "roster": rosters.get(one.code, []),
            "endpoint": _endpoint(hub, standings.get(one.code)),
            "deliveries_waiting": waiting,
            "deliveries_dead": dead,
        }
        shown.append(_line(hub, one) | how)
    return body.answer({"departments": shown}, Departments)


def _visible(hub: Hub, actor: Actor) -> list[Department]:
    city = hub.city
    if actor.role is not Role.DEPARTMENT:
        return list(city.departments.values())
    own = city.grid_units.get(actor.department or "")
    below = [one for one in city.departments.values() if city.is_under(one.code, actor.department or "")]
    return [own] if own else below


def _line(hub: Hub, one: Department) -> dict[str, Any]:
    compared = hub.city.indicators.class_of(one.code, one.kind)
    return {
        "code": one.code,
        "name": one.name,
        "full_name": one.full_name,
        "parent": one.parent,
        "kind": one.kind,
        "class": compared.name if compared else None,
        "office_hours": [
            {"weekdays": weekdays, "blocks": blocks.split("|")} for weekdays, blocks in hub.office_hours(one.code).week
        ],
    }


def _rosters(hub: Hub) -> dict[str, list[dict[str, Any]]]:
    now = set(on_duty(hub.city, set(hub.city.departments), hub.now()))
    found: dict[str, list[dict[str, Any]]] = {}
    for one in hub.city.rosters:
        told = {
            "duty": one.duty,
            "contact": masked_name(one.contact),
            "phone": one.phone,
            "weekdays": one.weekdays,
            "begins": one.start,
            "ends": one.end,
            "is_on_duty": one in now,
        }
        found.setdefault(one.department, []).append(told)
    return found


def _endpoint(hub: Hub, standing: Standing | None) -> dict[str, Any] | None:
    if standing is None or standing.url is None:
        return None
    until = standing.open_until
    breaker = "closed" if until is None else "open" if until > hub.now() else "half_open"
    return {
        "host": urlsplit(standing.url).hostname or "",
        "verified_at": standing.verified_at,
        "breaker": breaker,
        "open_until": until,
        "failures": standing.failure_count,
        "last_delivered_at": standing.delivered_at,
    }
