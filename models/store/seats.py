"""坐席: where every agent stands, and the work that waits for one of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.store.database import Session

_SQL = queries("seats")
SEAT_SUBJECT: Final = "seat:"
AGAIN_SUBJECT: Final = "again:"

State = Literal["free", "given", "busy", "wrap_up", "away"]
WorkKind = Literal["chat", "call", "call_back"]


class Seat(Struct, frozen=True, kw_only=True):
    """Where an agent stands since when: free, given something that they have not taken yet, busy, in wrap-up (话后处理), away."""

    agent: str
    seat_groups: tuple[str, ...]
    state: State
    since: datetime
    interaction: int | None
    reason: str
    signed_on_at: datetime
    seen_at: datetime


class SeatWork(Struct, frozen=True, kw_only=True):
    """A chat, a call that telephony gave to nobody, or a missed caller. It waits where no `agent` has it, from `waits_from` on.

    What is urgent waits before everything else.
    """

    interaction: int
    kind: WorkKind
    seat_group: str
    waiting_since: datetime
    waits_from: datetime
    agent: str | None = None
    given_at: datetime | None = None
    taken_at: datetime | None = None
    is_urgent: bool = False


class Queue(Struct, frozen=True, kw_only=True):
    """How much of one kind waits for a seat group, and since when the first of it."""

    seat_group: str
    kind: WorkKind
    n: int
    since: datetime


async def lock(session: Session) -> None:
    """Be the only one who changes seats until this transaction ends.

    Rows of interactions are locked before this, never after it, so that nobody waits in a circle.
    """
    await _SQL.lock(session.connection, key=f"seats {session.city_code}")


async def get(session: Session, agent: str) -> Seat | None:
    """Return an agent's seat, None for who has not signed on."""
    return _seat(await _SQL.seat(session.connection, city_code=session.city_code, agent=agent))


async def seat_with(session: Session, interaction_id: int) -> Seat | None:
    """Return the seat of whoever was given an interaction, or is at it."""
    return _seat(await _SQL.seat_with(session.connection, city_code=session.city_code, interaction=interaction_id))


async def free_seat(session: Session, seat_group: str) -> Seat | None:
    """Return who of a group has been free the longest."""
    return _seat(await _SQL.free_seat(session.connection, city_code=session.city_code, seat_group=seat_group))


async def put(session: Session, seat: Seat) -> None:
    """Write where an agent stands."""
    values = {name: getattr(seat, name) for name in seat.__struct_fields__}
    await _SQL.put(session.connection, city_code=session.city_code, **values)


async def seen(session: Session, agent: str, at: datetime) -> bool:
    """Record a sign of life; tells whether the agent has signed on."""
    return bool(await _SQL.seen(session.connection, city_code=session.city_code, agent=agent, at=at))


async def of_agents(session: Session, agents: Iterable[str]) -> dict[str, Seat]:
    """Return the seats of those of some agents who have signed on."""
    rows = _SQL.of_agents(session.connection, city_code=session.city_code, agents=list(agents))
    return {row["agent"]: _made(row) async for row in rows}


async def all_seen(session: Session, agents: Iterable[str], at: datetime) -> None:
    """Record a sign of life of everybody named who has signed on."""
    await _SQL.all_seen(session.connection, city_code=session.city_code, agents=sorted(agents), at=at)


async def heard(session: Session, agents: Iterable[str]) -> dict[str, int]:
    """Return how much is written down of what each of some agents has in hand: it grows with every piece."""
    rows = _SQL.heard(session.connection, city_code=session.city_code, agents=list(agents))
    return {row["agent"]: row["heard"] async for row in rows}


async def leave(session: Session, agent: str) -> None:
    """Forget a seat."""
    await _SQL.leave(session.connection, city_code=session.city_code, agent=agent)


async def page(session: Session, after: str, size: int) -> list[Seat]:
    """Return one page of the seats, by agent."""
    rows = _SQL.page(session.connection, city_code=session.city_code, after=after, page_size=size)
    return [_made(row) async for row in rows]


async def states(session: Session) -> dict[str, dict[str, int]]:
    """Return how many seats of each group are in which state."""
    found: dict[str, dict[str, int]] = {}
    async for row in _SQL.states(session.connection, city_code=session.city_code):
        found.setdefault(row["seat_group"], {})[row["state"]] = row["n"]
    return found


async def all_states(session: Session) -> dict[str, int]:
    """Return how many agents are in which state."""
    rows = _SQL.all_states(session.connection, city_code=session.city_code)
    return {row["state"]: row["n"] async for row in rows}


async def queues(session: Session) -> list[Queue]:
    """Return what waits for an agent, by group and kind."""
    rows = _SQL.queues(session.connection, city_code=session.city_code)
    return [Queue(**row) async for row in rows]


async def wake(session: Session, subject: str, kind: str, due_at: datetime) -> None:
    """Let the clock look at a seat (`SEAT_SUBJECT` and the agent) or at work (`AGAIN_SUBJECT` and its interaction) then."""
    await _SQL.wake(session.connection, city_code=session.city_code, subject=subject, kind=kind, due_at=due_at)


async def sleep(session: Session, subject: str) -> None:
    """Let the clock look no more."""
    await _SQL.sleep(session.connection, city_code=session.city_code, subject=subject)


async def work(session: Session, interaction_id: int) -> SeatWork | None:
    """Return what is to be done about an interaction, None where that is nothing."""
    row = await _SQL.work(session.connection, city_code=session.city_code, interaction=interaction_id)
    return SeatWork(**row) if row else None


async def longest_waiting(session: Session, seat_groups: Iterable[str], now: datetime) -> SeatWork | None:
    """Return what has waited longest for somebody of these groups, of what is urgent first."""
    row = await _SQL.longest_waiting(
        session.connection, city_code=session.city_code, seat_groups=list(seat_groups), now=now
    )
    return SeatWork(**row) if row else None


async def held(session: Session, agent: str) -> list[SeatWork]:
    """Return what an agent was given or has taken, the longest waiting first."""
    rows = _SQL.held(session.connection, city_code=session.city_code, agent=agent)
    return [SeatWork(**row) async for row in rows]


async def put_work(session: Session, work: SeatWork) -> None:
    """Write what is to be done and who has it."""
    values = {name: getattr(work, name) for name in work.__struct_fields__}
    await _SQL.put_work(session.connection, city_code=session.city_code, **values)


async def drop_work(session: Session, interaction_id: int) -> None:
    """Forget what is done."""
    await _SQL.drop_work(session.connection, city_code=session.city_code, interaction=interaction_id)


async def wake_work(session: Session, now: datetime) -> None:
    """Let nothing rest any longer."""
    await lock(session)
    await _SQL.wake_work(session.connection, city_code=session.city_code, now=now)
    await _SQL.wake_again(session.connection, city_code=session.city_code, subjects=f"{AGAIN_SUBJECT}%", now=now)


def _seat(row: Any) -> Seat | None:
    return _made(row) if row else None


def _made(row: Any) -> Seat:
    return Seat(**{**row, "seat_groups": tuple(row["seat_groups"])})
