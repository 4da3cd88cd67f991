"""Load: requests that come when their time has come, whether or not the last one was answered, so that queues show."""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import msgspec
from msgspec import Struct

from hotline.simulation.arrivals import BY_HOUR

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

# What a storm does to a day, and a burst main or a blackout to five minutes of it.
STORM: Final = 3.5
BURST: Final = 12.0
BURST_S: Final = 300.0
HOURS: Final = len(BY_HOUR)
MEAN: Final = sum(BY_HOUR) / HOURS
GIVE_UP_AFTER_S: Final = 30.0
# An agent's form is read again as the words grow: after so many parts of them.
KEYSTROKES: Final = 4
TAKEN: Final = frozenset({200, 201})
NO_ANSWER: Final = 0


class Profile(Struct, frozen=True, kw_only=True):
    """How many come when: `rate` requests and `understand` live readings a second on average, for so many seconds.

    With `is_day` the time is a whole day with its two peaks; `bursts` of five minutes lie evenly in it.
    """

    rate: float
    seconds: float
    understand: float = 0.0
    is_day: bool = False
    is_storm: bool = False
    bursts: int = 0
    seed: int = 1

    def rate_at(self, at: float) -> float:
        """Return how many come a second at a moment."""
        mean = self.rate * (STORM if self.is_storm else 1.0)
        usual = mean * BY_HOUR[int(at / self.seconds * HOURS) % HOURS] / MEAN if self.is_day else mean
        return max(usual, self.rate * BURST) if self._is_burst(at) else usual

    def moments(self) -> Iterator[float]:
        """Yield when each request comes, by chance at that rate (a Poisson process, thinned)."""
        chance = random.Random(self.seed)  # noqa: S311 - chance, not a secret
        most = self.rate * max(STORM * max(BY_HOUR) / MEAN, BURST)
        at = chance.expovariate(most)
        while at < self.seconds:
            if chance.random() * most < self.rate_at(at):
                yield at
            at += chance.expovariate(most)

    def _is_burst(self, at: float) -> bool:
        if not self.bursts:
            return False
        every = self.seconds / self.bursts
        length = min(BURST_S, every / 2)
        return abs(at % every - every / 2) < length / 2


class Measured:
    """What came of one kind of request; times count from when it was due, not from when it was sent."""

    def __init__(self) -> None:
        self.times_ms: list[float] = []
        self.late_ms: list[float] = []
        self.problems: Counter[str] = Counter()

    def summary(self, seconds: float) -> dict[str, Any]:
        """Return the figures; `late_ms` is how late this program itself was at worst: above some 20 it measures itself."""
        times = self.times_ms if len(self.times_ms) > 1 else [*self.times_ms, 0.0, 0.0]
        cuts = statistics.quantiles(times, n=1000)
        return {
            "sent": len(self.late_ms),
            "answered": len(self.times_ms),
            "failed": self.problems.total(),
            "per_second": round(len(self.times_ms) / max(seconds, 1e-9), 1),
            **{f"p{name}_ms": round(cuts[cut - 1], 1) for name, cut in (("50", 500), ("95", 950), ("99", 990))},
            "longest_ms": round(max(times), 1),
            "late_ms": round(max(self.late_ms, default=0.0), 1),
            "problems": dict(self.problems.most_common(5)),
        }


class Load:
    """Sends it all to a running hub."""

    def __init__(self, url: str, token: str, texts: list[str], profile: Profile) -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        self._texts = texts
        self._profile = profile
        # Keys of this run alone: what ran before must not answer for it.
        self._run = f"load-{time.time_ns()}"
        self.requests, self.readings = Measured(), Measured()

    async def run(self) -> float:
        """Send until the time is up and everything is answered; returns how long that took."""
        connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=GIVE_UP_AFTER_S)
        began = time.monotonic()
        async with aiohttp.ClientSession(
            self._url, headers=self._headers, connector=connector, timeout=timeout
        ) as session, asyncio.TaskGroup() as group:  # fmt: skip
            group.create_task(self._send(self._profile.moments(), lambda n, due: self._request(session, n, due)))
            if self._profile.understand:
                evenly = (n / self._profile.understand for n in itertools.count())
                readings = itertools.takewhile(lambda at: at < self._profile.seconds, evenly)
                group.create_task(self._send(readings, lambda n, due: self._reading(session, n, due)))
        return time.monotonic() - began

    async def _send(self, moments: Iterator[float], send: Callable[[int, float], Coroutine[Any, Any, None]]) -> None:
        started = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for n, at in enumerate(moments):
                await asyncio.sleep(max(0.0, started + at - time.monotonic()))
                group.create_task(send(n, started + at))

    async def _request(self, session: aiohttp.ClientSession, n: int, due: float) -> None:
        """A citizen's request."""
        text = f"{self._texts[n % len(self._texts)]}（{n}）"
        body = {"text": text, "caller": {"phone": f"139{n % 10**8:08d}"}}
        await self._post(session, "/api/v1/tickets", body, self.requests, due, {"idempotency-key": f"{self._run}-{n}"})

    async def _reading(self, session: aiohttp.ClientSession, n: int, due: float) -> None:
        """An agent's form, filled while the caller speaks: ever more of the words."""
        text = self._texts[n // KEYSTROKES % len(self._texts)]
        heard = text[: max(1, len(text) * (n % KEYSTROKES + 1) // KEYSTROKES)]
        await self._post(session, "/api/v1/understand", {"text": heard}, self.readings, due, {})

    async def _post(
        self, session: aiohttp.ClientSession, path: str, body: dict[str, Any], into: Measured, due: float,
        headers: dict[str, str],
    ) -> None:  # fmt: skip
        into.late_ms.append((time.monotonic() - due) * 1000)
        try:
            async with session.post(path, data=msgspec.json.encode(body), headers=headers) as response:
                status, _ = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            into.problems[type(error).__name__] += 1
            return
        if status in TAKEN:
            into.times_ms.append((time.monotonic() - due) * 1000)
        else:
            into.problems[str(status)] += 1
