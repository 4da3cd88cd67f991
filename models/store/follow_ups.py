"""Asking the citizen (回访), and the citizen's rating."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.store.database import queries

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("follow_ups")


async def attempts(session: Session, ticket_id: int, round_: int) -> list[datetime]:
    """Return when the citizen was tried since the ticket was last reopened, oldest first."""
    rows = _SQL.attempts(session.connection, city_code=session.city_code, ticket_id=ticket_id, round=round_)
    return [row["at"] async for row in rows]


async def of_ticket(session: Session, ticket_id: int) -> list[dict[str, Any]]:
    """Return every attempt and its outcome."""
    rows = _SQL.of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return [dict(row) async for row in rows]


async def rating(session: Session, ticket_id: int) -> dict[str, Any] | None:
    """Return the citizen's rating, None where there is none."""
    row = await _SQL.rating(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return dict(row) if row else None


async def has_displeased_merged(session: Session, ticket_id: int, since: datetime) -> bool:
    """Tell whether a merged caller's rating since a time says unsolved or unsatisfied."""
    found = await _SQL.has_displeased_merged(
        session.connection, city_code=session.city_code, ticket_id=ticket_id, since=since
    )
    return bool(found)
