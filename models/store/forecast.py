"""预测: daily counts of requests, parts with their dates, and what was forecast of both."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from models.calendar import CHINA_TIME
from models.capacity import WEEKS, Load
from models.red_risk import WatchedPart
from models.store.database import queries, to_rows
from models.ticket import MONTH
from models.trail import UNREADABLE
from models.volume import DayCount

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from models.store.database import Session

_SQL = queries("forecast")
# A category is put right at the desk within days: so many are counted again.
_AGAIN: Final = timedelta(days=7)
_AT_ONCE: Final = 2000
# What a department closes now was mostly asked within so many days.
_OLDEST: Final = timedelta(days=92)
_COPIED: Final = frozenset(WatchedPart.__struct_fields__) - {"moves", "asked_at", "sent_back_at"}
FIRST_PAGE: Final = (2.0, 2**63 - 1, 2**15 - 1)


class RedChance(Struct, frozen=True, kw_only=True):
    """How likely an open part turns red by its date; without a chance where nothing can be told. `rank` orders them."""

    ticket_id: int
    ordinal: int
    department: str
    reply_by: datetime
    rank: float
    chance: float | None
    low: float | None
    high: float | None


class RedPart(RedChance, frozen=True, kw_only=True):
    """The same with how the part stands now."""

    state: str
    category: str
    urgency: int


async def claim(session: Session, now: datetime, every: timedelta) -> bool:
    """Take the making of the next forecast; False where another has it, or the last one is younger than `every`."""
    found = await _SQL.claim(session.connection, city_code=session.city_code, now=now, before=now - every)
    return found is not None


async def keep(session: Session, made_at: datetime, body: bytes) -> None:
    """Keep a forecast, as JSON, as the one that is told."""
    await _SQL.keep(session.connection, city_code=session.city_code, made_at=made_at, body=body.decode())


async def kept(session: Session) -> bytes | None:
    """Return the forecast that was made last, as JSON; None before the first."""
    found = await _SQL.kept(session.connection, city_code=session.city_code)
    return None if found is None else str(found).encode()


async def count_days(session: Session) -> None:
    """Bring the daily counts up to now: all of them the first time, later the last days."""
    city = {"city_code": session.city_code}
    await _SQL.lock_days(session.connection, **city)
    last = await _SQL.last_day(session.connection, **city)
    since = datetime(1970, 1, 2, tzinfo=UTC).date() if last is None else last - _AGAIN
    start = datetime.combine(since, time(), CHINA_TIME)
    await _SQL.forget_days(session.connection, **city, since=since)
    await _SQL.count_days(session.connection, **city, low=_lowest(start), since=since, since_at=start)


async def days(session: Session, since: date) -> list[DayCount]:
    """Return the daily counts from a day on."""
    rows = _SQL.days(session.connection, city_code=session.city_code, since=since)
    return [DayCount(*row) async for row in rows]


async def loads(session: Session, now: datetime) -> list[Load]:
    """Return what every department has open, and what came to it and was closed in the last four weeks."""
    since = now - timedelta(weeks=WEEKS)
    rows = _SQL.open_by_department(session.connection, city_code=session.city_code)
    live = {row["department"]: row["open"] async for row in rows}
    rows = _SQL.flow(session.connection, city_code=session.city_code, low=_lowest(since - _OLDEST), since=since)
    flow = {row["department"]: (row["dispatched"], tuple(row["closed"])) async for row in rows}
    return [
        Load(department=unit, open=live.get(unit, 0), dispatched=came, closed=closed)
        for unit in sorted({*live, *flow})
        for came, closed in [flow.get(unit, (0, (0,) * WEEKS))]
        if unit in live or came or any(closed)
    ]


async def past_parts(session: Session, since: datetime, now: datetime, most: int) -> list[WatchedPart]:
    """Return parts, dispatched since a time, whose date has passed: about as many as asked for, spread over all that time."""
    meant = {"city_code": session.city_code, "low": _lowest(since), "since": since, "now": now}
    many = await _SQL.count_past_parts(session.connection, **meant)
    rows = _SQL.past_parts(session.connection, **meant, every=max(1, round(many / most)))
    return await _watched(session, [dict(row) async for row in rows])


async def open_parts(session: Session, now: datetime, until: datetime) -> list[WatchedPart]:
    """Return the open parts whose date comes before a time."""
    rows = _SQL.open_parts(session.connection, city_code=session.city_code, now=now, until=until)
    return await _watched(session, [dict(row) async for row in rows])


async def keep_risks(session: Session, chances: Sequence[RedChance]) -> None:
    """Replace every chance that was told."""
    await _SQL.forget_risks(session.connection, city_code=session.city_code)
    await _SQL.keep_risks(session.connection, city_code=session.city_code, rows=to_rows(list(chances)))


async def reds(
    session: Session,
    now: datetime,
    until: datetime,
    before: tuple[float, int, int] | None,
    size: int,
    *,
    departments: Sequence[str] | None = None,
) -> list[RedPart]:
    """Return one page, before a cursor (rank, ticket, ordinal), of parts that may turn red by a time, the likeliest first."""
    rank, ticket, ordinal = before or FIRST_PAGE
    rows = _SQL.reds(
        session.connection,
        city_code=session.city_code,
        now=now,
        until=until,
        departments=None if departments is None else list(departments),
        before_rank=rank,
        before_id=ticket,
        before_ordinal=ordinal,
        page_size=size,
    )
    return [RedPart(**row) async for row in rows]


async def _watched(session: Session, rows: list[dict[str, Any]]) -> list[WatchedPart]:
    """Add to parts what their trails tell: when dates moved, when time was asked for, when a department wanted to be rid of it."""
    told: dict[tuple[int, int], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    ids = sorted({row["ticket_id"] for row in rows})
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        events = _SQL.part_events(session.connection, city_code=session.city_code, ids=some)
        async for event in events:
            _tell(told, event)
    return [_part(row, told[row["ticket_id"], row["ordinal"]]) for row in rows]


def _tell(told: dict[tuple[int, int], dict[str, list[Any]]], event: Any) -> None:
    try:
        fields = msgspec.json.decode(event["body"])["fields"]
        by = msgspec.convert(fields["reply_by"], datetime) if event["type"] == "clock_moved" else None
        told[event["ticket_id"], int(fields["assignment"])][event["type"]].append((event["at"], by))
    except UNREADABLE:
        # `audit verify` finds what was altered; one broken trail must not stop the forecast of the others.
        return


def _part(row: dict[str, Any], told: dict[str, list[Any]]) -> WatchedPart:
    moves = tuple(told["clock_moved"])
    if (moves[-1][1] if moves else row["first_reply_by"]) != row["reply_by"]:
        moves = (*moves, (row["counted_from"], row["reply_by"]))
    return WatchedPart(
        **{name: row[name] for name in _COPIED},
        moves=moves,
        asked_at=tuple(at for at, _ in told["request_extension"]),
        sent_back_at=tuple(at for at, _ in told["send_back"]),
    )


def _lowest(at: datetime) -> int:
    """Return the first ticket id that can have been given from a time on, whatever the zone its month was told in."""
    day = at.astimezone(UTC) - timedelta(days=1)
    return (day.year * 100 + day.month) * MONTH
