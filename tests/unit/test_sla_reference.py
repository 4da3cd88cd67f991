"""The engine against a slow count, minute by minute and day by day, that shares no code with it."""

from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from models.calendar import Calendar, OfficeHours, UnknownYear
from models.deadlines import ClockPaused, Pause, before, deadline, extended
from models.limits import limit

EAST_8 = timezone(timedelta(hours=8))
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
fast = settings(max_examples=250, deadline=None, database=None)


class Days(NamedTuple):
    """A country's days: plain sets of dates."""

    years: set[int]
    off: set[date]
    made_up: set[date]

    def worked(self, day: date) -> bool:
        if day.year not in self.years:
            raise UnknownYear(day.year)
        return day in self.made_up or (day.weekday() < 5 and day not in self.off)


class Office(NamedTuple):
    """Opening minutes by weekday, Monday 0; a weekday that is not there is closed."""

    week: dict[int, list[tuple[int, int]]]

    def blocks(self, day: date, days: Days) -> list[tuple[int, int]]:
        if len(self.week) == 7:
            return self.week[day.weekday()]
        worked = days.worked(day)
        if day in days.made_up:
            return self.week[min(self.week)]
        if not worked and day in days.off:
            return []
        return self.week.get(day.weekday(), [])

    def window(self, day: date, days: Days) -> tuple[int, int]:
        blocks = self.blocks(day, days)
        if not blocks and not days.worked(day):
            return 0, 1440
        blocks = blocks or self.week[min(self.week)]
        return blocks[0][0], blocks[-1][1]


Stop = tuple[datetime, datetime | None]


class Case(NamedTuple):
    start: datetime
    days: Days
    office: Office
    stops: list[Stop]


def is_stopped(at: datetime, stops: list[Stop]) -> bool:
    return any(start <= at and (end is None or at < end) for start, end in stops)


def is_stopped_for_good(at: datetime, stops: list[Stop]) -> bool:
    return any(end is None and start <= at for start, end in stops)


def count_minutes(case: Case, minutes: int, *, in_office: bool) -> datetime:
    at, left = case.start, minutes
    open_on: dict[date, list[tuple[int, int]]] = {}
    while left:
        if is_stopped_for_good(at, case.stops):
            raise ClockPaused
        runs = True
        if in_office:
            day, minute = at.date(), at.hour * 60 + at.minute
            if day not in open_on:
                open_on[day] = case.office.blocks(day, case.days)
            runs = any(opens <= minute < closes for opens, closes in open_on[day])
        if runs and not is_stopped(at, case.stops):
            left -= 1
        at += ONE_MINUTE
    return at


def is_taken(day: date, case: Case) -> bool:
    midnight = datetime.combine(day, time())
    minutes = [minute for minute in range(1440) if is_stopped(midnight + minute * ONE_MINUTE, case.stops)]
    if not minutes:
        return False
    opens, closes = case.office.window(day, case.days)
    return any(opens <= minute < closes for minute in minutes)


def next_day(day: date, case: Case) -> date:
    day += ONE_DAY
    if is_stopped_for_good(datetime.combine(day, time()), case.stops):
        raise ClockPaused
    return day


def count_days(case: Case, first: date, count: int, *, only_worked: bool) -> datetime:
    day, left = first, count
    while left:
        day = next_day(day, case)
        if (not only_worked or case.days.worked(day)) and not is_taken(day, case):
            left -= 1
    while not case.days.worked(day) or is_taken(day, case):
        day = next_day(day, case)
    return datetime.combine(day, time()) + case.office.window(day, case.days)[1] * ONE_MINUTE


def reference(case: Case, amount: int, unit: str, first: date) -> datetime:
    match unit:
        case "m":
            return count_minutes(case, amount, in_office=False)
        case "h":
            return count_minutes(case, amount * 60, in_office=False)
        case "wh":
            return count_minutes(case, amount * 60, in_office=True)
        case "wd":
            return count_days(case, first, amount, only_worked=True)
        case _:
            return count_days(case, first, amount, only_worked=False)


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def engine_calendar(days: Days) -> Calendar:
    return Calendar(years=frozenset(days.years), holidays=frozenset(days.off), workdays=frozenset(days.made_up))


def engine_hours(office: Office) -> OfficeHours:
    week = [
        (str(weekday + 1), "|".join(f"{clock(opens)}-{clock(closes)}" for opens, closes in blocks))
        for weekday, blocks in office.week.items()
    ]
    return OfficeHours("drawn", tuple(week))


def engine_pauses(stops: list[Stop]) -> list[Pause]:
    return [Pause(start.replace(tzinfo=EAST_8), end.replace(tzinfo=EAST_8) if end else None) for start, end in stops]


def outcome(run: object, *arguments: object, **options: object) -> object:
    """The due time as local wall time, or what stopped the count."""
    assert callable(run)
    try:
        due = run(*arguments, **options)
    except UnknownYear as error:
        return ("unknown", error.year)
    except ClockPaused:
        return ("paused",)
    assert isinstance(due, datetime)
    return due.astimezone(EAST_8).replace(tzinfo=None) if due.tzinfo else due


