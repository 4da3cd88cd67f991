"""并单、拆单: one matter on one ticket, and every caller with an answer, a date and a rating of their own."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from models.store import events, tickets
from models.ticket import broken_link, id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
BRIBE = "举报市城管局执法人员收受摊贩好处费，对翠湖路占道经营不闻不问。"
RUDE = "投诉城管局窗口人员态度恶劣，推诿扯皮，办手续跑了三趟都不给办。"
UNSURE = "院子里的东西坏了没人管"


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
    await world.track(second, "rate", solved=False, satisfied=False, score=1)
    await world.track(third, "rate", solved=True, satisfied=True, score=5)
    assert (await world.ticket(first["number"]))["state"] == "follow_up", "a merged caller's rating closes nothing"
    await world.track(first, "rate", solved=True, satisfied=True, score=4)
    assert (await world.ticket(first["number"]))["state"] == "closed"
    scores = [(await world.followed(receipt))["rating"]["score"] for receipt in (first, second, third)]
    assert scores == [4, 1, 5]
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


async def test_the_trails_of_all_that_were_merged_hold(world: World) -> None:
    first, second, third = await lamps(world, 3)
    await merge(world, third, second)
    await merge(world, second, first)
    async with world.hub.database.session() as session:
        for receipt in (first, second, third):
            ticket = await tickets.get(session, id_of(receipt["number"]))
            assert broken_link(await events.of_ticket(session, ticket.id), ticket) is None


async def test_what_was_merged_reads_as_merged_for_the_department(world: World) -> None:
    first, second = await lamps(world, 2)
    await merge(world, second, first)
    assert (await world.ticket(second["number"], who="department:urban"))["state"] == "merged"
    await world.refused(second["number"], "acknowledge", who="department:urban", assignment=1)


async def test_a_split_makes_tickets_of_the_further_matters_with_the_citizen_s_date(world: World) -> None:
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
        assert child["promised_at"] == child["first_promised_at"] == receipt["promised_at"]
        assert child["stage_by"] is not None
        assert receipt["number"] in child["desk_reason"]
        assert (await world.trail(number))[:2] == ["register", "accept"]
        assert [one.kind for one in await world.told(number)] == ["registered"]
        followed = await world.followed({"number": number, "query_code": receipt["query_code"]})
        assert followed["promised_at"] == receipt["promised_at"]
        found = await world.get("/api/v1/tickets?q=垃圾", who="agent")
        assert number in {row["number"] for row in found["tickets"]}
    assert (await world.ticket(answer["made"][0]))["brief"] == "小区门口垃圾没人清运。"
    second = (await world.ticket(answer["made"][1]))["brief"]
    assert "楼道堆物" in second
    assert "13800000001" not in second
    assert "钱某某" not in second


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
    said = await world.refused(target["number"], "reassign", who="supervisor", lead="urban", reason="改派")
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
