"""How missed calls were called back (漏接回拨)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("call_backs")


class CallBackFigures(Struct, frozen=True, kw_only=True):
    """Of one seat group: `missed` = waiting + reached + unreached + answered_later; `seconds` is how long the settled ones took in all."""

    seat_group: str
    missed: int
    waiting: int
    reached: int
    unreached: int
    answered_later: int
    in_time: int
    late: int
    seconds: float


async def figures(session: Session, since: datetime, until: datetime, now: datetime) -> list[CallBackFigures]:
    """Count the missed calls that came between two times, by seat group."""
    rows = _SQL.figures(session.connection, city_code=session.city_code, since=since, until=until, now=now)
    return [CallBackFigures(**dict(row)) async for row in rows]
