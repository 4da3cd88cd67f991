"""Disputes (会商) and what was ruled (裁定): hotline.step writes them, by models.store.steps and where the ticket ends here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.store.database import queries

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("disputes")


async def ruled_lead(session: Session, ticket_id: int) -> str | None:
    """Return which department leads by the newest ruling, None where nothing was ruled."""
    found: str | None = await _SQL.ruled_lead(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return found


async def end_open(session: Session, ticket_id: int, at: datetime, ruling: str) -> None:
    """End without a ruling what is still disputed of a ticket that has ended; `ruling` says why."""
    await _SQL.end_open(session.connection, city_code=session.city_code, ticket_id=ticket_id, at=at, ruling=ruling)
