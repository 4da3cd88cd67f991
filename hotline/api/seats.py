"""坐席: agents at their seats, what is given to them, and how full the seat groups are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from hotline import interaction, seat
from hotline.api import body
from hotline.api.shapes import Count, Cursor
from hotline.keys import HUB
from models.store import interactions, seats
from models.store.seats import State, WorkKind

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.seats import Seat
    from models.ticket import Actor

# What an agent reads of a chat that is given to them: its end.
TOLD: Final = 4000


class GivenWork(Struct, kw_only=True):
    """A chat, call or call-back at one's own seat; `transcript` is masked. `phone` is what to dial, once it is taken."""

    interaction: Annotated[int, Meta(ge=1)]
    kind: WorkKind
    seat_group: str
    channel: str
    line: str | None
    waiting_since: datetime
    given_at: datetime | None
    taken_at: datetime | None
    transcript: str
    phone: str | None


class SeatLine(Struct, kw_only=True):
    """Where an agent stands: `free`, `given` something, `busy`, `wrap_up` (话后处理) or `away`; `reason` says why away."""

    agent: str
    seat_groups: list[str]
    state: State
    since: datetime
    interaction: int | None
    reason: str
    signed_on_at: datetime


class OwnSeat(Struct, kw_only=True):
    """A seat, null for who has not signed on, and what is there to do, which stays until it has ended."""

    seat: SeatLine | None
    work: list[GivenWork]


class SeatList(Struct, kw_only=True):
    """One page of seats, by agent."""

    seats: list[SeatLine]
    cursor: Cursor


class SeatQueue(Struct, kw_only=True):
    """What of one kind waits for a seat group, and since when the first of it."""

    kind: WorkKind
    n: Count
    since: datetime


class SeatGroupLine(Struct, kw_only=True):
    """席组: its lines, the languages that it speaks, its agents by state, and what waits for them."""

    code: str
    name: str
    languages: list[str]
    lines: list[str]
    agents: dict[str, Count]
    waiting: list[SeatQueue]


class SeatGroups(Struct, kw_only=True):
    """Every seat group of the city; an agent of two groups counts in both."""

    seat_groups: list[SeatGroupLine]


async def own(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/seat."""
    return await _own(request.app[HUB], actor.name)


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/seat/steps."""
    hub = request.app[HUB]
    _, step = await body.read_body(request, seat.SeatStep)
    await seat.move(hub, actor, step)
    return await _own(hub, step.agent or actor.name, is_own=step.agent in {None, actor.name})


async def take(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/seat/take."""
    hub = request.app[HUB]
    await interaction.take(hub, actor)
    return await _own(hub, actor.name)


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/seats."""
    size, after = body.page_size(request), body.read_cursor(request, tuple[str])
    found = await request.app[HUB].database.read(lambda session: seats.page(session, after[0] if after else "", size))
    cursor = body.make_cursor(found[-1].agent) if len(found) == size else None
    return body.answer({"seats": found, "cursor": cursor}, SeatList)


async def groups(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/seat_groups."""
    city = request.app[HUB].city

    async def read(session: Session) -> tuple[dict[str, dict[str, int]], list[seats.Queue]]:
        return await seats.states(session), await seats.queues(session)

    agents, queues = await request.app[HUB].database.read_together(read)
    found = [
        {
            "code": one.code,
            "name": one.name,
            "languages": one.languages,
            "lines": [line.number for line in city.lines.values() if line.seat_group == one.code],
            "agents": agents.get(one.code, {}),
            "waiting": [queue for queue in queues if queue.seat_group == one.code],
        }
        for one in city.seats.groups.values()
    ]
    return body.answer({"seat_groups": found}, SeatGroups)


async def _own(hub: Hub, agent: str, *, is_own: bool = True) -> web.Response:
    async def read(session: Session) -> tuple[Seat | None, list[dict[str, Any]]]:
        found = await seats.get(session, agent)
        held = await seats.held(session, agent) if is_own else []
        return found, [await _work(hub, session, one) for one in held]

    found, work = await hub.database.read(read)
    return body.answer({"seat": found, "work": work}, OwnSeat)


async def _work(hub: Hub, session: Session, work: seats.SeatWork) -> dict[str, Any]:
    about = await interactions.get(session, work.interaction)
    # Whom to dial is told to who has taken that upon them, and to nobody else.
    is_to_dial = work.kind == "call_back" and work.taken_at is not None
    return {
        **{name: getattr(work, name) for name in work.__struct_fields__},
        "channel": about.channel,
        "line": about.line,
        "transcript": hub.mask(about.transcript)[-TOLD:],
        "phone": await interactions.phone(session, work.interaction) if is_to_dial else None,
    }
