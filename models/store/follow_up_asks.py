"""Who is asked how it ended (回访梯次), each caller for themselves: by link, by an automatic call, by a person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from models.sla import Rung
from models.store.database import queries, to_rows
from models.vocabulary import Kind

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("follow_up_asks")
Outcome = Literal["answered", "silent", "overtaken"]


class Ask(Struct, frozen=True, kw_only=True):
    """One caller to be asked in one round (how often the matter was taken up again).

    `common` is the ticket that answers: their own, or the one that theirs was merged into. `call` is the automatic call
    that was ordered; `tries` are when a merged caller was tried in vain (for a ticket of its own, see follow_ups). An ask
    ends `answered`, `silent`, or `overtaken` where the matter was taken up again before.
    """

    ticket_id: int
    round: int
    common: int
    first_rung: Rung
    rung: Rung
    opened_at: datetime
    call: str | None = None
    tries: tuple[datetime, ...] = ()
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    way: str | None = None
    solved: bool | None = None
    satisfied: bool | None = None


class Waiting(Struct, frozen=True, kw_only=True):
    """An open ask, when its caller was tried, and what it is about."""

    ask: Ask
    tried: tuple[datetime, ...]
    kind: Kind
    urgency: int
    category: str
    lead: str | None


class Figures(Struct, frozen=True, kw_only=True):
    """Counts of the asks opened in a span; `calls_of_people` were made for those that ended with a person."""

    opened: int
    open: int
    ended: int
    answered: int
    silent: int
    overtaken: int
    ended_on_sms: int
    ended_on_auto_call: int
    ended_on_person: int
    solved: int
    satisfied: int
    waiting_for_person: int
    calls_of_people: int
    first_at: datetime | None


async def open_all(session: Session, asks: list[Ask]) -> None:
    """Keep who is to be asked from now on."""
    rows = [
        {"city_code": session.city_code, **{name: getattr(one, name) for name in Ask.__struct_fields__}} for one in asks
    ]
    await _SQL.open(session.connection, rows=to_rows(rows))


async def current(session: Session, ticket_id: int) -> Ask | None:
    """Lock and return the open ask of a ticket, None where nobody is asked."""
    row = await _SQL.current(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return _ask(row) if row else None


async def of_call(session: Session, call: str) -> Ask | None:
    """Return the ask that a call was ordered for, None where there is none."""
    row = await _SQL.of_call(session.connection, city_code=session.city_code, call=call)
    return _ask(row) if row else None


async def tried(session: Session, ask: Ask, at: datetime) -> None:
    """Keep that a merged caller was tried in vain."""
    await _SQL.tried(session.connection, city_code=session.city_code, ticket_id=ask.ticket_id, round=ask.round, at=at)


async def climb(session: Session, ask: Ask, rung: Rung, call: str | None) -> None:
    """Bring an ask to another rung, or order a call for it."""
    await _SQL.climb(
        session.connection,
        city_code=session.city_code,
        ticket_id=ask.ticket_id,
        round=ask.round,
        rung=rung,
        call=call,
    )


async def end(
    session: Session,
    ticket_id: int,
    at: datetime,
    outcome: Outcome,
    way: str | None = None,
    *,
    solved: bool | None = None,
    satisfied: bool | None = None,
) -> None:
    """End the open ask of a ticket, where there is one."""
    await _SQL.answered(
        session.connection,
        city_code=session.city_code,
        ticket_id=ticket_id,
        ended_at=at,
        outcome=outcome,
        way=way,
        solved=solved,
        satisfied=satisfied,
    )


async def overtake(session: Session, common: int, at: datetime) -> None:
    """End every open ask about a matter that is taken up again."""
    await _SQL.overtaken(session.connection, city_code=session.city_code, common=common, at=at)


async def page(session: Session, rung: str | None, after: tuple[datetime, int], size: int) -> list[Waiting]:
    """Return one page of open asks, the longest waiting first, after the cursor (opened_at, ticket id)."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        rung=rung,
        after_at=after[0],
        after_id=after[1],
        page_size=size,
    )
    return [_waiting(row) async for row in rows]


async def waiting(session: Session, ticket_id: int) -> Waiting | None:
    """Return the open ask of a ticket, not locked, None where nobody is asked."""
    row = await _SQL.waiting(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return _waiting(row) if row else None


async def figures(session: Session, since: datetime, until: datetime) -> Figures:
    """Count the asks opened in a span."""
    row = await _SQL.figures(session.connection, city_code=session.city_code, since=since, until=until)
    return Figures(**{name: row[name] for name in Figures.__struct_fields__})


async def staff(session: Session) -> int:
    """Return how many accounts the follow-up desk has."""
    return int(await _SQL.staff(session.connection, city_code=session.city_code))


def _waiting(row: Any) -> Waiting:
    about = {name: row[name] for name in ("urgency", "category", "lead")}
    return Waiting(ask=_ask(row), tried=tuple(row["tried"]), kind=Kind(row["kind"]), **about)


def _ask(row: Any) -> Ask:
    return Ask(**{**{name: row[name] for name in Ask.__struct_fields__}, "tries": tuple(row["tries"])})
