from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hotline.clock import REAL, Clock

if TYPE_CHECKING:
    import pytest

START = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_the_real_clock_shows_the_time() -> None:
    before = datetime.now(UTC)
    assert before <= REAL.now() <= datetime.now(UTC)


def test_every_time_shown_knows_its_zone() -> None:
    assert REAL.now().utcoffset() == timedelta(0)
    assert Clock(wall_at=time.time(), clock_at=START, speed=60).now().utcoffset() == timedelta(0)


def test_a_fast_clock_begins_where_it_was_set_and_runs_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(wall_at=1000.0, clock_at=START, speed=3600)
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    assert clock.now() == START
    monkeypatch.setattr(time, "time", lambda: 1002.5)
    assert clock.now() == START + timedelta(hours=2.5)


def test_wall_seconds_are_what_a_sleeper_must_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(wall_at=1000.0, clock_at=START, speed=60)
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    assert clock.wall_seconds(START + timedelta(minutes=5)) == 5
    assert clock.wall_seconds(START - timedelta(minutes=5)) == 0


def test_a_clock_that_was_set_but_runs_at_real_speed_keeps_what_it_was_set_to(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(wall_at=1000.0, clock_at=START, speed=1)
    monkeypatch.setattr(time, "time", lambda: 1010.0)
    assert clock.now() == START + timedelta(seconds=10)
