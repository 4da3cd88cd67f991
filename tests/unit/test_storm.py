"""When there is a storm, by figures alone."""

from __future__ import annotations

import pytest

from models.storm import A_DAY, Arrivals, StormRule

RULE = StormRule(least=20, burst=12, day=3.5, calm=3)


def came(five: int, *, day: int = 0, mean: float = 30.0, fives: int = A_DAY) -> Arrivals:
    return Arrivals(five=five, day=day, mean=mean, fives=fives)


@pytest.mark.parametrize(
    ("arrivals", "cause"),
    [
        (came(359), None),
        (came(360), "burst"),
        (came(100, day=int(3.5 * 30 * A_DAY)), "day"),
        (came(100, day=int(3.4 * 30 * A_DAY)), None),
        # A day that was a storm and has gone quiet begins none.
        (came(60, day=int(5 * 30 * A_DAY)), None),
    ],
)
def test_a_storm_is_twelve_times_five_minutes_or_three_and_a_half_times_a_day(
    arrivals: Arrivals, cause: str | None
) -> None:
    assert arrivals.cause(RULE) == cause


def test_before_a_day_was_counted_its_mean_says_nothing() -> None:
    first = came(100, mean=2.0, fives=A_DAY - 1)
    assert first.expected(RULE) == 20
    assert first.cause(RULE) is None
    assert came(240, mean=100.0, fives=A_DAY - 1).cause(RULE) == "burst"


def test_a_small_place_is_not_in_a_storm_by_a_dozen_calls() -> None:
    assert came(36, mean=1.0).cause(RULE) is None


def test_what_begins_a_storm_is_not_calm() -> None:
    assert not came(360).is_calm(RULE)
    assert came(89).is_calm(RULE)
    assert not came(90).is_calm(RULE)
