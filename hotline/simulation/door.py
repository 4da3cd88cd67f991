"""The simulation's way to the hub: real HTTP, signed in as the demo's people, in the hub's own time."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import time
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import msgspec

from hotline import webhook
from models.errors import HotlineError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hotline.access import Access

AT_ONCE: Final = 24
PASSING: Final = (0, 429, 500, 502, 503)


class HubIsAway(HotlineError):
    """The hub did not answer for a long while."""

    code = "hub_is_away"


class Door:
    """Requests to the hub, each tried again while the hub is away; a refusal is an answer like another."""

    def __init__(self, access: Access, speed: float, seed: int) -> None:
        self.access = access
        self.speed = speed
        self.seed = seed
        self.taken: dict[str, int] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._people: dict[str, aiohttp.ClientSession] = {}
        self._plain = aiohttp.ClientSession(access.url, timeout=aiohttp.ClientTimeout(total=30))

    async def close(self) -> None:
        """Close every connection."""
        for session in [self._plain, *self._people.values()]:
            await session.close()

    async def rest(self, hub_seconds: float) -> None:
        """Wait that long by the hub's clock, but never so short that the loop would spin."""
        await asyncio.sleep(max(0.01, hub_seconds / self.speed))

    def chance(self, *what: object) -> random.Random:
        """Return a source of chance that is the same for the same ticket in every run."""
        return random.Random(f"{self.seed}/{what}")  # noqa: S311 - chance, not a secret

    async def get(self, role: str, path: str, **query: str) -> Any:
        """Read as a person of that role."""
        _, body = await self._send(await self._person(role), "GET", path, params=query)
        return body

    async def step(self, role: str, ticket: str, action: str, version: int, /, **fields: Any) -> bool:
        """Take a step as a person of that role; False where the hub refused it."""
        content = {"action": action, "version": version, **fields}
        status, _ = await self._send(
            await self._person(role),
            "POST",
            f"/api/v1/tickets/{ticket}/steps",
            json=content,
            headers={"idempotency-key": secrets.token_hex(8)},
        )
        return self._count(action, status)

    async def call_back(self, department: str, content: dict[str, Any]) -> bool:
        """Call back as a department's own system, signed; False where the hub refused it."""
        raw = msgspec.json.encode(content)
        secret = self.access.departments[department]["callback_secret"]
        headers = webhook.sign(f"cb_{secrets.token_hex(8)}", int(time.time()), raw, [secret])
        status, _ = await self._send(
            self._plain,
            "POST",
            f"/api/v1/callbacks/{department}",
            data=raw,
            headers={**headers, "content-type": "application/json"},
        )
        return self._count(content["action"], status)

    async def send(self, method: str, path: str, token: str | None, **more: Any) -> tuple[int, Any]:
        """Send any request with a bearer token or none."""
        headers = {**more.pop("headers", {}), **({"authorization": f"Bearer {token}"} if token else {})}
        return await self._send(self._plain, method, path, headers=headers, **more)

    async def _send(self, session: aiohttp.ClientSession, method: str, path: str, **more: Any) -> tuple[int, Any]:
        pause = 0.2
        for _ in range(40):
            async with self._gate:
                status, body = await _once(session, method, path, **more)
            if status not in PASSING:
                return status, body
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 3.0)
        raise HubIsAway(f"热线中枢没有应答：{method} {path}")

    async def _person(self, role: str) -> aiohttp.ClientSession:
        if role not in self._people:
            user = next(user for user in self.access.users if user["role"] == role)
            # Loopback addresses have no domain for a cookie; the jar must take it all the same.
            jar = aiohttp.CookieJar(unsafe=True)
            session = aiohttp.ClientSession(self.access.url, cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=30))
            self._people[role] = session
            content = {"username": user["username"], "password": user["password"]}
            await self._send(session, "POST", "/api/v1/session", json=content)
        return self._people[role]

    def _count(self, action: str, status: int) -> bool:
        is_taken = status == 200
        if is_taken:
            self.taken[action] = self.taken.get(action, 0) + 1
        return is_taken


async def _once(session: aiohttp.ClientSession, method: str, path: str, **more: Any) -> tuple[int, Any]:
    try:
        async with session.request(method, path, **more) as response:
            content = await response.read()
            with contextlib.suppress(msgspec.DecodeError):
                return response.status, msgspec.json.decode(content)
            return response.status, None
    except (aiohttp.ClientError, TimeoutError, OSError):
        return 0, None


async def queue(door: Door, role: str, path: str, **query: str) -> AsyncIterator[dict[str, Any]]:
    """Walk a queue of the hub page by page, as it stood when each page was read."""
    cursor: str | None = None
    while True:
        page = await door.get(role, path, limit="100", **query, **({"cursor": cursor} if cursor else {}))
        for row in (page or {}).get("tickets", []):
            yield row
        cursor = (page or {}).get("cursor")
        if cursor is None:
            return
