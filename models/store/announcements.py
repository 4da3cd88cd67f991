"""The public register of telephone numbers as it was announced last, and what changed since."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from models.errors import NotFound
from models.line import Line
from models.store.database import queries

if TYPE_CHECKING:
    from models.announcement import Announcement
    from models.city import City
    from models.store.database import Session

_SQL = queries("announcements")
LAST: Final = 2**63 - 1


class Announced(Struct, frozen=True, kw_only=True):
    """An announcement, made `at` a time. One that was made ahead holds from another, is `done` when the register has it, or called off."""

    id: int
    line: str
    name: str
    change: str
    details: tuple[str, ...]
    at: datetime
    holds_from: datetime | None = None
    planned_by: str | None = None
    done_at: datetime | None = None
    called_off_at: datetime | None = None
    called_off_because: str | None = None

    def state_at(self, at: datetime) -> str:
        """Return how it stands: in_force, planned, overdue (its day has come, and the register is as it was), called_off."""
        if self.called_off_at is not None:
            return "called_off"
        if self.holds_from is None or self.done_at is not None:
            return "in_force"
        return "planned" if at < self.holds_from else "overdue"


async def register(session: Session) -> tuple[str, dict[str, Line]] | None:
    """Lock and return the register as it was announced last, with its city version; None before the first."""
    row = await _SQL.register(session.connection, city_code=session.city_code)
    return (row["city_version"], msgspec.convert(row["lines"], dict[str, Line])) if row else None


async def keep_register(session: Session, city: City, at: datetime) -> None:
    """Keep the register of a city."""
    await _SQL.keep_register(
        session.connection,
        city_code=session.city_code,
        city_version=city.version,
        lines=msgspec.to_builtins(city.lines),
        at=at,
    )


async def add(session: Session, announcement: Announcement, city_version: str, at: datetime) -> None:
    """Keep one announcement."""
    await _SQL.add(
        session.connection,
        city_code=session.city_code,
        line=announcement.line,
        name=announcement.name,
        change=announcement.change,
        details=list(announcement.details),
        city_version=city_version,
        at=at,
    )


async def plan(
    session: Session, announcement: Announcement, city_version: str, at: datetime, holds_from: datetime, by: str
) -> int:
    """Keep an announcement that is made ahead; returns its id."""
    announced = {name: getattr(announcement, name) for name in ("line", "name", "change")}
    return int(
        await _SQL.plan(
            session.connection,
            city_code=session.city_code,
            **announced,
            details=list(announcement.details),
            city_version=city_version,
            at=at,
            holds_from=holds_from,
            planned_by=by,
        )
    )


async def done(session: Session, announcement: Announcement, at: datetime) -> None:
    """Keep that the register now has what was announced ahead: the same change of the same number."""
    await _SQL.done(
        session.connection, city_code=session.city_code, line=announcement.line, change=announcement.change, at=at
    )


async def call_off(session: Session, announced: Announced, because: str, at: datetime) -> None:
    """Keep that what was announced ahead will not be."""
    await _SQL.call_off(session.connection, city_code=session.city_code, id=announced.id, because=because, at=at)


async def get(session: Session, announcement_id: int) -> Announced:
    """Lock and return an announcement; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=announcement_id)
    if row is None:
        raise NotFound(f"没有编号为{announcement_id}的公告")
    return msgspec.convert(dict(row), Announced)


async def page(session: Session, before: int | None, size: int) -> list[Announced]:
    """Return one page of announcements, the newest first."""
    rows = _SQL.page(session.connection, city_code=session.city_code, before=before or LAST, page_size=size)
    return [msgspec.convert(dict(row), Announced) async for row in rows]
