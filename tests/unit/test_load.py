from __future__ import annotations

import itertools

import pytest

from hotline.simulation.arrivals import BY_HOUR
from hotline.simulation.load import BURST, STORM, Profile

HOURS = len(BY_HOUR)


def came(profile: Profile, since: float, until: float) -> int:
    return sum(since <= at < until for at in profile.moments())


def test_as_many_come_as_were_asked_for_and_not_evenly() -> None:
    moments = list(Profile(rate=50, seconds=200).moments())
    assert len(moments) == pytest.approx(10_000, rel=0.05)
    assert moments == sorted(moments)
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert max(gaps) > 5 / 50, "calls come by chance"


def test_the_same_seed_makes_the_same_moments() -> None:
    first, same, other = (list(Profile(rate=10, seconds=20, seed=seed).moments()) for seed in (3, 3, 4))
    assert first == same != other


def test_a_day_has_its_peaks_and_its_night() -> None:
    profile = Profile(rate=100, seconds=240, is_day=True)
    assert len(list(profile.moments())) == pytest.approx(24_000, rel=0.05)
    by_hour = [came(profile, hour * 10, hour * 10 + 10) for hour in range(HOURS)]
    assert by_hour.index(max(by_hour)) == BY_HOUR.index(max(BY_HOUR)) == 10
    assert by_hour[3] < by_hour[10] / 10


def test_a_storm_brings_three_and_a_half_times_as_many() -> None:
    usual, storm = (len(list(Profile(rate=20, seconds=200, is_storm=one).moments())) for one in (False, True))
    assert storm / usual == pytest.approx(STORM, rel=0.1)


def test_a_burst_is_five_minutes_at_twelve_times_the_rate() -> None:
    profile = Profile(rate=2, seconds=3600, bursts=1)
    assert came(profile, 1650, 1950) == pytest.approx(2 * BURST * 300, rel=0.1)
    assert came(profile, 0, 1650) == pytest.approx(2 * 1650, rel=0.1)
    assert came(profile, 1950, 3600) == pytest.approx(2 * 1650, rel=0.1)
