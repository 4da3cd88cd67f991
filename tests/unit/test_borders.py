"""The map of the ground: every body is as large as its grids, neighbours share a border, and it is soon drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from models.city_files import read_city
from routing.borders import MOST_CORNERS, outlines

if TYPE_CHECKING:
    from models.city import City
    from routing.borders import Outline

CITIES = Path(__file__).parent.parent
# A thousandth: what rounding to a metre changes at most.
LITTLE = 1e-3


@pytest.fixture(scope="module")
def yunzhou() -> City:
    return read_city(CITIES.parent / "cities" / "yunzhou")


def shape(one: Outline) -> MultiPolygon:
    return MultiPolygon([Polygon(rings[0], rings[1:]) for rings in one.polygons])


def corners(found: list[Outline]) -> int:
    return sum(len(ring) for one in found for rings in one.polygons for ring in rings)


def test_a_street_is_as_large_as_its_grids_and_a_district_as_its_streets(yunzhou: City) -> None:
    streets, districts = outlines(yunzhou, "street"), outlines(yunzhou, "district")
    assert {one.code for one in streets} == {grid.street for grid in yunzhou.grids}
    assert {one.code for one in districts} == {grid.district for grid in yunzhou.grids}
    for street in streets:
        own = sum(Polygon(grid.ring).area for grid in yunzhou.grids if grid.street == street.code)
        assert shape(street).area == pytest.approx(own, rel=LITTLE)
    for district in districts:
        own = sum(shape(street).area for street in streets if street.district == district.code)
        assert shape(district).area == pytest.approx(own, rel=LITTLE)


def test_every_outline_is_sound_and_holds_its_label(yunzhou: City) -> None:
    for level in ("district", "street"):
        for one in outlines(yunzhou, level):
            assert shape(one).is_valid
            assert shape(one).contains(shapely.Point(one.center))
            assert Polygon(one.polygons[0][0]).exterior.is_ccw
            assert one.name == yunzhou.departments[one.code].name


def test_one_district_is_drawn_as_in_the_whole(yunzhou: City) -> None:
    district = yunzhou.grids[0].district
    found = outlines(yunzhou, "street", district)
    assert found == [one for one in outlines(yunzhou, "street") if one.district == district]
    assert len(outlines(yunzhou, "grid", district)) == sum(grid.district == district for grid in yunzhou.grids)
    assert outlines(yunzhou, "grid", "nowhere") == []


def test_a_city_with_far_more_corners_is_as_soon_drawn_and_has_no_gaps(yunzhou: City) -> None:
    def wavy(ring: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        """Corners every few metres, moved by less than a metre: alike from both sides of a border."""
        dense = shapely.segmentize(shapely.LineString(ring), 3e-5).coords
        return tuple((round(x + (int(x * 1e6) % 7) * 1e-6, 6), round(y, 6)) for x, y in dense)

    district = yunzhou.grids[0].district
    own = [grid for grid in yunzhou.grids if grid.district == district]
    grids = tuple(msgspec.structs.replace(grid, ring=wavy(grid.ring)) for grid in own)
    drawn = msgspec.structs.replace(yunzhou, grids=grids)
    assert sum(len(grid.ring) for grid in grids) > 2 * MOST_CORNERS
    found = outlines(drawn, "grid")
    assert len(found) == len(grids)
    assert corners(found) <= MOST_CORNERS
    whole = shapely.union_all([shape(one) for one in found])
    before = shapely.union_all([Polygon(grid.ring) for grid in own])
    assert sum(shape(one).area for one in found) == pytest.approx(whole.area, rel=LITTLE)
    assert whole.symmetric_difference(before).area < before.area / 100
