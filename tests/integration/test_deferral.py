"""挂账: with a reason, a plan and a date; approved by a supervisor, told to the citizen, looked at until it is due."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
WHO = "department:urban"
SOLVE_BY = datetime(2027, 2, 26, 9, 0, tzinfo=UTC)
ASKED: dict[str, Any] = {"reason": "须随道路改造施工", "plan": "随春季道路改造更换", "solve_by": SOLVE_BY.isoformat()}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def handled(world: World) -> str:
    number = str((await world.register(LAMP, caller={"phone": "13800000000"}))["number"])
    await world.step(number, "acknowledge", who=WHO)
    await world.step(number, "contact", who=WHO, reached=True)
    return number


async def deferred(world: World) -> str:
    number = await handled(world)
    await world.step(number, "request_deferral", who=WHO, **ASKED)
    await world.step(number, "decide_deferral", who="supervisor", granted=True, reason="同意挂账")
    return number


async def lead_of(world: World, number: str) -> Any:
    return (await world.ticket(number))["assignments"][0]


async def test_an_approved_deferral_sets_the_agreed_date_and_keeps_the_first(world: World) -> None:
    urban = await world.department("urban")
    number = await handled(world)
    before = await lead_of(world, number)
    await world.step(number, "request_deferral", who=WHO, **ASKED)
    await world.step(number, "decide_deferral", who="supervisor", granted=True, reason="同意挂账")
    part = await lead_of(world, number)
    assert (part["state"], at(part["reply_by"])) == ("deferred", SOLVE_BY)
    assert part["first_reply_by"] == before["first_reply_by"]
    assert (part["contact_by"], part["asked"]) == (before["contact_by"], None)
    ticket = await world.ticket(number)
    assert (ticket["state"], at(ticket["promised_at"])) == ("assigned", SOLVE_BY)
    assert ticket["first_promised_at"] < ticket["promised_at"]
    await world.deliver()
    assert urban.last("ticket.deferral_decided")["granted"] is True


async def test_the_citizen_is_told_by_when_and_why(world: World) -> None:
    told = (await world.told(await deferred(world)))[-1]
    assert told.kind == "deferred"
    assert "2027年2月26日17时00分前" in told.content, (
        "an agreed date is not provisional, whatever the calendar will say"
    )
    assert "须随道路改造施工" in told.content


async def test_a_deferred_part_is_excused_until_its_date_and_not_a_moment_longer(world: World) -> None:
    await deferred(world)
    world.clock.at = datetime(2027, 2, 26, 8, 0, tzinfo=UTC)
    backlog = await world.get("/api/v1/backlog", who="supervisor")
    assert (backlog["backlog"], backlog["overdue_excused"]) == ({"gross": 1, "net": 0}, 1)
    world.clock.at = SOLVE_BY
    backlog = await world.get("/api/v1/backlog", who="supervisor")
    assert backlog["backlog"] == {"gross": 1, "net": 1}


async def test_a_deferred_plan_is_reviewed_until_the_date_nears(world: World) -> None:
    urban = await world.department("urban")
    await deferred(world)
    world.clock.at = SOLVE_BY
    await world.fire()
    await world.deliver()
    marks = [body["data"]["mark"] for body in urban.received if body["type"] == "ticket.reminded"]
    # Every thirty days from the approval, then the ordinary marks of the new date.
    assert marks == ["review_deferral"] * 3 + ["remind", "remind", "yellow", "red"]


async def test_asking_for_a_deferral_stops_nothing_and_a_refusal_leaves_all_as_it_was(world: World) -> None:
    number = await handled(world)
    before = await lead_of(world, number)
    await world.step(number, "request_deferral", who=WHO, **ASKED)
    asking = await lead_of(world, number)
    assert (asking["state"], asking["reply_by"]) == (before["state"], before["reply_by"])
    assert asking["asked"]["plan"] == ASKED["plan"]
    await world.step(number, "decide_deferral", who="reviewer", granted=False, reason="可先行临时照明")
    after = await lead_of(world, number)
    assert (after["state"], after["reply_by"], after["asked"]) == (before["state"], before["reply_by"], None)
    assert [one.kind for one in await world.told(number)] == ["registered"]


async def test_a_deferral_that_nobody_decides_is_reminded_of(world: World) -> None:
    number = await handled(world)
    await world.step(number, "request_deferral", who=WHO, **ASKED)
    world.clock.at = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert await world.fire() == 1
    (record,) = await world.rows("SELECT action, department, reason FROM supervisions")
    assert tuple(record) == ("remind", None, "挂账申请超过审批时限仍未审批")


@pytest.mark.parametrize(
    "fields",
    [
        {**ASKED, "plan": ""},
        {**ASKED, "reason": "难"},
        {key: value for key, value in ASKED.items() if key != "plan"},
        {key: value for key, value in ASKED.items() if key != "solve_by"},
        {**ASKED, "solve_by": "2027-02-26"},
        {**ASKED, "solve_by": "2027-02-26T17:00:00"},
        {**ASKED, "solve_by": "2026-11-30T17:30:00+08:00"},  # the present date
        {**ASKED, "solve_by": "2026-11-20T17:30:00+08:00"},
        {**ASKED, "solve_by": "2099-01-01T17:30:00+08:00"},  # nobody lives to see it
    ],
)
async def test_a_deferral_needs_a_reason_a_plan_and_a_later_date(world: World, fields: dict[str, str]) -> None:
    number = await handled(world)
    before = await world.everything_of(number)
    await world.refused(number, "request_deferral", who=WHO, status=422, **fields)
    assert await world.everything_of(number) == before


async def test_who_is_late_already_must_name_a_date_that_lies_ahead(world: World) -> None:
    number = await handled(world)
    world.clock.move(days=20)
    past = {**ASKED, "solve_by": "2026-12-05T17:30:00+08:00"}
    await world.refused(number, "request_deferral", who=WHO, status=422, **past)
    await world.step(number, "request_deferral", who=WHO, **ASKED)


async def test_a_date_that_passed_while_it_waited_is_no_longer_granted(world: World) -> None:
    number = await handled(world)
    soon = {**ASKED, "solve_by": "2026-12-02T17:30:00+08:00"}
    await world.step(number, "request_deferral", who=WHO, **soon)
    world.clock.move(days=12)
    await world.refused(number, "decide_deferral", who="supervisor", granted=True, reason="同意挂账")
    await world.step(number, "decide_deferral", who="supervisor", granted=False, reason="期限已过")


async def test_only_a_supervisor_or_a_reviewer_decides_on_a_deferral(world: World) -> None:
    number = await handled(world)
    decision: dict[str, Any] = {"granted": True, "reason": "同意挂账"}
    await world.refused(number, "decide_deferral", who="supervisor", **decision)
    await world.step(number, "request_deferral", who=WHO, **ASKED)
    for who in ("dispatcher", "agent", "shift_lead", WHO):
        await world.refused(number, "decide_deferral", who=who, status=403, **decision)
    await world.step(number, "decide_deferral", who="supervisor", **decision)


async def test_a_deferred_part_reports_and_is_answered_but_not_sent_back(world: World) -> None:
    number = await deferred(world)
    said: dict[str, Any] = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}
    await world.refused(number, "send_back", who=WHO, **said)
    await world.refused(number, "request_extension", who=WHO, reason="还要更多时间", extra="5wd")
    await world.step(number, "contact", who=WHO, reached=True)
    assert (await lead_of(world, number))["state"] == "deferred"
    await world.step(number, "progress", who=WHO, text="提前施工")
    part = await lead_of(world, number)
    assert (part["state"], at(part["reply_by"])) == ("deferred", SOLVE_BY)
    await world.step(number, "reply", who=WHO, text="路灯线路已经更换")


async def test_a_deferred_part_is_answered_at_once_when_it_is_solved(world: World) -> None:
    number = await deferred(world)
    await world.step(number, "reply", who=WHO, text="路灯线路已经更换")
    await world.step(number, "sign_off", who=WHO)
    assert (await world.ticket(number))["state"] == "in_review"


async def test_the_clock_says_that_the_date_was_agreed_on(world: World) -> None:
    number = await deferred(world)
    said = (await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor"))["assignments"][0]
    assert said["is_as_stored"] is True
    reply = next(due["because"] for due in said["due"] if due["clock"] == "reply")
    assert "经批准挂账，应于2027-02-26 17:00前答复" in reply


FIRST_REVIEW = datetime(2026, 12, 24, 2, 0, tzinfo=UTC)
LATER = "2027-04-30T17:00:00+08:00"


async def reviewed(world: World) -> str:
    """A deferred matter whose first review date has come (thirty days, policy.deferral.review_every)."""
    number = await deferred(world)
    world.clock.at = FIRST_REVIEW
    await world.fire()
    return number


async def test_a_review_date_asks_the_hotline_whether_the_deferral_still_stands(world: World) -> None:
    number = await deferred(world)
    assert "decide_deferral" not in (await world.ticket(number))["allowed_actions"]
    world.clock.at = FIRST_REVIEW
    await world.fire()
    part = await lead_of(world, number)
    assert (part["state"], part["asked"]["is_review"], part["asked"]["plan"]) == ("deferred", True, ASKED["plan"])
    (line,) = (await world.get("/api/v1/decisions", who="supervisor"))["tickets"]
    assert (line["number"], line["asks"]) == (number, "deferral")
    (listed,) = (await world.get("/api/v1/deferrals?waiting=true", who="reviewer"))["deferrals"]
    assert (listed["ticket"], listed["reviews"], listed["is_review_late"]) == (number, 1, False)
    assert "decide_deferral" in (await world.ticket(number))["allowed_actions"]


async def test_a_deferral_that_is_kept_moves_nothing_and_the_citizen_is_told(world: World) -> None:
    number = await reviewed(world)
    before = await lead_of(world, number)
    await world.step(number, "decide_deferral", who="reviewer", granted=True, reason="计划如期，继续挂账")
    after = await lead_of(world, number)
    assert (after["state"], after["reply_by"], after["asked"]) == ("deferred", before["reply_by"], None)
    told = (await world.told(number))[-1]
    assert told.kind == "still_deferred"
    assert "2027年2月26日17时00分前" in told.content
    world.clock.move(days=31)
    await world.fire()
    assert (await lead_of(world, number))["asked"]["is_review"] is True


async def test_a_review_may_extend_a_deferral_to_a_later_date_only(world: World) -> None:
    number = await reviewed(world)
    said: dict[str, Any] = {"granted": True, "reason": "春季施工推迟"}
    for wrong in ("2027-01-01T17:00:00+08:00", "2099-01-01T17:00:00+08:00"):
        await world.refused(number, "decide_deferral", who="supervisor", status=422, solve_by=wrong, **said)
    await world.step(number, "decide_deferral", who="supervisor", solve_by=LATER, **said)
    ticket = await world.ticket(number)
    assert at(ticket["promised_at"]) == at(ticket["assignments"][0]["reply_by"]) == at(LATER)
    assert "2027年4月30日" in (await world.told(number))[-1].content
    clock = (await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor"))["assignments"][0]
    assert clock["is_as_stored"] is True


async def test_a_review_may_end_a_deferral_and_the_limit_runs_anew(world: World) -> None:
    urban = await world.department("urban")
    number = await reviewed(world)
    await world.step(number, "decide_deferral", who="supervisor", granted=False, reason="施工条件已具备")
    ticket = await world.ticket(number)
    part = ticket["assignments"][0]
    # Five working days from Thursday, 24 December, at the end of business.
    assert (part["state"], at(part["reply_by"])) == ("in_progress", datetime(2026, 12, 31, 9, 30, tzinfo=UTC))
    assert at(part["reply_by"]) < at(ticket["promised_at"]) < SOLVE_BY
    clock = (await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor"))["assignments"][0]
    assert clock["is_as_stored"] is True
    assert "经复核终止挂账" in next(due["because"] for due in clock["due"] if due["clock"] == "reply")
    assert (await world.told(number))[-1].kind == "deferral_ended"
    await world.deliver()
    assert urban.last("ticket.deferral_decided")["review"] == "ended"


async def test_a_review_that_nobody_decides_is_alarmed_and_one_that_waits_is_not_asked_twice(world: World) -> None:
    number = await reviewed(world)
    world.clock.move(days=3)
    await world.fire()
    records = await world.rows("SELECT reason FROM supervisions WHERE department IS NULL")
    assert {row["reason"] for row in records} == {"挂账到期复核超过时限仍未复核"}
    world.clock.move(days=31)
    await world.fire()
    assert len(await world.rows("SELECT 1 FROM deferral_reviews")) == 1
    assert (await world.get("/api/v1/deferrals", who="supervisor"))["deferrals"][0]["is_review_late"] is True
    await world.step(number, "reply", who=WHO, text="路灯线路已经更换")
    assert (await world.get("/api/v1/deferrals", who="supervisor"))["deferrals"] == []


async def test_a_date_that_passed_before_its_review_was_decided_is_not_kept(world: World) -> None:
    number = await reviewed(world)
    world.clock.at = SOLVE_BY
    await world.refused(number, "decide_deferral", who="supervisor", granted=True, reason="继续挂账")
    await world.step(number, "decide_deferral", who="supervisor", granted=True, reason="继续挂账", solve_by=LATER)


async def test_only_a_review_names_another_date(world: World) -> None:
    number = await handled(world)
    await world.step(number, "request_deferral", who=WHO, **ASKED)
    more: dict[str, Any] = {"granted": True, "reason": "同意挂账", "solve_by": LATER}
    await world.refused(number, "decide_deferral", who="supervisor", status=422, **more)


async def test_what_reviews_came_to_adds_up(world: World) -> None:
    numbers = [await deferred(world) for _ in range(4)]
    world.clock.at = FIRST_REVIEW
    await world.fire()
    await world.step(numbers[0], "decide_deferral", who="supervisor", granted=True, reason="继续挂账")
    await world.step(numbers[1], "decide_deferral", who="supervisor", granted=False, reason="恢复办理")
    await world.step(numbers[2], "reply", who=WHO, text="路灯线路已经更换")
    found = await world.get("/api/v1/deferrals/figures", who="leader")
    counted = {"opened": 4, "kept": 1, "extended": 0, "ended": 1, "waiting": 1, "settled": 1}
    assert found["reviews"] == counted
    (line,) = found["departments"]
    assert (line["department"]["code"], line["deferred"], line["waiting"], found["deferred"]) == ("urban", 2, 1, 2)
    own = (await world.get("/api/v1/deferrals", who=WHO))["deferrals"]
    assert {one["ticket"] for one in own} == {numbers[0], numbers[3]}
    assert (await world.get("/api/v1/deferrals", who="department:water"))["deferrals"] == []


async def test_a_review_may_be_called_before_its_date(world: World) -> None:
    number = await deferred(world)
    path = f"/api/v1/deferrals/{number}/1/reviews"
    for who in ("agent", WHO):
        await world.post(path, {"reason": "诉求人反映已经开工"}, who=who, ok=(403,))
    await world.post(path, {"reason": "诉求人反映已经开工"}, who="supervisor")
    assert (await lead_of(world, number))["asked"]["is_review"] is True
    await world.post(path, {"reason": "诉求人反映已经开工"}, who="reviewer", ok=(409,))
    await world.step(number, "decide_deferral", who="supervisor", granted=False, reason="已具备条件")
    await world.post(path, {"reason": "诉求人反映已经开工"}, who="supervisor", ok=(409,))
