"""Everything that is kept of one person, found by the blind index of the phone and opened (查阅复制)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.lifecycle import Action
from models.store import attachments, conversations, events, tickets
from models.store.database import queries
from models.ticket import number_of

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("persons")
# The steps that are taken by or for a caller: the words beside them are that caller's, also where a seat wrote them down.
_CALLERS_STEPS: Final = frozenset({Action.SUPPLEMENT, Action.URGE, Action.WITHDRAW, Action.ASK_REOPEN})


class PersonsTicket(Struct, frozen=True, kw_only=True):
    """One request: what its caller gave and was told. Nothing that a department or a colleague wrote for others is in it."""

    number: str
    registered_at: datetime
    channel: str
    kind: str
    category: str
    identity: str
    disclosure: str
    state: str
    promised_at: datetime
    closed_at: datetime | None
    name: str | None
    phone: str | None
    text: str
    answer: str | None
    said_later: list[dict[str, Any]]
    follow_ups: list[dict[str, Any]]
    rating: dict[str, Any] | None
    attachments: list[str]
    messages: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    looks: list[dict[str, Any]]


class Person(Struct, frozen=True, kw_only=True):
    """All of it."""

    tickets: list[PersonsTicket]
    interactions: list[dict[str, Any]]
    conversations: list[list[dict[str, Any]]]
    limits: list[dict[str, Any]]


async def of_phone(session: Session, index: bytes) -> Person:
    """Return what is kept of whoever has this phone."""
    key = {"city_code": session.city_code, "caller_index": index}
    ids = [row["id"] async for row in _SQL.tickets(session.connection, **key)]
    talks = _SQL.conversations(session.connection, city_code=session.city_code, phone_index=index)
    talk_ids = [row["id"] async for row in talks]
    return Person(
        tickets=[await _ticket(session, ticket_id) for ticket_id in ids],
        interactions=[_call(session, row) async for row in _SQL.interactions(session.connection, **key)],
        conversations=[await _talk(session, talk) for talk in talk_ids],
        limits=[dict(row) async for row in _SQL.limits(session.connection, **key)],
    )


async def _ticket(session: Session, ticket_id: int) -> PersonsTicket:
    ticket, text = await tickets.get(session, ticket_id), await tickets.text(session, ticket_id)
    key = {"city_code": session.city_code, "ticket_id": ticket_id}
    files = await attachments.of_ticket(session, ticket_id)
    rating = await _SQL.rating(session.connection, **key)
    return PersonsTicket(
        number=number_of(ticket_id),
        registered_at=ticket.registered_at,
        channel=ticket.channel,
        kind=ticket.kind,
        category=ticket.category,
        identity=ticket.identity,
        disclosure=ticket.disclosure,
        state=ticket.state,
        promised_at=ticket.promised_at,
        closed_at=ticket.closed_at,
        name=text.caller_name,
        phone=text.caller_phone,
        text=text.text,
        answer=text.answer,
        said_later=await _said_later(session, ticket_id),
        follow_ups=[dict(row) async for row in _SQL.answers(session.connection, **key)],
        rating=None if rating is None else dict(rating),
        # A department's photos of its work are its own.
        attachments=[file.name for file in files if file.assignment is None],
        messages=[_message(session, row) async for row in _SQL.messages(session.connection, **key)],
        steps=[dict(row) async for row in _SQL.steps(session.connection, **key)],
        looks=[dict(row) async for row in _SQL.looks(session.connection, **key)],
    )


async def _said_later(session: Session, ticket_id: int) -> list[dict[str, Any]]:
    said = await events.words_of_ticket(session, ticket_id)
    return [{"type": one.type, "at": one.at, **one.words} for one in said if one.type in _CALLERS_STEPS]


def _message(session: Session, row: Any) -> dict[str, Any]:
    body = session.keyring.unseal(row["body"], "notices", "body", row["id"])
    return {"kind": row["kind"], "content": body, "created_at": row["created_at"], "sent_at": row["sent_at"]}


def _call(session: Session, row: Any) -> dict[str, Any]:
    sealed = row["transcript"]
    said = session.keyring.unseal(sealed, "interactions", "transcript", row["id"]) if sealed else None
    return {**row, "transcript": said}


async def _talk(session: Session, conversation_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while more := await conversations.turns(session, conversation_id, len(found)):
        found += [{"at": turn.at, "by": turn.by, "text": turn.text} for turn in more]
    return found
