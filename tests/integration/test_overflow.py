"""溢出与转接: who is dialled stays, who answers may change; both ways the calls add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import World

CALLS = "/api/v1/interactions"
FIGURES = "/api/v1/lines/figures"
Happenings = tuple[tuple[str, dict[str, Any]], ...]
# Eight hours after the test's first moment it is half past five in the city: the labour line has closed.
EVENING = 8.5


async def call(world: World, line: str | None, *happenings: tuple[str, dict[str, Any]]) -> int:
    offered = int((await world.post(CALLS, {"line": line}, who="channel:phone"))["id"])
    for event, more in happenings:
        await happens(world, offered, event, **more)
    return offered


async def happens(world: World, offered: int, event: str, *, ok: int = 200, **more: Any) -> Any:
    content = {"event": event, "agent": "a-1", **more}
    return await world.post(f"{CALLS}/{offered}/events", content, who="channel:phone", ok=(ok,))


async def where(world: World, offered: int) -> tuple[str, str, str]:
    """Who was dialled, whose seats handle the call, and their group."""
    (row,) = await world.rows("SELECT line, handling_line, seat_group FROM interactions WHERE id = $1", offered)
    return tuple(row)


async def test_a_closed_line_overflows_at_once(world: World) -> None:
    assert await where(world, await call(world, "12333")) == ("12333", "12333", "labour")
    world.clock.move(hours=EVENING)
    assert await where(world, await call(world, "12333")) == ("12333", "12345", "general")


async def test_a_call_that_nobody_answers_in_time_overflows(world: World) -> None:
    waiting, spoken = await call(world, "12315"), await call(world, "12315", ("answered", {}))
    given_up = await call(world, "12315", ("abandoned", {}))
    world.clock.move(seconds=29)
    assert await world.fire() == 0
    world.clock.move(seconds=2)
    assert await world.fire() == 3
    assert await where(world, waiting) == ("12315", "12345", "general")
    assert await where(world, spoken) == await where(world, given_up) == ("12315", "12315", "market")
    assert await world.rows("SELECT 1 FROM timers WHERE kind = 'overflow'") == []


async def test_a_line_that_overflows_to_nobody_keeps_its_calls(world: World) -> None:
    waiting = await call(world, "12345")
    world.clock.move(minutes=5)
    assert await world.fire() == 0
    assert await where(world, waiting) == ("12345", "12345", "general")


async def seated(world: World, who: str, group: str) -> None:
    content = {"action": "sign_on", "seat_groups": [group]}
    await world.post("/api/v1/seat/steps", content, who=who)


async def at_seat(world: World, who: str) -> tuple[str, int | None]:
    found = (await world.get("/api/v1/seat", who=who))["seat"]
    return found["state"], found["interaction"]


async def test_who_waits_in_vain_for_one_line_s_seats_is_given_to_the_other_s(world: World) -> None:
    await seated(world, "agent:ann", "general")
    content = {"line": "12315", "wants_agent": True}
    offered = int((await world.post(CALLS, content, who="channel:wechat"))["id"])
    assert await at_seat(world, "agent:ann") == ("free", None)
    world.clock.move(seconds=31)
    await world.fire()
    assert await at_seat(world, "agent:ann") == ("given", offered)
    assert await where(world, offered) == ("12315", "12345", "general")


async def test_who_is_just_being_given_to_a_seat_does_not_overflow_before_it_is_passed_over(world: World) -> None:
    content = {"line": "12315", "wants_agent": True}
    offered = int((await world.post(CALLS, content, who="channel:wechat"))["id"])
    world.clock.move(seconds=15)
    await seated(world, "agent:ann", "market")
    world.clock.move(seconds=16)
    await world.fire()
    assert await at_seat(world, "agent:ann") == ("given", offered)
    assert await where(world, offered) == ("12315", "12315", "market")
    world.clock.move(seconds=30)
    await world.fire()
    assert await at_seat(world, "agent:ann") == ("away", None)
    assert await where(world, offered) == ("12315", "12345", "general")


async def test_what_a_seat_was_given_and_passes_on_waits_for_the_other_line_s_seats(world: World) -> None:
    await seated(world, "agent:ann", "general")
    await seated(world, "agent:ben", "market")
    content = {"line": "12345", "wants_agent": True}
    offered = int((await world.post(CALLS, content, who="channel:wechat"))["id"])
    await world.post("/api/v1/seat/take", None, who="agent:ann")
    await happens(world, offered, "transferred", line="12315", reason="skill", agent="ann")
    assert await at_seat(world, "agent:ann") == ("wrap_up", None)
    assert await at_seat(world, "agent:ben") == ("given", offered)
    await world.post("/api/v1/seat/take", None, who="agent:ben")
    assert await at_seat(world, "agent:ben") == ("busy", offered)


async def test_what_is_another_line_s_is_passed_on_by_a_seat(world: World) -> None:
    offered = await call(world, "12345", ("answered", {}))
    await happens(world, offered, "transferred", line="12315", reason="theirs")
    assert await where(world, offered) == ("12345", "12315", "market")
    await happens(world, offered, "answered", agent="a-2")
    await happens(world, offered, "ended", outcome="answered")
    (kept,) = await world.rows("SELECT from_line, to_line, reason, by FROM line_transfers")
    assert tuple(kept) == ("12345", "12315", "theirs", "a-1")


async def test_a_call_is_not_passed_on_to_who_cannot_take_it(world: World) -> None:
    offered = await call(world, "12345")
    for content, status, word in (
        ({"line": "12315", "reason": "theirs"}, 409, "尚未接听"),
        ({"line": "12315"}, 422, "原因"),
        ({"reason": "theirs"}, 422, "号码"),
        ({"line": "99999", "reason": "theirs"}, 422, "没有登记"),
    ):
        assert word in (await happens(world, offered, "transferred", ok=status, **content))["detail"]
    await happens(world, offered, "answered")
    world.clock.move(hours=EVENING)
    for line, word in (("12366", "referred"), ("12345", "已在"), ("12333", "08:30-17:30")):
        refused = await happens(world, offered, "transferred", ok=409, line=line, reason="theirs")
        assert word in refused["detail"]
    assert await where(world, offered) == ("12345", "12345", "general")


async def test_a_referral_is_counted_with_the_script_and_never_routed(world: World) -> None:
    offered = await call(world, "12345", ("answered", {}))
    assert "line" in (await happens(world, offered, "ended", ok=422, outcome="referred"))["detail"]
    assert "受理" in (await happens(world, offered, "ended", ok=409, outcome="referred", line="12315"))["detail"]
    await happens(world, offered, "ended", outcome="referred", line="12368")
    (kept,) = await world.rows("SELECT line, script, by FROM referrals")
    assert (kept["line"], kept["script"], kept["by"]) == ("12368", world.hub.city.lines["12368"].script, "a-1")
    assert await world.rows("SELECT 1 FROM tickets") == []
    found = await world.get(FIGURES, who="supervisor")
    assert found["referred"] == [{"line": "12368", "count": 1}]
    assert (await world.get(f"{CALLS}/figures", who="supervisor"))["outcomes"] == {"referred": 1}


async def test_calls_by_dialled_line_and_by_handling_line_add_up_to_all(world: World) -> None:
    done: Happenings = (("answered", {}), ("ended", {"outcome": "answered"}))
    given_on: Happenings = (("answered", {}), ("transferred", {"line": "12315", "reason": "theirs"}))
    for line, happenings in (
        ("12345", done),
        ("12345", given_on),
        ("12315", done),
        ("12315", (("abandoned", {}),)),
        ("12315", (("ended", {"outcome": "silent"}),)),
        (None, done),
    ):
        await call(world, line, *happenings)
    world.clock.move(hours=EVENING)
    await call(world, "12333", *done)
    await call(world, "12333")
    found = await world.get(FIGURES, who="supervisor")
    assert found["total"] == {"offered": 8, "answered": 5, "abandoned": 1, "unanswered": 1, "waiting": 1}
    for way in ("dialled", "handling"):
        assert {name: sum(row[name] for row in found[way]) for name in found["total"]} == found["total"]
    assert {row["line"]: row["offered"] for row in found["dialled"]} == {None: 1, "12345": 2, "12315": 3, "12333": 2}
    assert {row["line"]: row["offered"] for row in found["handling"]} == {None: 1, "12345": 3, "12315": 4}
    assert found["transferred"] == [
        {"from_line": "12333", "to_line": "12345", "reason": "closed", "count": 2},
        {"from_line": "12345", "to_line": "12315", "reason": "theirs", "count": 1},
    ]
    books = {one["name"]: one for one in (await world.get("/api/v1/books", who="supervisor"))["accounts"]}
    assert books["calls_by_handling_line"]["is_balanced"]
    passed_on = {part["code"]: part["count"] for part in books["calls_passed_on"]["parts"]}
    assert passed_on == {"stayed": 5, "transferred": 3}
    assert books["calls_passed_on"]["is_balanced"]
    later = await world.get(f"{FIGURES}?since=2026-11-23T17:00:00%2B08:00", who="supervisor")
    assert later["total"]["offered"] == 2
    refused = await world.get(f"{FIGURES}?until=2026-11-01T00:00:00%2B08:00", who="supervisor", status=422)
    assert "until" in refused["detail"]
