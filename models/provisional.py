"""What to do when a date falls into a year whose holidays are not announced yet (docs/adr/0004).

Never a guess: from there on every day counts as a working day. That date can only be earlier than the true one, so
that no citizen waits longer than promised; the calendar names such years (`Calendar.provisional`), the date is told
as provisional, and /readyz raises the alarm.
"""

from collections.abc import Collection
from datetime import date, timedelta

from models.calendar import Calendar

YEARS_AHEAD = 3
SATURDAY = 5


def years_after(announced: Collection[int]) -> range:
    """Return the unannounced years that are counted day by day: the next ones after the last announced."""
    first = max(announced, default=date.min.year) + 1
    return range(first, first + YEARS_AHEAD)


def provisional(calendar: Calendar) -> Calendar:
    """Return the calendar with the next unannounced years counted day by day."""
    unknown = years_after(calendar.years)
    weekends = {day for year in unknown for day in _days(year) if day.weekday() >= SATURDAY}
    return Calendar(
        years=calendar.years | set(unknown),
        holidays=calendar.holidays,
        workdays=calendar.workdays | weekends,
        provisional=calendar.provisional | set(unknown),
    )


def provisional_before(calendar: Calendar) -> tuple[Calendar, ...]:
    """Return the provisional calendars of the times when the later years were not announced yet, newest first.

    Dates given then were counted by them, and must be the same when they are counted again.
    """
    found = []
    for last in sorted(calendar.years)[-2::-1]:
        known = Calendar(
            years=frozenset(year for year in calendar.years if year <= last),
            holidays=frozenset(day for day in calendar.holidays if day.year <= last),
            workdays=frozenset(day for day in calendar.workdays if day.year <= last),
        )
        found.append(provisional(known))
    return tuple(found)


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
