"""来话: a call that nobody answered is called back, once for each phone, however many there are at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

PHONE = "13700000001"
AT_ONCE = 24


async def call(world: World, phone: str = PHONE) -> int:
    content = {"line": "12345", "caller": {"phone": phone}}
    offered = await world.post("/api/v1/interactions", content, who="channel:phone")
    return int(offered["id"])


async def happens(world: World, interaction: int, event: str) -> Any:
    return await world.post(f"/api/v1/interactions/{interaction}/events", {"event": event}, who="channel:phone")


async def missed(world: World) -> list[Any]:
    found = await world.get("/api/v1/interactions/missed", who="channel:phone")
    return list(found["interactions"])


async def test_one_phone_abandoning_many_calls_at_once_waits_once(world: World) -> None:
    calls = [await call(world) for _ in range(AT_ONCE)]
    told = await asyncio.gather(*(happens(world, one, "abandoned") for one in calls))
    (waiting,) = await missed(world)
    assert {one["call_back_by"] for one in told} == {waiting["call_back_by"]}
    assert [row["n"] for row in await world.rows("SELECT count(*) AS n FROM timers WHERE kind = 'call_back_late'")] == [
        1
    ]


async def test_a_later_missed_call_is_told_when_the_phone_is_called_back(world: World) -> None:
    first = await happens(world, await call(world), "abandoned")
    world.clock.move(hours=3)
    second = await happens(world, await call(world), "abandoned")
    other = await happens(world, await call(world, "13700000002"), "abandoned")
    assert second["call_back_by"] == first["call_back_by"] < other["call_back_by"]
    assert len(await missed(world)) == 2


async def test_who_was_called_back_and_calls_again_in_vain_waits_again(world: World) -> None:
    first = await happens(world, await call(world), "abandoned")
    await happens(world, await call(world), "answered")
    assert await missed(world) == []
    world.clock.move(hours=3)
    again = await happens(world, await call(world), "abandoned")
    (waiting,) = await missed(world)
    assert waiting["call_back_by"] == again["call_back_by"] > first["call_back_by"]


@pytest.mark.parametrize("event", ["ended", "answered"])
async def test_who_was_spoken_to_does_not_wait(world: World, event: str) -> None:
    one = await call(world)
    assert (await happens(world, one, event))["call_back_by"] is None
    assert await missed(world) == []


async def test_a_phone_is_the_same_however_it_is_written(world: World) -> None:
    for phone in (PHONE, f"{PHONE[:3]}-{PHONE[3:7]}-{PHONE[7:]}", f"+86 {PHONE}"):
        await happens(world, await call(world, phone), "abandoned")
    assert len(await missed(world)) == 1


async def test_a_call_that_tickets_came_of_need_not_say_so(world: World) -> None:
    with_ticket, without = await call(world), await call(world, "13900002222")
    await world.register("投诉：东湖区翠湖路的路灯坏了三天，请维修。", interaction=with_ticket)
    assert (await happens(world, with_ticket, "ended"))["outcome"] == "new_ticket"
    assert (await happens(world, without, "ended"))["outcome"] is None
