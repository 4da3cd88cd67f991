"""Words of danger beyond the city's rules: what is said of games and courses is judged clause by clause."""

from __future__ import annotations

import pytest

from hotline.perils import heard
from models.vocabulary import Flag


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("My son fell into the pool after his training, he is drowning", Flag.DROWNING),
        ("We came for the game. The building is on fire!", Flag.FIRE),
        ("of course my house is on fire, come", Flag.FIRE),
        ("golf course gate, there was a crash, two people are injured", Flag.TRAFFIC_INJURY),
    ],
)
def test_danger_beside_a_game_or_a_course_is_danger(text: str, flag: Flag) -> None:
    assert flag in heard(text)


@pytest.mark.parametrize(
    "text",
    [
        "In the game the house is on fire all the time",
        "Is there a training on what to do when somebody is drowning?",
        "In that movie, the house is on fire",
        "Two years ago, my house was on fire and caught fire again",
    ],
)
def test_a_game_a_course_a_film_and_what_is_long_past_are_none(text: str) -> None:
    assert heard(text) == ()
