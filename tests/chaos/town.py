"""A channel that goes on sending whatever happens, and what it was told: all of it real HTTP."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from models.city_corpus import read_corpus
from tests.chaos.departments import Departments

if TYPE_CHECKING:
    from collections.abc import Container

    from tests.acceptance.conftest import RunningHub

CITY: Final = Path(__file__).parent.parent.parent / "cities" / "yunzhou"
REQUESTS_A_SECOND: Final = 20
# Longer than the longest fault: whoever gave up would not know whether the hub has their request.
GIVE_UP_AFTER_S: Final = 400
ANSWER_WITHIN_S: Final = 15
PASSING: Final = frozenset({0, 503})


class Client:
    """Posts until there is an answer that is not a passing fault, with the same key every time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.retries = 0
        self.unexpected: list[str] = []
        # No limit of connections: what waits for one fault must not keep those after it from asking.
        connector = aiohttp.TCPConnector(limit=0)
        self.session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S))

    async def post(self, path: str, *, again_at: Container[int] = PASSING, **more: Any) -> tuple[int, Any]:
        until = time.monotonic() + GIVE_UP_AFTER_S
        while True:
            status, content = await self._once(path, **more)
            if status >= 500 and status != 503:
                self.unexpected.append(f"{path}: {status} {content.decode(errors='replace')[:200]}")
            if status not in again_at or time.monotonic() > until:
                return status, json.loads(content or b"null")
            self.retries += 1
            # As the hub asks by Retry-After, where it can still ask.
            await asyncio.sleep(2 if status else 0.2)

    async def _once(self, path: str, **more: Any) -> tuple[int, bytes]:
        if callable(headers := more.get("headers")):
            more["headers"] = headers()
        try:
            async with self.session.post(f"{self.url}{path}", **more) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, b""


class Town:
    """Citizens who ask and departments that are told, for as long as `send_requests` runs."""

    def __init__(self, hub: RunningHub) -> None:
        access = hub.access
        self.client = Client(hub.url)
        self.departments = Departments(self.client, access["departments"], self.withdraw)
        self._phone = access["channels"]["phone"]
        self._texts = itertools.cycle([row.text for row in read_corpus(CITY)])
        self._query_codes: dict[str, asyncio.Future[str]] = {}
        # When each answered request was sent, and when it was answered.
        self.answered: list[tuple[float, float]] = []
        self.numbers: dict[str, str] = {}
        self.withdrawn: set[str] = set()
        self.is_over = False
        self.asking: asyncio.Task[None] | None = None

    async def send_requests(self, rate: float) -> None:
        """Send at a steady rate whatever happens; an unknown outcome is tried again with the same key."""
        async with asyncio.TaskGroup() as group:
            for n, text in enumerate(self._texts):
                if self.is_over:
                    break
                group.create_task(self._send(f"chaos-{n}", text))
                await asyncio.sleep(1 / rate)

    async def start(self, rate: float = REQUESTS_A_SECOND) -> None:
        """Open the departments' systems and begin to send."""
        await self.departments.start()
        self.asking = asyncio.create_task(self.send_requests(rate))

    async def end(self) -> None:
        """Ask nothing new; return when everything that was asked has its answer."""
        self.is_over = True
        assert self.asking is not None
        await self.asking

    async def withdraw(self, number: str) -> bool:
        """The citizen takes the request back; tells whether the hub let them."""
        code = await self._query_code(number)
        headers = {"idempotency-key": f"withdraw-{number}"}
        content = {"action": "withdraw", "reason": "已经解决了"}
        path = f"/api/v1/track/{number}/steps?code={code}"
        status, _ = await self.client.post(path, json=content, headers=headers)
        if status == 200:
            self.withdrawn.add(number)
        return status == 200

    def longest_silence(self, since: float, until: float) -> float:
        """The longest time without an answer to any request between two moments."""
        times = [since, *sorted(at for _, at in self.answered if since < at < until), until]
        return max(later - earlier for earlier, later in itertools.pairwise(times))

    def answers_again(self, since: float) -> float:
        """When the first request was answered that was sent after a moment; not yet is never."""
        return min((at for sent, at in self.answered if sent >= since), default=float("inf"))

    async def stop(self) -> None:
        if self.asking is not None:
            self.asking.cancel()
            await asyncio.gather(self.asking, return_exceptions=True)
        await self.departments.stop()
        await self.client.session.close()

    async def _send(self, key: str, text: str) -> None:
        sent = time.monotonic()
        headers = {"authorization": f"Bearer {self._phone}", "idempotency-key": key}
        content = {"text": text, "caller": {"phone": f"139{int(key.rpartition('-')[2]):08d}"}}
        status, body = await self.client.post("/api/v1/tickets", json=content, headers=headers)
        if status not in {200, 201}:
            self.client.unexpected.append(f"{key}: {status} {body}")
            return
        self.answered.append((sent, time.monotonic()))
        self.numbers[key] = body["number"]
        if not (coming := self._coming(body["number"])).done():
            coming.set_result(body["query_code"])

    async def _query_code(self, number: str) -> str:
        """A department may hear of a ticket before the citizen's answer has come."""
        return await self._coming(number)

    def _coming(self, number: str) -> asyncio.Future[str]:
        return self._query_codes.setdefault(number, asyncio.get_running_loop().create_future())
