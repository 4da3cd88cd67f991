"""The map of a city (属地): districts, streets and grids as outlines that share their borders and are soon drawn."""

from typing import Final, Literal

import shapely
from msgspec import Struct
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from models.city import City, Grid

Level = Literal["district", "street", "grid"]
Ring = tuple[tuple[float, float], ...]

# In degrees: some metre, which no screen shows.
PRECISION: Final = 1e-5
DECIMALS: Final = 5
# In square degrees: some 100 m², the width of a drawing error along a border (models.city_ground).
SLIVER: Final = 1e-8
# A corner is some 20 bytes: so many are drawn at once and sent in a third of a megabyte.
MOST_CORNERS: Final = 15_000
# In degrees: where there are more corners, first those go that move a border by some 5 m, then by twice as much.
FIRST_TOLERANCE: Final = 5e-5
LAST_TOLERANCE: Final = 0.02


class Outline(Struct, frozen=True, kw_only=True):
    """The ground of one body or grid. `polygons` are rings of (lon, lat), the outer one first and counterclockwise.

    `center` is a point inside, for a label.
    """

    code: str
    name: str
    district: str
    street: str | None
    center: tuple[float, float]
    polygons: tuple[tuple[Ring, ...], ...]


def outlines(city: City, level: Level, district: str | None = None) -> list[Outline]:
    """Return the outlines of a level, of the whole city or of one district, in the order of their codes.

    A body's ground is that of its grids together.
    """
    grids: dict[str, list[Grid]] = {}
    for grid in city.grids:
        if district in {None, grid.district}:
            own = {"district": grid.district, "street": grid.street, "grid": grid.code}[level]
            grids.setdefault(own, []).append(grid)
    codes = sorted(grids)
    whole = [shapely.union_all([Polygon(grid.ring) for grid in grids[code]], grid_size=PRECISION) for code in codes]
    shapes = zip(codes, _fewer_corners(whole), strict=True)
    return [_outline(city, level, grids[code][0], code, shape) for code, shape in shapes]


def _outline(city: City, level: Level, grid: Grid, code: str, shape: BaseGeometry) -> Outline:
    body, center = city.departments.get(code), shapely.point_on_surface(shape)
    return Outline(
        code=code,
        name=grid.name if level == "grid" else body.name if body else code,
        district=grid.district,
        street=None if level == "district" else grid.street,
        center=(round(center.x, DECIMALS), round(center.y, DECIMALS)),
        polygons=tuple(_rings(part) for part in shapely.get_parts(shape) if part.area > SLIVER),
    )


def _rings(shape: Polygon) -> tuple[Ring, ...]:
    """Return the outer ring and those of the holes that are more than an error of drawing."""
    turned = orient(shape)
    holes = [ring for ring in turned.interiors if Polygon(ring).area > SLIVER]
    return tuple(
        tuple((round(x, DECIMALS), round(y, DECIMALS)) for x, y in ring.coords) for ring in (turned.exterior, *holes)
    )


def _fewer_corners(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Take corners away until few enough are left, from both sides of a border alike."""
    tolerance, found = FIRST_TOLERANCE, shapes
    while shapely.count_coordinates(found) > MOST_CORNERS and tolerance < LAST_TOLERANCE:
        found = list(shapely.coverage_simplify(shapes, tolerance))
        tolerance *= 2
    return found
