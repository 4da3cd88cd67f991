"""Counting time (期限计算): from a moment and a limit to the moment it is due.

Sources: 民法典 §201 (a limit in hours runs from its moment; the day it starts on is not counted),
§203 (a last day that is a legal day off gives way to the next working day; the day ends at 24:00, or
when business stops).

- `m`, `h` run day and night from the moment itself, whatever the office hours.
- `wh` runs only while the office is open.
- `wd` counts the country's working days (工作日 is a word of the law: it is the same for an office
  that never closes); due when the office's business ends on the last of them.
- `d` counts all days; its last day moves to the next working day when the country does not work
  on it; due when the office's business ends on that day.

A pause is half-open, [start, end). Clocks in minutes and hours stand still in it. A day of a `wd` or `d`
limit is not counted when a pause takes any moment of its business window
(`OfficeHours.window_on`); so a pause that starts when business is over, or later than a due time,
changes nothing that was already due.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from msgspec import Struct

from models.blocks import DAY, MINUTE
from models.calendar import Calendar, OfficeHours, moment, stamp
from models.errors import Conflict
from models.limits import InvalidRule, Limit, Unit

_FOREVER: Final = 1 << 62
_LENGTHS: Final = {Unit.MINUTE: MINUTE, Unit.HOUR: 60 * MINUTE, Unit.WORKING_HOUR: 60 * MINUTE, Unit.DAY: DAY}

_Stops: TypeAlias = Sequence[tuple[int, int]]


class Pause(Struct, frozen=True):
    """A time in which the clock stands still (鉴定, 听证), [start, end); no end: it still does."""

    start: datetime
    end: datetime | None = None
    reason: str = ""


class ClockPaused(Conflict):
    """The clock stands still with no end known, so that nothing is due."""

    code = "clock_paused"

    def __init__(self) -> None:
        super().__init__("计时已暂停且尚未恢复，目前没有到期时间")


def deadline(
    start: datetime, limit: Limit, calendar: Calendar, hours: OfficeHours, pauses: Iterable[Pause] = ()
) -> datetime:
    """Return when a limit that starts at `start` is due, in China time.

    Whatever the hour of `start`, its day is the day that is not counted. Raises UnknownYear where a day
    of an unknown year must be judged, ClockPaused where a pause without end comes first.
    """
    at = stamp(start)
    return moment(_due(at, at // DAY, limit, (calendar, hours), _stops(pauses, at)))


def extended(
    due: datetime, limit: Limit, calendar: Calendar, hours: OfficeHours, pauses: Iterable[Pause] = ()
) -> datetime:
    """Return when `limit` more is due after a due time (延期); the day of `due` is not counted.

    A due time of 24:00 belongs to the day it ends, not to the next one. Raises as `deadline` does.
    """
    at = stamp(due)
    return moment(_due(at, last_day(due), limit, (calendar, hours), _stops(pauses, at)))


def before(due: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """Return the moment that lies a limit before a due time; working days keep its time of day.

    Raises UnknownYear, and InvalidRule for working hours, which nobody counts backwards.
    """
    at = stamp(due)
    if limit.unit is Unit.WORKING_HOUR:
        raise InvalidRule(f"提前量“{limit}”不能用工作小时，请改用小时或工作日")
    if limit.unit is Unit.WORKING_DAY:
        day = last_day(due)
        return moment(at - (day - calendar.working_day_before(day, limit.amount)) * DAY)
    return moment(at - limit.amount * _LENGTHS[limit.unit])


def last_day(due: datetime) -> int:
    """Return the number of the day a due time belongs to; 24:00 belongs to the day it ends."""
    return (stamp(due) - 1) // DAY


def takes(pause: Pause, day: int, calendar: Calendar, hours: OfficeHours) -> bool:
    """Tell whether a pause takes a day of a `wd` or `d` limit out of the count. Raises UnknownYear."""
    return _is_taken(day, (calendar, hours), _stops((pause,), day * DAY))


def _stops(pauses: Iterable[Pause], after: int) -> _Stops:
    """Return the pauses that end after a stamp as (start, end) stamps, in order and without overlap."""
    if not pauses:
        return ()
    merged: list[tuple[int, int]] = []
    for start, end in sorted(_interval(pause) for pause in pauses):
        if end <= max(start, after):
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _interval(pause: Pause) -> tuple[int, int]:
    return stamp(pause.start), _FOREVER if pause.end is None else stamp(pause.end)


def _due(at: int, day: int, limit: Limit, office: tuple[Calendar, OfficeHours], stops: _Stops) -> int:
    calendar, hours = office
    match limit.unit:
        case Unit.MINUTE | Unit.HOUR:
            return _run(at, limit.amount * _LENGTHS[limit.unit], stops)
        case Unit.WORKING_HOUR:
            return _run_in_office(at, limit.amount * _LENGTHS[limit.unit], office, stops)
        case Unit.WORKING_DAY if stops:
            last = _count(day, limit, office, stops)
        case Unit.WORKING_DAY:
            last = calendar.working_day_after(day, limit.amount)
        case Unit.DAY:
            last = _count(day, limit, office, stops) if stops else day + limit.amount
            last = _next_working(last, office, stops)
    return last * DAY + hours.window_on(last, calendar)[1]


def _run(at: int, length: int, stops: _Stops) -> int:
    for start, end in stops:
        if start >= at + length:
            break
        if end == _FOREVER:
            raise ClockPaused
        length -= max(0, start - at)
        at = end
    return at + length


def _run_in_office(at: int, length: int, office: tuple[Calendar, OfficeHours], stops: _Stops) -> int:
    calendar, hours = office
    day = at // DAY
    while True:
        midnight = day * DAY
        _require_running(max(at, midnight), stops)
        for opens, closes in hours.blocks_on(day, calendar):
            for start, end in _open_between(max(at, midnight + opens), midnight + closes, stops):
                if length <= end - start:
                    return start + length
                length -= end - start
        day += 1


def _open_between(start: int, end: int, stops: _Stops) -> Iterable[tuple[int, int]]:
    """Yield the parts of [start, end) in which no pause stands, in order."""
    for stop, resumes in stops:
        if stop >= end:
            break
        if stop > start:
            yield start, stop
        start = max(start, resumes)
    if start < end:
        yield start, end


def _count(day: int, limit: Limit, office: tuple[Calendar, OfficeHours], stops: _Stops) -> int:
    """Return the day on which a `wd` or `d` limit that excludes `day` is used up, pauses left out."""
    only_worked = limit.unit is Unit.WORKING_DAY
    left = limit.amount
    while left:
        day += 1
        _require_running(day * DAY, stops)
        if (not only_worked or office[0].is_worked(day)) and not _is_taken(day, office, stops):
            left -= 1
    return day


def _next_working(day: int, office: tuple[Calendar, OfficeHours], stops: _Stops) -> int:
    """Return this day, or the next working day that no pause takes (民法典 §203)."""
    while not office[0].is_worked(day) or _is_taken(day, office, stops):
        day += 1
        _require_running(day * DAY, stops)
    return day


def _is_taken(day: int, office: tuple[Calendar, OfficeHours], stops: _Stops) -> bool:
    midnight = day * DAY
    for start, end in stops:
        if start < midnight + DAY and midnight < end:
            opens, closes = office[1].window_on(day, office[0])
            if start < midnight + closes and midnight + opens < end:
                return True
    return False


def _require_running(at: int, stops: _Stops) -> None:
    """Refuse to go on counting from a moment in a pause that has no end."""
    if stops and stops[-1][1] == _FOREVER and stops[-1][0] <= at:
        raise ClockPaused
