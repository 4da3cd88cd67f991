"""Which days are worked (工作日, 调休) and when an office is open (办公时间).

Inside the clock a day is its number since 1970-01-01 and a moment its microseconds since that
midnight, both in China time: whole numbers are exact and an order of magnitude quicker than
datetime arithmetic in a zone.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from models.blocks import DAY, DAYS_A_WEEK, Blocks, read_week
from models.errors import HotlineError
from models.limits import InvalidRule

# Asia/Shanghai has had one offset since 1991-09-15; a fixed one saves the zone look-up.
CHINA_TIME: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=CHINA_TIME)
_EPOCH_ORDINAL: Final = _EPOCH.toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)
_SATURDAY: Final = 5


def stamp(at: datetime) -> int:
    """Return an aware moment as microseconds since 1970-01-01 00:00 China time."""
    return (at - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """Return the moment of a stamp, in China time."""
    return _EPOCH + timedelta(microseconds=microseconds)


def day_number(day: date) -> int:
    """Return the number of a date."""
    return day.toordinal() - _EPOCH_ORDINAL


def date_of(day: int) -> date:
    """Return the date of a day number."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


class UnknownYear(HotlineError):
    """Counting came into a year whose holidays nobody has announced or loaded; we do not guess."""

    code = "unknown_year"
    status = 503

    def __init__(self, year: int) -> None:
        super().__init__(
            f"{year}年放假安排尚未公布或尚未导入，无法计算跨入该年的工作日期限；"
            f"请在国务院办公厅通知公布后导入 calendars/{year}.toml"
        )
        self.year = year


class CalendarYear(Struct, frozen=True, kw_only=True):
    """One year's file of the city folder: the notice of the State Council's office (国办放假通知)."""

    year: Annotated[int, Meta(ge=date.min.year, le=date.max.year)]
    announced: bool
    source: str = ""
    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()


class Calendar(Struct, frozen=True, kw_only=True, dict=True):
    """The working days of the known years.

    `holidays` are all days off of the notices, weekends inside a holiday included; `workdays` the
    weekend days worked in exchange (调休). A year in `provisional` is not announced and counted day by
    day (models.provisional): its weekend days stand in `workdays` and are no make-up days. `version`,
    where none is given, names every year with a digest of its days: adding a year keeps the names of
    the others (`agrees_with`).
    Raises InvalidRule where a day is both, or a make-up day is not on a weekend.
    """

    years: frozenset[int]
    holidays: frozenset[date]
    workdays: frozenset[date]
    version: str = ""
    provisional: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for day in sorted(self.workdays):
            if day in self.holidays:
                raise InvalidRule(f"{day} 不能既是放假日又是调休上班日")
            if day.weekday() < _SATURDAY:
                raise InvalidRule(f"{day} 本来就是工作日，不能列为调休上班日")
        if not self.version:
            version = ",".join(f"{year}-{self._digest(year)}" for year in sorted(self.years))
            force_setattr(self, "version", version or "empty")

    def _digest(self, year: int) -> str:
        days = [f"-{day}" for day in self.holidays if day.year == year]
        days += [f"+{day}" for day in self.workdays if day.year == year]
        return sha256("".join(sorted(days)).encode()).hexdigest()[:8]

    def agrees_with(self, version: str) -> bool:
        """Tell whether everything a calendar of that version knew is the same in this one."""
        return version == self.version or set(version.split(",")) <= set(self.version.split(","))

    @cached_property
    def _worked(self) -> dict[int, bool]:
        """Every day of the known years: is it a working day."""
        worked: dict[int, bool] = {}
        off, made_up = set(map(day_number, self.holidays)), set(map(day_number, self.workdays))
        for year in sorted(self.years):
            first = date(year, 1, 1)
            for day in range(day_number(first), day_number(date(year + 1, 1, 1))):
                worked[day] = day in made_up or (not _is_weekend(day) and day not in off)
        return worked

    @cached_property
    def _working_days(self) -> tuple[int, ...]:
        """The working days of all known years, in order."""
        return tuple(day for day, is_worked in self._worked.items() if is_worked)

    @cached_property
    def _numbered(self) -> tuple[frozenset[int], frozenset[int]]:
        """Holidays and make-up days as day numbers."""
        return frozenset(map(day_number, self.holidays)), frozenset(map(day_number, self.workdays))

    def is_working_day(self, day: date) -> bool:
        """Tell whether the country works on that date. Raises UnknownYear."""
        return self.is_worked(day_number(day))

    def is_worked(self, day: int) -> bool:
        """Tell the same of a day number. Raises UnknownYear."""
        try:
            return self._worked[day]
        except KeyError:
            raise UnknownYear(date_of(day).year) from None

    def is_holiday(self, day: int) -> bool:
        """Tell whether a notice names this day as one off. Raises UnknownYear."""
        return not self.is_worked(day) and day in self._numbered[0]

    def is_make_up(self, day: int) -> bool:
        """Tell whether this weekend day is worked: in exchange (调休), or as any day of a provisional year.

        Raises UnknownYear.
        """
        return self.is_worked(day) and day in self._numbered[1]

    def is_provisional(self, day: int) -> bool:
        """Tell whether the day's year is not announced and counted day by day."""
        return date_of(day).year in self.provisional

    def working_day_after(self, day: int, count: int) -> int:
        """Return the `count`-th working day after `day`, itself not counted. Raises UnknownYear."""
        days = self._working_days
        index = bisect_right(days, day) + count - 1
        if index >= len(days):
            raise UnknownYear(self._first_unknown(day + 1))
        self._require_years(day + 1, days[index])
        return days[index]

    def working_day_before(self, day: int, count: int) -> int:
        """Return the `count`-th working day before `day`, itself not counted. Raises UnknownYear."""
        days = self._working_days
        index = bisect_left(days, day) - count
        if index < 0:
            raise UnknownYear(self._last_unknown(day - 1))
        self._require_years(days[index], day - 1)
        return days[index]

    def _require_years(self, first: int, last: int) -> None:
        """Refuse to count over a year that is missing between two known ones."""
        for year in range(date_of(first).year, date_of(last).year + 1):
            if year not in self.years:
                raise UnknownYear(year)

    def _first_unknown(self, day: int) -> int:
        year = date_of(day).year
        while year in self.years:
            year += 1
        return year

    def _last_unknown(self, day: int) -> int:
        year = date_of(day).year
        while year in self.years:
            year -= 1
        return year


