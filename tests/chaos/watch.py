"""What /readyz says all along, asked by somebody who does not wait."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.acceptance.conftest import RunningHub

EVERY_S: Final = 0.5
WAIT_S: Final = 5.0
LATE_S: Final = 0.5
NO_ANSWER: Final = 0


class Said(NamedTuple):
    """One answer: when it was asked for, when it came, with which status, and which checks failed."""

    asked: float
    answered: float
    status: int
    failing: frozenset[str]


class Watch:
    """Everything that was said."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def ready(self, since: float, until: float) -> int:
        """How often it said ready to whoever asked between two moments."""
        return sum(one.status == 200 for one in self.said if since <= one.asked and one.answered <= until)

    def failed(self, check: str, since: float, until: float) -> int:
        """How often it named a check that fails."""
        return sum(check in one.failing for one in self.said if since <= one.asked and one.answered <= until)

    def silent(self, since: float, until: float) -> int:
        """How often nothing came in time from processes that live: an operator's probe would kill them.

        Where who asked was late themselves, nothing is known.
        """
        return sum(
            one.status == NO_ANSWER and one.answered - one.asked < WAIT_S + LATE_S
            for one in self.said
            if since <= one.asked and one.answered <= until
        )

    def ready_again(self, since: float) -> float:
        """When it first said ready to who asked after a moment and never said anything else thereafter; not yet is never."""
        last_bad = max((one.answered for one in self.said if one.asked >= since and one.status != 200), default=since)
        return min(
            (one.answered for one in self.said if one.asked >= last_bad and one.status == 200), default=float("inf")
        )


@contextlib.asynccontextmanager
async def watching(hub: RunningHub) -> AsyncIterator[Watch]:
    """Ask again and again for as long as the block lasts."""
    watch = Watch()
    timeout = aiohttp.ClientTimeout(total=WAIT_S)

    async def ask(session: aiohttp.ClientSession) -> None:
        asked = time.monotonic()
        status, failing = NO_ANSWER, frozenset[str]()
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with session.get(f"{hub.url}/readyz") as response:
                checks = (await response.json())["checks"]
                status, failing = response.status, frozenset(name for name, said in checks.items() if said != "ok")
        watch.said.append(Said(asked, time.monotonic(), status, failing))

    async def go_on(session: aiohttp.ClientSession) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(ask(session))
                await asyncio.sleep(EVERY_S)

    # Every question on a connection of its own, as a load balancer asks.
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        task = asyncio.create_task(go_on(session))
        try:
            yield watch
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
