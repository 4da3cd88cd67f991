"""How long an office is open between two moments, for many moments at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from models.blocks import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.calendar import Calendar, OfficeHours

_HOUR: Final = 3_600_000_000


class OpenTime:
    """The opening hours of one office over a range of days, added up (`models.calendar` counts days and microseconds)."""

    def __init__(self, hours: OfficeHours, calendar: Calendar, first_day: int, last_day: int) -> None:
        """Lay out the days from the first to the last, both included. Raises UnknownYear."""
        blocks = [hours.blocks_on(day, calendar) for day in range(first_day, last_day + 1)]
        most = max(1, *(len(day) for day in blocks))
        padded = [[*day, *[(DAY, DAY)] * (most - len(day))] for day in blocks]
        self._first = first_day
        self._blocks: NDArray[np.int64] = np.array(padded, dtype=np.int64)
        a_day = (self._blocks[:, :, 1] - self._blocks[:, :, 0]).sum(axis=1)
        self._before: NDArray[np.int64] = np.concatenate([[0], np.cumsum(a_day)])

    def hours_between(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the open hours from each start to its end, both stamps within the range of days."""
        return np.asarray((self._until(end) - self._until(start)) / _HOUR)

    def _until(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        day, moment = at // DAY - self._first, at % DAY
        opens, closes = self._blocks[day, :, 0], self._blocks[day, :, 1]
        today = np.clip(moment[:, None] - opens, 0, closes - opens).sum(axis=1)
        return np.asarray(self._before[day] + today)
