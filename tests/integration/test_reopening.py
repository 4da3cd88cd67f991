"""重办: again to whom it was, with half the time; watched closer every time, until a person decides."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
CALLER = {"name": "钱某某", "phone": "13800000001"}


async def in_follow_up(world: World) -> Any:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.reviewed(receipt["number"])
    return receipt


async def unsatisfied(world: World, number: str) -> Any:
    return await world.step(
        number, "follow_up", who="follow_up", reached=True, solved=False, satisfied=False, reason="灯还是不亮"
    )


def span(part: dict[str, Any], name: str) -> float:
    return (datetime.fromisoformat(part[name]) - datetime.fromisoformat(part["dispatched_at"])).total_seconds()


async def test_the_unit_that_led_does_it_again_in_half_the_time(world: World) -> None:
    urban = await world.department("urban")
    receipt = await in_follow_up(world)
    number = receipt["number"]
    again = await unsatisfied(world, number)
    assert again["state"] == "assigned"
    page = await world.ticket(number)
    first, second = page["assignments"]
    assert (first["state"], second["state"]) == ("accepted", "dispatched")
    assert second["department"] == first["department"]
    assert "第1次重办" in second["because"]
    assert "灯还是不亮" in second["because"]
    assert span(second, "reply_by") < span(first, "reply_by")
    clock = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    assert all(part["is_as_stored"] for part in clock["assignments"])
    assert page["reopen_count"] == 1
    assert page["closed_at"] is None
    await world.deliver()
    told = urban.last("ticket.reopened")
    assert (told["ticket"], told["assignment"]) == (number, 2)


async def test_the_citizen_is_told_a_new_date_and_the_first_one_is_kept(world: World) -> None:
    receipt = await in_follow_up(world)
    world.clock.move(days=3)
    await unsatisfied(world, receipt["number"])
    page = await world.ticket(receipt["number"])
    assert page["promised_at"] > receipt["promised_at"]
    assert page["first_promised_at"] == receipt["promised_at"]
    told = (await world.told(receipt["number"]))[-1]
    assert told.kind == "reopened"
    assert "promised" in await world.trail(receipt["number"])
    assert (await world.followed(receipt))["reply"] is None


async def test_the_second_time_is_supervised_the_third_escalated_and_then_a_person_decides(world: World) -> None:
    number = (await in_follow_up(world))["number"]
    levels = []
    for _ in range(3):
        await unsatisfied(world, number)
        levels.append((await world.ticket(number))["supervision_level"])
        await world.reviewed(number)
    assert levels == [0, 1, 2]
    rows = await world.rows("SELECT action, level, reason FROM supervisions ORDER BY seq")
    assert [(row["action"], row["level"]) for row in rows] == [("supervise", 1), ("escalate", 2)]
    step = await unsatisfied(world, number)
    assert step["state"] == "follow_up"
    assert (await world.trail(number))[-1] == "escalate"
    for _ in range(5):
        world.clock.move(days=10)
        await world.fire()
    assert (await world.ticket(number))["state"] == "follow_up", "no clock ends what the citizen was not content with"
    assert (await world.get("/api/v1/backlog", who="supervisor"))["stuck"]["in_follow_up"] == 1
    assert (await world.step(number, "close", who="supervisor", reason="经现场核查已依法处理完毕"))["state"] == "closed"


async def test_after_an_answer_of_displeasure_three_calls_in_vain_end_nothing(world: World) -> None:
    number = (await in_follow_up(world))["number"]
    for _ in range(3):
        await unsatisfied(world, number)
        await world.reviewed(number)
    await unsatisfied(world, number)
    for moment in ("2026-11-24T14:00:00+08:00", "2026-11-24T18:30:00+08:00"):
        world.clock.at = datetime.fromisoformat(moment)
        await world.step(number, "follow_up", who="follow_up", reached=False)
    assert (await world.ticket(number))["state"] == "follow_up"
    assert (await world.trail(number))[-2:] == ["unreachable", "escalate"]


async def test_a_closed_matter_is_taken_up_again_at_the_citizen_s_word(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.closed(receipt["number"])
    world.clock.move(days=10)
    again = await world.track(receipt, "ask_reopen", reason="昨晚又不亮了，请打13800000001")
    assert again["state"] == "assigned"
    page = await world.ticket(receipt["number"])
    assert page["reopen_count"] == 1
    trail = await world.get(f"/api/v1/tickets/{receipt['number']}/trail", who="auditor")
    assert "13800000001" not in str(trail)
    assert [event["type"] for event in trail["events"]].count("ask_reopen") == 1


async def test_a_seat_s_name_never_stands_on_the_trail_as_the_citizen_s(world: World) -> None:
    number = (await world.register(LAMP, caller=CALLER))["number"]
    await world.closed(number)
    await world.step(number, "ask_reopen", who="agent", reason="昨晚又不亮了")
    by = {event["type"]: event["by"] for event in await trail_of(world, number)}
    assert (by["ask_reopen"]["role"], by["ask_reopen"]["name"]) == ("agent", "test-agent")
    assert (by["reopen"]["role"], by["reopen"]["name"]) == ("citizen", "citizen")


async def test_the_department_learns_what_the_citizen_finds_wrong(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(LAMP, caller=CALLER)
    number = receipt["number"]
    await world.closed(number)
    await world.track(receipt, "ask_reopen", reason="换过的灯昨晚又不亮，钱某某，请打13800000001")
    await world.deliver()
    told = urban.last("ticket.reopened")
    assert "换过的灯昨晚又不亮" in told["reason"]
    page = await world.ticket(number, who="department:urban")
    assert page["brief"] == told["brief"]
    assert "第1次重办，诉求人说明：换过的灯昨晚又不亮" in told["brief"]
    for trace in ("13800000001", "钱某某"):
        assert trace not in told["reason"] + told["brief"]
    # The trail says only that something was added.
    assert "换过的灯" not in str([event["fields"] for event in (await trail_of(world, number))])
    await world.closed(number)
    await world.track(receipt, "ask_reopen", reason="第二盏灯也灭了")
    brief = (await world.ticket(number))["brief"]
    assert brief.index("第1次重办，诉求人说明") < brief.index("第2次重办，诉求人说明：第二盏灯也灭了")


async def test_the_desk_too_reads_what_is_still_wrong(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    for _ in range(3):
        await world.closed(receipt["number"])
        await world.track(receipt, "ask_reopen", reason="昨晚又不亮了")
    await world.closed(receipt["number"])
    await world.track(receipt, "ask_reopen", reason="路灯杆被撞歪了")
    page = await world.ticket(receipt["number"], who="dispatcher")
    assert page["state"] == "on_desk"
    assert "第4次重办，诉求人说明：路灯杆被撞歪了" in page["brief"]


async def test_what_a_citizen_writes_with_a_bad_rating_reaches_the_department(world: World) -> None:
    urban = await world.department("urban")
    receipt = await in_follow_up(world)
    await world.track(receipt, "rate", solved=False, satisfied=False, score=1, remark="只换了一盏，打13800000001")
    await world.deliver()
    told = urban.last("ticket.reopened")
    assert told["reason"].startswith("只换了一盏")
    assert "只换了一盏" in told["brief"]
    assert "13800000001" not in told["reason"] + told["brief"]


async def test_without_words_of_the_citizen_the_department_is_told_the_reason(world: World) -> None:
    urban = await world.department("urban")
    number = (await in_follow_up(world))["number"]
    await unsatisfied(world, number)
    await world.deliver()
    assert urban.last("ticket.reopened")["reason"] == "灯还是不亮"
    assert "诉求人说明" not in (await world.ticket(number))["brief"]


async def trail_of(world: World, number: str) -> list[Any]:
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor")
    return list(trail["events"])


async def test_too_late_is_a_new_request(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.closed(receipt["number"])
    world.clock.move(days=17)
    problem = await world.track(receipt, "ask_reopen", ok=(409,), reason="昨晚又不亮了")
    assert "重新提交" in problem["detail"]
    await world.fire()
    await world.track(receipt, "ask_reopen", ok=(409,), reason="昨晚又不亮了")
    assert (await world.ticket(receipt["number"]))["state"] == "archived"


async def test_a_reason_is_needed(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.closed(receipt["number"])
    await world.track(receipt, "ask_reopen", ok=(422,), reason="再办")
    await world.refused(receipt["number"], "reopen", who="supervisor", status=422, reason="再办")


async def test_who_asks_for_a_fourth_time_gets_a_person_at_the_desk(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    number = receipt["number"]
    await world.closed(number)
    for _ in range(3):
        assert (await world.track(receipt, "ask_reopen", reason="昨晚又不亮了"))["state"] == "assigned"
        await world.closed(number)
    fourth = await world.track(receipt, "ask_reopen", reason="昨晚又不亮了")
    assert fourth["state"] == "on_desk"
    page = await world.ticket(number)
    assert "第4次重办" in page["desk_reason"]
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor")
    again = [event["fields"] for event in trail["events"] if event["type"] == "reopen"]
    first = page["assignments"][0]["department"]["code"]
    assert [fields["lead"] for fields in again] == [first, first, first, None], "the trail says to whom it went"
    assert page["supervision_level"] == 2
    assert page["stage_by"] is not None


async def test_a_supervisor_or_shift_lead_orders_it_and_others_do_not(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.closed(receipt["number"])
    for who in ("agent", "reviewer", "department:urban", "leader"):
        await world.refused(receipt["number"], "reopen", who=who, status=403, reason="抽查发现未修复")
    again = await world.step(receipt["number"], "reopen", who="supervisor", reason="抽查发现未修复")
    assert again["state"] == "assigned"


async def test_a_policy_that_closes_the_displeased_or_sends_to_the_desk_is_obeyed(world: World) -> None:
    import msgspec

    policy = world.hub.policy
    to_desk = msgspec.structs.replace(policy, reopen=msgspec.structs.replace(policy.reopen, to="desk"))
    number = (await in_follow_up(world))["number"]
    city = world.hub.city
    world.hub.city = msgspec.structs.replace(city, policies={**city.policies, policy.id: to_desk})
    step = await unsatisfied(world, number)
    assert step["state"] == "on_desk"
    assert "第1次重办" in (await world.ticket(number))["desk_reason"]
