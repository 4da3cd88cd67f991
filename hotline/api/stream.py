"""GET /api/v1/stream: that something happened, as it happens; a WebSocket that can be taken up again where it broke.

A message names ticket, event and time, never what was said: who may see more asks for it. After a break a client names
the last cursor it got in `?after=`. Nothing is left out; what happened within a few seconds of the cursor may come twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog
from aiohttp import WSCloseCode, web

from hotline.api import body
from hotline.api.auth import READERS, actor_of, check_origin
from hotline.api.trail import told_to_accused
from hotline.keys import HUB
from models.errors import Forbidden, HotlineError, Unauthorized
from models.store import events, tickets
from models.ticket import number_of
from models.trail import KEPT_BACK, DamagedTrail

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.events import Happened, Parties
    from models.ticket import Actor
    from models.vocabulary import Role

LOG = structlog.get_logger()
LOOK_EVERY_S: Final = 0.5
# A step is stamped before it is committed: for so long an event may still appear behind a later one.
LATE_BY: Final = timedelta(seconds=5)
MOST_AT_ONCE: Final = 5_000
MOST_WAITING: Final = 20_000
CHECK_EVERY_S: Final = 15.0
# Codes of our own, in the range for applications.
TOO_OLD: Final = 4410
SIGNED_OUT: Final = 4401


class Listener:
    """One open socket and what waits to be sent on it."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.waiting: asyncio.Queue[Happened] = asyncio.Queue(MOST_WAITING)
        self.has_lost = False

    def tell(self, happened: Iterable[Happened]) -> None:
        """Queue events; a socket that is read too slowly is closed, and taken up again by its cursor."""
        for one in happened:
            try:
                self.waiting.put_nowait(one)
            except asyncio.QueueFull:
                self.has_lost = True
                return


class Stream:
    """The listeners of one process. One look at the database serves all of them; without listeners nobody looks."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._listeners: dict[Listener, web.WebSocketResponse] = {}
        self._seen: dict[tuple[int, int], datetime] = {}
        self._from = hub.now()
        self._looking: asyncio.Task[None] | None = None

    def add(self, listener: Listener, socket: web.WebSocketResponse) -> None:
        """Tell this one too from now on."""
        self._listeners[listener] = socket
        if self._looking is None or self._looking.done():
            self._from, self._seen = self._hub.now(), {}
            self._looking = asyncio.create_task(self._look_on())

    def remove(self, listener: Listener) -> None:
        """Its socket is closed."""
        self._listeners.pop(listener, None)

    async def close(self) -> None:
        """Close every socket: the process stops."""
        if self._looking is not None:
            self._looking.cancel()
        for socket in list(self._listeners.values()):
            await socket.close(code=WSCloseCode.GOING_AWAY, message="服务重启，请重新连接".encode())

    async def since(self, at: datetime, actor: Actor) -> list[Happened] | None:
        """Return what an actor missed since a time; None where that is more than can be told."""
        found = await self._read(at - self._late, MOST_WAITING)
        return None if len(found) == MOST_WAITING else (await self._visible(found, [actor]))[actor]

    @property
    def _late(self) -> timedelta:
        return LATE_BY * max(1.0, self._hub.clock.speed)

    async def _look_on(self) -> None:
        while self._listeners:
            try:
                await self._look()
            except HotlineError as error:
                LOG.warning("stream cannot look", reason=error.detail)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        while True:
            found = await self._read(self._from - self._late, MOST_AT_ONCE)
            fresh = [one for one in found if (one.ticket_id, one.seq) not in self._seen]
            visible = await self._visible(fresh, [listener.actor for listener in self._listeners])
            for listener in list(self._listeners):
                listener.tell(visible.get(listener.actor, []))
            self._seen.update({(one.ticket_id, one.seq): one.at for one in fresh})
            # Where the clock was set back, what happens now lies before what was seen.
            self._from = min(max([self._from, *(one.at for one in fresh)]), self._hub.now())
            self._seen = {key: at for key, at in self._seen.items() if at >= self._from - self._late}
            if len(found) < MOST_AT_ONCE or not fresh:
                return

    async def _read(self, at: datetime, most: int) -> list[Happened]:
        return await self._hub.database.read(lambda session: events.since(session, at, most))

    async def _visible(self, found: Sequence[Happened], actors: Iterable[Actor]) -> dict[Actor, list[Happened]]:
        """Return what each actor may know of: a department only tickets of which it, or one under it, has a part.

        Of what accuses it a department hears what its trail shows, no more once its part has ended, and of the accusation never.
        """
        wanted = set(actors)
        departments = {actor.department for actor in wanted if actor.department is not None}
        ids = {one.ticket_id for one in found} if departments else set()
        parties = await self._hub.database.read(lambda session: events.parties(session, ids)) if ids else {}
        known = {above: {0} | self._known(above, parties) for above in departments}
        accused = await self._told_to_accused(known, parties)

        def is_told(actor: Actor, one: Happened) -> bool:
            if actor.department is None:
                return True
            told = accused.get((actor.department, one.ticket_id))
            is_known = one.ticket_id in known[actor.department] and (told is None or one.seq in told)
            return is_known and one.type not in KEPT_BACK

        return {actor: [one for one in found if is_told(actor, one)] for actor in wanted}

    def _known(self, above: str, parties: Mapping[int, Parties]) -> set[int]:
        hub = self._hub
        return {
            ticket
            for ticket, (parts, live, recused) in parties.items()
            if any(hub.city.is_under(part, above) for part in parts) and not hub.is_kept_from(above, recused, live)
        }

    async def _told_to_accused(
        self, known: Mapping[str, set[int]], parties: Mapping[int, Parties]
    ) -> dict[tuple[str, int], set[int]]:
        """Return of the tickets that a department still knows though they accuse it, which events their trail shows it."""
        accused = [
            (above, ticket)
            for above, tickets_of in known.items()
            for ticket in sorted(tickets_of - {0})
            if self._hub.is_barred(above, parties[ticket].recused)
        ]

        async def seen(session: Session, above: str, ticket: int) -> set[int]:
            trail, parts = await events.of_ticket(session, ticket), await tickets.assignments(session, ticket)
            try:
                return {event.seq for event in told_to_accused(self._hub, above, trail, parts)}
            except DamagedTrail:
                return set()

        async def work(session: Session) -> dict[tuple[str, int], set[int]]:
            return {(above, ticket): await seen(session, above, ticket) for above, ticket in accused}

        return await self._hub.database.read(work) if accused else {}


STREAM: Final = web.AppKey("STREAM", Stream)


async def keep_stream(app: web.Application) -> AsyncIterator[None]:
    """Hold the process's stream while it serves."""
    app[STREAM] = Stream(app[HUB])
    app.on_shutdown.append(lambda app: app[STREAM].close())
    yield


