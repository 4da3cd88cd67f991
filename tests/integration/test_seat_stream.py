"""An agent's desk hears what is given to its seat as it is given; while it listens, its agent is there."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from hotline.api import seat_stream

if TYPE_CHECKING:
    from aiohttp import ClientWebSocketResponse

    from tests.integration.conftest import World

PATH = "/api/v1/seat/stream"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seat_stream, "LOOK_EVERY_S", 0.02)


async def opened(world: World, who: str) -> ClientWebSocketResponse:
    return await world.client.ws_connect(PATH, headers={"authorization": f"Bearer {await world.token(who)}"})


async def heard(socket: ClientWebSocketResponse, state: str | None) -> Any:
    async with asyncio.timeout(5):
        while True:
            message = await socket.receive()
            assert message.type is WSMsgType.TEXT, message
            found = json.loads(message.data)
            if found["state"] == state:
                return found


async def sign_on(world: World, who: str) -> None:
    await world.post("/api/v1/seat/steps", {"action": "sign_on", "seat_groups": ["general"]}, who=who)


async def chat(world: World) -> int:
    made = await world.post("/api/v1/interactions", {"wants_agent": True}, who="channel:wechat")
    return int(made["id"])


async def test_a_desk_hears_what_is_given_to_its_own_seat(world: World) -> None:
    socket, other = await opened(world, "agent:ann"), await opened(world, "agent:ben")
    assert (await heard(socket, None))["interaction"] is None
    await sign_on(world, "agent:ann")
    await heard(socket, "free")
    one = await chat(world)
    assert (await heard(socket, "given"))["interaction"] == one
    await sign_on(world, "agent:ben")
    assert (await heard(other, "free"))["interaction"] is None
    await socket.close()
    again = await opened(world, "agent:ann")
    assert (await heard(again, "given"))["interaction"] == one
    await again.close()
    await other.close()


async def test_who_listens_is_there(world: World) -> None:
    socket = await opened(world, "agent:ann")
    for who in ("agent:ann", "agent:ben"):
        await sign_on(world, who)
    await heard(socket, "free")
    for _ in range(4):
        world.clock.move(seconds=120)
        await asyncio.sleep(0.2)
        await world.fire()
    listed = (await world.get("/api/v1/seats", who="supervisor"))["seats"]
    assert {one["agent"]: one["state"] for one in listed} == {"ann": "free", "ben": "away"}
    await socket.close()


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("supervisor", 403), ("channel:web", 403)])
async def test_only_agents_have_desks(world: World, who: str | None, status: int) -> None:
    headers = {} if who is None else {"authorization": f"Bearer {await world.token(who)}"}
    with pytest.raises(WSServerHandshakeError) as refused:
        await world.client.ws_connect(PATH, headers=headers)
    assert refused.value.status == status


async def test_a_desk_hears_that_more_was_said(world: World) -> None:
    await sign_on(world, "agent:ann")
    one = await chat(world)
    await world.post("/api/v1/seat/take", None, who="agent:ann")
    socket = await opened(world, "agent:ann")
    assert (await heard(socket, "busy"))["heard"] == 0
    before = 0
    for _ in range(2):
        said = {"event": "transcript", "text": "路灯坏了。"}
        await world.post(f"/api/v1/interactions/{one}/events", said, who="channel:phone")
        grown = (await heard(socket, "busy"))["heard"]
        assert grown > before
        before = grown
