"""Daily lists of sub-centres (分中心对账) beside the mirror records that we have: what agrees is counted anew at every look."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.store.database import Session

_SQL = queries("reconciliations")


class Day(Struct, frozen=True, kw_only=True):
    """What a sub-centre said of a day: `listed` records, of which we have not `missing` and `older` in an older version;
    `extra` are ours that it has not listed, `kept` all that we have of that day. Without a list only `is_equal` tells.
    """

    line: str
    day: date
    sent_at: datetime | None
    late_at: datetime | None
    has_list: bool
    listed: int
    kept: int
    is_equal: bool
    missing: int
    older: int
    extra: int

    @property
    def state(self) -> str:
        """`late` where nothing was said in time, `matched`, or `differs`."""
        if self.sent_at is None:
            return "late"
        is_matched = self.missing + self.older + self.extra == 0 if self.has_list else self.is_equal
        return "matched" if is_matched else "differs"


class RecordDifference(Struct, frozen=True, kw_only=True):
    """A record and its version there and with us; None where it is not known."""

    external_id: str
    listed: int | None
    kept: int | None

    @property
    def what(self) -> str:
        """`missing` with us, `older` with us, or `extra`: not listed there."""
        return "extra" if self.listed is None else "missing" if self.kept is None else "older"


async def keep_list(session: Session, line: str, day: date, records: Mapping[str, int], at: datetime) -> None:
    """Keep a day's list: versions by record."""
    where = {"city_code": session.city_code, "line": line, "day": day}
    await _SQL.forget_list(session.connection, **where)
    await _SQL.keep(session.connection, **where, sent_at=at, has_list=True, listed=len(records), digest=None)
    await _SQL.keep_list(session.connection, **where, external_ids=list(records), versions=list(records.values()))


async def keep_digest(session: Session, line: str, day: date, listed: int, digest: str, at: datetime) -> None:
    """Keep how many records a day has there, and their digest."""
    where = {"city_code": session.city_code, "line": line, "day": day}
    await _SQL.forget_list(session.connection, **where)
    await _SQL.keep(session.connection, **where, sent_at=at, has_list=False, listed=listed, digest=digest)


async def late(session: Session, line: str, day: date, at: datetime) -> bool:
    """Record that nothing was said of a day in time; False where something was."""
    found = await _SQL.late(session.connection, city_code=session.city_code, line=line, day=day, at=at)
    return found is not None


async def owe(session: Session, subject: str, due_at: datetime) -> None:
    """Set when the first list is owed; nothing where one is owed already."""
    await _SQL.owe(session.connection, city_code=session.city_code, subject=subject, due_at=due_at)


async def owe_next(session: Session, subject: str, due_at: datetime) -> None:
    """Set when the next list is owed."""
    await _SQL.owe_next(session.connection, city_code=session.city_code, subject=subject, due_at=due_at)


async def days(session: Session, line: str, before: date, size: int) -> list[Day]:
    """Return the newest days before a date of which something was said, or should have been."""
    rows = _SQL.days(session.connection, city_code=session.city_code, line=line, before=before, page_size=size)
    return [msgspec.convert(dict(row), Day) async for row in rows]


async def differences(session: Session, line: str, day: date, after: str, size: int) -> list[RecordDifference]:
    """Return what a day's list and our records differ in, by number after one of them."""
    rows = _SQL.differences(
        session.connection, city_code=session.city_code, line=line, day=day, after=after, page_size=size
    )
    return [RecordDifference(**dict(row)) async for row in rows]
