"""坐席: an agent signs on to seat groups, is free or away, signs off; and what the clock does with who stays silent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline import giving
from hotline.fields import Code, Remark
from hotline.giving import SeatGroupCode
from models.errors import Conflict, Forbidden, InvalidRequest
from models.store import seats, timers
from models.store.seats import AGAIN_SUBJECT, SEAT_SUBJECT, Seat
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor, Timer


class SeatStep(Struct, kw_only=True, forbid_unknown_fields=True):
    """`sign_on` to `seat_groups` (again: to others), `free` for work, `away`, `sign_off`; `beat` is a sign of life.

    `agent` is whose seat it is, one's own where it is left out; a shift lead may do all but `beat` for others.
    """

    action: Literal["sign_on", "free", "away", "beat", "sign_off"]
    agent: Code | None = None
    seat_groups: Annotated[list[SeatGroupCode], Meta(max_length=50)] = []
    reason: Remark = ""


async def move(hub: Hub, actor: Actor, step: SeatStep) -> Seat | None:
    """Take a step; returns where the seat stands, None where it is empty. Raises Conflict, Forbidden, NotFound."""
    agent = step.agent or actor.name
    if agent != actor.name and (actor.role is not Role.SHIFT_LEAD or step.action == "beat"):
        raise Forbidden("只能操作自己的坐席；班长可以为他人签入、置忙闲、签出")
    if step.action == "beat":
        return await _beat(hub, agent)
    if step.action == "sign_on" and not step.seat_groups:
        raise InvalidRequest("签入时请填写 seat_groups：签入哪些席组")
    groups = giving.check_groups(hub, step.seat_groups)

    async def work(session: Session) -> Seat | None:
        if agent != actor.name:
            await giving.check_agent(session, agent)
        await seats.lock(session)
        seat = await seats.get(session, agent)
        if step.action == "sign_on":
            await _sign_on(hub, session, agent, seat, groups)
        elif seat is None:
            raise Conflict("尚未签入，请先签入席组")
        else:
            at = hub.now()
            await seats.seen(session, agent, at)
            await _act(hub, session, replace(seat, seen_at=at), step)
        return await seats.get(session, agent)

    return await hub.database.write(work)


async def tick(hub: Hub, timer: Timer) -> None:
    """The moment of a seat has come: what was given was not taken, the wrap-up is over, or an agent gives no sign of life."""
    agent = timer.subject.removeprefix(SEAT_SUBJECT)

    async def work(session: Session) -> None:
        await seats.lock(session)
        current, seat = await timers.get(session, 0, timer.subject), await seats.get(session, agent)
        if current is None or current.kind != timer.kind or current.due_at != timer.due_at:
            return
        if seat is None:
            await timers.drop(session, timer)
        elif timer.kind == "given":
            await giving.away(hub, session, seat, giving.NOT_TAKEN)
        elif timer.kind == "wrap_up":
            await giving.free(hub, session, seat)
        else:
            await _silent(hub, session, seat)

    await hub.database.write(work)


async def again(hub: Hub, timer: Timer) -> None:
    """Work that rested waits from now on."""

    async def work(session: Session) -> None:
        await seats.lock(session)
        rested = await seats.work(session, int(timer.subject.removeprefix(AGAIN_SUBJECT)))
        await timers.drop(session, timer)
        if rested is not None and rested.agent is None:
            await giving.put_back(hub, session, rested)

    await hub.database.write(work)


async def _sign_on(hub: Hub, session: Session, agent: str, seat: Seat | None, groups: tuple[str, ...]) -> None:
    at = hub.now()
    if seat is not None and seat.state in {"given", "busy", "wrap_up"}:
        # The work in hand goes on; the new groups count for the next.
        await seats.put(session, replace(seat, seat_groups=groups, seen_at=at))
        return
    new = Seat(
        agent=agent,
        seat_groups=groups,
        state="free",
        since=at,
        interaction=None,
        reason="",
        signed_on_at=seat.signed_on_at if seat else at,
        seen_at=at,
    )
    await giving.free(hub, session, new)


async def _act(hub: Hub, session: Session, seat: Seat, step: SeatStep) -> None:
    if seat.state == "busy":
        raise Conflict("正在接听或处理来话，请先结束，或先交接班")
    if step.action == "free":
        # Who is given something must take it; who is free already keeps their place among the free.
        if seat.state in {"wrap_up", "away"}:
            await giving.free(hub, session, seat)
    elif step.action == "away":
        await giving.away(hub, session, seat, hub.mask(step.reason).strip())
    else:
        await _sign_off(hub, session, seat)


async def _sign_off(hub: Hub, session: Session, seat: Seat) -> None:
    if any(one.taken_at is not None for one in await seats.held(session, seat.agent)):
        raise Conflict("还有未结束的会话，请先结束，或先交接班")
    await seats.leave(session, seat.agent)
    await seats.sleep(session, f"{SEAT_SUBJECT}{seat.agent}")
    await giving.let_go(hub, session, seat.agent)


async def _silent(hub: Hub, session: Session, seat: Seat) -> None:
    """Who was silent for too long is away. A call by telephony is a sign of life until telephony says that it ended."""
    at, silent_for = hub.now(), timedelta(seconds=hub.city.seats.rule.silent_for_s)
    is_on_phone = seat.interaction is not None and await seats.work(session, seat.interaction) is None
    seen_at = at if is_on_phone else seat.seen_at
    if seen_at + silent_for > at:
        await seats.wake(session, f"{SEAT_SUBJECT}{seat.agent}", "silent", seen_at + silent_for)
    else:
        await giving.away(hub, session, seat, giving.SILENT)


async def _beat(hub: Hub, agent: str) -> Seat | None:
    async def work(session: Session) -> Seat | None:
        if not await seats.seen(session, agent, hub.now()):
            raise Conflict("尚未签入，请先签入席组")
        return await seats.get(session, agent)

    return await hub.database.read(work)
