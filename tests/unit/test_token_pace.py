"""How often a token may be used: ten seconds' worth at once, then one after the other; whoever waits as told comes through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.api import token_pace
from hotline.api.token_pace import Pace

pytestmark = pytest.mark.unit
A, B = b"a", b"b"


def passed(pace: Pace, token: bytes, per_minute: int, now: float, tries: int) -> int:
    return sum(pace.wait(token, per_minute, now) == 0 for _ in range(tries))


def test_so_many_at_once_and_then_no_more_than_the_minute_allows() -> None:
    pace = Pace()
    assert passed(pace, A, 60, 100.0, 50) == 10
    assert pace.wait(A, 60, 100.0) == pytest.approx(1.0)
    assert passed(pace, A, 60, 103.0, 50) == 3
    assert passed(pace, A, 60, 1000.0, 50) == 10, "who was silent has no more at once than before"


def test_one_token_is_nothing_to_another() -> None:
    pace = Pace()
    assert passed(pace, A, 60, 0.0, 50) == 10
    assert passed(pace, B, 6_000, 0.0, 5_000) == 1_000


def test_the_rarest_comes_once_in_its_time() -> None:
    pace = Pace()
    assert passed(pace, A, 1, 5.0, 3) == 1
    assert pace.wait(A, 1, 5.0) == pytest.approx(60.0)
    assert pace.wait(A, 1, 65.0) == 0


@given(st.integers(1, 600_000), st.lists(st.floats(0, 30), max_size=40))
def test_whoever_waits_as_long_as_told_comes_through(per_minute: int, pauses: list[float]) -> None:
    pace, now = Pace(), 1000.0
    for pause in pauses:
        now += pause
        wait = pace.wait(A, per_minute, now)
        if wait:
            now += wait + 1e-6
            assert pace.wait(A, per_minute, now) == 0


def test_who_has_been_silent_is_forgotten_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_pace, "MOST_REMEMBERED", 100)
    pace = Pace()
    for n in range(1_000):
        pace.wait(str(n).encode(), 60, float(n * 10))
    assert len(pace.__dict__["_used_until"]) <= 102
