"""Reading tickets: one, its parts, and walks over the past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from models.errors import NotFound
from models.lifecycle import TicketState
from models.store.database import queries
from models.ticket import Assignment, Ticket, TicketText, first_id, number_of
from models.understanding import Told

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("tickets")
_FIELDS: Final = frozenset(Ticket.__struct_fields__)
LAST_ID: Final = 2**63 - 1
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)


class MergedCaller(NamedTuple):
    """A merged ticket and how its caller is reached."""

    ticket: Ticket
    phone: str | None
    query_code: str


class Walk(Struct, frozen=True, kw_only=True):
    """Which tickets a walk over the past takes: registered since a time (all, where None), not in some states."""

    since: datetime | None = None
    without: Sequence[TicketState] = ()


class KeptReading(Struct, frozen=True, kw_only=True):
    """A ticket with what was read of it at intake, and its masked words."""

    ticket: Ticket
    reading: dict[str, Any]
    masked_text: str


def ticket_of(record: Any) -> Ticket:
    """Return a row of tickets as the record."""
    return msgspec.convert({name: record[name] for name in _FIELDS}, Ticket)


async def lock(session: Session, ticket_id: int) -> Ticket:
    """Lock and return the ticket; raises NotFound."""
    record = await _SQL.lock(session.connection, city_code=session.city_code, id=ticket_id)
    return ticket_of(_found(record, ticket_id))


async def lock_common(session: Session, ticket_id: int) -> None:
    """Lock the ticket that this one was merged into, where it was."""
    await _SQL.lock_common(session.connection, city_code=session.city_code, id=ticket_id)


async def get(session: Session, ticket_id: int) -> Ticket:
    """Return the ticket; raises NotFound."""
    record = await _SQL.get(session.connection, city_code=session.city_code, id=ticket_id)
    return ticket_of(_found(record, ticket_id))


async def text(session: Session, ticket_id: int) -> TicketText:
    """Return what was said, opened; raises NotFound."""
    record = await _SQL.get_text(session.connection, city_code=session.city_code, id=ticket_id)
    row = _found(record, ticket_id)
    unseal = session.keyring.unseal
    name, phone = _caller(session, row, ticket_id)
    return TicketText(
        text=unseal(row["text"], "ticket_texts", "text", ticket_id),
        brief=unseal(row["brief"], "ticket_texts", "brief", ticket_id),
        query_code=unseal(row["query_code"], "ticket_texts", "query_code", ticket_id),
        masked_text=row["masked_text"],
        caller_name=name,
        caller_phone=phone,
        reading=row["reading"],
        answer=unseal(row["answer"], "ticket_texts", "answer", ticket_id) if row["answer"] else None,
    )


def _caller(session: Session, row: Any, ticket_id: int) -> tuple[str | None, str | None]:
    """Return a caller's name and phone, opened."""
    if not row["caller"]:
        return None, None
    name, _, phone = session.keyring.unseal(row["caller"], "ticket_texts", "caller", ticket_id).rpartition("\n")
    return name or None, phone or None


async def set_brief(session: Session, ticket_id: int, brief: str) -> None:
    """Replace the department's brief."""
    sealed = session.keyring.seal(brief, "ticket_texts", "brief", ticket_id)
    await _SQL.set_brief(session.connection, city_code=session.city_code, id=ticket_id, brief=sealed)


async def set_answer(session: Session, ticket_id: int, answer: str) -> None:
    """Keep what the hotline itself told the citizen."""
    sealed = session.keyring.seal(answer, "ticket_texts", "answer", ticket_id)
    await _SQL.set_answer(session.connection, city_code=session.city_code, id=ticket_id, answer=sealed)


async def assignments(session: Session, ticket_id: int) -> list[Assignment]:
    """Return every part of the ticket in order of ordinal."""
    rows = _SQL.assignments(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return [msgspec.convert(dict(row), Assignment) async for row in rows]


async def merged_into(session: Session, ticket_id: int) -> list[int]:
    """Return the ids of the tickets that were merged into this one and are still."""
    rows = _SQL.merged_into(session.connection, city_code=session.city_code, id=ticket_id)
    return [row["id"] async for row in rows]


async def merged_callers(session: Session, ticket_id: int) -> list[MergedCaller]:
    """Return the tickets that were merged into this one and are still, with how their callers are reached."""
    found = []
    async for row in _SQL.merged_callers(session.connection, city_code=session.city_code, id=ticket_id):
        ticket = ticket_of(row)
        code = session.keyring.unseal(row["query_code"], "ticket_texts", "query_code", ticket.id)
        found.append(MergedCaller(ticket, _caller(session, row, ticket.id)[1], code))
    return found


async def has_merged_caller(session: Session, ticket_id: int, caller_index: bytes) -> bool:
    """Tell whether a caller is among those whose tickets were merged into this one and are still."""
    return bool(
        await _SQL.has_caller(session.connection, city_code=session.city_code, id=ticket_id, caller_index=caller_index)
    )


async def share(session: Session, ticket_id: int) -> Ticket:
    """Return the ticket and keep it as it is until the transaction ends; raises NotFound."""
    record = await _SQL.share(session.connection, city_code=session.city_code, id=ticket_id)
    return ticket_of(_found(record, ticket_id))


async def briefs(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return the departments' briefs of tickets, opened, by id."""
    rows = _SQL.briefs(session.connection, city_code=session.city_code, ids=list(ids))
    return {row["id"]: session.keyring.unseal(row["brief"], "ticket_texts", "brief", row["id"]) async for row in rows}


async def count(session: Session, walk: Walk) -> int:
    """Return how many tickets a walk takes."""
    return int(await _SQL.count_registered(session.connection, city_code=session.city_code, **_walked(walk)))


async def readings(session: Session, walk: Walk, below: int | None, size: int) -> list[KeptReading]:
    """Return the next tickets of a walk with ids below the last one seen, newest first."""
    rows = _SQL.readings(
        session.connection,
        city_code=session.city_code,
        below=LAST_ID if below is None else below,
        page_size=size,
        **_walked(walk),
    )
    return [
        KeptReading(ticket=ticket_of(row), reading=row["reading"], masked_text=row["masked_text"]) async for row in rows
    ]


def _walked(walk: Walk) -> dict[str, Any]:
    since = (walk.since or EARLIEST).astimezone(UTC)
    # A ticket's id begins with the month of its registration, so that older partitions are not looked into.
    low = first_id(since)
    return {"low": low, "since": since, "without": [str(state) for state in walk.without]}


async def spread(session: Session, since: datetime, most: int) -> list[Told]:
    """Return at most so many requests, spread evenly over all that were registered from a time on."""
    low = first_id(since)
    rows = _SQL.spread(session.connection, city_code=session.city_code, low=low, since=since, most=most)
    return [msgspec.convert(dict(row), Told) async for row in rows]


def _found(record: Any, ticket_id: int) -> Any:
    if record is None:
        raise NotFound(f"没有编号为“{number_of(ticket_id)}”的工单，请核对工单号")
    return record
