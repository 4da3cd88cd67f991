"""hotline serve: one server process. It leaves in order: what is under way is finished, and nobody is cut off who still asks."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from typing import TYPE_CHECKING, Final

import uvloop
from aiohttp import web

from hotline.api.unreadable import log_little
from hotline.app import build_hub, follow_changes, make_app, use_replica
from hotline.commands.child import LISTENER, READY
from hotline.commands.installation import database_url, port_taken, settle_memory, until_told

if TYPE_CHECKING:
    from hotline.config import Settings

BACKLOG: Final = 1024
# So long a connection that is open when we leave may still bring a request; its answer says that it is the last.
LINGER_S: Final = 3.0
FINISH_WITHIN_S: Final = 10.0


def serve(settings: Settings) -> None:
    """Serve HTTP until told to stop; a request under way is finished first."""
    with database_url(settings) as url:
        uvloop.run(_serve(settings, url))


def door(settings: Settings) -> socket.socket | None:
    """Return a socket bound to the hub's address, to be shared with others; None where that is a name, not an address."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.inet_pton(family, settings.host)
    except OSError:
        return None
    made = socket.socket(family)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        with port_taken(settings):
            made.bind((settings.host, settings.port))
    except BaseException:
        made.close()
        raise
    return made


async def _serve(settings: Settings, url: str) -> None:
    hub = await build_hub(settings, url)
    use_replica(settings, hub)
    settle_memory()
    log_little()
    app = make_app(settings, hub)
    app.cleanup_ctx.append(follow_changes)
    leaving = Leaving()
    app.on_response_prepare.append(leaving.say_so)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=FINISH_WITHIN_S)
    await runner.setup()
    try:
        with port_taken(settings):
            await _site(runner, settings).start()
        _say_ready()
        await until_told()
        await leaving.leave(runner, app)
    finally:
        await runner.cleanup()
        await hub.database.close()


class Leaving:
    """What a server does between being told to stop and its end."""

    def __init__(self) -> None:
        self._has_begun = False

    async def say_so(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Tell a client with its answer that the connection ends here: it asks the next one on another."""
        if self._has_begun:
            response.force_close()
            response.headers["connection"] = "close"

    async def leave(self, runner: web.AppRunner, app: web.Application) -> None:
        """Take no new connection, answer on those that are open, close the sockets of the streams."""
        self._has_begun = True
        for site in list(runner.sites):
            await site.stop()
        await app.shutdown()
        until = time.monotonic() + LINGER_S
        while runner.server and runner.server.connections and time.monotonic() < until:
            await asyncio.sleep(0.02)


def _site(runner: web.AppRunner, settings: Settings) -> web.BaseSite:
    """Listen on the socket that `hotline up` lends us, else on one of our own that shares the port."""
    lent = os.environ.pop(LISTENER, None)
    if lent is None:
        return web.TCPSite(runner, settings.host, settings.port, reuse_port=True, backlog=BACKLOG)
    taken = socket.socket(fileno=int(lent))
    taken.set_inheritable(False)
    return web.SockSite(runner, taken, backlog=BACKLOG)


def _say_ready() -> None:
    """Tell `hotline up` that we listen, where it waits for that."""
    told = os.environ.pop(READY, None)
    if told is not None:
        os.write(int(told), b"1")
        os.close(int(told))
