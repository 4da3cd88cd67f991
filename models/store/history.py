"""Tickets of an old platform (历史导入), written by the hundred: by COPY, which costs a fraction of the usual statement."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import msgspec
from msgspec import Struct

from models.store.database import queries
from models.store.steps import NewText, text_row
from models.ticket import Assignment, Ticket
from models.trail import TicketEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.store.database import Session

_SQL = queries("history")
_TABLE: Final = "imported"
_PARTED_BY: Final = "\x1f"
# asyncpg copies no JSON; nothing of the past is asked for any more.
_PART_COLUMNS: Final = tuple(name for name in Assignment.__struct_fields__ if name != "asked")


class OldRating(Struct, frozen=True, kw_only=True):
    """What the citizen thought of the answer then (评价)."""

    city_code: str
    ticket_id: int
    at: datetime
    solved: bool
    satisfied: bool
    score: int


class Imported(Struct, frozen=True, kw_only=True):
    """One ticket of the past with all that belongs to it."""

    ticket: Ticket
    text: NewText
    event: TicketEvent
    part: Assignment | None
    rating: OldRating | None


class ImportedMeanwhile(Exception):
    """Somebody else has imported one of these tickets first; nothing was written."""


async def known(session: Session, source: str, numbers: Sequence[str]) -> set[str]:
    """Return which of these numbers of an old platform were imported before."""
    rows = _SQL.known(session.connection, city_code=session.city_code, source=source, numbers=list(numbers))
    return {row["number"] async for row in rows}


async def write(session: Session, batch: Sequence[Imported]) -> None:
    """Write whole tickets; call it in a transaction, with the partitions of their months made. Raises ImportedMeanwhile."""
    tickets = [one.ticket for one in batch]
    marks = [(one.city_code, one.imported_from, one.old_number, one.id) for one in tickets]
    try:
        # First of all: where the number is taken, nothing else need be written.
        await session.connection.copy_records_to_table(
            _TABLE, records=marks, columns=("city_code", "source", "number", "ticket_id")
        )
    except asyncpg.UniqueViolationError as error:
        raise ImportedMeanwhile from error
    await _copy(session, "tickets", Ticket.__struct_fields__, tickets)
    await _write_texts(session, [one.text for one in batch])
    bands = [(session.city_code, band, one.text.ticket_id) for one in batch for band in dict.fromkeys(one.text.bands)]
    await session.connection.copy_records_to_table(
        "ticket_bands", records=bands, columns=("city_code", "band", "ticket_id")
    )
    await _copy(session, "assignments", _PART_COLUMNS, [one.part for one in batch if one.part])
    await _copy(session, "events", TicketEvent.__struct_fields__, [one.event for one in batch])
    await _copy(session, "ratings", OldRating.__struct_fields__, [one.rating for one in batch if one.rating])


async def _copy(session: Session, table: str, columns: Sequence[str], records: Sequence[Struct]) -> None:
    if records:
        rows = [tuple(getattr(one, name) for name in columns) for one in records]
        await session.connection.copy_records_to_table(table, records=rows, columns=columns)


async def _write_texts(session: Session, texts: Sequence[NewText]) -> None:
    rows: list[dict[str, Any]] = [text_row(session, text) for text in texts]

    def column(name: str) -> list[Any]:
        return [row[name] for row in rows]

    await _SQL.write_texts(
        session.connection,
        city_code=session.city_code,
        ids=column("id"),
        query_codes=column("query_code"),
        texts=column("text"),
        briefs=column("brief"),
        callers=column("caller"),
        masked_texts=column("masked_text"),
        readings=[msgspec.json.encode(row["reading"]).decode() for row in rows],
        tokens=[_PARTED_BY.join(row["tokens"]) for row in rows],
        fingerprints=column("fingerprint"),
        answers=column("answer"),
    )
