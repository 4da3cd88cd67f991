"""Candidates for duplicates (重复诉求、同一事件): what a new ticket is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from models.store.database import queries
from models.ticket import first_id

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("duplicates")


class Wanted(Struct, frozen=True, kw_only=True):
    """By what candidates for a duplicate are found; `place` only where the gazetteer knows it, `district` where it is known."""

    bands: Sequence[int]
    caller_index: bytes | None
    place: str | None
    category: str
    district: str | None
    since: datetime


class Alike(Struct, frozen=True):
    """A candidate for a duplicate: of its ticket only what is compared or shown, and its fingerprint."""

    id: int
    state: str
    kind: str
    category: str
    caller_index: bytes | None
    place: str | None
    district: str | None
    registered_at: datetime
    fingerprint: bytes
    is_confidential: bool


async def alike(session: Session, wanted: Sequence[Wanted]) -> list[list[Alike]]:
    """Return for each recent tickets with similar words, of the same caller, or of that category at that place, in no order.

    Another caller's in another district is left out.
    """
    since = min(one.since for one in wanted)
    rows = _SQL.alike(
        session.connection,
        city_code=session.city_code,
        bands=[band for one in wanted for band in one.bands],
        askers=[n for n, one in enumerate(wanted) for _ in one.bands],
        caller_indexes=[one.caller_index for one in wanted],
        places=[one.place for one in wanted],
        categories=[one.category for one in wanted],
        districts=[one.district for one in wanted],
        since=first_id(since),
    )
    found: list[list[Alike]] = [[] for _ in wanted]
    async for asker, *columns in rows:
        found[asker].append(Alike(*columns))
    return found
