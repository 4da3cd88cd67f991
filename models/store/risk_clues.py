"""What was pushed to 110 (影响社会稳定线索)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("risk_clues")
_LAST: Final = (datetime(9999, 1, 1, tzinfo=UTC), "")


class RiskClue(Struct, frozen=True, kw_only=True):
    """One clue; `level` is 1 (gravest) to 4. `reference` is what 110 calls it, `reason` why it was withdrawn."""

    id: str
    ticket_id: int
    flags: tuple[str, ...]
    level: int
    pushed_at: datetime
    pushed_by: str
    is_by_rule: bool
    acknowledge_by: datetime
    acknowledged_at: datetime | None = None
    reference: str | None = None
    withdrawn_at: datetime | None = None
    reason: str | None = None

    @property
    def state(self) -> str:
        """waiting, acknowledged or withdrawn."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "waiting" if self.acknowledged_at is None else "acknowledged"


async def push(session: Session, clue: RiskClue) -> None:
    """Keep a new clue; its ticket must be locked and have none."""
    await _SQL.push(
        session.connection,
        city_code=session.city_code,
        id=clue.id,
        ticket_id=clue.ticket_id,
        flags=list(clue.flags),
        level=clue.level,
        at=clue.pushed_at,
        by=clue.pushed_by,
        is_by_rule=clue.is_by_rule,
        acknowledge_by=clue.acknowledge_by,
    )


async def get(session: Session, clue_id: str) -> RiskClue:
    """Return a clue; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=clue_id)
    if row is None:
        raise NotFound(f"没有编号为“{clue_id}”的风险线索")
    return _clue(row)


async def of_ticket(session: Session, ticket_id: int) -> RiskClue | None:
    """Return the clue of a ticket that was not withdrawn, None where there is none."""
    row = await _SQL.of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return _clue(row) if row else None


async def page(session: Session, state: str | None, before: tuple[datetime, str] | None, size: int) -> list[RiskClue]:
    """Return one page, the newest first, before the cursor (pushed_at, id)."""
    at, last = before or _LAST
    rows = _SQL.page(
        session.connection, city_code=session.city_code, state=state, before_at=at, before_id=last, page_size=size
    )
    return [_clue(row) async for row in rows]


async def change(session: Session, clue: RiskClue) -> None:
    """Keep what became of a clue, whose ticket must be locked."""
    await _SQL.change(
        session.connection,
        city_code=session.city_code,
        id=clue.id,
        acknowledged_at=clue.acknowledged_at,
        reference=clue.reference,
        withdrawn_at=clue.withdrawn_at,
        reason=clue.reason,
    )


def _clue(row: Any) -> RiskClue:
    values = {name: row[name] for name in RiskClue.__struct_fields__}
    return RiskClue(**{**values, "flags": tuple(row["flags"])})
