"""The trail (全程留痕): read only here; hotline.step appends by models.store.steps."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec import Struct

from models.anchor import Leaf
from models.cipher import CannotOpen
from models.store.database import queries
from models.trail import TicketEvent, fields_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from models.store.database import Session

_SQL = queries("events")


class Happened(Struct, frozen=True, kw_only=True):
    """That something happened to a ticket; what, stands on its trail. Ticket 0 is none: a telephone number changed."""

    ticket_id: int
    seq: int
    type: str
    at: datetime


class Parties(NamedTuple):
    """Which departments have or had a part of a ticket, which have one in hand, and whom it accuses (回避)."""

    departments: frozenset[str]
    live: frozenset[str]
    recused: frozenset[str]


class Said(Struct, frozen=True, kw_only=True):
    """What a person wrote with an event, by field, opened; `assignment` is the part that the event is about."""

    seq: int
    type: str
    at: datetime
    assignment: int | None
    words: dict[str, str]


async def of_ticket(session: Session, ticket_id: int) -> list[TicketEvent]:
    """Return the whole trail of a ticket in order."""
    rows = _SQL.of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return [msgspec.convert(dict(row), TicketEvent) async for row in rows]


async def clocks_of(session: Session, ticket_ids: Collection[int]) -> dict[int, list[TicketEvent]]:
    """Return of some tickets the events that moved their parts' clocks, in order, by ticket."""
    rows = _SQL.clocks_of(session.connection, city_code=session.city_code, ticket_ids=list(ticket_ids))
    found: dict[int, list[TicketEvent]] = {}
    async for row in rows:
        found.setdefault(row["ticket_id"], []).append(msgspec.convert(dict(row), TicketEvent))
    return found


async def words_of_ticket(session: Session, ticket_id: int) -> list[Said]:
    """Return what people wrote with the events of a ticket, in order."""
    rows = _SQL.words_of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return [_said(session, ticket_id, row) async for row in rows]


async def ticket_ids(session: Session, after: int, most: int) -> list[int]:
    """Return the ids of the next tickets in order, for a walk over all of them."""
    rows = _SQL.ids_after(session.connection, city_code=session.city_code, after=after, batch=most)
    return [row["id"] async for row in rows]


async def without_ticket(session: Session) -> dict[int, int]:
    """Return the ids of tickets that are gone while their trail is there, and how many events each trail has."""
    rows = _SQL.without_ticket(session.connection, city_code=session.city_code)
    return {row["ticket_id"]: row["n"] async for row in rows}


async def touched_since(session: Session, at: datetime) -> list[int]:
    """Return the ids of the tickets that have an event since a time, in order."""
    return [
        row["ticket_id"] async for row in _SQL.touched_since(session.connection, city_code=session.city_code, since=at)
    ]


async def heads(session: Session, ticket_ids: Collection[int]) -> list[Leaf]:
    """Return where the chains of some tickets stand, in order."""
    rows = _SQL.heads(session.connection, city_code=session.city_code, ticket_ids=list(ticket_ids))
    return [Leaf(*row) async for row in rows]


async def heads_after(session: Session, after: int, most: int) -> list[Leaf]:
    """Return where the chains of the next tickets stand, in order, for a walk over all of them."""
    rows = _SQL.heads_after(session.connection, city_code=session.city_code, after=after, batch=most)
    return [Leaf(*row) async for row in rows]


async def damaged_words(session: Session, ticket_id: int) -> int | None:
    """Return the place in the trail of the first words that do not open, None where all do."""
    rows = _SQL.words_of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    async for row in rows:
        try:
            _opened(session, ticket_id, row)
        except (CannotOpen, msgspec.MsgspecError):
            return int(row["seq"])
    return None


async def counts(session: Session, since: datetime) -> dict[str, int]:
    """Return how often each kind of event was written since a time."""
    rows = _SQL.count_by_type(session.connection, city_code=session.city_code, since=since)
    return {row["type"]: row["n"] async for row in rows}


async def since(session: Session, at: datetime, most: int) -> list[Happened]:
    """Return what happened to any ticket from a time on, the oldest first."""
    rows = _SQL.since(session.connection, city_code=session.city_code, since=at, batch=most)
    return [Happened(**dict(row)) async for row in rows]


async def parties(session: Session, ticket_ids: Collection[int]) -> dict[int, Parties]:
    """Return for each ticket the departments that have or had a part of it, those that have one in hand, and whom it accuses."""
    rows = _SQL.parties(session.connection, city_code=session.city_code, ticket_ids=list(ticket_ids))
    found = ("departments", "live", "recused")
    return {row["ticket_id"]: Parties(*(frozenset(row[name]) for name in found)) async for row in rows}


def _said(session: Session, ticket_id: int, row: Any) -> Said:
    return Said(
        seq=row["seq"],
        type=row["type"],
        at=row["at"],
        assignment=fields_of(ticket_id, row["body"]).get("assignment"),
        words=_opened(session, ticket_id, row),
    )


def _opened(session: Session, ticket_id: int, row: Any) -> dict[str, str]:
    opened = session.keyring.unseal(row["words"], "event_words", "words", f"{ticket_id}/{row['seq']}")
    return msgspec.json.decode(opened, type=dict[str, str])
