"""派单、改派、撤回、指定: who gets a ticket, by whose choice, and when it must be a designation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"


def departments(ticket: Any, *, live: bool = True) -> list[str]:
    ended = {"accepted", "sent_back", "recalled"}
    return [part["department"]["code"] for part in ticket["assignments"] if (part["state"] not in ended) == live]


async def on_desk(world: World, text: str = LAMP) -> str:
    """A ticket that a person has taken back to the desk."""
    number = str((await world.register(text))["number"])
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    return number


async def test_a_dispatch_without_a_lead_follows_the_catalogue_and_says_by_which_duty(world: World) -> None:
    number = await on_desk(world, LITTER)
    await world.step(number, "dispatch", who="dispatcher")
    ticket = await world.ticket(number)
    assert ticket["state"] == "assigned"
    assert departments(ticket) == ["urban", "sanitation"]
    assert ticket["duty"] == "D0103-01@2026.1"
    assert "D0103-01" in ticket["because"]
    assert ticket["desk_reason"] is None


async def test_every_department_of_a_dispatch_is_told_and_has_a_part_of_its_own(world: World) -> None:
    number = await on_desk(world)
    servers = [await world.department(code) for code in ("housing", "power")]
    await world.step(
        number, "dispatch", who="dispatcher", lead="housing", assisting=["power", "housing"], reason="小区"
    )
    await world.deliver()
    told = [server.last("ticket.dispatched") for server in servers]
    assert [one["role"] for one in told] == ["lead", "assisting"]
    assert len({one["assignment"] for one in told}) == 2
    assert "住建局" in told[0]["because"]
    parts = (await world.ticket(number))["assignments"][-2:]
    assert all(part["dispatched_at"] < part["acknowledge_by"] < part["reply_by"] for part in parts)
    assert (await world.ticket(number))["lead"]["code"] == "housing"


async def test_a_reassignment_takes_the_part_away_and_counts_from_its_own_dispatch(world: World) -> None:
    urban, parks = await world.department("urban"), await world.department("parks")
    before = await world.register(LAMP)
    number = before["number"]
    world.clock.move(days=1)
    await world.step(number, "reassign", who="dispatcher", lead="parks", reason="公园内路灯")
    await world.deliver()
    assert urban.last("ticket.reassigned")["reason"] == "公园内路灯"
    ticket = await world.ticket(number)
    assert departments(ticket) == ["parks"]
    assert ticket["promised_at"] == before["promised_at"]
    assert parks.last("ticket.dispatched")["due"]["reply_by"] > before["due"]["reply_by"]
    assert await urban.call_back({"ticket": number, "assignment": 1}, "acknowledge", ok=(409,))


async def test_a_reassignment_needs_a_lead_or_a_reason(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.refused(number, "reassign", who="dispatcher", status=422)


async def test_recalling_an_assisting_part_leaves_the_lead_at_work(world: World) -> None:
    number = (await world.register(LITTER))["number"]
    await world.step(number, "recall", who="dispatcher", reason="无需协办", assignment=2)
    ticket = await world.ticket(number)
    assert (ticket["state"], departments(ticket)) == ("assigned", ["urban"])
    await world.refused(number, "recall", who="dispatcher", reason="再撤一次", assignment=2)


async def test_recalling_the_lead_brings_the_ticket_to_the_desk_with_no_clock_running(world: World) -> None:
    sanitation = await world.department("sanitation")
    number = (await world.register(LITTER))["number"]
    await world.step(number, "recall", who="dispatcher", reason="派单有误", assignment=1)
    ticket = await world.ticket(number)
    assert (ticket["state"], ticket["lead"], departments(ticket)) == ("on_desk", None, [])
    assert "派单有误" in ticket["desk_reason"]
    timers = await world.rows("SELECT subject, kind FROM timers")
    assert [(row["subject"], row["kind"]) for row in timers] == [("ticket", "desk_late")]
    await world.deliver()
    assert sanitation.last("ticket.recalled")["reason"] == "派单有误"


async def test_recalling_a_part_takes_what_was_delegated_under_it_along(world: World) -> None:
    number = (await world.register(LITTER))["number"]
    await world.step(number, "reassign", who="dispatcher", lead="urban", assisting=["donghu"], reason="增加协办")
    await world.step(number, "acknowledge", who="department:donghu", assignment=4)
    given = {"department": "donghu-cuihu", "instruction": "请到现场核实"}
    await world.step(number, "delegate", who="department:donghu", assignment=4, **given)
    await world.step(number, "recall", who="dispatcher", reason="无需协办", assignment=4)
    assert departments(await world.ticket(number)) == ["urban"]


async def test_recalling_very_many_parts_at_once_tells_every_department_in_order(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    await world.rows(
        "INSERT INTO assignments SELECT (jsonb_populate_record(a, jsonb_build_object('ordinal', n, 'role', 'assisting'))).*"
        " FROM assignments AS a, generate_series(2, 150) AS n WHERE a.ordinal = 1"
    )
    await world.step(number, "recall", who="dispatcher", reason="重新梳理")
    await world.step(number, "dispatch", who="dispatcher", lead="urban", reason="核对后仍属城管局")
    await world.deliver()
    told = [(body["type"], body["data"]["assignment"]) for body in urban.received]
    assert told[0] == ("ticket.dispatched", 1)
    assert told[1:-1] == [("ticket.recalled", ordinal) for ordinal in range(1, 151)]
    assert told[-1] == ("ticket.dispatched", 151)


@pytest.mark.parametrize("action", ["dispatch", "reassign", "designate"])
async def test_more_helpers_than_a_matter_needs_are_refused(world: World, action: str) -> None:
    number = await on_desk(world)
    many = sorted(world.hub.city.departments)[:21]
    fields = {"lead": "urban", "reason": "联合整治"}
    who = "supervisor" if action == "designate" else "dispatcher"
    said = await world.refused(number, action, who=who, status=422, assisting=many, **fields)
    assert "assisting：最多填写20项" in said["detail"]


async def test_as_many_helpers_as_may_be_are_told(world: World) -> None:
    number = await on_desk(world)
    city = world.hub.city.departments
    many = sorted(code for code in city if city[code].kind in {"bureau", "utility"} and code != "urban")[:20]
    await world.step(number, "dispatch", who="dispatcher", lead="urban", assisting=many, reason="联合整治")
    assert departments(await world.ticket(number)) == ["urban", *many]


async def test_what_nobody_knows_is_refused(world: World) -> None:
    number = await on_desk(world)
    await world.refused(number, "dispatch", who="dispatcher", status=422, lead="atlantis")
    await world.refused(number, "dispatch", who="dispatcher", status=422, lead="urban", assisting=["atlantis"])
    await world.refused(number, "dispatch", who="dispatcher", status=422, category="9876")


async def test_a_new_category_brings_its_own_duty_and_its_own_word_on_the_grassroots(world: World) -> None:
    """路灯 may go to a street, 违法建设 may not: the old category's word must not outlive it."""
    number = await on_desk(world)
    said = await world.refused(number, "dispatch", who="dispatcher", lead="donghu-cuihu", category="0102")
    assert "不得分派给基层" in said["detail"]
    await world.step(number, "dispatch", who="dispatcher", lead="urban", category="010202")
    ticket = await world.ticket(number)
    assert (ticket["category"]["code"], ticket["category"]["detail"]) == ("0102", "010202")
    assert ticket["duty"] == "D0102-01@2026.1"
    assert "reclassified" in await world.trail(number)


