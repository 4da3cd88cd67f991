"""派单目录: the duties in force with what rulings made of them, and trying out another catalogue on past tickets."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from hotline import dry_run
from hotline.api import body
from hotline.api.calendars import TRIALS, FaultLine, faults_told
from hotline.api.shapes import Count, Cursor, Named, Number
from hotline.keys import HUB, SETTINGS
from models.city_diff import Change
from models.store import installation
from models.ticket import number_of
from routing.catalogue import DISTRICT, STREET, amended, is_effective

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.city import Duty
    from models.city_diff import Difference
    from models.store.installation import Ruling
    from models.ticket import Actor

MOST_SHOWN: Final = 50
MOST_TRIED: Final = 500
MOST_ROWS: Final = 200
# What a row says where the department follows from the place.
BY_PLACE: Final = {DISTRICT: "属地区县", STREET: "属地街道（乡镇）"}


class OfRuling(Struct, kw_only=True):
    """The ticket whose dispute (会商) was ruled so, and when."""

    ticket: Number
    at: datetime


class DutyLine(Struct, kw_only=True):
    """A row of the catalogue; of `@district` and `@street` the place says who it is.

    `place` null: it holds everywhere. `ruling` null: it stands in the city's own file.
    """

    id: str
    version: str
    category: Named
    place: Named | None
    lead: Named
    assisting: list[Named]
    copy: list[Named]
    is_by_place: bool
    grassroots: bool
    effective_from: date
    effective_to: date | None
    basis: str
    ruling: OfRuling | None


class CataloguePage(Struct, kw_only=True):
    """One page of the rows that hold on a date, by category and place."""

    version: str
    on: date
    duties: list[DutyLine]
    cursor: Cursor


class CatalogueVersion(Struct, kw_only=True):
    """The rows of one version: how many, how many of them hold today, and from when to when they do (null: for good)."""

    version: str
    duties: Count
    in_force: Count
    effective_from: date
    effective_to: date | None


class CatalogueVersions(Struct, kw_only=True):
    """Every version in the city's own file, the newest first, and the rows that rulings made, the newest first."""

    current: str
    versions: list[CatalogueVersion]
    rulings: list[DutyLine]


class CatalogueToTry(Struct, kw_only=True):
    """What duties.csv would hold; the newest `limit` tickets are routed by it as it holds `on` a date (today, where none is given)."""

    duties: Annotated[str, Meta(min_length=1, max_length=400_000)]
    limit: Annotated[int, Meta(ge=1, le=MOST_TRIED)] = MOST_TRIED
    on: date | None = None


class RowChange(Struct, kw_only=True):
    """A row that came, went or changed: `id` is its id and version, `line` where it stands (0: it is gone), `details` what is otherwise."""

    id: str
    line: Count
    change: Change
    name: str
    details: list[str]


class RowChanges(Struct, kw_only=True):
    """How many rows came, went and changed against the catalogue in force, and the first of them."""

    added: Count
    removed: Count
    changed: Count
    first: list[RowChange]


class RouteMove(Struct, kw_only=True):
    """So many tickets would go from one lead to another; null is the dispatch desk."""

    before: Named | None
    after: Named | None
    tickets: Count


class DepartmentShare(Struct, kw_only=True):
    """How many of these tickets a department leads now, and would lead; null is the dispatch desk."""

    department: Named | None
    before: Count
    after: Count


class CategoryMoves(Struct, kw_only=True):
    """How many of a category's tickets would go elsewhere."""

    code: str
    name: str
    tickets: Count
    elsewhere: Count


class RouteExample(Struct, kw_only=True):
    """A ticket that would go elsewhere, and why, before and after."""

    number: Number
    category: str
    before: Named | None
    after: Named | None
    because_before: str
    because_after: str


class TrialRoutes(Struct, kw_only=True):
    """So many tickets were routed by both catalogues; `elsewhere` would have another lead, the first of them stand in `first`."""

    tickets: Count
    elsewhere: Count
    assisting_changed: Count
    unreadable: Count
    moves: list[RouteMove]
    departments: list[DepartmentShare]
    categories: list[CategoryMoves]
    first: list[RouteExample]


