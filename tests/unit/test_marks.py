from collections.abc import Iterator
from datetime import date, datetime

import msgspec
import pytest

from models.attempts import Attempt, next_attempt, part_of
from models.calendar import CHINA_TIME, CalendarYear, OfficeHours, UnknownYear, join_years
from models.deadlines import extended
from models.limits import limit
from models.marks import Due, Mark, MarkKind, Watch, next_mark
from models.sla import FollowUpTerms, MarkTerms

CALENDAR = join_years(
    [CalendarYear(year=2026, announced=True, holidays=tuple(date(2026, 10, day) for day in range(1, 8)))]
)
BUREAU = OfficeHours("bureau", (("1-5", "09:00-12:00|13:30-17:30"),))
TERMS = MarkTerms(
    remind=(limit("48h"), limit("24h")), yellow=limit("1wd"), supervise=limit("1wd"), escalate=limit("5wd")
)
WATCH = Watch(TERMS, CALENDAR, BUREAU)
FOLLOW_UP = FollowUpTerms(
    within=limit("1wd"),
    attempts=3,
    day_parts=("09:00-12:00", "14:00-17:30", "18:30-20:30"),
    quiet=("12:00-14:00", "20:30-09:00"),
    link_within=limit("7d"),
    unsatisfied="reopen",
    unreachable="close",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA_TIME)


def walk(due: Due, after: datetime, watch: Watch = WATCH) -> Iterator[Mark]:
    """All marks one after another, each acted on when it is given."""
    done: set[str] = set()
    while (mark := next_mark(due, done, watch, after)) is not None:
        yield mark
        assert mark.key not in done
        done.add(mark.key)


def whole(**done: bool) -> Due:
    due = Due(acknowledge_by=at("11-24 17:30"), contact_by=at("11-24 17:30"), reply_by=at("11-30 17:30"))
    return msgspec.structs.replace(due, **done)


def test_an_assignment_nobody_touches_passes_every_mark_in_order() -> None:
    assert [(mark.kind, mark.at) for mark in walk(whole(), at("11-23 10:00"))] == [
        (MarkKind.ACKNOWLEDGE_MISSED, at("11-24 17:30")),
        (MarkKind.CONTACT_MISSED, at("11-24 17:30")),
        (MarkKind.YELLOW, at("11-27 17:30")),
        (MarkKind.REMIND, at("11-28 17:30")),
        (MarkKind.REMIND, at("11-29 17:30")),
        (MarkKind.RED, at("11-30 17:30")),
        (MarkKind.SUPERVISE, at("12-01 17:30")),
        (MarkKind.ESCALATE, at("12-07 17:30")),
    ]


def test_what_is_done_is_not_watched() -> None:
    due = whole(is_acknowledged=True, is_contacted=True)
    assert next(walk(due, at("11-23 10:00"))).kind is MarkKind.YELLOW
    due = whole(is_acknowledged=True)
    assert next(walk(due, at("11-23 10:00"))).kind is MarkKind.CONTACT_MISSED


@pytest.mark.parametrize("stopped", ["is_signed_off", "is_held"])
def test_nothing_is_watched_after_the_sign_off_or_while_a_ruling_is_waited_for(stopped: str) -> None:
    assert list(walk(whole(**{stopped: True}), at("11-23 10:00"))) == []


def test_a_pause_is_looked_at_again_and_again_and_nothing_else_is() -> None:
    due = msgspec.structs.replace(whole(), paused_at=at("10-12 10:00"), review_every=limit("10d"))
    reviews = [mark for mark, _ in zip(walk(due, at("10-12 10:00")), range(4), strict=False)]
    assert {(mark.kind, mark.due_at) for mark in reviews} == {(MarkKind.REVIEW_PAUSE, at("10-12 10:00"))}
    # Ten days on, and from a Sunday (November 1, 21) to the Monday after it.
    assert [mark.at for mark in reviews] == [
        at("10-22 17:30"), at("11-02 17:30"), at("11-12 17:30"), at("11-23 17:30"),
    ]  # fmt: skip


def test_a_second_pause_is_reviewed_anew() -> None:
    due = msgspec.structs.replace(whole(), paused_at=at("10-12 10:00"), review_every=limit("10d"))
    first = next(walk(due, at("10-12 10:00")))
    again = next_mark(msgspec.structs.replace(due, paused_at=at("10-27 10:00")), {first.key}, WATCH, at("10-27 10:00"))
    assert again is not None
    assert again.at == at("11-06 17:30")


def test_what_follows_a_missed_date_is_counted_from_the_ruling_that_let_it_run_on() -> None:
    due = whole(is_acknowledged=True, is_contacted=True)
    assert [(mark.kind, mark.at) for mark in walk(due, at("12-03 10:00"))] == [
        (MarkKind.RED, at("11-30 17:30")),
        (MarkKind.SUPERVISE, at("12-04 17:30")),
        (MarkKind.ESCALATE, at("12-10 17:30")),
    ]


def test_warnings_that_lie_before_the_dispatch_are_left_out() -> None:
    due = Due(reply_by=at("11-23 12:00"))
    assert [mark.kind for mark in walk(due, at("11-23 10:00"))] == [
        MarkKind.RED,
        MarkKind.SUPERVISE,
        MarkKind.ESCALATE,
    ]