@st.composite
def blocks_of_a_day(draw: st.DrawFn) -> list[tuple[int, int]]:
    if draw(st.integers(0, 4)) == 0:
        return [(0, 1440)]
    edges = sorted(draw(st.sets(st.integers(0, 48), min_size=2, max_size=6)))
    edges = edges[: len(edges) // 2 * 2]
    return [(opens * 30, closes * 30) for opens, closes in zip(edges[::2], edges[1::2], strict=True)]


@st.composite
def offices(draw: st.DrawFn) -> Office:
    covered = draw(st.sampled_from(["01234", "0123456", "012345", "12345", "024", "6"]))
    usual = draw(blocks_of_a_day())
    return Office({int(day): draw(blocks_of_a_day()) if draw(st.integers(0, 5)) == 0 else usual for day in covered})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    first = draw(st.sampled_from([date(2025, 12, 20), date(2026, 6, 8), date(2026, 12, 14)]))
    start = datetime.combine(first, time()) + draw(st.integers(0, 14 * 1440)) * ONE_MINUTE
    near = [start.date() + ONE_DAY * after for after in range(-2, 16)]
    made_up = {day for day in draw(st.sets(st.sampled_from(near), max_size=4)) if day.weekday() >= 5}
    off = draw(st.sets(st.sampled_from(near), max_size=9)) - made_up
    years = draw(st.sampled_from([{2025, 2026}, {2026}, {2025, 2026, 2027}, {2025, 2027}]))
    return Case(start, Days(years, off, made_up), draw(offices()), draw(stops_from(start)))


@st.composite
def stops_from(draw: st.DrawFn, start: datetime) -> list[Stop]:
    found: list[Stop] = []
    for _ in range(draw(st.integers(0, 3))):
        begins = start + draw(st.one_of(st.integers(-120, 1440), st.integers(-1440, 9000))) * ONE_MINUTE
        length = draw(st.one_of(st.integers(0, 300), st.integers(0, 5 * 1440)))
        found.append((begins, None if draw(st.integers(0, 9)) == 0 else begins + length * ONE_MINUTE))
    return found


limits = st.one_of(
    st.tuples(st.integers(1, 3000), st.just("m")),
    st.tuples(st.integers(1, 72), st.just("h")),
    st.tuples(st.integers(1, 12), st.just("wh")),
    st.tuples(st.integers(1, 9), st.just("wd")),
    st.tuples(st.integers(1, 20), st.just("d")),
)


@fast
@given(cases(), limits)
def test_a_deadline_is_what_a_slow_count_finds(case: Case, drawn: tuple[int, str]) -> None:
    amount, unit = drawn
    expected = outcome(reference, case, amount, unit, case.start.date())
    got = outcome(
        deadline,
        case.start.replace(tzinfo=EAST_8),
        limit(f"{amount}{unit}"),
        engine_calendar(case.days),
        engine_hours(case.office),
        engine_pauses(case.stops),
    )
    # Where an endless pause and an unknown year both forbid a date, either may be the one that is told.
    if any(end is None for _, end in case.stops) and isinstance(expected, tuple):
        assert isinstance(got, tuple)
    else:
        assert got == expected


@fast
@given(cases(), limits)
def test_an_extension_is_what_a_slow_count_from_the_due_time_finds(case: Case, drawn: tuple[int, str]) -> None:
    amount, unit = drawn
    expected = outcome(reference, case, amount, unit, (case.start - ONE_MINUTE).date())
    got = outcome(
        extended,
        case.start.replace(tzinfo=EAST_8),
        limit(f"{amount}{unit}"),
        engine_calendar(case.days),
        engine_hours(case.office),
        engine_pauses(case.stops),
    )
    assert got == expected


@fast
@given(cases(), st.integers(1, 8), st.sampled_from(["m", "h", "d", "wd"]))
def test_a_moment_before_a_due_time_is_what_a_slow_count_finds(case: Case, amount: int, unit: str) -> None:
    def walk_back() -> datetime:
        if unit != "wd":
            return case.start - amount * {"m": ONE_MINUTE, "h": 60 * ONE_MINUTE, "d": ONE_DAY}[unit]
        last = day = (case.start - ONE_MINUTE).date()
        left = amount
        while left:
            day -= ONE_DAY
            left -= case.days.worked(day)
        return case.start - (last - day)

    got = outcome(before, case.start.replace(tzinfo=EAST_8), limit(f"{amount}{unit}"), engine_calendar(case.days))
    assert got == outcome(walk_back)


@fast
@given(cases(), limits, st.integers(0, 3000), st.one_of(st.none(), st.integers(1, 5000)))
def test_a_pause_at_or_after_the_due_time_changes_nothing(
    case: Case, drawn: tuple[int, str], later: int, length: int | None
) -> None:
    start, written = case.start.replace(tzinfo=EAST_8), limit(f"{drawn[0]}{drawn[1]}")
    calendar, hours, pauses = engine_calendar(case.days), engine_hours(case.office), engine_pauses(case.stops)
    try:
        due = deadline(start, written, calendar, hours, pauses)
    except (UnknownYear, ClockPaused):
        reject()
    begins = due + later * ONE_MINUTE
    late = Pause(begins, begins + length * ONE_MINUTE if length else None)
    assert deadline(start, written, calendar, hours, [*pauses, late]) == due
