"""地名: a place by what people call it, and whose ground a point of the map is; for citizens too."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from msgspec import Struct

from hotline.api import body
from hotline.api.auth import is_known
from hotline.api.limiter import Limiter
from hotline.api.shapes import Named
from hotline.keys import HUB
from models.errors import InvalidRequest
from nlu.normalise import plain

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.city import GazetteerEntry

MOST_A_MINUTE: Final = 120
LOOK_UPS: Final = web.AppKey("look_ups", Limiter)
LONGEST_NAME: Final = 50
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")


class KnownPlace(Struct, kw_only=True):
    """A place of the city's gazetteer."""

    name: str
    aliases: list[str]
    kind: str
    lat: float
    lon: float
    district: Named | None
    street: Named | None


class KnownPlaces(Struct, kw_only=True):
    """What is called so, the best first."""

    places: list[KnownPlace]


class NearPlace(KnownPlace, kw_only=True):
    """The known place nearest to a point."""

    distance_m: float


class GroundAt(Struct, kw_only=True):
    """属地 of a point: everything is null outside the city, `nearest` where no known place is within a kilometre."""

    district: Named | None
    street: Named | None
    community: str | None
    grid: Named | None
    nearest: NearPlace | None


async def listed(request: web.Request) -> web.Response:
    """GET /api/v1/places."""
    await check_pace(request)
    hub, size, words = request.app[HUB], body.page_size(request), body.query(request, "q")
    if words is None or len(words) > LONGEST_NAME:
        raise InvalidRequest(f"请在参数 q 中填写地名，不超过{LONGEST_NAME}个字")
    found = hub.gazetteer.named(plain(words), size)
    return body.answer({"places": [_place(hub, one) for one in found]}, KnownPlaces)


async def at(request: web.Request) -> web.Response:
    """GET /api/v1/places/at."""
    await check_pace(request)
    hub, lat, lon = request.app[HUB], _degrees(request, "lat", 90), _degrees(request, "lon", 180)
    ground, near = hub.atlas.by_point(lat, lon), hub.gazetteer.nearest(lat, lon)
    content = {
        "district": _named(hub, ground.district if ground else None),
        "street": _named(hub, ground.street if ground else None),
        "community": ground.community if ground else None,
        "grid": _named(hub, ground.grid if ground else None),
        "nearest": {**_place(hub, near.place), "distance_m": round(near.distance_m)} if near else None,
    }
    return body.answer(content, GroundAt)


async def check_pace(request: web.Request) -> None:
    """Count a look-up of somebody who has no credential; raises TooManyRequests where an address asks too often."""
    if await is_known(request):
        return
    often, address, now = request.app[LOOK_UPS], request.remote or "", time.monotonic()
    often.check(address, now)
    often.add(address, now)


def _degrees(request: web.Request, name: str, most: int) -> float:
    text = body.query(request, name) or ""
    found = float(text) if _NUMBER.fullmatch(text) else float("nan")
    if not -most <= found <= most:
        raise InvalidRequest(f"参数 {name} 应为 -{most} 到 {most} 之间的度数（WGS84）")
    return found


def _place(hub: Hub, one: GazetteerEntry) -> dict[str, Any]:
    above = (code for code in hub.city.ancestors(one.street) if hub.city.departments[code].kind == "district")
    return {
        "name": one.name,
        "aliases": one.aliases,
        "kind": one.kind,
        "lat": one.lat,
        "lon": one.lon,
        "district": _named(hub, next(above, None)),
        "street": _named(hub, one.street),
    }


def _named(hub: Hub, code: str | None) -> dict[str, str] | None:
    return {"code": code, "name": hub.department_name(code)} if code else None
