"""The public register of telephone numbers as it was announced last, and what changed since."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from models.line import Line
from models.store.database import queries

if TYPE_CHECKING:
    from models.announcement import Announcement
    from models.city import City
    from models.store.database import Session

_SQL = queries("announcements")
LAST: Final = 2**63 - 1


class Announced(Struct, frozen=True, kw_only=True):
    """An announcement and from when it holds."""

    id: int
    line: str
    name: str
    change: str
    details: tuple[str, ...]
    at: datetime


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


async def page(session: Session, before: int | None, size: int) -> list[Announced]:
    """Return one page of announcements, the newest first."""
    rows = _SQL.page(session.connection, city_code=session.city_code, before=before or LAST, page_size=size)
    return [msgspec.convert(dict(row), Announced) async for row in rows]
