"""话务员核定: what the seat says of category, kind and urgency stands before what the program read; whose call it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
PHONE = "13800000077"


async def register(world: World, who: str, ok: int = 201, **more: Any) -> Any:
    content = json.dumps({"text": LAMP, **more}).encode()
    status, raw = await world.send("/api/v1/tickets", content, who=who, key=f"k{len(more)}{who}{sorted(more)}")
    assert status == ok, raw
    return json.loads(raw)


async def other_category(world: World) -> str:
    read = await world.post("/api/v1/understand", {"text": LAMP}, who="agent")
    return str(read["categories"][1]["code"])


async def trail(world: World, number: str) -> list[Any]:
    return list((await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["events"])


async def test_what_the_seat_says_stands_and_the_trail_tells_what_was_read(world: World) -> None:
    other = await other_category(world)
    receipt = await register(world, "agent", category=other, kind="suggestion", urgency=2)
    assert (receipt["category"]["code"], receipt["kind"], receipt["urgency"]) == (other, "suggestion", 2)
    events = {one["type"]: one["fields"] for one in await trail(world, receipt["number"])}
    assert events["reclassified"]["after"] == other
    assert {"kind_corrected", "urgency_corrected"} <= set(events)


async def test_another_category_is_looked_at_by_the_desk_and_the_same_goes_out_as_before(world: World) -> None:
    other = await other_category(world)
    changed = await register(world, "agent", category=other)
    assert changed["state"] == "on_desk"
    assert "话务员将类别由" in changed["because"]
    plain = await register(world, "channel:phone")
    confirmed = await register(world, "agent", category=plain["category"]["code"], kind=plain["kind"])
    assert (plain["state"], confirmed["state"], confirmed["lead"]) == ("assigned", "assigned", plain["lead"])
    assert "reclassified" not in {one["type"] for one in await trail(world, confirmed["number"])}


async def test_understanding_routes_by_what_the_seat_says(world: World) -> None:
    other = await other_category(world)
    read = await world.post("/api/v1/understand", {"text": LAMP, "category": other}, who="agent")
    plain = await world.post("/api/v1/understand", {"text": LAMP}, who="agent")
    assert read["categories"] == plain["categories"]
    assert (plain["auto"], read["auto"]) == (True, False)
    assert read["because"] != plain["because"]


async def test_a_channel_confirms_nothing_and_no_category_is_made_up(world: World) -> None:
    problem = await register(world, "channel:web", 403, urgency=1)
    assert "urgency" in problem["detail"]
    problem = await register(world, "agent", 422, category="9999")
    assert "9999" in problem["detail"]


async def test_a_ticket_of_a_call_has_its_phone_though_the_seat_sees_it_masked(world: World) -> None:
    call = (await world.post("/api/v1/interactions", {"caller": {"phone": PHONE}}, who="channel:phone"))["id"]
    receipt = await register(world, "agent", interaction=call, caller={"name": "王某"})
    again = await register(world, "channel:phone", caller={"phone": PHONE})
    twins = {one["number"]: one["same_caller"] for one in again["possible_duplicates"]}
    assert twins[receipt["number"]] is True
    page = await world.get(f"/api/v1/tickets/{receipt['number']}", who="agent")
    assert page["identity"] == "named"
    assert PHONE not in json.dumps(page)
