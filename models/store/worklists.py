"""工单列表: lists of tickets by page, each in an order that an index serves."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.barring import NOBODY, Barring
from models.lifecycle import TicketState
from models.store.database import queries
from models.store.tickets import EARLIEST, LAST_ID, ticket_of
from models.ticket import MONTH, Ticket, first_id
from models.vocabulary import Kind

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("worklists")
# What is looked at ticket by ticket before an index of words is asked: in so many a word that one in fifty has fills a page.
LOOKED_AT: Final = 1000
# How often that is done for a department's words: they are rarer among all that the city says than among its own.
OF_DEPARTMENT: Final = 5
Urgent = tuple[int, datetime, int]
Due = tuple[datetime, int]


class Listed(Struct, frozen=True, kw_only=True):
    """A ticket in a list, with its masked words and, in a worklist, the part that is listed."""

    ticket: Ticket
    masked_text: str
    ordinal: int | None = None
    part_reply_by: datetime | None = None
    part_state: str | None = None
    asks: str | None = None


class Filter(Struct, frozen=True, kw_only=True):
    """What a list of tickets must fit; None fits all. `since` and `until` are of the registration, the first meant.

    What accuses one of `barred` is kept from the list, but for a live part of its own.
    """

    states: Sequence[TicketState] | None = None
    departments: Sequence[str] | None = None
    category: str | None = None
    line: str | None = None
    late_at: datetime | None = None
    tokens: Sequence[str] | None = None
    kind: Kind | None = None
    urgency: int | None = None
    district: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    barred: Barring = NOBODY

    @property
    def ids(self) -> tuple[int, int]:
        """The lowest id that a ticket in it can have, and the first above all of them: an id begins with the month."""
        low = 0 if self.since is None else first_id(self.since)
        return low, LAST_ID if self.until is None else first_id(self.until) + MONTH


async def newest(session: Session, fits: Filter, below: int | None, size: int) -> list[Listed]:
    """Return up to `size` tickets with ids below the cursor, newest first.

    Walks the months' partitions from the newest until the page is full, so that what is found there costs one month and not the
    whole archive. What a common word or a busy department has fills it from the newest tickets already, without any index of words.
    """
    low, high = fits.ids
    high = high if below is None else min(high, below)
    if (near := await _near(session, fits, (low, high), size)) is not None:
        return near
    found: list[Listed] = []
    for month in await _months(session, low, high):
        stretch = max(month * MONTH, low), min((month + 1) * MONTH, high)
        found += await _newest_of(session, fits, stretch, size - len(found))
        if len(found) >= size:
            break
    return found


async def oldest(session: Session, fits: Filter, above: int | None, size: int) -> list[Listed]:
    """Return up to `size` tickets with ids above the cursor, oldest first, in the same way. Words are not looked for."""
    found: list[Listed] = []
    low, high = fits.ids
    low = low if above is None else max(low, above + 1)
    for month in reversed(await _months(session, low, high)):
        rows = _SQL.oldest(
            session.connection,
            city_code=session.city_code,
            low=max(month * MONTH, low),
            below=min((month + 1) * MONTH, high),
            departments=_departments(fits),
            page_size=size - len(found),
            **_barring(fits),
            **_narrowed(fits),
        )
        found += [_listed(row) async for row in rows]
        if len(found) >= size:
            break
    return found


async def by_due(session: Session, fits: Filter, after: Due | None, size: int) -> list[Listed]:
    """Return open tickets of the filter's states, of all departments, nearest due first, after the cursor (due, ticket id)."""
    by, last = after or (EARLIEST, 0)
    low, below = fits.ids
    asked = {"city_code": session.city_code, "after_by": by, "after_id": last, "low": low, "below": below}
    asked |= _narrowed(fits)
    found = [_listed(row) async for row in _SQL.open_by_due(session.connection, page_size=size, **asked)]
    if fits.late_at is not None and len(found) < size:
        # What is late by a part alone has its due time in this order still before it, and comes after all others.
        rows = _SQL.late_parts(session.connection, page_size=size - len(found), **asked)
        found += [_listed(row) async for row in rows]
    return found


async def by_urgency(session: Session, fits: Filter, after: Urgent | None, size: int) -> list[Listed]:
    """Return the same, gravest and then oldest first, after the cursor (urgency, registered, ticket id)."""
    urgency, at, last = after or (0, EARLIEST, 0)
    low, below = fits.ids
    rows = _SQL.open_by_urgency(
        session.connection,
        city_code=session.city_code,
        after_urgency=urgency,
        after_at=at,
        after_id=last,
        low=low,
        below=below,
        page_size=size,
        **_narrowed(fits),
    )
    return [_listed(row) async for row in rows]


async def parts(session: Session, department: str, fits: Filter, after: Due | None, size: int) -> list[Listed]:
    """Return a department's live parts, nearest due time first, after the cursor (reply_by, ticket id)."""
    by, last = after or (EARLIEST, 0)
    rows = _SQL.parts(
        session.connection,
        city_code=session.city_code,
        department=department,
        after_by=by,
        after_id=last,
        page_size=size,
        **_narrowed(fits),
    )
    return [_part_listed(row) async for row in rows]


