"""零积压看板: every figure can be opened down to the ticket, and what does not count says why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"
ROAD = "投诉：路灯不亮，地点不详。"
WHO = "department:urban"
LATER: dict[str, Any] = {
    "reason": "须随道路改造施工",
    "plan": "随春季道路改造更换",
    "solve_by": "2027-02-26T17:00:00+08:00",
}


async def overdue(world: World, query: str = "") -> list[Any]:
    found = await world.get(f"/api/v1/backlog/overdue?limit=100{query}", who="supervisor")
    return list(found["tickets"])


async def handled(world: World, text: str) -> str:
    number = str((await world.register(text, caller={"phone": "13800000000"}))["number"])
    await world.step(number, "acknowledge", who=WHO)
    await world.step(number, "contact", who=WHO, reached=True)
    return number


async def test_the_list_of_what_is_overdue_is_the_gross_figure_and_says_what_excuses_each(world: World) -> None:
    deferred, late = await handled(world, LAMP), str((await world.register(LITTER))["number"])
    await world.step(deferred, "request_deferral", who=WHO, **LATER)
    await world.step(deferred, "decide_deferral", who="supervisor", granted=True, reason="同意挂账")
    assert await overdue(world) == []
    world.clock.move(days=20)
    figures = await world.get("/api/v1/backlog", who="supervisor")
    listed = {one["number"]: one for one in await overdue(world)}
    assert len(listed) == figures["backlog"]["gross"] == 2
    assert [number for number, one in listed.items() if not one["is_excused"]] == [late]
    assert (figures["backlog"]["net"], figures["overdue_excused"]) == (1, 1)
    assert (listed[deferred]["excuses"], listed[deferred]["past"]) == (["deferral"], [])
    assert {"promised", "acknowledge", "reply"} <= set(listed[late]["past"])
    assert [one["number"] for one in await overdue(world, "&excused=true")] == [deferred]
    assert [one["number"] for one in await overdue(world, "&excused=false")] == [late]


async def test_the_list_of_a_department_holds_what_its_figure_counts(world: World) -> None:
    number = (await world.register(LITTER))["number"]
    parts = (await world.ticket(number))["assignments"]
    assert len(parts) > 1
    world.clock.move(days=20)
    figures = (await world.get("/api/v1/backlog", who="supervisor"))["departments"]
    assert figures
    for line in figures:
        assert len(await overdue(world, f"&department={line['department']}")) == line["backlog_gross"]
    await world.get("/api/v1/backlog/overdue?department=nobody", who="supervisor", status=404)


async def test_what_is_overdue_is_paged_without_loss(world: World) -> None:
    for n in range(3):
        await world.register(LAMP, key=f"k{n}")
        world.clock.move(hours=1)
    world.clock.move(days=20)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await world.get(f"/api/v1/backlog/overdue?limit=1&cursor={cursor}", who="leader")
        seen += [one["number"] for one in page["tickets"]]
        cursor = page["cursor"]
    assert len(seen) == len(set(seen)) == 3


async def test_a_part_that_is_due_tomorrow_is_counted_as_near_and_not_as_late(world: World) -> None:
    number = await handled(world, LAMP)
    due = datetime.fromisoformat((await world.ticket(number))["assignments"][0]["reply_by"])
    world.clock.at = due - timedelta(hours=3)
    (line,) = (await world.get("/api/v1/backlog", who="supervisor"))["departments"]
    assert (line["due_within_a_day"], line["backlog_net"]) == (1, 0)
    world.clock.at = due + timedelta(hours=3)
    (line,) = (await world.get("/api/v1/backlog", who="supervisor"))["departments"]
    assert (line["due_within_a_day"], line["backlog_net"]) == (0, 1)


async def test_the_districts_add_up_to_the_city_and_places_are_blurred(world: World) -> None:
    where = {"lat": 30.512345, "lon": 114.398765}
    number = (await world.register(LAMP, location=where))["number"]
    await world.register(ROAD)
    ground = await world.get("/api/v1/backlog/ground", who="supervisor")
    figures = await world.get("/api/v1/backlog", who="supervisor")
    assert sum(one["open"] for one in ground["districts"]) == figures["open"] == 2
    assert sum(one["backlog_net"] for one in ground["districts"]) == figures["backlog"]["net"]
    point = next(one for one in ground["newest"] if one["number"] == number)
    assert (point["lat"], point["lon"], point["text"]) == (30.512, 114.399, None)
    world.clock.move(hours=2)
    assert (await world.get("/api/v1/backlog/ground", who="supervisor"))["newest"] == []
    assert len((await world.get("/api/v1/backlog/ground?minutes=180", who="supervisor"))["newest"]) >= 1


async def test_nobody_sees_where_a_tip_off_leads(world: World) -> None:
    where = {"lat": 30.512345, "lon": 114.398765}
    number = (await world.register("举报：这家饭店使用过期食材，请查处。", location=where))["number"]
    assert (await world.ticket(number))["kind"] == "tip_off"
    assert (await world.get("/api/v1/backlog/ground", who="supervisor"))["newest"] == []


async def test_words_are_on_the_wall_only_where_nobody_asked_for_confidence(world: World) -> None:
    caller = {"name": "王某", "phone": "13800000000", "disclosure": "open"}
    told = (await world.register(LAMP, caller=caller))["number"]
    await world.register(LITTER, caller={**caller, "disclosure": "confidential"})
    newest = (await world.get("/api/v1/backlog/ground", who="leader"))["newest"]
    assert [one["number"] for one in newest if one["text"]] == [told]
    assert len(newest) == 2


async def test_the_hours_of_the_day_add_up_to_its_requests(world: World) -> None:
    await world.register(LAMP)
    world.clock.move(hours=2)
    await world.register(LITTER)
    today = await world.get("/api/v1/backlog/today", who="leader")
    counted = [one["requests"] for one in today["hours"]]
    assert (today["requests"], counted[9], counted[11]) == (2, 1, 1)
    assert counted[12:] == [None] * 12
    assert today["forecast"] is None


async def test_only_the_hotline_looks_at_the_board(world: World) -> None:
    for path in ("overdue", "ping-pong", "ground", "today"):
        await world.get(f"/api/v1/backlog/{path}", who=WHO, status=403)


async def test_the_list_of_what_goes_from_hand_to_hand_is_of_open_tickets(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "reassign", who="dispatcher", lead="housing", reason="更正派单")
    await world.step(number, "recall", who="dispatcher", reason="更正派单")
    await world.step(number, "designate", who="supervisor", lead="power", reason="第三次派单")
    found = await world.get("/api/v1/backlog/ping-pong", who="supervisor")
    assert [(one["number"], one["dispatch_count"], one["lead"]["code"]) for one in found["tickets"]] == [
        (number, 3, "power")
    ]
    await world.closed(number)
    assert (await world.get("/api/v1/backlog/ping-pong", who="supervisor"))["tickets"] == []
