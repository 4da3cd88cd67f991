"""What is owed to the knowledge base (知识待办): by whom, and what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("knowledge_tasks")


class Pressed(Struct, frozen=True, kw_only=True):
    """How many late tasks of each kind an owner was pressed about; no owner is who keeps the knowledge base."""

    owner: str | None
    corrections: int
    confirmations: int
    gaps: int


class OwnerFigures(Struct, frozen=True, kw_only=True):
    """What one owner has published, owes, and has closed in time or late."""

    owner: str | None
    published: int
    open: int
    late: int
    closed_in_time: int
    closed_late: int


async def press(
    session: Session, at: datetime, again: datetime, *, keeper: str, reached: Collection[str]
) -> list[Pressed]:
    """Mark every late task that was not pressed since `again` and whose owner is `reached`; returns what each is late with.

    What nobody owns is the `keeper`'s.
    """
    rows = _SQL.press(
        session.connection, city_code=session.city_code, at=at, again=again, keeper=keeper, reached=list(reached)
    )
    return [Pressed(**dict(row)) async for row in rows]


async def figures(session: Session, since: datetime, now: datetime) -> list[OwnerFigures]:
    """Return every owner's figures, who is late with most first."""
    rows = _SQL.figures(session.connection, city_code=session.city_code, since=since, now=now)
    return [OwnerFigures(**dict(row)) async for row in rows]
