"""When calls come: as many as asked for, in order, and at the hours of a hotline's day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from hotline.simulation.arrivals import BY_HOUR, moments
from models.calendar import CHINA_TIME

MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("start", [MIDNIGHT, MIDNIGHT + timedelta(hours=9, minutes=47)])
def test_a_day_brings_all_its_calls_in_order_within_the_day(start: datetime) -> None:
    found = moments(20_000, start)
    assert len(found) == 20_000
    assert all(earlier <= later for earlier, later in pairwise(found))
    assert start <= found[0]
    assert found[-1] < start + timedelta(days=1)


def test_every_hour_brings_its_share() -> None:
    hours = Counter(at.astimezone(CHINA_TIME).hour for at in moments(20_000, MIDNIGHT))
    for hour, weight in enumerate(BY_HOUR):
        assert hours[hour] == pytest.approx(20_000 * weight / sum(BY_HOUR), abs=1.5)
    assert hours.most_common(1)[0][0] == 10


def test_a_day_that_begins_within_an_hour_brings_the_rest_of_that_hour_first_and_its_beginning_last() -> None:
    start = MIDNIGHT + timedelta(hours=10, minutes=30)
    tens = [at for at in moments(10_000, start) if at.astimezone(CHINA_TIME).hour == 10]
    assert {at.date() for at in tens} == {start.date(), start.date() + timedelta(days=1)}
