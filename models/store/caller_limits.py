"""来电人限制: what holds for which caller, by the blind index of the phone, with evidence, until when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from msgspec import Struct

from models.errors import Conflict, NotFound
from models.store.database import queries
from models.vocabulary import CallerLimitLevel

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("caller_limits")
LAST: Final = 2**63 - 1


class CallerLimit(Struct, frozen=True, kw_only=True):
    """One limit; `interactions` and `tickets` are its evidence, `expires_at` when a granted one ends by itself."""

    id: int
    caller_index: bytes
    caller: bytes
    level: CallerLimitLevel
    reason: str
    interactions: tuple[int, ...]
    tickets: tuple[int, ...]
    asked_by: str
    asked_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    granted: bool | None = None
    decision: str | None = None
    expires_at: datetime | None = None
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    lift_reason: str | None = None

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it is granted, not lifted and not over."""
        return bool(self.granted) and self.lifted_at is None and self.expires_at is not None and at < self.expires_at

    def state_at(self, at: datetime) -> str:
        """Return where it stands: asked, holding, refused, lifted or expired."""
        if self.decided_at is None:
            return "asked"
        if not self.granted:
            return "refused"
        if self.lifted_at is not None:
            return "lifted"
        return "holding" if self.holds_at(at) else "expired"


async def ask(session: Session, limit: CallerLimit) -> int:
    """Keep that a limit is asked for; returns its id. Raises Conflict where one is asked for already."""
    try:
        return int(
            await _SQL.ask(
                session.connection,
                city_code=session.city_code,
                caller_index=limit.caller_index,
                caller=limit.caller,
                level=limit.level,
                reason=limit.reason,
                interactions=list(limit.interactions),
                tickets=list(limit.tickets),
                by=limit.asked_by,
                at=limit.asked_at,
            )
        )
    except asyncpg.UniqueViolationError as error:
        raise Conflict("该来电人已有一项待审批的限制申请") from error


async def get(session: Session, limit_id: int) -> CallerLimit:
    """Return a limit; raises NotFound."""
    return _found(await _SQL.find(session.connection, city_code=session.city_code, id=limit_id), limit_id)


async def lock(session: Session, limit_id: int) -> CallerLimit:
    """Lock and return a limit; raises NotFound."""
    return _found(await _SQL.lock(session.connection, city_code=session.city_code, id=limit_id), limit_id)


async def page(session: Session, state: str, at: datetime, before: int | None, size: int) -> list[CallerLimit]:
    """Return one page of limits, the newest first: `asked`, `holding`, `over`, or all for an empty state."""
    rows = _SQL.page(
        session.connection, city_code=session.city_code, state=state, at=at, before=before or LAST, page_size=size
    )
    return [_limit(row) async for row in rows]


async def holding(session: Session, at: datetime) -> list[CallerLimit]:
    """Return every limit that holds at a moment."""
    rows = _SQL.holding(session.connection, city_code=session.city_code, at=at)
    return [_limit(row) async for row in rows]


async def decide(session: Session, limit: CallerLimit) -> None:
    """Keep the decision on a limit; a granted one stands in place of what held for its caller before."""
    key = {"city_code": session.city_code, "id": limit.id}
    await _SQL.decide(
        session.connection,
        by=limit.decided_by,
        at=limit.decided_at,
        granted=limit.granted,
        decision=limit.decision,
        expires_at=limit.expires_at,
        **key,
    )
    if limit.granted:
        await _SQL.replace(
            session.connection,
            by=limit.decided_by,
            at=limit.decided_at,
            reason="由新的限制代替",
            caller_index=limit.caller_index,
            **key,
        )


async def lift(session: Session, limit_id: int, by: str, at: datetime, reason: str) -> None:
    """End a limit before its time."""
    await _SQL.lift(session.connection, by=by, at=at, reason=reason, city_code=session.city_code, id=limit_id)


async def is_all_of_caller(
    session: Session, caller_index: bytes, interactions: list[int], ticket_ids: list[int]
) -> bool:
    """Tell whether all of some interactions and tickets are one caller's."""
    key = {"city_code": session.city_code, "caller_index": caller_index}
    foreign = await _SQL.foreign_interactions(session.connection, interactions=interactions, **key)
    foreign += await _SQL.foreign_tickets(session.connection, tickets=ticket_ids, **key)
    return int(foreign) == 0


async def seen(session: Session, caller_index: bytes, since: datetime, until: datetime) -> dict[str, int]:
    """Count what a caller did in a time: `calls`, `in_vain`, `tickets`, `emergencies`."""
    key = {"city_code": session.city_code, "caller_index": caller_index, "since": since, "until": until}
    return {**await _SQL.calls(session.connection, **key), **await _SQL.requests(session.connection, **key)}


async def figures(session: Session, since: datetime, at: datetime) -> dict[str, int]:
    """Count limits asked for since a moment: asked = waiting + refused + granted, granted = holding + expired + lifted."""
    return dict(await _SQL.figures(session.connection, city_code=session.city_code, since=since, at=at))


def _found(row: Any, limit_id: int) -> CallerLimit:
    if row is None:
        raise NotFound(f"没有编号为{limit_id}的来电人限制")
    return _limit(row)


def _limit(row: Any) -> CallerLimit:
    values = {name: row[name] for name in CallerLimit.__struct_fields__}
    return CallerLimit(
        **{
            **values,
            "level": CallerLimitLevel(row["level"]),
            "interactions": tuple(row["interactions"]),
            "tickets": tuple(row["tickets"]),
        }
    )
