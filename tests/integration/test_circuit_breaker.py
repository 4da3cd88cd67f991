"""An endpoint that fails five times in a row is left alone, then tried once; the others notice nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from hotline.workers.outbox import Outbox
from models.store.deliveries import LEASE

if TYPE_CHECKING:
    from tests.integration.conftest import Receivers, World

OPENS_AFTER = 5


async def fail(request: web.Request, raw: bytes) -> web.StreamResponse:
    return web.Response(status=500)


async def open_until(world: World, department: str) -> datetime | None:
    (row,) = await world.rows("SELECT open_until FROM endpoints WHERE department = $1", department)
    found: datetime | None = row["open_until"]
    return found


async def fail_in_a_row(receivers: Receivers, world: World, department: str, times: int, *, first: int = 1) -> None:
    """Let deliveries fail one after the other."""
    receivers.behaviour[department] = fail
    for ticket in range(first, first + times):
        await receivers.queue(department, ticket=ticket)
        assert await world.deliver() == 1


async def test_five_failures_in_a_row_open_the_circuit_of_that_endpoint_only(
    receivers: Receivers, world: World
) -> None:
    await receivers.register("broken", "well")
    await fail_in_a_row(receivers, world, "broken", OPENS_AFTER - 1)
    assert await open_until(world, "broken") is None
    await fail_in_a_row(receivers, world, "broken", 1, first=OPENS_AFTER)
    until = await open_until(world, "broken")
    assert until is not None
    assert until > world.clock.at
    assert await open_until(world, "well") is None

    waiting = await receivers.queue("broken", ticket=99)
    sent = await receivers.queue("well")
    assert await world.deliver() == 1
    assert [name for _, name in receivers.seen].count(waiting) == 0
    assert (await receivers.states())[sent] == "delivered"


async def test_an_endpoint_that_nobody_listens_at_opens_its_circuit_too(receivers: Receivers, world: World) -> None:
    await receivers.register("gone")
    await world.rows("UPDATE endpoints SET url = 'http://127.0.0.1:9/'")
    for ticket in range(OPENS_AFTER):
        await receivers.queue("gone", ticket=ticket)
        await world.deliver()
    assert await open_until(world, "gone") is not None
    (row,) = await world.rows("SELECT DISTINCT state, attempts FROM deliveries")
    assert (row["state"], row["attempts"]) == ("waiting", 1)


async def test_an_answer_in_between_begins_the_count_anew(receivers: Receivers, world: World) -> None:
    await receivers.register("shaky")
    await fail_in_a_row(receivers, world, "shaky", OPENS_AFTER - 1)
    del receivers.behaviour["shaky"]
    await receivers.queue("shaky", ticket=50)
    await world.deliver()
    await fail_in_a_row(receivers, world, "shaky", OPENS_AFTER - 1, first=60)
    assert await open_until(world, "shaky") is None


async def test_an_endpoint_that_fails_is_tried_one_at_a_time(receivers: Receivers, world: World) -> None:
    await receivers.register("shaky")
    await fail_in_a_row(receivers, world, "shaky", 1)
    for ticket in range(20, 40):
        await receivers.queue("shaky", ticket=ticket)
    assert await Outbox(world.hub, world.http).turn(datetime.now(UTC)) == 1


async def test_when_its_time_is_over_one_try_is_let_through_even_with_two_workers(
    receivers: Receivers, world: World
) -> None:
    await receivers.register("broken")
    await fail_in_a_row(receivers, world, "broken", OPENS_AFTER)
    for ticket in range(20, 40):
        await receivers.queue("broken", ticket=ticket)
    tried = len(receivers.seen)
    world.clock.move(minutes=10)
    workers = [Outbox(world.hub, world.http) for _ in range(4)]
    started = await asyncio.gather(*(worker.turn(datetime.now(UTC)) for worker in workers))
    assert sum(started) == 1
    assert sum([await worker.turn(datetime.now(UTC)) for worker in workers]) == 0
    for worker in workers:
        await worker.close()
    assert len(receivers.seen) == tried + 1


async def test_a_failed_try_opens_it_again_for_longer_and_a_success_closes_it(
    receivers: Receivers, world: World
) -> None:
    await receivers.register("broken")
    await fail_in_a_row(receivers, world, "broken", OPENS_AFTER)
    names = [await receivers.queue("broken", ticket=ticket) for ticket in range(20, 30)]
    first = await open_until(world, "broken")
    assert first is not None
    before = first - world.clock.at
    world.clock.at = first
    assert await world.deliver() == 1
    second = await open_until(world, "broken")
    assert second is not None
    assert second - world.clock.at > before

    del receivers.behaviour["broken"]
    world.clock.at = second
    await world.deliver()
    assert await open_until(world, "broken") is None
    states = await receivers.states()
    assert sum(states[name] == "delivered" for name in names) >= len(names) - 1


async def test_the_circuit_is_never_open_for_longer_than_five_minutes(receivers: Receivers, world: World) -> None:
    await receivers.register("broken")
    await fail_in_a_row(receivers, world, "broken", 1)
    await world.rows("UPDATE endpoints SET failure_count = 2000000")
    await fail_in_a_row(receivers, world, "broken", 1, first=2)
    until = await open_until(world, "broken")
    assert until is not None
    assert until - world.clock.at <= timedelta(minutes=5)


async def test_a_try_whose_worker_died_does_not_leave_the_circuit_open_for_ever(
    receivers: Receivers, world: World
) -> None:
    await receivers.register("broken")
    await fail_in_a_row(receivers, world, "broken", OPENS_AFTER)
    name = await receivers.queue("broken", ticket=20)
    world.clock.move(minutes=10)

    async def hang(request: web.Request, raw: bytes) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    receivers.behaviour["broken"] = hang
    dead = Outbox(world.hub, world.http)
    wall_now = datetime.now(UTC)
    assert await dead.turn(wall_now) == 1
    await world.rows("UPDATE deliveries SET next_at = $1 WHERE id <> $2", datetime(2030, 1, 1, tzinfo=UTC), name)

    del receivers.behaviour["broken"]
    heir = Outbox(world.hub, world.http)
    world.clock.at += LEASE + timedelta(seconds=1)
    assert await heir.turn(wall_now + LEASE + timedelta(seconds=1)) == 1
    await heir.close()
    assert (await receivers.states())[name] == "delivered"
    assert await open_until(world, "broken") is None
    await dead.close()


async def test_registering_an_endpoint_anew_closes_its_circuit(receivers: Receivers, world: World) -> None:
    await receivers.register("broken")
    await fail_in_a_row(receivers, world, "broken", OPENS_AFTER)
    await receivers.register("broken")
    assert await open_until(world, "broken") is None
