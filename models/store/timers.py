"""The clock's next moments: claimed when due, never found by scanning tickets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from models.store.database import queries
from models.ticket import Timer

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("timers")
LEASE = timedelta(seconds=60)


async def claim(session: Session, now: datetime, wall_now: datetime, batch: int) -> list[Timer]:
    """Claim up to `batch` timers due at `now`, the longest due first; a claim lapses after a minute of wall time."""
    rows = _SQL.claim(
        session.connection,
        city_code=session.city_code,
        now=now,
        wall_now=wall_now,
        claimed_until=wall_now + LEASE,
        batch=batch,
    )
    return sorted([msgspec.convert(dict(row), Timer) async for row in rows], key=lambda timer: timer.due_at)


async def get(session: Session, ticket_id: int, subject: str) -> Timer | None:
    """Return one timer, None where it was dropped."""
    row = await _SQL.get(session.connection, city_code=session.city_code, ticket_id=ticket_id, subject=subject)
    return msgspec.convert(dict(row), Timer) if row else None


async def drop(session: Session, timer: Timer) -> None:
    """Forget a timer."""
    await _SQL.drop(session.connection, city_code=session.city_code, ticket_id=timer.ticket_id, subject=timer.subject)


async def put_off(session: Session, timer: Timer, until: datetime) -> None:
    """Try a timer again at that wall time."""
    await _SQL.put_off(
        session.connection,
        city_code=session.city_code,
        ticket_id=timer.ticket_id,
        subject=timer.subject,
        until=until,
    )


async def wake(session: Session, wall_now: datetime) -> None:
    """Let no claim and no pause last longer than a claim that is made now."""
    await _SQL.wake(session.connection, city_code=session.city_code, lapses_at=wall_now + LEASE)


async def due(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """Return how many timers should have been fired by now, and when the first of them, None where none."""
    row = await _SQL.due(session.connection, city_code=session.city_code, now=now)
    return row["n"], row["since"]
