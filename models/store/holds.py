"""占用: who of the dispatch desk has a ticket open, until when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.store.database import Session

_SQL = queries("holds")


class Hold(Struct, frozen=True, kw_only=True):
    """A ticket in somebody's hands since `held_at`; it lapses at `lapses_at` unless the holder goes on."""

    ticket_id: int
    holder: str
    held_at: datetime
    lapses_at: datetime


async def take_head(
    session: Session, holder: str, now: datetime, lapses_at: datetime, *, decides: bool, designate_at: int
) -> Hold | None:
    """Hold the desk's next ticket; None where nothing is left. `designate_at` is the dispatch that only who decides may make."""
    await _SQL.forget(session.connection, city_code=session.city_code, now=now)
    wanted = {"now": now, "decides": decides, "designate_at": designate_at}
    while True:
        row = await _SQL.head(session.connection, city_code=session.city_code, **wanted)
        if row is None:
            return None
        # Whoever held it between our look and our lock is seen by the next look.
        hold = await take(session, row["id"], holder, now, lapses_at)
        if hold is not None:
            return hold


async def take(
    session: Session, ticket_id: int, holder: str, now: datetime, lapses_at: datetime, *, takes_over: bool = False
) -> Hold | None:
    """Hold a ticket, or go on to; None where somebody else holds it and is not put aside."""
    row = await _SQL.take(
        session.connection,
        city_code=session.city_code,
        ticket_id=ticket_id,
        holder=holder,
        now=now,
        lapses_at=lapses_at,
        takes_over=takes_over,
    )
    return None if row is None else Hold(**row)


async def of_tickets(session: Session, ids: Sequence[int], now: datetime) -> dict[int, Hold]:
    """Return who holds which of some tickets."""
    rows = _SQL.of_tickets(session.connection, city_code=session.city_code, ids=list(ids), now=now)
    return {row["ticket_id"]: Hold(**row) async for row in rows}


async def of_ticket(session: Session, ticket_id: int, now: datetime) -> Hold | None:
    """Return who holds a ticket, None where nobody does."""
    return (await of_tickets(session, [ticket_id], now)).get(ticket_id)


async def let_go(session: Session, ticket_id: int, holder: str | None = None) -> None:
    """End the hold of one person, or of whoever has it; nothing where there is none."""
    await _SQL.let_go(session.connection, city_code=session.city_code, ticket_id=ticket_id, holder=holder)
