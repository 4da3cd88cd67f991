"""The trail (全程留痕): every step of a ticket is a link of a chain of hashes, and whoever alters one breaks it."""

from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from models.errors import Conflict
from models.suite import Suite, digest
from models.ticket import GENESIS, Actor, Ticket, number_of
from models.vocabulary import Role

# Of an event's body: which suite hashes it.
EVENT_SCHEMA: Final = {Suite.STANDARD: 1, Suite.GUOMI: 2}
# 历史导入: the one event of a ticket that was taken over from an old platform; it holds what the others would.
IMPORTED: Final = "imported"
# A citizen's later words accuse whoever has the ticket: a person at the hotline reads it, no department does (回避).
ACCUSATION_HEARD: Final = "accusation_heard"
KEPT_BACK: Final = frozenset({ACCUSATION_HEARD})
# What an event can raise that was written or altered by somebody else than us.
UNREADABLE: Final = (msgspec.MsgspecError, LookupError, TypeError, ValueError, ArithmeticError)


class EventBody(Struct, frozen=True, kw_only=True):
    """What is hashed: the whole of an event. `fields` hold references and values, never personal data."""

    schema: int
    ticket: int
    seq: int
    type: str
    at: datetime
    actor_role: Role
    actor: str
    fields: dict[str, Any]


class TicketEvent(Struct, frozen=True, kw_only=True):
    """One link of the trail (全程留痕) as it is stored."""

    city_code: str
    ticket_id: int
    seq: int
    type: str
    at: datetime
    actor_role: Role
    actor: str
    body: bytes
    previous_hash: bytes
    hash: bytes


class DamagedTrail(Conflict):
    """What stands on a trail is not what was written there: somebody altered it outside the hub."""

    code = "damaged_trail"

    def __init__(self, ticket_id: int) -> None:
        number = number_of(ticket_id)
        super().__init__(
            f"工单{number}的留痕已损坏，无法读取；请系统管理员运行 hotline audit verify --ticket {number} 核查"
        )


_EVENT = msgspec.json.Encoder(order="sorted")


def link(
    city_code: str,
    ticket: Ticket,
    kind: str,
    at: datetime,
    actor: Actor,
    fields: dict[str, Any],
    suite: Suite = Suite.STANDARD,
) -> TicketEvent:
    """Make the next event of a ticket's chain: hash = digest(previous hash + body bytes)."""
    seq = ticket.event_count + 1
    body = _EVENT.encode(
        EventBody(
            schema=EVENT_SCHEMA[suite],
            ticket=ticket.id,
            seq=seq,
            type=kind,
            at=at,
            actor_role=actor.role,
            actor=actor.name,
            fields=fields,
        )
    )
    return TicketEvent(
        city_code=city_code,
        ticket_id=ticket.id,
        seq=seq,
        type=kind,
        at=at,
        actor_role=actor.role,
        actor=actor.name,
        body=body,
        previous_hash=ticket.head_hash,
        hash=digest(suite, ticket.head_hash + body),
    )


def broken_link(events: list[TicketEvent], ticket: Ticket) -> str | None:
    """Walk a whole trail; return in Chinese what is wrong with the first broken link, None where all holds."""
    previous = GENESIS
    for position, event in enumerate(events, start=1):
        body = _read_body(event.body)
        if event.seq != position:
            return f"第{position}条留痕缺失或错序"
        if event.previous_hash != previous or event.hash != digest(_suite(body), previous + event.body):
            return f"第{position}条留痕（{event.type}）的哈希不符，内容被改动"
        if body is None or _stored(event) != (
            body.seq,
            body.ticket,
            body.type,
            body.at,
            body.actor_role,
            body.actor,
        ):
            return f"第{position}条留痕（{event.type}）的列与正文不一致"
        previous = event.hash
    if len(events) != ticket.event_count or previous != ticket.head_hash:
        return f"留痕共{len(events)}条，与工单记载的{ticket.event_count}条或末尾哈希不符"
    return None


def event_fields(event: TicketEvent) -> dict[str, Any]:
    """Return what an event says beside its columns; raises DamagedTrail."""
    return fields_of(event.ticket_id, event.body)


def fields_of(ticket_id: int, body: bytes) -> dict[str, Any]:
    """Return what the stored body of an event says beside its columns; raises DamagedTrail."""
    content = _read_body(body)
    if content is None:
        raise DamagedTrail(ticket_id)
    return content.fields


def _suite(body: EventBody | None) -> Suite:
    """Return by what an event is hashed: it says so itself, under that hash."""
    return next((suite for suite, schema in EVENT_SCHEMA.items() if body and body.schema == schema), Suite.STANDARD)


def _read_body(body: bytes) -> EventBody | None:
    try:
        return msgspec.json.decode(body, type=EventBody)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _stored(event: TicketEvent) -> tuple[int, int, str, datetime, Role, str]:
    return (event.seq, event.ticket_id, event.type, event.at, event.actor_role, event.actor)