class CatalogueTried(Struct, kw_only=True):
    """What the trial found; `changes` and `routes` are null where the catalogue has an error. Nothing is kept."""

    is_sound: bool
    faults: list[FaultLine]
    fault_count: Count
    changes: RowChanges | None
    routes: TrialRoutes | None


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/catalogue."""
    hub = request.app[HUB]
    on, size = body.day(request, "on") or hub.today(), body.page_size(request)
    category, department = body.query(request, "category"), body.query(request, "department")
    after = body.read_cursor(request, tuple[str, str, str, str])
    rulings = await hub.database.read(installation.rulings)
    rows = [duty for duty in _rows(hub, rulings) if is_effective(duty, on) and _fits(duty, category, department)]
    rows.sort(key=_place_in_list)
    found = [duty for duty in rows if after is None or _place_in_list(duty) > after][:size]
    cursor = body.make_cursor(*_place_in_list(found[-1])) if len(found) == size else None
    told = {
        "version": hub.city.catalogue_version,
        "on": on,
        "duties": [_line(hub, duty, _of(rulings)) for duty in found],
        "cursor": cursor,
    }
    return body.answer(told, CataloguePage)


async def versions(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/catalogue/versions."""
    hub = request.app[HUB]
    rulings = await hub.database.read(installation.rulings)
    ruled = _of(rulings)
    by_version: dict[str, list[Duty]] = {}
    for duty in _rows(hub, rulings):
        if (duty.id, duty.version) not in ruled:
            by_version.setdefault(duty.version, []).append(duty)
    found = [_version(hub, version, rows) for version, rows in by_version.items()]
    found.sort(key=lambda one: (one["effective_from"], one["version"]), reverse=True)
    told = {
        "current": hub.city.catalogue_version,
        "versions": found,
        "rulings": [_line(hub, one.duty, ruled) for one in reversed(rulings)],
    }
    return body.answer(told, CatalogueVersions)


async def try_out(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/catalogue/dry-run."""
    hub = request.app[HUB]
    _, wanted = await body.read_body(request, CatalogueToTry)
    folder = request.app[SETTINGS].city
    async with request.app[TRIALS]:
        found = await dry_run.try_catalogue(
            hub, folder, wanted.duties, on=wanted.on, most=wanted.limit, shown=MOST_SHOWN
        )
    told = {
        "is_sound": found.routes is not None,
        "faults": faults_told(found.faults),
        "fault_count": len(found.faults),
        "changes": _changes(found.changes) if found.changes is not None else None,
        "routes": found.routes,
    }
    return body.answer(told, CatalogueTried)


def _changes(found: list[Difference]) -> dict[str, Any]:
    names = RowChange.__struct_fields__
    return {
        **{str(change): sum(one.change is change for one in found) for change in Change},
        "first": [{name: getattr(one, name) for name in names} for one in found[:MOST_ROWS]],
    }


def _rows(hub: Hub, rulings: list[Ruling]) -> list[Duty]:
    return amended(hub.city.duties, [one.duty for one in rulings])


def _of(rulings: list[Ruling]) -> dict[tuple[str, str], Ruling]:
    return {(one.duty.id, one.duty.version): one for one in rulings}


def _fits(duty: Duty, category: str | None, department: str | None) -> bool:
    if category is not None and not duty.category.startswith(category):
        return False
    return department is None or department in (duty.lead, *duty.assisting, *duty.copy)


def _place_in_list(duty: Duty) -> tuple[str, str, str, str]:
    return duty.category, duty.place or "", duty.id, duty.version


def _line(hub: Hub, duty: Duty, rulings: dict[tuple[str, str], Ruling]) -> dict[str, Any]:
    def named(code: str) -> dict[str, str]:
        return {"code": code, "name": BY_PLACE.get(code) or hub.department_name(code)}

    ruling = rulings.get((duty.id, duty.version))
    return {
        **msgspec.structs.asdict(duty),
        "category": {"code": duty.category, "name": hub.category_name(duty.category)},
        "place": named(duty.place) if duty.place else None,
        "lead": named(duty.lead),
        "assisting": [named(code) for code in duty.assisting],
        "copy": [named(code) for code in duty.copy],
        "is_by_place": any(code in BY_PLACE for code in (duty.lead, *duty.assisting, *duty.copy)),
        "ruling": {"ticket": number_of(ruling.ticket_id), "at": ruling.at} if ruling else None,
    }


def _version(hub: Hub, version: str, rows: list[Duty]) -> dict[str, Any]:
    ends = [row.effective_to for row in rows]
    known = [end for end in ends if end is not None]
    return {
        "version": version,
        "duties": len(rows),
        "in_force": sum(is_effective(row, hub.today()) for row in rows),
        "effective_from": min(row.effective_from for row in rows),
        "effective_to": max(known) if len(known) == len(ends) else None,
    }
