"""What one step writes, all of it in one statement."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import msgspec
from msgspec import Struct, field

from models.store.database import queries, to_rows
from models.store.prompts import KeywordHit
from models.store.together import Together
from models.store.waves import Link
from models.ticket import MONTH, Assignment, Delivery, Notice, Ticket, TicketText, Timer
from models.trail import TicketEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.store.database import Session

_SQL = queries("steps")
_MISSING_PARTITION: Final = "no partition of relation"


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
    links: list[Link] = field(default_factory=list)
    hits: list[KeywordHit] = field(default_factory=list)
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


async def write(session: Session, *changes: Change) -> None:
    """Write whole steps, everything or nothing. Raises KeyAlreadyUsed.

    More than one only where each makes a new ticket: timers are dropped of the last one's ticket alone.
    """

    def rows(name: str) -> str:
        return to_rows([one for change in changes for one in getattr(change, name)])

    def made(name: str, row: Callable[[Session, Any, datetime], dict[str, Any]]) -> str:
        return to_rows([row(session, one, change.at) for change in changes for one in getattr(change, name)])

    texts = [text for change in changes for text in change.texts]
    try:
        await _SQL.write(
            session.connection,
            city_code=session.city_code,
            tickets=rows("tickets"),
            texts=made("texts", text_row),
            bands=[band for text in texts for band in text.bands],
            band_tickets=[text.ticket_id for text in texts for _ in text.bands],
            links=rows("links"),
            hits=rows("hits"),
            assignments=rows("assignments"),
            events=made("events", _event_row),
            words=made("words", _words_row),
            timers=rows("timers"),
            ticket_id=changes[-1].tickets[-1].id,
            dropped_timers=changes[-1].dropped_timers,
            deliveries=made("deliveries", _delivery_row),
            notices=made("notices", _notice_row),
            handoffs=made("handoffs", _city_row),
            follow_ups=made("follow_ups", _city_row),
            ratings=made("ratings", _city_row),
            disputes=made("disputes", _city_row),
            supervisions=made("supervisions", _city_row),
            amendments=made("amendments", _city_row),
            idempotency=made("remembered", _remembered_row),
        )
    except asyncpg.UniqueViolationError as error:
        if error.table_name == "idempotency":
            raise KeyAlreadyUsed from error
        raise


async def write_new(session: Session, *changes: Change) -> None:
    """Write tickets that did not exist before, making their months' partitions where they are missing."""
    is_inside = session.connection.is_in_transaction()
    try:
        # A failed statement would end the whole transaction that it stands in, but not a savepoint's.
        async with session.connection.transaction() if is_inside else contextlib.nullcontext():
            await write(session, *changes)
    except asyncpg.CheckViolationError as error:
        if _MISSING_PARTITION not in str(error):
            raise
        for yyyymm in sorted({change.at.year * 100 + change.at.month for change in changes}):
            await _SQL.ensure_month(session.connection, yyyymm=yyyymm)
        await write(session, *changes)


def new_tickets() -> Together[Session, Change, None]:
    """Return the writer of new tickets: a statement for many costs little more than a statement for one."""

    async def work(session: Session, changes: Sequence[Change]) -> list[None]:
        await write_new(session, *changes)
        return [None] * len(changes)

    return Together(work)


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


def _event_row(_session: Session, event: TicketEvent, _at: datetime) -> dict[str, Any]:
    """Return an event with its body as text: the same bytes, at half the length of their hex."""
    row = {name: getattr(event, name) for name in TicketEvent.__struct_fields__}
    row["body"] = event.body.decode()
    return row


def _words_row(session: Session, said: EventWords, _at: datetime) -> dict[str, Any]:
    content = msgspec.json.encode(said.words, order="sorted").decode()
    return {
        "city_code": session.city_code,
        "ticket_id": said.ticket_id,
        "seq": said.seq,
        "words": session.keyring.seal(content, "event_words", "words", f"{said.ticket_id}/{said.seq}"),
    }


def text_row(session: Session, text: NewText, _at: datetime | None = None) -> dict[str, Any]:
    """Return the words of a new ticket as they are stored: sealed, but for what is masked."""
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


def _delivery_row(session: Session, delivery: Delivery, at: datetime) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "ticket_id": delivery.ticket_id,
        "position": delivery.position,
        "department": delivery.department,
        "type": delivery.type,
        "body": session.keyring.seal(delivery.content, "deliveries", "body", delivery.id),
        "created_at": at,
        "traceparent": delivery.traceparent,
    }


def _notice_row(session: Session, notice: Notice, at: datetime) -> dict[str, Any]:
    return {
        "id": notice.id,
        "ticket_id": notice.ticket_id,
        "kind": notice.kind,
        "address": session.keyring.seal(notice.address, "notices", "address", notice.id),
        "body": session.keyring.seal(notice.content, "notices", "body", notice.id),
        "created_at": at,
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


def _city_row(session: Session, row: dict[str, Any], _at: datetime) -> dict[str, Any]:
    return {"city_code": session.city_code, **row}
