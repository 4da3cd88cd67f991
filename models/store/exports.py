"""导出: lists as files, asked for, made by whichever worker takes them, tried again after a kill, dropped after a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.store.database import Session
    from models.ticket import Actor

_SQL = queries("exports")
LAST: Final = 2**63 - 1
MOST_ATTEMPTS: Final = 5
CLAIMED_FOR: Final = timedelta(minutes=3)
_WAITED_FOR: Final = timedelta(seconds=20)
_NEVER_ENDED: Final = "多次开始导出都没有完成，请查看后台进程日志"
_PLACE: Final = ("exports", "content")


class Wanted(Struct, frozen=True, kw_only=True):
    """An export that somebody is to make now, as whoever asked for it sees lists; `filters` are of hotline.worklist.ListFields."""

    id: int
    asked_by: str
    role: Role
    department: str | None
    filters: dict[str, Any]
    format: str


class Kept(Wanted, frozen=True, kw_only=True):
    """An export as it is listed; `progress` in percent, `size` in bytes; `is_cut` where more would have fitted."""

    state: str
    progress: int
    row_count: int
    is_cut: bool
    asked_at: datetime
    made_at: datetime | None
    size: int | None
    error: str | None


async def ask(
    session: Session, actor: Actor, filters: dict[str, Any], file_format: str, at: datetime, most: int
) -> int | None:
    """Ask for an export; returns its id, None where `most` of the asker's wait already."""
    found = await _SQL.ask(
        session.connection,
        city_code=session.city_code,
        by=actor.name,
        role=str(actor.role),
        department=actor.department,
        filters=filters,
        format=file_format,
        at=at,
        most=most,
    )
    return None if found is None else int(found)


async def claim(session: Session, wall_now: datetime) -> Wanted | None:
    """Take the oldest export that nobody is making; None where there is none. Times are of the wall."""
    city = {"city_code": session.city_code, "now": wall_now, "most": MOST_ATTEMPTS}
    await _SQL.give_up(session.connection, **city, error=_NEVER_ENDED)
    row = await _SQL.claim(session.connection, **city, until=wall_now + CLAIMED_FOR)
    return None if row is None else Wanted(**{**row, "role": Role(row["role"])})


async def progress(
    session: Session, export_id: int, percent: int, row_count: int, wall_now: datetime, *, is_cut: bool
) -> None:
    """Say how far it is."""
    await _SQL.progress(
        session.connection,
        city_code=session.city_code,
        id=export_id,
        progress=percent,
        row_count=row_count,
        is_cut=is_cut,
        until=wall_now + CLAIMED_FOR,
    )


async def keep(session: Session, export_id: int, content: bytes, at: datetime) -> None:
    """Keep the file, sealed."""
    sealed = session.keyring.seal_bytes(content, *_PLACE, export_id)
    await _SQL.keep(
        session.connection, city_code=session.city_code, id=export_id, content=sealed, size=len(content), at=at
    )


async def fail(session: Session, export_id: int, error: str, wall_now: datetime) -> None:
    """Say why it could not be made; it is tried again a little later, not for ever."""
    await _SQL.fail(
        session.connection,
        city_code=session.city_code,
        id=export_id,
        error=error[:500],
        most=MOST_ATTEMPTS,
        retry_at=wall_now + _WAITED_FOR,
    )


async def drop_made(session: Session, before: datetime) -> None:
    """Drop the files that were made before a time."""
    await _SQL.drop_made(session.connection, city_code=session.city_code, before=before)


async def get(session: Session, export_id: int) -> Kept:
    """Return an export without its file; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=export_id)
    if row is None:
        raise NotFound(f"没有编号为{export_id}的导出")
    return _kept(row)


async def content(session: Session, export_id: int) -> bytes:
    """Return an export's file; raises NotFound where there is none, none yet, or none any more."""
    sealed = await _SQL.content(session.connection, city_code=session.city_code, id=export_id)
    if sealed is None:
        raise NotFound("文件尚未生成，或已过保存期限删除；需要时请重新导出")
    return session.keyring.unseal_bytes(sealed, *_PLACE, export_id)


async def page(session: Session, by: str | None, before: int | None, size: int) -> list[Kept]:
    """Return one page of somebody's exports, of everybody's where None, the newest first."""
    rows = _SQL.page(session.connection, city_code=session.city_code, by=by, before=before or LAST, page_size=size)
    return [_kept(row) async for row in rows]


def _kept(row: Any) -> Kept:
    return Kept(**{**row, "role": Role(row["role"])})
