"""漏接回拨统计: every missed caller is counted once, however it went, and late where nobody called in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import World


async def miss(world: World, phone: str, event: str = "abandoned") -> int:
    content = {"line": "12345", "caller": {"phone": phone}}
    call = await world.post("/api/v1/interactions", content, who="channel:phone")
    await world.post(f"/api/v1/interactions/{call['id']}/events", {"event": event}, who="channel:phone")
    return int(call["id"])


async def figures(world: World) -> Any:
    return await world.get("/api/v1/interactions/missed/figures", who="shift_lead")


async def test_nothing_missed_is_no_rate_at_all(world: World) -> None:
    total = (await figures(world))["total"]
    assert (total["missed"], total["on_time_rate"], total["mean_minutes"]) == (0, None, None)


async def test_missed_callers_are_counted_once_in_time_or_late(world: World) -> None:
    reached = await miss(world, "13700000003")
    for _ in range(3):
        await miss(world, "13700000001")
    await miss(world, "13700000002")
    world.clock.move(minutes=10)
    await miss(world, "13700000002", "answered")
    await world.post("/api/v1/seat/steps", {"action": "sign_on", "seat_groups": ["general"]}, who="agent")
    await world.post("/api/v1/seat/take", {}, who="agent")
    await world.post(f"/api/v1/interactions/{reached}/call_back", {"reached": True}, who="agent")

    total = (await figures(world))["total"]
    assert {name: total[name] for name in ("missed", "waiting", "reached", "answered_later", "in_time", "late")} == {
        "missed": 3,
        "waiting": 1,
        "reached": 1,
        "answered_later": 1,
        "in_time": 2,
        "late": 0,
    }
    assert total["on_time_rate"] == 1
    assert 10 <= total["mean_minutes"] < 11

    # Nobody calls the first one back within the half hour.
    world.clock.move(minutes=21)
    found = await figures(world)
    assert (found["total"]["waiting"], found["total"]["late"]) == (1, 1)
    assert found["total"]["on_time_rate"] == 2 / 3
    assert [group["seat_group"]["name"] for group in found["seat_groups"]] == ["综合席"]
    assert found["seat_groups"][0]["missed"] == 3
