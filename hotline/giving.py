"""Work is given to whoever is free and able, the longest waiting first; what somebody leaves goes back to its old place.

All of this happens under one lock (models.store.seats.lock): whenever nobody holds it, no agent is free while something waits
that they could take. Each step keeps that true by giving one thing at most: new work can only pair with a free agent,
an agent who falls free only with what waits.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta
from msgspec.structs import replace

from hotline.fields import IN_CITY
from models.errors import Conflict, InvalidRequest, NotFound
from models.store import credentials, seats
from models.store.seats import AGAIN_SUBJECT, SEAT_SUBJECT, Seat, SeatWork
from models.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.interactions import Interaction

AGENTS: Final = frozenset({Role.AGENT, Role.SHIFT_LEAD})
SeatGroupCode = Annotated[str, Meta(min_length=1, max_length=64, extra_json_schema={IN_CITY: "SeatGroupCode"})]
# Why an agent is away who did not say so.
NOT_TAKEN: Final = "未按时接起"
SILENT: Final = "长时间没有操作"


async def ask(hub: Hub, session: Session, work: SeatWork) -> None:
    """Let something be done by an agent: by whoever is free, or by the first who falls free."""
    await seats.lock(session)
    await seats.put_work(session, work)
    await _give_out(hub, session, work)


async def hurry(session: Session, interaction_id: int) -> None:
    """Let what waits wait before everything else."""
    await seats.lock(session)
    work = await seats.work(session, interaction_id)
    if work is not None:
        await seats.put_work(session, replace(work, is_urgent=True))


async def ring(hub: Hub, session: Session, work: SeatWork, agent: str) -> None:
    """Give something to the seat that telephony chose. Raises Conflict where it is not free, or somebody has it already."""
    await seats.lock(session)
    seat, current = await seats.get(session, agent), await seats.work(session, work.interaction)
    if current is not None and current.agent is not None:
        raise Conflict("该来话已分给坐席，请等待接起")
    if seat is None or seat.state != "free":
        raise Conflict(f"话务员“{agent}”不在空闲，请振铃其他坐席，或转人工（takeover）由本平台分派")
    await _give(hub, session, seat, current or work)


async def answered(
    hub: Hub, session: Session, interaction_id: int, agent: str | None, *, is_taking: bool = False
) -> None:
    """Somebody has answered: their seat is busy, and nobody else has it any more.

    Raises Conflict where an agent who is taking what was given to them is too late.
    """
    await seats.lock(session)
    seat = await seats.get(session, agent) if agent else None
    work = await seats.work(session, interaction_id)
    if is_taking and (work is None or work.agent != agent or work.taken_at is not None):
        raise Conflict("该来话已不在您的坐席上，请等待下一个")
    other = await seats.seat_with(session, interaction_id)
    left: list[SeatWork] = []
    if seat is not None:
        left = await _given_but(session, seat, interaction_id) if seat.state == "given" else []
        await put(hub, session, replace(seat, seen_at=hub.now()), "busy", interaction_id)
    if work is not None and seat is not None:
        await seats.put_work(session, replace(work, agent=seat.agent, taken_at=hub.now()))
    elif work is not None:
        await seats.drop_work(session, interaction_id)
    if other is not None and other.agent != agent:
        await free(hub, session, other)
    for one in left:
        await put_back(hub, session, one)


async def ended(hub: Hub, session: Session, interaction_id: int) -> str | None:
    """Nothing is to be done about an interaction any more; returns who had taken it.

    Who was at it wraps up, who had not taken it yet is free.
    """
    await seats.lock(session)
    work = await seats.work(session, interaction_id)
    seat = await seats.seat_with(session, interaction_id)
    if work is not None:
        await seats.drop_work(session, interaction_id)
        if work.agent is None:
            await seats.sleep(session, f"{AGAIN_SUBJECT}{interaction_id}")
    if seat is not None and seat.state == "busy":
        # Whoever has just spoken is there, whether or not their desk gave a sign of it.
        await put(hub, session, replace(seat, seen_at=hub.now()), "wrap_up")
    elif seat is not None:
        await free(hub, session, seat)
    return work.agent if work is not None and work.taken_at is not None else None


async def owe(hub: Hub, session: Session, call: Interaction) -> None:
    """Let whoever is owed a call be called, by whoever is to do so already where there is somebody."""
    await seats.lock(session)
    if await seats.work(session, call.id) is None:
        at = hub.now()
        await ask(
            hub,
            session,
            SeatWork(
                interaction=call.id, kind="call_back", seat_group=call.seat_group, waiting_since=at, waits_from=at
            ),
        )


async def is_being_called(session: Session, interaction_id: int) -> bool:
    """Tell whether an agent has taken the call that somebody is owed, and is at it."""
    await seats.lock(session)
    work = await seats.work(session, interaction_id)
    return work is not None and work.kind == "call_back" and work.taken_at is not None


async def left(hub: Hub, session: Session, call: Interaction) -> str | None:
    """Nobody is waited for any more, and who is owed a call is owed it still; returns who had taken it."""
    agent = await ended(hub, session, call.id)
    if call.call_back_by is not None and call.called_back_at is None:
        await owe(hub, session, call)
    return agent


async def free(hub: Hub, session: Session, seat: Seat) -> None:
    """A seat has nothing in hand: it goes on with what it has taken before, or gets what has waited longest."""
    for mine in await seats.held(session, seat.agent):
        if mine.taken_at is not None:
            await put(hub, session, seat, "busy", mine.interaction)
            return
    work = await seats.longest_waiting(session, seat.seat_groups, hub.now())
    if work is None:
        await put(hub, session, seat, "free")
    else:
        await _give(hub, session, seat, work)


async def away(hub: Hub, session: Session, seat: Seat, reason: str) -> None:
    """An agent is not there: all that they have goes back to its old place."""
    await put(hub, session, seat, "away", reason=reason)
    await let_go(hub, session, seat.agent)


async def let_go(hub: Hub, session: Session, agent: str) -> None:
    """Give to others what an agent has, who must not be free."""
    for work in await seats.held(session, agent):
        await put_back(hub, session, work)


async def put_back(hub: Hub, session: Session, work: SeatWork) -> None:
    """Let something wait again, at its old place."""
    waiting = replace(work, agent=None, given_at=None, taken_at=None)
    await seats.put_work(session, waiting)
    await _give_out(hub, session, waiting)


async def put(
    hub: Hub, session: Session, seat: Seat, state: seats.State, interaction: int | None = None, *, reason: str = ""
) -> None:
    """Write a seat's state and when the clock looks at it next."""
    at, rule = hub.now(), hub.city.seats.rule
    await seats.put(session, replace(seat, state=state, since=at, interaction=interaction, reason=reason))
    within = {"given": rule.take_within_s, "wrap_up": rule.wrap_up_within_s}.get(state)
    subject = f"{SEAT_SUBJECT}{seat.agent}"
    if within is not None:
        # A person's hands are no quicker where a demo's clock is.
        allowed = timedelta(seconds=within) * max(1.0, hub.clock.speed)
        await seats.wake(session, subject, state, at + allowed)
    elif state == "away":
        await seats.sleep(session, subject)
    else:
        await seats.wake(session, subject, "silent", seat.seen_at + timedelta(seconds=rule.silent_for_s))


