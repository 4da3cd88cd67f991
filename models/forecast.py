"""来件预测: what the next seven days bring, by category and district, between which bounds; and what already runs away (苗头)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from models.surge import Surge, surges
from models.volume import HORIZON, expected, sorts_of_days
from models.volume_backtest import LEAST_DAYS, Errors, Past, again, bounds, errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.calendar import Calendar
    from models.volume import Floats, History, Series, Sorts


class Span(Struct, frozen=True):
    """What is expected, and between what it lies four times of five."""

    expected: float
    low: float
    high: float


class DayAhead(Struct, frozen=True):
    """One day to come."""

    day: date
    requests: Span


class SeriesAhead(Struct, frozen=True, kw_only=True):
    """The next seven days of one series, and all of them together (which no sum of days' bounds would tell)."""

    kind: str
    code: str
    days: list[DayAhead]
    week: Span


class Volume(Struct, frozen=True, kw_only=True):
    """The forecast made of the days before `until`. Where there is not enough past, nothing is said and `reason` says why."""

    until: date
    days: int
    series: list[SeriesAhead]
    surges: list[Surge]
    errors: list[Errors]
    reason: str | None = None

    @property
    def week(self) -> Span | None:
        """What all seven days bring."""
        return self.series[0].week if self.series else None


def forecast(history: History, calendar: Calendar, today: Mapping[Series, int]) -> Volume:
    """Forecast the seven days after a history; `today` is what the first of them has brought so far."""
    until = history.day(history.days)
    if history.days < LEAST_DAYS:
        why = f"有来件记录的只有{history.days}天，至少要{LEAST_DAYS}天"
        return Volume(until=until, days=history.days, series=[], surges=[], errors=[], reason=why)
    sorts = sorts_of_days(history.first, history.days + HORIZON, calendar)
    past = again(history, sorts)
    said, low, high = _with_bounds(history, sorts, past)
    return Volume(
        until=until,
        days=history.days,
        series=[
            SeriesAhead(
                kind=one.kind,
                code=one.code,
                days=[
                    DayAhead(history.day(history.days + step), _span(said, low, high, step, n))
                    for step in range(HORIZON)
                ],
                week=_span(said, low, high, HORIZON, n),
            )
            for n, one in enumerate(history.series)
        ],
        surges=surges(history, sorts, past, today),
        errors=errors(history, past),
    )


def _span(said: Floats, low: Floats, high: Floats, step: int, n: int) -> Span:
    return Span(float(said[step, n]), float(low[step, n]), float(high[step, n]))


def _with_bounds(history: History, sorts: Sorts, past: Past) -> tuple[Floats, Floats, Floats]:
    """Return what is said of each day and, after them, of the week."""
    days = expected(history.counts, sorts, history.whole)
    said = np.vstack([days, days.sum(axis=0)])
    summed = Past(_with_sum(past.said), _with_sum(past.came), past.week_before)
    return said, *bounds(said, summed, [one.kind for one in history.series])


def _with_sum(days: Floats) -> Floats:
    return np.concatenate([days, days.sum(axis=1, keepdims=True)], axis=1)
