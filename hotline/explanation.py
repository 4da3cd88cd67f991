"""Why a request was read and routed as it was (依据说明): the reading's grounds, the place, the duty row, the desk's reasons."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from models.lifecycle import LIVE_ASSIGNMENT
from models.understanding import Interval
from models.vocabulary import AssignmentRole
from nlu.explanation import Explanation
from routing.catalogue import DISTRICT, STREET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline.hub import Hub
    from hotline.proposal import Desk, Proposal
    from models.city import City, Duty
    from models.ticket import Assignment, Ticket
    from models.understanding import Place, Understanding
    from routing.jurisdiction import Jurisdiction

_LOCAL = {DISTRICT: "属地区县", STREET: "属地街道"}


class NamedDepartment(Struct, frozen=True):
    """A department, or `@district` or `@street` of a duty, with its Chinese name."""

    code: str
    name: str


class PlaceSource(StrEnum):
    """By what a request was given to a district: its own coordinates, the gazetteer, a district's name, or nothing."""

    POINT = "point"
    GAZETTEER = "gazetteer"
    AREA = "area"
    NOTHING = "nothing"


class PlaceGround(Struct, frozen=True, kw_only=True):
    """Where it is: the words that say so, the gazetteer's name for them, whose ground that is, and by what."""

    words: str | None
    name: str | None
    source: PlaceSource
    district: NamedDepartment | None
    street: NamedDepartment | None
    community: str | None
    grid: str | None


class DutyRow(Struct, frozen=True, kw_only=True):
    """The row of the duty catalogue (派单目录) that decided, as it is written."""

    id: str
    version: str
    category: str
    category_name: str
    place: NamedDepartment | None
    lead: NamedDepartment
    assisting: list[NamedDepartment]
    copy: list[NamedDepartment]
    grassroots: bool
    effective_from: date
    effective_to: date | None
    basis: str


class RouteGround(Struct, frozen=True, kw_only=True):
    """Where it goes and why; `duty` is null where no row of the catalogue fits, or where the row is gone."""

    lead: NamedDepartment | None
    assisting: list[NamedDepartment]
    because: str
    duty: DutyRow | None
    recused: list[NamedDepartment]


class Facts(Struct, frozen=True, kw_only=True):
    """What else was read (要素): when and what that comes to, about whom, how much money (yuan), how many people or households."""

    time: str | None
    interval: Interval | None
    subject: str | None
    accused: str | None
    amounts: tuple[float, ...]
    people: int | None


class Explained(Struct, frozen=True, kw_only=True):
    """Everything behind one answer. Without `desk_reasons` no person had, or has, to look first.

    `model_version` is the model that read the request; `notes` are Chinese sentences on what has changed since.
    """

    number: str | None
    masked_text: str
    model_version: str
    reading: Explanation
    place: PlaceGround
    facts: Facts
    route: RouteGround
    desk_reasons: list[str]
    notes: list[str]


def of_request(desk: Desk | Hub, proposal: Proposal, reading: Explanation, *, is_by_point: bool) -> Explained:
    """Explain a request that was just read and routed; `is_by_point` tells that its own coordinates placed it."""
    city, read, way = desk.city, proposal.understanding, proposal.route
    duty = desk.catalogue.row(way.duty.id, way.duty.version) if way.duty else None
    return Explained(
        number=None,
        masked_text=read.masked_text,
        model_version=read.model_version,
        reading=reading,
        place=_place(city, read.place, proposal.jurisdiction, is_by_point=is_by_point),
        facts=_facts(read),
        route=RouteGround(
            lead=_named(city, way.lead.department) if way.lead else None,
            assisting=_all_named(city, (one.department for one in way.assisting)),
            because=way.because,
            duty=_row(city, duty) if duty else None,
            recused=_all_named(city, way.recused),
        ),
        desk_reasons=list(proposal.desk_reasons),
        notes=[],
    )


