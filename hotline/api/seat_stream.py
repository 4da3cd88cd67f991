"""GET /api/v1/seat/stream: an agent's desk hears at once what is given to it; while it listens, its agent is there.

Every message is the seat as it stands now: after a break the first one tells all that there is to know.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog
from aiohttp import WSCloseCode, web

from hotline.api.auth import check_origin
from hotline.api.stream import LOOK_EVERY_S, SIGNED_OUT, hear, stay_known
from hotline.giving import AGENTS
from hotline.keys import HUB
from models.errors import HotlineError
from models.store import seats

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.seats import Seat
    from models.ticket import Actor

LOG = structlog.get_logger()
# Signs of life come three times as often as they must.
BEATS: Final = 3


class Desk:
    """One open socket of an agent: what is to be told, the newest only."""

    def __init__(self, agent: str) -> None:
        self.agent = agent
        self.changed = asyncio.Event()
        self.stand: dict[str, Any] | None = None

    def show(self, seat: Seat | None, heard: int) -> None:
        """Tell where the seat stands and how much was said, if that is news."""
        stand = _stand(seat, heard)
        if stand != self.stand:
            self.stand = stand
            self.changed.set()


class SeatStream:
    """The desks of one process. One look at the database serves all of them, and gives a sign of life of each."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._desks: dict[Desk, web.WebSocketResponse] = {}
        self._looking: asyncio.Task[None] | None = None

    def add(self, desk: Desk, socket: web.WebSocketResponse) -> None:
        """Tell this one too from now on."""
        self._desks[desk] = socket
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())

    def remove(self, desk: Desk) -> None:
        """Its socket is closed."""
        self._desks.pop(desk, None)

    async def close(self) -> None:
        """Close every socket: the process stops."""
        if self._looking is not None:
            self._looking.cancel()
        for socket in list(self._desks.values()):
            await socket.close(code=WSCloseCode.GOING_AWAY, message="服务重启，请重新连接".encode())

    async def _look_on(self) -> None:
        while self._desks:
            try:
                found, heard = await self._hub.database.read(self._look)
                for desk in list(self._desks):
                    desk.show(found.get(desk.agent), heard.get(desk.agent, 0))
            except HotlineError as error:
                LOG.warning("seats cannot be looked at", reason=error.detail)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self, session: Session) -> tuple[dict[str, Seat], dict[str, int]]:
        at, agents = self._hub.now(), {desk.agent for desk in self._desks}
        found = await seats.of_agents(session, agents)
        silent_for = timedelta(seconds=self._hub.city.seats.rule.silent_for_s)
        # Whoever has just come, too: their last sign of life may be long ago.
        due = {one.agent for one in found.values() if at - one.seen_at >= silent_for / BEATS}
        if due:
            await seats.all_seen(session, due, at)
        is_talking = any(one.interaction is not None for one in found.values())
        return found, await seats.heard(session, agents) if is_talking else {}


SEAT_STREAM: Final = web.AppKey("SEAT_STREAM", SeatStream)


async def keep_seat_stream(app: web.Application) -> AsyncIterator[None]:
    """Hold the process's desks while it serves."""
    app[SEAT_STREAM] = SeatStream(app[HUB])
    app.on_shutdown.append(lambda app: app[SEAT_STREAM].close())
    yield


async def listen(request: web.Request, actor: Actor) -> web.StreamResponse:
    """GET /api/v1/seat/stream."""
    check_origin(request)
    stream = request.app[SEAT_STREAM]
    socket = web.WebSocketResponse(heartbeat=30, max_msg_size=4096)
    await socket.prepare(request)
    desk = Desk(actor.name)
    stream.add(desk, socket)
    works = (_send(socket, desk), hear(socket), stay_known(request, AGENTS, actor))
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[2] in done:
            await socket.close(code=SIGNED_OUT, message="登录已失效，请重新登录".encode())
    finally:
        stream.remove(desk)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return socket


async def _send(socket: web.WebSocketResponse, desk: Desk) -> None:
    """Send the newest whenever there is news; who reads slowly misses what has passed meanwhile, never what is now."""
    with contextlib.suppress(ConnectionError):
        while True:
            await desk.changed.wait()
            desk.changed.clear()
            await socket.send_str(msgspec.json.encode(desk.stand).decode())


def _stand(seat: Seat | None, heard: int) -> dict[str, Any]:
    """Return what is told of a seat: what the clock of its signs of life says is no news.

    `heard` grows with every piece of the transcript of what it has in hand.
    """
    if seat is None:
        return {"state": None, "since": None, "interaction": None, "seat_groups": [], "heard": 0}
    return {
        "state": seat.state,
        "since": seat.since,
        "interaction": seat.interaction,
        "seat_groups": list(seat.seat_groups),
        "heard": heard,
    }
