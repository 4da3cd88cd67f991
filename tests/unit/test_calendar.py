import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import msgspec
import pytest

from models.calendar import (
    CHINA_TIME,
    Calendar,
    CalendarYear,
    OfficeHours,
    UnknownYear,
    day_number,
    join_years,
    moment,
    stamp,
)
from models.limits import InvalidRule, Limit, Unit, limit

YEARS = Path(__file__).parents[2] / "cities" / "yunzhou" / "calendars"
HOUR = 3_600_000_000


def read_year(name: str) -> CalendarYear:
    return msgspec.convert(tomllib.loads((YEARS / f"{name}.toml").read_text(encoding="utf-8")), CalendarYear)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return join_years([read_year("2025"), read_year("2026"), read_year("2027")])


def open_hours(office: OfficeHours, day: date, calendar: Calendar) -> list[tuple[float, float]]:
    return [(opens / HOUR, closes / HOUR) for opens, closes in office.blocks_on(day_number(day), calendar)]


@pytest.mark.parametrize("day", [date(2026, 2, 14), date(2026, 2, 28), date(2025, 1, 26), date(2025, 10, 11)])
def test_a_make_up_weekend_day_is_a_working_day(calendar: Calendar, day: date) -> None:
    assert day.weekday() >= 5
    assert calendar.is_working_day(day)
    assert calendar.is_make_up(day_number(day))


def test_the_spring_festival_and_national_day_of_2026_are_not_worked(calendar: Calendar) -> None:
    spring = [date(2026, 2, 15) + timedelta(days=after) for after in range(9)]
    national = [date(2026, 10, 1) + timedelta(days=after) for after in range(7)]
    assert not any(calendar.is_working_day(day) for day in spring + national)
    assert calendar.is_working_day(date(2026, 2, 24))
    assert calendar.is_working_day(date(2026, 10, 8))


def test_an_ordinary_saturday_is_off_but_is_no_holiday(calendar: Calendar) -> None:
    assert not calendar.is_working_day(date(2026, 11, 28))
    assert not calendar.is_holiday(day_number(date(2026, 11, 28)))
    assert calendar.is_holiday(day_number(date(2026, 10, 3)))


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_city_calendar_agrees_with_an_independent_one_on_every_day(year: int) -> None:
    calendar = join_years([read_year(str(year))])
    for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        assert calendar.is_working_day(day) == chinese_calendar.is_workday(day), day


def test_a_year_not_announced_is_unknown_and_says_what_to_load(calendar: Calendar) -> None:
    with pytest.raises(UnknownYear, match=r"2027年放假安排尚未公布.*calendars/2027\.toml") as caught:
        calendar.is_working_day(date(2027, 3, 1))
    assert caught.value.year == 2027
    with pytest.raises(UnknownYear) as caught:
        calendar.is_working_day(date(2024, 12, 31))
    assert caught.value.year == 2024


def test_counting_stops_at_a_year_missing_between_two_known_ones() -> None:
    calendar = Calendar(years=frozenset({2025, 2027}), holidays=frozenset(), workdays=frozenset())
    with pytest.raises(UnknownYear) as caught:
        calendar.working_day_after(day_number(date(2025, 12, 30)), 2)
    assert caught.value.year == 2026
    with pytest.raises(UnknownYear) as caught:
        calendar.working_day_before(day_number(date(2027, 1, 4)), 2)
    assert caught.value.year == 2026
    assert calendar.working_day_after(day_number(date(2025, 12, 30)), 1) == day_number(date(2025, 12, 31))


def test_working_days_are_counted_both_ways_over_a_holiday(calendar: Calendar) -> None:
    before, after = day_number(date(2026, 2, 14)), day_number(date(2026, 2, 24))
    assert calendar.working_day_after(before, 1) == after
    assert calendar.working_day_before(after, 1) == before


def test_another_year_keeps_the_version_of_the_years_before() -> None:
    old = join_years([read_year("2025")])
    new = join_years([read_year("2025"), read_year("2026")])
    assert new.agrees_with(old.version)
    assert not old.agrees_with(new.version)


def test_a_changed_day_changes_the_version() -> None:
    old = join_years([read_year("2026")])
    moved = Calendar(years=old.years, holidays=old.holidays | {date(2026, 3, 2)}, workdays=old.workdays)
    assert not moved.agrees_with(old.version)
    assert Calendar(years=old.years, holidays=old.holidays, workdays=old.workdays, version="甲").version == "甲"


def test_a_day_both_off_and_worked_is_refused() -> None:
    day = date(2026, 2, 14)
    with pytest.raises(InvalidRule, match="2026-02-14"):
        Calendar(years=frozenset({2026}), holidays=frozenset({day}), workdays=frozenset({day}))
    with pytest.raises(InvalidRule, match="本来就是工作日"):
        Calendar(years=frozenset({2026}), holidays=frozenset(), workdays=frozenset({date(2026, 2, 13)}))
    with pytest.raises(InvalidRule, match="2026年的放假安排重复"):
        join_years([read_year("2026"), read_year("2026")])


