"""督办单: what a department is pressed with in writing, its answer, and how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from models.barring import NOBODY
from models.errors import NotFound
from models.store.database import queries
from models.vocabulary import SupervisionLevel

if TYPE_CHECKING:
    from models.barring import Barring
    from models.store.database import Session

_SQL = queries("supervisions")


class Supervision(Struct, frozen=True, kw_only=True):
    """One letter: `seq` is its place in the ticket's trail, `answer` is opened."""

    ticket_id: int
    seq: int
    action: str
    level: SupervisionLevel
    department: str | None
    owner: str
    reason: str
    at: datetime
    deadline: datetime | None
    answer_by: datetime
    answered_at: datetime | None
    answered_by: str | None
    answer: str | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: str | None


class LevelFigures(Struct, frozen=True, kw_only=True):
    """How many letters of one level went to one department, and what became of them."""

    level: SupervisionLevel
    department: str
    issued: int
    answered: int
    late: int
    open: int
    met: int
    unmet: int
    withdrawn: int
    ended: int


async def get(session: Session, ticket_id: int, seq: int) -> Supervision:
    """Return a letter; raises NotFound where there is none, also for what is a reminder only."""
    row = await _SQL.find(session.connection, city_code=session.city_code, ticket_id=ticket_id, seq=seq)
    if row is None or row["answer_by"] is None:
        raise NotFound("该工单没有这一编号的督办单")
    return _supervision(session, row)


async def page(
    session: Session,
    after: tuple[datetime, int, int],
    size: int,
    *,
    level: int | None,
    department: str | None,
    late_at: datetime | None,
    barred: Barring = NOBODY,
) -> list[Supervision]:
    """Return open letters, the nearest date of an answer first; with `late_at` those whose answer was due by then."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        after_by=after[0],
        after_ticket=after[1],
        after_seq=after[2],
        level=level,
        department=department,
        late_at=late_at,
        barred=list(barred.units),
        own=list(barred.own),
        page_size=size,
    )
    return [_supervision(session, row) async for row in rows]


async def figures(session: Session, since: datetime, at: datetime) -> list[LevelFigures]:
    """Count what was issued since a moment, by level and department, the hardest level first."""
    rows = _SQL.figures(session.connection, city_code=session.city_code, since=since, at=at)
    return [LevelFigures(**{**dict(row), "level": SupervisionLevel(row["level"])}) async for row in rows]


async def answer(session: Session, one: Supervision, text: str, by: str, at: datetime) -> None:
    """Keep a department's written answer, sealed."""
    place = f"{one.ticket_id}/{one.seq}"
    sealed = session.keyring.seal(text, "supervisions", "answer", place)
    key = {"city_code": session.city_code, "ticket_id": one.ticket_id, "seq": one.seq}
    await _SQL.answer(session.connection, at=at, by=by, answer=sealed, **key)


async def close(session: Session, one: Supervision, outcome: str, by: str, at: datetime) -> None:
    """Keep how one ended: `met`, `unmet` or `withdrawn`."""
    key = {"city_code": session.city_code, "ticket_id": one.ticket_id, "seq": one.seq}
    await _SQL.close(session.connection, at=at, by=by, outcome=outcome, **key)


async def end_all(session: Session, ticket_id: int, by: str, at: datetime) -> None:
    """End every open letter of a ticket that has ended."""
    await _SQL.end_all(session.connection, city_code=session.city_code, ticket_id=ticket_id, by=by, at=at)


def _supervision(session: Session, row: Any) -> Supervision:
    values = {name: row[name] for name in Supervision.__struct_fields__ if name not in {"answer", "level"}}
    sealed, place = row["answer"], f"{row['ticket_id']}/{row['seq']}"
    opened = session.keyring.unseal(sealed, "supervisions", "answer", place) if sealed else None
    return Supervision(**values, level=SupervisionLevel(row["level"]), answer=opened)
