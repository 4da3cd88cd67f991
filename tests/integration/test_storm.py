"""风暴: twelve times the usual within minutes; intake, worklists and due dates go on, what can wait waits, and it ends by itself."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from hotline import storm
from hotline.config import Settings
from hotline.workers.run import work

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.integration.conftest import World

LAMP = "东湖区翠湖路的路灯坏了三天，晚上一片漆黑，请尽快维修。"
BURST = 250


async def call(world: World, n: int) -> int:
    """One call as telephony brings it; returns its id."""
    phone = {"phone": f"139{n:08d}"}
    made = await world.post("/api/v1/interactions", {"line": "12345", "caller": phone}, who="channel:phone")
    return int(made["id"])


async def burst(world: World, calls: int = BURST) -> list[int]:
    return [
        made
        for start in range(0, calls, 25)
        for made in await asyncio.gather(*(call(world, n) for n in range(start, min(start + 25, calls))))
    ]


async def now(world: World) -> Any:
    return await world.get("/api/v1/storm", who="supervisor")


async def alarms(world: World) -> int:
    (row,) = await world.rows("SELECT count(*) AS n FROM notices WHERE ticket_id = 0 AND kind = 'alarm'")
    return int(row["n"])


async def test_twelve_times_the_usual_begins_a_storm_and_calm_ends_it(world: World) -> None:
    await burst(world, 30)
    assert await storm.look(world.hub) == 0
    assert not (await now(world))["is_on"]
    await burst(world)
    assert await storm.look(world.hub) == 1
    page = await now(world)
    assert (page["is_on"], page["storms"][0]["cause"]) == (True, "burst")
    assert "倍" in page["storms"][0]["reason"]
    told = await alarms(world)
    assert told
    world.clock.move(minutes=10)
    assert await storm.look(world.hub) == 0
    world.clock.move(minutes=20)
    assert await storm.look(world.hub) == 0
    world.clock.move(minutes=11)
    assert await storm.look(world.hub) == 1
    page = await now(world)
    assert (page["is_on"], page["storms"][0]["ended_by"]) == (False, "program")
    assert page["storms"][0]["peak"] >= BURST
    assert await alarms(world) == 2 * told


async def test_requests_without_a_call_count_and_those_of_a_call_count_once(world: World) -> None:
    made = await call(world, 1)
    await world.register(LAMP, interaction=made)
    await world.register(LAMP, channel="web")
    assert (await now(world))["five"] == 2


async def test_a_second_wave_before_it_was_calm_long_enough_keeps_the_storm(world: World) -> None:
    await burst(world)
    await storm.look(world.hub)
    world.clock.move(minutes=10)
    await storm.look(world.hub)
    await burst(world)
    await storm.look(world.hub)
    world.clock.move(minutes=25)
    assert await storm.look(world.hub) == 0
    assert (await now(world))["is_on"]


async def test_a_shift_lead_begins_and_ends_one_and_is_not_overruled_at_once(world: World) -> None:
    begun = await world.post("/api/v1/storm", {"action": "begin", "reason": "台风今晚登陆"}, who="shift_lead")
    assert (begun["storms"][0]["cause"], begun["storms"][0]["began_by"]) == ("hand", "test-shift_lead")
    await world.post("/api/v1/storm", {"action": "begin", "reason": "台风今晚登陆"}, who="supervisor", ok=(409,))
    world.clock.move(hours=3)
    await storm.look(world.hub)
    assert (await now(world))["is_on"]
    await burst(world)
    ended = await world.post("/api/v1/storm", {"action": "end", "reason": "增援已经到岗"}, who="supervisor")
    assert not ended["is_on"]
    await storm.look(world.hub)
    assert not (await now(world))["is_on"]
    await world.post("/api/v1/storm", {"action": "end", "reason": "增援已经到岗"}, who="supervisor", ok=(409,))
    await world.post("/api/v1/storm", {"action": "begin", "reason": "台风今晚登陆"}, who="agent", ok=(403,))


async def test_a_missed_caller_is_promised_a_later_call_and_told_why(world: World) -> None:
    async def missed(n: int) -> Any:
        path = f"/api/v1/interactions/{await call(world, n)}/events"
        return await world.post(path, {"event": "abandoned"}, who="channel:phone")

    usual = await missed(1)
    assert "集中" not in usual["say"]
    await world.post("/api/v1/storm", {"action": "begin", "reason": "台风今晚登陆"}, who="shift_lead")
    later = await missed(2)
    assert later["call_back_by"] > usual["call_back_by"]
    assert "来电集中" in later["say"]
    answered = await world.post(
        f"/api/v1/interactions/{await call(world, 3)}/events", {"event": "answered"}, who="channel:phone"
    )
    assert answered["say"] is None


async def test_follow_up_waits_for_the_end_and_departments_dates_do_not(world: World) -> None:
    receipt = await world.register(LAMP, caller={"phone": "13900000001"})
    if receipt["state"] == "on_desk":
        await world.step(receipt["number"], "dispatch", who="dispatcher")
    other = await world.register("投诉：临江区江滨大道路灯不亮，请维修。", caller={"phone": "13900000002"})
    if other["state"] == "on_desk":
        await world.step(other["number"], "dispatch", who="dispatcher")
    await world.reviewed(receipt["number"])
    await world.post("/api/v1/storm", {"action": "begin", "reason": "台风今晚登陆"}, who="shift_lead")
    (due,) = await world.rows("SELECT max(due_at) AS at FROM timers WHERE kind = 'follow_up'")
    world.clock.at = due["at"]
    await world.fire()
    assert "follow_up_due" not in await world.trail(receipt["number"])
    assert "follow_up_put_off" in await world.trail(receipt["number"])
    world.clock.move(days=2)
    await world.fire()
    assert "remind" in await world.trail(other["number"])
    await world.post("/api/v1/storm", {"action": "end", "reason": "增援已经到岗"}, who="shift_lead")
    world.clock.move(minutes=31)
    await world.fire()
    assert {"follow_up_due", "remind"} & set(await world.trail(receipt["number"]))


async def test_a_job_that_can_wait_stops_in_a_storm_and_starts_again(world: World) -> None:
    done: list[int] = []

    async def once() -> int:
        done.append(1)
        return 1

    job = storm.unless_storm(world.hub, once)
    assert await job() == 1
    await burst(world)
    await storm.look(world.hub)
    assert await job() == 0
    world.clock.move(minutes=10)
    await storm.look(world.hub)
    world.clock.move(minutes=31)
    await storm.look(world.hub)
    assert await job() == 1
    assert len(done) == 2


async def test_in_a_storm_intake_answers_worklists_work_and_no_forecast_is_made(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def made() -> int:
        (row,) = await world.rows("SELECT count(*) AS n FROM forecasts WHERE made_at IS NOT NULL")
        return int(row["n"])

    async def until_made() -> None:
        deadline = time.monotonic() + 20
        while await made() == 0:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)

    monkeypatch.setattr("hotline.workers.run.STORM_EVERY_S", 0.2)
    monkeypatch.setattr("hotline.workers.run.FORECAST_EVERY_S", 0.2)
    await burst(world)
    await storm.look(world.hub)
    running = asyncio.create_task(work(Settings(data_dir=tmp_path, demo=True), world.hub))
    try:
        for n in range(100):
            began = time.monotonic()
            receipt = await world.register(f"{LAMP}（{n}）", caller={"phone": f"138{n:08d}"})
            assert time.monotonic() - began < 3
        assert (await world.ticket(receipt["number"]))["number"] == receipt["number"]
        assert (await world.get("/api/v1/tickets?state=on_desk", who="dispatcher"))["tickets"] is not None
        assert world.hub.storm is not None
        assert await made() == 0
        world.clock.move(minutes=10)
        await asyncio.sleep(1)
        world.clock.move(minutes=31)
        await until_made()
        assert world.hub.storm is None
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
