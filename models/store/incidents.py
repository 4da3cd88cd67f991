"""突发/群体事件: open and past ones."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from msgspec import Struct

from models.barring import NOBODY
from models.errors import Conflict, NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from models.barring import Barring
    from models.store.database import Session

_SQL = queries("incidents")
LAST: Final = 2**63 - 1
MOST_OPEN: Final = 50
# So many of an incident's newest callers are compared with a new one.
MEMBERS: Final = 7
MOST_CANDIDATES: Final = 300
_CHANGED: Final = (
    "answer",
    "answer_version",
    "answered_by",
    "expires_at",
    "report_by",
    "reports",
    "late_reports",
    "closed_by",
    "closed_at",
)


class Incident(Struct, frozen=True, kw_only=True):
    """One matter that many call about. `lead` is the ticket that all are attached to, `answer` what all are told until it
    expires, and `answered_by` who keeps it; by `report_by` the leaders are to be told how it stands, and `late_reports` counts
    how often they were not. `attached` counts the callers.
    """

    id: int
    lead: int
    title: str
    answer: str | None
    answer_version: int
    expires_at: datetime | None
    report_by: datetime | None
    reports: int
    opened_by: str
    opened_at: datetime
    answered_by: str | None = None
    late_reports: int = 0
    closed_by: str | None = None
    closed_at: datetime | None = None
    attached: int = 0

    def answer_at(self, at: datetime) -> str | None:
        """Return what callers are told, None where nothing is said or it has expired."""
        return None if self.expires_at is not None and self.expires_at <= at else self.answer


class AboutIncident(Struct, frozen=True, kw_only=True):
    """A ticket of an incident, as far as a new request is compared with it."""

    is_lead: bool
    kind: str
    category: str
    caller_index: bytes | None
    place: str | None
    district: str | None
    registered_at: datetime
    flags: list[str]
    masked_text: str
    fingerprint: bytes


class Candidate(Struct, frozen=True, kw_only=True):
    """A ticket that may be about an open incident."""

    id: int
    told: AboutIncident


class OpenIncident(Struct, frozen=True, kw_only=True):
    """An open incident with its lead and its newest callers."""

    id: int
    title: str
    answer: str | None
    expires_at: datetime | None
    members: list[AboutIncident]

    @property
    def lead(self) -> AboutIncident:
        """The ticket that all are attached to."""
        return next(one for one in self.members if one.is_lead)

    def answer_at(self, at: datetime) -> str | None:
        """Return what callers are told, None where nothing is said or it has expired."""
        return None if self.expires_at is not None and self.expires_at <= at else self.answer


async def open_one(session: Session, incident: Incident) -> int:
    """Keep a new incident; returns its id. Raises Conflict where the ticket leads an open one already."""
    try:
        return int(
            await _SQL.open(
                session.connection,
                city_code=session.city_code,
                lead=incident.lead,
                title=incident.title,
                answer=incident.answer,
                answer_version=incident.answer_version,
                answered_by=incident.answered_by,
                expires_at=incident.expires_at,
                report_by=incident.report_by,
                by=incident.opened_by,
                at=incident.opened_at,
            )
        )
    except asyncpg.UniqueViolationError as error:
        raise Conflict("该工单已是一起未结束事件的主件") from error


async def get(session: Session, incident_id: int) -> Incident:
    """Return an incident; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=incident_id)
    if row is None:
        raise NotFound(f"没有编号为{incident_id}的事件")
    return _incident(row)


async def of_lead(session: Session, ticket_id: int) -> Incident | None:
    """Return the open incident that a ticket leads, without the number of callers."""
    row = await _SQL.of_lead(session.connection, city_code=session.city_code, lead=ticket_id)
    return _incident(row) if row else None


async def page(
    session: Session, before: int | None, size: int, *, is_open: bool, barred: Barring = NOBODY
) -> list[Incident]:
    """Return one page of incidents, the newest first."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        is_open=is_open,
        before=before or LAST,
        barred=list(barred.units),
        own=list(barred.own),
        page_size=size,
    )
    return [_incident(row) async for row in rows]


async def change(session: Session, incident: Incident) -> None:
    """Keep what changed of an incident."""
    changed = {name: getattr(incident, name) for name in _CHANGED}
    await _SQL.change(session.connection, city_code=session.city_code, id=incident.id, **changed)


async def open_ones(session: Session) -> list[OpenIncident]:
    """Return the newest open incidents, the oldest of them first."""
    rows = _SQL.open_ones(session.connection, city_code=session.city_code, incidents=MOST_OPEN, members=MEMBERS)
    found: dict[int, OpenIncident] = {}
    async for row in rows:
        shown = {name: row[name] for name in ("id", "title", "answer", "expires_at")}
        one = found.setdefault(row["id"], OpenIncident(members=[], **shown))
        one.members.append(_about(row))
    return list(found.values())


async def loose(session: Session, keyword: str, since: datetime) -> list[Candidate]:
    """Return the newest tickets that told of a keyword since a time and lie by themselves."""
    rows = _SQL.loose(
        session.connection, city_code=session.city_code, keyword=keyword, since=since, most=MOST_CANDIDATES
    )
    return [Candidate(id=row["id"], told=_about(row)) async for row in rows]


async def about(session: Session, ticket_id: int) -> AboutIncident:
    """Return a ticket as far as it is compared with incidents; raises NotFound."""
    row = await _SQL.about(session.connection, city_code=session.city_code, id=ticket_id)
    if row is None:
        raise NotFound("没有这件工单")
    return _about(row)


async def figures(session: Session, now: datetime) -> dict[str, int]:
    """Return how many incidents are open, of how many a report is late, and of how many the answer has expired."""
    return dict(await _SQL.figures(session.connection, city_code=session.city_code, now=now))


def _about(row: Any) -> AboutIncident:
    return AboutIncident(**{name: row[name] for name in AboutIncident.__struct_fields__})


def _incident(row: Any) -> Incident:
    return Incident(**{name: row[name] for name in Incident.__struct_fields__})
