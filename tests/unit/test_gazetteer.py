"""Known places by name and by nearness."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.city_files import read_city
from routing.gazetteer import NEAR_M, Gazetteer

TINY = read_city(Path(__file__).parent.parent / "cities" / "tiny")


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(TINY)


def test_a_place_is_found_by_name_alias_or_a_part_the_whole_name_first(gazetteer: Gazetteer) -> None:
    assert gazetteer.named("白鹭里", 5)[0].name == "白鹭里"
    assert gazetteer.named("白鹭小区", 5)[0].name == "白鹭里"
    found = [one.name for one in gazetteer.named("松林", 9)]
    assert {"松林集市", "松林一路"} <= set(found)
    assert found[0] in {"松林集市", "松林一路"}
    assert "柏溪小学" in [one.name for one in gazetteer.named("小学", 9)]
    assert len(gazetteer.named("松", 1)) == 1


def test_nothing_is_found_by_nothing(gazetteer: Gazetteer) -> None:
    assert gazetteer.named("  ", 5) == []
    assert gazetteer.named("没有这个地方", 5) == []


def test_the_nearest_place_is_told_with_its_distance_in_metres(gazetteer: Gazetteer) -> None:
    near = gazetteer.nearest(34.031, 110.010)
    assert near is not None
    assert near.place.name == "松林集市"
    assert near.distance_m == pytest.approx(111.2, abs=1)
    east = gazetteer.nearest(34.030, 110.0115)
    assert east is not None
    # A degree of longitude is shorter at 34° north.
    assert east.distance_m == pytest.approx(0.0015 * 111_200 * 0.829, abs=2)


def test_a_point_far_from_every_place_has_none_near(gazetteer: Gazetteer) -> None:
    far = NEAR_M / 111_200
    assert gazetteer.nearest(34.030 - far - 0.2, 110.010) is None
    assert gazetteer.nearest(0, 0) is None
    assert gazetteer.nearest(-90, 180) is None
