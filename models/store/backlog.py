"""Zero backlog (零积压): the figures, gross and net, always both (docs/glossary.md)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from models.store.database import queries
from models.ticket import number_of

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("backlog")


class DuePart(Struct, frozen=True, kw_only=True):
    """A part that is still to be answered, and by when."""

    ticket_id: int
    ordinal: int
    department: str
    reply_by: datetime


async def figures(session: Session, now: datetime) -> dict[str, Any]:
    """Return open, due within a day, overdue excused, backlog gross and net, what is stuck, and all by department."""
    row = await _SQL.figures(session.connection, city_code=session.city_code, now=now)
    parts = _SQL.by_department(session.connection, city_code=session.city_code, now=now)
    found = dict(row)
    return {
        "at": now,
        "open": found["open"],
        "due_within_a_day": found["due_within_a_day"],
        "overdue_excused": found["overdue_excused"],
        "backlog": {"gross": found["backlog_gross"], "net": found["backlog_net"]},
        "stuck": {
            "in_review": found["stuck_in_review"],
            "in_follow_up": found["stuck_in_follow_up"],
            "in_send_back": found["stuck_in_send_back"],
        },
        "on_desk_past_limit": found["on_desk_past_limit"],
        "departments": [dict(part) async for part in parts],
    }


async def net_and_gross(session: Session, now: datetime) -> dict[str, int]:
    """Return the backlog of the whole city, counted both ways."""
    row = await _SQL.figures(session.connection, city_code=session.city_code, now=now)
    return {"net": row["backlog_net"], "gross": row["backlog_gross"]}


async def states(session: Session) -> dict[str, int]:
    """Return how many open tickets stand in each state."""
    rows = _SQL.states(session.connection, city_code=session.city_code)
    return {row["state"]: row["n"] async for row in rows}


async def ping_pong(session: Session, n: int, *, send_backs: int, dispatches: int) -> list[dict[str, Any]]:
    """Return the open tickets that were sent back, or went from lead to lead, at least so often; the worst first."""
    rows = _SQL.ping_pong(
        session.connection, city_code=session.city_code, send_backs=send_backs, dispatches=dispatches, n=n
    )
    return [{**dict(row), "number": number_of(row["id"])} async for row in rows]


async def is_due_after(session: Session, at: datetime) -> bool:
    """Tell whether anything open is promised, or a part due, later than a time."""
    return bool(await _SQL.is_due_after(session.connection, city_code=session.city_code, at=at))


async def due_from(session: Session, since: datetime, most: int) -> tuple[int, list[DuePart]]:
    """Return how many parts are to be answered and due from a time on, and the first of them, the nearest first."""
    rows = [row async for row in _SQL.due_from(session.connection, city_code=session.city_code, since=since, most=most)]
    found = [DuePart(**{name: row[name] for name in DuePart.__struct_fields__}) for row in rows]
    return (rows[0]["total"] if rows else 0), found


async def overdue(
    session: Session,
    now: datetime,
    after: tuple[datetime, int],
    size: int,
    *,
    department: str | None = None,
    is_excused: bool | None = None,
) -> list[dict[str, Any]]:
    """Return one page of the tickets that the gross figure counts, the longest overdue first, and what excuses each."""
    rows = _SQL.overdue(
        session.connection,
        city_code=session.city_code,
        now=now,
        department=department,
        is_excused=is_excused,
        after_at=after[0],
        after_id=after[1],
        page_size=size,
    )
    return [{**dict(row), "number": number_of(row["id"])} async for row in rows]


async def by_district(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Return what is open and the net figure of each district; `district` is None where no place is known."""
    rows = _SQL.by_district(session.connection, city_code=session.city_code, now=now)
    return [dict(row) async for row in rows]


async def newest(session: Session, since: datetime, n: int) -> list[dict[str, Any]]:
    """Return those of the newest `n` tickets that were registered since a time, as anybody may see them on a wall."""
    rows = _SQL.newest(session.connection, city_code=session.city_code, since=since, n=n)
    return [{**dict(row), "number": number_of(row["id"])} async for row in rows]


async def hours(session: Session, since: datetime, until: datetime) -> dict[int, int]:
    """Return how many requests came in each hour from a midnight on."""
    rows = _SQL.hours(session.connection, city_code=session.city_code, since=since, until=until)
    return {row["hour"]: row["requests"] async for row in rows}


async def usual_hours(session: Session, since: datetime, until: datetime) -> dict[int, float]:
    """Return which share of a day's arrivals each hour brings, counted between two midnights; empty where nothing came."""
    rows = _SQL.usual_hours(session.connection, city_code=session.city_code, since=since, until=until)
    return {row["hour"]: row["share"] async for row in rows if row["share"] is not None}
