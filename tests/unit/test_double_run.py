"""并行运行对比: both platforms side by side; what adds up, and what is only on one side."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.double_run import SIDES, Compared, compare, on_time, rows, totals

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def there(name: str, day: date = MONDAY, department: str = "urban", *, is_on_time: bool | None = True) -> Compared:
    return Compared(
        name=name,
        numbers=(name,),
        day=day,
        line="12345",
        category="01",
        department=department,
        is_on_time=is_on_time,
    )


def here(name: str, *numbers: str, day: date = MONDAY, department: str = "urban", category: str = "01") -> Compared:
    return Compared(
        name=name,
        numbers=numbers,
        day=day,
        line="-",
        category=category,
        department=department,
        is_on_time=None,
    )


def test_what_is_matched_and_what_is_only_on_one_side_add_up() -> None:
    olds = [there("a"), there("b"), there("c", TUESDAY), there("elsewhen", date(2026, 11, 30))]
    ours = [here("1", "a"), here("2", "x", "c", day=TUESDAY), here("3"), here("4", "unknown", day=TUESDAY)]
    run = compare(olds, ours, [MONDAY, TUESDAY])
    told = [(day.matched, day.only_old, day.matched_here, day.only_ours) for day in run.days]
    assert told == [(1, ["b"], 1, ["3"]), (1, [], 1, ["4"])]
    for day in run.days:
        assert day.tickets.old == day.matched + len(day.only_old)
        assert day.tickets.ours == day.matched_here + len(day.only_ours)
        for side in SIDES:
            assert sum(pair.old for pair in day.counts[side].values()) == day.tickets.old
            assert sum(pair.ours for pair in day.counts[side].values()) == day.tickets.ours
    assert run.matched == 2


def test_a_match_may_lie_on_another_day_here() -> None:
    run = compare([there("a")], [here("1", "a", day=TUESDAY)], [MONDAY, TUESDAY])
    assert [(day.matched, day.matched_here, day.only_old, day.only_ours) for day in run.days] == [
        (1, 0, [], []),
        (0, 1, [], []),
    ]
    only_monday = compare([there("a")], [here("1", "a", day=TUESDAY)], [MONDAY])
    assert (only_monday.days[0].only_old, only_monday.matched) == ([], 1)


def test_of_what_is_matched_category_and_department_are_compared() -> None:
    olds = [there("a"), there("b"), there("c", department="water")]
    ours = [here("1", "a"), here("2", "b", category="02"), here("3", "c")]
    run = compare(olds, ours, [MONDAY])
    assert (run.matched, run.same_category, run.same_department) == (3, 2, 2)
    assert {key: (pair.old, pair.ours) for key, pair in totals(run, "department").items()} == {
        "urban": (2, 3),
        "water": (1, 0),
    }


def test_only_what_was_due_counts_for_being_on_time() -> None:
    olds = [there("a"), there("b", is_on_time=False), there("c", is_on_time=None)]
    (day,) = compare(olds, [], [MONDAY]).days
    assert (day.on_time.old, day.due.old) == (1, 2)
    table = {(what, key): old for _, what, key, old, _ in rows(compare(olds, [], [MONDAY]))}
    assert table["on_time", ""] == 1
    assert table["line", "12345"] == 3


@pytest.mark.parametrize(
    ("ended", "due", "told"),
    [
        (-2, -1, True),
        (-1, -1, True),
        (-1, -2, False),
        (None, -1, False),
        (None, 1, None),
        (-1, 1, True),
        (-1, None, None),
    ],
)
def test_what_is_not_due_yet_is_neither_late_nor_on_time(ended: int | None, due: int | None, told: bool | None) -> None:  # noqa: FBT001
    def at(hours: int | None) -> datetime | None:
        return None if hours is None else NOW + timedelta(hours=hours)

    assert on_time(at(ended), at(due), NOW) is told
