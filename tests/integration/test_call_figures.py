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


async def counters(world: World) -> dict[str, float]:
    async with world.client.get("/metrics") as response:
        found = re.findall(r'hotline_interactions_ended_total{outcome="(\w+)"} ([0-9.]+)', await response.text())
    return {outcome: float(n) for outcome, n in found}


async def test_calls_are_counted_by_outcome_and_line(world: World) -> None:
    for outcome in ("answered", "progress_query", "silent", "silent"):
        await answered(world, outcome)
    await answered(world, "answered", line="12348")
    await happens(world, await offered(world, "12348"), "abandoned")
    await answered(world, None, line=None)
    await offered(world)
    found = await world.get(FIGURES, who="supervisor")
    assert found.pop("since") == "2026-11-22T16:00:00Z"
    host = {"answered": 1, "progress_query": 1, "silent": 2}
    assert found == {
        "offered": 8,
        "answered": 6,
        "abandoned": 1,
        "under_way": 1,
        "outcomes": {"abandoned": 1, "answered": 2, "progress_query": 1, "silent": 2, "unstated": 1},
        "lines": [
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
        ],
    }
    assert sum(found["outcomes"].values()) + found["under_way"] == found["offered"]


async def test_who_hangs_up_after_an_answer_was_answered(world: World) -> None:
    call = await offered(world)
    await happens(world, call, "answered")
    await happens(world, call, "abandoned")
    found = await world.get(FIGURES, who="leader")
    assert (found["answered"], found["abandoned"], found["outcomes"]) == (1, 0, {"abandoned": 1})


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
