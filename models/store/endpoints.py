"""Where departments' systems are reached, their secrets, and whether the circuit to them is open."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
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


def _opened(session: Session, row: Any) -> Endpoint:
    def secrets(column: str) -> list[str]:
        sealed = session.keyring.unseal(row[column], "endpoints", column, row["department"])
        return msgspec.json.decode(sealed, type=list[str])

    return Endpoint(
        department=row["department"],
        url=row["url"],
        webhook_secrets=secrets("webhook_secrets"),
        callback_secrets=secrets("callback_secrets"),
        verified_at=row["verified_at"],
        open_until=row["open_until"],
    )


async def get(session: Session, department: str) -> Endpoint | None:
    """Return a department's endpoint, None where it has none."""
    row = await _SQL.get(session.connection, city_code=session.city_code, department=department)
    return _opened(session, row) if row else None


async def every(session: Session) -> dict[str, Endpoint]:
    """Return every endpoint by department."""
    rows = _SQL.all(session.connection, city_code=session.city_code)
    return {row["department"]: _opened(session, row) async for row in rows}


async def put(session: Session, endpoint: Endpoint) -> None:
    """Register or change an endpoint."""

    def sealed(column: str, secrets: list[str]) -> bytes:
        return session.keyring.seal(msgspec.json.encode(secrets).decode(), "endpoints", column, endpoint.department)

    await _SQL.put(
        session.connection,
        city_code=session.city_code,
        department=endpoint.department,
        url=endpoint.url,
        webhook_secrets=sealed("webhook_secrets", endpoint.webhook_secrets),
        callback_secrets=sealed("callback_secrets", endpoint.callback_secrets),
        verified_at=endpoint.verified_at,
    )


async def succeeded(session: Session, departments: list[str]) -> None:
    """Close the circuits of departments that answered."""
    await _SQL.succeeded(session.connection, city_code=session.city_code, departments=departments)


async def failed(session: Session, department: str, wall_now: datetime) -> None:
    """Count a failure; the fifth in a row opens the circuit."""
    await _SQL.failed(session.connection, city_code=session.city_code, department=department, wall_now=wall_now)
