"""GET /api/v1/city/map: the city's ground as GeoJSON (RFC 7946), to be drawn without the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct

from hotline.api import body
from hotline.api.lasting import Lasting, answer_lasting, kept, lasting
from hotline.api.places import check_pace
from hotline.keys import HUB
from models.errors import NotFound
from routing.borders import Level, outlines

if TYPE_CHECKING:
    from aiohttp import web

    from models.city import City
    from routing.borders import Outline

LEVELS: Final[tuple[Level, ...]] = ("district", "street", "grid")
Position = tuple[float, float]


class MapProperties(Struct, kw_only=True):
    """Whose ground it is; `center` is a point inside, longitude first, for a label."""

    code: str
    name: str
    level: Level
    district: str
    street: str | None
    center: Position


class MapGeometry(Struct, kw_only=True):
    """Rings of positions, longitude first."""

    coordinates: list[list[list[Position]]]
    type: Literal["MultiPolygon"] = "MultiPolygon"


class MapFeature(Struct, kw_only=True):
    """One district, street or grid."""

    id: str
    properties: MapProperties
    geometry: MapGeometry
    type: Literal["Feature"] = "Feature"


class CityMap(Struct, kw_only=True):
    """A GeoJSON FeatureCollection; `bbox` is west, south, east, north."""

    bbox: Annotated[list[float], Meta(min_length=4, max_length=4)]
    features: list[MapFeature]
    type: Literal["FeatureCollection"] = "FeatureCollection"


async def show(request: web.Request) -> web.Response:
    """GET /api/v1/city/map: districts, or `level`, of the whole city or of one `district`."""
    await check_pace(request)
    city = request.app[HUB].city
    wanted = body.one_of(request, "level", LEVELS)
    level = next((one for one in LEVELS if one == wanted), LEVELS[0])
    district = body.query(request, "district")
    if district is not None and not any(grid.district == district for grid in city.grids):
        raise NotFound("没有这个代码的区县，可选值见 /api/v1/city")
    name = f"map {level} {district or ''}"
    return answer_lasting(
        request, await kept(request.app, name, lambda: _encoded(city, level, district)), is_public=True
    )


def _encoded(city: City, level: Level, district: str | None) -> Lasting:
    found = outlines(city, level, district)
    corners = [corner for one in found for polygon in one.polygons for corner in polygon[0]]
    lons, lats = [lon for lon, _ in corners], [lat for _, lat in corners]
    box = [min(lons), min(lats), max(lons), max(lats)]
    return lasting({"bbox": box, "features": [_feature(level, one) for one in found]}, CityMap)


def _feature(level: Level, one: Outline) -> MapFeature:
    return MapFeature(
        id=one.code,
        properties=MapProperties(
            code=one.code,
            name=one.name,
            level=level,
            district=one.district,
            street=one.street,
            center=one.center,
        ),
        geometry=MapGeometry(coordinates=[[list(ring) for ring in polygon] for polygon in one.polygons]),
    )
