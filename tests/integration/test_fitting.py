"""A new call that seems to be about an open incident says so to the seat; one about something else, or with a danger, does not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.test_prompt import POWER, WATER

if TYPE_CHECKING:
    from tests.integration.conftest import World

ANSWER = "抢修队已到现场，预计今晚八点前恢复供水"


async def opened(world: World, text: str, title: str, answer: str = "") -> Any:
    lead = await world.register(text, caller={"phone": "13800000001"})
    content = {"ticket": lead["number"], "title": title, "answer": answer}
    return await world.post("/api/v1/incidents", content, who="shift_lead")


@pytest.fixture
async def two(world: World) -> tuple[World, Any, Any]:
    """A world with two open incidents: no water in 翠湖路, no power in 江滨大道."""
    water = await opened(world, WATER[0], "翠湖路主管爆裂停水", ANSWER)
    return world, water, await opened(world, POWER[0], "江滨大道大面积停电")


async def proposed(world: World, text: str, **more: Any) -> Any:
    return (await world.post("/api/v1/understand", {"text": text, **more}, who="agent"))["incident"]


async def test_two_bursts_interleaved_are_proposed_each_its_own_incident(two: tuple[World, Any, Any]) -> None:
    world, water, power = two
    rows = [(water["id"], text) for text in WATER[1:]] + [(power["id"], text) for text in POWER[1:]]
    receipts = await asyncio.gather(
        *(world.register(text, caller={"phone": f"139{n:08d}"}) for n, (_, text) in enumerate(rows))
    )
    assert [one["incident"] and one["incident"]["id"] for one in receipts] == [incident for incident, _ in rows]
    assert all(one["incident"]["confidence"] >= 0.5 for one in receipts)
    for incident in (water, power):
        numbers = [one["number"] for one in receipts if one["incident"]["id"] == incident["id"]]
        path = f"/api/v1/incidents/{incident['id']}/attach"
        done = await world.post(path, {"tickets": numbers}, who="agent")
        assert (done["attached"], done["refused"]) == (numbers, [])


async def test_understanding_proposes_with_the_answer_to_read_out(two: tuple[World, Any, Any]) -> None:
    world, water, _ = two
    found = await proposed(world, "翠湖路怎么没水了，几点来水？")
    assert (found["id"], found["title"], found["answer"]) == (water["id"], "翠湖路主管爆裂停水", ANSWER)


async def test_the_same_words_about_another_sort_of_incident_are_kept_apart(world: World) -> None:
    water = await opened(world, "我家停水了，什么时候来水？", "翠湖路主管爆裂停水")
    assert (await proposed(world, "我家停水了，什么时候来水？"))["id"] == water["id"]
    assert await proposed(world, "我家停电了，什么时候来电？") is None


async def test_who_says_no_place_is_proposed_the_only_incident_of_that_sort(two: tuple[World, Any, Any]) -> None:
    world, water, _ = two
    assert (await proposed(world, "我家停水了，什么时候来水"))["id"] == water["id"]
    await opened(world, "临江区江滨大道停水了，整条街没水，请抢修。", "江滨大道停水")
    assert await proposed(world, "我家停水了，什么时候来水") is None


@pytest.mark.parametrize(
    "text",
    [
        "咨询：居住证怎么办理，需要什么材料？",
        "翠湖路的烧烤店每天晚上油烟很大，请处理。",
        "西城区鼓楼街停水了，没有通知。",
    ],
)
async def test_what_is_about_something_else_or_somewhere_else_is_not_proposed(
    two: tuple[World, Any, Any], text: str
) -> None:
    assert await proposed(two[0], text) is None


async def test_a_danger_of_its_own_is_not_proposed(two: tuple[World, Any, Any]) -> None:
    assert await proposed(two[0], "翠湖路停水了，我邻居家厨房还着火了，火很大，有人被困") is None


async def test_an_expired_answer_is_not_proposed_and_a_closed_incident_neither(two: tuple[World, Any, Any]) -> None:
    world, water, _ = two
    world.clock.move(hours=25)
    found = await proposed(world, "翠湖路停水了，几点来水？")
    assert (found["id"], found["answer"]) == (water["id"], None)
    until = str((world.clock.at + timedelta(hours=2)).isoformat())
    path = f"/api/v1/incidents/{water['id']}/steps"
    step = {"action": "answer", "text": "恢复供水推迟到明早", "expires_at": until}
    await world.post(path, step, who="shift_lead")
    assert (await proposed(world, "翠湖路停水了，几点来水？"))["answer"] == "恢复供水推迟到明早"
    await world.post(path, {"action": "close"}, who="shift_lead")
    assert await proposed(world, "翠湖路停水了，几点来水？") is None


async def test_who_called_before_it_was_opened_is_a_candidate_and_who_lives_elsewhere_is_not(world: World) -> None:
    texts = (
        "我家停水了，什么时候来水？",
        WATER[1],
        "西城区鼓楼街停水了，没有通知。",
        "翠湖路停水了，邻居家着火了，有人被困",
    )
    early, near, elsewhere, fire = [
        await world.register(text, caller={"phone": f"1360000000{n}"}) for n, text in enumerate(texts)
    ]
    world.clock.move(minutes=20)
    water = await opened(world, WATER[0], "翠湖路主管爆裂停水")
    path = f"/api/v1/incidents/{water['id']}"
    found = (await world.get(f"{path}/candidates", who="agent"))["candidates"]
    assert [one["number"] for one in found] == [near["number"], early["number"]]
    assert found[0]["confidence"] > found[1]["confidence"]
    assert not {elsewhere["number"], fire["number"]} & {one["number"] for one in found}
    done = await world.post(f"{path}/attach", {"tickets": [one["number"] for one in found]}, who="agent")
    assert len(done["attached"]) == 2
    assert (await world.get(f"{path}/candidates", who="agent"))["candidates"] == []
    await world.get("/api/v1/incidents/99/candidates", who="agent", status=404)


async def test_who_names_the_incident_is_proposed_none(two: tuple[World, Any, Any]) -> None:
    world, water, _ = two
    receipt = await world.register(WATER[1], caller={"phone": "13900000009"}, incident=water["id"])
    assert (receipt["state"], "incident" in receipt) == ("merged", False)