async def undecided(session: Session, after: Due | None, size: int) -> list[Listed]:
    """Return the parts that wait for the hotline's decision, nearest due first; `asks` says on what."""
    by, last = after or (EARLIEST, 0)
    rows = _SQL.undecided(session.connection, city_code=session.city_code, after_by=by, after_id=last, page_size=size)
    return [_part_listed(row, asks=row["asks"]) async for row in rows]


async def desk(session: Session, state: TicketState, after: Due | None, size: int) -> list[Listed]:
    """Return what waits for a person of the hotline in one state, nearest due first."""
    by, last = after or (EARLIEST, 0)
    rows = _SQL.desk(
        session.connection, city_code=session.city_code, state=str(state), after_by=by, after_id=last, page_size=size
    )
    return [_listed(row) async for row in rows]


async def count(session: Session, fits: Filter, most: int) -> int:
    """Return how many tickets fit but for the words looked for, `most` where there are more."""
    low, below = fits.ids
    return int(
        await _SQL.count(
            session.connection,
            city_code=session.city_code,
            low=low,
            below=below,
            departments=_departments(fits),
            most=most,
            **_barring(fits),
            **_narrowed(fits),
        )
    )


async def _months(session: Session, low: int, high: int) -> list[int]:
    """Return the months in which ids of a range can lie, the newest first."""
    months = [row["yyyymm"] async for row in _SQL.months(session.connection)]
    return [month for month in months if month * MONTH < high and (month + 1) * MONTH > low]


async def _near(session: Session, fits: Filter, stretch: tuple[int, int], size: int) -> list[Listed] | None:
    """Return the page by looking at one ticket after the other, None where that is too long a way."""
    departments = _departments(fits)
    if departments is None and fits.tokens is None:
        return None
    # Without words there is no other way to a department's than through all that it had.
    rounds = itertools.count() if fits.tokens is None else range(1 if departments is None else OF_DEPARTMENT)
    ask, more = (_SQL.near, {}) if departments is None else (_SQL.near_of, {"departments": departments})
    found: list[Listed] = []
    low, below = stretch
    for _ in rounds:
        rows = ask(session.connection, city_code=session.city_code, low=low, below=below, most=LOOKED_AT, **more)
        ids = [row["id"] async for row in rows]
        found += await _among(session, fits, ids, size - len(found))
        if len(found) >= size or len(ids) < LOOKED_AT:
            return found
        below = ids[-1]
    return None


async def _among(session: Session, fits: Filter, ids: list[int], size: int) -> list[Listed]:
    rows = _SQL.among(
        session.connection,
        city_code=session.city_code,
        ids=ids,
        query=_query(fits),
        page_size=size,
        **_barring(fits),
        **_narrowed(fits),
    )
    return [_listed(row) async for row in rows]


async def _newest_of(session: Session, fits: Filter, stretch: tuple[int, int], size: int) -> list[Listed]:
    where = {"city_code": session.city_code, "low": stretch[0], "below": stretch[1], "page_size": size}
    more = _narrowed(fits)
    words, departments = _query(fits), _departments(fits)
    if words is None:
        rows = _SQL.newest(session.connection, **_barring(fits), **more, **where)
    elif departments is None and all(value is None for value in more.values()):
        rows = _SQL.search(session.connection, query=words, **where)
    else:
        rows = _SQL.search_within(
            session.connection, query=words, departments=departments, **_barring(fits), **more, **where
        )
    return [_listed(row) async for row in rows]


def _query(fits: Filter) -> str | None:
    return None if fits.tokens is None else " & ".join(_quote(token) for token in fits.tokens)


def _states(fits: Filter) -> list[str] | None:
    return None if fits.states is None else [str(state) for state in fits.states]


def _narrowed(fits: Filter) -> dict[str, Any]:
    return {"states": _states(fits), "late_at": fits.late_at, **narrowed(fits)}


def _barring(fits: Filter) -> dict[str, list[str]]:
    return {"barred": list(fits.barred.units), "own": list(fits.barred.own)}


def _departments(fits: Filter) -> list[str] | None:
    return None if fits.departments is None else list(fits.departments)


def narrowed(fits: Filter) -> dict[str, Any]:
    """Return what a query takes of a filter beside states, departments, lateness and words."""
    return {
        "kind": None if fits.kind is None else str(fits.kind),
        "urgency": fits.urgency,
        "category": fits.category,
        "line": fits.line,
        "district": fits.district,
        "since": _utc(fits.since),
        "until": _utc(fits.until),
    }


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)


def _listed(row: Any) -> Listed:
    return Listed(ticket=ticket_of(row), masked_text=row["masked_text"])


def _part_listed(row: Any, asks: str | None = None) -> Listed:
    return Listed(
        ticket=ticket_of(row),
        masked_text=row["masked_text"],
        ordinal=row["ordinal"],
        part_reply_by=row["part_reply_by"],
        part_state=row["assignment_state"],
        asks=asks,
    )


def _quote(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
