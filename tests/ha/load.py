"""Callers who do not wait for one another and ask again with the same key until they are answered; people who look."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

import aiohttp

from tests.bench.figures import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWERED_WITHIN_S: Final = 10.0
ASKS_AGAIN_S: Final = 0.25
# Ever more rarely, as a client should: hundreds that ask four times a second would be a fault of their own.
ASKS_AGAIN_AT_LATEST_S: Final = 4.0
PAGES: Final = 10


class Callers:
    """So many requests a second, open loop. `acknowledged` holds (when, key, number) in the order of the answers."""

    name = "ha"

    def __init__(self, url: str, token: str, rate: float) -> None:
        self._url, self.token, self._rate = url, token, rate
        self._texts: Iterator[str] = texts(60)
        self._going = asyncio.Event()
        self.acknowledged: list[tuple[float, str, str]] = []
        self.refused: Counter[str] = Counter()
        self.sent = 0

    async def run(self) -> None:
        """Send until `stop`, then until all that was sent is answered."""
        self._going.set()
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        limits = aiohttp.ClientTimeout(total=ANSWERED_WITHIN_S)
        connector = aiohttp.TCPConnector(limit=0)
        began = time.monotonic()
        async with (
            aiohttp.ClientSession(self._url, headers=headers, timeout=limits, connector=connector) as session,
            asyncio.TaskGroup() as group,
        ):
            while self._going.is_set():
                await asyncio.sleep(max(0.0, began + self.sent / self._rate - time.monotonic()))
                group.create_task(self._ask(session, self.sent, next(self._texts)))
                self.sent += 1

    def stop(self) -> None:
        self._going.clear()

    def gap(self, since: float) -> float:
        """Return the longest time since then in which nobody was answered, in seconds."""
        times = [since, *(when for when, _, _ in self.acknowledged if when >= since)]
        return max((after - before for before, after in itertools.pairwise(times)), default=0.0)

    async def _ask(self, session: aiohttp.ClientSession, n: int, text: str) -> None:
        key = f"{self.name}-{n}"
        content = json.dumps({"text": text, "caller": {"phone": f"138{n:08d}"}}).encode()
        for pause in itertools.chain((ASKS_AGAIN_S * 2**n for n in range(4)), itertools.repeat(ASKS_AGAIN_AT_LATEST_S)):
            try:
                async with session.post("/api/v1/tickets", data=content, headers={"idempotency-key": key}) as answer:
                    said = await answer.read()
                    if answer.status in {200, 201}:
                        number = json.loads(said)["number"]
                        self.acknowledged.append((time.monotonic(), key, number))
                        await self._look(session, number, answer.headers.get("hotline-seen", ""))
                        return
                    self.refused[str(answer.status)] += 1
            except (aiohttp.ClientError, TimeoutError) as error:
                self.refused[type(error).__name__] += 1
            await asyncio.sleep(pause)

    async def _look(self, session: aiohttp.ClientSession, number: str, seen: str) -> None:
        """A channel reads nothing."""


class Agents(Callers):
    """Register now and then, and look at once whether it stands in the list: read-your-writes, whatever falls over."""

    name = "own"

    def __init__(self, url: str, token: str, rate: float) -> None:
        super().__init__(url, token, rate)
        self.found = 0
        self.missed: list[str] = []

    async def _look(self, session: aiohttp.ClientSession, number: str, seen: str) -> None:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            is_there = await self._is_listed(session, number, {"hotline-seen": seen} if seen else {})
            if is_there:
                self.found += 1
            elif is_there is False:
                self.missed.append(number)

    async def _is_listed(self, session: aiohttp.ClientSession, number: str, headers: dict[str, str]) -> bool | None:
        """Look through the newest, of which many may have come meanwhile; None where nobody answered."""
        cursor = ""
        for _ in range(PAGES):
            path = f"/api/v1/tickets?limit=100&cursor={cursor}"
            async with session.get(path, headers=headers) as answer:
                if answer.status != 200:
                    return None
                found = await answer.json()
            if any(one["number"] == number for one in found["tickets"]):
                return True
            cursor = found["cursor"] or ""
            if not cursor:
                break
        return False


class Readers:
    """Look at worklist, search and board so many times a second, open loop, and never ask again."""

    PATHS: Final = ("/api/v1/tickets?state=on_desk", "/api/v1/tickets?q=路灯", "/api/v1/backlog")

    def __init__(self, url: str, token: str, rate: float) -> None:
        self._url, self.token, self._rate = url, token, rate
        self._going = asyncio.Event()
        # When it was asked, whether it was answered, and after how many seconds.
        self.asked: list[tuple[float, bool, float]] = []

    async def run(self) -> None:
        """Read until `stop`."""
        self._going.set()
        limits = aiohttp.ClientTimeout(total=ANSWERED_WITHIN_S)
        headers = {"authorization": f"Bearer {self.token}"}
        began = time.monotonic()
        async with (
            aiohttp.ClientSession(self._url, headers=headers, timeout=limits) as session,
            asyncio.TaskGroup() as group,
        ):
            for n in itertools.count(1):
                if not self._going.is_set():
                    return
                group.create_task(self._read(session, self.PATHS[n % len(self.PATHS)]))
                await asyncio.sleep(max(0.0, began + n / self._rate - time.monotonic()))

    def stop(self) -> None:
        self._going.clear()

    def since(self, at: float) -> tuple[int, int]:
        """Return how many that were asked since then were answered, and how many were not."""
        told = [is_answered for when, is_answered, _ in self.asked if when >= at]
        return sum(told), len(told) - sum(told)

    async def _read(self, session: aiohttp.ClientSession, path: str) -> None:
        began, is_answered = time.monotonic(), False
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with session.get(path) as answer:
                await answer.read()
                is_answered = answer.status == 200
        self.asked.append((began, is_answered, time.monotonic() - began))
