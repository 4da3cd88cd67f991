"""Departments' systems, well-mannered and not: one real HTTP server, a path for each department."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from hotline import webhook

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from tests.chaos.town import Client

    Withdraw = Callable[[str], Awaitable[bool]]

# Longer than the hub waits for an answer.
TOO_LONG_S: Final = 14
APPLIED: Final = 200
ILLEGAL: Final = 409
# The clock of one side is wrong: whoever calls sets it right and calls again.
PASSING: Final = frozenset({0, 401, 503})


class Manner(StrEnum):
    """How a department's system behaves: the first to the hub's webhooks, the others in its callbacks."""

    HANGS = "hangs"
    FAILS = "answers 500"
    TRICKLES = "answers byte by byte"
    REDIRECTS = "redirects"
    HANGS_UP = "hangs up"
    WELL = "well"
    SIGNS_WRONGLY = "signs wrongly"
    TWICE = "calls back twice"
    OUT_OF_ORDER = "out of order"
    LATE = "late after the end"


# Those that take no webhook.
SILENT: Final = frozenset({Manner.HANGS, Manner.FAILS, Manner.TRICKLES, Manner.REDIRECTS, Manner.HANGS_UP})


class Departments:
    """All departments of the city; each keeps its manner until they are mended."""

    def __init__(self, client: Client, access: dict[str, dict[str, str]], withdraw: Withdraw) -> None:
        self._client = client
        self._access = access
        self._withdraw = withdraw
        self._runner: web.AppRunner | None = None
        self._at_work: set[asyncio.Task[None]] = set()
        # The manner of each department that was told something, and the manners of those to come.
        self.manners: dict[str, Manner] = {}
        self._coming: Iterator[Manner] = itertools.repeat(Manner.WELL)
        # How often each webhook was taken, and how often one was not taken, by manner.
        self.received: Counter[str] = Counter()
        self.tried: Counter[Manner] = Counter()
        # Callbacks that were answered: those that hold, and those that were rightly refused, by manner.
        self.applied: Counter[tuple[str, int]] = Counter()
        self.refused: Counter[Manner] = Counter()
        self.wrong: list[str] = []
        self.stolen = 0

    async def start(self, host: str = "127.0.0.1") -> None:
        """Open the server and register every department's path with the hub."""
        app = web.Application()
        app.router.add_post("/stolen", self._steal)
        app.router.add_post("/{department}", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, 0).start()
        port = self._runner.addresses[0][1]
        for code, known in self._access.items():
            headers = {"authorization": f"Bearer {known['token']}"}
            content = {"url": f"http://{host}:{port}/{code}"}
            address = f"{self._client.url}/api/v1/departments/{code}/endpoint"
            async with self._client.session.put(address, json=content, headers=headers) as response:
                assert response.status == 200, await response.text()

    def misbehave(self, *manners: Manner) -> None:
        """Give every department one of these manners, or of all, one after the other as they are told something."""
        self.manners = {}
        self._coming = itertools.cycle(manners or Manner)

    def mend(self) -> None:
        """Let everybody take what comes."""
        self.manners = {code: Manner.WELL if one in SILENT else one for code, one in self.manners.items()}
        self._coming = itertools.repeat(Manner.WELL)

    async def settled(self) -> None:
        """Wait until every callback has its answer."""
        while self._at_work:
            await asyncio.gather(*self._at_work)

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _steal(self, _request: web.Request) -> web.Response:
        self.stolen += 1
        return web.Response()

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        code, raw = request.match_info["department"], await request.read()
        body = json.loads(raw)
        if body["type"] == "endpoint.challenge":
            return web.json_response({"challenge": body["data"]["challenge"]})
        manner = self._manner(code)
        if manner in SILENT:
            self.tried[manner] += 1
            return await _silent(request, manner)
        try:
            message_id = self._verified(code, request.headers, raw)
        except webhook.BadSignature:
            self.tried[manner] += 1
            return web.Response(status=401)
        self.received[message_id] += 1
        if self.received[message_id] == 1 and body["type"] == "ticket.dispatched":
            task = asyncio.create_task(self._answer(code, message_id, body["data"]))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        return web.Response()

    def _manner(self, code: str) -> Manner:
        if code not in self.manners:
            self.manners[code] = next(self._coming)
        return self.manners[code]

    def _verified(self, code: str, headers: Mapping[str, str], raw: bytes) -> str:
        return webhook.verify(headers, raw, [self._access[code]["webhook_secret"]], int(time.time()))

    async def _answer(self, code: str, message_id: str, data: dict[str, Any]) -> None:
        """Call back about a part, in the department's own manner."""
        manner = self._manner(code)
        if manner is Manner.SIGNS_WRONGLY:
            other = next(one["callback_secret"] for name, one in self._access.items() if name != code)
            await self._refused(manner, 401, self._call(code, f"wrong-{message_id}", data, "acknowledge", secret=other))
        if manner is Manner.OUT_OF_ORDER:
            for action in ("sign_off", "contact"):
                await self._refused(manner, ILLEGAL, self._call(code, f"{action}-{message_id}", data, action))
        is_late = manner is Manner.LATE and data["role"] == "lead" and await self._withdraw(data["ticket"])
        answers = await self._acknowledge(code, message_id, data, at_once=manner is Manner.TWICE)
        self._look_at(manner, data, answers, is_late=is_late)
        if manner is Manner.TWICE:
            await self._refused(manner, ILLEGAL, self._call(code, f"again-{message_id}", data, "acknowledge"))

    def _look_at(self, manner: Manner, data: dict[str, Any], answers: list[tuple[int, Any]], *, is_late: bool) -> None:
        """One callback has one answer however often it is made; after the end none is applied."""
        if answers[0] != answers[1]:
            self.wrong.append(f"one callback, two answers: {answers}")
        status, body = answers[0]
        if status not in {APPLIED, ILLEGAL} or (is_late and status == APPLIED):
            self.wrong.append(f"{manner}: {status} {body}")
        if status == APPLIED:
            self.applied[data["ticket"], data["assignment"]] += 1
        elif is_late:
            self.refused[manner] += 1

    async def _acknowledge(
        self, code: str, message_id: str, data: dict[str, Any], *, at_once: bool
    ) -> list[tuple[int, Any]]:
        """Call twice under one id, as a department does that lost the first answer, or that sends from two machines."""

        async def call() -> tuple[int, Any]:
            return await self._call(code, f"cb-{message_id}", data, "acknowledge")

        return list(await asyncio.gather(call(), call())) if at_once else [await call(), await call()]

    async def _refused(self, manner: Manner, expected: int, call: Awaitable[tuple[int, Any]]) -> None:
        status, body = await call
        if status != expected:
            self.wrong.append(f"{manner}: {status} {body}")
        self.refused[manner] += 1

    async def _call(
        self, code: str, message_id: str, data: dict[str, Any], action: str, *, secret: str | None = None
    ) -> tuple[int, Any]:
        fields = {"reached": True} if action == "contact" else {}
        content = {"ticket": data["ticket"], "assignment": data["assignment"], "action": action, **fields}
        raw = json.dumps(content).encode()
        signed_by = [secret or self._access[code]["callback_secret"]]
        # Signed anew for every try: a signature holds for five minutes.
        return await self._client.post(
            f"/api/v1/callbacks/{code}",
            data=raw,
            headers=lambda: webhook.sign(message_id, int(time.time()), raw, signed_by),
            again_at=PASSING if secret is None else PASSING - {401},
        )


async def _silent(request: web.Request, manner: Manner) -> web.StreamResponse:
    """Do not take it, each in its manner."""
    if manner is Manner.HANGS:
        await asyncio.sleep(TOO_LONG_S)
    elif manner is Manner.HANGS_UP and request.transport is not None:
        request.transport.abort()
    elif manner is Manner.REDIRECTS:
        return web.Response(status=307, headers={"location": "/stolen"})
    elif manner is Manner.TRICKLES:
        response = web.StreamResponse(headers={"content-length": "4096"})
        await response.prepare(request)
        # The hub hangs up when its patience is over.
        with contextlib.suppress(ConnectionError):
            for _ in range(TOO_LONG_S * 2):
                await response.write(b".")
                await asyncio.sleep(0.5)
        return response
    return web.Response(status=500)
