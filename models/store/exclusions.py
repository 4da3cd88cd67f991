"""剔除: what is asked not to be counted, with its evidence sealed, and what a second person decided."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from msgspec import Struct

from models.barring import NOBODY
from models.errors import Conflict, NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.barring import Barring
    from models.store.database import Session

_SQL = queries("exclusions")
STATES: Final = ("waiting", "granted", "refused", "revoked")
LAST: Final = 2**63 - 1


class Exclusion(Struct, frozen=True, kw_only=True):
    """A ticket, or with `assignment` one department's part of it, that is not to be counted. `evidence` is opened.

    `department` is whose figures it concerns: that of the part, or who led the ticket when it was asked.
    """

    id: int
    ticket_id: int
    assignment: int | None
    department: str | None
    reason: str
    seq: int
    evidence: str
    state: str
    asked_by: str
    asked_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


class Excluded(Struct, frozen=True, kw_only=True):
    """How many exclusions there are of a department, for a reason, in a state; `department` is empty where nobody led."""

    department: str
    reason: str
    state: str
    n: int


async def ask(session: Session, wanted: Exclusion) -> int:
    """Keep a new one; returns its id. Raises Conflict where the same is asked for or granted already."""
    sealed = session.keyring.seal(wanted.evidence, "exclusions", "evidence", f"{wanted.ticket_id}/{wanted.seq}")
    try:
        return int(
            await _SQL.ask(
                session.connection,
                city_code=session.city_code,
                ticket_id=wanted.ticket_id,
                assignment=wanted.assignment,
                department=wanted.department,
                reason=wanted.reason,
                seq=wanted.seq,
                evidence=sealed,
                by=wanted.asked_by,
                at=wanted.asked_at,
            )
        )
    except asyncpg.UniqueViolationError as error:
        raise Conflict("该工单（或承办任务）已申请剔除或已剔除，不必重复申请") from error


async def get(session: Session, exclusion_id: int) -> Exclusion:
    """Return one; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=exclusion_id)
    if row is None:
        raise NotFound(f"没有编号为{exclusion_id}的剔除申请")
    return _exclusion(session, row)


async def decide(session: Session, exclusion_id: int, state: str, by: str, at: datetime) -> None:
    """Keep what was decided. The ticket must be locked."""
    await _SQL.decide(session.connection, city_code=session.city_code, id=exclusion_id, state=state, by=by, at=at)


async def page(
    session: Session,
    before: int | None,
    size: int,
    *,
    state: str | None,
    departments: Sequence[str] | None,
    barred: Barring = NOBODY,
) -> list[Exclusion]:
    """Return one page, the newest first."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        state=state,
        departments=None if departments is None else list(departments),
        before=before or LAST,
        barred=list(barred.units),
        own=list(barred.own),
        page_size=size,
    )
    return [_exclusion(session, row) async for row in rows]


async def figures(session: Session, since: datetime, until: datetime) -> list[Excluded]:
    """Return how many were asked for in a time, by department, reason and state."""
    rows = _SQL.figures(session.connection, city_code=session.city_code, since=since, until=until)
    return [Excluded(**row) async for row in rows]


def _exclusion(session: Session, row: Any) -> Exclusion:
    values = {name: row[name] for name in Exclusion.__struct_fields__ if name != "evidence"}
    place = f"{row['ticket_id']}/{row['seq']}"
    return Exclusion(**values, evidence=session.keyring.unseal(row["evidence"], "exclusions", "evidence", place))
