"""指标: what is counted every day, so that no figure walks the tickets; counted again it comes to the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.calendar import CHINA_TIME, Calendar
from models.indicators import Count
from models.store.database import queries
from models.ticket import MONTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.store.database import Session

_SQL = queries("indicators")
# A send-back is asked for within days, a ticket reopened within weeks: with every new day so many are counted again.
AGAIN: Final = timedelta(days=35)
# A part that is done or due now belongs to a ticket that came within so many days before.
OLDEST_PART: Final = timedelta(days=400)
_EPOCH: Final = datetime(1970, 1, 2, tzinfo=UTC)
_DAY: Final = timedelta(days=1)


class Rules(Struct, frozen=True, kw_only=True):
    """By what is counted: working days, when a call repeats another, and who hung up too soon to count (seconds)."""

    calendar: Calendar
    repeat_within_days: int
    short_abandon_s: int


async def claim(session: Session, now: datetime, every: timedelta) -> bool:
    """Take the next counting; False where another has it, or the last one is younger than `every` and nothing is stale."""
    return await _SQL.claim(session.connection, city_code=session.city_code, now=now, before=now - every) is not None


async def counted_at(session: Session) -> datetime | None:
    """Return when it was counted last; None before the first time."""
    found: datetime | None = await _SQL.counted_at(session.connection, city_code=session.city_code)
    return found


async def stale(session: Session, since: datetime, at: datetime) -> None:
    """Have everything counted again that happened since a time, at once."""
    day = since.astimezone(CHINA_TIME).date()
    await _SQL.stale(session.connection, city_code=session.city_code, since=day, at=at - 2 * _DAY)


async def begin(session: Session, now: datetime) -> tuple[date, datetime | None]:
    """Return from which day on it is to be counted, and when days were found stale last, for `counted`.

    The first time that is the oldest there is; within a day it is the day before, with every new day five weeks before.
    """
    row = await _SQL.begin(session.connection, city_code=session.city_code, now=now)
    today = now.astimezone(CHINA_TIME).date()
    oldest = _oldest(row, today)
    if row["counted_at"] is None:
        return oldest, row["stale_at"]
    last = row["counted_at"].astimezone(CHINA_TIME).date()
    since = last - _DAY if last == today else min(last, today) - AGAIN
    return max(min(since, row["stale_since"] or since), oldest), row["stale_at"]


async def count(session: Session, first: date, last: date, now: datetime, rules: Rules) -> None:
    """Count what happened or fell due from a day to another, both meant, in place of what was counted of them."""
    city = {"city_code": session.city_code}
    await _SQL.lock(session.connection, **city)
    await _SQL.forget(session.connection, **city, first=first, last=last)
    start = datetime.combine(first, time(), CHINA_TIME)
    first_day, worked = _working_days(rules.calendar)
    await _SQL.count(
        session.connection,
        **city,
        since_at=start,
        until_at=datetime.combine(last + _DAY, time(), CHINA_TIME),
        now=now,
        low=_lowest(start),
        low_parts=_lowest(start - OLDEST_PART),
        repeat_within=timedelta(days=rules.repeat_within_days),
        short_s=rules.short_abandon_s,
        first_day=first_day,
        worked=worked,
    )


async def counted(session: Session, now: datetime, seen_at: datetime | None) -> None:
    """Say that everything is counted up to now; what became stale after `seen_at` still is."""
    await _SQL.counted(session.connection, city_code=session.city_code, now=now, seen_at=seen_at)


async def sums(
    session: Session, axis: str, first: date, last: date, keys: Sequence[str] | None = None
) -> dict[str, dict[str, Count]]:
    """Return what was counted from a day to another, both meant, by key and name."""
    rows = _SQL.sums(
        session.connection,
        city_code=session.city_code,
        axis=axis,
        first=first,
        last=last,
        keys=None if keys is None else list(keys),
    )
    found: dict[str, dict[str, Count]] = {}
    async for row in rows:
        found.setdefault(row["key"], {})[row["name"]] = Count(row["n"], row["excluded"])
    return found


async def keys(
    session: Session,
    axis: str,
    first: date,
    last: date,
    after: str | None,
    size: int,
    *,
    among: Sequence[str] | None = None,
) -> list[str]:
    """Return one page of the keys that anything was counted for, in order; '' is what is not known."""
    rows = _SQL.keys(
        session.connection,
        city_code=session.city_code,
        axis=axis,
        first=first,
        last=last,
        after=after,
        among=None if among is None else list(among),
        page_size=size,
    )
    return [row["key"] async for row in rows]


async def by_day(session: Session, name: str, first: date, last: date) -> dict[date, Count]:
    """Return one count of the whole city, day by day."""
    rows = _SQL.by_day(session.connection, city_code=session.city_code, name=name, first=first, last=last)
    return {row["day"]: Count(row["n"], row["excluded"]) async for row in rows}


def _oldest(row: Any, today: date) -> date:
    """Return the day of the oldest call, or the first of the month of the oldest ticket."""
    found = [today]
    if row["oldest_ticket"] is not None:
        year, month = divmod(row["oldest_ticket"] // MONTH, 100)
        found.append(date(year, month, 1))
    if row["oldest_call"] is not None:
        found.append(row["oldest_call"].astimezone(CHINA_TIME).date())
    return min(found) - _DAY


def _working_days(calendar: Calendar) -> tuple[date, list[int | None]]:
    """Return the first date of the known years, and of every date from there how many working days there were up to it.

    In a year between that is not known nothing can be said.
    """
    first, last = date(min(calendar.years), 1, 1), date(max(calendar.years), 12, 31)
    found: list[int | None] = []
    nth = 0
    for day in (first + n * _DAY for n in range((last - first).days + 1)):
        is_known = day.year in calendar.years
        nth += is_known and calendar.is_working_day(day)
        found.append(nth if is_known else None)
    return first, found


def _lowest(since: datetime) -> int:
    """Return the first id that a ticket registered since a time can have, whatever the zone its month was told in."""
    day = max(since.astimezone(UTC), _EPOCH) - _DAY
    return (day.year * 100 + day.month) * MONTH
