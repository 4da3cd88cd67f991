"""Messages to citizens, waiting and sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from models.cipher import Keyring
    from models.store.database import Session
    from models.ticket import Notice

_SQL = queries("notices")
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 20


class Message(Struct, frozen=True, kw_only=True):
    """A message, opened."""

    id: str
    ticket_id: int
    kind: str
    address: str
    content: str
    created_at: datetime | None = None
    sent_at: datetime | None = None


class Claimed(Struct, frozen=True, kw_only=True):
    """A message in the hands of a worker; address and words are still sealed."""

    id: str
    ticket_id: int
    kind: str
    address: bytes
    body: bytes
    attempts: int
    created_at: datetime


async def add(session: Session, notice: Notice, at: datetime) -> None:
    """Queue a message that no step of a ticket sends."""
    seal = session.keyring.seal
    await _SQL.add(
        session.connection,
        city_code=session.city_code,
        id=notice.id,
        ticket_id=notice.ticket_id,
        kind=notice.kind,
        address=seal(notice.address, "notices", "address", notice.id),
        body=seal(notice.content, "notices", "body", notice.id),
        at=at,
    )


async def claim(session: Session, wall_now: datetime, batch: int, *, is_wechat: bool) -> list[Claimed]:
    """Claim messages to send, the oldest first: those by WeChat, or all but them.

    A claim lapses after a minute.
    """
    rows = _SQL.claim(
        session.connection,
        city_code=session.city_code,
        wall_now=wall_now,
        claimed_until=wall_now + LEASE,
        most_attempts=MOST_ATTEMPTS,
        wechat=is_wechat,
        batch=batch,
    )
    found = [msgspec.convert(dict(row), Claimed) async for row in rows]
    return sorted(found, key=lambda one: (one.created_at, len(one.id), one.id))


def opened(keyring: Keyring, claimed: Claimed) -> Message:
    """Open a claimed message; raises CannotOpen."""
    return Message(
        id=claimed.id,
        ticket_id=claimed.ticket_id,
        kind=claimed.kind,
        address=keyring.unseal(claimed.address, "notices", "address", claimed.id),
        content=keyring.unseal(claimed.body, "notices", "body", claimed.id),
    )


async def sent(session: Session, ids: list[str], at: datetime) -> None:
    """Record that the provider took them."""
    await _SQL.sent(session.connection, city_code=session.city_code, ids=ids, at=at)


async def failed(session: Session, ids: list[str], error: str, until: datetime) -> None:
    """Record that the provider did not take the first; all are tried again after that wall time, and only it had a try."""
    await _SQL.failed(
        session.connection, city_code=session.city_code, ids=ids, failed_id=ids[0], error=error, until=until
    )


async def wake(session: Session, wall_now: datetime) -> None:
    """Let no claim and no pause last longer than a claim that is made now."""
    await _SQL.wake(session.connection, city_code=session.city_code, lapses_at=wall_now + LEASE)


async def newest(session: Session, n: int) -> list[Message]:
    """Return the newest messages."""
    rows = _SQL.newest(session.connection, city_code=session.city_code, n=n)
    unseal = session.keyring.unseal
    return [
        Message(
            id=row["id"],
            ticket_id=row["ticket_id"],
            kind=row["kind"],
            address=unseal(row["address"], "notices", "address", row["id"]),
            content=unseal(row["body"], "notices", "body", row["id"]),
            created_at=row["created_at"],
            sent_at=row["sent_at"],
        )
        async for row in rows
    ]
