"""Disputes (会商) and what was ruled (裁定): read only here; hotline.step writes them by models.store.steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.store.database import queries

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("disputes")


async def ruled_lead(session: Session, ticket_id: int) -> str | None:
    """Return which department leads by the newest ruling, None where nothing was ruled."""
    found: str | None = await _SQL.ruled_lead(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return found
