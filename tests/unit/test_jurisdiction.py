from pathlib import Path

import pytest

from models.city import City
from models.city_files import read_city
from models.understanding import Place
from routing.jurisdiction import Atlas, Jurisdiction

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tiny() -> Atlas:
    return Atlas(read_city(ROOT / "tests/cities/tiny"))


@pytest.fixture(scope="module")
def yunzhou() -> City:
    return read_city(ROOT / "cities/yunzhou")


def test_a_point_lies_in_its_grid(tiny: Atlas) -> None:
    assert tiny.by_point(34.03, 110.01) == Jurisdiction("north", "north-pine", "松林社", "G01")


def test_latitude_comes_before_longitude(tiny: Atlas) -> None:
    assert tiny.by_point(110.01, 34.03) is None


def test_a_point_outside_every_grid_has_no_jurisdiction(tiny: Atlas) -> None:
    assert tiny.by_point(35.0, 110.01) is None


def test_a_point_on_a_shared_border_always_falls_to_the_grid_of_the_lower_code(tiny: Atlas) -> None:
    assert {tiny.by_point(34.03, 110.04) for _ in range(20)} == {Jurisdiction("north", "north-pine", "松林社", "G02")}


def test_a_place_with_a_point_is_known_to_the_grid(tiny: Atlas) -> None:
    place = Place("松林集市", "松林集市", 34.03, 110.01, "north-pine", "north")
    assert tiny.by_place(place) == Jurisdiction("north", "north-pine", "松林社", "G01")


def test_the_street_of_the_gazetteer_is_believed_before_a_point_across_the_border(tiny: Atlas) -> None:
    place = Place("松林一路", "松林一路", 34.03, 110.05, "north-pine", "north")
    assert tiny.by_place(place) == Jurisdiction("north", "north-pine")


def test_a_street_brings_its_district(tiny: Atlas) -> None:
    assert tiny.by_place(Place("石桥坊", street="south-bridge")) == Jurisdiction("south", "south-bridge")


def test_a_district_alone_is_a_jurisdiction(tiny: Atlas) -> None:
    assert tiny.by_place(Place("南岸", district="south")) == Jurisdiction("south")


def test_a_district_that_contradicts_the_point_is_believed_alone(tiny: Atlas) -> None:
    assert tiny.by_place(Place("南岸某处", lat=34.03, lon=110.01, district="south")) == Jurisdiction("south")


def test_a_point_within_the_district_named_gives_the_grid(tiny: Atlas) -> None:
    place = Place("北岸某处", lat=34.03, lon=110.01, district="north")
    assert tiny.by_place(place) == Jurisdiction("north", "north-pine", "松林社", "G01")


def test_words_that_nobody_knows_have_no_jurisdiction(tiny: Atlas) -> None:
    assert tiny.by_place(Place("我家楼下")) is None


def test_codes_that_the_city_does_not_have_are_no_jurisdiction(tiny: Atlas) -> None:
    assert tiny.by_place(Place("某处", street="nowhere", district="nowhere")) is None


def test_every_place_of_yunzhou_is_in_the_district_of_its_street(yunzhou: City) -> None:
    atlas = Atlas(yunzhou)
    for entry in yunzhou.gazetteer:
        found = atlas.by_place(Place(entry.name, entry.name, entry.lat, entry.lon, entry.street))
        assert found is not None, entry.name
        assert (found.street, found.district) == (entry.street, yunzhou.departments[entry.street].parent)


def test_the_middle_of_every_grid_of_yunzhou_leads_back_to_it(yunzhou: City) -> None:
    atlas = Atlas(yunzhou)
    for grid in yunzhou.grids:
        lon = sum(point[0] for point in grid.ring[:-1]) / (len(grid.ring) - 1)
        lat = sum(point[1] for point in grid.ring[:-1]) / (len(grid.ring) - 1)
        found = atlas.by_point(lat, lon)
        assert found is not None
        assert found.grid == grid.code
