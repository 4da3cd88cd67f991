"""知识待办逾期: who is late is pressed once a week where they are on duty, and it is counted by owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from hotline.knowledge_task import press_late
from hotline.roster import on_duty
from models.calendar import CHINA_TIME
from models.store import notices

if TYPE_CHECKING:
    from tests.integration.conftest import World

ENTRY = {
    "title": "试验用的一条知识怎样办理",
    "category": "0101",
    "owner": "market",
    "keywords": ["试验"],
    "body": "请到政务服务中心综合窗口办理，三个工作日内办结，不收费。",
}


async def corrected(world: World) -> str:
    """An entry of the market bureau's that a seat finds wrong."""
    category = next(code for code in world.hub.city.categories if len(code) == 4)
    made = await world.post("/api/v1/knowledge", {**ENTRY, "category": category}, who="knowledge")
    await move(world, made["code"], "approve", who="supervisor")
    await move(world, made["code"], "correct", who="agent", reason="窗口已搬到二楼")
    return str(made["code"])


async def move(world: World, code: str, action: str, *, who: str, reason: str = "") -> None:
    await world.post(f"/api/v1/knowledge/{code}/steps", {"action": action, "reason": reason}, who=who)


async def pressed(world: World) -> list[str]:
    async with world.hub.database.session() as session:
        newest = await notices.newest(session, 200)
    return [one.content for one in newest if "知识待办" in one.content]


async def market(world: World) -> Any:
    found = (await world.get("/api/v1/knowledge/figures", who="department:market"))["owners"]
    assert [one["owner"]["code"] for one in found] == ["market"]
    return found[0]


async def test_who_is_late_is_pressed_once_a_week_until_it_is_done(world: World) -> None:
    code = await corrected(world)
    assert await press_late(world.hub) == 0
    assert ((await market(world))["open"], (await market(world))["late"]) == (1, 0)

    world.clock.move(days=6)
    duties = len(list(on_duty(world.hub.city, {"market"}, world.clock.now())))
    assert duties
    assert await press_late(world.hub) == 1
    assert await press_late(world.hub) == 0
    told = await pressed(world)
    assert len(told) == duties
    assert "1件知识待办已超过期限（纠错1件）" in told[0]
    (task,) = (await world.get("/api/v1/knowledge/tasks?kind=correction", who="knowledge"))["tasks"]
    assert task["is_late"]
    world.clock.move(days=8)
    assert await press_late(world.hub) == 1
    assert (await market(world))["late"] == 1

    await world.post(f"/api/v1/knowledge/tasks/{task['id']}/close", {"outcome": "已核实，条目无误"}, who="knowledge")
    world.clock.move(days=8)
    assert await press_late(world.hub) == 0
    figures = await market(world)
    assert {name: figures[name] for name in ("published", "open", "late", "closed_in_time", "closed_late")} == {
        "published": 1,
        "open": 0,
        "late": 0,
        "closed_in_time": 0,
        "closed_late": 1,
    }
    assert code


async def test_who_is_not_there_is_pressed_when_they_are(world: World) -> None:
    await corrected(world)
    by_day = tuple(msgspec.structs.replace(one, start="08:30", end="17:30") for one in world.hub.city.rosters)
    world.hub.city = msgspec.structs.replace(world.hub.city, rosters=by_day)
    world.clock.move(days=6)
    night = world.clock.now().astimezone(CHINA_TIME).replace(hour=22) - world.clock.now()
    world.clock.move(hours=(night.total_seconds() // 3600) % 24)
    assert await press_late(world.hub) == 0
    assert await pressed(world) == []
    world.clock.move(hours=12)
    assert await press_late(world.hub) == 1
    assert len(await pressed(world)) > 0