def test_a_reminder_exactly_when_the_clock_starts_is_left_out() -> None:
    due = Due(reply_by=at("11-26 10:00"))
    kinds = [(mark.kind, mark.ahead) for mark in walk(due, at("11-24 10:00"))]
    assert kinds[0] == (MarkKind.REMIND, "24h")
    assert (MarkKind.REMIND, "48h") not in kinds
    assert kinds[1] == (MarkKind.YELLOW, "1wd")


def test_marks_that_were_slept_through_are_still_given() -> None:
    overdue = Due(reply_by=at("11-20 17:30"))
    late = next_mark(overdue, set(), WATCH, after=at("11-30 10:00"))
    assert late is not None
    assert (late.kind, late.at) == (MarkKind.RED, at("11-20 17:30"))


def test_a_date_that_moved_has_marks_of_its_own() -> None:
    done = {mark.key for mark in walk(whole(), at("11-23 10:00"))}
    moved = extended(at("11-30 17:30"), limit("2wd"), CALENDAR, BUREAU)
    due = Due(acknowledge_by=at("11-24 17:30"), contact_by=at("11-24 17:30"), reply_by=moved)
    mark = next_mark(due, done, WATCH, after=at("11-30 17:00"))
    assert mark == Mark(MarkKind.REMIND, at("11-30 17:30"), at("12-02 17:30"), "48h")
    assert [left.kind for left in walk(due, at("12-02 10:00"))][-3:] == [
        MarkKind.RED,
        MarkKind.SUPERVISE,
        MarkKind.ESCALATE,
    ]


def test_a_ticket_is_watched_by_its_promise() -> None:
    kinds = [mark.kind for mark in walk(Due(reply_by=at("11-30 17:30")), at("11-30 10:00"))]
    assert kinds == [MarkKind.RED, MarkKind.SUPERVISE, MarkKind.ESCALATE]


def test_supervision_counts_working_days_over_a_holiday() -> None:
    marks = {mark.kind: mark.at for mark in walk(Due(reply_by=at("09-30 17:30")), at("09-01 10:00"))}
    assert marks[MarkKind.YELLOW] == at("09-29 17:30")
    assert marks[MarkKind.SUPERVISE] == at("10-08 17:30")
    assert marks[MarkKind.ESCALATE] == at("10-14 17:30")


def test_an_unknown_year_is_met_only_when_its_mark_is_next() -> None:
    due = Due(reply_by=at("12-31 17:30"))
    red = next_mark(due, set(), WATCH, after=at("12-31 10:00"))
    assert red is not None
    assert red.kind is MarkKind.RED
    with pytest.raises(UnknownYear):
        next_mark(due, {red.key}, WATCH, after=at("12-31 10:00"))


def test_three_attempts_fall_into_three_parts_of_the_day() -> None:
    first = next_attempt(at("11-23 10:00"), 0, (), FOLLOW_UP)
    assert first == Attempt(at("11-23 10:00"), "09:00-12:00")
    second = next_attempt(at("11-23 10:20"), 1, ["09:00-12:00"], FOLLOW_UP)
    assert second == Attempt(at("11-23 14:00"), "14:00-17:30")
    third = next_attempt(at("11-23 14:10"), 2, ["09:00-12:00", "14:00-17:30"], FOLLOW_UP)
    assert third == Attempt(at("11-23 18:30"), "18:30-20:30")
    assert next_attempt(at("11-23 18:40"), 3, FOLLOW_UP.day_parts, FOLLOW_UP) is None


@pytest.mark.parametrize(
    ("after", "used", "expected"),
    [
        ("11-23 12:00", [], "11-23 14:00"),
        ("11-23 20:30", [], "11-24 09:00"),
        ("11-23 23:00", [], "11-24 09:00"),
        ("11-23 07:00", [], "11-23 09:00"),
        ("11-23 19:00", ["18:30-20:30"], "11-24 09:00"),
        ("11-23 11:00", ["09:00-12:00", "18:30-20:30"], "11-23 14:00"),
        ("11-23 18:00", ["09:00-12:00", "18:30-20:30"], "11-24 14:00"),
        # Every part was tried: any part, but not today again.
        ("11-23 11:00", ["09:00-12:00", "14:00-17:30", "18:30-20:30"], "11-24 09:00"),
    ],
)
def test_the_next_attempt_waits_for_a_fresh_part_of_the_day(after: str, used: list[str], expected: str) -> None:
    found = next_attempt(at(after), len(used[:2]), used, FOLLOW_UP)
    assert found is not None
    assert found.at == at(expected)


def test_quiet_hours_cut_into_a_part_of_the_day() -> None:
    terms = FollowUpTerms(
        within=limit("1wd"),
        attempts=2,
        day_parts=("08:00-22:00",),
        quiet=("12:00-14:00", "21:00-09:00"),
        link_within=limit("7d"),
        unsatisfied="reopen",
        unreachable="close",
    )
    starts = ["11-23 08:30", "11-23 12:30", "11-23 21:30"]
    found = [next_attempt(at(start), 0, (), terms) for start in starts]
    assert [attempt.at for attempt in found if attempt] == [at("11-23 09:00"), at("11-23 14:00"), at("11-24 09:00")]
    assert part_of(at("11-23 12:30"), terms) is None
    assert part_of(at("11-23 14:00"), terms) == "08:00-22:00"
