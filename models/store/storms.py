"""风暴: how much comes in, what is usual, and when there was a storm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.store.database import queries
from models.storm import FIVE, Arrivals

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("storms")
# At the first start, or after so long a pause, no more of the past is counted than this.
COUNTED_BACK: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)


class Storm(Struct, frozen=True, kw_only=True):
    """One storm; `arrivals` and `expected` are of the five minutes that began it, `peak` is the most of any since."""

    id: int
    cause: str
    reason: str
    arrivals: int
    expected: float
    peak: int
    began_by: str
    began_at: datetime
    calm_since: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    ended_reason: str | None = None


async def count(session: Session, at: datetime) -> None:
    """Count the five minutes that are over and were not counted yet."""
    until = datetime.fromtimestamp(at.timestamp() // FIVE.total_seconds() * FIVE.total_seconds(), at.tzinfo)
    last = await _SQL.counted_to(session.connection, city_code=session.city_code)
    since = until - COUNTED_BACK if last is None else max(last + FIVE, until - COUNTED_BACK)
    if since < until:
        await _SQL.fill(session.connection, city_code=session.city_code, since=since, until=until)


async def arrivals(session: Session, at: datetime) -> Arrivals:
    """Return what came in the last five minutes and the last day, beside what is usual."""
    came = await _SQL.came(session.connection, city_code=session.city_code, since=at - FIVE, until=at)
    day = timedelta(days=1)
    row = await _SQL.usual(
        session.connection, city_code=session.city_code, week_ago=at - WEEK - day, day_ago=at - day, now=at
    )
    return Arrivals(five=int(came), day=row["day"], mean=row["mean"], fives=row["fives"])


async def lock(session: Session) -> None:
    """Wait until nobody else begins or ends a storm."""
    await _SQL.lock(session.connection, city_code=session.city_code)


async def last(session: Session) -> Storm | None:
    """Return the newest storm, over or not."""
    row = await _SQL.last(session.connection, city_code=session.city_code)
    return _storm(row) if row else None


async def now(session: Session) -> Storm | None:
    """Return the storm that is not over."""
    found = await last(session)
    return found if found is not None and found.ended_at is None else None


async def newest(session: Session, most: int) -> list[Storm]:
    """Return the newest storms, the newest first."""
    return [_storm(row) async for row in _SQL.page(session.connection, city_code=session.city_code, most=most)]


async def begin(
    session: Session, cause: str, reason: str, found: Arrivals, expected: float, *, by: str, at: datetime
) -> int:
    """Keep that a storm has begun; returns its id."""
    return int(
        await _SQL.begin(
            session.connection,
            city_code=session.city_code,
            cause=cause,
            reason=reason,
            arrivals=found.five,
            expected=expected,
            by=by,
            at=at,
        )
    )


async def go_on(session: Session, storm: Storm) -> None:
    """Keep how a storm goes on."""
    await _SQL.goes_on(
        session.connection, city_code=session.city_code, id=storm.id, peak=storm.peak, calm_since=storm.calm_since
    )


async def end(session: Session, storm_id: int, *, by: str, at: datetime, reason: str) -> None:
    """Keep that a storm is over."""
    await _SQL.end(session.connection, city_code=session.city_code, id=storm_id, by=by, at=at, reason=reason)


def _storm(row: Any) -> Storm:
    return Storm(**{name: row[name] for name in Storm.__struct_fields__})
