"""Where two roads cross (路口): the gazetteer has no more than the middle of a road, or of each of its parts."""

import re
from collections.abc import Sequence
from itertools import product
from math import cos, hypot, radians
from typing import Final

from models.city import GazetteerEntry

_CROSSING: Final = re.compile("交叉|交汇|交会|交界|路口|十字|丁字")
_ROAD: Final = "road"
_KM_OF_DEGREE: Final = 111.2
# Middles so near to each other that the crossing lies beside them.
_BESIDE: Final = 0.3  # kilometres
_REACH: Final = 4.0  # kilometres between the middles of two roads that may cross

Pair = tuple[GazetteerEntry, GazetteerEntry]


def is_crossing(words: str, entries: Sequence[Sequence[GazetteerEntry]]) -> bool:
    """Tell whether words say that roads cross; `entries` are the bearers of every name in them."""
    return sum(any(entry.kind == _ROAD for entry in bearers) for bearers in entries) > 1 and bool(
        _CROSSING.search(words)
    )


def crossing_roads(entries: Sequence[Sequence[GazetteerEntry]]) -> Pair | None:
    """Return the two roads that cross; None where one is not known, or where several of these names do.

    `entries` are the bearers of every name, in their order. Of several it is the pair that lies near enough to cross.
    """
    roads = [[entry for entry in bearers if entry.kind == _ROAD] for bearers in entries]
    named = [bearers for bearers in roads if bearers]
    if len(named) < 2:
        return None
    pairs = [(one, other) for one, other in product(*named[-2:]) if one.name != other.name]
    near = [pair for pair in pairs if kilometres(*pair) <= _REACH] or pairs
    return near[0] if len(near) == 1 else None


def meeting_point(pair: Pair) -> tuple[float, float] | None:
    """Return the point (WGS84) between the middles of two roads, None where they lie so far apart that it may be anywhere."""
    one, other = pair
    if kilometres(one, other) > _BESIDE:
        return None
    return (one.lat + other.lat) / 2, (one.lon + other.lon) / 2


def kilometres(one: GazetteerEntry, other: GazetteerEntry) -> float:
    """Return how far two places lie apart, on a plane: right to a thousandth within a city."""
    east = (one.lon - other.lon) * cos(radians(one.lat))
    return _KM_OF_DEGREE * hypot(one.lat - other.lat, east)
