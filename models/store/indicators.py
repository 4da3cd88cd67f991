"""指标: what is counted every day, so that no figure walks the tickets; counted again it comes to the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from models.calendar import CHINA_TIME
from models.indicators import Count
from models.store.database import queries
from models.ticket import MONTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.calendar import Calendar
    from models.store.database import Session

_SQL = queries("indicators")
# A send-back is asked for within days, a ticket reopened within weeks: so many days are counted again each time.
AGAIN: Final = timedelta(days=35)
# A part that is done or due now belongs to a ticket that came within so many days before.
OLDEST_PART: Final = timedelta(days=400)
_FIRST_DAY: Final = date(1970, 1, 3)
_EPOCH: Final = datetime(1970, 1, 2, tzinfo=UTC)
_DAY: Final = timedelta(days=1)


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


async def count(
    session: Session, now: datetime, calendar: Calendar, repeat_within_days: int, short_abandon_s: int
) -> None:
    """Bring the daily counts up to now: all of them the first time, later the last days, and those that are stale."""
    row = await _SQL.lock(session.connection, city_code=session.city_code, now=now)
    today = now.astimezone(CHINA_TIME).date()
    since = _FIRST_DAY if row["counted_at"] is None else _again(row["counted_at"], today)
    if row["stale_since"] is not None:
        since = min(since, row["stale_since"])
    await _SQL.forget(session.connection, city_code=session.city_code, since=since)
    start, days = datetime.combine(since, time(), CHINA_TIME), _working_days(calendar)
    await _SQL.count(
        session.connection,
        city_code=session.city_code,
        since_at=start,
        until_at=datetime.combine(today + _DAY, time(), CHINA_TIME),
        now=now,
        low=_lowest(start),
        low_parts=_lowest(start - OLDEST_PART),
        repeat_within=timedelta(days=repeat_within_days),
        short_s=short_abandon_s,
        days=[day for day, _ in days],
        worked=[nth for _, nth in days],
    )
    await _SQL.counted(session.connection, city_code=session.city_code, now=now)


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


def _again(counted_at: datetime, today: date) -> date:
    return min(counted_at.astimezone(CHINA_TIME).date(), today) - AGAIN


def _working_days(calendar: Calendar) -> list[tuple[date, int]]:
    """Return of every date of the known years how many working days there were up to it."""
    found, nth = [], 0
    for year in sorted(calendar.years):
        day = date(year, 1, 1)
        while day.year == year:
            nth += calendar.is_working_day(day)
            found.append((day, nth))
            day += _DAY
    return found


def _lowest(since: datetime) -> int:
    """Return the first id that a ticket registered since a time can have, whatever the zone its month was told in."""
    day = max(since.astimezone(UTC), _EPOCH) - _DAY
    return (day.year * 100 + day.month) * MONTH
