"""What a candidate reads beside the model in use (影子): codes only, never words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from models.store.database import queries, to_rows
from models.understanding import Told
from models.vocabulary import Kind, Urgency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.store.database import Session

_SQL = queries("shadow_readings")


class ShadowReading(Struct, frozen=True, kw_only=True):
    """One request read by a candidate (`version`) and by the model in use (`present`)."""

    city_code: str
    version: str
    ticket_id: int
    registered_at: datetime
    category: str
    kind: Kind
    urgency: Urgency
    present: str
    present_category: str
    present_kind: Kind
    present_urgency: Urgency


class Agreement(Struct, frozen=True, kw_only=True):
    """Counts of requests: read by both, read alike, labelled by a person since, and who of the two was right there."""

    read: int
    same_category: int
    same_kind: int
    same_urgency: int
    confirmed: int
    candidate_right: int
    present_right: int


async def unread(session: Session, version: str, since: datetime, size: int) -> list[Told]:
    """Return the next requests, registered from a time on, that a candidate has not read."""
    rows = _SQL.unread(session.connection, city_code=session.city_code, version=version, since=since, page_size=size)
    return [msgspec.convert(dict(row), Told) async for row in rows]


async def add(session: Session, readings: Sequence[ShadowReading]) -> None:
    """Keep what was read."""
    await _SQL.add(session.connection, readings=to_rows(list(readings)))


async def reached(session: Session, version: str) -> datetime | None:
    """Return when the newest request was registered that a candidate has read."""
    at: datetime | None = await _SQL.reached(session.connection, city_code=session.city_code, version=version)
    return at


async def figures(session: Session, version: str, present: str) -> dict[str, Agreement]:
    """Return how a candidate and the model in use agree, by the category that the latter reads."""
    rows = _SQL.figures(session.connection, city_code=session.city_code, version=version, present=present)
    return {row["category"]: msgspec.convert(dict(row), Agreement) async for row in rows}
