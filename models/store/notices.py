"""Messages to citizens, waiting and sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("notices")
LEASE = timedelta(seconds=60)


class Message(Struct, frozen=True, kw_only=True):
    """A message, opened."""

    id: str
    ticket_id: int
    kind: str
    address: str
    content: str
    created_at: datetime | None = None
    sent_at: datetime | None = None


async def claim(session: Session, wall_now: datetime, batch: int) -> list[Message]:
    """Claim messages to send; a claim lapses after a minute."""
    rows = _SQL.claim(
        session.connection,
        city_code=session.city_code,
        wall_now=wall_now,
        claimed_until=wall_now + LEASE,
        batch=batch,
    )
    return [_opened(session, row) async for row in rows]


async def sent(session: Session, ids: list[str], at: datetime) -> None:
    """Record that the provider took them."""
    await _SQL.sent(session.connection, city_code=session.city_code, ids=ids, at=at)


async def newest(session: Session, n: int) -> list[Message]:
    """Return the newest messages."""
    rows = _SQL.newest(session.connection, city_code=session.city_code, n=n)
    return [_opened(session, row, created_at=row["created_at"], sent_at=row["sent_at"]) async for row in rows]


def _opened(session: Session, row: Any, **times: datetime | None) -> Message:
    unseal = session.keyring.unseal
    return Message(
        id=row["id"],
        ticket_id=row["ticket_id"],
        kind=row["kind"],
        address=unseal(row["address"], "notices", "address", row["id"]),
        content=unseal(row["body"], "notices", "body", row["id"]),
        **times,
    )
