"""The trail (全程留痕): read only here; hotline.step appends by models.store.steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from models.store.database import queries
from models.ticket import TicketEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("events")


async def of_ticket(session: Session, ticket_id: int) -> list[TicketEvent]:
    """Return the whole trail of a ticket in order."""
    rows = _SQL.of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return [msgspec.convert(dict(row), TicketEvent) async for row in rows]


async def ticket_ids(session: Session) -> AsyncIterator[int]:
    """Walk the ids of all tickets in order."""
    after = 0
    while True:
        rows = _SQL.ids_after(session.connection, city_code=session.city_code, after=after)
        ids = [row["id"] async for row in rows]
        if not ids:
            return
        for ticket_id in ids:
            yield ticket_id
        after = ids[-1]


async def counts(session: Session, since: datetime) -> dict[str, int]:
    """Return how often each kind of event was written since a time."""
    rows = _SQL.count_by_type(session.connection, city_code=session.city_code, since=since)
    return {row["type"]: row["n"] async for row in rows}
