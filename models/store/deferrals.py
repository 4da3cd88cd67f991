"""挂账: what is deferred, until when, and its reviews."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from models.store.database import Session
    from models.ticket import Assignment

_SQL = queries("deferrals")


class Deferral(Struct, frozen=True, kw_only=True):
    """One deferred part: `reply_by` is the agreed date, `waits` tells that a review must be decided, by `decide_by`."""

    ticket_id: int
    ordinal: int
    department: str
    reply_by: datetime
    first_reply_by: datetime
    waits: bool
    decide_by: datetime | None
    reviews: int


async def open_review(session: Session, part: Assignment, at: datetime) -> None:
    """Keep that a review of a deferred part has begun."""
    await _SQL.open_review(
        session.connection, city_code=session.city_code, ticket_id=part.ticket_id, ordinal=part.ordinal, at=at
    )


async def decide(session: Session, part: Assignment, verdict: str, by: str, at: datetime) -> None:
    """Keep what the review that waits came to: `kept`, `extended` or `ended`."""
    key = {"city_code": session.city_code, "ticket_id": part.ticket_id, "ordinal": part.ordinal}
    await _SQL.decide(session.connection, at=at, by=by, verdict=verdict, **key)


async def page(
    session: Session, after: tuple[datetime, int, int], size: int, *, department: str | None, is_waiting: bool
) -> list[Deferral]:
    """Return deferred parts, the nearest agreed date first, after the cursor (date, ticket, ordinal)."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        after_by=after[0],
        after_ticket=after[1],
        after_ordinal=after[2],
        department=department,
        waiting=is_waiting,
        page_size=size,
    )
    return [Deferral(**row) async for row in rows]


async def counts(session: Session) -> list[dict[str, Any]]:
    """Return by department how many parts are deferred now, and how many of their reviews wait."""
    return [dict(row) async for row in _SQL.counts(session.connection, city_code=session.city_code)]


async def reviews(session: Session, since: datetime) -> dict[str, int]:
    """Return how many reviews began since a moment: opened = kept + extended + ended + waiting + settled."""
    return dict(await _SQL.reviews(session.connection, city_code=session.city_code, since=since))
