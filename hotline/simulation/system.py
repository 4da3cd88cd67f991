"""A system that is no department's: 110's, or the one that makes automatic calls. It verifies what the hub sends it."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from hotline import webhook
from hotline.simulation.connection import Refused
from models.errors import HotlineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline.simulation.town import Town


class System:
    """One server under one code; `heard` is called with the type and data of every message, once for each."""

    def __init__(self, town: Town, code: str, heard: Callable[[str, dict[str, Any]], None]) -> None:
        self.town = town
        self.code = code
        self._heard = heard
        self._secret: str | None = None
        self._known: set[str] = set()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Open the server; the administrator registers it with the hub. Raises Refused."""
        app = web.Application()
        app.router.add_post("/", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        door = socket.socket()
        door.bind(("127.0.0.1", 0))
        await web.SockSite(self._runner, door).start()
        url = f"http://127.0.0.1:{door.getsockname()[1]}/"
        path = f"/api/v1/departments/{self.code}/endpoint"
        answer = await self.town.people["administrator"].post(path, {"url": url}, method="PUT")
        if not answer.is_done:
            raise Refused(f"{self.code}的接口登记未成功：{answer.body.get('detail', answer.status)}")
        self._secret = answer.body["webhook_secret"]

    async def stop(self) -> None:
        """Close the server."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        content = msgspec.json.decode(raw)
        if content["type"] == "endpoint.challenge":
            # It comes before the administrator is told the secret, and is answered as it is.
            return web.json_response({"challenge": content["data"]["challenge"]})
        try:
            message = webhook.verify(request.headers, raw, [self._secret or ""], int(time.time()))
        except HotlineError as error:
            self.town.tally.surprise(f"webhook to {self.code} refused: {error.detail}")
            return web.Response(status=401)
        if message not in self._known:
            self._known.add(message)
            self.town.tally.seen[f"{self.code} heard {content['type']}"] += 1
            self._heard(content["type"], content["data"])
        return web.Response(status=204)
