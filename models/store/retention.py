"""保存期限: what is over its time, found by its time in small batches, and how far each day's work has come."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import asyncpg
from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from models.store.database import Session

_SQL = queries("retention")
# Whose rows are deleted as they are, the oldest first; of all others something stays.
_DELETE: Final = {
    "notices": _SQL.notices,
    "deliveries": _SQL.deliveries,
    "answers": _SQL.answers,
    "mirrors": _SQL.mirrors,
    "drafts": _SQL.drafts,
    "uploads": _SQL.uploads,
    "codes": _SQL.codes,
    "access_log": _SQL.access_log,
    "records": _SQL.records,
}
DELETED: Final = frozenset(_DELETE)
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Run(Struct, frozen=True, kw_only=True):
    """What became of a rule on a day: `done` is erased, `held` must stay. It has looked up to `after_at`, `after_id`."""

    day: date
    rule: str
    until: datetime
    done: int
    held: int
    after_at: datetime
    after_id: int


class Due(NamedTuple):
    """Something whose time is over, by when it began to count; `call` is the interaction of a call or chat."""

    id: int
    at: datetime
    call: int = 0


class Done(NamedTuple):
    """What a rule did on its last day, and ever; `until` is from before when. It is not finished where `finished_at` is None."""

    rule: str
    day: date
    until: datetime
    done: int
    held: int
    finished_at: datetime | None
    done_ever: int


async def finished(session: Session, day: date) -> set[str]:
    """Return the rules that are done for a day."""
    return {row["rule"] async for row in _SQL.finished(session.connection, city_code=session.city_code, day=day)}


async def claim(session: Session, day: date, rule: str, until: datetime) -> Run | None:
    """Take a rule of a day in hand until the transaction ends; None where it is done, or another worker has it."""
    key = {"city_code": session.city_code, "day": day, "rule": rule}
    await _SQL.begin(session.connection, **key, until=until)
    row = await _SQL.claim(session.connection, **key)
    return None if row is None else Run(**row)


async def advance(session: Session, run: Run, finished_at: datetime | None) -> None:
    """Write how far it has come."""
    told = {name: getattr(run, name) for name in ("day", "rule", "done", "held", "after_at", "after_id")}
    await _SQL.advance(session.connection, city_code=session.city_code, **told, finished_at=finished_at)


async def runs(session: Session) -> list[Done]:
    """Return what every rule did last."""
    return [Done(**row) async for row in _SQL.runs(session.connection, city_code=session.city_code)]


async def due(session: Session, run: Run, n: int) -> list[Due]:
    """Return the next tickets, calls or chats whose time is over."""
    told: dict[str, Any] = {"city_code": session.city_code, "after_id": run.after_id, "n": n}
    told |= {"until": run.until, "after_at": run.after_at}
    if run.rule in {"tickets", "tip_offs"}:
        rows = _SQL.due_tickets(session.connection, **told, is_tip_off=run.rule == "tip_offs")
        return [Due(row["id"], row["at"]) async for row in rows]
    if run.rule == "calls":
        return [Due(row["id"], row["at"], row["id"]) async for row in _SQL.due_calls(session.connection, **told)]
    return [Due(row["id"], row["at"], row["interaction"]) async for row in _SQL.due_chats(session.connection, **told)]


async def delete(session: Session, rule: str, until: datetime, n: int) -> int:
    """Delete the oldest rows of a rule that are over their time; returns how many."""
    return int(await _DELETE[rule](session.connection, city_code=session.city_code, until=until, n=n))


async def full_bands(session: Session) -> list[int]:
    """Return the months (yyyymm) of which there is a partition of numbers by which near texts are found."""
    return [row["yyyymm"] async for row in _SQL.bands(session.connection)]


async def empty_bands(session: Session, months: Collection[int]) -> int:
    """Empty some of them; returns how many there was anything in. One that a backup is reading is left for another day."""
    done = 0
    for month in months:
        with contextlib.suppress(asyncpg.LockNotAvailableError):
            async with session.connection.transaction():
                await _SQL.wait_briefly(session.connection)
                done += bool(await _SQL.empty_bands(session.connection, yyyymm=month))
    return done


async def counts(session: Session, untils: Mapping[str, datetime], most: int) -> dict[str, int]:
    """Return how much of each is from before the time that it is kept, `most` at the most."""
    before = {one.rule: one.until for one in await runs(session) if one.finished_at is not None}
    begun = {f"{rule}_from": before.get(rule, _EVER) for rule in ("calls", "chats")}
    return dict(await _SQL.counts(session.connection, city_code=session.city_code, n=most, **untils, **begun))
