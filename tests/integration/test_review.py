"""审核: the hotline reads every reply before the citizen is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


async def test_an_approval_takes_back_what_assistants_still_owe(world: World) -> None:
    number = (await world.register(SMOKE))["number"]
    assisting = next(p for p in (await world.ticket(number))["assignments"] if p["role"] == "assisting")
    server = await world.department(assisting["department"]["code"])
    await world.replied(number)
    approved = await world.step(number, "approve", who="reviewer")
    assert {part["role"]: part["state"] for part in approved["assignments"]} == {
        "lead": "accepted",
        "assisting": "recalled",
    }
    await world.deliver()
    assert server.last("ticket.recalled")["ticket"] == number


async def test_a_review_that_waits_too_long_is_reminded_and_counted(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.replied(number)
    assert (await world.get("/api/v1/backlog", who="supervisor"))["stuck"]["in_review"] == 0
    world.clock.move(days=2)
    await world.fire()
    assert (await world.trail(number))[-1] == "remind"
    assert (await world.get("/api/v1/backlog", who="supervisor"))["stuck"]["in_review"] == 1
