"""Emergencies handed to 110, 119, 120, 122 or 12356: begun during a call or on a ticket, watched until confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries, to_rows

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("handoffs")


class ThreeWayNote(Struct, frozen=True, kw_only=True):
    """三方通话: who was on, what was agreed, who wrote it down."""

    parties: list[str]
    agreed: str
    by: str
    at: datetime


class Handoff(Struct, frozen=True, kw_only=True):
    """One handoff to `number`, of a call, a ticket or both; `outside_number` is what the other side calls it (警单号).

    `flag` is the rule that began it, or `person`. It is to be offered to the other side by `offer_by` and confirmed by
    `confirm_by`; `alarm_count` says how often the shift lead was alarmed of a call's.
    """

    id: str
    ticket_id: int | None
    interaction: int | None
    number: str
    flag: str
    opened_at: datetime
    opened_by: str
    offer_by: datetime
    confirm_by: datetime
    offered_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    outside_number: str | None = None
    alarm_count: int = 0
    note: ThreeWayNote | None = None


def row_of(handoff: Handoff) -> dict[str, Any]:
    """Return a handoff as it is written with a step; its note is written by `change` alone."""
    return {name: getattr(handoff, name) for name in Handoff.__struct_fields__ if name != "note"}


async def get(session: Session, handoff_id: str) -> Handoff:
    """Return a handoff; raises NotFound."""
    row = await _SQL.get(session.connection, city_code=session.city_code, id=handoff_id)
    if row is None:
        raise NotFound(f"没有编号为“{handoff_id}”的转接")
    return _handoff(session, row)


async def lock(session: Session, handoff_id: str) -> Handoff:
    """Lock and return a handoff; raises NotFound."""
    row = await _SQL.lock(session.connection, city_code=session.city_code, id=handoff_id)
    if row is None:
        raise NotFound(f"没有编号为“{handoff_id}”的转接")
    return _handoff(session, row)


async def newest(session: Session, ticket_id: int, number: str) -> Handoff | None:
    """Return the newest handoff of a ticket to a number, None where there is none."""
    row = await _SQL.newest(session.connection, city_code=session.city_code, ticket_id=ticket_id, number=number)
    return _handoff(session, row) if row else None


async def page(
    session: Session, after: tuple[datetime, str], size: int, *, is_open: bool, outside_number: str | None
) -> list[Handoff]:
    """Return one page, nearest due first, after the cursor (confirm_by, id): the open ones, or those of a number."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        is_open=is_open,
        outside_number=outside_number,
        after_by=after[0],
        after_id=after[1],
        page_size=size,
    )
    return [_handoff(session, row) async for row in rows]


async def of_ticket(session: Session, ticket_id: int) -> list[dict[str, Any]]:
    """Return every handoff of a ticket, oldest first."""
    rows = _SQL.of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return [dict(row) async for row in rows]


async def of_interaction(session: Session, interaction: int) -> list[Handoff]:
    """Return every handoff that was begun during a call, oldest first."""
    rows = _SQL.of_interaction(session.connection, city_code=session.city_code, interaction=interaction)
    return [_handoff(session, row) async for row in rows]


async def open_on_call(session: Session, handoff: Handoff, subject: str, kind: str) -> None:
    """Begin a handoff of a call, and set the timer that looks after it."""
    rows = to_rows([{"city_code": session.city_code, **row_of(handoff)}])
    await _SQL.open(session.connection, row=rows)
    await wait(session, subject, kind, handoff.confirm_by)


async def wait(session: Session, subject: str, kind: str, due_at: datetime) -> None:
    """Set when the clock looks after a handoff that has no ticket."""
    await _SQL.wait(session.connection, city_code=session.city_code, subject=subject, kind=kind, due_at=due_at)


async def change(session: Session, handoff: Handoff) -> None:
    """Keep what became of a handoff, which must be locked."""
    note = msgspec.json.encode(handoff.note).decode() if handoff.note else None
    await _SQL.change(
        session.connection,
        city_code=session.city_code,
        id=handoff.id,
        offered_at=handoff.offered_at,
        confirmed_at=handoff.confirmed_at,
        confirmed_by=handoff.confirmed_by,
        outside_number=handoff.outside_number,
        alarm_count=handoff.alarm_count,
        note=session.keyring.seal(note, "handoffs", "note", handoff.id) if note else None,
    )


def _handoff(session: Session, row: Any) -> Handoff:
    values = {name: row[name] for name in Handoff.__struct_fields__ if name != "note"}
    sealed = row["note"]
    opened = session.keyring.unseal(sealed, "handoffs", "note", row["id"]) if sealed else None
    return Handoff(note=msgspec.json.decode(opened, type=ThreeWayNote) if opened else None, **values)