def join_years(years: Iterable[CalendarYear]) -> Calendar:
    """Return the calendar of the announced years; a year not announced stays unknown.

    Raises InvalidRule where a year comes twice.
    """
    known = [year for year in years if year.announced]
    numbers = [year.year for year in known]
    for number in numbers:
        if numbers.count(number) > 1:
            raise InvalidRule(f"{number}年的放假安排重复")
    return Calendar(
        years=frozenset(numbers),
        holidays=frozenset(day for year in known for day in year.holidays),
        workdays=frozenset(day for year in known for day in year.workdays),
    )


class OfficeHours(Struct, frozen=True, dict=True):
    """When an office is open (办公时间). `week` holds (weekdays, blocks) as office_hours.csv writes them.

    `("1-5", "09:00-12:00|13:30-17:30")`; several pairs give different weekdays different blocks.
    An office that covers all seven weekdays is open every day, holidays too. Any other one is closed
    on holidays, and works on a make-up day (调休) as on its first weekday, whether or not it covers
    that weekend day. Raises InvalidRule.
    """

    code: str
    week: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if not any(self._blocks_by_weekday):
            raise InvalidRule(f"办公时间“{self.code}”没有任何开放时段")

    @cached_property
    def _blocks_by_weekday(self) -> tuple[Blocks, ...]:
        return read_week(self.week)

    @cached_property
    def is_always_on(self) -> bool:
        """Is it open on every day of the year, whatever the calendar says."""
        return all(self._blocks_by_weekday)

    @cached_property
    def _ordinary(self) -> Blocks:
        """The blocks of an ordinary working day: those of its first weekday."""
        return next(blocks for blocks in self._blocks_by_weekday if blocks)

    def blocks_on(self, day: int, calendar: Calendar) -> Blocks:
        """Return the opening blocks of a day, none where it is closed. Raises UnknownYear."""
        if not self.is_always_on:
            if calendar.is_holiday(day):
                return ()
            if calendar.is_make_up(day):
                return self._ordinary
        return self._blocks_by_weekday[_weekday(day)]

    def window_on(self, day: int, calendar: Calendar) -> tuple[int, int]:
        """Return when the day's business opens and closes, in microseconds of the day.

        On a working day on which this office is closed its ordinary hours stand in; on any other
        closed day it is the whole day. Raises UnknownYear.
        """
        blocks = self.blocks_on(day, calendar)
        if not blocks:
            if not calendar.is_worked(day):
                return 0, DAY
            blocks = self._ordinary
        return blocks[0][0], blocks[-1][1]

    def closing(self, day: date, calendar: Calendar) -> datetime:
        """Return the moment business ends on a date; 24:00 is the next midnight. Raises UnknownYear."""
        number = day_number(day)
        return moment(number * DAY + self.window_on(number, calendar)[1])


def _weekday(day: int) -> int:
    """Monday is 0; 1970-01-01 was a Thursday."""
    return (day + 3) % DAYS_A_WEEK


def _is_weekend(day: int) -> bool:
    return _weekday(day) >= _SATURDAY
