"""A hub whose callers are marked, with departments that work as departments do; all that comes out of it is kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp
from aiohttp import web

from hotline import webhook

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunningHub
    from tests.acceptance.marked_callers import Marked

AT_ONCE = 8
TRY_FOR_S = 60.0
ROLES = ("supervisor", "dispatcher", "agent", "reviewer", "follow_up", "quality", "shift_lead")


class Town:
    """A hub, the systems of its departments, and whatever came out of it, in one place to be searched."""

    def __init__(self, hub: RunningHub, marked: list[Marked]) -> None:
        self.hub = hub
        self.access = hub.access
        self.marked = marked
        self.receipts: dict[int, Any] = {}
        self.webhooks: list[tuple[str, Any]] = []
        self.files: list[bytes] = []
        self.read_by_departments: list[str] = []
        self.metrics: list[str] = []
        self._callbacks: set[asyncio.Task[None]] = set()
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        self._people: dict[str, aiohttp.ClientSession] = {}
        self._runner: web.AppRunner | None = None
        self._signing_in = asyncio.Lock()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def open(self) -> None:
        app = web.Application()
        app.router.add_post("/{department}", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        for code in self.access["departments"]:
            await self.send(
                "PUT", f"/api/v1/departments/{code}/endpoint", code, {"url": f"http://127.0.0.1:{port}/{code}"}
            )

    async def close(self) -> None:
        await asyncio.gather(*self._callbacks, return_exceptions=True)
        for session in (self.session, *self._people.values()):
            await session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def send(
        self, method: str, path: str, who: str | None, content: Any = None, ok: tuple[int, ...] = (200, 201, 202)
    ) -> Any:
        """Ask as a person (a role), a department (its code), a channel, or nobody; passing faults are tried again."""
        headers = {"idempotency-key": secrets.token_hex(8), "origin": self.hub.url}
        session = await self.person(who) if who in ROLES else self.session
        if who in self.access["departments"]:
            headers["authorization"] = f"Bearer {self.access['departments'][who]['token']}"
        elif who in self.access["channels"]:
            headers["authorization"] = f"Bearer {self.access['channels'][who]}"
        until = time.monotonic() + TRY_FOR_S
        while True:
            status, body = 0, ""
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with (
                    self._room,
                    session.request(method, f"{self.hub.url}{path}", json=content, headers=headers) as found,
                ):
                    status, body = found.status, await found.text()
            if status not in {0, 503}:
                break
            assert time.monotonic() < until, f"{status} {body}"
            await asyncio.sleep(0.3)
        if who in self.access["departments"]:
            self.read_by_departments.append(body)
        assert status in ok, f"{method} {path} {status} {body}"
        return json.loads(body) if body.startswith(("{", "[")) else body

    @property
    def read(self) -> bytes:
        """All that departments were answered."""
        return "\n".join(self.read_by_departments).encode()

    async def upload(self, name: str) -> str:
        """Put a file by under a name; returns its id."""
        headers = {"authorization": f"Bearer {self.access['channels']['phone']}", "x-file-name": quote(name)}
        content, until = b"\x89PNG\r\n\x1a\n" + bytes(64), time.monotonic() + TRY_FOR_S
        while True:
            async with self.session.post(f"{self.hub.url}/api/v1/attachments", data=content, headers=headers) as found:
                if found.status == 201:
                    return str((await found.json())["id"])
                assert found.status == 503, await found.text()
            assert time.monotonic() < until, "the database stays away"
            await asyncio.sleep(0.3)

    async def step(self, number: str, action: str, who: str, **fields: Any) -> None:
        """Take a step that may be none any more: what matters is what was said in it."""
        ticket = await self.send("GET", f"/api/v1/tickets/{number}", "supervisor")
        content = {"action": action, "version": ticket["version"], **fields}
        await self.send("POST", f"/api/v1/tickets/{number}/steps", who, content, ok=(200, 202, 403, 409, 422))

    async def person(self, role: str) -> aiohttp.ClientSession:
        """Return the session of a person who has signed in."""
        async with self._signing_in:
            return self._people.get(role) or await self._sign_in(role)

    async def _sign_in(self, role: str) -> aiohttp.ClientSession:
        user = next(one for one in self.access["users"] if one["role"] == role)
        session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=60)
        )
        self._people[role] = session
        content = {"username": user["username"], "password": user["password"]}
        address = f"{self.hub.url}/api/v1/session"
        async with session.post(address, json=content, headers={"origin": self.hub.url}) as response:
            assert response.status < 300, await response.text()
        return self._people[role]

    async def _receive(self, request: web.Request) -> web.Response:
        code, raw = request.match_info["department"], await request.read()
        body = json.loads(raw)
        if body["type"] == "endpoint.challenge":
            return web.json_response({"challenge": body["data"]["challenge"]})
        self.webhooks.append((code, body))
        if body["type"] == "ticket.dispatched" and code in self.access["departments"]:
            self._callbacks.add(asyncio.create_task(self._work(code, body["data"])))
        return web.Response()

    async def _work(self, code: str, data: dict[str, Any]) -> None:
        """Do the department's part, and say in the reply whom one has talked to, as departments do."""
        caller = data.get("caller") or {}
        said = (
            f"已联系{caller.get('name', '诉求人')}（{caller.get('phone', '未留电话')}），当日处理完毕，诉求人表示认可。"
        )
        for action, fields in (
            ("acknowledge", {}),
            ("contact", {"reached": True}),
            ("reply", {"text": said, "result": "solved"}),
            ("sign_off", {"signed_by": "分管领导"}),
        ):
            content = {"ticket": data["ticket"], "assignment": data["assignment"], "action": action, **fields}
            raw = json.dumps(content).encode()
            secret = self.access["departments"][code]["callback_secret"]
            headers = webhook.sign(f"cb_{secrets.token_hex(8)}", int(time.time()), raw, [secret])
            headers = {**headers, "content-type": "application/json"}
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with (
                    self._room,
                    self.session.post(f"{self.hub.url}/api/v1/callbacks/{code}", data=raw, headers=headers),
                ):
                    pass
