"""GET /api/v1/chats/{id}/stream: what is said in a citizen's chat, as it is said; taken up again where it broke by `?after=`.

A browser cannot send a header with a WebSocket: it names the token as the second subprotocol, after `hotline.chat`.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog
from aiohttp import WSCloseCode, web

from hotline.api import body, chats
from hotline.api.auth import check_origin
from hotline.api.stream import hear
from hotline.keys import HUB
from models.errors import HotlineError, TooManyRequests
from models.store import conversations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hotline.hub import Hub
    from models.store.database import Session

LOG = structlog.get_logger()
LOOK_EVERY_S: Final = 0.3
PROTOCOL: Final = "hotline.chat"
MOST_OF_A_CHAT: Final = 8


class Ear:
    """One open socket of a citizen: by which token it hears, and what it has been told so far."""

    def __init__(self, conversation: int, after: int, token_hash: bytes | None) -> None:
        self.conversation = conversation
        self.after = after
        self.token_hash = token_hash
        self.stand: tuple[str, int | None] | None = None
        # None is the end of it.
        self.waiting: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(200)

    def tell(self, said: dict[str, Any]) -> None:
        """Queue what is news to it."""
        fresh = [turn for turn in said["turns"] if turn["seq"] > self.after]
        stand = (said["state"], said["ahead"])
        if fresh or stand != self.stand:
            with contextlib.suppress(asyncio.QueueFull):
                self.waiting.put_nowait({**said, "turns": fresh})
                self.stand = stand
                self.after = max([self.after, *(turn["seq"] for turn in fresh)])

    def deafen(self) -> None:
        """Let it hear nothing more, not even what is queued: the conversation goes on by another token."""
        while not self.waiting.empty():
            self.waiting.get_nowait()
        self.waiting.put_nowait(None)


class ChatStream:
    """The ears of one process. One look at the database tells which conversations have news; without ears nobody looks."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._ears: dict[Ear, web.WebSocketResponse] = {}
        self._looking: asyncio.Task[None] | None = None

    def add(self, ear: Ear, socket: web.WebSocketResponse) -> None:
        """Tell this one too from now on."""
        self._ears[ear] = socket
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())

    def remove(self, ear: Ear) -> None:
        """Its socket is closed."""
        self._ears.pop(ear, None)

    def count(self, conversation: int) -> int:
        """Return how many sockets a conversation has here."""
        return sum(ear.conversation == conversation for ear in self._ears)

    async def close(self) -> None:
        """Close every socket: the process stops."""
        if self._looking is not None:
            self._looking.cancel()
        for socket in list(self._ears.values()):
            await socket.close(code=WSCloseCode.GOING_AWAY, message="服务重启，请重新连接".encode())

    async def _look_on(self) -> None:
        while self._ears:
            try:
                await self._hub.database.read(self._look)
            except HotlineError as error:
                LOG.warning("chats cannot be looked at", reason=error.detail)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self, session: Session) -> None:
        ears = list(self._ears)
        found = await conversations.states(session, {ear.conversation for ear in ears})
        for ear in ears:
            state, last, token_hash = found.get(ear.conversation, ("ended", 0, None))
            if token_hash != ear.token_hash:
                self.remove(ear)
                ear.deafen()
            elif last > ear.after or state == "waiting" or ear.stand is None or ear.stand[0] != state:
                ear.tell(await chats.said(session, ear.conversation, ear.after))


CHAT_STREAM: Final = web.AppKey("CHAT_STREAM", ChatStream)


async def keep_chat_stream(app: web.Application) -> AsyncIterator[None]:
    """Hold the process's ears while it serves."""
    app[CHAT_STREAM] = ChatStream(app[HUB])
    app.on_shutdown.append(lambda app: app[CHAT_STREAM].close())
    yield


async def listen(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/chats/{id}/stream?after=."""
    check_origin(request)
    stream = request.app[CHAT_STREAM]
    current = await chats.own(request, _token(request))
    after = body.whole_number(request, "after", 0, 0, 2**31 - 1)
    if stream.count(current.id) >= MOST_OF_A_CHAT:
        raise TooManyRequests("这个会话打开的窗口过多，请关闭其他窗口")
    socket = web.WebSocketResponse(heartbeat=30, max_msg_size=4096, protocols=(PROTOCOL,))
    await socket.prepare(request)
    ear = Ear(current.id, after, current.token_hash)
    stream.add(ear, socket)
    tasks = [asyncio.create_task(work) for work in (_send(socket, ear), hear(socket))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stream.remove(ear)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return socket


async def _send(socket: web.WebSocketResponse, ear: Ear) -> None:
    with contextlib.suppress(ConnectionError):
        while (said := await ear.waiting.get()) is not None:
            await socket.send_str(msgspec.json.encode(said).decode())


def _token(request: web.Request) -> str | None:
    """Return the token that a browser names beside the protocol; None where it stands in a header."""
    offered = [one.strip() for one in request.headers.get("sec-websocket-protocol", "").split(",")]
    return offered[1] if len(offered) == 2 and offered[0] == PROTOCOL else None
