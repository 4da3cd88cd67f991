"""How many people a day's follow-up needs: worked out from what came, or said not to be known."""

from __future__ import annotations

from typing import Any

import pytest

from models.follow_up_capacity import FollowUpNeed, need

# A week of 1,400 asks; a quarter ends with a person, after 1.6 calls.
KNOWN: dict[str, Any] = {
    "opened": 1400,
    "days": 7.0,
    "ended": 400,
    "ended_on_person": 100,
    "calls": 160,
    "calls_per_person": 60,
}


def test_people_needed_are_the_day_s_calls_over_what_one_makes() -> None:
    found = need(**KNOWN, staff=1)
    assert (found.asks_a_day, found.share_of_person, found.calls_per_ask) == (200, 0.25, 1.6)
    assert found.calls_a_day == pytest.approx(80)
    assert (found.people_needed, found.is_enough, found.reason) == (2, False, None)
    assert need(**KNOWN, staff=2).is_enough


def test_a_whole_number_of_people_is_not_rounded_up_once_more() -> None:
    assert need(**{**KNOWN, "calls_per_person": 80}, staff=1).people_needed == 1


def test_each_who_needs_a_person_takes_a_call_at_least() -> None:
    assert need(**{**KNOWN, "calls": 0}, staff=1).calls_per_ask == 1


def test_nobody_is_needed_where_nobody_came_to_a_person() -> None:
    found = need(**{**KNOWN, "ended_on_person": 0, "calls": 0}, staff=0)
    assert (found.people_needed, found.is_enough) == (0, True)


@pytest.mark.parametrize("unknown", [{"days": 0.5}, {"ended": 29, "ended_on_person": 9}])
def test_what_is_not_known_is_not_guessed(unknown: dict[str, Any]) -> None:
    found = need(**{**KNOWN, **unknown}, staff=5)
    assert (found.calls_a_day, found.people_needed, found.is_enough) == (None, None, None)
    assert found.reason
    assert isinstance(found, FollowUpNeed)
