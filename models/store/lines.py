"""Which line's seats handle a call, how it came there, and where callers were referred to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from datetime import datetime

    from models.line import Line
    from models.store.database import Session

_SQL = queries("lines")


class Handled(Struct, frozen=True, kw_only=True):
    """How many calls to one line were handled by the seats of one line: answered, given up, ended without an answer, waiting."""

    dialled: str | None
    handling: str | None
    offered: int
    answered: int
    abandoned: int
    unanswered: int
    waiting: int


class Transferred(Struct, frozen=True, kw_only=True):
    """How often calls went from one line's seats to another's for one reason."""

    from_line: str | None
    to_line: str
    reason: str
    count: int


class Referred(Struct, frozen=True, kw_only=True):
    """How many callers were told to turn to one line."""

    line: str
    count: int


async def transfer(
    session: Session, interaction: int, from_line: str | None, to: Line, reason: str, by: str | None, at: datetime
) -> None:
    """Give a call to another line's seats; it must be locked, or new in this transaction."""
    city = session.city_code
    await _SQL.handle(session.connection, city_code=city, id=interaction, line=to.number, seat_group=to.seat_group)
    await _SQL.transfer(
        session.connection,
        city_code=city,
        interaction=interaction,
        from_line=from_line,
        to_line=to.number,
        reason=reason,
        by=by,
        at=at,
    )


async def overflow_at(session: Session, subject: str, due_at: datetime) -> None:
    """Set when a call that nobody answers goes on."""
    await _SQL.overflow_at(session.connection, city_code=session.city_code, subject=subject, due_at=due_at)


async def refer(session: Session, interaction: int, line: Line, by: str | None, at: datetime) -> None:
    """Record that a caller was told by a line's script where to turn to."""
    await _SQL.refer(
        session.connection,
        city_code=session.city_code,
        interaction=interaction,
        line=line.number,
        script=line.script,
        by=by,
        at=at,
    )


async def handled(session: Session, since: datetime, until: datetime) -> list[Handled]:
    """Return the calls that arrived in a time, by dialled and handling line."""
    rows = _SQL.handled(session.connection, city_code=session.city_code, since=since, until=until)
    return [Handled(**row) async for row in rows]


async def transferred(session: Session, since: datetime, until: datetime) -> list[Transferred]:
    """Return the transfers of a time, by where from, where to and why."""
    rows = _SQL.transferred(session.connection, city_code=session.city_code, since=since, until=until)
    return [Transferred(**row) async for row in rows]


async def referred(session: Session, since: datetime, until: datetime) -> list[Referred]:
    """Return the referrals of a time by line."""
    rows = _SQL.referred(session.connection, city_code=session.city_code, since=since, until=until)
    return [Referred(**row) async for row in rows]
