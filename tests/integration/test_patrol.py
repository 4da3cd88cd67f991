"""巡查上报: settled by the lowest level that may, with a photo of it; the rest goes up level by level with the reason."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.integration.test_work_photo import show, upload

if TYPE_CHECKING:
    from tests.integration.conftest import World

GRID: Final = "369901006001001"
STREET: Final = "donghu-cuihu"
WORKER: Final = f"department:{GRID}"
VENDOR: Final = "巡查发现路口有流动摊贩占道经营，三轮车卖菜占住人行道，行人只能走车道。"
TREE: Final = "巡查发现公园绿化带里一棵行道树枯死倾斜，树枝压在步道上，需要修剪清理。"
BUILDING: Final = "巡查发现居民楼顶正在私搭乱建彩钢房，属于违法建设，楼顶加建约三十平方米。"
FOOD: Final = "巡查发现一家小吃店后厨卫生很差，食材发霉变质，食品安全有问题。"
FIRE: Final = "巡查发现居民楼三楼厨房着火了，火很大，楼上有人被困出不来。"


async def report(world: World, text: str, who: str = WORKER, *, ok: int = 201, **more: Any) -> Any:
    content = {"text": text, **more}
    return await world.post("/api/v1/patrols", content, who=who, key=secrets.token_hex(8), ok=(ok,))


async def reasons(world: World, number: str) -> list[tuple[str, str]]:
    """By whom a report was not settled, and why."""
    trail = (await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["events"]
    told = [event["fields"] for event in trail if event["type"] == "graded_up"]
    return [(one.get("department", one.get("to")), one["reason"]) for one in told]


async def settled(world: World, number: str, who: str = WORKER, *, ordinal: int = 1) -> None:
    """Let whoever leads it settle it and the hotline approve."""
    await world.step(number, "acknowledge", who=who, assignment=ordinal)
    await show(world, number, who, "after", assignment=ordinal)
    await world.step(number, "reply", who=who, assignment=ordinal, text="已劝离摊贩并清扫路面，人行道恢复畅通。")
    await world.step(number, "sign_off", who=who, assignment=ordinal)
    await world.step(number, "approve", who="reviewer")


async def test_a_grid_settles_what_it_may_and_nobody_is_asked_afterwards(world: World) -> None:
    receipt = await report(world, VENDOR, photos=[await upload(world, WORKER)])
    number = receipt["number"]
    assert (receipt["lead"]["code"], receipt["state"]) == (GRID, "assigned")
    assert await reasons(world, number) == []
    await settled(world, number)
    page = await world.ticket(number)
    assert (page["state"], page["channel"], page["grid"]) == ("closed", "patrol", GRID)
    assert [one["taken"] for one in page["attachments"]] == ["before", "after"]
    assert "follow_up" not in await world.trail(number)


@pytest.mark.parametrize(
    ("text", "lead", "passed"),
    [(TREE, STREET, [GRID]), (BUILDING, "donghu", [GRID, STREET])],
)
async def test_what_a_level_may_not_settle_goes_up_one_by_one_with_the_reason(
    world: World, text: str, lead: str, passed: list[str]
) -> None:
    receipt = await report(world, text)
    assert receipt["lead"]["code"] == lead
    told = await reasons(world, receipt["number"])
    assert [party for party, _ in told] == passed
    assert all("自办事项" in why for _, why in told)


async def test_what_only_the_city_settles_is_dispatched_like_any_other(world: World) -> None:
    receipt = await report(world, FOOD)
    assert [party for party, _ in await reasons(world, receipt["number"])] == [GRID, STREET, "donghu"]
    assert receipt["state"] in {"assigned", "on_desk"}
    assert receipt["lead"] is None or receipt["lead"]["code"] not in {GRID, STREET, "donghu"}


async def test_an_emergency_is_handed_off_at_once_and_no_grid_settles_it(world: World) -> None:
    receipt = await report(world, FIRE)
    assert receipt["handoff"]["number"] == "119"
    lead = receipt["lead"]["code"] if receipt["lead"] else None
    assert lead not in {GRID, STREET, "donghu"}


async def test_a_street_reports_from_its_own_level(world: World) -> None:
    receipt = await report(world, VENDOR, f"department:{STREET}")
    assert receipt["lead"]["code"] == STREET
    assert await reasons(world, receipt["number"]) == []


async def test_a_bureau_has_no_ground_to_patrol(world: World) -> None:
    await report(world, VENDOR, "department:urban", ok=403)


async def test_the_same_report_again_is_one_ticket(world: World) -> None:
    content = {"text": VENDOR}
    first = await world.post("/api/v1/patrols", content, who=WORKER, key="same", ok=(201,))
    assert await world.post("/api/v1/patrols", content, who=WORKER, key="same", ok=(200,)) == first


async def test_no_self_settled_report_is_signed_off_without_a_photo_of_it(world: World) -> None:
    number = (await report(world, VENDOR, photos=[await upload(world, WORKER)]))["number"]
    await world.step(number, "acknowledge", who=WORKER)
    await world.step(number, "reply", who=WORKER, text="已劝离摊贩并清扫路面，人行道恢复畅通。")
    assert "整改后" in (await world.refused(number, "sign_off", who=WORKER))["detail"]
    assert "sign_off" not in (await world.ticket(number, who=WORKER))["allowed_actions"]
    await show(world, number, WORKER, "after")
    assert "sign_off" in (await world.ticket(number, who=WORKER))["allowed_actions"]
    await world.step(number, "sign_off", who=WORKER)
    assert (await world.ticket(number))["state"] == "in_review"


async def test_who_cannot_settle_it_grades_it_up_to_the_next_level_that_may(world: World) -> None:
    number = (await report(world, VENDOR))["number"]
    await world.step(number, "acknowledge", who=WORKER)
    await world.step(number, "grade_up", who=WORKER, reason="摊贩聚集较多，网格无力劝离")
    page = await world.ticket(number)
    assert (page["lead"]["code"], page["state"]) == (STREET, "assigned")
    assert [part["state"] for part in page["assignments"]] == ["recalled", "dispatched"]
    await world.step(number, "grade_up", who=f"department:{STREET}", reason="涉及跨街道夜市，请区里统筹")
    assert (await world.ticket(number))["lead"]["code"] == "donghu"
    await world.step(number, "grade_up", who="department:donghu", reason="涉及市级夜市规划，请市里研究")
    page = await world.ticket(number)
    assert (page["state"], page["lead"]) == ("on_desk", None)
    assert "区县不能自办：涉及市级夜市规划" in page["desk_reason"]
    await world.step(number, "dispatch", who="dispatcher", lead="urban", reason="市容秩序")
    assert "退单" in (await world.refused(number, "grade_up", who="department:urban", reason="不归我局管"))["detail"]


async def test_grading_up_ends_what_was_delegated_below(world: World) -> None:
    number = (await report(world, TREE))["number"]
    who = f"department:{STREET}"
    await world.step(number, "acknowledge", who=who)
    await world.step(number, "delegate", who=who, department=GRID, instruction="请先到现场看一下")
    await world.step(number, "grade_up", who=who, reason="树木归属不清，请区里协调")
    assert [part["state"] for part in (await world.ticket(number))["assignments"]] == [
        "recalled",
        "recalled",
        "dispatched",
    ]


async def test_only_a_patrols_report_is_graded_up_and_only_by_its_lead(world: World) -> None:
    number = (await world.register("投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，请尽快维修。"))["number"]
    await world.step(number, "reassign", who="dispatcher", lead="donghu", reason="属地办理")
    assert "grade_up" not in (await world.ticket(number, who="department:donghu"))["allowed_actions"]
    await world.refused(number, "grade_up", who="department:donghu", reason="不归我区管")
    mine = (await report(world, VENDOR))["number"]
    assert "grade_up" in (await world.ticket(mine, who=WORKER))["allowed_actions"]
    await world.refused(mine, "grade_up", who=f"department:{STREET}", reason="由街道办理", status=404)


async def test_who_is_accused_settles_nothing(world: World) -> None:
    text = "举报：翠湖街道办事处工作人员收受流动摊贩好处费，放任占道经营。"
    receipt = await report(world, text)
    assert receipt["state"] == "on_desk"
    assert receipt["lead"] is None


async def test_every_report_counts_at_one_level_and_the_levels_add_up(world: World) -> None:
    first = [(await report(world, text))["number"] for text in (VENDOR, VENDOR, TREE, BUILDING, FOOD)]
    await settled(world, first[0])
    await world.step(first[1], "grade_up", who=WORKER, reason="摊贩聚集较多，网格无力劝离")
    found = await world.get("/api/v1/patrols/figures", who="leader")
    levels = {one["level"]: one for one in found["levels"]}
    assert [levels[name]["reported"] for name in ("grid", "street", "district", "city")] == [1, 2, 1, 1]
    assert levels["grid"]["settled"] == 1
    for name in ("reported", "settled", "open", "otherwise"):
        assert sum(one[name] for one in found["levels"]) == found[name]
    assert (found["reported"], found["settled"]) == (5, 1)
    later = (world.clock.at).isoformat()
    assert (await world.get(f"/api/v1/patrols/figures?since={later.replace('+', '%2B')}", who="leader"))[
        "reported"
    ] == 0


async def test_a_worker_follows_what_was_reported_on_the_ground_even_where_it_went_up(world: World) -> None:
    gone = (await report(world, BUILDING))["number"]
    other = (await report(world, VENDOR, "department:369901001001001"))["number"]
    mine = await world.get("/api/v1/patrols", who=WORKER)
    assert [(one["number"], one["level"]) for one in mine["reports"]] == [(gone, "district")]
    assert mine["reports"][0]["text"] is None
    district = await world.get("/api/v1/patrols?limit=1", who="department:donghu")
    assert [one["number"] for one in district["reports"]] == [other]
    rest = await world.get(f"/api/v1/patrols?limit=1&cursor={district['cursor']}", who="department:donghu")
    assert [one["number"] for one in rest["reports"]] == [gone]
    assert (await world.get("/api/v1/patrols", who="department:urban"))["reports"] == []
    assert len((await world.get("/api/v1/patrols", who="supervisor"))["reports"]) == 2


async def test_a_citizen_whose_request_was_merged_into_a_report_is_still_asked(world: World) -> None:
    number = (await report(world, VENDOR))["number"]
    text = "投诉：东湖区翠湖路口流动摊贩占道经营，三轮车卖菜占住人行道。"
    citizen = await world.register(text, caller={"phone": "13800000001"})
    await world.step(citizen["number"], "merge", who="dispatcher", into=number, reason="同一地点同一问题")
    await settled(world, number)
    assert (await world.ticket(number))["state"] == "follow_up"
