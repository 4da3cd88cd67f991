"""Counts of what went between 12345 and 110 and its siblings, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.store.database import queries

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("handoff_figures")


async def handoffs(session: Session, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return handoffs begun in a span, a row for each day and number."""
    rows = _SQL.handoffs(session.connection, city_code=session.city_code, since=since, until=until)
    return [dict(row) async for row in rows]


async def orders(session: Session, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return what 110 sent in a span, a row for each day."""
    rows = _SQL.orders(session.connection, city_code=session.city_code, since=since, until=until)
    return [dict(row) async for row in rows]


async def clues(session: Session, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return clues pushed in a span, a row for each day."""
    rows = _SQL.clues(session.connection, city_code=session.city_code, since=since, until=until)
    return [dict(row) async for row in rows]
