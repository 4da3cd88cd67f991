"""Where departments' systems are reached, their secrets, and whether the circuit to them is open."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from models.store.database import queries, to_rows

if TYPE_CHECKING:
    from models.cipher import Keyring
    from models.store.database import Session

_SQL = queries("endpoints")


class Endpoint(Struct, frozen=True, kw_only=True):
    """A department's endpoint; the newest secret first, at most two live during rotation."""

    department: str
    url: str | None
    webhook_secrets: list[str]
    callback_secrets: list[str]
    verified_at: datetime | None = None
    open_until: datetime | None = None


class Report(Struct, frozen=True, kw_only=True):
    """How an endpoint did in a batch of attempts: did it answer at all, and how many failed after that."""

    department: str
    has_answered: bool
    failures: int


class Standing(Struct, frozen=True, kw_only=True):
    """How an endpoint stands: failures in a row, until when its circuit is open, when it last took a delivery (to the minute)."""

    department: str
    url: str | None
    verified_at: datetime | None
    failure_count: int
    open_until: datetime | None
    delivered_at: datetime | None


def secrets(keyring: Keyring, sealed: bytes, column: str, department: str) -> list[str]:
    """Open a department's secrets of one kind, the newest first; raises CannotOpen."""
    return msgspec.json.decode(keyring.unseal(sealed, "endpoints", column, department), type=list[str])


async def get(session: Session, department: str) -> Endpoint | None:
    """Return a department's endpoint, None where it has none."""
    row = await _SQL.get(session.connection, city_code=session.city_code, department=department)
    if row is None:
        return None

    def opened(column: str) -> list[str]:
        return secrets(session.keyring, row[column], column, department)

    return Endpoint(
        department=department,
        url=row["url"],
        webhook_secrets=opened("webhook_secrets"),
        callback_secrets=opened("callback_secrets"),
        verified_at=row["verified_at"],
        open_until=row["open_until"],
    )


async def put(session: Session, endpoint: Endpoint) -> None:
    """Register or change an endpoint."""

    def sealed(column: str, live: list[str]) -> bytes:
        return session.keyring.seal(msgspec.json.encode(live).decode(), "endpoints", column, endpoint.department)

    await _SQL.put(
        session.connection,
        city_code=session.city_code,
        department=endpoint.department,
        url=endpoint.url,
        webhook_secrets=sealed("webhook_secrets", endpoint.webhook_secrets),
        callback_secrets=sealed("callback_secrets", endpoint.callback_secrets),
        verified_at=endpoint.verified_at,
    )


async def report(session: Session, reports: list[Report], now: datetime) -> None:
    """Close the circuits of endpoints that answered, open those of endpoints that failed five times in a row."""
    if reports:
        await _SQL.report(session.connection, city_code=session.city_code, reports=to_rows(reports), now=now)


async def close_circuits(session: Session, now: datetime) -> None:
    """Let every endpoint that is left alone be tried once, now."""
    await _SQL.close_circuits(session.connection, city_code=session.city_code, now=now)


async def standings(session: Session) -> dict[str, Standing]:
    """Return how every endpoint stands, by department."""
    rows = _SQL.standings(session.connection, city_code=session.city_code)
    return {row["department"]: Standing(**dict(row)) async for row in rows}
