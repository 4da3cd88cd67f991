"""Checks of the map: every street has grids, grids neither overlap nor leave holes, places lie where they say."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely
from shapely import Point, Polygon, STRtree

from models.city import Grid
from models.city_fault import Fault, Level
from models.city_files import CityFolder
from models.city_links import ancestors_of, departments_of
from models.city_map import GRIDS
from models.city_rows import Placed
from models.city_tables import DEPARTMENTS, GAZETTEER

# In square degrees at our latitudes: some 100 m², the width of a drawing error along a border.
SLIVER: Final = 1e-8
# In degrees: some 100 m, for what stands on the border street itself.
NEAR: Final = 1e-3


def check_ground(city: CityFolder) -> Iterator[Fault]:
    """Yield every fault of the grids' shapes and of places outside the grids of their street."""
    yield from _check_bodies(city)
    sound: list[tuple[Placed[Grid], Polygon]] = []
    for placed in city.grids:
        shape = Polygon(placed.record.ring)
        if shape.is_valid and shape.area > SLIVER:
            sound.append((placed, shape))
        else:
            reason = shapely.is_valid_reason(shape)
            message = f"网格“{placed.record.name}”的边界自相交或没有面积（{reason}）"
            yield Fault(GRIDS, placed.line, message, "重画这个网格的外环")
    if sound:
        yield from _check_overlaps(sound)
        yield from _check_holes(sound)
        yield from _check_addresses(city, sound)


def _check_bodies(city: CityFolder) -> Iterator[Fault]:
    departments = departments_of(city)
    with_grid = {placed.record.street for placed in city.grids}
    with_grid |= {code for street in with_grid for code in ancestors_of(street, departments)}
    for placed in city.departments:
        if placed.record.kind in {"district", "street"} and placed.record.code not in with_grid:
            cure = f"在 {GRIDS} 为 {placed.record.code} 画上网格"
            yield Fault(DEPARTMENTS, placed.line, f"{placed.record.name}没有一个网格", cure)


def _check_overlaps(sound: list[tuple[Placed[Grid], Polygon]]) -> Iterator[Fault]:
    shapes = np.array([shape for _, shape in sound])
    left, right = STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    areas = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    for one, two in zip(left[areas > SLIVER], right[areas > SLIVER], strict=True):
        first, second = sound[one][0], sound[two][0]
        message = f"网格“{second.record.name}”与第{first.line}行“{first.record.name}”重叠"
        yield Fault(GRIDS, second.line, message, "重画两者的公共边界，使其共用同一条边")


def _check_holes(sound: list[tuple[Placed[Grid], Polygon]]) -> Iterator[Fault]:
    shapes = [shape for _, shape in sound]
    whole = shapely.union_all(shapes)
    parts = shapely.get_parts(whole)
    tree = STRtree(shapes)
    for part in parts:
        for ring in part.interiors:
            hole = Polygon(ring)
            if hole.area > SLIVER:
                beside = [sound[index][0] for index in sorted(tree.query(hole, predicate="intersects"))]
                names = "、".join(placed.record.name for placed in beside[:3])
                message = f"{names}之间有一块没有网格的空地（中心 {hole.centroid.y:.5f},{hole.centroid.x:.5f}）"
                yield Fault(GRIDS, beside[0].line, message, "把空地划进相邻的网格")
    for part in sorted(parts, key=lambda one: -one.area)[1:]:
        first = sound[int(min(tree.query(part, predicate="intersects")))][0]
        message = f"“{first.record.name}”一带的网格与其余网格不相连"
        yield Fault(GRIDS, first.line, message, "如非飞地，把中间的空地划进网格", Level.ALARM)


def _check_addresses(city: CityFolder, sound: list[tuple[Placed[Grid], Polygon]]) -> Iterator[Fault]:
    departments = departments_of(city)
    of_body: dict[str, list[Polygon]] = {}
    for placed, shape in sound:
        for code in (placed.record.street, *ancestors_of(placed.record.street, departments)):
            of_body.setdefault(code, []).append(shape)
    areas = {code: np.array(shapes) for code, shapes in of_body.items()}
    for place in city.gazetteer:
        own = place.record
        area = areas.get(own.street)
        if area is not None and shapely.distance(area, Point(own.lon, own.lat)).min() > NEAR:
            message = f"“{own.name}”不在街道“{own.street}”的网格之内"
            yield Fault(GAZETTEER, place.line, message, "改正坐标（先纬度 lat 后经度 lon）或街道代码")
