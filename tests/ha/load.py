"""Callers who do not wait for one another, and ask again with the same key until they are answered."""

from __future__ import annotations

import asyncio
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


class Callers:
    """So many requests a second, open loop. `acknowledged` holds (when, key, number) in the order of the answers."""

    def __init__(self, url: str, token: str, rate: float) -> None:
        self._url, self._token, self._rate = url, token, rate
        self._texts: Iterator[str] = texts(60)
        self._going = asyncio.Event()
        self.acknowledged: list[tuple[float, str, str]] = []
        self.refused: Counter[str] = Counter()
        self.sent = 0

    async def run(self) -> None:
        """Send until `stop`, then until all that was sent is answered."""
        self._going.set()
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        limits = aiohttp.ClientTimeout(total=ANSWERED_WITHIN_S)
        connector = aiohttp.TCPConnector(limit=0)
        began = time.monotonic()
        async with (
            aiohttp.ClientSession(self._url, headers=headers, timeout=limits, connector=connector) as session,
            asyncio.TaskGroup() as group,
        ):
            while self._going.is_set():
                await asyncio.sleep(max(0.0, began + self.sent / self._rate - time.monotonic()))
                group.create_task(self._ask(session, f"ha-{self.sent}", next(self._texts)))
                self.sent += 1

    def stop(self) -> None:
        self._going.clear()

    def gap(self, since: float) -> float:
        """Return the longest time since then in which nobody was answered, in seconds."""
        times = [since, *(when for when, _, _ in self.acknowledged if when >= since)]
        return max((after - before for before, after in itertools.pairwise(times)), default=0.0)

    async def _ask(self, session: aiohttp.ClientSession, key: str, text: str) -> None:
        content = json.dumps({"text": text, "caller": {"phone": f"138{int(key[3:]):08d}"}}).encode()
        for pause in itertools.chain((ASKS_AGAIN_S * 2**n for n in range(4)), itertools.repeat(ASKS_AGAIN_AT_LATEST_S)):
            try:
                async with session.post("/api/v1/tickets", data=content, headers={"idempotency-key": key}) as answer:
                    said = await answer.read()
                    if answer.status in {200, 201}:
                        self.acknowledged.append((time.monotonic(), key, json.loads(said)["number"]))
                        return
                    self.refused[str(answer.status)] += 1
            except (aiohttp.ClientError, TimeoutError) as error:
                self.refused[type(error).__name__] += 1
            await asyncio.sleep(pause)
