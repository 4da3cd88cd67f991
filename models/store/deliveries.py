"""Webhooks waiting, delivered and dead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries, to_rows

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("deliveries")
LEASE = timedelta(seconds=60)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)


class Claimed(Struct, frozen=True, kw_only=True):
    """A delivery in the hands of a worker, its body opened."""

    id: str
    ticket_id: int
    department: str
    type: str
    content: bytes
    attempts: int


class Settled(Struct, frozen=True, kw_only=True):
    """What became of one attempt."""

    id: str
    state: Literal["waiting", "delivered", "dead"]
    next_at: datetime
    delivered_at: datetime | None = None
    last_error: str | None = None


async def claim(session: Session, now: datetime, wall_now: datetime, batch: int) -> list[Claimed]:
    """Claim up to `batch` deliveries, in order for each ticket and department; a claim lapses after a minute."""
    rows = _SQL.claim(
        session.connection,
        city_code=session.city_code,
        now=now,
        wall_now=wall_now,
        claimed_until=wall_now + LEASE,
        batch=batch,
    )
    return [
        Claimed(
            id=row["id"],
            ticket_id=row["ticket_id"],
            department=row["department"],
            type=row["type"],
            content=session.keyring.unseal(row["body"], "deliveries", "body", row["id"]).encode(),
            attempts=row["attempts"],
        )
        async for row in rows
    ]


async def settle(session: Session, settled: list[Settled]) -> None:
    """Record what became of a batch of attempts."""
    if settled:
        await _SQL.settle(session.connection, city_code=session.city_code, rows=to_rows(settled))


async def page(
    session: Session,
    state: str | None,
    department: str | None,
    ticket_id: int | None,
    before: tuple[datetime, str] | None,
    size: int,
) -> list[dict[str, Any]]:
    """Return deliveries, newest first, without their bodies."""
    at, last = before or (LATEST, "")
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        state=state,
        department=department,
        ticket_id=ticket_id,
        before_at=at,
        before_id=last,
        page_size=size,
    )
    return [dict(row) async for row in rows]


async def replay(session: Session, delivery_id: str, now: datetime) -> None:
    """Send one delivery again; raises NotFound."""
    found = await _SQL.replay(session.connection, city_code=session.city_code, id=delivery_id, now=now)
    if found is None:
        raise NotFound(f"没有编号为“{delivery_id[:80]}”的投递")


async def replay_dead(session: Session, department: str | None, now: datetime) -> int:
    """Send every dead letter again; returns how many."""
    return int(await _SQL.replay_dead(session.connection, city_code=session.city_code, department=department, now=now))


async def counts(session: Session) -> dict[str, int]:
    """Return how many deliveries stand in each state."""
    rows = _SQL.counts(session.connection, city_code=session.city_code)
    return {row["state"]: row["n"] async for row in rows}
