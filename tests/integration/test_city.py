"""What a screen needs of the city: its words to choose from, its ground to draw, its places to point at."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from hotline.api.auth import STAFF
from hotline.api.city_map import LEVELS
from hotline.api.lasting import LASTING, Lasting, kept, lasting
from hotline.api.places import MOST_A_MINUTE
from hotline.api.shapes import Named
from models.labels import LABELS

if TYPE_CHECKING:
    from tests.integration.conftest import World

CITY, MAP, PLACES, AT = "/api/v1/city", "/api/v1/city/map", "/api/v1/places", "/api/v1/places/at"
LARGEST_MAP = 400_000


async def asked(world: World, path: str, *, status: int = 200, **query: Any) -> Any:
    """Ask as a citizen does, without a credential."""
    async with world.client.get(path, params=query) as response:
        assert response.status == status, await response.text()
        return await response.json()


def codes(nodes: list[Any], level: int = 1) -> list[tuple[str, int]]:
    """The codes of a tree with how deep they stand."""
    return [found for node in nodes for found in ((node["code"], level), *codes(node["children"], level + 1))]


async def test_every_member_of_staff_reads_the_city_and_nobody_else(world: World) -> None:
    for role in STAFF:
        who = "department:urban" if role == "department" else str(role)
        assert (await world.get(CITY, who=who))["code"] == "yunzhou"
    await world.get(CITY, who="channel:web", status=403)
    assert (await asked(world, CITY, status=401))["code"] == "unauthorized"


async def test_the_city_offers_each_of_its_words_once(world: World) -> None:
    page, city = await world.get(CITY, who="agent"), world.hub.city
    assert [one["code"] for one in page["departments"]] == list(city.departments)
    urban = next(one for one in page["departments"] if one["code"] == "urban")
    assert (urban["name"], urban["pinyin"], urban["initials"]) == ("城管局", "chengguanju", "cgj")
    assert urban["has_duties"]
    assert {one["has_duties"] for one in page["departments"] if one["kind"] == "street"} == {True}
    assert not next(one for one in page["departments"] if one["code"] == "government")["has_duties"]
    assert {one["kind"] for one in page["departments"]} <= LABELS["department_kind"].keys()
    found = codes(page["categories"])
    assert {code for code, _ in found if len(code) > 2} == set(city.categories)
    assert len(found) == len(dict(found))
    assert all(level == len(code) // 2 for code, level in found)
    streets = [street["code"] for district in page["districts"] for street in district["streets"]]
    assert sorted(streets) == sorted({grid.street for grid in city.grids})
    assert [one["number"] for one in page["lines"]] == list(city.lines)
    assert [one["code"] for one in page["seat_groups"]] == list(city.seats.groups)


async def test_who_has_the_city_already_is_not_sent_it_again(world: World) -> None:
    headers = {"authorization": f"Bearer {await world.token('agent')}", "accept-encoding": "identity"}
    async with world.client.get(CITY, headers=headers) as first:
        tag, plain = first.headers["etag"], await first.read()
        assert first.headers["cache-control"].startswith("private")
    async with world.client.get(CITY, headers={**headers, "if-none-match": tag}) as again:
        assert (again.status, await again.read()) == (304, b"")
    async with world.client.get(CITY, headers={**headers, "if-none-match": '"older"'}) as other:
        assert other.status == 200
    zipped = {**headers, "accept-encoding": "gzip"}
    async with world.client.request("GET", CITY, headers=zipped, auto_decompress=False) as packed:
        content = await packed.read()
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(content) == plain
        assert len(content) < len(plain) / 3


async def test_what_many_ask_for_at_once_is_made_once() -> None:
    app, made = web.Application(), []
    app[LASTING] = {}

    def make() -> Lasting:
        made.append("city")
        return lasting({"code": "yunzhou", "name": "云州市"}, Named)

    first = asyncio.create_task(kept(app, "city", make))
    others = [asyncio.create_task(kept(app, "city", make)) for _ in range(20)]
    await asyncio.sleep(0)
    first.cancel()
    found = await asyncio.gather(*others)
    assert len({one.tag for one in found}) == 1
    assert made == ["city"]


async def test_the_ground_is_drawn_by_anybody_from_less_than_400_kilobytes(world: World) -> None:
    grids, pages = world.hub.city.grids, {level: await asked(world, MAP, level=level) for level in LEVELS}
    ids = {level: [one["id"] for one in page["features"]] for level, page in pages.items()}
    assert set(ids["district"]) == {one.district for one in grids}
    assert set(ids["street"]) == {one.street for one in grids}
    assert sorted(ids["grid"]) == sorted(one.code for one in grids)
    assert len(json.dumps([pages["district"], pages["street"]], ensure_ascii=False).encode()) < LARGEST_MAP
    for page in pages.values():
        west, south, east, north = page["bbox"]
        for one in page["features"]:
            lon, lat = one["properties"]["center"]
            assert west < lon < east
            assert south < lat < north
            assert one["geometry"]["type"] == "MultiPolygon"


async def test_the_ground_of_one_district_is_drawn_alone(world: World) -> None:
    page = await asked(world, MAP, level="street", district="donghu")
    assert {one["properties"]["district"] for one in page["features"]} == {"donghu"}
    assert (await asked(world, MAP, district="nowhere", status=404))["code"] == "not_found"
    await asked(world, MAP, level="continent", status=422)


async def test_a_place_is_found_by_its_name_with_its_district_and_street(world: World) -> None:
    found = (await asked(world, PLACES, q="霞林天地", limit=3))["places"]
    assert found[0]["name"] == "霞林天地广场"
    assert (found[0]["district"]["code"], found[0]["street"]["code"]) == ("donghu", "donghu-dongmen")
    assert found[0]["kind"] in LABELS["place_kind"]
    assert len((await asked(world, PLACES, q="路", limit=5))["places"]) == 5
    assert (await asked(world, PLACES, q="没有这个地方"))["places"] == []
    await asked(world, PLACES, q="", status=422)
    await asked(world, PLACES, q="长" * 51, status=422)


async def test_a_point_is_told_whose_ground_it_is_and_what_is_near(world: World) -> None:
    place = next(one for one in world.hub.city.gazetteer if one.name == "霞林天地广场")
    ground = await asked(world, AT, lat=place.lat, lon=place.lon)
    assert ground["street"]["code"] == place.street
    assert ground["nearest"]["name"] == place.name
    assert ground["nearest"]["distance_m"] == 0
    grid = next(one for one in world.hub.city.grids if one.code == ground["grid"]["code"])
    assert (ground["community"], ground["district"]["code"]) == (grid.community, grid.district)
    outside = await asked(world, AT, lat="0", lon="1e-05")
    assert outside == dict.fromkeys(("district", "street", "community", "grid", "nearest"))
    for lat, lon in (("91", "0"), ("nan", "0"), ("1_0", "0"), ("", "0"), ("0", "180.1"), ("0", "东经")):
        await asked(world, AT, lat=lat, lon=lon, status=422)


async def test_whoever_has_no_credential_looks_up_only_so_often_and_staff_is_not_held_up(world: World) -> None:
    for _ in range(MOST_A_MINUTE):
        await asked(world, AT, lat=0, lon=0)
    assert (await asked(world, PLACES, q="路", status=429))["code"] == "too_many_requests"
    await asked(world, MAP, status=429)
    assert (await world.get(f"{PLACES}?q=路", who="agent"))["places"]
