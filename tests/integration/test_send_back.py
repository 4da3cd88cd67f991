"""退单: with reason and duty argument, within its limit, decided by the hotline; ping-pong is counted and ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from models.store import backlog
from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"
GAS = "家里煤气泄漏了，闻到很浓的燃气味，东湖区翠湖小区3栋。"
URBAN = "department:urban"
ASKED: dict[str, Any] = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}


def part_of(ticket: Any, ordinal: int = 1) -> Any:
    return ticket["assignments"][ordinal - 1]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"reason": "不属本单位职责"},
        {"duty_argument": "三定方案未列此项职责"},
        {"reason": "不属本单位职责", "duty_argument": "  "},
        {"reason": "无", "duty_argument": "三定方案未列此项职责"},
        {**ASKED, "proposed_department": "atlantis"},
    ],
)
async def test_a_send_back_needs_a_reason_and_a_duty_argument(world: World, fields: dict[str, str]) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    before = await world.everything_of(number)
    await urban.call_back({"ticket": number, "assignment": 1}, "send_back", **fields, ok=(422,))
    assert await world.everything_of(number) == before


async def test_a_send_back_waits_for_the_hotline_and_moves_no_date(world: World) -> None:
    receipt = await world.register(LAMP)
    number = receipt["number"]
    await world.step(number, "send_back", who="department:urban", **ASKED, proposed_department="housing")
    ticket = await world.ticket(number)
    assert (ticket["state"], part_of(ticket)["state"]) == ("assigned", "send_back_requested")
    assert part_of(ticket)["reply_by"] == receipt["due"]["reply_by"]
    await world.refused(number, "reply", who="department:urban", text="已经办理完毕")


async def test_a_ruling_that_keeps_waiting_is_the_hotlines_and_presses_no_department(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    await world.step(number, "send_back", who=URBAN, **ASKED)
    # One working day of a centre that never closes: Tuesday at 24:00.
    decide_by = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert datetime.fromisoformat(part_of(await world.ticket(number))["decide_by"]) == decide_by
    # On the two working days after it, then after five more.
    for moment in (decide_by, *(decide_by + timedelta(days=days) for days in (1, 2, 9))):
        world.clock.at = moment - timedelta(seconds=1)
        assert await world.fire() == 0
        world.clock.at = moment
        assert await world.fire() == 1
    records = await world.rows("SELECT action, department, reason FROM supervisions ORDER BY seq")
    assert {(record["department"], record["reason"]) for record in records} == {(None, "退单申请超过裁决时限仍未裁决")}
    assert [record["action"] for record in records] == ["remind", "remind", "supervise", "supervise"]
    await world.deliver()
    assert [body["type"] for body in urban.received] == ["ticket.dispatched"]
    await world.step(number, "decide_send_back", who="dispatcher", upheld=True, reason="退单成立")
    assert part_of(await world.ticket(number))["decide_by"] is None
    assert await world.rows("SELECT 1 FROM timers WHERE subject = 'decision:1'") == []


async def test_a_late_refusal_says_that_the_date_has_passed_and_counts_the_rest_from_then(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "send_back", who=URBAN, **ASKED)
    # Thursday of the second week: the date was on Monday.
    world.clock.at = datetime(2026, 12, 3, 2, 0, tzinfo=UTC)
    await world.fire()
    await world.step(number, "decide_send_back", who="dispatcher", upheld=False, reason="属城市照明")
    await world.step(number, "contact", who=URBAN, reached=True)
    await world.fire()
    pressed = "SELECT action FROM supervisions WHERE department = 'urban' ORDER BY seq"
    assert [row["action"] for row in await world.rows(pressed)] == ["remind"]
    world.clock.at = datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
    await world.fire()
    assert [row["action"] for row in await world.rows(pressed)] == ["remind", "supervise"]
    world.clock.at = datetime(2026, 12, 10, 9, 30, tzinfo=UTC)
    await world.fire()
    assert [row["action"] for row in await world.rows(pressed)] == ["remind", "supervise", "escalate"]


async def test_the_unit_that_delegated_is_reminded_of_what_is_its_to_decide(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    await world.step(number, "acknowledge", who=URBAN)
    await world.step(number, "contact", who=URBAN, reached=True)
    await world.step(number, "delegate", who=URBAN, department="donghu", instruction="请到现场核实")
    await world.step(number, "send_back", who="department:donghu", **ASKED)
    world.clock.at = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert await world.fire() == 1
    await world.deliver()
    assert urban.last("ticket.reminded")["reason"] == "退单申请超过裁决时限仍未裁决"
    assert urban.last("ticket.reminded")["assignment"] == 1
    records = await world.rows("SELECT department FROM supervisions")
    assert [record["department"] for record in records] == ["urban"]


async def test_a_send_back_after_its_limit_is_refused(world: World) -> None:
    receipt = await world.register(LAMP)
    number = receipt["number"]
    limit = datetime.fromisoformat(part_of(await world.ticket(number))["send_back_by"])
    # 1 working day from Monday: the end of business on Tuesday.
    assert limit == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    world.clock.at = limit
    before = await world.everything_of(number)
    said = await world.refused(number, "send_back", who="department:urban", **ASKED)
    assert "退单时限" in said["detail"]
    assert await world.everything_of(number) == before
    world.clock.at = limit - timedelta(seconds=1)
    await world.step(number, "send_back", who="department:urban", **ASKED)


async def test_what_is_critical_is_handled_first_and_never_sent_back(world: World) -> None:
    receipt = await world.register(GAS)
    number = receipt["number"]
    assert receipt["urgency"] == 1
    assert part_of(await world.ticket(number))["send_back_by"] is None
    said = await world.refused(number, "send_back", who="department:gas", **ASKED)
    assert "先行处置" in said["detail"]


async def test_an_upheld_send_back_ends_the_clock_uncharged_and_tells_the_department(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    await world.sent_back(number)
    ticket = await world.ticket(number)
    assert (ticket["state"], part_of(ticket)["state"]) == ("on_desk", "sent_back")
    assert (ticket["lead"], ticket["send_back_count"]) == (None, 1)
    assert "城管局退单成立" in ticket["desk_reason"]
    await world.deliver()
    told = urban.last("ticket.send_back_decided")
    assert (told["upheld"], told["reason"]) == (True, "退单成立")
    # Long after every date of that part nothing is held against the department.
    world.clock.move(days=30)
    await world.fire()
    pressed = await world.rows("SELECT department FROM supervisions")
    assert {row["department"] for row in pressed} == {None}
    backlog = await world.get("/api/v1/backlog", who="supervisor")
    assert backlog["departments"] == []
    assert (await world.get("/api/v1/tickets?state=assigned", who="department:urban"))["tickets"] == []


async def test_a_refused_send_back_returns_the_part_with_its_old_dates(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(LAMP)
    number = receipt["number"]
    await world.step(number, "send_back", who="department:urban", **ASKED)
    world.clock.move(hours=20)
    await world.step(number, "decide_send_back", who="dispatcher", upheld=False, reason="属城市照明")
    await world.deliver()
    assert urban.last("ticket.send_back_decided")["upheld"] is False
    ticket = await world.ticket(number)
    part = part_of(ticket)
    assert (ticket["state"], part["state"]) == ("assigned", "acknowledged")
    assert (ticket["send_back_count"], part["send_back_count"]) == (1, 1), "it counts though it was refused"
    assert part["reply_by"] == receipt["due"]["reply_by"]
    assert part["acknowledged_at"] is not None
    await world.step(number, "reply", who="department:urban", text="已经办理完毕")


async def test_only_the_hotline_decides_on_a_leads_send_back(world: World) -> None:
    number = (await world.register(LITTER))["number"]
    await world.step(number, "send_back", who="department:urban", **ASKED)
    decision: dict[str, Any] = {"upheld": True, "reason": "成立"}
    for who in ("agent", "reviewer", "follow_up", "department:urban", "department:sanitation"):
        await world.refused(number, "decide_send_back", who=who, status=403, **decision)
    await world.refused(number, "decide_send_back", who="dispatcher", status=422, upheld=True)
    await world.refused(number, "decide_send_back", who="dispatcher", assignment=2, **decision)
    await world.step(number, "decide_send_back", who="dispatcher", **decision)
    await world.refused(number, "decide_send_back", who="dispatcher", **decision)


async def test_an_upheld_send_back_of_the_lead_ends_every_part_and_tells_them(world: World) -> None:
    sanitation = await world.department("sanitation")
    number = (await world.register(LITTER))["number"]
    await world.sent_back(number)
    states = [part["state"] for part in (await world.ticket(number))["assignments"]]
    assert states == ["sent_back", "recalled"]
    await world.deliver()
    assert sanitation.last("ticket.recalled")["reason"]


async def test_an_upheld_send_back_of_an_assisting_part_leaves_the_ticket_with_its_lead(world: World) -> None:
    number = (await world.register(LITTER))["number"]
    await world.step(number, "send_back", who="department:sanitation", **ASKED)
    await world.step(number, "decide_send_back", who="dispatcher", upheld=True, reason="无需协办")
    ticket = await world.ticket(number)
    assert (ticket["state"], ticket["lead"]["code"], ticket["send_back_count"]) == ("assigned", "urban", 1)
    assert [part["state"] for part in ticket["assignments"]] == ["dispatched", "sent_back"]


async def test_an_upheld_send_back_ends_what_the_unit_had_delegated(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "reassign", who="dispatcher", lead="urban", assisting=["donghu"], reason="增加协办")
    await world.step(number, "acknowledge", who="department:donghu")
    given = {"department": "donghu-cuihu", "instruction": "请到现场核实"}
    await world.step(number, "delegate", who="department:donghu", **given)
    await world.step(number, "send_back", who="department:donghu", **ASKED)
    await world.step(number, "decide_send_back", who="dispatcher", upheld=True, reason="无需协办")
    parts = (await world.ticket(number))["assignments"]
    assert [part["state"] for part in parts] == ["recalled", "dispatched", "sent_back", "recalled"]


async def test_a_unit_that_waits_for_more_time_may_still_send_back(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "acknowledge", who="department:urban")
    await world.step(number, "request_extension", who="department:urban", reason="须勘查管线", extra="2wd")
    await world.step(number, "send_back", who="department:urban", **ASKED)
    await world.refused(number, "decide_extension", who="dispatcher", granted=True, reason="同意")
    kinds = "SELECT kind FROM timers WHERE subject = 'decision:1'"
    assert [row["kind"] for row in await world.rows(kinds)] == ["send_back"]
    assert [line["asks"] for line in (await world.get("/api/v1/decisions", who="dispatcher"))["tickets"]] == [
        "send_back"
    ]
    await world.step(number, "decide_send_back", who="dispatcher", upheld=False, reason="属城市照明")
    assert [row["kind"] for row in await world.rows(kinds)] == ["extension"]
    assert [line["asks"] for line in (await world.get("/api/v1/decisions", who="dispatcher"))["tickets"]] == [
        "extension"
    ]
    await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="同意延期")


async def asked_twice(world: World) -> str:
    """A ticket that 城管局 was refused to send back, given to 住建局 all the same, which asks to send it back now."""
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "send_back", who=URBAN, **ASKED)
    await world.step(number, "decide_send_back", who="dispatcher", upheld=False, reason="理由不足")
    await world.step(number, "reassign", who="dispatcher", lead="housing", reason="协调后改派")
    await world.step(number, "send_back", who="department:housing", **ASKED)
    return number


async def test_the_second_request_opens_a_dispute_and_the_count_is_public(world: World) -> None:
    """Whoever asks, and though the first was refused: nothing was upheld, and yet it is ping-pong."""
    number = await asked_twice(world)
    ticket = await world.ticket(number)
    assert (ticket["send_back_count"], ticket["dispatch_count"], ticket["is_disputed"]) == (2, 2, True)
    assert [part["send_back_count"] for part in ticket["assignments"]] == [1, 1]
    assert (ticket["state"], part_of(ticket, 2)["state"]) == ("assigned", "send_back_requested")
    rows = await world.rows("SELECT topic, participants, ruled_at FROM disputes")
    assert [(row["participants"], row["ruled_at"]) for row in rows] == [(["housing", "urban"], None)]
    trail = (await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["events"]
    assert [(event["type"], event["by"]["role"]) for event in trail[-2:]] == [
        ("send_back", "department"),
        ("open_dispute", "program"),
    ]
    assert [row["id"] for row in await pressed(world)] == [id_of(number)]
    listed = await world.get("/api/v1/decisions", who="dispatcher")
    assert [(one["send_back_count"], one["is_disputed"]) for one in listed["tickets"]] == [(2, True)]


async def test_one_request_is_no_dispute(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "send_back", who=URBAN, **ASKED)
    ticket = await world.ticket(number)
    assert (ticket["send_back_count"], ticket["is_disputed"]) == (1, False)
    assert await pressed(world) == []


async def test_the_same_unit_that_asks_again_after_a_refusal_opens_the_dispute(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "send_back", who=URBAN, **ASKED)
    await world.step(number, "decide_send_back", who="dispatcher", upheld=False, reason="理由不足")
    await world.step(number, "send_back", who=URBAN, **ASKED)
    ticket = await world.ticket(number)
    assert (ticket["send_back_count"], ticket["is_disputed"]) == (2, True)
    assert [row["participants"] for row in await world.rows("SELECT participants FROM disputes")] == [["urban"]]


async def test_a_refusal_in_a_dispute_is_the_ruling_and_binds(world: World) -> None:
    housing = await world.department("housing")
    number = await asked_twice(world)
    said = await world.refused(
        number, "decide_send_back", who="dispatcher", status=403, upheld=False, reason="仍由住建局办理"
    )
    assert "裁定" in said["detail"]
    await world.step(number, "decide_send_back", who="supervisor", upheld=False, reason="仍由住建局办理")
    ticket = await world.ticket(number)
    part = part_of(ticket, 2)
    assert (ticket["state"], ticket["is_disputed"]) == ("assigned", False)
    assert (part["state"], part["is_designated"]) == ("acknowledged", True)
    rows = await world.rows("SELECT lead, ruling FROM disputes")
    assert [(row["lead"], row["ruling"]) for row in rows] == [("housing", "仍由住建局办理")]
    await world.deliver()
    told = housing.last("ticket.send_back_decided")
    assert (told["upheld"], told["is_designated"]) == (False, True)
    await world.refused(number, "send_back", who="department:housing", **ASKED)
    await world.step(number, "recall", who="dispatcher", reason="改派")
    said = await world.refused(number, "designate", who="supervisor", lead="power", reason="改派")
    assert "住建局" in said["detail"]


async def test_the_second_request_that_is_upheld_comes_to_the_desk_for_the_ruling(world: World) -> None:
    number = await asked_twice(world)
    await world.step(number, "decide_send_back", who="dispatcher", upheld=True, reason="退单成立")
    ticket = await world.ticket(number)
    assert (ticket["state"], ticket["is_disputed"]) == ("on_desk", True)
    assert "请裁定" in ticket["desk_reason"]
    await world.refused(number, "dispatch", who="supervisor", lead="power", reason="改派")
    await world.step(number, "rule", who="supervisor", lead="power", ruling="由供电公司管养")
    await world.step(number, "designate", who="supervisor", lead="power", reason="由供电公司管养")
    await world.refused(number, "send_back", who="department:power", **ASKED)


async def helper_asked_twice(world: World) -> str:
    """A ticket whose assisting unit, 环卫中心, asks to be rid of it the second time."""
    number = str((await world.register(LITTER))["number"])
    await world.step(number, "send_back", who="department:sanitation", **ASKED)
    await world.step(number, "decide_send_back", who="dispatcher", upheld=False, reason="理由不足")
    await world.step(number, "send_back", who="department:sanitation", **ASKED)
    assert (await world.ticket(number))["is_disputed"] is True
    return number


@pytest.mark.parametrize("state", ["sent_back", "acknowledged"])
async def test_a_dispute_over_an_assisting_part_ends_with_its_decision_and_binds_no_lead(
    world: World, state: str
) -> None:
    upheld = state == "sent_back"
    number = await helper_asked_twice(world)
    await world.step(number, "decide_send_back", who="shift_lead", upheld=upheld, reason="会商意见")
    ticket = await world.ticket(number)
    assert (ticket["state"], ticket["is_disputed"], part_of(ticket, 2)["state"]) == ("assigned", False, state)
    assert part_of(ticket, 2)["is_designated"] is not upheld
    assert part_of(ticket)["is_designated"] is False
    rows = await world.rows("SELECT lead, ruling FROM disputes")
    assert [(row["lead"], row["ruling"]) for row in rows] == [(None, "会商意见")]
    await world.step(number, "reassign", who="dispatcher", lead="housing", reason="小区内垃圾")


async def test_a_dispute_over_a_part_that_is_recalled_is_over(world: World) -> None:
    number = await helper_asked_twice(world)
    await world.step(number, "recall", who="dispatcher", assignment=2, reason="无需协办")
    assert (await world.ticket(number))["is_disputed"] is False


async def test_no_person_opens_a_dispute_over_what_a_department_has(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    assert "open_dispute" not in (await world.ticket(number))["allowed_actions"]
    said = await world.refused(number, "open_dispute", who="supervisor", topic="路灯由谁管养")
    assert "撤回" in said["detail"]


async def test_a_lead_that_asks_to_send_back_is_not_taken_away_before_the_decision(world: World) -> None:
    number = (await world.register(LITTER))["number"]
    await world.step(number, "send_back", who="department:urban", **ASKED)
    before = await world.everything_of(number)
    ways: list[tuple[str, dict[str, Any]]] = [
        ("reassign", {"lead": "housing", "reason": "改由住建局办理"}),
        ("reassign", {"lead": "urban", "reason": "仍由城管局办理"}),
        ("recall", {"reason": "派单有误"}),
        ("recall", {"reason": "派单有误", "assignment": 1}),
    ]
    for action, fields in ways:
        said = await world.refused(number, action, who="supervisor", **fields)
        assert "先裁决退单" in said["detail"]
    assert await world.everything_of(number) == before
    await world.refused(number, "recall", who="agent", status=403, reason="派单有误")
    allowed = (await world.ticket(number))["allowed_actions"]
    assert "reassign" not in allowed
    assert "recall" in allowed, "the assisting part may still be recalled"
    await world.step(number, "recall", who="dispatcher", reason="无需协办", assignment=2)
    assert "recall" not in (await world.ticket(number))["allowed_actions"]
    await world.step(number, "decide_send_back", who="dispatcher", upheld=False, reason="属城管局职责")
    await world.step(number, "reassign", who="dispatcher", lead="housing", reason="更正派单")


async def test_an_assisting_part_that_asks_goes_with_its_lead(world: World) -> None:
    number = (await world.register(LITTER))["number"]
    await world.step(number, "send_back", who="department:sanitation", **ASKED)
    await world.step(number, "reassign", who="dispatcher", lead="housing", reason="小区内垃圾")
    states = [part["state"] for part in (await world.ticket(number))["assignments"]]
    assert states == ["recalled", "recalled", "dispatched"]


async def test_a_citizen_may_withdraw_while_a_send_back_waits(world: World) -> None:
    receipt = await world.register(LAMP, caller={"phone": "13800000000"})
    await world.step(receipt["number"], "send_back", who="department:urban", **ASKED)
    await world.track(receipt, "withdraw")
    ticket = await world.ticket(receipt["number"])
    assert (ticket["state"], part_of(ticket)["state"]) == ("withdrawn", "recalled")


async def test_what_went_from_lead_to_lead_is_listed_and_what_went_to_the_same_is_not(world: World) -> None:
    passed_on = (await world.register(LAMP))["number"]
    again = (await world.register(LITTER))["number"]
    for number, leads in ((passed_on, ("housing", "power")), (again, ("urban", "urban"))):
        await world.step(number, "reassign", who="dispatcher", lead=leads[0], reason="更正派单")
        await world.step(number, "recall", who="dispatcher", reason="更正派单")
        await world.step(number, "designate", who="supervisor", lead=leads[1], reason="第三次派单")
    assert [(row["id"], row["dispatch_count"]) for row in await pressed(world)] == [(id_of(passed_on), 3)]


async def pressed(world: World) -> list[Any]:
    """The buck-passing list of the live page."""
    async with world.hub.database.session() as session:
        return await backlog.ping_pong(session, 8, send_backs=2, dispatches=3)
