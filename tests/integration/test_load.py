"""Load is sent when it is due, whatever becomes of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.test_utils import TestServer

from hotline.simulation.load import Load, Profile

if TYPE_CHECKING:
    from tests.integration.conftest import World

SLOW_S = 1.0


async def test_a_slow_hub_is_not_spared_and_the_wait_counts_from_when_it_was_due() -> None:
    under_way = most = 0

    async def answer(_request: web.Request) -> web.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(SLOW_S)
        under_way -= 1
        return web.json_response({}, status=201)

    app = web.Application()
    app.router.add_post("/api/v1/tickets", answer)
    async with TestServer(app) as server:
        load = Load(str(server.make_url("/")), "token", ["路灯坏了"], Profile(rate=40, seconds=3))
        found = load.requests.summary(await load.run())
    assert found["sent"] == found["answered"] > 60
    assert most > 20, "who waits for an answer never has many under way"
    assert found["p50_ms"] >= SLOW_S * 1000


async def test_requests_and_live_readings_reach_a_hub(world: World) -> None:
    token = await world.token("channel:phone")
    load = Load(
        str(world.client.make_url("/")),
        token,
        ["小区门口的路灯坏了好几天，没人来修。"],
        Profile(rate=4, seconds=2, understand=5),
    )
    seconds = await load.run()
    requests, readings = load.requests.summary(seconds), load.readings.summary(seconds)
    assert requests["failed"] == readings["failed"] == 0, (requests, readings)
    assert len(await world.rows("SELECT 1 FROM tickets")) == requests["sent"] > 0
    assert readings["sent"] == 10


async def test_what_is_refused_counts_as_failed(world: World) -> None:
    load = Load(str(world.client.make_url("/")), "nobody", ["路灯坏了"], Profile(rate=5, seconds=1))
    found = load.requests.summary(await load.run())
    assert found["failed"] == found["sent"] > 0
    assert set(found["problems"]) == {"401"}
