"""The URLs of what a desk looks up: the city's words, its map and places, who calls, how a reply reads, what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline.api import caller, city, city_map, delivery, places, replies
from hotline.api.auth import STAFF
from hotline.api.lasting import LASTING
from hotline.api.limiter import Limiter
from hotline.api.url import LIMIT, OPERATORS, TEXT, Endpoint, get, post
from models.lifecycle import SEATS as SEATED
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

MAP_LEVEL: Final = {"type": "string", "enum": [*city_map.LEVELS, ""]}
PLACE_NAME: Final = {"type": "string", "minLength": 1, "maxLength": places.LONGEST_NAME}
LAT: Final = {"type": "number", "minimum": -90, "maximum": 90}
LON: Final = {"type": "number", "minimum": -180, "maximum": 180}

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/city", city.show, "本市的承办单位、事项分类、区县街道、热线号码、席组（供选择）", roles=STAFF,
        answer=city.CityChoices),
    get("/api/v1/city/map", city_map.show, "区县、街道、网格的轮廓（GeoJSON）", answer=city_map.CityMap, problems=(404, 429),
        query={"level": MAP_LEVEL, "district": TEXT}),
    get("/api/v1/places", places.listed, "按名称找地名", answer=places.KnownPlaces, problems=(429,),
        query={"q": PLACE_NAME, "limit": LIMIT}, required_query=("q",)),
    get("/api/v1/places/at", places.at, "一个点的属地和最近的地名", answer=places.GroundAt, problems=(429,),
        query={"lat": LAT, "lon": LON}, required_query=("lat", "lon")),
    get("/api/v1/interactions/{id}", caller.one, "自己席上的来话，以及同一来电号码的工单和来话", roles=SEATED,
        answer=caller.InteractionPage, patterns={"id": "^[0-9]{1,18}$"}),
    post("/api/v1/replies/check", replies.check, "答复质检：边写边查，不保存", roles=frozenset({Role.DEPARTMENT, Role.REVIEWER}),
         body=replies.WrittenReply, answer=replies.ReplyFindings, problems=(404,)),
    get("/api/v1/deliveries/{id}", delivery.one, "一次投递及其内容", roles=OPERATORS - {Role.DEPARTMENT},
        answer=delivery.DeliveryPage),
)  # fmt: skip


def prepare(app: web.Application) -> None:
    """Hang on the application what these addresses keep."""
    app[LASTING] = {}
    app[places.LOOK_UPS] = Limiter(places.MOST_A_MINUTE, "查询过于频繁，请一分钟后再试")
