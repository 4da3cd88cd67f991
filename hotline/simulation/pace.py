"""The hub's clock as city life sees it from outside: it looks at what the hub shows and rests in hub time."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from hotline.clock import REAL, Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

FIRST_LOOK_S: Final = 0.5
LOOK_EVERY_S: Final = 15.0


class Pace:
    """Tells the hub's time and how long a while of it lasts here. The speed is measured, not believed."""

    def __init__(self, look: Callable[[], Awaitable[datetime]], haste: float = 1.0) -> None:
        """`haste`: everybody is so many times quicker than people are, so that a day sees matters begin and end."""
        self._look = look
        self._haste = haste
        self._clock = REAL
        self._first: tuple[float, datetime] | None = None

    def now(self) -> datetime:
        """Return the hub's time."""
        return self._clock.now()

    def seconds(self, length: timedelta) -> float:
        """Return how many real seconds it takes to do what takes people so long."""
        return self.lasts(length) / self._haste

    def lasts(self, length: timedelta) -> float:
        """Return how many real seconds that much hub time lasts, however quick anybody is."""
        return max(0.0, length.total_seconds() / self._clock.speed)

    def brief(self, length: timedelta) -> timedelta:
        """Return the hub time that passes while somebody does what takes people so long."""
        return length / self._haste

    async def rest(self, length: timedelta) -> None:
        """Take so long for something."""
        await asyncio.sleep(self.seconds(length))

    async def let_pass(self, length: timedelta, least_s: float = 0.0) -> None:
        """Let that much hub time pass, however quick anybody is; and where the clock races, at least so many real seconds."""
        await asyncio.sleep(max(least_s, self.lasts(length)))

    async def rest_until(self, at: datetime) -> None:
        """Let hub time pass until then: no haste makes it pass sooner."""
        await asyncio.sleep(self.lasts(at - self.now()))

    async def start(self) -> None:
        """Look twice, so that the speed is known."""
        await self._measure()
        await asyncio.sleep(FIRST_LOOK_S)
        await self._measure()

    async def keep(self) -> None:
        """Look again now and then: the longer the base line, the truer the speed."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self._measure()

    async def _measure(self) -> None:
        before = time.time()
        shown = await self._look()
        at = (before + time.time()) / 2
        if self._first is None:
            self._first = (at, shown)
        first_at, first_shown = self._first
        speed = (shown - first_shown).total_seconds() / (at - first_at) if at > first_at else 1.0
        self._clock = Clock(wall_at=at, clock_at=shown, speed=max(speed, 0.001))


HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
