"""What a run of city life is: who takes part, how long, and how many call; or one whole day of the hub's clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hotline.simulation.arrivals import over_a_day, steadily
from hotline.simulation.pace import DAY
from hotline.simulation.tales import TOLD_FIRST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hotline.simulation.pace import Pace

PARTS: Final = ("departments", "desk", "review", "follow-up", "callers")
# Callers stop after this share of a run that has an end: the last ones want an answer too.
CALLING: Final = 1 / 3
# In a whole day everybody is so many times quicker than people are, or no matter that begins in it would end in it.
HASTE: Final = 12.0
# How long the day's last matters are waited for.
EVENING: Final = timedelta(hours=2)
# What a whole day shows, it shows so many times.
SHOWN: Final = 20


class Plan(Struct, frozen=True, kw_only=True):
    """`seconds` is the length in real time (0: without end) at `calls` a second; `day` calls within 24 hours of hub time go before it."""

    parts: frozenset[str] = frozenset(PARTS)
    seed: int = 1
    seconds: float = 0.0
    calls: float = 1.0
    day: int = 0

    @property
    def haste(self) -> float:
        """How many times quicker than people everybody is."""
        return HASTE if self.day else 1.0

    @property
    def told_first(self) -> int:
        """How often each rare tale is told before the dice choose."""
        return SHOWN if self.day else TOLD_FIRST

    def lasts(self, pace: Pace) -> float:
        """Return the length of the run in seconds, 0 where it has no end."""
        return pace.lasts(DAY + EVENING) if self.day else self.seconds

    def calling(self, pace: Pace) -> float:
        """Return for how many seconds somebody new calls, 0 where that has no end."""
        return pace.lasts(DAY) if self.day else self.seconds * CALLING

    def arrivals(self, pace: Pace) -> AsyncIterator[int]:
        """Yield the number of each caller when their time has come."""
        return over_a_day(self.day, pace) if self.day else steadily(self.calls, self.seconds * CALLING)