async def groups_of(session: Session, agent: str) -> tuple[str, ...]:
    """Return the groups that an agent answers for now."""
    seat = await seats.get(session, agent)
    return seat.seat_groups if seat is not None else ()


async def check_agent(session: Session, agent: str) -> None:
    """Raise NotFound unless somebody of that name has an agent's account, or sits here already."""
    user = await credentials.user(session, agent)
    if (user is None or user.is_disabled or user.role not in AGENTS) and await seats.get(session, agent) is None:
        raise NotFound(f"没有名为“{agent}”的话务员")


def check_groups(hub: Hub, codes: Sequence[str]) -> tuple[str, ...]:
    """Return the codes, each once; raises InvalidRequest for one that the city does not have."""
    for code in codes:
        if code not in hub.city.seats.groups:
            raise InvalidRequest(f"没有代码为“{code}”的席组，可选 {'、'.join(hub.city.seats.groups)}")
    return tuple(dict.fromkeys(codes))


async def _give_out(hub: Hub, session: Session, work: SeatWork) -> None:
    if work.waits_from > hub.now():
        await seats.wake(session, f"{AGAIN_SUBJECT}{work.interaction}", "again", work.waits_from)
        return
    seat = await seats.free_seat(session, work.seat_group)
    if seat is not None:
        await _give(hub, session, seat, work)


async def _give(hub: Hub, session: Session, seat: Seat, work: SeatWork) -> None:
    await seats.put_work(session, replace(work, agent=seat.agent, given_at=hub.now(), taken_at=None))
    await put(hub, session, seat, "given", work.interaction)


async def _given_but(session: Session, seat: Seat, interaction_id: int) -> list[SeatWork]:
    """Return what a seat was given and has not taken, but for one interaction."""
    held = await seats.held(session, seat.agent)
    return [one for one in held if one.taken_at is None and one.interaction != interaction_id]