def test_an_office_of_weekdays_follows_the_calendar(calendar: Calendar) -> None:
    office = OfficeHours("bureau", (("1-5", "09:00-12:00|13:30-17:30"),))
    worked = [(9, 12), (13.5, 17.5)]
    assert open_hours(office, date(2026, 2, 13), calendar) == worked
    assert open_hours(office, date(2026, 2, 14), calendar) == worked
    assert open_hours(office, date(2026, 2, 16), calendar) == []
    assert open_hours(office, date(2026, 2, 7), calendar) == []


def test_an_office_of_all_weekdays_opens_on_holidays_and_in_unknown_years(calendar: Calendar) -> None:
    office = OfficeHours("always", (("1-7", "00:00-24:00"),))
    assert open_hours(office, date(2026, 2, 17), calendar) == [(0, 24)]
    assert open_hours(office, date(2030, 1, 1), calendar) == [(0, 24)]


def test_an_office_open_on_saturdays_keeps_holidays(calendar: Calendar) -> None:
    office = OfficeHours("hall", (("1-5", "09:00-17:00"), ("6", "09:00-12:00")))
    assert open_hours(office, date(2026, 11, 28), calendar) == [(9, 12)]
    assert open_hours(office, date(2026, 2, 21), calendar) == []
    assert open_hours(office, date(2026, 11, 29), calendar) == []
    # 2026-02-28 is a Saturday worked in exchange for a weekday: the hours of a weekday.
    assert open_hours(office, date(2026, 2, 28), calendar) == [(9, 17)]


def test_business_closes_with_the_last_block_and_midnight_is_the_next_day(calendar: Calendar) -> None:
    bureau = OfficeHours("bureau", (("1-5", "09:00-12:00|13:30-17:30"),))
    always = OfficeHours("always", (("1-7", "00:00-24:00"),))
    assert bureau.closing(date(2026, 11, 27), calendar) == datetime(2026, 11, 27, 17, 30, tzinfo=CHINA_TIME)
    assert always.closing(date(2026, 11, 27), calendar) == datetime(2026, 11, 28, tzinfo=CHINA_TIME)


@pytest.mark.parametrize(
    "week",
    [
        (("1-5", "09:00-08:00"),),
        (("1-5", "09:00-12:00|11:00-13:00"),),
        (("1-5", "9点-12点"),),
        (("1-5", "09:00-24:01"),),
        (("1-5", "09:00-12:60"),),
        (("0-5", "09:00-12:00"),),
        (("5-1", "09:00-12:00"),),
        (("1-5", "09:00-12:00"), ("5-6", "09:00-12:00")),
        (),
    ],
)
def test_office_hours_that_cannot_be_read_are_refused(week: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(InvalidRule, match=r"写法有误|重复|没有任何"):
        OfficeHours("bureau", week)


def test_office_hours_come_back_from_json_as_they_went() -> None:
    office = OfficeHours("hall", (("1-5", "09:00-17:00"), ("6", "09:00-12:00")))
    assert msgspec.json.decode(msgspec.json.encode(office), type=OfficeHours) == office


def test_the_fixed_offset_is_that_of_shanghai_since_1992() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    for day in range(0, 366 * 60, 13):
        at = datetime(1992, 1, 1, 15, tzinfo=UTC) + timedelta(days=day)
        assert at.astimezone(zone).utcoffset() == CHINA_TIME.utcoffset(at)


def test_a_moment_comes_back_from_its_stamp_to_the_microsecond() -> None:
    at = datetime(2026, 11, 23, 9, 59, 59, 999999, tzinfo=UTC)
    assert moment(stamp(at)) == at
    assert moment(stamp(at)).isoformat() == "2026-11-23T17:59:59.999999+08:00"


@pytest.mark.parametrize(
    ("text", "amount", "unit", "words"),
    [
        ("15m", 15, Unit.MINUTE, "15分钟"),
        ("2h", 2, Unit.HOUR, "2小时"),
        ("4wh", 4, Unit.WORKING_HOUR, "4个工作小时"),
        ("5wd", 5, Unit.WORKING_DAY, "5个工作日"),
        ("60d", 60, Unit.DAY, "60日"),
    ],
)
def test_a_limit_is_read_from_its_text(text: str, amount: int, unit: Unit, words: str) -> None:
    read = limit(text)
    assert (read.amount, read.unit, read.words, str(read)) == (amount, unit, words, text)


@pytest.mark.parametrize("text", ["", "5", "wd", "0d", "-1h", "5 wd", "5WD", "五wd", "1.5h", "５d", "5days"])
def test_a_limit_written_wrongly_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidRule, match=r"写法有误.*如 5wd"):
        Limit(text)


@pytest.mark.parametrize(
    ("text", "factor", "scaled"),
    [("5wd", 0.5, "3wd"), ("24h", 0.5, "12h"), ("1wd", 0.5, "1wd"), ("15m", 0.1, "2m"), ("100h", 0.55, "55h")],
)
def test_a_scaled_limit_is_rounded_up_and_never_nothing(text: str, factor: float, scaled: str) -> None:
    assert limit(text).scaled(factor) == scaled
