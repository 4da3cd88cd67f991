"""报表: asked for, made by whichever worker takes them, tried again after a kill; and what only a report asks of other tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("reports")
PROGRAM: Final = "program"
LAST: Final = 2**63 - 1
MOST_ATTEMPTS: Final = 5
CLAIMED_FOR: Final = timedelta(minutes=3)
_WAITED_FOR: Final = timedelta(seconds=20)
_NEVER_ENDED: Final = "多次开始编制都没有完成，请查看后台进程日志"
_SHOWN: Final = {"first": "first_day", "last": "last_day"}


class Wanted(Struct, frozen=True, kw_only=True):
    """A report that somebody is to make now."""

    id: int
    kind: str
    first: date
    last: date
    format: str


class Kept(Wanted, frozen=True, kw_only=True):
    """A report as it is listed; `progress` in percent, `size` in bytes."""

    state: str
    progress: int
    asked_by: str
    asked_at: datetime
    made_at: datetime | None
    size: int | None
    error: str | None


class Late(Struct, frozen=True, kw_only=True):
    """A part whose reply is overdue; `total` is how many there are of all."""

    ticket_id: int
    department: str
    reply_by: datetime
    category: str
    urgency: int
    reason: str
    total: int


class Happening(Struct, frozen=True, kw_only=True):
    """An incident of the period."""

    lead: int
    title: str
    opened_at: datetime
    closed_at: datetime | None
    reports: int
    attached: int


async def ask(session: Session, kind: str, first: date, last: date, file_format: str, by: str, at: datetime) -> int:
    """Ask for a report of some days, both meant; returns its id."""
    wanted = {"kind": kind, "first": first, "last": last, "format": file_format, "by": by, "at": at}
    return int(await _SQL.ask(session.connection, city_code=session.city_code, **wanted))


async def ask_by_program(session: Session, kind: str, first: date, last: date, file_format: str, at: datetime) -> None:
    """Ask for the report of a time that is over, once, where anything was counted in it."""
    wanted = {"kind": kind, "first": first, "last": last, "format": file_format, "by": PROGRAM, "at": at}
    await _SQL.ask_by_program(session.connection, city_code=session.city_code, **wanted)


async def claim(session: Session, wall_now: datetime) -> Wanted | None:
    """Take the oldest report that nobody is making; None where there is none. Times are of the wall."""
    city = {"city_code": session.city_code, "now": wall_now, "most": MOST_ATTEMPTS}
    await _SQL.give_up(session.connection, **city, error=_NEVER_ENDED)
    row = await _SQL.claim(session.connection, **city, until=wall_now + CLAIMED_FOR)
    return None if row is None else Wanted(**_fields(row, Wanted))


async def progress(session: Session, report_id: int, percent: int, wall_now: datetime) -> None:
    """Say how far it is."""
    until = wall_now + CLAIMED_FOR
    await _SQL.progress(session.connection, city_code=session.city_code, id=report_id, progress=percent, until=until)


async def keep(session: Session, report_id: int, content: bytes, at: datetime) -> None:
    """Keep the file."""
    await _SQL.keep(
        session.connection, city_code=session.city_code, id=report_id, content=content, size=len(content), at=at
    )


async def fail(session: Session, report_id: int, error: str, wall_now: datetime) -> None:
    """Say why it could not be made; it is tried again a little later, not for ever."""
    await _SQL.fail(
        session.connection,
        city_code=session.city_code,
        id=report_id,
        error=error[:500],
        most=MOST_ATTEMPTS,
        retry_at=wall_now + _WAITED_FOR,
    )


async def get(session: Session, report_id: int) -> Kept:
    """Return a report without its file; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=report_id)
    if row is None:
        raise NotFound(f"没有编号为{report_id}的报表")
    return Kept(**_fields(row, Kept))


async def content(session: Session, report_id: int) -> tuple[Wanted, bytes]:
    """Return a report's file; raises NotFound where there is none, or none yet."""
    row = await _SQL.content(session.connection, city_code=session.city_code, id=report_id)
    if row is None:
        raise NotFound(f"没有编号为{report_id}的报表，或尚未编制完成，请稍候再下载")
    return Wanted(**_fields(row, Wanted)), row["content"]


async def page(session: Session, before: int | None, size: int, *, kind: str | None) -> list[Kept]:
    """Return one page, the newest first."""
    rows = _SQL.page(session.connection, city_code=session.city_code, kind=kind, before=before or LAST, page_size=size)
    return [Kept(**_fields(row, Kept)) async for row in rows]


async def overdue(session: Session, now: datetime, n: int) -> list[Late]:
    """Return the parts whose reply is overdue, the longest first, at most so many."""
    rows = _SQL.overdue(session.connection, city_code=session.city_code, now=now, n=n)
    return [Late(**row) async for row in rows]


async def incidents(session: Session, since: datetime, until: datetime) -> list[Happening]:
    """Return the incidents that were open in a time."""
    rows = _SQL.incidents(session.connection, city_code=session.city_code, since=since, until=until)
    return [Happening(**row) async for row in rows]


def _fields(row: Any, kind: type[Struct]) -> dict[str, Any]:
    return {name: row[_SHOWN.get(name, name)] for name in kind.__struct_fields__}
