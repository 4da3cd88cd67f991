"""延期: within the policy's terms only; asking stops nothing, an approval moves one date and the citizen is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from hotline.clocks import facts_of
from hotline.recount import History, problems
from models.clocks import recompute
from models.store import events, tickets
from models.ticket import id_of
from models.trail import broken_link

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"
GAS = "家里煤气泄漏了，闻到很浓的燃气味，东湖区翠湖小区3栋。"
# The complaint's own date: five working days from Monday, at the end of business.
FIRST_DUE = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
WHO = "department:urban"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def handled(world: World, text: str = LAMP, **more: Any) -> str:
    number = str((await world.register(text, caller={"phone": "13800000000"}, **more))["number"])
    await world.step(number, "acknowledge", who=WHO)
    return number


async def lead_of(world: World, number: str) -> Any:
    return (await world.ticket(number))["assignments"][0]


async def grant(world: World, number: str, extra: str) -> None:
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra=extra)
    await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")


async def test_an_approved_extension_moves_the_reply_and_nothing_else(world: World) -> None:
    urban = await world.department("urban")
    number = await handled(world)
    before = await lead_of(world, number)
    await grant(world, number, "5wd")
    after = await lead_of(world, number)
    assert at(before["reply_by"]) == FIRST_DUE
    assert at(after["reply_by"]) == datetime(2026, 12, 7, 9, 30, tzinfo=UTC)
    assert at(after["first_reply_by"]) == FIRST_DUE
    for name in ("acknowledge_by", "contact_by", "send_back_by"):
        assert at(after[name]) == at(before[name])
    assert (after["extension_count"], after["asked"], after["state"]) == (1, None, "acknowledged")
    await world.deliver()
    assert urban.last("ticket.extension_decided")["granted"] is True
    assert at(urban.last("ticket.extension_decided")["due"]["reply_by"]) == at(after["reply_by"])


async def test_the_citizen_is_told_the_new_date_and_why(world: World) -> None:
    number = await handled(world)
    await grant(world, number, "5wd")
    told = (await world.told(number))[-1]
    assert told.kind == "extended"
    assert "须更换地下电缆" in told.content
    assert "2026年12月8日24时" in told.content


async def test_an_extended_promise_leaves_the_hotline_its_time_for_review_and_the_first_one_is_kept(
    world: World,
) -> None:
    receipt = await world.register(LAMP)
    number = receipt["number"]
    await world.step(number, "acknowledge", who=WHO)
    await grant(world, number, "1wd")
    assert (await world.ticket(number))["promised_at"] == receipt["promised_at"]
    await grant(world, number, "5wd")
    ticket = await world.ticket(number)
    assert at(ticket["assignments"][0]["reply_by"]) == datetime(2026, 12, 8, 9, 30, tzinfo=UTC)
    # One working day for the review (policy.review), which the centre has day and night.
    assert at(ticket["promised_at"]) == datetime(2026, 12, 9, 16, 0, tzinfo=UTC) > at(receipt["promised_at"])
    async with world.hub.database.session() as session:
        stored = await tickets.get(session, id_of(number))
        parts = await tickets.assignments(session, stored.id)
        trail = await events.of_ticket(session, stored.id)
    assert problems(History(stored, parts, trail), world.hub.calendars) == []
    assert ticket["first_promised_at"] == receipt["promised_at"]


async def test_asking_stops_nothing(world: World) -> None:
    number = await handled(world)
    await world.step(number, "contact", who=WHO, reached=True)
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra="5wd")
    part = await lead_of(world, number)
    assert at(part["reply_by"]) == FIRST_DUE
    assert part["asked"]["extra"] == "5wd"
    world.clock.at = FIRST_DUE
    await world.fire()
    marks = await world.rows("SELECT reason FROM supervisions ORDER BY seq")
    assert "红牌" in marks[-1]["reason"]
    assert (await world.get("/api/v1/backlog", who="supervisor"))["backlog"] == {"gross": 1, "net": 1}


async def test_an_extension_that_was_asked_in_time_and_granted_late_excuses_what_it_covers(world: World) -> None:
    number = await handled(world)
    await world.step(number, "contact", who=WHO, reached=True)
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra="5wd")
    world.clock.at = datetime(2026, 12, 4, 1, 0, tzinfo=UTC)
    await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")
    backlog = await world.get("/api/v1/backlog", who="supervisor")
    assert backlog["backlog"] == {"gross": 1, "net": 0}
    assert backlog["overdue_excused"] == 1
    world.clock.at = datetime(2026, 12, 7, 10, 0, tzinfo=UTC)
    assert (await world.get("/api/v1/backlog", who="supervisor"))["backlog"] == {"gross": 1, "net": 1}


async def test_a_refused_extension_moves_nothing_and_tells_the_department_alone(world: World) -> None:
    urban = await world.department("urban")
    number = await handled(world)
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra="5wd")
    await world.step(number, "decide_extension", who="reviewer", granted=False, reason="可先行临时照明")
    part = await lead_of(world, number)
    assert (at(part["reply_by"]), part["asked"], part["extension_count"]) == (FIRST_DUE, None, 0)
    assert [one.kind for one in await world.told(number)] == ["registered"]
    await world.deliver()
    told = urban.last("ticket.extension_decided")
    assert (told["granted"], told["reason"]) == (False, "可先行临时照明")


@pytest.mark.parametrize(
    ("extra", "status", "said"),
    [
        ("6wd", 409, "每次延期最多5个工作日"),
        ("24h", 409, "单位"),
        ("30d", 409, "单位"),
        ("0wd", 422, "时限"),
        ("soon", 422, "时限"),
    ],
)
async def test_more_than_the_policy_allows_may_not_be_asked(world: World, extra: str, status: int, said: str) -> None:
    number = await handled(world)
    before = await world.everything_of(number)
    fields: dict[str, Any] = {"reason": "须更换地下电缆", "extra": extra}
    problem = await world.refused(number, "request_extension", who=WHO, status=status, **fields)
    assert said in problem["detail"]
    assert await world.everything_of(number) == before


async def test_the_policy_counts_how_often_and_how_much(world: World) -> None:
    number = await handled(world)
    await grant(world, number, "5wd")
    await grant(world, number, "5wd")
    said = await world.refused(number, "request_extension", who=WHO, reason="还要更多时间", extra="1wd")
    assert "最多可延期2次" in said["detail"]
    assert at((await lead_of(world, number))["reply_by"]) == datetime(2026, 12, 14, 9, 30, tzinfo=UTC)


async def test_what_is_critical_is_never_extended(world: World) -> None:
    number = (await world.register(GAS))["number"]
    await world.step(number, "acknowledge", who="department:gas")
    said = await world.refused(number, "request_extension", who="department:gas", reason="须更换管道")
    assert "不得延期" in said["detail"] or "不允许延期" in said["detail"]


async def test_an_extension_is_asked_before_the_date_has_passed_and_once_at_a_time(world: World) -> None:
    number = await handled(world)
    asked: dict[str, Any] = {"reason": "须更换地下电缆", "extra": "5wd"}
    await world.refused(number, "request_extension", who=WHO, status=422, extra="5wd")
    await world.step(number, "request_extension", who=WHO, **asked)
    await world.refused(number, "request_extension", who=WHO, **asked)
    date: dict[str, Any] = {"plan": "更换地下电缆", "solve_by": "2026-12-20T17:00:00+08:00"}
    await world.refused(number, "request_deferral", who=WHO, reason="须更换地下电缆", **date)
    await world.step(number, "decide_extension", who="dispatcher", granted=False, reason="可先行临时照明")
    world.clock.at = FIRST_DUE
    await world.refused(number, "request_extension", who=WHO, **asked)


async def test_only_the_hotline_decides_and_only_on_what_was_asked(world: World) -> None:
    number = await handled(world)
    decision: dict[str, Any] = {"granted": True, "reason": "情况属实"}
    await world.refused(number, "decide_extension", who="dispatcher", **decision)
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra="5wd")
    for who in ("agent", "follow_up", WHO):
        await world.refused(number, "decide_extension", who=who, status=403, **decision)
    await world.refused(number, "decide_deferral", who="supervisor", **decision)
    await world.refused(number, "decide_extension", who="dispatcher", assignment=2, **decision)
    await world.step(number, "decide_extension", who="dispatcher", **decision)
    await world.refused(number, "decide_extension", who="dispatcher", **decision)


async def test_who_is_done_early_answers_without_waiting_for_the_decision(world: World) -> None:
    number = await handled(world)
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra="5wd")
    await world.step(number, "reply", who=WHO, text="路灯线路已经更换")
    assert (await lead_of(world, number))["asked"] is None
    await world.refused(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")


async def test_a_request_that_waits_too_long_is_reminded_of_and_the_departments_marks_go_on(world: World) -> None:
    number = await handled(world)
    await world.step(number, "contact", who=WHO, reached=True)
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra="5wd")
    # One working day: Tuesday at 24:00; then at the end of Wednesday and of Thursday.
    assert at((await lead_of(world, number))["decide_by"]) == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    for day in (24, 25, 26):
        world.clock.at = datetime(2026, 11, day, 16, 0, tzinfo=UTC)
        assert await world.fire() == 1
    records = await world.rows("SELECT action, department, reason FROM supervisions ORDER BY seq")
    assert [record["action"] for record in records] == ["remind", "remind", "supervise"]
    assert {(record["department"], record["reason"]) for record in records} == {(None, "延期申请超过审批时限仍未审批")}
    world.clock.at = FIRST_DUE
    await world.fire()
    pressed = await world.rows("SELECT reason FROM supervisions WHERE department = 'urban' ORDER BY seq")
    assert pressed[-1]["reason"] == "红牌：已过答复时限"
    await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")
    assert (await lead_of(world, number))["decide_by"] is None
    assert await world.rows("SELECT 1 FROM timers WHERE subject = 'decision:1'") == []


@pytest.mark.parametrize("how", ["reply", "recall"])
async def test_a_request_that_is_settled_otherwise_is_not_reminded_of(world: World, how: str) -> None:
    number = await handled(world)
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra="5wd")
    assert len(await world.rows("SELECT 1 FROM timers WHERE subject = 'decision:1'")) == 1
    if how == "reply":
        await world.step(number, "reply", who=WHO, text="路灯线路已经更换")
    else:
        await world.step(number, "recall", who="dispatcher", reason="派单有误")
    assert await world.rows("SELECT 1 FROM timers WHERE subject = 'decision:1'") == []
    assert (await lead_of(world, number))["decide_by"] is None


async def test_an_assisting_units_extension_is_its_own(world: World) -> None:
    receipt = await world.register(LITTER, caller={"phone": "13800000000"})
    number, who = receipt["number"], "department:sanitation"
    await world.step(number, "acknowledge", who=who)
    await world.step(number, "request_extension", who=who, reason="车辆调度不开", extra="5wd")
    await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")
    ticket = await world.ticket(number)
    assert [part["extension_count"] for part in ticket["assignments"]] == [0, 1]
    assert at(ticket["assignments"][0]["reply_by"]) == FIRST_DUE
    assert ticket["promised_at"] == receipt["promised_at"]
    assert [one.kind for one in await world.told(number)] == ["registered"]


async def test_the_clock_says_how_an_extended_date_came_about(world: World) -> None:
    number = await handled(world)
    await grant(world, number, "5wd")
    said = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    part = said["assignments"][0]
    assert part["is_as_stored"] is True
    sentences = {due["clock"]: due["because"] for due in part["due"]}
    assert set(sentences) == {"acknowledge", "contact", "reply", "send_back"}
    assert "《通用时限规则》2026.1版" in sentences["reply"]
    assert "5个工作日，自2026-11-23派单次日起算" in sentences["reply"]
    assert "经批准延期5个工作日" in sentences["reply"]
    assert "应于2026-12-07 17:30前答复" in sentences["reply"]


async def test_every_date_of_a_busy_life_is_counted_again_from_its_trail_alone(world: World) -> None:
    number = await handled(world, LITTER)
    world.clock.move(hours=30)
    await world.fire()
    await world.step(number, "delegate", who=WHO, department="donghu", instruction="请属地核实")
    await grant(world, number, "2wd")
    await world.step(number, "pause", who="supervisor", cause="appraisal", reason="委托检测")
    world.clock.move(days=3)
    await world.step(number, "resume", who="supervisor", reason="检测完毕")
    await world.step(number, "acknowledge", who="department:sanitation")
    solve_by = {"plan": "新购清运车辆", "solve_by": "2027-01-15T17:00:00+08:00"}
    await world.step(number, "request_deferral", who="department:sanitation", reason="车辆不足", **solve_by)
    await world.step(number, "decide_deferral", who="supervisor", granted=True, reason="同意挂账")
    await grant(world, number, "5wd")
    await world.step(number, "reassign", who="dispatcher", lead="parks", assisting=["sewage"], reason="更正派单")
    await world.sent_back(number)
    await world.step(number, "designate", who="supervisor", lead="housing", reason="指定办理")
    await world.step(number, "acknowledge", who="department:housing")
    await world.step(number, "pause", who="supervisor", cause="hearing", reason="依法听证")
    world.clock.move(days=9)
    await world.fire()
    await world.step(number, "reply", who="department:housing", text="已经清运并加装护栏")
    await world.step(number, "sign_off", who="department:housing")
    await world.step(number, "approve", who="reviewer")
    await world.step(number, "reopen", who="supervisor", reason="垃圾再次堆积")
    world.clock.move(days=20)
    await world.fire()

    async with world.hub.database.session() as session:
        trail = await events.of_ticket(session, id_of(number))
        parts = await tickets.assignments(session, id_of(number))
        assert broken_link(trail, await tickets.get(session, id_of(number))) is None
    assert len(parts) == 7
    for part in parts:
        counted = recompute(facts_of(trail, part.ordinal), world.hub.calendars)
        for name in ("acknowledge_by", "contact_by", "reply_by", "send_back_by"):
            assert getattr(counted, name) == getattr(part, name), f"{part.ordinal} {name}"
        for name in ("first_acknowledge_by", "first_contact_by", "first_reply_by"):
            assert getattr(counted, name) == getattr(part, name), f"{part.ordinal} {name}"
    said = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    assert [part["is_as_stored"] for part in said["assignments"]] == [True] * len(parts)
