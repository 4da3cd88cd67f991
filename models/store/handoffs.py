"""Emergencies handed to 110, 119, 120, 122 or 12356."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.store.database import queries

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("handoffs")


async def get(session: Session, ticket_id: int, number: str) -> dict[str, Any] | None:
    """Return one handoff as its row, None where there is none."""
    row = await _SQL.get(session.connection, city_code=session.city_code, ticket_id=ticket_id, number=number)
    return dict(row) if row else None


async def unconfirmed(session: Session, after: tuple[datetime, int], size: int) -> list[dict[str, Any]]:
    """Return what nobody has confirmed, nearest due first, after the cursor (confirm_by, ticket id)."""
    rows = _SQL.unconfirmed(
        session.connection, city_code=session.city_code, after_by=after[0], after_id=after[1], page_size=size
    )
    return [dict(row) async for row in rows]


async def of_ticket(session: Session, ticket_id: int) -> list[dict[str, Any]]:
    """Return every handoff of a ticket, oldest first."""
    rows = _SQL.of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return [dict(row) async for row in rows]
