"""The clock was wrong by an hour and was set right: nothing waits for the hour that never came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hotline.lockout import ACCOUNT
from hotline.workers.clock_set_back import TOLERANCE, OwnBeats
from models.store import installation, notices, timers
from models.store.deliveries import LEASE

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import Receivers, World

HOUR = timedelta(hours=1)


async def beat(world: World, ahead: timedelta) -> bool:
    """A worker beat by a clock that was so far ahead; one that starts then looks at it by the right one."""
    wall_now, now = datetime.now(UTC), world.clock.now()

    async def work(session: Session) -> bool:
        await installation.beat(session, "work", wall_now + ahead, now)
        return await OwnBeats().look(session, now, wall_now)

    return await world.hub.database.write(work)


async def test_what_was_put_off_by_the_wrong_clock_is_tried_at_once(receivers: Receivers, world: World) -> None:
    await receivers.register("urban", "road")
    put_off, left_alone = await receivers.queue("urban"), await receivers.queue("road")
    await world.rows("UPDATE deliveries SET next_at = next_at + interval '1 hour' WHERE id = $1", put_off)
    await world.rows("UPDATE endpoints SET open_until = $1 WHERE department = 'road'", world.clock.now() + HOUR)
    await world.deliver()
    assert await receivers.states() == {put_off: "waiting", left_alone: "waiting"}
    assert await beat(world, HOUR)
    await world.deliver()
    assert await receivers.states() == {put_off: "delivered", left_alone: "delivered"}


async def test_what_a_dead_worker_claimed_by_the_wrong_clock_lapses_within_a_minute(
    receivers: Receivers, world: World
) -> None:
    await receivers.register("urban")
    await receivers.queue("urban")
    await world.register("小区门口的路灯坏了好几天，没人来修。", caller={"phone": "13800000000"})
    wrong = datetime.now(UTC) + HOUR + LEASE
    for table in ("deliveries", "timers", "notices"):
        await world.rows(f"UPDATE {table} SET claimed_until = $1", wrong)
    assert await beat(world, HOUR)
    after = datetime.now(UTC) + LEASE + timedelta(seconds=1)
    for table in ("deliveries", "timers", "notices"):
        found = await world.rows(f"SELECT claimed_until FROM {table}")
        assert found, table
        assert all(row["claimed_until"] < after for row in found), table
    async with world.hub.database.session() as session:
        assert await timers.claim(session, world.clock.now() + timedelta(days=30), after, 10)
        assert await notices.claim(session, after, 10, is_wechat=False)


@pytest.mark.parametrize("ahead", [-HOUR, timedelta(0), TOLERANCE - timedelta(seconds=5)])
async def test_a_clock_that_was_not_set_back_wakes_nobody(receivers: Receivers, world: World, ahead: timedelta) -> None:
    await receivers.register("urban")
    name = await receivers.queue("urban")
    await world.rows("UPDATE deliveries SET next_at = next_at + interval '1 hour'")
    assert not await beat(world, ahead)
    await world.deliver()
    assert await receivers.states() == {name: "waiting"}


async def test_a_call_back_that_rested_till_the_hour_that_never_came_is_given_out(world: World) -> None:
    call = await world.post(
        "/api/v1/interactions", {"line": "12345", "caller": {"phone": "13700000003"}}, who="channel:phone"
    )
    path = f"/api/v1/interactions/{call['id']}"
    await world.post(f"{path}/events", {"event": "abandoned"}, who="channel:phone")
    await world.post("/api/v1/seat/steps", {"action": "sign_on", "seat_groups": ["general"]}, who="agent")
    await world.post("/api/v1/seat/take", {}, who="agent")
    await world.post(f"{path}/call_back", {"reached": False}, who="agent")
    await world.post("/api/v1/seat/steps", {"action": "free"}, who="agent")
    await world.fire()
    assert (await world.get("/api/v1/seat", who="agent"))["work"] == []
    assert await beat(world, HOUR)
    await world.fire()
    assert [one["kind"] for one in (await world.get("/api/v1/seat", who="agent"))["work"]] == ["call_back"]


async def test_a_lock_of_the_wrong_clock_lasts_as_long_as_it_was_meant_to(world: World) -> None:
    for _ in range(ACCOUNT.free):
        content = {"username": "nobody", "password": "not this one"}
        async with world.client.post("/api/v1/session", json=content) as response:
            assert response.status == 401
    await world.rows(
        "UPDATE sign_in_failures SET locked_until = locked_until + interval '1 hour', last_at = last_at + interval '1 hour'"
    )
    assert await beat(world, HOUR)
    [row] = await world.rows("SELECT locked_until FROM sign_in_failures WHERE locked_until IS NOT NULL")
    left = row["locked_until"] - datetime.now(UTC)
    assert ACCOUNT.first - timedelta(seconds=10) < left <= ACCOUNT.first


async def test_two_workers_whose_clocks_differ_wake_nothing_by_each_others_beats(world: World) -> None:
    slow, wall_now, now = OwnBeats(), datetime.now(UTC), world.clock.now()

    async def work(session: Session) -> list[bool]:
        found = []
        for n in range(3):
            slow.beaten(wall_now + timedelta(seconds=2 * n))
            await installation.beat(session, "work", wall_now + HOUR, now)
            found.append(await slow.look(session, now, wall_now + timedelta(seconds=2 * n + 2)))
        # Its own clock is another matter.
        return [*found, await slow.look(session, now, wall_now - HOUR)]

    assert await world.hub.database.write(work) == [False, False, False, True]


async def test_a_beat_of_the_time_to_come_is_no_sign_of_life(world: World) -> None:
    await beat(world, HOUR)
    async with world.client.get("/readyz") as response:
        assert response.status == 503
        assert (await response.json())["checks"]["workers"] == "后台进程没有心跳"
    await beat(world, timedelta(0))
    async with world.client.get("/readyz") as response:
        assert response.status == 200


async def test_a_worker_whose_clock_is_a_little_ahead_is_alive(world: World) -> None:
    await beat(world, timedelta(seconds=30))
    async with world.client.get("/readyz") as response:
        assert response.status == 200
