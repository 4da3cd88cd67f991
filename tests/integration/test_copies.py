"""抄送: who is told of a dispatch and has nothing to do; never the accused, never the caller's name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"
BRIBE = "举报东湖区城管局工作人员收受商户好处费，包庇占道经营。"
CALLER = {"name": "王小明", "phone": "13800000000", "disclosure": "open"}


async def copied_of(world: World, number: str, action: str) -> list[str]:
    """Whom the newest dispatch of a ticket names as copied, on its trail."""
    found = await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor")
    fields = next(event["fields"] for event in reversed(found["events"]) if event["type"] == action)
    return list(fields["copied"])


async def types_to(world: World, code: str) -> list[str]:
    """The webhooks to a department, sent now."""
    await world.deliver()
    return [body["type"] for body in world.departments[code].received]


async def test_whom_the_catalogue_copies_is_told_for_information_and_never_who_asked(world: World) -> None:
    urban, donghu = await world.department("urban"), await world.department("donghu")
    number = (await world.register(LITTER, caller=CALLER))["number"]
    assert await types_to(world, "donghu") == ["ticket.copied"]
    told, given = donghu.last("ticket.copied"), urban.last("ticket.dispatched")
    assert given["caller"] == {"name": "王小明", "phone": "13800000000"}
    assert told.keys() == given.keys()
    assert [told[name] for name in ("assignment", "role", "due", "caller")] == [None] * 4
    same = ("ticket", "kind", "urgency", "category", "brief", "place", "grid", "promised_at")
    assert [told[name] for name in same] == [given[name] for name in same]
    assert "D0103-01" in told["because"]
    assert told["because"].endswith("本件由城管局主办，抄送仅供知悉，无需办理。")
    assert not any(word in json.dumps(told, ensure_ascii=False) for word in ("王小明", "13800000000"))
    assert await copied_of(world, number, "dispatch") == ["donghu"]
    ticket = await world.ticket(number)
    assert ticket["copied"] == [{"code": "donghu", "name": "东湖区"}]
    assert [part["department"]["code"] for part in ticket["assignments"]] == ["urban", "sanitation"]


async def test_a_copy_is_no_part_and_lets_nobody_in(world: World) -> None:
    await world.department("donghu")
    number = (await world.register(LITTER))["number"]
    await world.get(f"/api/v1/tickets/{number}", who="department:donghu", status=404)
    await world.refused(number, "acknowledge", who="department:donghu", status=404)
    await world.closed(number)
    assert await types_to(world, "donghu") == ["ticket.copied"]


async def test_a_copied_department_without_a_system_is_named_and_sent_nothing(world: World) -> None:
    number = (await world.register(LITTER))["number"]
    assert await copied_of(world, number, "dispatch") == ["donghu"]
    assert await world.rows("SELECT 1 FROM deliveries") == []


@pytest.mark.parametrize(
    ("action", "who"), [("reassign", "dispatcher"), ("dispatch", "dispatcher"), ("designate", "supervisor")]
)
async def test_where_a_person_chooses_the_lead_the_catalogue_still_copies(world: World, action: str, who: str) -> None:
    donghu = await world.department("donghu")
    number = (await world.register(LITTER))["number"]
    if action != "reassign":
        await world.step(number, "recall", who="dispatcher", reason="派单有误")
    await world.step(number, action, who=who, lead="housing", reason="小区内垃圾站")
    assert await types_to(world, "donghu") == ["ticket.copied"] * 2
    assert "本件由住建局主办" in donghu.last("ticket.copied")["because"]
    assert await copied_of(world, number, action) == ["donghu"]


@pytest.mark.parametrize("fields", [{"lead": "donghu"}, {"lead": "urban", "assisting": ["donghu"]}])
async def test_who_is_given_a_part_is_not_copied_too(world: World, fields: dict[str, Any]) -> None:
    await world.department("donghu")
    number = (await world.register(LITTER))["number"]
    await world.step(number, "reassign", who="dispatcher", reason="属地办理", **fields)
    assert await types_to(world, "donghu") == ["ticket.copied", "ticket.dispatched"]
    assert await copied_of(world, number, "reassign") == []
    assert (await world.ticket(number))["copied"] == []


async def test_a_new_category_brings_its_own_copies(world: World) -> None:
    """市政道路 is copied to the district, 共享单车 to nobody."""
    await world.department("donghu")
    number = (await world.register(LITTER))["number"]
    fields = {"lead": "transport", "category": "010803", "reason": "租赁自行车"}
    await world.step(number, "reassign", who="dispatcher", **fields)
    assert (await world.ticket(number))["copied"] == []
    assert await types_to(world, "donghu") == ["ticket.copied"]


@pytest.mark.parametrize("accused", ["东湖区政府", "东湖区"])
async def test_the_accused_are_never_copied_however_it_is_dispatched(world: World, accused: str) -> None:
    """占道经营 in 东湖区 is copied to 东湖区, but not where it is accused itself."""
    await world.department("donghu")
    number = (await world.register(BRIBE, accused=accused))["number"]
    fields: dict[str, Any] = {"category": "010103", "reason": "核查占道经营"}
    await world.step(number, "dispatch", who="supervisor", lead="market", **fields)
    await world.step(number, "reassign", who="supervisor", lead="housing", category="0103", reason="还是垃圾")
    await world.step(number, "recall", who="supervisor", reason="派单有误")
    await world.step(number, "designate", who="supervisor", lead="discipline", reason="指定办理")
    assert await types_to(world, "donghu") == []
    assert await copied_of(world, number, "designate") == []
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor")
    assert not any("donghu" in event["fields"].get("copied", []) for event in trail["events"])


async def test_without_an_accusation_the_same_dispatch_is_copied(world: World) -> None:
    await world.department("donghu")
    number = (await world.register("翠湖路路边流动摊贩占道经营，打了几次电话城管不管，请城管局处理。"))["number"]
    await world.step(number, "reassign", who="supervisor", lead="market", category="010103", reason="核查占道经营")
    assert (await types_to(world, "donghu"))[-1] == "ticket.copied"
