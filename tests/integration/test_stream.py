"""The stream: what happens is told as it happens, to whom it concerns, and again after a break."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from msgspec.structs import replace

from hotline.announcement import take_over
from hotline.api import stream
from models.errors import HotlineError, TooManyRequests, Unauthorized, Unavailable
from models.ticket import Actor, id_of
from models.vocabulary import Role
from tests.integration.test_accounts import account

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "翠湖路路灯不亮"
PATH = "/api/v1/stream"


async def opened(world: World, who: str, after: str | None = None) -> ClientWebSocketResponse:
    headers = {"authorization": f"Bearer {await world.token(who)}"}
    return await world.client.ws_connect(PATH, headers=headers, params={} if after is None else {"after": after})


async def heard(socket: ClientWebSocketResponse, last: str, within: float = 5) -> list[Any]:
    """Every message up to the first of that type."""
    found: list[Any] = []
    async with asyncio.timeout(within):
        while not found or found[-1]["type"] != last:
            message = await socket.receive()
            assert message.type is WSMsgType.TEXT, message
            found.append(json.loads(message.data))
    return found


async def test_every_event_of_the_trail_is_told_in_order(world: World) -> None:
    socket = await opened(world, "supervisor")
    receipt = await world.register(LAMP)
    told = await heard(socket, "clock_started")
    assert [one["type"] for one in told] == await world.trail(receipt["number"])
    assert {one["ticket"] for one in told} == {receipt["number"]}
    assert [one["seq"] for one in told] == list(range(1, len(told) + 1))
    assert all(one.keys() == {"cursor", "ticket", "seq", "type", "at"} for one in told)
    await socket.close()


async def test_after_the_clock_was_set_back_what_happens_is_told_all_the_same(world: World) -> None:
    socket = await opened(world, "supervisor")
    world.clock.move(hours=1)
    await world.register(LAMP)
    await heard(socket, "clock_started")
    world.clock.move(hours=-1)
    # It has looked once since.
    await asyncio.sleep(2 * stream.LOOK_EVERY_S)
    second = await world.register("望江路井盖丢了")
    told = await heard(socket, "register")
    assert told[-1]["ticket"] == second["number"]
    await socket.close()


async def test_after_a_break_nothing_is_missing(world: World) -> None:
    socket = await opened(world, "agent")
    first = await world.register(LAMP)
    cursor = (await heard(socket, "clock_started"))[-1]["cursor"]
    await socket.close()
    world.clock.move(minutes=3)
    second = await world.register("望江路井盖丢了")
    await world.step(first["number"], "note", who="agent", reason="来电人补充")
    again = await opened(world, "agent", cursor)
    told = await heard(again, "note")
    assert {(one["ticket"], one["type"]) for one in told} >= {
        (second["number"], "register"),
        (first["number"], "note"),
    }
    await again.close()


async def test_a_department_hears_only_of_what_it_has_a_part_in(world: World) -> None:
    own = await world.register(LAMP)
    lead = (await world.ticket(own["number"]))["lead"]["code"]
    socket = await opened(world, f"department:{lead}")
    other = await world.register("孩子的养老保险怎么转移")
    await world.step(own["number"], "note", who="agent", reason="来电人补充")
    told = await heard(socket, "note")
    assert {one["ticket"] for one in told} == {own["number"]}
    assert other["number"] not in {one["ticket"] for one in told}
    await socket.close()


@pytest.mark.parametrize("who", ["agent", "department:urban"])
async def test_a_changed_telephone_number_is_told_to_everybody_who_listens(world: World, who: str) -> None:
    async def take(version: str) -> None:
        lines = {
            number: line for number, line in world.hub.city.lines.items() if version == "first" or number != "12396"
        }
        city = replace(world.hub.city, version=version, lines=lines)
        await world.hub.database.write(lambda session: take_over(session, city, world.clock.now()))

    await take("first")
    socket = await opened(world, who)
    await take("second")
    (told,) = await heard(socket, "line_changed")
    assert told["ticket"] is None
    async with world.client.get("/api/v1/lines/announcements") as response:
        (announced,) = (await response.json())["announcements"]
    assert (announced["id"], announced["line"], announced["change"]) == (told["seq"], "12396", "removed")
    await socket.close()


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("auditor", 403), ("channel:web", 403)])
async def test_who_may_not_read_tickets_may_not_listen(world: World, who: str | None, status: int) -> None:
    headers = {} if who is None else {"authorization": f"Bearer {await world.token(who)}"}
    with pytest.raises(WSServerHandshakeError) as refusal:
        await world.client.ws_connect(PATH, headers=headers)
    assert refusal.value.status == status


async def test_a_page_of_another_site_may_not_listen(world: World) -> None:
    headers = {"authorization": f"Bearer {await world.token('agent')}", "origin": "https://elsewhere.example"}
    with pytest.raises(WSServerHandshakeError) as refusal:
        await world.client.ws_connect(PATH, headers=headers)
    assert refusal.value.status == 403


async def test_a_cursor_that_we_did_not_make_is_refused(world: World) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await opened(world, "agent", "nonsense")
    assert refusal.value.status == 422


async def test_who_was_away_too_long_is_told_to_read_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    socket = await opened(world, "agent")
    await world.register(LAMP)
    cursor = (await heard(socket, "clock_started"))[0]["cursor"]
    await socket.close()
    monkeypatch.setattr(stream, "MOST_WAITING", 2)
    again = await opened(world, "agent", cursor)
    message = await again.receive(timeout=5)
    assert (message.type, message.data) == (WSMsgType.CLOSE, stream.TOO_OLD)


async def test_an_event_that_is_committed_late_is_told_all_the_same(world: World) -> None:
    socket = await opened(world, "agent")
    receipt = await world.register(LAMP)
    await heard(socket, "clock_started")
    await world.rows(
        "INSERT INTO events SELECT city_code, ticket_id, 99, 'late', at, actor_role, actor, body, previous_hash, hash "
        "FROM events WHERE ticket_id = $1 AND seq = 1",
        id_of(receipt["number"]),
    )
    assert [one["type"] for one in await heard(socket, "late")] == ["late"]
    await socket.close()


async def test_who_gets_another_role_hears_nothing_more_by_the_old_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "CHECK_EVERY_S", 0.2)
    admin, person = await account(world, "ada", Role.ADMINISTRATOR), await account(world, "dan", Role.DISPATCHER)
    socket = await world.client.ws_connect(PATH, headers={"cookie": person.cookie})
    change = {"action": "set_role", "role": "department", "department": "urban"}
    await admin.ask("POST", "/api/v1/users/dan/steps", change)
    message = await socket.receive(timeout=5)
    assert (message.type, message.data) == (WSMsgType.CLOSE, stream.SIGNED_OUT)
    # Come again, one hears what the new one may.
    socket = await world.client.ws_connect(PATH, headers={"cookie": person.cookie})
    with pytest.raises(TimeoutError):
        await socket.receive(timeout=1)
    await socket.close()


@pytest.mark.parametrize("refusal", [Unavailable("数据库暂不可用"), TooManyRequests("过于频繁")])
async def test_a_look_at_the_credential_that_fails_signs_nobody_out(
    world: World, monkeypatch: pytest.MonkeyPatch, refusal: HotlineError
) -> None:
    tries = []

    async def fails(*_: object, **__: object) -> Actor:
        tries.append(1)
        raise refusal

    monkeypatch.setattr(stream, "CHECK_EVERY_S", 0.02)
    monkeypatch.setattr(stream, "actor_of", fails)
    socket = await opened(world, "supervisor")
    await world.register(LAMP)
    await heard(socket, "clock_started")
    assert (len(tries) > 1, socket.closed) == (True, False)
    monkeypatch.setattr(stream, "actor_of", AsyncMock(side_effect=Unauthorized("请先登录")))
    async with asyncio.timeout(5):
        while (message := await socket.receive()).type is WSMsgType.TEXT:
            pass
    assert (message.type, message.data) == (WSMsgType.CLOSE, stream.SIGNED_OUT)


async def test_that_a_stream_stays_open_counts_against_no_pace(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    monkeypatch.setattr(stream, "CHECK_EVERY_S", 0.02)
    monkeypatch.setattr("hotline.api.token_pace.check", lambda *_: counted.append(1))
    socket = await opened(world, "supervisor")
    await asyncio.sleep(0.3)
    assert (len(counted), socket.closed) == (1, False)
    await socket.close()
