"""The grids of a city folder (网格): one GeoJSON FeatureCollection of polygons, longitude first."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from models.city import GRID, Department, Grid
from models.city_fault import CityFault, Fault
from models.city_rows import Placed, read_text

GRIDS: Final = "grids.geojson"
_AT_BYTE: Final = re.compile(r"\(byte (\d+)\)")
_CORNERS: Final = 4  # a triangle, its first corner repeated at the end


class _Properties(Struct):
    code: str
    name: str
    community: str
    street: str
    district: str
    households: Annotated[int, Meta(ge=0)] = 0


class _Polygon(Struct, tag_field="type", tag="Polygon"):
    coordinates: list[list[tuple[float, float]]]


class _Feature(Struct, tag_field="type", tag="Feature"):
    properties: _Properties
    geometry: _Polygon


class _Collection(Struct, tag_field="type", tag="FeatureCollection"):
    features: list[msgspec.Raw]


def read_grids(folder: Path, faults: list[Fault]) -> list[Placed[Grid]]:
    """Return the grids with the lines they start on; what cannot be read is added to `faults`."""
    try:
        text = read_text(folder, GRIDS)
    except CityFault as error:
        faults.append(error.fault)
        return []
    try:
        collection = msgspec.json.decode(text, type=_Collection)
    except msgspec.DecodeError as error:
        cure = "改成由 Polygon 组成的 FeatureCollection"
        faults.append(Fault(GRIDS, _line_of_error(text, error), f"GeoJSON 读不出来（{error}）", cure))
        return []
    found: list[Placed[Grid]] = []
    line, at = 1, 0
    for raw in collection.features:
        # Identical features are found one after the other, each on its own line.
        start = text.index(bytes(raw).decode(), at + 1)
        line, at = line + text.count("\n", at, start), start
        try:
            found.append(Placed(line, _grid(msgspec.json.decode(raw, type=_Feature))))
        except (msgspec.DecodeError, ValueError) as error:
            cure = "写全 code、name、community、street、district 和一个闭合的外环（先经度后纬度）"
            faults.append(Fault(GRIDS, line, f"网格读不出来（{error}）", cure))
    return found


def grid_units(grids: Iterable[Grid], departments: dict[str, Department]) -> dict[str, Department]:
    """Return every grid as a unit under its street, with the street's office hours; one of no known street is left out."""
    return {
        grid.code: Department(
            code=grid.code,
            name=grid.name,
            full_name=f"{street.full_name}{grid.name}",
            kind=GRID,
            parent=street.code,
            office_hours=street.office_hours,
            aliases=(),
        )
        for grid in grids
        if (street := departments.get(grid.street)) is not None
    }


def _line_of_error(text: str, error: msgspec.DecodeError) -> int:
    """Return the line of the byte that the decoder stumbled over, 1 where it names none."""
    at = _AT_BYTE.search(str(error))
    return text.encode()[: int(at[1])].count(b"\n") + 1 if at else 1


def _grid(feature: _Feature) -> Grid:
    rings = feature.geometry.coordinates
    if len(rings) != 1 or len(rings[0]) < _CORNERS or rings[0][0] != rings[0][-1]:
        raise ValueError("外环没有闭合，或者带有内环")
    own = feature.properties
    return Grid(
        code=own.code,
        name=own.name,
        community=own.community,
        street=own.street,
        district=own.district,
        ring=tuple(rings[0]),
    )