async def test_a_graver_urgency_brings_its_own_dates_and_a_kind_that_is_none_is_refused(world: World) -> None:
    one, other = await on_desk(world), await on_desk(world, "投诉：东湖区翠湖路的路灯不亮，请维修。")
    await world.refused(one, "dispatch", who="dispatcher", status=422, urgency=5)
    await world.refused(one, "dispatch", who="dispatcher", status=422, kind="whim")
    dates = []
    for number, urgency in ((one, 3), (other, 1)):
        await world.step(number, "dispatch", who="dispatcher", urgency=urgency)
        dates.append((await world.ticket(number))["assignments"][-1]["reply_by"])
    assert dates[1] < dates[0]


async def test_the_third_dispatch_must_be_a_designation(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.sent_back(number)
    await world.step(number, "dispatch", who="dispatcher", lead="housing", reason="小区内照明")
    await world.step(number, "recall", who="dispatcher", reason="尚有争议")
    before = await world.everything_of(number)
    for action in ("dispatch", "reassign"):
        said = await world.refused(number, action, who="supervisor", lead="power", reason="第三次派单")
        assert "指定" in said["detail"]
    assert await world.everything_of(number) == before
    await world.step(number, "designate", who="supervisor", lead="power", reason="三次派单，指定办理")
    assert departments(await world.ticket(number)) == ["power"]


async def test_a_third_dispatch_is_refused_while_the_second_unit_still_has_it(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.sent_back(number)
    await world.step(number, "reassign", who="dispatcher", lead="housing", reason="小区内照明")
    await world.refused(number, "reassign", who="dispatcher", lead="power", reason="第三次派单")
    assert departments(await world.ticket(number)) == ["housing"]


async def test_the_third_dispatch_is_a_designation_though_nobody_asked_to_send_back(world: World) -> None:
    """The hotline's own corrections too: whoever has it the third time must know that it stays there."""
    number = (await world.register(LAMP))["number"]
    await world.step(number, "reassign", who="dispatcher", lead="housing", reason="更正派单")
    allowed = (await world.ticket(number, who="dispatcher"))["allowed_actions"]
    assert "reassign" not in allowed
    assert "recall" in allowed
    before = await world.everything_of(number)
    ways: list[dict[str, Any]] = [{"lead": "parks", "reason": "更正派单"}, {"lead": "housing", "reason": "增加协办"}]
    for fields in ways:
        said = await world.refused(number, "reassign", who="supervisor", **fields)
        assert "第三次派单须指定" in said["detail"]
        assert "recall" in said["detail"]
    assert await world.everything_of(number) == before
    await world.step(number, "recall", who="dispatcher", reason="更正派单")
    allowed = (await world.ticket(number))["allowed_actions"]
    assert not {"dispatch", "reassign"} & set(allowed)
    await world.refused(number, "dispatch", who="dispatcher")
    await world.step(number, "designate", who="supervisor", lead="parks", category="0203", reason="核定由园林办理")
    lead = (await world.ticket(number))["assignments"][-1]
    assert (lead["department"]["code"], lead["is_designated"]) == ("parks", True)
    asked: dict[str, Any] = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}
    await world.refused(number, "send_back", who="department:parks", **asked)


async def test_a_designation_may_correct_the_category(world: World) -> None:
    """From the third dispatch on it is the only way to put a wrong one right."""
    number = await on_desk(world)
    fields = {"lead": "urban", "category": "010202", "brief": "路口搭建影响照明", "reason": "更正后指定"}
    await world.refused(number, "designate", who="supervisor", status=422, **{**fields, "category": "9876"})
    await world.step(number, "designate", who="supervisor", **fields)
    ticket = await world.ticket(number)
    assert (ticket["category"]["detail"], ticket["brief"]) == ("010202", "路口搭建影响照明")
    assert ticket["duty"] == "D0102-01@2026.1"


async def test_a_designated_unit_is_told_so_and_may_not_send_back(world: World) -> None:
    power = await world.department("power")
    number = await on_desk(world)
    await world.step(number, "designate", who="shift_lead", lead="power", reason="指定办理")
    await world.deliver()
    told = power.last("ticket.designated")
    assert told["is_designated"] is True
    asked: dict[str, Any] = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}
    said = await power.call_back(told, "send_back", **asked, ok=(409,))
    assert "指定" in said["detail"]


