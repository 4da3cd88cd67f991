"""Calls, chats and letters (来话/会话), each with 0..n tickets."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from models.seats import SeatRule
    from models.store.database import Session
    from models.vocabulary import Channel

_SQL = queries("interactions")


class Interaction(Struct, frozen=True, kw_only=True):
    """One call, chat or letter; `transcript` is opened. From `asked_at` on its caller wants a person.

    `line` was dialled, the seats of `handling_line` have it now. Where it did not come by telephony, `typed_by` wrote down who calls.
    """

    id: int
    channel: str
    line: str | None
    handling_line: str | None
    seat_group: str
    agent: str | None
    caller_index: bytes | None
    typed_by: str | None
    offered_at: datetime
    asked_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    transcript: str
    call_back_by: datetime | None
    called_back_at: datetime | None
    call_back_attempts: int
    call_back_outcome: str | None


class Outcomes(Struct, frozen=True, kw_only=True):
    """How many interactions of one line and seat group ended in one way, and how they went; times are sums in seconds.

    `outcome` is `under_way` where they have not ended, `unstated` where nobody said how. Each is `answered` by a person,
    `abandoned` before that, still `waiting`, or has ended `unanswered` otherwise, as with a program. Of those who `asked` for a
    person `asking` still wait; `hung_up` was abandoned too soon to count; `soon` was answered within the limit. Of the `resolvable`
    the callers of `again` came back about the same matter.
    """

    line: str | None
    seat_group: str
    outcome: str
    offered: int
    answered: int
    abandoned: int
    waiting: int
    unanswered: int
    asked: int
    asking: int
    hung_up: int
    soon: int
    wait_s: float
    longest_wait_s: float
    talks: int
    talk_s: float
    resolvable: int
    again: int


async def offer(
    session: Session,
    channel: Channel,
    line: str | None,
    seat_group: str,
    phone: str | None,
    *,
    at: datetime,
    asked_at: datetime | None,
    typed_by: str | None = None,
) -> int:
    """Record that an interaction arrives; returns its id."""
    keyring = session.keyring
    index = keyring.blind_index(phone) if phone else None
    return int(
        await _SQL.offer(
            session.connection,
            city_code=session.city_code,
            channel=channel,
            line=line,
            seat_group=seat_group,
            caller_index=index,
            caller=keyring.seal(phone, "interactions", "caller", index.hex()) if phone and index else None,
            at=at,
            asked_at=asked_at,
            typed_by=typed_by,
        )
    )


async def known_caller(session: Session, interaction_id: int, phone: str) -> Interaction:
    """Record whose interaction it turned out to be; returns it, locked. Raises NotFound."""
    index = session.keyring.blind_index(phone)
    await _SQL.known_caller(
        session.connection,
        city_code=session.city_code,
        id=interaction_id,
        caller_index=index,
        caller=session.keyring.seal(phone, "interactions", "caller", index.hex()),
    )
    return await lock(session, interaction_id)


async def is_unproven(session: Session, interaction_id: int) -> bool:
    """Tell whether this is a chat whose citizen has typed a phone and not proved that it is theirs."""
    return bool(await _SQL.is_unproven(session.connection, city_code=session.city_code, id=interaction_id))


async def is_known(session: Session, interaction_id: int) -> bool:
    """Tell whether there is such an interaction."""
    return await _SQL.known(session.connection, city_code=session.city_code, id=interaction_id) is not None


async def has_tickets(session: Session, interaction_id: int) -> bool:
    """Tell whether a ticket came of an interaction."""
    return bool(await _SQL.has_tickets(session.connection, city_code=session.city_code, id=interaction_id))


async def lock(session: Session, interaction_id: int) -> Interaction:
    """Lock and return an interaction; raises NotFound."""
    row = await _SQL.lock(session.connection, city_code=session.city_code, id=interaction_id)
    return _opened(session, interaction_id, row)


async def get(session: Session, interaction_id: int) -> Interaction:
    """Return an interaction; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=interaction_id)
    return _opened(session, interaction_id, row)


async def change(session: Session, interaction: Interaction) -> None:
    """Write what happened to an interaction."""
    transcript = interaction.transcript
    await _SQL.change(
        session.connection,
        city_code=session.city_code,
        id=interaction.id,
        asked_at=interaction.asked_at,
        answered_at=interaction.answered_at,
        ended_at=interaction.ended_at,
        outcome=interaction.outcome,
        agent=interaction.agent,
        transcript=session.keyring.seal(transcript, "interactions", "transcript", interaction.id)
        if transcript
        else None,
    )


async def missed(session: Session, interaction: Interaction, call_back_by: datetime) -> tuple[int, datetime]:
    """Put a missed call on the call-back list, unless that phone waits there already; returns what waits, and by when.

    The interaction must be locked and have a caller.
    """
    city = session.city_code
    index = interaction.caller_index or b""
    await _SQL.lock_caller(session.connection, caller=f"call {city} {index.hex()}")
    row = await _SQL.missed(session.connection, city_code=city, id=interaction.id, call_back_by=call_back_by)
    return row["id"], row["call_back_by"]


async def tried(session: Session, interaction: Interaction) -> None:
    """Record that somebody called back, and whether that is over."""
    await _SQL.tried(
        session.connection,
        city_code=session.city_code,
        id=interaction.id,
        attempts=interaction.call_back_attempts,
        outcome=interaction.call_back_outcome,
        at=interaction.called_back_at,
    )


async def phone(session: Session, interaction_id: int) -> str | None:
    """Return the phone that an interaction came from, in the clear: for who must dial it."""
    row = await _SQL.caller(session.connection, city_code=session.city_code, id=interaction_id)
    if row is None or row["caller"] is None:
        return None
    return session.keyring.unseal(row["caller"], "interactions", "caller", row["caller_index"].hex())


async def late(session: Session, interaction_id: int, at: datetime) -> None:
    """Record that nobody called back in time."""
    await _SQL.late(session.connection, city_code=session.city_code, id=interaction_id, at=at)


async def called_back(session: Session, caller_index: bytes, at: datetime) -> list[int]:
    """Settle what waits for that phone; returns the interactions that did."""
    rows = _SQL.called_back(session.connection, city_code=session.city_code, caller_index=caller_index, at=at)
    return [row["id"] async for row in rows]


async def waiting(session: Session, n: int) -> list[dict[str, Any]]:
    """Return missed calls to be called back, nearest due first."""
    rows = _SQL.waiting(session.connection, city_code=session.city_code, n=n)
    return [dict(row) async for row in rows]


async def outcomes(session: Session, since: datetime, until: datetime, rule: SeatRule) -> list[Outcomes]:
    """Return how what arrived in a period went, a row for each line, seat group and outcome, lines in order."""
    rows = _SQL.outcomes(
        session.connection,
        city_code=session.city_code,
        since=since,
        until=until,
        soon_s=rule.answer_within_s,
        short_s=rule.short_abandon_s,
        within_days=rule.resolved_within_days,
    )
    return [Outcomes(**row) async for row in rows]


def _opened(session: Session, interaction_id: int, row: Any) -> Interaction:
    if row is None:
        raise NotFound(f"没有编号为{interaction_id}的来话")
    sealed = row["transcript"]
    values = {name: row[name] for name in Interaction.__struct_fields__ if name != "transcript"}
    opened = session.keyring.unseal(sealed, "interactions", "transcript", interaction_id) if sealed else ""
    return Interaction(transcript=opened, **values)
