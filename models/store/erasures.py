"""删除个人信息: what is personal of tickets, calls and chats goes; what is hashed into the trail holds nothing personal and stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from models.errors import Conflict
from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("erasures")
# What of a reading tells of a person, and what stands there instead.
_NOTHING_READ: Final[dict[str, Any]] = {
    **dict.fromkeys(("place", "subject", "accused", "misconduct", "time", "occurred_at", "interval", "people")),
    "amounts": [],
    "plates": 0,
    "title_length": 0,
}


class Limits(NamedTuple):
    """Limits on the calls of a phone: those that wait or hold, and those that are over."""

    holding: int
    over: int


async def tickets_of_phone(session: Session, index: bytes) -> list[int]:
    """Return the tickets of a phone that are not erased, in order."""
    rows = _SQL.of_phone(session.connection, city_code=session.city_code, caller_index=index)
    return [row["id"] async for row in rows]


async def is_erased(session: Session, ticket_id: int) -> bool:
    """Tell whether nothing personal is kept of this ticket any more."""
    return bool(await _SQL.is_erased(session.connection, city_code=session.city_code, id=ticket_id))


async def check_kept(session: Session, ticket_id: int) -> None:
    """Refuse people a locked ticket that is erased: what they write there would be personal again. Raises Conflict."""
    if await is_erased(session, ticket_id):
        raise Conflict("该工单的个人信息已删除，不能再办理或补充内容")


async def is_needed(session: Session, ticket_id: int) -> bool:
    """Tell whether an open matter of others stands on this ticket."""
    return bool(await _SQL.is_needed(session.connection, city_code=session.city_code, id=ticket_id))


async def erase_tickets(session: Session, ids: Sequence[int], words: str, at: datetime) -> None:
    """Erase what is personal of some locked tickets; where words must stand, `words` say why there are none. Files are put down."""
    key = {"city_code": session.city_code, "ids": list(ids)}
    await _erase_texts(session, ids, words)
    await _SQL.erase_tickets(session.connection, **key, at=at)
    for erase in (
        _SQL.erase_event_words,
        _SQL.erase_replies,
        _SQL.erase_letters,
        _SQL.erase_deliveries,
        _SQL.erase_notices,
        _SQL.erase_handoffs,
        _SQL.erase_follow_ups,
        _SQL.erase_remarks,
    ):
        await erase(session.connection, **key)
    for told in (_SQL.erase_waves, _SQL.erase_prompts):
        await told(session.connection, **key, words=words)
    await _erase_evidence(session, ids, words)
    await _SQL.erase_attachments(session.connection, **key, at=at)
    calls = [row["id"] async for row in _SQL.calls_of_tickets(session.connection, **key)]
    await erase_calls(session, calls, is_over=True)


async def calls_of_phone(session: Session, index: bytes) -> list[int]:
    """Return the calls of a phone, and the chats in which it was verified, as interactions."""
    key = {"city_code": session.city_code}
    calls = {row["id"] async for row in _SQL.calls_of_phone(session.connection, **key, caller_index=index)}
    chats = _SQL.chats_of_phone(session.connection, **key, phone_index=index)
    return sorted(calls | {row["interaction"] async for row in chats})


async def free_calls(session: Session, ids: Sequence[int], *, is_over: bool, besides: Sequence[int] = ()) -> list[int]:
    """Return those of some calls and chats that nothing is kept for, locked; with `is_over` also those that have not ended.

    `besides` are tickets that are about to be erased.
    """
    told = {"ids": list(ids), "is_over": is_over, "besides": list(besides)}
    rows = _SQL.free_calls(session.connection, city_code=session.city_code, **told)
    return [row["id"] async for row in rows]


async def erase_calls(session: Session, ids: Sequence[int], *, is_over: bool) -> int:
    """Erase who called and what was said, of those that nothing is kept for; returns how many there were."""
    key = {"city_code": session.city_code}
    free = await free_calls(session, ids, is_over=is_over)
    await _SQL.erase_calls(session.connection, **key, ids=free)
    chats = [row["id"] async for row in _SQL.chats_of_calls(session.connection, **key, ids=free)]
    if chats:
        for erase in (_SQL.erase_turns, _SQL.erase_reviews, _SQL.erase_chats, _SQL.erase_codes):
            await erase(session.connection, **key, ids=chats)
        await _SQL.erase_talks(session.connection, senders=[f"c{chat}" for chat in chats])
    return len(free)


async def limits(session: Session, index: bytes, at: datetime) -> Limits:
    """Return how many limits on the calls of a phone there are."""
    return Limits(*await _SQL.limits(session.connection, city_code=session.city_code, caller_index=index, at=at))


async def erase_phone(session: Session, index: bytes, at: datetime) -> None:
    """Erase what else is found by a phone: codes, limits that are over, whose the support for suggestions was."""
    key = {"city_code": session.city_code}
    await _SQL.erase_phone_codes(session.connection, **key, phone_index=index)
    await _SQL.erase_limits(session.connection, **key, caller_index=index, at=at)
    await _SQL.erase_supports(session.connection, **key, caller_index=index)


async def removed_files(session: Session, n: int) -> list[str]:
    """Return files of which nothing is known any more and which may still lie in the folder."""
    return [row["id"] async for row in _SQL.removed_files(session.connection, city_code=session.city_code, n=n)]


async def forget_files(session: Session, ids: Sequence[str]) -> None:
    """They are deleted."""
    await _SQL.forget_files(session.connection, city_code=session.city_code, ids=list(ids))


async def _erase_texts(session: Session, ids: Sequence[int], words: str) -> None:
    rows = [row async for row in _SQL.readings(session.connection, city_code=session.city_code, ids=list(ids))]
    seal = session.keyring.seal
    blank = [
        {**row["reading"], **{name: _NOTHING_READ[name] for name in _NOTHING_READ.keys() & row["reading"]}}
        for row in rows
    ]
    await _SQL.erase_texts(
        session.connection,
        city_code=session.city_code,
        words=words,
        ids=[row["id"] for row in rows],
        texts=[seal(words, "ticket_texts", "text", row["id"]) for row in rows],
        briefs=[seal(words, "ticket_texts", "brief", row["id"]) for row in rows],
        readings=[msgspec.json.encode(one).decode() for one in blank],
    )


async def _erase_evidence(session: Session, ids: Sequence[int], words: str) -> None:
    key = {"city_code": session.city_code}
    rows = [row async for row in _SQL.exclusions(session.connection, **key, ids=list(ids))]
    if rows:
        sealed = [
            session.keyring.seal(words, "exclusions", "evidence", f"{row['ticket_id']}/{row['seq']}") for row in rows
        ]
        await _SQL.erase_evidence(session.connection, **key, ids=[row["id"] for row in rows], evidence=sealed)
