"""登记 under load: tickets that come together are written together, and none suffers for another."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from hotline.intake import register
from hotline.request import Register
from models.ticket import Actor
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
MANY = 40


async def _send(world: World, key: str, text: str) -> tuple[int, Any]:
    content = json.dumps({"text": text, "caller": {"phone": "13800000001"}}).encode()
    status, raw = await world.send("/api/v1/tickets", content, who="channel:phone", key=key)
    return status, json.loads(raw)


async def test_what_comes_together_is_written_together(world: World) -> None:
    answers = await asyncio.gather(*(_send(world, f"k{n}", f"{LAMP}第{n}次") for n in range(MANY)))
    assert [status for status, _ in answers] == [201] * MANY
    (counted,) = await world.rows("SELECT count(*) AS tickets, count(DISTINCT xmin::text) AS statements FROM tickets")
    assert counted["tickets"] == MANY
    assert counted["statements"] < MANY / 2
    for _, body in answers:
        assert (await world.trail(body["number"]))[0] == "register"
        assert (await world.ticket(body["number"]))["assignments"]


async def test_who_waits_between_two_statements_holds_no_connection(world: World) -> None:
    all_have_asked = asyncio.Barrier(MANY)

    async def work(session: Session) -> int:
        found: int = await session.connection.fetchval("SELECT 1")
        await all_have_asked.wait()
        return found

    async with asyncio.timeout(30):
        found = await asyncio.gather(*(world.hub.database.read_loosely(work) for _ in range(MANY)))
    assert found == [1] * MANY


async def test_a_key_used_twice_costs_the_others_nothing(world: World) -> None:
    keys = ["same" if n in {3, 17, 30} else f"k{n}" for n in range(MANY)]
    answers = await asyncio.gather(*(_send(world, key, LAMP) for key in keys))
    statuses = [status for status, _ in answers]
    assert statuses.count(201) == MANY - 2
    assert {answers[n][1]["number"] for n in (3, 17, 30)} == {answers[3][1]["number"]}
    (counted,) = await world.rows("SELECT count(*) AS n FROM tickets")
    assert counted["n"] == MANY - 2


async def test_the_first_ticket_of_a_month_may_come_with_others(world: World) -> None:
    world.clock.move(days=400)
    answers = await asyncio.gather(*(_send(world, f"k{n}", f"{LAMP}第{n}次") for n in range(MANY)))
    assert [status for status, _ in answers] == [201] * MANY


async def test_whoever_is_called_off_takes_nobody_along(world: World) -> None:
    actor = Actor(Role.CHANNEL, "phone")

    async def one(n: int) -> bytes:
        request = Register(text=f"{LAMP}第{n}次")
        return (await register(world.hub, actor, f"k{n}", request.text.encode(), request)).body

    tasks = [asyncio.create_task(one(n)) for n in range(MANY)]
    while not world.hub.new_tickets.is_busy:
        await asyncio.sleep(0)
    for task in tasks[:3]:
        task.cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(answer, bytes) for answer in done[3:])
    with pytest.raises(asyncio.CancelledError):
        tasks[0].result()
