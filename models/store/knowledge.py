"""知识库: entries with their versions, and what is to be done about them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import msgspec
from msgspec import Struct

from models.calendar import CHINA_TIME
from models.errors import Conflict
from models.knowledge import Entry
from models.store.database import queries, to_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.store.database import Session

_SQL = queries("knowledge")
_FIELDS: Final = Entry.__struct_fields__


class Version(Struct, frozen=True, kw_only=True):
    """A version of an entry and what became of it: draft, published, rejected, replaced or withdrawn."""

    entry: Entry
    state: str
    author: str
    written_at: datetime
    from_ticket: int | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


class Task(Struct, frozen=True, kw_only=True):
    """Something to do: mend an entry (correction), confirm it (confirmation), or write what was asked for (gap)."""

    id: int
    kind: str
    code: str | None
    version: int | None
    words: str
    owner: str | None
    asked: int
    opened_by: str
    opened_at: datetime
    due_at: datetime


async def seed(session: Session, entries: Sequence[Entry], author: str, at: datetime) -> int:
    """Publish the entries whose codes are not known yet; returns how many."""
    new: int = await _SQL.seed(
        session.connection, city_code=session.city_code, entries=to_rows(list(entries)), author=author, at=at
    )
    if new:
        await _SQL.revise(session.connection, city_code=session.city_code)
    return new


async def revision(session: Session) -> int:
    """Return how often what is served has changed."""
    return int(await _SQL.revision(session.connection, city_code=session.city_code) or 0)


async def published(session: Session) -> list[Entry]:
    """Return every published version."""
    rows = _SQL.published(session.connection, city_code=session.city_code)
    return [_entry(row) async for row in rows]


async def versions(session: Session, code: str) -> list[Version]:
    """Return every version of an entry, newest first."""
    return [_version(row) async for row in _SQL.versions(session.connection, city_code=session.city_code, code=code)]


async def locked(session: Session, code: str) -> list[Version]:
    """Return every version of an entry, newest first, and keep others from changing them."""
    return [_version(row) async for row in _SQL.lock(session.connection, city_code=session.city_code, code=code)]


async def drafts(session: Session, owner: str | None) -> list[Version]:
    """Return what waits for approval, the oldest first."""
    rows = _SQL.drafts(session.connection, city_code=session.city_code, owner=owner)
    return [_version(row) async for row in rows]


async def add(session: Session, entry: Entry, author: str, at: datetime, from_ticket: int | None) -> None:
    """Keep a draft of a new version; raises Conflict where somebody else has begun the same one."""
    try:
        await _SQL.add(
            session.connection,
            city_code=session.city_code,
            entry=msgspec.json.encode(entry).decode(),
            author=author,
            at=at,
            from_ticket=from_ticket,
        )
    except asyncpg.UniqueViolationError as error:
        raise Conflict("另一人刚起草了该条目的新版本，请刷新后再改") from error


async def decide(session: Session, entry: Entry, state: str, by: str, at: datetime, reason: str | None = None) -> None:
    """Say what became of a version."""
    await _SQL.decide(
        session.connection,
        city_code=session.city_code,
        code=entry.code,
        version=entry.version,
        state=state,
        by=by,
        at=at,
        reason=reason,
    )
    await _SQL.revise(session.connection, city_code=session.city_code)


async def confirm(session: Session, entry: Entry, confirm_by: date) -> None:
    """Keep until when the owner's word holds."""
    await _SQL.confirm(
        session.connection,
        city_code=session.city_code,
        code=entry.code,
        version=entry.version,
        confirm_by=confirm_by,
    )
    await _SQL.revise(session.connection, city_code=session.city_code)


async def ask_again(session: Session, words: str, by: str, at: datetime, due_at: datetime) -> None:
    """Keep a question that nothing answers; the same one is counted."""
    await _SQL.ask_again(session.connection, city_code=session.city_code, words=words, by=by, at=at, due_at=due_at)


async def correct(session: Session, entry: Entry, words: str, by: str, at: datetime, due_at: datetime) -> int:
    """Keep what is said to be wrong with an entry; returns the task's id."""
    return int(
        await _SQL.correct(
            session.connection,
            city_code=session.city_code,
            code=entry.code,
            version=entry.version,
            words=words,
            owner=entry.owner,
            by=by,
            at=at,
            due_at=due_at,
        )
    )


async def remind(session: Session, until: date, by: str, at: datetime) -> int:
    """Open a task for every published entry that is to be confirmed by a day; returns how many are new."""
    return int(
        await _SQL.remind(
            session.connection, city_code=session.city_code, until=until, by=by, at=at, timezone=str(CHINA_TIME)
        )
    )


async def tasks(
    session: Session, kind: str | None, owner: str | None, after: tuple[datetime, int], size: int
) -> list[Task]:
    """Return one page of open tasks, the nearest due time first."""
    rows = _SQL.tasks(
        session.connection,
        city_code=session.city_code,
        kind=kind,
        owner=owner,
        after_at=after[0],
        after_id=after[1],
        page_size=size,
    )
    return [Task(**row) async for row in rows]


async def task(session: Session, task_id: int) -> Task | None:
    """Return an open task, locked."""
    row = await _SQL.task(session.connection, city_code=session.city_code, id=task_id)
    return Task(**row) if row else None


async def close(session: Session, task_id: int, by: str, at: datetime, outcome: str) -> None:
    """End a task."""
    await _SQL.close(session.connection, city_code=session.city_code, id=task_id, by=by, at=at, outcome=outcome)


async def settle(session: Session, code: str, by: str, at: datetime, outcome: str, only: str | None = None) -> None:
    """End every open task about an entry, or those of one kind."""
    await _SQL.settle(
        session.connection, city_code=session.city_code, code=code, only=only, by=by, at=at, outcome=outcome
    )


async def next_number(session: Session) -> int:
    """Return the number of the next entry that is written here."""
    return int(await _SQL.next_number(session.connection))


def _entry(row: Any) -> Entry:
    return msgspec.convert({name: row[name] for name in _FIELDS}, Entry)


def _version(row: Any) -> Version:
    own = {name: row[name] for name in Version.__struct_fields__ if name != "entry"}
    return Version(entry=_entry(row), **own)