async def test_only_a_shift_lead_or_a_supervisor_designates_and_must_say_why(world: World) -> None:
    number = await on_desk(world)
    await world.refused(number, "designate", who="dispatcher", status=403, lead="power", reason="指定办理")
    await world.refused(number, "designate", who="supervisor", status=422, lead="power")
    await world.refused(number, "designate", who="supervisor", status=422, lead="power", reason=" ")


async def test_a_unit_designated_once_may_not_send_back_when_it_is_done_again(world: World) -> None:
    number = await on_desk(world)
    await world.step(number, "designate", who="supervisor", lead="power", reason="指定办理")
    await world.closed(number)
    await world.step(number, "reopen", who="supervisor", reason="问题仍未解决")
    assert (await world.ticket(number))["assignments"][-1]["is_designated"] is True
    asked: dict[str, Any] = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}
    await world.refused(number, "send_back", who="department:power", **asked)


async def test_a_unit_whose_send_back_was_upheld_gets_it_again_only_by_designation(world: World) -> None:
    """Neither by choice nor because the catalogue still names it: that would be ping-pong."""
    number = (await world.register(LAMP))["number"]
    await world.sent_back(number)
    ways: list[dict[str, Any]] = [{}, {"lead": "urban", "reason": "仍由城管办理"}]
    for fields in ways:
        said = await world.refused(number, "dispatch", who="dispatcher", **fields)
        assert "城管局" in said["detail"]
    await world.step(number, "designate", who="supervisor", lead="urban", reason="仍由城管办理")
    assert departments(await world.ticket(number)) == ["urban"]


async def test_who_may_not_dispatch_changes_nothing(world: World) -> None:
    number = await on_desk(world)
    before = await world.everything_of(number)
    for who in ("agent", "reviewer", "follow_up", "administrator", "department:urban"):
        await world.refused(number, "dispatch", who=who, status=403, lead="housing")
    assert await world.everything_of(number) == before


