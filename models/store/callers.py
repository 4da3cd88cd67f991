"""What a caller had to do with us, found by the blind index of the phone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from models.store.database import queries
from models.store.tickets import ticket_of
from models.ticket import Ticket

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("callers")


class CallersTicket(Struct, frozen=True, kw_only=True):
    """A caller's ticket. Where it was merged, `common` is the ticket that is worked on and `common_state` where that stands.

    `due_by` is what is due next, None where nothing is.
    """

    ticket: Ticket
    masked_text: str
    due_by: datetime | None
    common: int | None
    common_state: str | None


class CallersInteraction(Struct, frozen=True, kw_only=True):
    """One of a caller's interactions, without what was said."""

    id: int
    channel: str
    line: str | None
    offered_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    agent: str | None


async def tickets(session: Session, caller_index: bytes, n: int) -> list[CallersTicket]:
    """Return a caller's tickets: what is open first, then what is not, of both the newest first."""
    rows = _SQL.tickets(session.connection, city_code=session.city_code, caller_index=caller_index, n=n)
    return [
        CallersTicket(
            ticket=ticket_of(row),
            masked_text=row["masked_text"],
            due_by=row["due_by"],
            common=row["common"],
            common_state=row["common_state"],
        )
        async for row in rows
    ]


async def interactions(
    session: Session, caller_index: bytes, without: int, n: int, *, is_typed: bool
) -> list[CallersInteraction]:
    """Return a caller's interactions but for the one that is looked at, the newest first.

    Where the phone `is_typed`, those of which a confidential tip-off came are left out.
    """
    rows = _SQL.interactions(
        session.connection,
        city_code=session.city_code,
        caller_index=caller_index,
        without=without,
        n=n,
        is_typed=is_typed,
    )
    return [CallersInteraction(**row) async for row in rows]
