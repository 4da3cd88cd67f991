"""群体/热点: tickets that resemble one another, gathered; what is raised of them and how it is described."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from models.store.database import Session

_SQL = queries("waves")
LATEST: Final = (datetime(9999, 1, 1, tzinfo=UTC), 2**63 - 1)


class Link(Struct, frozen=True, kw_only=True):
    """A new ticket and the earlier one that it is likest to; `likeness` tells how surely (0..1)."""

    city_code: str
    ticket_id: int
    at: datetime
    nearest: int
    likeness: float


class Waiting(Struct, frozen=True, kw_only=True):
    """A ticket that has not joined a wave."""

    ticket_id: int
    nearest: int
    likeness: float


class Member(Struct, frozen=True, kw_only=True):
    """A ticket of a wave with what a description is made of."""

    id: int
    place: str | None
    category: str
    masked_text: str
    fingerprint: bytes


class Described(Struct, frozen=True, kw_only=True):
    """What a wave is about; `tickets` is how many it had when that was said."""

    tickets: int
    representative: int
    sentence: str
    keywords: list[str]
    place: str | None
    category: str


class Wave(Struct, frozen=True, kw_only=True):
    """A raised wave; `id` is its first ticket, `newest` are its newest."""

    id: int
    tickets: int
    callers: int
    first_at: datetime
    last_at: datetime
    raised_at: datetime
    representative: int
    sentence: str
    keywords: list[str]
    place: str | None
    category: str
    newest: list[int]


async def waiting(session: Session, size: int) -> list[Waiting]:
    """Lock and return the next tickets that have not joined a wave, the oldest first."""
    rows = _SQL.waiting(session.connection, city_code=session.city_code, page_size=size)
    return [msgspec.convert(dict(row), Waiting) async for row in rows]


async def of_tickets(session: Session, ids: Collection[int]) -> dict[int, int | None]:
    """Return the wave of tickets by id, None for one that is about to join; one that resembles no other is left out."""
    rows = _SQL.of_tickets(session.connection, city_code=session.city_code, ids=list(ids))
    return {row["ticket_id"]: row["wave"] async for row in rows}


async def join(session: Session, joined: Mapping[int, int], founders: Collection[int]) -> None:
    """Let tickets join waves, by their first ticket's id; `founders` are first tickets that resembled no other."""
    await _SQL.found(session.connection, city_code=session.city_code, ids=list(founders))
    await _SQL.join(session.connection, city_code=session.city_code, ids=list(joined), waves=list(joined.values()))


async def count(session: Session, ids: Collection[int], *, since: datetime, callers: int, at: datetime) -> list[int]:
    """Count waves anew and raise those that so many callers have come to since a time; return the ones raised just now."""
    rows = _SQL.count(
        session.connection, city_code=session.city_code, ids=list(ids), since=since, callers=callers, at=at
    )
    return [row["id"] async for row in rows if row["is_new"]]


async def stale(session: Session, size: int) -> dict[int, int]:
    """Return raised waves that are to be described anew, by id, with how many tickets they have."""
    rows = _SQL.stale(session.connection, city_code=session.city_code, page_size=size)
    return {row["id"]: row["tickets"] async for row in rows}


async def newest(session: Session, wave: int, most: int) -> list[Member]:
    """Return the newest tickets of a wave in the order of their numbers."""
    rows = _SQL.newest(session.connection, city_code=session.city_code, id=wave, most=most)
    return [Member(**row) async for row in rows]


async def describe(session: Session, wave: int, said: Described) -> None:
    """Keep what a wave is about."""
    await _SQL.describe(session.connection, city_code=session.city_code, id=wave, **msgspec.structs.asdict(said))


async def page(session: Session, before: tuple[datetime, int] | None, size: int, newest: int) -> list[Wave]:
    """Return one page of raised waves before a cursor (last_at, id), the one with the newest ticket first."""
    at, last = before or LATEST
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        before_at=at,
        before_id=last,
        newest=newest,
        page_size=size,
    )
    return [Wave(**row) async for row in rows]
