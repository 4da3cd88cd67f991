"""Known places (地名) by what people call them, or near a point."""

import heapq
import math
from typing import Final

from msgspec import Struct
from shapely import Point, STRtree

from models.city import City, GazetteerEntry

# A degree of latitude in metres; one of longitude is shorter by the cosine of the latitude.
DEGREE_M: Final = 111_200.0
# What lies farther away says nothing of where a point is.
NEAR_M: Final = 1000.0


class Near(Struct, frozen=True):
    """A known place and how many metres away it is."""

    place: GazetteerEntry
    distance_m: float


class Gazetteer:
    """All known places of a city, indexed once. A search walks through them all, a millisecond for some thousands."""

    def __init__(self, city: City) -> None:
        self._places = city.gazetteer
        self._names = [tuple(name.casefold() for name in (one.name, *one.aliases)) for one in self._places]
        middle = sum(one.lat for one in self._places) / len(self._places) if self._places else 0.0
        self._lon_m = DEGREE_M * math.cos(math.radians(middle))
        self._tree = STRtree([Point(*self._metres(one.lat, one.lon)) for one in self._places])

    def named(self, words: str, most: int) -> list[GazetteerEntry]:
        """Return the places that are called so: wholly, then at the beginning, then anywhere; shorter names first."""
        sought = words.strip().casefold()
        if not sought:
            return []
        ranked = (
            (_rank(names, sought), n) for n, names in enumerate(self._names) if any(sought in one for one in names)
        )
        return [self._places[n] for _, n in heapq.nsmallest(most, ranked)]

    def nearest(self, lat: float, lon: float) -> Near | None:
        """Return the known place nearest to a WGS84 point, None where none is near."""
        if not self._places:
            return None
        at = Point(*self._metres(lat, lon))
        n = int(self._tree.nearest(at))
        x, y = self._metres(self._places[n].lat, self._places[n].lon)
        distance = math.hypot(at.x - x, at.y - y)
        return Near(self._places[n], distance) if distance <= NEAR_M else None

    def _metres(self, lat: float, lon: float) -> tuple[float, float]:
        return lon * self._lon_m, lat * DEGREE_M


def _rank(names: tuple[str, ...], sought: str) -> tuple[int, int, int]:
    """Return how well the best of a place's names fits: the lower, the better."""
    return min(
        (0 if name == sought else 1 if name.startswith(sought) else 2, len(name), n)
        for n, name in enumerate(names)
        if sought in name
    )
