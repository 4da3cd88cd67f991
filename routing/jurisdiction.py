"""Whose ground it is (属地): a point or a named place in, district, street, community and grid out."""

from msgspec import Struct
from shapely import Point, Polygon, STRtree

from models.city import City, Grid
from models.understanding import Place


class Jurisdiction(Struct, frozen=True):
    """The bodies that answer for a place; `district` and `street` are department codes.

    What lies below the known level is None: the district alone may be all that a caller told us.
    """

    district: str
    street: str | None = None
    community: str | None = None
    grid: str | None = None


class Atlas:
    """All grids of a city, indexed once; a look-up costs some ten microseconds."""

    def __init__(self, city: City) -> None:
        # Sorted by code, so that a point on a shared border always falls to the same grid.
        self._grids = sorted(city.grids, key=lambda grid: grid.code)
        self._tree = STRtree([Polygon(grid.ring) for grid in self._grids])
        self._districts = {code for code, body in city.departments.items() if body.kind == "district"}
        self._district_of_street: dict[str, str] = {}
        for code, body in city.departments.items():
            if body.kind == "street":
                over = [one for one in city.ancestors(code) if one in self._districts]
                if over:
                    self._district_of_street[code] = over[0]

    def by_point(self, lat: float, lon: float) -> Jurisdiction | None:
        """Return the jurisdiction of a WGS84 point, or None outside every grid."""
        grid = self._grid_at(lat, lon)
        if grid is None:
            return None
        return Jurisdiction(grid.district, grid.street, grid.community, grid.code)

    def by_place(self, place: Place) -> Jurisdiction | None:
        """Return what is known of a place: its grid, its street, or only its district.

        A street that the gazetteer names is believed before the point: a road's point is its middle,
        and the middle may lie across the border.
        """
        exact = None
        if place.lat is not None and place.lon is not None:
            exact = self.by_point(place.lat, place.lon)
        district = self._district_of_street.get(place.street or "")
        if district is not None:
            if exact is not None and exact.street == place.street:
                return exact
            return Jurisdiction(district, place.street)
        if place.district in self._districts and (exact is None or exact.district != place.district):
            return Jurisdiction(place.district)
        return exact

    def _grid_at(self, lat: float, lon: float) -> Grid | None:
        hits = self._tree.query(Point(lon, lat), predicate="intersects")
        return self._grids[int(hits.min())] if hits.size else None
