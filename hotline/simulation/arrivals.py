"""When calls come: steadily, or as over a day with its two peaks."""

from __future__ import annotations

import asyncio
import bisect
import itertools
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from models.calendar import CHINA_TIME

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hotline.simulation.pace import Pace

# How much of a day's calls comes in each hour: nearly nothing at night, peaks at 10-11 and 14-15, a long evening.
BY_HOUR: Final = (6, 4, 3, 3, 3, 5, 12, 30, 62, 85, 92, 80, 55, 58, 86, 84, 72, 58, 45, 38, 34, 28, 18, 10)
_HOUR: Final = timedelta(hours=1)


async def steadily(calls: float, seconds: float) -> AsyncIterator[int]:
    """Yield 0, 1, … so many times a second of real time, for so many seconds (0: for ever)."""
    started = time.monotonic()
    for n in itertools.count():
        await asyncio.sleep(max(0.0, started + n / calls - time.monotonic()))
        if seconds and time.monotonic() - started >= seconds:
            return
        yield n


async def over_a_day(calls: int, pace: Pace) -> AsyncIterator[int]:
    """Yield 0 … calls - 1 within a day of hub time from now on, each when its time of the day has come."""
    for n, at in enumerate(moments(calls, pace.now())):
        await pace.rest_until(at)
        yield n


def moments(calls: int, start: datetime) -> list[datetime]:
    """Return when each of so many calls comes in the 24 hours from `start`, in order: as many an hour as the hour has of a day."""
    edges = [start]
    while edges[-1] < start + timedelta(days=1):
        whole = edges[-1].replace(minute=0, second=0, microsecond=0) + _HOUR
        edges.append(min(whole, start + timedelta(days=1)))
    spans = list(itertools.pairwise(edges))
    weights = [BY_HOUR[begin.astimezone(CHINA_TIME).hour] * ((end - begin) / _HOUR) for begin, end in spans]
    until = list(itertools.accumulate(weights))
    found = []
    for n in range(calls):
        mark = until[-1] * (n + 0.5) / calls
        hour = bisect.bisect_left(until, mark)
        begin, end = spans[hour]
        share = (mark - (until[hour] - weights[hour])) / weights[hour]
        found.append(begin + (end - begin) * share)
    return found
