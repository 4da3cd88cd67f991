"""Automatic dispatch by category: who switched it and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from models.store.database import queries
from models.ticket import first_id

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("auto_dispatch")


class Switch(Struct, frozen=True, kw_only=True):
    """How a category was switched last."""

    category: str
    is_on: bool
    at: datetime
    actor: str
    reason: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What went out by itself under a category, and how much of it had to go elsewhere."""

    category: str
    dispatched: int
    misdirected: int


async def switches(session: Session) -> dict[str, Switch]:
    """Return how every category was switched last, by its code."""
    rows = _SQL.switches(session.connection, city_code=session.city_code)
    return {row["category"]: Switch(**dict(row)) async for row in rows}


async def switch(session: Session, change: Switch) -> None:
    """Switch a category."""
    await _SQL.switch(
        session.connection,
        city_code=session.city_code,
        category=change.category,
        is_on=change.is_on,
        at=change.at,
        actor=change.actor,
        reason=change.reason,
    )


async def outcomes(session: Session, since: datetime) -> dict[str, Outcome]:
    """Return by category what went out by itself in the months from that time on."""
    rows = _SQL.outcomes(session.connection, city_code=session.city_code, low=first_id(since))
    return {row["category"]: Outcome(**dict(row)) async for row in rows}


async def shares(session: Session, since: datetime) -> dict[str, int]:
    """Return by category how many tickets were registered in the months from that time on."""
    rows = _SQL.shares(session.connection, city_code=session.city_code, low=first_id(since))
    return {row["category"]: row["tickets"] async for row in rows}
