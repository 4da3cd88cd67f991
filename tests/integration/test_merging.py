"""并单、拆单: one matter on one ticket, and every caller with an answer, a date and a rating of their own."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from models.store import events, tickets
from models.ticket import id_of
from models.trail import broken_link

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
BRIBE = "举报市城管局执法人员收受摊贩好处费，对翠湖路占道经营不闻不问。"
RUDE = "投诉城管局窗口人员态度恶劣，推诿扯皮，办手续跑了三趟都不给办。"
UNSURE = "院子里的东西坏了，不知道找谁"


async def lamps(world: World, n: int) -> list[Any]:
    return [await world.register(LAMP, caller={"name": "钱某某", "phone": f"1380000000{i}"}) for i in range(n)]


async def merge(world: World, receipt: Any, into: Any) -> Any:
    return await world.step(receipt["number"], "merge", who="dispatcher", into=into["number"], reason="同一处路灯")


async def test_a_merged_ticket_ends_and_its_department_is_told(world: World) -> None:
    urban = await world.department("urban")
    first, second = await lamps(world, 2)
    await world.deliver()
    merged = await merge(world, second, first)
    assert merged["state"] == "merged"
    assert {part["state"] for part in merged["assignments"]} == {"recalled"}
    await world.deliver()
    told = urban.last("ticket.merged")
    assert (told["ticket"], told["into"]) == (second["number"], first["number"])
    assert (await world.trail(first["number"]))[-1] == "merged_in"
    assert [one.kind for one in await world.told(second["number"])] == ["registered", "merged"]
    assert await world.rows("SELECT * FROM timers WHERE ticket_id = $1", id_of(second["number"])) == []


async def test_a_caller_s_own_repeat_presses_on_the_common_ticket(world: World) -> None:
    urban = await world.department("urban")
    first, second = await lamps(world, 2)
    again = await world.register(LAMP, caller={"phone": "13800000001"})
    await merge(world, second, first)
    assert (await world.ticket(first["number"]))["urge_count"] == 0, "another's report of the same event is no urging"
    assert (await fields_of(world, first, "merged_in"))[-1]["relation"] == "same_event"
    await world.track(again, "urge", text="还没修")
    await merge(world, again, first)
    assert (await world.ticket(first["number"]))["urge_count"] == 2, "who has called again, and has urged that"
    assert (await fields_of(world, first, "merged_in"))[-1]["relation"] == "repeat"
    await world.deliver()
    urged = [body["data"] for body in urban.received if body["type"] == "ticket.urged"]
    assert {(one["ticket"], one["count"]) for one in urged} == {(again["number"], 1), (first["number"], 2)}


async def test_every_merged_caller_gets_the_answer_and_gives_a_rating_of_his_own(world: World) -> None:
    first, second, third = await lamps(world, 3)
    await merge(world, second, first)
    await merge(world, third, first)
    await world.replied(first["number"], text="路灯线路已更换，当晚恢复照明。")
    for receipt in (second, third):
        page = await world.followed(receipt)
        assert page["state"] == "merged"
        assert page["merged_state"] == "in_review"
        assert page["reply"] is None, "nobody has approved it yet"
        problem = await world.track(receipt, "rate", ok=(409,), solved=True, satisfied=True)
        assert "正在办理" in problem["detail"]
    await world.step(first["number"], "approve", who="reviewer")
    for receipt in (second, third):
        assert (await world.followed(receipt))["reply"] == "路灯线路已更换，当晚恢复照明。"
    await world.track(second, "rate", solved=True, satisfied=True, score=3)
    await world.track(third, "rate", solved=True, satisfied=True, score=5)
    assert (await world.ticket(first["number"]))["state"] == "follow_up", "a merged caller's rating closes nothing"
    await world.track(first, "rate", solved=True, satisfied=True, score=4)
    assert (await world.ticket(first["number"]))["state"] == "closed"
    scores = [(await world.followed(receipt))["rating"]["score"] for receipt in (first, second, third)]
    assert scores == [4, 3, 5]
    for receipt in (first, second, third):
        kinds = [one.kind for one in await world.told(receipt["number"])]
        assert kinds[-2:] == ["result", "closed"], kinds
        assert {one.address for one in await world.told(receipt["number"])} == {await _phone(world, receipt)}


async def test_every_message_to_a_merged_caller_names_his_own_number_and_code(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.closed(first["number"])
    for one in await world.told(second["number"]):
        assert second["number"] in one.content
        assert first["number"] not in one.content


async def test_merged_children_follow_their_parent(world: World) -> None:
    first, second, third, fourth = await lamps(world, 4)
    await merge(world, fourth, third)
    await merge(world, third, second)
    await merge(world, second, first)
    rows = await world.rows("SELECT id, merged_into FROM tickets WHERE state = 'merged' ORDER BY id")
    assert {row["merged_into"] for row in rows} == {id_of(first["number"])}
    assert len(rows) == 3
    assert (await world.trail(fourth["number"]))[-1] == "merge_followed"
    await world.closed(first["number"])
    for receipt in (second, third, fourth):
        assert (await world.followed(receipt))["merged_state"] == "closed"
        assert [one.kind for one in await world.told(receipt["number"])][-1] == "closed"


async def test_nothing_is_merged_into_itself_or_into_what_has_ended(world: World) -> None:
    first, second, third = await lamps(world, 3)
    problem = await world.refused(first["number"], "merge", who="dispatcher", into=first["number"], reason="同一处路灯")
    assert "自身" in problem["detail"]
    await merge(world, second, first)
    problem = await world.refused(
        third["number"], "merge", who="dispatcher", into=second["number"], reason="同一处路灯"
    )
    assert "已结束" in problem["detail"]
    await world.closed(first["number"])
    await world.refused(third["number"], "merge", who="dispatcher", into=first["number"], reason="同一处路灯")
    await world.refused(
        third["number"], "merge", who="dispatcher", status=404, into="20261100000000", reason="同一处路灯"
    )


async def test_two_merges_at_once_in_opposite_directions_make_one(world: World) -> None:
    first, second = await lamps(world, 2)
    versions = [(await world.ticket(one["number"]))["version"] for one in (first, second)]

    async def one_way(receipt: Any, into: Any, version: int) -> int:
        content = {"action": "merge", "version": version, "into": into["number"], "reason": "同一处路灯"}
        path = f"/api/v1/tickets/{receipt['number']}/steps"
        return (await world.send(path, json.dumps(content).encode(), who="dispatcher", key="m"))[0]

    statuses = await asyncio.gather(one_way(first, second, versions[0]), one_way(second, first, versions[1]))
    assert sorted(statuses) == [200, 409]
    states = {(await world.ticket(one["number"]))["state"] for one in (first, second)}
    assert states == {"merged", "assigned"}


async def test_a_parent_cannot_be_withdrawn_over_the_heads_of_the_others(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    problem = await world.track(first, "withdraw", ok=(409,))
    assert "另有1位诉求人" in problem["detail"]
    assert (await world.ticket(first["number"]))["state"] == "assigned"


async def test_a_parent_on_the_desk_is_not_voided_and_its_answer_reaches_all(world: World) -> None:
    first = await world.register(UNSURE, caller={"phone": "13800000001"})
    second = await world.register(UNSURE, caller={"phone": "13800000002"})
    await merge(world, second, first)
    await world.refused(first["number"], "void", who="shift_lead", reason="重复登记作废")
    await world.step(first["number"], "answer", who="agent", text="该院属物业管理，已告知物业电话。")
    assert [one.kind for one in await world.told(second["number"])][-1] == "answered"
    assert (await world.followed(second))["reply"] == "该院属物业管理，已告知物业电话。"


async def test_what_a_merged_caller_adds_reaches_the_department_under_the_common_number(world: World) -> None:
    urban = await world.department("urban")
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.track(second, "supplement", text="灯杆也歪了，我叫钱某某，改打13900000002。")
    await world.deliver()
    told = urban.last("ticket.supplemented")
    assert told["ticket"] == first["number"]
    assert "灯杆也歪了" in told["added"]
    assert "灯杆也歪了" in told["brief"]
    assert "灯杆也歪了" in (await world.ticket(first["number"]))["brief"]
    assert "13900000002" not in str(told["added"]) + told["brief"]
    assert (await world.trail(second["number"]))[-2:] == ["supplement", "passed_on"]
    assert (await fields_of(world, second, "passed_on"))[-1] == {"into": first["number"]}
    assert (await world.trail(first["number"]))[-2:] == ["supplement", "brief_edited"]
    assert (await fields_of(world, first, "supplement"))[-1] == {"ticket": second["number"]}


async def test_neither_callers_name_leaves_with_what_the_other_adds(world: World) -> None:
    urban = await world.department("urban")
    first = await world.register(LAMP, caller={"name": "欧阳雪梅", "phone": "13800000001"})
    second = await world.register(LAMP, caller={"name": "司马云飞", "phone": "13800000002"})
    await merge(world, second, first)
    await world.track(second, "supplement", text="司马云飞和邻居欧阳雪梅都看见灯杆歪了。")
    await world.deliver()
    told = urban.last("ticket.supplemented")
    assert "灯杆歪了" in told["added"]
    for name in ("欧阳雪梅", "司马云飞"):
        assert name not in told["added"] + told["brief"]


async def test_a_merged_callers_urging_presses_the_common_ticket(world: World) -> None:
    urban = await world.department("urban")
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.track(first, "urge")
    await world.track(second, "urge", text="都一个星期了")
    world.clock.move(hours=25)
    await world.step(second["number"], "urge", who="agent", text="来电再催")
    await world.deliver()
    told = urban.last("ticket.urged")
    assert (told["ticket"], told["count"]) == (first["number"], 3)
    assert (await world.followed(second))["urge_count"] == 2
    assert await fields_of(world, first, "urge") == [
        {"length": 0, "is_counted": True},
        *[{"ticket": second["number"]}] * 2,
    ]
    # His words stay with him.
    assert len(await world.rows("SELECT * FROM event_words WHERE ticket_id = $1", id_of(second["number"]))) == 2
    assert await world.rows("SELECT * FROM event_words WHERE ticket_id = $1", id_of(first["number"])) == []


async def test_what_the_common_ticket_does_not_allow_changes_neither(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.track(second, "ask_reopen", ok=(409,), reason="昨晚又不亮了")
    await world.closed(first["number"])
    before = [await world.everything_of(one["number"]) for one in (first, second)]
    for action, fields in (("urge", {}), ("supplement", {"text": "灯杆也歪了"})):
        problem = await world.track(second, action, ok=(409,), **fields)
        assert problem["code"] == "illegal_step"
    assert [await world.everything_of(one["number"]) for one in (first, second)] == before


async def test_a_merged_callers_word_takes_the_common_matter_up_again(world: World) -> None:
    urban = await world.department("urban")
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.closed(first["number"])
    world.clock.move(days=10)
    again = await world.track(second, "ask_reopen", reason="昨晚又不亮了，钱某某13800000001")
    assert again["state"] == "merged"
    page = await world.ticket(first["number"])
    assert (page["state"], page["reopen_count"]) == ("assigned", 1)
    assert "昨晚又不亮了" in page["brief"]
    await world.deliver()
    told = urban.last("ticket.reopened")
    assert told["ticket"] == first["number"]
    assert "昨晚又不亮了" in told["reason"]
    assert "13800000001" not in told["reason"] + told["brief"]
    assert "钱某某" not in told["reason"] + told["brief"]
    assert await fields_of(world, first, "ask_reopen") == [{"ticket": second["number"]}]
    for receipt in (first, second):
        assert [one.kind for one in await world.told(receipt["number"])][-1] == "reopened"
    assert (await world.followed(second))["merged_state"] == "assigned"


async def test_a_merged_caller_too_asks_in_time_and_at_the_fourth_time_gets_a_person(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.closed(first["number"])
    for _ in range(3):
        await world.track(second, "ask_reopen", reason="昨晚又不亮了")
        await world.closed(first["number"])
    await world.track(second, "ask_reopen", reason="昨晚又不亮了")
    assert (await world.ticket(first["number"]))["state"] == "on_desk"
    await world.step(first["number"], "dispatch", who="dispatcher", lead="urban", reason="路灯属城管局")
    await world.closed(first["number"])
    world.clock.move(days=17)
    problem = await world.track(second, "ask_reopen", ok=(409,), reason="昨晚又不亮了")
    assert "重新提交" in problem["detail"]


async def test_a_merged_caller_who_withdraws_is_told_nothing_more_and_nobody_else_is_touched(world: World) -> None:
    first, second, third = await lamps(world, 3)
    await merge(world, second, first)
    await merge(world, third, first)
    before = await world.everything_of(first["number"])
    assert (await world.track(second, "withdraw", reason="我要搬走了"))["state"] == "withdrawn"
    assert await world.everything_of(first["number"]) == before
    await world.track(second, "urge", ok=(409,))
    assert (await world.track(first, "withdraw", ok=(409,)))["detail"].startswith("另有1位诉求人")
    await world.closed(first["number"])
    assert [one.kind for one in await world.told(second["number"])] == ["registered", "merged", "withdrawn"]
    assert [one.kind for one in await world.told(third["number"])][-1] == "closed"
    assert "merged_state" not in await world.followed(second)


async def test_when_the_others_have_withdrawn_the_first_caller_may_too(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.track(second, "withdraw")
    assert (await world.track(first, "withdraw"))["state"] == "withdrawn"


@pytest.mark.parametrize("is_closed", [False, True], ids=["follow_up", "closed"])
@pytest.mark.parametrize(("solved", "satisfied"), [(False, False), (True, False), (False, True)])
async def test_a_merged_callers_displeasure_counts_like_the_first_callers(
    world: World, *, is_closed: bool, solved: bool, satisfied: bool
) -> None:
    urban = await world.department("urban")
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await (world.closed if is_closed else world.reviewed)(first["number"])
    said: dict[str, Any] = {"solved": solved, "satisfied": satisfied}
    await world.track(second, "rate", **said, score=1, remark="还是不亮，打13800000001")
    page = await world.ticket(first["number"])
    assert (page["state"], page["reopen_count"]) == ("assigned", 1)
    assert await fields_of(world, first, "merged_rating") == [{"ticket": second["number"], **said}]
    assert (await world.trail(second["number"]))[-2:] == ["rate", "passed_on"]
    assert (await world.followed(second))["rating"]["score"] == 1
    await world.deliver()
    told = urban.last("ticket.reopened")
    assert told["reason"].startswith("还是不亮")
    assert "13800000001" not in told["reason"] + told["brief"]


async def test_a_content_merged_caller_changes_nothing_there(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.reviewed(first["number"])
    before = await world.everything_of(first["number"])
    await world.track(second, "rate", solved=True, satisfied=True)
    assert await world.everything_of(first["number"]) == before


async def test_past_the_time_to_reopen_a_supervisor_hears_of_a_merged_callers_displeasure(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.closed(first["number"])
    world.clock.move(days=17)
    await world.track(second, "rate", solved=False, satisfied=False, score=1)
    assert (await world.ticket(first["number"]))["state"] == "closed"
    rows = await world.rows("SELECT ticket_id, action, level, department FROM supervisions")
    assert [tuple(row) for row in rows] == [(id_of(first["number"]), "escalate", 2, "urban")]
    await world.fire()
    assert (await world.ticket(first["number"]))["state"] == "archived", "it still ends in its time"
    await world.track(second, "rate", solved=False, satisfied=False, score=2)
    assert len(await world.rows("SELECT * FROM supervisions")) == 2


async def test_where_the_policy_reopens_nothing_a_supervisor_hears_of_it(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.reviewed(first["number"])
    policy, city = world.hub.policy, world.hub.city
    follow_up = msgspec.structs.replace(policy.follow_up, unsatisfied="close")
    ruled = msgspec.structs.replace(policy, follow_up=follow_up)
    world.hub.city = msgspec.structs.replace(city, policies={**city.policies, policy.id: ruled})
    await world.track(second, "rate", solved=False, satisfied=False, score=1)
    assert (await world.ticket(first["number"]))["state"] == "follow_up", (
        "it is not closed over the first caller's head"
    )
    assert [row["action"] for row in await world.rows("SELECT action FROM supervisions")] == ["escalate"]


async def test_after_the_third_time_a_merged_callers_displeasure_is_left_to_a_person(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    for _ in range(3):
        await world.reviewed(first["number"])
        await world.track(second, "rate", solved=False, satisfied=False, score=1)
    await world.reviewed(first["number"])
    await world.track(second, "rate", solved=False, satisfied=False, score=1)
    assert (await world.trail(first["number"]))[-2:] == ["merged_rating", "escalate"]
    for _ in range(5):
        world.clock.move(days=10)
        await world.fire()
    for moment in ("2027-01-12T10:00:00+08:00", "2027-01-12T14:30:00+08:00", "2027-01-12T18:30:00+08:00"):
        world.clock.at = datetime.fromisoformat(moment)
        await world.step(first["number"], "follow_up", who="follow_up", reached=False)
    assert (await world.ticket(first["number"]))["state"] == "follow_up", "no silence of the first caller ends it"


async def test_a_rating_that_a_seat_enters_for_a_merged_caller_is_not_lost(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    await world.reviewed(first["number"])
    # A seat may not reopen: a supervisor hears of it.
    await world.step(second["number"], "rate", who="agent", solved=False, satisfied=False, score=1)
    assert (await world.ticket(first["number"]))["state"] == "follow_up"
    assert [row["action"] for row in await world.rows("SELECT action FROM supervisions")] == ["escalate"]


async def test_the_same_step_of_a_merged_caller_sent_again_counts_once(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    path, content = f"/api/v1/track/{second['number']}/steps", {"action": "urge", "code": second["query_code"]}
    answers = [await world.post(path, content, who=None, key="same") for _ in range(2)]
    assert answers[0] == answers[1]
    assert (await world.ticket(first["number"]))["urge_count"] == 1


async def test_callers_of_one_matter_may_all_speak_at_once(world: World) -> None:
    receipts = await lamps(world, 6)
    first = receipts[0]
    for receipt in receipts[1:]:
        await merge(world, receipt, first)
    started = time.monotonic()
    await asyncio.gather(*(world.track(receipt, "urge") for receipt in receipts * 3))
    assert (await world.trail(first["number"])).count("urge") == len(receipts) * 3
    assert (await world.ticket(first["number"]))["urge_count"] == len(receipts), "each of them counts once a day"
    assert time.monotonic() - started < 1 + len(receipts), "nobody waits until a deadlock is found"


async def test_who_speaks_locks_the_common_ticket_first_as_merging_on_does(world: World) -> None:
    _, second, third = await lamps(world, 3)
    await merge(world, third, second)
    async with world.hub.database.transaction() as session:
        await tickets.lock(session, id_of(second["number"]))
        urging = asyncio.create_task(world.track(third, "urge"))
        while not await world.rows("SELECT FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)
        # Crosswise this would wait for ever: merging the second into another locks those that follow it next.
        async with asyncio.timeout(0.5):
            await tickets.lock(session, id_of(third["number"]))
    await urging
    assert (await world.ticket(second["number"]))["urge_count"] == 1


async def test_what_is_said_while_the_common_ticket_is_merged_on_is_passed_on_to_where_it_stands(world: World) -> None:
    first, second, third = await lamps(world, 3)
    await merge(world, third, second)

    async def merge_on() -> None:
        path, status = f"/api/v1/tickets/{second['number']}/steps", 409
        content: dict[str, Any] = {"action": "merge", "into": first["number"], "reason": "同一处路灯"}
        while status == 409:
            content["version"] = (await world.ticket(second["number"]))["version"]
            raw = json.dumps(content).encode()
            status = (await world.send(path, raw, who="dispatcher", key=secrets.token_hex(8)))[0]

    await asyncio.gather(merge_on(), *(world.track(third, "urge") for _ in range(6)))
    counts = [(await world.ticket(one["number"]))["urge_count"] for one in (first, second, third)]
    assert counts[2] == counts[0] + counts[1] == 1, "a caller who urges six times at once counts once"
    trails = [(await world.trail(one["number"])).count("urge") for one in (first, second, third)]
    assert trails[2] == trails[0] + trails[1] == 6
    assert (await world.followed(third))["merged_state"] == "assigned"


async def test_the_page_of_a_merged_caller_offers_what_can_be_passed_on(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)

    async def offered() -> set[str]:
        params = {"number": second["number"], "code": second["query_code"]}
        async with world.client.get("/me", params=params) as response:
            return set(re.findall(r'name="action" value="(\w+)"', await response.text()))

    assert await offered() == {"supplement", "urge", "withdraw"}
    await world.reviewed(first["number"])
    assert await offered() == {"supplement", "urge", "withdraw", "rate", "ask_reopen"}
    await world.step(first["number"], "close", who="supervisor", reason="当面回访满意")
    assert await offered() == {"withdraw", "rate", "ask_reopen"}


async def test_the_trails_of_all_that_were_merged_hold(world: World) -> None:
    first, second, third = await lamps(world, 3)
    await merge(world, third, second)
    await merge(world, second, first)
    await world.track(third, "urge", text="都一个星期了")
    await world.reviewed(first["number"])
    await world.track(third, "rate", solved=False, satisfied=False, score=1)
    async with world.hub.database.session() as session:
        for receipt in (first, second, third):
            ticket = await tickets.get(session, id_of(receipt["number"]))
            assert broken_link(await events.of_ticket(session, ticket.id), ticket) is None


async def test_what_was_merged_reads_as_merged_for_the_department(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    assert (await world.ticket(second["number"], who="department:urban"))["state"] == "merged"
    await world.refused(second["number"], "acknowledge", who="department:urban", assignment=1)


async def test_a_split_makes_tickets_of_the_further_matters_with_dates_for_the_citizen(world: World) -> None:
    receipt = await world.register(
        "东湖区翠湖路的路灯坏了三天；另外小区门口垃圾没人清运。", caller={"name": "钱某某", "phone": "13800000001"}
    )
    world.clock.move(days=1)
    answer = await world.step(
        receipt["number"],
        "split",
        who="dispatcher",
        briefs=["小区门口垃圾没人清运。", "钱某某反映楼道堆物，联系13800000001。"],
        reason="一件诉求含三个事项",
    )
    assert answer["state"] == receipt["state"]
    assert len(answer["made"]) == 2
    for number in answer["made"]:
        child = await world.ticket(number)
        assert child["state"] == "on_desk"
        assert child["promised_at"] == child["first_promised_at"]
        assert child["stage_by"] is not None
        assert receipt["number"] in child["desk_reason"]
        assert (await world.trail(number))[:2] == ["register", "accept"]
        (told,) = await world.told(number)
        assert (told.kind, receipt["number"] in told.content) == ("split_off", True)
        code = re.findall(r"查询码(\d{8})", told.content)[0]
        assert (await world.followed({"number": number, "query_code": code}))["promised_at"] == child["promised_at"]
        assert code != receipt["query_code"]
    found = await world.get("/api/v1/tickets?q=垃圾", who="agent")
    assert {row["number"] for row in found["tickets"]} == {receipt["number"], answer["made"][0]}
    assert (await world.ticket(answer["made"][0]))["brief"] == "小区门口垃圾没人清运。"
    second = (await world.ticket(answer["made"][1]))["brief"]
    assert "楼道堆物" in second
    assert "13800000001" not in second
    assert "钱某某" not in second


WAGE_AND_LAMP = (
    "东湖区霞林天地广场二期工地拖欠我们三十个农民工三个月工资没有发；还有西城区鼓楼中路的路灯坏了两盏没人修。"
)


async def test_what_is_split_off_is_read_by_itself_as_intake_reads_it(world: World) -> None:
    receipt = await world.register(WAGE_AND_LAMP, caller={"name": "孙八", "phone": "13955556666"})
    whole = await world.ticket(receipt["number"])
    assert "wage" in whole["flags"]
    words = "西城区鼓楼中路的路灯坏了两盏没人修"
    answer = await world.step(receipt["number"], "split", who="shift_lead", briefs=[words], reason="两件事")
    child = await world.ticket(answer["made"][0])
    alone = await world.post("/api/v1/understand", {"text": words}, who="channel:phone")
    assert child["category"]["code"] == alone["categories"][0]["code"] != whole["category"]["code"]
    assert [child[name] for name in ("kind", "urgency", "flags")] == [alone[n] for n in ("kind", "urgency", "flags")]
    assert child["flags"] == []
    assert (child["district"], whole["district"]) == ("xicheng", "donghu")
    proposal = await world.get(f"/api/v1/tickets/{child['number']}/proposal", who="dispatcher")
    assert proposal["lead"]["code"] == alone["lead"]["code"]
    assert child["text"] == words
    again = await world.register(words, caller={"phone": "13955557777"})
    assert child["number"] in {one["number"] for one in again["possible_duplicates"]}
    own = {"text": words, "received_at": whole["registered_at"], "caller": {"phone": "13955558888"}}
    assert child["promised_at"] == (await world.register(**own))["promised_at"]


async def test_the_citizen_follows_what_was_split_off_by_a_code_of_its_own(world: World) -> None:
    receipt = await world.register(WAGE_AND_LAMP, caller={"phone": "13955556666"})
    words = ["鼓楼中路的路灯坏了两盏没人修", "小区门口垃圾没人清运"]
    made = (await world.step(receipt["number"], "split", who="shift_lead", briefs=words, reason="三件事"))["made"]
    codes = {receipt["query_code"]}
    for number, own in zip(made, words, strict=True):
        (told,) = await world.told(number)
        code = re.findall(r"查询码(\d{8})", told.content)[0]
        codes.add(code)
        page = await world.followed({"number": number, "query_code": code})
        assert (page["text"], "工资" in page["text"]) == (own, False)
        await world.get(f"/api/v1/track/{number}?code={receipt['query_code']}", who="agent", status=404)
    assert len(codes) == 3


async def test_what_protects_an_informer_is_not_lost_on_what_is_split_off(world: World) -> None:
    receipt = await accusation(world)
    words = ["翠湖路的路灯坏了三天没人修"]
    made = (await world.step(receipt["number"], "split", who="shift_lead", briefs=words, reason="两件事"))["made"]
    whole, child = await world.ticket(receipt["number"]), await world.ticket(made[0])
    assert child["category"]["code"] != whole["category"]["code"]
    assert [child[name] for name in ("kind", "disclosure")] == [whole[name] for name in ("kind", "disclosure")]
    kept = await world.rows("SELECT accused, recused FROM tickets ORDER BY id")
    assert kept[0] == kept[1]
    assert kept[0]["recused"] == ["urban"]
    assert "corruption" in child["flags"]
    await world.refused(made[0], "dispatch", who="dispatcher", lead="urban", reason="路灯")
    (told,) = await world.told(made[0])
    assert "路灯" not in told.content


async def test_a_danger_that_only_the_split_off_words_tell_of_is_handed_off(world: World) -> None:
    receipt = await world.register(LAMP, caller={"phone": "13800000001"})
    words = ["翠湖路8号楼道里煤气味很大，有人晕倒了"]
    made = (await world.step(receipt["number"], "split", who="shift_lead", briefs=words, reason="两件事"))["made"]
    child = await world.ticket(made[0])
    assert {"119", "120"} & {one["number"] for one in child["handoffs"]}
    assert child["state"] == "on_desk"


async def test_a_split_child_goes_its_own_way(world: World) -> None:
    receipt = await world.register(LAMP, caller={"phone": "13800000001"})
    answer = await world.step(
        receipt["number"], "split", who="dispatcher", briefs=["路口井盖松动。"], reason="另有一个事项"
    )
    child = answer["made"][0]
    await world.step(child, "dispatch", who="dispatcher", lead="housing", reason="道路设施")
    await world.closed(child)
    assert (await world.ticket(receipt["number"]))["state"] == "assigned"


async def test_a_split_in_a_month_without_any_ticket_yet(world: World) -> None:
    receipt = await world.register(LAMP)
    world.clock.move(days=15)
    answer = await world.step(
        receipt["number"], "split", who="dispatcher", briefs=["路口井盖松动。"], reason="另有一个事项"
    )
    assert answer["made"][0].startswith("202612")


async def test_a_split_needs_words_for_each_matter(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    for briefs in ([], ["路口井盖松动。"] * 10):
        problem = await world.post(
            f"/api/v1/tickets/{number}/steps",
            {"action": "split", "version": (await world.ticket(number))["version"], "briefs": briefs, "reason": "拆分"},
            who="dispatcher",
            key="s",
            ok=(409, 422),
        )
        assert "事项" in problem["detail"] or "briefs" in problem["detail"]
    assert (await world.rows("SELECT count(*) AS n FROM tickets"))[0]["n"] == 1


async def fields_of(world: World, receipt: Any, kind: str) -> list[dict[str, Any]]:
    """What the trail says of every event of one type."""
    trail = await world.get(f"/api/v1/tickets/{receipt['number']}/trail", who="supervisor")
    return [event["fields"] for event in trail["events"] if event["type"] == kind]


async def _phone(world: World, receipt: Any) -> str | None:
    async with world.hub.database.session() as session:
        return (await tickets.text(session, id_of(receipt["number"]))).caller_phone


async def accusation(world: World) -> Any:
    """A confidential tip-off against the urban bureau, on the desk."""
    caller = {"phone": "13800000009", "disclosure": "confidential"}
    receipt = await world.register(BRIBE, caller=caller)
    assert (receipt["kind"], receipt["state"]) == ("tip_off", "on_desk")
    return receipt


@pytest.mark.parametrize("given", [{"lead": "urban"}, {"lead": "power", "assisting": ["sanitation"]}])
async def test_a_tip_off_is_never_merged_into_what_the_accused_handle(world: World, given: dict[str, Any]) -> None:
    target, tip = (await lamps(world, 1))[0], await accusation(world)
    await world.step(target["number"], "reassign", who="dispatcher", reason="派单", **given)
    before = [await world.everything_of(one["number"]) for one in (target, tip)]
    for who in ("supervisor", "shift_lead"):
        said = await world.refused(tip["number"], "merge", who=who, into=target["number"], reason="同一事项")
        assert "回避" in said["detail"]
    assert [await world.everything_of(one["number"]) for one in (target, tip)] == before


async def test_a_tip_off_is_not_merged_into_what_comes_back_to_the_accused_when_reopened(world: World) -> None:
    target, tip = (await lamps(world, 1))[0], await accusation(world)
    await world.reviewed(target["number"])
    await world.refused(tip["number"], "merge", who="supervisor", into=target["number"], reason="同一事项")


@pytest.mark.parametrize("text", [BRIBE, RUDE])
async def test_only_a_shift_lead_or_a_supervisor_merges_what_accuses(world: World, text: str) -> None:
    first, second = [await world.register(text, caller={"phone": f"1380000000{i}"}) for i in range(2)]
    for who in ("agent", "dispatcher"):
        await world.refused(second["number"], "merge", who=who, status=403, into=first["number"], reason="同一事项")
    await world.step(second["number"], "merge", who="shift_lead", into=first["number"], reason="同一事项")
    assert (await world.ticket(second["number"]))["state"] == "merged"


async def test_what_took_in_a_tip_off_goes_to_the_accused_no_more(world: World) -> None:
    target, tip = (await lamps(world, 1))[0], await accusation(world)
    await world.step(target["number"], "reassign", who="dispatcher", lead="power", reason="杆线归属")
    await world.step(tip["number"], "merge", who="supervisor", into=target["number"], reason="同一事项")
    await world.step(target["number"], "recall", who="supervisor", reason="改派")
    said = await world.refused(target["number"], "designate", who="supervisor", lead="urban", reason="改派")
    assert "回避" in said["detail"]
    other = (await lamps(world, 1))[0]
    said = await world.refused(
        target["number"], "merge", who="agent", status=403, into=other["number"], reason="同一处"
    )
    said = await world.refused(target["number"], "merge", who="supervisor", into=other["number"], reason="同一处")
    assert "城管局" in said["detail"]


async def test_an_ordinary_request_is_merged_by_an_agent_as_ever(world: World) -> None:
    first, second = await lamps(world, 2)
    await world.step(second["number"], "merge", who="agent", into=first["number"], reason="同一处路灯")
