"""What 110 has sent us (警单): a ticket that bears a police number."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("police_orders")


class OrderTicket(Struct, frozen=True, kw_only=True):
    """A ticket of an order; `is_sent_back` where a person found that it is the police's after all."""

    id: int
    state: str
    lead: str | None
    registered_at: datetime
    promised_at: datetime
    closed_at: datetime | None
    is_sent_back: bool


async def tickets(session: Session, police_number: str) -> list[OrderTicket]:
    """Return the tickets of what 110 sent under a number, oldest first; a hundred at most."""
    rows = _SQL.tickets(session.connection, city_code=session.city_code, police_number=police_number)
    return [OrderTicket(**row) async for row in rows]
