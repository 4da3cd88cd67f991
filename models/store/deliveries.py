"""Webhooks waiting, delivered and dead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from models.barring import NOBODY
from models.errors import NotFound
from models.store.database import queries, to_rows

if TYPE_CHECKING:
    from models.barring import Barring
    from models.cipher import Keyring
    from models.store.database import Session

_SQL = queries("deliveries")
# How long a worker may be silent about what it claimed; every attempt ends well before.
LEASE = timedelta(seconds=60)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
_NONE = "没有编号为“{}”的投递"

State = Literal["waiting", "delivered", "dead"]


class Claimed(Struct, frozen=True, kw_only=True):
    """A delivery in the hands of a worker until `claimed_until`; what it says and how to sign it are still sealed."""

    id: str
    ticket_id: int
    department: str
    body: bytes
    traceparent: str | None
    attempts: int
    claimed_until: datetime
    url: str
    webhook_secrets: bytes


class Settled(Struct, frozen=True, kw_only=True):
    """What became of one attempt."""

    id: str
    state: State
    next_at: datetime
    claimed_until: datetime
    delivered_at: datetime | None = None
    last_error: str | None = None


class Room(Struct, frozen=True, kw_only=True):
    """What a worker can take: in all, for one endpoint, and what it has under way by department."""

    batch: int
    each: int
    under_way: Mapping[str, int]


class Undelivered(Struct, frozen=True, kw_only=True):
    """What is not delivered: `waiting_since` is when the oldest that waits was queued, None where none waits."""

    waiting: int
    waiting_since: datetime | None
    dead: int


class Listed(Struct, frozen=True, kw_only=True):
    """A delivery in a list, without its body."""

    id: str
    ticket_id: int
    department: str
    type: str
    state: State
    attempts: int
    created_at: datetime
    next_at: datetime
    delivered_at: datetime | None
    last_error: str | None


async def claim(
    session: Session, now: datetime, wall_now: datetime, probe_until: datetime, room: Room
) -> list[Claimed]:
    """Claim what is due at `now`, in order for each ticket and department; a claim lapses after a minute of wall time.

    An endpoint whose circuit was open gets a single try; its circuit stays open for others until `probe_until`.
    """
    rows = _SQL.claim(
        session.connection,
        city_code=session.city_code,
        now=now,
        wall_now=wall_now,
        claimed_until=wall_now + LEASE,
        probe_until=probe_until,
        departments=list(room.under_way),
        counts=list(room.under_way.values()),
        each=room.each,
        batch=room.batch,
    )
    return [msgspec.convert(dict(row), Claimed) async for row in rows]


def content(keyring: Keyring, claimed: Claimed) -> bytes:
    """Return the body to be sent; raises CannotOpen."""
    return keyring.unseal(claimed.body, "deliveries", "body", claimed.id).encode()


async def settle(session: Session, settled: list[Settled]) -> None:
    """Record what became of a batch of attempts."""
    if settled:
        await _SQL.settle(session.connection, city_code=session.city_code, rows=to_rows(settled))


async def wake(session: Session, now: datetime, wall_now: datetime) -> None:
    """Try now whatever waits; no claim lasts longer than one that is made now."""
    await _SQL.wake(session.connection, city_code=session.city_code, now=now, lapses_at=wall_now + LEASE)


async def page(
    session: Session,
    state: str | None,
    department: str | None,
    ticket_id: int | None,
    before: tuple[datetime, str] | None,
    size: int,
    *,
    barred: Barring = NOBODY,
) -> list[Listed]:
    """Return deliveries, newest first."""
    at, last = before or (LATEST, "")
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        state=state,
        department=department,
        ticket_id=ticket_id,
        before_at=at,
        before_id=last,
        barred=list(barred.units),
        own=list(barred.own),
        page_size=size,
    )
    return [msgspec.convert(dict(row), Listed) async for row in rows]


async def get(session: Session, delivery_id: str) -> tuple[Listed, bytes]:
    """Return a delivery and what it says, opened; raises NotFound, CannotOpen."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=delivery_id)
    if row is None:
        raise NotFound(_NONE.format(delivery_id[:80]))
    found = {name: row[name] for name in Listed.__struct_fields__}
    body = session.keyring.unseal(row["body"], "deliveries", "body", delivery_id).encode()
    return msgspec.convert(found, Listed), body


async def replay(session: Session, delivery_id: str, now: datetime) -> None:
    """Send one delivery again; raises NotFound."""
    found = await _SQL.replay(session.connection, city_code=session.city_code, id=delivery_id, now=now)
    if found is None:
        raise NotFound(_NONE.format(delivery_id[:80]))


async def replay_dead(session: Session, department: str | None, now: datetime) -> int:
    """Send every dead letter again; returns how many."""
    return int(await _SQL.replay_dead(session.connection, city_code=session.city_code, department=department, now=now))


async def counts(session: Session) -> dict[str, int]:
    """Return how many deliveries stand in each state."""
    rows = _SQL.counts(session.connection, city_code=session.city_code)
    return {row["state"]: row["n"] async for row in rows}


async def undelivered(session: Session) -> Undelivered:
    """Return how many deliveries wait or are dead, and since when the oldest waits."""
    row = await _SQL.undelivered(session.connection, city_code=session.city_code)
    return msgspec.convert(dict(row), Undelivered)


async def undelivered_by_department(session: Session) -> dict[str, tuple[int, int]]:
    """Return how many deliveries wait and how many are dead, by department; those without any are left out."""
    rows = _SQL.undelivered_by_department(session.connection, city_code=session.city_code)
    return {row["department"]: (row["waiting"], row["dead"]) async for row in rows}
