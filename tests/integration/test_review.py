"""审核: the hotline reads every reply before the citizen is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
SMOKE = "东湖区建设路小区楼下饭店油烟太大，熏得没法开窗。"
CALLER = {"name": "钱某某", "phone": "13800000001"}


async def test_an_approved_reply_goes_to_the_citizen_with_its_result(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    number = receipt["number"]
    await world.replied(number, text="路灯线路已更换，当晚恢复照明。", result="partly_solved")
    assert (await world.followed(receipt))["reply"] is None
    approved = await world.step(number, "approve", who="reviewer")
    assert approved["state"] == "follow_up"
    assert [part["state"] for part in approved["assignments"]] == ["accepted"]
    assert (await world.followed(receipt))["reply"] == "路灯线路已更换，当晚恢复照明。"
    told = (await world.told(number))[-1]
    assert told.kind == "result"
    assert "部分解决" in told.content
    assert number in told.content
    assert "/me?number=" in told.content


async def test_the_reviewer_reads_the_reply_masked(world: World) -> None:
    number = (await world.register(LAMP, caller=CALLER))["number"]
    await world.replied(number, text="已联系钱某某13800000001，路灯已修复。")
    replies = (await world.ticket(number, who="reviewer"))["replies"]
    assert replies[0]["result"] == "solved"
    assert "路灯已修复" in replies[0]["text"]
    assert "13800000001" not in replies[0]["text"]
    assert "钱某某" not in replies[0]["text"]


async def test_a_rejected_reply_goes_back_with_the_reason_and_its_old_dates(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP, caller=CALLER))["number"]
    await world.replied(number)
    before = (await world.ticket(number))["assignments"][0]
    rejected = await world.step(number, "reject", who="reviewer", reason="答复没有说明何时修复")
    assert rejected["state"] == "assigned"
    assert rejected["assignments"][0]["state"] == "in_progress"
    after = (await world.ticket(number))["assignments"][0]
    assert after["reply_by"] == before["reply_by"], "asking for more stops no clock and starts none"
    assert after["replied_at"] is None
    await world.deliver()
    assert urban.last("ticket.reply_rejected")["reason"] == "答复没有说明何时修复"
    assert "result" not in [one.kind for one in await world.told(number)]
    who = "department:urban"
    await world.step(number, "reply", who=who, text="路灯已于当晚修复。", result="solved")
    assert (await world.step(number, "sign_off", who=who))["state"] == "in_review"


async def test_a_rejected_part_is_reminded_of_its_date_like_any_other(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.replied(number)
    world.clock.move(days=12)
    await world.fire()
    assert "remind" not in (await world.trail(number))[:-1]
    await world.step(number, "reject", who="reviewer", reason="答复没有说明何时修复")
    await world.fire()
    assert {"remind", "supervise"} & set(await world.trail(number))


async def test_a_rejection_needs_a_reason(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.replied(number)
    before = await world.everything_of(number)
    for fields in ({}, {"reason": ""}, {"reason": "  短 "}):
        await world.refused(number, "reject", who="reviewer", status=422, **fields)
    assert await world.everything_of(number) == before


async def test_only_a_reviewer_reviews_and_only_what_was_signed_off(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.refused(number, "approve", who="reviewer")
    await world.replied(number)
    for who in ("agent", "dispatcher", "supervisor", "department:urban", "leader"):
        await world.refused(number, "approve", who=who, status=403)
        await world.refused(number, "reject", who=who, status=403, reason="答复没有说明何时修复")


async def in_review(world: World, text: str = SMOKE) -> str:
    """A ticket whose lead has signed off while its assisting unit has not even acknowledged."""
    number = str((await world.register(text))["number"])
    await world.replied(number)
    return number


async def assisting_of(world: World, number: str) -> tuple[int, str]:
    part = next(p for p in (await world.ticket(number))["assignments"] if p["role"] == "assisting")
    return part["assignment"], part["department"]["code"]


async def test_no_review_ends_while_an_assisting_part_is_not_signed_off(world: World) -> None:
    number = await in_review(world)
    ordinal, code = await assisting_of(world, number)
    who, name = f"department:{code}", world.hub.department_name(code)
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("acknowledge", {}, "已派"),
        ("reply", {"text": "本单位的部分已办理完毕。"}, "已签收"),
        ("sign_off", {}, "已反馈"),
    ]
    for action, fields, state in steps:
        before = await world.everything_of(number)
        said = await world.refused(number, "approve", who="reviewer")
        assert said["code"] == "parts_outstanding"
        assert f"{name}（协办，{state}）" in said["detail"]
        assert await world.everything_of(number) == before
        assert "approve" not in (await world.ticket(number, who="reviewer"))["allowed_actions"]
        await world.step(number, action, who=who, assignment=ordinal, **fields)
    assert "approve" in (await world.ticket(number, who="reviewer"))["allowed_actions"]
    approved = await world.step(number, "approve", who="reviewer")
    assert {part["role"]: part["state"] for part in approved["assignments"]} == {
        "lead": "accepted",
        "assisting": "accepted",
    }


async def test_the_refusal_names_every_department_whose_part_is_outstanding(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    helpers = ["donghu", "power"]
    await world.step(number, "reassign", who="dispatcher", lead="urban", assisting=helpers, reason="联合处理")
    await world.step(number, "acknowledge", who="department:donghu")
    await world.step(number, "delegate", who="department:donghu", department="donghu-cuihu", instruction="请到现场核实")
    await world.replied(number)
    said = await world.refused(number, "approve", who="reviewer")
    for code, role in (("donghu", "协办"), ("power", "协办"), ("donghu-cuihu", "二级承办")):
        assert f"{world.hub.department_name(code)}（{role}" in said["detail"]
    await world.answered(number)
    await world.step(number, "approve", who="reviewer")


@pytest.mark.parametrize("who", ["reviewer", "dispatcher"])
async def test_a_part_that_hangs_on_is_recalled_first_for_a_reason_on_the_trail(world: World, who: str) -> None:
    number = await in_review(world)
    ordinal, code = await assisting_of(world, number)
    server = await world.department(code)
    await world.refused(number, "recall", who=who, status=422, assignment=ordinal)
    recalled = await world.step(number, "recall", who=who, assignment=ordinal, reason="主办已一并处理")
    assert recalled["state"] == "in_review"
    trail = (await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["events"]
    assert (trail[-1]["type"], trail[-1]["fields"]["reason"]) == ("recall", "主办已一并处理")
    await world.deliver()
    assert server.last("ticket.recalled")["reason"] == "主办已一并处理"
    approved = await world.step(number, "approve", who="reviewer")
    assert {part["role"]: part["state"] for part in approved["assignments"]} == {
        "lead": "accepted",
        "assisting": "recalled",
    }


async def test_the_lead_is_not_recalled_in_review(world: World) -> None:
    number = await in_review(world)
    before = await world.everything_of(number)
    ways: list[dict[str, Any]] = [{}, {"assignment": 1}]
    for fields in ways:
        said = await world.refused(number, "recall", who="dispatcher", reason="派单有误", **fields)
        assert "审核退回" in said["detail"]
    assert await world.everything_of(number) == before
    ordinal, _ = await assisting_of(world, number)
    assert "recall" in (await world.ticket(number, who="reviewer"))["allowed_actions"]
    await world.step(number, "recall", who="reviewer", assignment=ordinal, reason="主办已一并处理")
    assert "recall" not in (await world.ticket(number, who="reviewer"))["allowed_actions"]


async def test_an_assisting_unit_may_still_send_back_or_ask_for_time_in_review(world: World) -> None:
    number = await in_review(world)
    ordinal, code = await assisting_of(world, number)
    who = f"department:{code}"
    await world.step(number, "acknowledge", who=who)
    await world.step(number, "request_extension", who=who, reason="须现场检测", extra="2wd")
    granted = await world.step(number, "decide_extension", who="reviewer", granted=True, reason="同意")
    assert granted["state"] == "in_review"
    await world.step(number, "send_back", who=who, reason="不属本单位职责", duty_argument="三定方案未列此项职责")
    await world.refused(number, "approve", who="reviewer")
    decision = {"upheld": True, "reason": "无需协办", "assignment": ordinal}
    decided = await world.step(number, "decide_send_back", who="dispatcher", **decision)
    assert (decided["state"], decided["assignments"][ordinal - 1]["state"]) == ("in_review", "sent_back")
    await world.step(number, "approve", who="reviewer")


async def test_a_review_that_waits_too_long_is_reminded_and_counted(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.replied(number)
    assert (await world.get("/api/v1/backlog", who="supervisor"))["stuck"]["in_review"] == 0
    world.clock.move(days=2)
    await world.fire()
    assert (await world.trail(number))[-1] == "remind"
    assert (await world.get("/api/v1/backlog", who="supervisor"))["stuck"]["in_review"] == 1
