"""How many requests will come (来件预测): daily counts of the past in, expectations of the next days out.

A day's count of a series is its level × what a day of that sort has been. The level follows the past by exponential
smoothing in Poisson terms (requests seen over requests that days of those sorts would have brought at level one), with a
short, a middle and a long memory, averaged. Sorts of days are the seven weekdays, holidays of the calendar and make-up days
(调休); a series' own factors and level are drawn to those of the series that it is a part of, the more the fewer requests it
has. Pure: whole arrays in, whole arrays out.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from models.calendar import Calendar, UnknownYear, day_number

if TYPE_CHECKING:
    from collections.abc import Iterable


Floats: TypeAlias = NDArray[np.float64]
Sorts: TypeAlias = NDArray[np.int64]
HORIZON: Final = 7
HOLIDAY: Final = 7
MAKE_UP: Final = 8
_SORTS: Final = 9
_SUNDAY: Final = 6
_ORDINARY_WEEK: Final = slice(0, 5)
# Days after which a day of the past counts half.
_MEMORIES: Final = (7.0, 14.0, 28.0)
_LONG_MEMORY: Final = 182.0
# So many requests weigh what is known of the whole against what a part has shown itself.
_PRIOR_LEVEL: Final = 12.0
_PRIOR_FACTOR: Final = 40.0
# The level that a day is held against is that of four weeks around it.
_AROUND: Final = 14
_STOOD_STILL: Final = timedelta(days=28)
TOTAL: Final = ("total", "")


class Series(Struct, frozen=True):
    """Whose requests are counted: `("total", "")`, `("group", "03")`, `("category", "0302")`, `("district", "donghu")`."""

    kind: str
    code: str


class DayCount(Struct, frozen=True):
    """How many requests came on a day of one category (four digits) from one district; "" where either is not known."""

    day: date
    category: str
    district: str
    tickets: int


class History(Struct, frozen=True):
    """Daily counts (days × series) from `first` on; `whole[n]` is the series that series n is a part of, 0 the total's own.

    A whole always stands before its parts.
    """

    first: date
    series: tuple[Series, ...]
    whole: NDArray[np.int64]
    counts: Floats

    @property
    def days(self) -> int:
        """How many days are counted."""
        return len(self.counts)

    def day(self, n: int) -> date:
        """Return the date of a row; a row after the last is a day to come."""
        return self.first + timedelta(days=n)


def gather(counted: Iterable[DayCount], until: date) -> History:
    """Add daily counts up to series, to the day before `until`: from the first day with a request, or the first after a month of none."""
    rows = [row for row in counted if row.day < until]
    first = _begun({row.day for row in rows}, until)
    sums: dict[Series, dict[int, int]] = {Series(*TOTAL): defaultdict(int)}
    for row in rows:
        for one in _of_row(row) if row.day >= first else ():
            sums.setdefault(one, defaultdict(int))[(row.day - first).days] += row.tickets
    # The groups before their categories, all in one order whatever the rows' order was.
    place = {"total": 0, "group": 1, "category": 2, "district": 3}
    series = tuple(sorted(sums, key=lambda one: (place[one.kind], one.code)))
    counts = np.zeros(((until - first).days, len(series)))
    for n, one in enumerate(series):
        for day, tickets in sums[one].items():
            counts[day, n] = tickets
    at = {one: n for n, one in enumerate(series)}
    whole = [at[Series("group", one.code[:2])] if one.kind == "category" else 0 for one in series]
    return History(first, series, np.array(whole), counts)


def on_day(counted: Iterable[DayCount], day: date) -> dict[Series, int]:
    """Add one day up to series."""
    sums: dict[Series, int] = defaultdict(int)
    for row in counted:
        for one in _of_row(row) if row.day == day else ():
            sums[one] += row.tickets
    return sums


def _of_row(row: DayCount) -> list[Series]:
    named = [Series(*TOTAL)]
    if row.category:
        named += [Series("group", row.category[:2]), Series("category", row.category)]
    if row.district:
        named.append(Series("district", row.district))
    return named


def _begun(days: set[date], until: date) -> date:
    """What lies behind a month without any request is another time: the hub stood still, or was not there yet."""
    first = until
    for day in sorted(days, reverse=True):
        if first - day > _STOOD_STILL and first != until:
            break
        first = day
    return first


def sorts_of_days(first: date, days: int, calendar: Calendar) -> Sorts:
    """Return what sort of day each is: a weekday (0..6), `HOLIDAY` or `MAKE_UP`; by the weekday alone in a year not known."""
    return np.array([_sort(first + timedelta(days=n), calendar) for n in range(days)], dtype=np.int64)


def _sort(day: date, calendar: Calendar) -> int:
    number = day_number(day)
    try:
        if calendar.is_holiday(number):
            return HOLIDAY
        # A provisional year works every day, which is no exchange.
        if calendar.is_make_up(number) and not calendar.is_provisional(number):
            return MAKE_UP
    except UnknownYear:
        pass
    return day.weekday()


def expected(counts: Floats, sorts: Sorts, whole: NDArray[np.int64]) -> Floats:
    """Return what the days after the counted ones will bring (days × series), never negative.

    `sorts` has the sorts of the counted days and after them of the days asked for.
    """
    days = len(counts)
    factors = _factors(counts, sorts[:days], whole)
    told = factors[sorts[days:]]
    seen = factors[sorts[:days]]
    return np.asarray(np.mean([told * _levels(counts, seen, whole, memory) for memory in _MEMORIES], axis=0))


def _weights(days: int, memory: float) -> Floats:
    return np.exp2(-np.arange(days - 1, -1, -1) / memory)


def _factors(counts: Floats, sorts: Sorts, whole: NDArray[np.int64]) -> Floats:
    """Return how many times its level a series has on each sort of day (sorts × series)."""
    days, many = counts.shape
    weights = _weights(days, _LONG_MEMORY)
    is_sort = (sorts[:, None] == np.arange(_SORTS)).astype(float) * weights[:, None]
    factors = np.ones((_SORTS, many))
    for _ in range(2):
        level = _around(counts) / np.maximum(_around(factors[sorts]), 1e-9)
        seen, due = is_sort.T @ counts, is_sort.T @ level
        factors[:, 0] = _of_total(seen[:, 0], due[:, 0])
        for n in range(1, many):
            above = factors[:, whole[n]]
            factors[:, n] = (seen[:, n] + _PRIOR_FACTOR * above) / (due[:, n] + _PRIOR_FACTOR)
    return factors


def _of_total(seen: Floats, due: Floats) -> Floats:
    """A holiday is taken for a Sunday, a make-up day for a working day, until they have shown what they are."""
    prior = np.ones(_SORTS)
    plain = (seen + _PRIOR_FACTOR * prior) / (due + _PRIOR_FACTOR)
    prior[HOLIDAY], prior[MAKE_UP] = plain[_SUNDAY], plain[_ORDINARY_WEEK].mean()
    return np.asarray((seen + _PRIOR_FACTOR * prior) / (due + _PRIOR_FACTOR))


def _around(values: Floats) -> Floats:
    """The mean of the four weeks around each day, of fewer at the ends."""
    summed = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    at = np.arange(len(values))
    low, high = np.maximum(at - _AROUND, 0), np.minimum(at + _AROUND, len(values))
    return np.asarray((summed[high] - summed[low]) / (high - low)[:, None])


def _levels(counts: Floats, factors: Floats, whole: NDArray[np.int64], memory: float) -> Floats:
    """Return the present level of each series: requests on a day of the factor one."""
    near, far = _weights(len(counts), memory), _weights(len(counts), _LONG_MEMORY)
    seen, due, long = near @ counts, near @ factors, far @ counts
    levels = np.zeros(len(whole))
    levels[0] = seen[0] / due[0]
    for n in range(1, len(whole)):
        share = (long[n] + 0.5) / (long[whole[n]] + 1.0) * levels[whole[n]]
        prior = _PRIOR_LEVEL / max(share, 1e-9)
        levels[n] = (seen[n] + _PRIOR_LEVEL) / (due[n] + prior)
    return levels
