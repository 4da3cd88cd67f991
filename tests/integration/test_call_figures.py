"""来话: every call is counted by how it ended, also the ones of which no ticket comes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

CALLS = "/api/v1/interactions"
FIGURES = f"{CALLS}/figures"


async def offered(world: World, line: str | None = "12345") -> int:
    made = await world.post(CALLS, {"line": line}, who="channel:phone")
    return int(made["id"])


async def happens(world: World, call: int, event: str, **more: Any) -> Any:
    return await world.post(f"{CALLS}/{call}/events", {"event": event, **more}, who="channel:phone")


async def answered(world: World, outcome: str | None, line: str | None = "12345") -> None:
    call = await offered(world, line)
    await happens(world, call, "answered", agent="a-1")
    await happens(world, call, "ended", **({"outcome": outcome} if outcome else {}))


# What the counts of every part hold; the shares are tried by themselves.
COUNTS = ("offered", "answered", "abandoned", "under_way", "outcomes")


def counts(figures: Any, *also: str) -> dict[str, Any]:
    return {name: figures[name] for name in (*also, *COUNTS)}


async def counters(world: World) -> dict[str, float]:
    async with world.client.get("/metrics") as response:
        said = await response.text()
    found = re.findall(r'hotline_interactions_ended_total{outcome="(\w+)",pid="\d+"} ([0-9.]+)', said)
    return {outcome: float(n) for outcome, n in found}


async def test_calls_are_counted_by_outcome_and_line(world: World) -> None:
    for outcome in ("answered", "progress_query", "silent", "silent"):
        await answered(world, outcome)
    await answered(world, "answered", line="12348")
    await happens(world, await offered(world, "12348"), "abandoned")
    await answered(world, None, line=None)
    await offered(world)
    found = await world.get(FIGURES, who="supervisor")
    assert found["since"] == "2026-11-22T16:00:00Z"
    host = {"answered": 1, "progress_query": 1, "silent": 2}
    assert counts(found) == {
        "offered": 8,
        "answered": 6,
        "abandoned": 1,
        "under_way": 1,
        "outcomes": {"abandoned": 1, "answered": 2, "progress_query": 1, "silent": 2, "unstated": 1},
    }
    assert [counts(line, "line") for line in found["lines"]] == [
        {"line": None, "offered": 1, "answered": 1, "abandoned": 0, "under_way": 0, "outcomes": {"unstated": 1}},
        {"line": "12345", "offered": 5, "answered": 4, "abandoned": 0, "under_way": 1, "outcomes": host},
        {
            "line": "12348",
            "offered": 2,
            "answered": 1,
            "abandoned": 1,
            "under_way": 0,
            "outcomes": {"abandoned": 1, "answered": 1},
        },
    ]
    assert [counts(group, "seat_group") for group in found["seat_groups"]] == [
        {
            "seat_group": "general",
            "offered": 6,
            "answered": 5,
            "abandoned": 0,
            "under_way": 1,
            "outcomes": host | {"unstated": 1},
        },
        {
            "seat_group": "legal",
            "offered": 2,
            "answered": 1,
            "abandoned": 1,
            "under_way": 0,
            "outcomes": {"abandoned": 1, "answered": 1},
        },
    ]
    assert sum(found["outcomes"].values()) + found["under_way"] == found["offered"]


async def test_every_call_is_in_one_place_of_each_sum(world: World) -> None:
    bot = await world.post(CALLS, {}, who="channel:chatbot")
    await happens(world, bot["id"], "ended")
    for line in ("12345", "12315", None):
        await offered(world, line)
        await happens(world, await offered(world, line), "answered")
        await happens(world, await offered(world, line), "abandoned")
        for outcome in ("answered", "new_ticket", "silent", "wrong_number", "harassment", None):
            await answered(world, outcome, line)
    found = await world.get(FIGURES, who="supervisor")
    assert (found["offered"], found["unanswered"], found["waiting"]) == (28, 1, 3)
    for part in (found, *found["lines"], *found["seat_groups"]):
        assert part["offered"] == sum(part[name] for name in ("answered", "abandoned", "waiting", "unanswered"))
        assert part["offered"] == part["under_way"] + sum(part["outcomes"].values())
    for parts in ("lines", "seat_groups"):
        for name in ("offered", "answered", "abandoned", "waiting", "unanswered", "under_way", "asked"):
            assert sum(part[name] for part in found[parts]) == found[name]


async def test_how_soon_calls_are_answered(world: World) -> None:
    for wait, talk in ((5, 60), (14, 120), (16, 180), (45, 240)):
        call = await offered(world)
        world.clock.move(seconds=wait)
        await happens(world, call, "answered", agent="a-1")
        world.clock.move(seconds=talk)
        await happens(world, call, "ended", outcome="answered")
    found = await world.get(FIGURES, who="supervisor")
    assert found["soon_rate"] == 0.5
    assert (round(found["mean_wait_s"]), round(found["longest_wait_s"]), round(found["mean_talk_s"])) == (20, 45, 150)


async def test_who_hangs_up_at_once_or_still_waits_does_not_count_against_the_seats(world: World) -> None:
    for _ in range(3):
        await answered(world, "answered")
    await happens(world, await offered(world), "abandoned")
    await offered(world)
    assert (await world.get(FIGURES, who="supervisor"))["connection_rate"] == 1.0
    late = await offered(world)
    world.clock.move(seconds=10)
    await happens(world, late, "abandoned")
    assert (await world.get(FIGURES, who="supervisor"))["connection_rate"] == 0.75


async def test_what_was_answered_in_the_call_is_a_share_of_what_was_accepted(world: World) -> None:
    assert (await world.get(FIGURES, who="supervisor"))["direct_answer_rate"] is None
    for outcome in ("answered", "answered", "answered", "new_ticket", "silent", "progress_query"):
        await answered(world, outcome)
    assert (await world.get(FIGURES, who="supervisor"))["direct_answer_rate"] == 0.75


async def spoken(world: World, phone: str, text: str | None = None, outcome: str | None = None) -> Any:
    made = await world.post(CALLS, {"line": "12345", "caller": {"phone": phone}}, who="channel:phone")
    await happens(world, made["id"], "answered")
    receipt = await world.register(text, interaction=made["id"], caller={"phone": phone}) if text else None
    await happens(world, made["id"], "ended", **({"outcome": outcome} if outcome else {}))
    return receipt


LAMP = "投诉：东湖区翠湖路的路灯坏了三天，晚上一片漆黑，请尽快维修。"
WATER = "咨询：临江区怎么办理老年人优待证，需要带什么材料？"


async def test_a_caller_who_comes_again_about_the_matter_was_not_helped_in_one_call(world: World) -> None:
    for n in range(4):
        await spoken(world, f"1370000000{n}", LAMP)
    assert (await world.get(FIGURES, who="supervisor"))["one_call_rate"] == 1.0
    world.clock.move(days=1)
    since = "?since=2026-11-22T16:00:00Z"
    await spoken(world, "13700000000", outcome="urging")
    await spoken(world, "13700000001", WATER)
    await spoken(world, "13700000009", outcome="urging")
    assert (await world.get(FIGURES + since, who="supervisor"))["one_call_rate"] == 0.8
    await spoken(world, "13700000002", LAMP)
    assert (await world.get(FIGURES + since, who="supervisor"))["one_call_rate"] == pytest.approx(4 / 6)


async def test_who_comes_again_after_the_term_has_a_new_matter(world: World) -> None:
    receipt = await spoken(world, "13700000000", LAMP)
    world.clock.move(days=8)
    await spoken(world, "13700000000", outcome="progress_query")
    path = f"{FIGURES}?since=2026-11-22T16:00:00Z&until=2026-11-24T00:00:00Z"
    assert (await world.get(path, who="supervisor"))["one_call_rate"] == 1.0
    await world.track(receipt, "urge")
    found = await world.get(path, who="supervisor")
    assert (found["one_call_rate"], found["offered"]) == (0.0, 1)


async def test_who_hangs_up_after_an_answer_was_answered(world: World) -> None:
    call = await offered(world)
    await happens(world, call, "answered")
    await happens(world, call, "abandoned")
    found = await world.get(FIGURES, who="leader")
    assert (found["answered"], found["abandoned"], found["outcomes"]) == (1, 0, {"unstated": 1})


async def test_who_hangs_up_after_a_ticket_was_registered_has_one(world: World) -> None:
    call = await offered(world)
    await happens(world, call, "answered")
    await world.register(LAMP, interaction=call)
    await happens(world, call, "abandoned")
    assert (await world.get(FIGURES, who="leader"))["outcomes"] == {"new_ticket": 1}


async def test_only_what_came_since_then_is_counted(world: World) -> None:
    await answered(world, "silent")
    world.clock.move(hours=2)
    await answered(world, "wrong_number")
    path = f"{FIGURES}?since=2026-11-23T10:30:00"
    for offset in ("%2B08:00", "+08:00"):
        assert (await world.get(path + offset, who="supervisor"))["outcomes"] == {"wrong_number": 1}
    world.clock.move(days=1)
    assert (await world.get(FIGURES, who="supervisor"))["offered"] == 0


@pytest.mark.parametrize("since", ["yesterday", "2026-11-23T10:30:00", "0001-01-01T00:00:00%2B08:00"])
async def test_a_time_without_an_offset_or_none_at_all_is_refused(world: World, since: str) -> None:
    problem = await world.get(f"{FIGURES}?since={since}", who="supervisor", status=422)
    assert "since" in problem["detail"]


async def test_more_than_a_month_is_not_counted_at_once(world: World) -> None:
    problem = await world.get(f"{FIGURES}?since=2026-09-01T00:00:00Z", who="supervisor", status=422)
    assert "31天" in problem["detail"]
    path = f"{FIGURES}?since=2026-09-01T00:00:00Z&until=2026-10-01T00:00:00Z"
    assert (await world.get(path, who="supervisor"))["connection_rate"] is None


@pytest.mark.parametrize("who", ["department:urban", "channel:phone", "administrator"])
async def test_the_figures_are_the_hotline_s(world: World, who: str) -> None:
    await world.get(FIGURES, who=who, status=403)


async def test_metrics_count_each_call_once(world: World) -> None:
    before = await counters(world)
    assert {"answered", "silent", "progress_query", "abandoned", "unstated"} <= set(before)
    for outcome in ("answered", "silent", "silent", None):
        await answered(world, outcome)
    call = await offered(world)
    await happens(world, call, "abandoned")
    await world.post(f"{CALLS}/{call}/events", {"event": "abandoned"}, who="channel:phone", ok=(409,))
    after = await counters(world)
    grown = {outcome: after[outcome] - n for outcome, n in before.items() if after[outcome] != n}
    assert grown == {"answered": 1, "silent": 2, "abandoned": 1, "unstated": 1}