def of_ticket(
    hub: Hub, ticket: Ticket, parts: Iterable[Assignment], read: Understanding, reading: Explanation
) -> Explained:
    """Explain a stored ticket: what was read at intake, and where it stands by which row."""
    city = hub.city
    is_by_point = (
        ticket.lat is not None
        and ticket.lon is not None
        and (read.place is None or (read.place.lat, read.place.lon) != (ticket.lat, ticket.lon))
        and hub.atlas.by_point(ticket.lat, ticket.lon) is not None
    )
    duty_id, _, version = (ticket.duty or "").partition("@")
    duty = hub.catalogue.row(duty_id, version)
    assisting = [
        part.department for part in parts if part.role is AssignmentRole.ASSISTING and part.state in LIVE_ASSIGNMENT
    ]
    return Explained(
        number=ticket.number,
        masked_text=read.masked_text,
        model_version=read.model_version,
        reading=reading,
        place=_place(city, read.place, hub.jurisdiction(ticket), is_by_point=is_by_point),
        facts=_facts(read),
        route=RouteGround(
            lead=_named(city, ticket.lead) if ticket.lead else None,
            assisting=_all_named(city, assisting),
            because=ticket.because,
            duty=_row(city, duty) if duty else None,
            recused=_all_named(city, ticket.recused),
        ),
        desk_reasons=ticket.desk_reason.split("；") if ticket.desk_reason else [],
        notes=list(_notes(hub, ticket, read, reading)),
    )


def _notes(hub: Hub, ticket: Ticket, read: Understanding, reading: Explanation) -> Iterable[str]:
    """Yield what is no longer as it was read."""
    if read.model_version != hub.reader.model_version:
        yield f"登记时的模型是{read.model_version}，现为{hub.reader.model_version}：依据词按现在的模型给出"
    elif not reading.is_as_read:
        yield "登记之后规则有变动：按现在的规则重读，结果与登记时不尽相同"
    category = ticket.detail or ticket.category
    if category != (read.detail or read.categories[0].code):
        yield f"分类已由人工改为{category}{hub.category_name(category)}"
    if ticket.duty and hub.catalogue.row(*ticket.duty.partition("@")[::2]) is None:
        yield f"当时依据的派单目录{ticket.duty}已不在现行目录中"


def _place(city: City, place: Place | None, where: Jurisdiction | None, *, is_by_point: bool) -> PlaceGround:
    if is_by_point:
        source = PlaceSource.POINT
    elif where is None or place is None:
        source = PlaceSource.NOTHING
    else:
        source = PlaceSource.GAZETTEER if place.name else PlaceSource.AREA
    return PlaceGround(
        words=place.span if place else None,
        name=place.name if place else None,
        source=source,
        district=_named(city, where.district) if where else None,
        street=_named(city, where.street) if where and where.street else None,
        # A ticket keeps no community: its grid lies in one.
        community=next((grid.community for grid in city.grids if where and grid.code == where.grid), None),
        grid=where.grid if where else None,
    )


def _facts(read: Understanding) -> Facts:
    return Facts(
        time=read.time,
        interval=read.interval,
        subject=read.subject,
        accused=read.accused,
        amounts=read.amounts,
        people=read.people,
    )


def _row(city: City, duty: Duty) -> DutyRow:
    category = city.categories.get(duty.category)
    return DutyRow(
        id=duty.id,
        version=duty.version,
        category=duty.category,
        category_name=category.name if category else duty.category,
        place=_named(city, duty.place) if duty.place else None,
        lead=_named(city, duty.lead),
        assisting=_all_named(city, duty.assisting),
        copy=_all_named(city, duty.copy),
        grassroots=duty.grassroots,
        effective_from=duty.effective_from,
        effective_to=duty.effective_to,
        basis=duty.basis,
    )


def _named(city: City, code: str) -> NamedDepartment:
    department = city.departments.get(code)
    return NamedDepartment(code, department.name if department else _LOCAL.get(code, code))


def _all_named(city: City, codes: Iterable[str]) -> list[NamedDepartment]:
    return [_named(city, code) for code in codes]
