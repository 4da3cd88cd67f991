"""What one step writes, all of it in one statement."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
from msgspec import Struct, field

from models.store.database import queries, to_rows
from models.ticket import MONTH, Assignment, Delivery, Notice, Ticket, TicketText, Timer
from models.trail import TicketEvent

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("steps")
_MISSING_PARTITION = "no partition of relation"


class NewText(Struct, frozen=True, kw_only=True):
    """The words of a new ticket with what search and comparison need."""

    ticket_id: int
    content: TicketText
    tokens: tuple[str, ...]
    bands: tuple[int, ...]
    fingerprint: bytes


class EventWords(Struct, frozen=True, kw_only=True):
    """What a person wrote with a step, by field, before sealing; its event says only which fields there are."""

    ticket_id: int
    seq: int
    words: dict[str, str]


class Remembered(Struct, frozen=True, kw_only=True):
    """An answer kept under the client's key, so that the same request again gets the same answer."""

    channel: str
    key: str
    request_digest: bytes
    status: int
    response: str


class Change(Struct, kw_only=True):
    """Everything that one step changes. Filled by hotline.step, written by `write`."""

    at: datetime
    tickets: list[Ticket] = field(default_factory=list)
    texts: list[NewText] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    events: list[TicketEvent] = field(default_factory=list)
    words: list[EventWords] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    dropped_timers: list[str] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    handoffs: list[dict[str, Any]] = field(default_factory=list)
    follow_ups: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    disputes: list[dict[str, Any]] = field(default_factory=list)
    supervisions: list[dict[str, Any]] = field(default_factory=list)
    amendments: list[dict[str, Any]] = field(default_factory=list)
    remembered: list[Remembered] = field(default_factory=list)


class KeyAlreadyUsed(Exception):
    """Another request with the same idempotency key was written first."""


async def write(session: Session, change: Change) -> None:
    """Write a whole step. Raises KeyAlreadyUsed; everything or nothing is written."""
    city, seal = session.city_code, session.keyring.seal
    try:
        await _SQL.write(
            session.connection,
            city_code=city,
            tickets=to_rows(change.tickets),
            texts=to_rows([_text_row(session, text) for text in change.texts]),
            bands=[band for text in change.texts for band in text.bands],
            band_tickets=[text.ticket_id for text in change.texts for _ in text.bands],
            assignments=to_rows(change.assignments),
            events=to_rows([_event_row(event) for event in change.events]),
            words=to_rows([_words_row(session, said) for said in change.words]),
            timers=to_rows(change.timers),
            ticket_id=change.tickets[-1].id,
            dropped_timers=change.dropped_timers,
            deliveries=to_rows(
                [
                    {
                        "id": d.id,
                        "ticket_id": d.ticket_id,
                        "position": d.position,
                        "department": d.department,
                        "type": d.type,
                        "body": seal(d.content, "deliveries", "body", d.id),
                        "created_at": change.at,
                    }
                    for d in change.deliveries
                ]
            ),
            notices=to_rows(
                [
                    {
                        "id": n.id,
                        "ticket_id": n.ticket_id,
                        "kind": n.kind,
                        "address": seal(n.address, "notices", "address", n.id),
                        "body": seal(n.content, "notices", "body", n.id),
                        "created_at": change.at,
                    }
                    for n in change.notices
                ]
            ),
            handoffs=to_rows(_in_city(change.handoffs, city)),
            follow_ups=to_rows(_in_city(change.follow_ups, city)),
            ratings=to_rows(_in_city(change.ratings, city)),
            disputes=to_rows(_in_city(change.disputes, city)),
            supervisions=to_rows(_in_city(change.supervisions, city)),
            amendments=to_rows(_in_city(change.amendments, city)),
            idempotency=to_rows([_remembered_row(session, r, change.at) for r in change.remembered]),
        )
    except asyncpg.UniqueViolationError as error:
        if error.table_name == "idempotency":
            raise KeyAlreadyUsed from error
        raise


async def write_new(session: Session, change: Change) -> None:
    """Write a ticket that did not exist before, making its month's partitions where they are missing."""
    is_inside = session.connection.is_in_transaction()
    try:
        # A failed statement would end the whole transaction that it stands in, but not a savepoint's.
        async with session.connection.transaction() if is_inside else contextlib.nullcontext():
            await write(session, change)
    except asyncpg.CheckViolationError as error:
        if _MISSING_PARTITION not in str(error):
            raise
        await ensure_month(session, change.at)
        await write(session, change)


async def ensure_month(session: Session, at: datetime) -> None:
    """Make the partitions for tickets registered at that time."""
    await _SQL.ensure_month(session.connection, yyyymm=at.year * 100 + at.month)


class Numbers:
    """Hands out ticket ids, a hundred from the database at a time; a lost block leaves a gap, never a double."""

    def __init__(self) -> None:
        self._next = 0
        self._left = 0

    async def take(self, session: Session, at: datetime) -> int:
        """Return the id for a ticket registered at that time."""
        if self._left == 0:
            self._next = int(await _SQL.take_numbers(session.connection))
            self._left = 100
        number = self._next
        self._next += 1
        self._left -= 1
        return (at.year * 100 + at.month) * MONTH + number


def _event_row(event: TicketEvent) -> dict[str, Any]:
    """Return an event with its body as text: the same bytes, at half the length of their hex."""
    row = {name: getattr(event, name) for name in TicketEvent.__struct_fields__}
    row["body"] = event.body.decode()
    return row


def _words_row(session: Session, said: EventWords) -> dict[str, Any]:
    content = msgspec.json.encode(said.words, order="sorted").decode()
    return {
        "city_code": session.city_code,
        "ticket_id": said.ticket_id,
        "seq": said.seq,
        "words": session.keyring.seal(content, "event_words", "words", f"{said.ticket_id}/{said.seq}"),
    }


def _text_row(session: Session, text: NewText) -> dict[str, Any]:
    seal, row, content = session.keyring.seal, text.ticket_id, text.content
    caller = f"{content.caller_name or ''}\n{content.caller_phone or ''}"
    return {
        "city_code": session.city_code,
        "id": row,
        "query_code": seal(content.query_code, "ticket_texts", "query_code", row),
        "text": seal(content.text, "ticket_texts", "text", row),
        "brief": seal(content.brief, "ticket_texts", "brief", row),
        "caller": seal(caller, "ticket_texts", "caller", row) if caller != "\n" else None,
        "masked_text": content.masked_text,
        "reading": content.reading,
        "answer": seal(content.answer, "ticket_texts", "answer", row) if content.answer else None,
        "tokens": text.tokens,
        "fingerprint": text.fingerprint,
    }


def _remembered_row(session: Session, kept: Remembered, at: datetime) -> dict[str, Any]:
    return {
        "city_code": session.city_code,
        "channel": kept.channel,
        "key": kept.key,
        "request_digest": kept.request_digest,
        "status": kept.status,
        "response": session.keyring.seal(kept.response, "idempotency", "response", f"{kept.channel}/{kept.key}"),
        "created_at": at,
    }


def _in_city(rows: list[dict[str, Any]], city: str) -> list[dict[str, Any]]:
    return [{"city_code": city, **row} for row in rows]
