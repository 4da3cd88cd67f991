"""常用视图: named filters, each a person's own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("saved_views")


class SavedView(Struct, frozen=True, kw_only=True):
    """A view: `filters` are those of hotline.worklist.ListFields that are set."""

    name: str
    filters: dict[str, Any]
    changed_at: datetime


async def of_owner(session: Session, owner: str) -> list[SavedView]:
    """Return a person's views, by name."""
    rows = _SQL.of_owner(session.connection, city_code=session.city_code, owner=owner)
    return [SavedView(**row) async for row in rows]


async def put(session: Session, owner: str, view: SavedView, most: int) -> bool:
    """Keep a view under its name; tells whether there was room: a person has `most` at the most."""
    row = await _SQL.put(
        session.connection,
        city_code=session.city_code,
        owner=owner,
        name=view.name,
        filters=view.filters,
        at=view.changed_at,
        most=most,
    )
    return row is not None


async def drop(session: Session, owner: str, name: str) -> None:
    """Forget a view; raises NotFound."""
    if await _SQL.drop(session.connection, city_code=session.city_code, owner=owner, name=name) is None:
        raise NotFound(f"没有名为“{name}”的常用视图")