async def test_a_step_from_the_wrong_state_is_refused_and_changes_nothing(world: World) -> None:
    await world.department("urban")
    number = (await world.register(LAMP, caller={"phone": "13800000000"}))["number"]
    before = await world.everything_of(number)
    for who, action, fields in (
        ("dispatcher", "dispatch", {"lead": "housing"}),
        ("dispatcher", "accept", {}),
        ("supervisor", "designate", {"lead": "housing", "reason": "指定办理"}),
        ("supervisor", "open_dispute", {"topic": "职责不清"}),
        ("supervisor", "rule", {"lead": "housing", "ruling": "由住建局办"}),
        ("dispatcher", "decline", {"code": "N2", "reason": "已进入诉讼", "lawful_channel": "人民法院"}),
        ("dispatcher", "decide_send_back", {"upheld": True, "reason": "成立"}),
        ("reviewer", "approve", {}),
        ("reviewer", "reject", {"reason": "答复不完整"}),
        ("follow_up", "close", {}),
        ("administrator", "archive", {}),
        ("department:urban", "reply", {"text": "已经办理完毕"}),
        ("department:urban", "sign_off", {}),
    ):
        await world.refused(number, action, who=who, **fields)
    assert await world.everything_of(number) == before


async def test_a_decision_on_a_stale_version_is_refused(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    seen = (await world.ticket(number))["version"]
    await world.step(number, "note", who="agent", reason="诉求人催问")
    content = {"action": "reassign", "version": seen, "lead": "housing", "reason": "更正"}
    said = await world.post(f"/api/v1/tickets/{number}/steps", content, who="dispatcher", key="late", ok=(409,))
    assert said["code"] == "stale_version"
    assert departments(await world.ticket(number)) == ["urban"]
    content = {"action": "reassign", "lead": "housing", "reason": "更正"}
    await world.post(f"/api/v1/tickets/{number}/steps", content, who="dispatcher", key="blind", ok=(422,))


async def test_the_same_step_sent_twice_is_taken_once(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    version = (await world.ticket(number))["version"]
    content = {"action": "reassign", "version": version, "lead": "housing", "reason": "更正"}
    path = f"/api/v1/tickets/{number}/steps"
    answers = [await world.send(path, json.dumps(content).encode(), who="dispatcher", key="once") for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    assert (await world.trail(number)).count("reassign") == 1
    other = json.dumps({**content, "lead": "parks"}).encode()
    assert (await world.send(path, other, who="dispatcher", key="once"))[0] == 422


@pytest.mark.parametrize("action", ["dispatch", "reassign", "designate"])
@pytest.mark.parametrize(
    ("before", "after"), [({"kind": "inquiry"}, {"kind": "tip_off"}), ({"urgency": 3}, {"urgency": 1})]
)
async def test_a_corrected_reading_moves_the_promise_and_the_citizen_is_told_once(
    world: World, before: dict[str, Any], after: dict[str, Any], action: str
) -> None:
    """Reassigning moves no date; what was read wrongly was promised wrongly, and is counted from registration again."""
    receipt = await world.register(LAMP, caller={"name": "钱某某", "phone": "13800000001"})
    number = receipt["number"]
    name, value = next(iter(before.items()))
    await world.rows(f"UPDATE tickets SET {name} = $1", value)
    if action != "reassign":
        await world.step(number, "recall", who="dispatcher", reason="读错了")
    world.clock.move(hours=3)
    await world.step(number, action, who="supervisor", lead="housing", reason="改正", **after)
    page = await world.ticket(number)
    part = page["assignments"][-1]
    assert page["promised_at"] != page["first_promised_at"] == receipt["promised_at"]
    if "kind" in after:
        assert page["promised_at"] >= part["reply_by"][:10]
    else:
        assert page["promised_at"] < receipt["promised_at"]
    told = [one for one in await world.told(number) if one.kind == "corrected"]
    assert len(told) == 1
    clock = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    promise = next(one for one in clock["due"] if one["clock"] == "promise")
    assert (clock["is_as_stored"], promise["due_at"]) == (True, page["promised_at"])
    # Once more to somebody else: nothing is corrected, and nothing moves.
    await world.step(number, "recall", who="dispatcher", reason="职责不清")
    await world.step(number, "designate", who="supervisor", lead="urban", reason="指定办理", **after)
    again = await world.ticket(number)
    assert again["promised_at"] == page["promised_at"]
    assert len([one for one in await world.told(number) if one.kind == "corrected"]) == 1
