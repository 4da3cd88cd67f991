"""交接班: who handed which drafts and interactions to whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.store.database import Session

_SQL = queries("shift_changes")
LAST: Final = 2**63 - 1
_STORED: Final = (
    "handed_by", "from_agent", "to_agent", "to_seat_group", "remark", "drafts", "interactions", "at",
)  # fmt: skip


class ShiftChange(Struct, frozen=True, kw_only=True):
    """One agent's open work handed to another, or to a seat group; `remark` is masked."""

    id: int
    handed_by: str
    from_agent: str
    to_agent: str | None
    to_seat_group: str | None
    remark: str
    drafts: list[str]
    interactions: list[int]
    at: datetime
    accepted_by: str | None = None
    accepted_at: datetime | None = None


async def add(session: Session, change: ShiftChange) -> int:
    """Keep a change of shift; returns its id."""
    values = {name: getattr(change, name) for name in _STORED}
    return int(await _SQL.add(session.connection, city_code=session.city_code, **values))


async def get(session: Session, change_id: int) -> ShiftChange:
    """Return a change of shift; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=change_id)
    if row is None:
        raise NotFound(f"没有编号为{change_id}的交接班")
    return _change(row)


async def accept(session: Session, change_id: int, by: str, at: datetime) -> bool:
    """Record who took it over; False where somebody had before."""
    return bool(await _SQL.accept(session.connection, city_code=session.city_code, id=change_id, by=by, at=at))


async def page(
    session: Session, agent: str | None, seat_groups: Sequence[str], before: int | None, size: int
) -> list[ShiftChange]:
    """Return one page, the newest first, of what concerns an agent who answers for those groups; all without an agent."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        agent=agent,
        seat_groups=list(seat_groups),
        before=before or LAST,
        page_size=size,
    )
    return [_change(row) async for row in rows]


def _change(row: Any) -> ShiftChange:
    return ShiftChange(**{name: row[name] for name in ShiftChange.__struct_fields__})
