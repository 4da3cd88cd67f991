"""相关工单 and the catalogue's present proposal: what the desk looks at beside a ticket, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
NEAR = "东湖区翠湖路和建设路交叉口的路灯坏了三天了，晚上一片漆黑，请你们尽快维修！"
WATER = "东湖区翠湖路一带自来水发黄有异味，请核查。"


async def related(world: World, number: str, *, who: str = "dispatcher", status: int = 200) -> Any:
    return await world.get(f"/api/v1/tickets/{number}/related", who=who, status=status)


async def proposal(world: World, number: str, query: str = "", *, who: str = "dispatcher", status: int = 200) -> Any:
    return await world.get(f"/api/v1/tickets/{number}/proposal{query}", who=who, status=status)


async def test_a_stored_ticket_finds_those_that_may_be_about_the_same_also_later_ones(world: World) -> None:
    first = await world.register(LAMP, caller={"phone": "13800000001"})
    again = await world.register(NEAR, caller={"phone": "13800000002"})
    await world.register(WATER, caller={"phone": "13800000003"})
    (earlier,) = (await related(world, again["number"]))["possible_duplicates"]
    assert (earlier["number"], earlier["relation"], earlier["is_open"]) == (first["number"], "same_event", True)
    assert (earlier["same_caller"], earlier["same_place"]) == (False, True)
    assert "路灯坏了三天" in earlier["text"]
    (later,) = (await related(world, first["number"]))["possible_duplicates"]
    assert later["number"] == again["number"]


async def test_what_was_merged_is_shown_from_both_sides_and_is_no_duplicate_any_more(world: World) -> None:
    first = (await world.register(LAMP, caller={"phone": "13800000001"}))["number"]
    again = (await world.register(NEAR, caller={"phone": "13800000002"}))["number"]
    await world.step(again, "merge", who="dispatcher", into=first, reason="同一路灯")
    common, own = await related(world, first), await related(world, again)
    assert [one["number"] for one in common["merged"]] == [again]
    assert (common["merged_count"], common["possible_duplicates"]) == (1, [])
    assert own["merged_into"]["number"] == first
    assert own["possible_duplicates"] == []


async def test_what_was_split_is_shown_from_both_sides(world: World) -> None:
    whole = (await world.register(LAMP))["number"]
    (part,) = (await world.step(whole, "split", who="dispatcher", briefs=["路口护栏破损"], reason="另一事项"))["made"]
    assert [one["number"] for one in (await related(world, whole))["split_into"]] == [part]
    assert (await related(world, part))["split_from"]["number"] == whole


async def test_departments_are_told_of_no_other_ticket(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    lead = (await world.ticket(number))["lead"]["code"]
    await related(world, number, who=f"department:{lead}", status=403)
    await proposal(world, number, who=f"department:{lead}", status=403)


async def test_the_trail_tells_whether_it_holds(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    told = await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor")
    assert told["chain"] == {
        "is_whole": True,
        "fault": None,
        "events": len(told["events"]),
        "head_hash": told["events"][-1]["hash"],
    }
    await world.rows("UPDATE tickets SET event_count = event_count + 1 WHERE id = $1", id_of(number))
    touched = (await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["chain"]
    assert not touched["is_whole"]
    assert "不符" in touched["fault"]


async def test_the_catalogue_proposes_as_a_dispatch_without_a_lead_takes_it(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    told = await proposal(world, number)
    assert told["lead"]["code"] == "urban"
    assert (told["dispatch_count"], told["must_designate"], told["doubts"]) == (1, False, [])
    await world.step(number, "reassign", who="dispatcher", reason="按目录派单")
    assert (await world.ticket(number))["lead"]["code"] == told["lead"]["code"]


async def test_a_correction_is_proposed_for_before_it_is_made(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    water = (await world.register(WATER))["category"]["code"]
    before = await world.ticket(number)
    other = await proposal(world, number, f"?category={water}&kind=complaint")
    assert other["lead"]["code"] != before["lead"]["code"]
    assert (await world.ticket(number))["version"] == before["version"]
    await proposal(world, number, "?category=9999", status=422)
    await proposal(world, number, "?kind=wrong", status=422)


async def test_who_sent_it_back_and_whom_a_ruling_names_is_told(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    lead = (await world.ticket(number))["lead"]["code"]
    grounds = {"reason": "不属我单位职责", "duty_argument": "三定方案无此职责"}
    await world.step(number, "send_back", who=f"department:{lead}", **grounds)
    await world.step(number, "decide_send_back", who="dispatcher", upheld=True, reason="情况属实")
    told = await proposal(world, number)
    assert [one["code"] for one in told["sent_back_by"]] == [lead]
    assert told["ruled"] is None
    await world.step(number, "open_dispute", who="dispatcher", topic="确定承办单位", participants=[lead])
    await world.step(number, "rule", who="shift_lead", lead="donghu", ruling="属地先行办理")
    assert (await proposal(world, number))["ruled"]["code"] == "donghu"
