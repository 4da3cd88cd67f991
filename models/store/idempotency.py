"""Answers kept under the clients' keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.store.database import queries
from models.store.steps import Remembered

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("idempotency")


async def find(session: Session, channel: str, key: str) -> Remembered | None:
    """Return the kept answer, opened, None where that key was never used."""
    row = await _SQL.find(session.connection, city_code=session.city_code, channel=channel, key=key)
    if row is None:
        return None
    return Remembered(
        channel=channel,
        key=key,
        request_digest=row["request_digest"],
        status=row["status"],
        response=session.keyring.unseal(row["response"], "idempotency", "response", f"{channel}/{key}"),
    )