async def listen(request: web.Request, actor: Actor) -> web.StreamResponse:
    """GET /api/v1/stream?after=CURSOR."""
    check_origin(request)
    stream = request.app[STREAM]
    after = body.read_cursor(request, tuple[datetime], "after")
    socket = web.WebSocketResponse(heartbeat=30, max_msg_size=4096)
    await socket.prepare(request)
    listener = Listener(actor)
    stream.add(listener, socket)
    try:
        if after is not None:
            missed = await stream.since(after[0], actor)
            if missed is None:
                await socket.close(code=TOO_OLD, message="中断过久，请重新读取列表后再连接".encode())
                return socket
            listener.tell(missed)
        await _serve(request, socket, listener)
    finally:
        stream.remove(listener)
    return socket


async def _serve(request: web.Request, socket: web.WebSocketResponse, listener: Listener) -> None:
    """Send what waits until the other side goes, reads too slowly, or is signed out."""
    tasks = [
        asyncio.create_task(work)
        for work in (_send(socket, listener), hear(socket), stay_known(request, READERS, listener.actor))
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[2] in done:
            await socket.close(code=SIGNED_OUT, message="登录已失效，请重新登录".encode())
        elif listener.has_lost:
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message="读取过慢，请用最后的游标重新连接".encode())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(socket: web.WebSocketResponse, listener: Listener) -> None:
    with contextlib.suppress(ConnectionError):
        while not listener.has_lost:
            await socket.send_str(msgspec.json.encode(_message(await listener.waiting.get())).decode())


async def hear(socket: web.WebSocketResponse) -> None:
    """Read until the other side closes; what it says is not asked for."""
    async for _ in socket:
        pass


async def stay_known(request: web.Request, allowed: frozenset[Role], actor: Actor) -> None:
    """Return when the credential is no longer good, or whoever holds it has another role or department by now."""
    while True:
        try:
            if await actor_of(request, allowed, is_use=False) != actor:
                return
        except (Unauthorized, Forbidden):
            return
        except HotlineError as error:
            # A database that is away says nothing of the credential.
            LOG.warning("credential of a stream cannot be looked at", reason=error.detail)
        await asyncio.sleep(CHECK_EVERY_S)


def _message(one: Happened) -> dict[str, Any]:
    return {
        "cursor": body.make_cursor(one.at),
        "ticket": number_of(one.ticket_id) if one.ticket_id else None,
        "seq": one.seq,
        "type": one.type,
        "at": one.at,
    }
