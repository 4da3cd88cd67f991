"""紧急转接: at once, with the words to say, watched until the other side confirms; never a refusal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

GAS = "家里闻到很浓的煤气味，快来人，东湖区翠湖路。"
FIRE = "我家着火了，快来救火，东湖区翠湖路"
SUICIDE = "我不想活了，要从楼上跳下去"
LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"


async def test_an_emergency_is_handed_off_at_once_and_the_remainder_is_still_a_ticket(world: World) -> None:
    receipt = await world.register(GAS, caller={"phone": "13800000001"})
    handoff = receipt["handoff"]
    assert handoff["number"] == "119"
    assert handoff["flag"] == "gas"
    assert "120" in handoff["also"]
    assert "开窗" in handoff["script"] or "通风" in handoff["script"]
    assert receipt["state"] == "assigned"
    assert receipt["lead"]["code"] == "gas"
    assert receipt["urgency"] == 1
    assert (await world.trail(receipt["number"]))[:2] == ["register", "hand_off"]
    page = await world.ticket(receipt["number"])
    assert [(one["number"], one["confirmed_at"]) for one in page["handoffs"]] == [("119", None)]
    assert [one.kind for one in await world.told(receipt["number"])] == ["registered"]


async def test_a_pure_emergency_ends_as_handed_off_and_is_still_watched(world: World) -> None:
    receipt = await world.register(FIRE, caller={"phone": "13800000001"})
    assert receipt["state"] == "handed_off"
    assert receipt["lead"] is None
    assert receipt["handoff"]["number"] == "119"
    assert receipt["promised_at"]
    page = await world.ticket(receipt["number"])
    assert page["assignments"] == []
    assert page["closed_at"] is not None
    told = await world.told(receipt["number"])
    assert [one.kind for one in told] == ["handed_off"]
    assert "119" in told[0].content
    world.clock.move(minutes=1)
    assert await world.fire() == 1
    assert (await world.trail(receipt["number"]))[-1] == "escalate"


async def test_two_emergencies_of_one_number_keep_what_one_of_them_leaves_for_the_city(world: World) -> None:
    receipt = await world.register("工地围墙坍塌砸伤了人，旁边还着火了，快来救火，东湖区翠湖路")
    page = await world.ticket(receipt["number"])
    assert {"fire", "collapse"} <= set(page["flags"])
    assert receipt["state"] in {"on_desk", "assigned"}
    assert len(page["handoffs"]) == len({one["number"] for one in page["handoffs"]})


async def test_nobody_confirms_and_the_shift_lead_is_told_again_and_again(world: World) -> None:
    receipt = await world.register(GAS)
    for n in (1, 2, 3):
        world.clock.move(minutes=2**n)
        await world.fire()
        trail = await world.trail(receipt["number"])
        assert trail.count("escalate") == n
    rows = await world.rows("SELECT owner, reason, level FROM supervisions ORDER BY seq")
    assert {row["owner"] for row in rows} == {"shift_lead"}
    assert all("119" in row["reason"] for row in rows)
    open_ones = await world.get("/api/v1/handoffs", who="shift_lead")
    assert [one["ticket"] for one in open_ones["handoffs"]] == [receipt["number"]]


async def test_a_confirmed_handoff_is_watched_no_more(world: World) -> None:
    receipt = await world.register(FIRE)
    number = receipt["number"]
    await world.step(number, "confirm_handoff", who="agent", number="119", outside_number="F-20261123-7")
    page = await world.ticket(number)
    assert page["handoffs"][0]["confirmed_at"] is not None
    assert page["handoffs"][0]["outside_number"] == "F-20261123-7"
    assert page["state"] == "handed_off"
    world.clock.move(days=2)
    await world.fire()
    assert "escalate" not in await world.trail(number)
    problem = await world.refused(number, "confirm_handoff", who="agent", number="119")
    assert "已确认" in problem["detail"]
    problem = await world.refused(number, "confirm_handoff", who="agent", number="122")
    assert "没有向122的转接" in problem["detail"]


async def test_the_confirmation_is_due_when_the_policy_says(world: World) -> None:
    receipt = await world.register(FIRE)
    page = await world.ticket(receipt["number"])
    within = datetime.fromisoformat(receipt["handoff"]["confirm_by"]) - datetime.fromisoformat(page["registered_at"])
    assert within == timedelta(minutes=1)


async def test_suicide_is_on_the_desk_and_no_clock_ever_ends_it(world: World) -> None:
    receipt = await world.register(SUICIDE, caller={"phone": "13800000001"})
    assert receipt["state"] == "on_desk"
    assert receipt["handoff"]["number"] == "110"
    assert {"120", "12356"} <= set(receipt["handoff"]["also"])
    assert receipt["urgency"] == 1
    assert "轻生" in receipt["because"]
    for _ in range(6):
        world.clock.move(days=20)
        await world.fire()
    assert (await world.ticket(receipt["number"]))["state"] == "on_desk"


async def test_a_suicide_ticket_in_follow_up_waits_for_a_person_however_silent_the_citizen(world: World) -> None:
    number = (await world.register(SUICIDE, caller={"phone": "13800000001"}))["number"]
    await world.step(number, "dispatch", who="dispatcher", lead="health", reason="请心理援助专班跟进")
    await world.reviewed(number)
    for hours in (3, 5, 20):
        world.clock.move(hours=hours)
        await world.fire()
    await _three_attempts_in_vain(world, number)
    world.clock.move(days=30)
    await world.fire()
    world.clock.move(days=30)
    await world.fire()
    assert (await world.ticket(number))["state"] == "follow_up"
    assert "escalate" in await world.trail(number)
    closed = await world.step(number, "close", who="supervisor", reason="已由心理援助专班当面回访")
    assert closed["state"] == "closed"


async def _three_attempts_in_vain(world: World, number: str) -> None:
    # 23 November 2026 has ended for the fixture's clock; the three parts of the next day follow one another.
    day = world.clock.at.astimezone().date()
    for hour in (2, 7, 11):
        world.clock.at = datetime(day.year, day.month, day.day, hour, tzinfo=world.clock.at.tzinfo) + timedelta(days=1)
        await world.step(number, "follow_up", who="follow_up", reached=False)


@pytest.mark.parametrize("text", [GAS, FIRE, SUICIDE])
async def test_the_program_hands_off_and_never_declines(world: World, text: str) -> None:
    number = (await world.register(text))["number"]
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="auditor")
    handed = [event for event in trail["events"] if event["type"] == "hand_off"]
    assert handed
    assert all(event["by"]["role"] == "program" for event in handed)
    assert "decline" not in {event["type"] for event in trail["events"]}


async def test_a_person_hands_off_what_the_rules_did_not_see(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    step = await world.step(number, "hand_off", who="agent", number="122", reason="路口刚发生事故")
    assert step["state"] == "assigned"
    problem = await world.refused(number, "hand_off", who="agent", number="110", reason="请公安到场", remainder=False)
    assert "remainder" in problem["detail"]
    assert len((await world.ticket(number))["handoffs"]) == 1


async def test_the_same_number_is_not_called_twice_for_one_ticket_unless_confirmed(world: World) -> None:
    number = (await world.register(GAS))["number"]
    problem = await world.refused(number, "hand_off", who="agent", number="119", reason="再次请求出动")
    assert "119" in problem["detail"]
    await world.step(number, "confirm_handoff", who="agent", number="119")
    await world.step(number, "hand_off", who="agent", number="119", reason="复燃，再次请求出动")
    first, again = (await world.ticket(number))["handoffs"]
    assert first["confirmed_at"] is not None
    assert again["confirmed_at"] is None


async def test_a_desk_ticket_may_be_all_the_other_side_s(world: World) -> None:
    number = (await world.register("院子里的东西坏了没人管"))["number"]
    step = await world.step(
        number, "hand_off", who="dispatcher", number="110", reason="来电核实为正在发生的盗窃", remainder=False
    )
    assert step["state"] == "handed_off"


async def test_only_known_numbers_are_handed_to(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    for fields in ({"number": "911"}, {"number": "12345"}, {}):
        problem = await world.refused(number, "hand_off", who="agent", status=422, reason="转接", **fields)
        assert problem["code"] == "invalid_request"


async def test_departments_do_not_hand_off(world: World) -> None:
    receipt = await world.register(LAMP)
    problem = await world.refused(
        receipt["number"], "hand_off", who="department:urban", status=403, number="110", reason="请公安到场"
    )
    assert problem["code"] == "forbidden"


DECLINED: Final[dict[str, Any]] = {
    "code": "N10",
    "reason": "诉求人表示没有事了",
    "lawful_channel": "可随时拨打12356心理援助热线",
}


async def test_nothing_ends_a_ticket_whose_emergency_nobody_has_confirmed(world: World) -> None:
    receipt = await world.register(SUICIDE, caller={"phone": "13800000001"})
    number = receipt["number"]
    before = await world.everything_of(number)
    problems = [
        await world.refused(number, "decline", who="dispatcher", **DECLINED),
        await world.refused(number, "withdraw", who="agent", reason="来电说没事了"),
        await world.track(receipt, "withdraw", ok=(409,), reason="我没事了"),
    ]
    for problem in problems:
        assert "110" in problem["detail"]
        assert "confirm_handoff" in problem["detail"]
    problem = await world.refused(number, "answer", who="agent", text="已安抚，对方情绪稳定。")
    assert "不能直办" in problem["detail"]
    assert await world.everything_of(number) == before
    await world.step(number, "confirm_handoff", who="agent", number="110")
    await world.track(receipt, "withdraw", reason="民警已到，谢谢")
    assert (await world.ticket(number))["state"] == "withdrawn"


async def test_what_is_at_a_department_is_not_withdrawn_while_its_emergency_waits(world: World) -> None:
    receipt = await world.register(GAS, caller={"phone": "13800000001"})
    if receipt["state"] == "on_desk":
        await world.step(receipt["number"], "dispatch", who="dispatcher")
    await world.track(receipt, "withdraw", ok=(409,), reason="我没事了")
    await world.step(receipt["number"], "confirm_handoff", who="agent", number="119")
    await world.track(receipt, "withdraw", reason="已修好")


async def test_an_emergency_that_a_person_handed_off_is_confirmed_before_an_answer(world: World) -> None:
    number = (await world.register("院子里的东西坏了没人管"))["number"]
    await world.step(number, "hand_off", who="agent", number="122", reason="路口刚发生事故")
    problem = await world.refused(number, "answer", who="agent", text="院内设施由物业负责。")
    assert "122" in problem["detail"]
    await world.refused(number, "decline", who="dispatcher", **DECLINED)
    await world.step(number, "confirm_handoff", who="agent", number="122")
    await world.step(number, "answer", who="agent", text="院内设施由物业负责。")
