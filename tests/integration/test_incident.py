"""突发/群体事件: one lead, one answer, every caller attached and told; what has its own danger goes its own way."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from models.store import tickets
from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

BURST = "投诉：东湖区翠湖路的自来水主管爆裂，整条街都没有水，请尽快抢修。"
TITLE = "翠湖路自来水主管爆裂停水"
ANSWER = "抢修队已到现场，预计今晚八点前恢复供水，送水车停在翠湖路社区门口"


@pytest.fixture
async def burst(world: World) -> tuple[World, Any, Any]:
    """A world in which an incident is open: its lead's receipt and the incident."""
    lead = await world.register(BURST, caller={"phone": "13800000001"})
    content = {"ticket": lead["number"], "title": TITLE, "answer": ANSWER}
    return world, lead, await world.post("/api/v1/incidents", content, who="shift_lead")


async def move(world: World, incident: Any, action: str, *, ok: int = 200, **more: Any) -> Any:
    path = f"/api/v1/incidents/{incident['id']}/steps"
    return await world.post(path, {"action": action, **more}, who="shift_lead", ok=(ok,))


async def caller(world: World, incident: Any, n: int, text: str = "我家也停水了，什么时候来水") -> Any:
    phone = {"phone": f"139{n:08d}"}
    return await world.register(text, key=f"caller-{n}", caller=phone, incident=incident["id"])


async def test_a_caller_is_attached_in_one_step_and_told_the_one_answer(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    receipt = await caller(world, incident, 1)
    assert receipt["state"] == "merged"
    assert (await world.trail(receipt["number"])) == ["register", "accept", "merge"]
    (told,) = await world.told(receipt["number"])
    assert TITLE in told.content
    assert ANSWER in told.content
    assert receipt["query_code"] in told.content
    page = await world.get(f"/api/v1/incidents/{incident['id']}", who="agent")
    assert (page["attached"], page["lead"], page["answer_version"]) == (1, lead["number"], 1)
    seen = await world.followed(receipt)
    assert seen["incident"] == {"title": TITLE, "answer": ANSWER}


async def test_all_who_call_are_attached_and_told_how_it_ended(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    receipts = await asyncio.gather(*(caller(world, incident, n) for n in range(1, 31)))
    await move(world, incident, "close", text="供水已于十九时全部恢复")
    page = await world.get(f"/api/v1/incidents/{incident['id']}", who="agent")
    assert (page["attached"], page["closed_by"]) == (30, "test-shift_lead")
    for receipt in (lead, *receipts):
        assert "供水已于十九时全部恢复" in (await world.told(receipt["number"]))[-1].content
    late = await world.post(
        "/api/v1/tickets", {"text": BURST, "incident": incident["id"]}, who="channel:phone", key="late", ok=(409,)
    )
    assert "已结束" in late["detail"]


async def test_the_result_of_the_lead_reaches_everybody(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    receipts = [await caller(world, incident, n) for n in range(1, 4)]
    if (await world.ticket(lead["number"]))["state"] == "on_desk":
        await world.step(lead["number"], "dispatch", who="dispatcher")
    await world.reviewed(lead["number"])
    for receipt in receipts:
        assert "已办理" in (await world.told(receipt["number"]))[-1].content


async def test_a_new_answer_is_told_where_asked_and_an_old_one_expires(burst: tuple[World, Any, Any]) -> None:
    world, _, incident = burst
    receipt = await caller(world, incident, 1)
    until = str((world.clock.at + timedelta(hours=2)).isoformat())
    page = await move(world, incident, "answer", text="恢复供水推迟到明早六点", tell=True, expires_at=until)
    assert (page["answer"], page["answer_version"]) == ("恢复供水推迟到明早六点", 2)
    assert "推迟到明早六点" in (await world.told(receipt["number"]))[-1].content
    world.clock.move(hours=3)
    page = await world.get(f"/api/v1/incidents/{incident['id']}", who="channel:chatbot")
    assert (page["answer"], page["is_expired"]) == (None, True)
    assert "推迟" not in (await world.told((await caller(world, incident, 2))["number"]))[-1].content
    past = str((world.clock.at - timedelta(hours=1)).isoformat())
    await move(world, incident, "answer", text="恢复供水推迟到明早六点", expires_at=past, ok=409)


async def test_who_tells_of_another_danger_is_no_attached_caller(burst: tuple[World, Any, Any]) -> None:
    world, _, incident = burst
    receipt = await caller(world, incident, 1, "停水了，我邻居家厨房还着火了，火很大，有人被困")
    assert receipt["state"] != "merged"
    assert receipt["handoff"]["number"] == "119"


async def test_two_incidents_stay_apart(burst: tuple[World, Any, Any]) -> None:
    world, _, incident = burst
    other_lead = await world.register("投诉：临江区江滨大道大面积停电，红绿灯也不亮了，请尽快处理。")
    other = await world.post(
        "/api/v1/incidents", {"ticket": other_lead["number"], "title": "江滨大道大面积停电"}, who="supervisor"
    )
    await asyncio.gather(*(caller(world, (incident, other)[n % 2], n) for n in range(1, 21)))
    listed = (await world.get("/api/v1/incidents?open=true", who="agent"))["incidents"]
    assert {one["title"]: one["attached"] for one in listed} == {TITLE: 10, "江滨大道大面积停电": 10}


async def test_what_came_in_before_is_attached_in_one_click(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    before = [await world.register(BURST, caller={"phone": f"1370000000{n}"}) for n in range(3)]
    asked = {"tickets": [*(one["number"] for one in before), lead["number"]]}
    done = await world.post(f"/api/v1/incidents/{incident['id']}/attach", asked, who="agent")
    assert sorted(done["attached"]) == sorted(one["number"] for one in before)
    assert [one["number"] for one in done["refused"]] == [lead["number"]]


async def test_an_incident_alarms_who_is_on_duty_and_owes_the_leaders_reports(world: World) -> None:
    lead = await world.register(BURST, caller={"phone": "13800000001"})
    content = {"ticket": lead["number"], "title": TITLE}
    incident = await world.post("/api/v1/incidents", content, who="shift_lead")
    alarms = [one for one in await world.told(lead["number"]) if one.kind == "alarm"]
    assert alarms
    assert all(TITLE in one.content for one in alarms)
    assert not incident["is_report_late"]
    world.clock.move(minutes=31)
    assert (await world.get(f"/api/v1/incidents/{incident['id']}", who="leader"))["is_report_late"]
    page = await move(world, incident, "report", text="已报市政府值班室")
    assert (page["reports"], page["is_report_late"]) == (1, False)


async def test_the_leaders_are_owed_a_report_also_where_the_lead_is_closed(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    first, _ = world.hub.city.incidents.report(lead["urgency"])
    await world.step(lead["number"], "dispatch", who="dispatcher", lead="urban", reason="先行处置")
    await world.closed(lead["number"])
    world.clock.move(seconds=first.total_seconds() + 30)
    await world.fire()
    world.clock.move(minutes=16)
    await world.fire()
    trail = await world.trail(lead["number"])
    told = trail[trail.index("close") + 1 :]
    assert told.count("incident_report_late") >= 2
    assert "remind" not in told
    assert (await world.get(f"/api/v1/incidents/{incident['id']}", who="leader"))["late_reports"] == 1


async def test_a_report_that_was_not_made_alarms_again_and_again_until_it_is(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    first, every = world.hub.city.incidents.report(lead["urgency"])

    async def alarms() -> list[str]:
        return [one.content for one in await world.told(lead["number"]) if "尚未报送" in one.content]

    world.clock.move(seconds=first.total_seconds() - 30)
    await world.fire()
    assert await alarms() == []
    world.clock.move(minutes=1)
    await world.fire()
    once = await alarms()
    assert once
    assert TITLE in once[0]
    assert {"escalate", "incident_report_late"} <= set(await world.trail(lead["number"]))
    world.clock.move(minutes=16)
    await world.fire()
    assert len(await alarms()) == 2 * len(once)
    page = await world.get(f"/api/v1/incidents/{incident['id']}", who="leader")
    assert (page["is_report_late"], page["late_reports"]) == (True, 1)
    async with world.client.get("/metrics") as response:
        assert 'hotline_incidents{counted="report_late"} 1.0' in await response.text()
    page = await move(world, incident, "report", text="已报市政府值班室")
    assert (page["is_report_late"], page["late_reports"]) == (False, 1)
    world.clock.move(minutes=16)
    await world.fire()
    assert len(await alarms()) == 2 * len(once)
    world.clock.move(seconds=every.total_seconds())
    await world.fire()
    page = await world.get(f"/api/v1/incidents/{incident['id']}", who="leader")
    assert page["late_reports"] == 2


async def test_nobody_is_alarmed_about_an_incident_that_is_over(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    await move(world, incident, "close", text="供水已恢复")
    before = len(await world.told(lead["number"]))
    world.clock.move(hours=40)
    await world.fire()
    said = [one.content for one in (await world.told(lead["number"]))[before:]]
    assert not [one for one in said if "尚未报送" in one or "统一口径" in one]


async def test_the_keeper_of_an_answer_is_warned_before_it_expires_and_when_it_has(
    burst: tuple[World, Any, Any],
) -> None:
    world, lead, incident = burst
    until = str((world.clock.at + timedelta(hours=2)).isoformat())
    await move(world, incident, "answer", text="预计今晚十点恢复供水", expires_at=until)

    async def warned(words: str) -> bool:
        return any(words in one.content for one in await world.told(lead["number"]) if one.kind == "alarm")

    world.clock.move(minutes=80)
    await world.fire()
    assert not await warned("统一口径将于")
    world.clock.move(minutes=15)
    await world.fire()
    assert await warned("统一口径将于")
    assert await warned("test-shift_lead")
    assert not await warned("统一口径已到期")
    world.clock.move(minutes=30)
    await world.fire()
    assert await warned("统一口径已到期")


async def test_an_expired_answer_is_given_out_by_no_door(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    early = await caller(world, incident, 1)
    world.clock.move(hours=25)
    after = await caller(world, incident, 2)
    late = await world.register(BURST, caller={"phone": "13700000001"})
    path = f"/api/v1/incidents/{incident['id']}"
    await world.post(f"{path}/attach", {"tickets": [late["number"]]}, who="agent")
    said = [(await world.told(one["number"]))[-1].content for one in (after, late)]
    shown = [await world.followed(one) for one in (early, after, late, lead)]
    shown += [await world.get(path, who=who) for who in ("agent", "leader", "channel:chatbot")]
    shown += [await world.get("/api/v1/incidents", who="supervisor")]
    assert not [one for one in (*said, *map(str, shown)) if ANSWER in one]


async def test_the_lead_of_an_open_incident_is_merged_into_nothing(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    other = await world.register(BURST, caller={"phone": "13700000001"})
    merge = {"into": other["number"], "reason": "同一事项"}
    problem = await world.refused(lead["number"], "merge", who="shift_lead", **merge)
    assert TITLE in problem["detail"]
    await move(world, incident, "close")
    await world.step(lead["number"], "merge", who="shift_lead", **merge)


async def test_who_may_not_and_what_cannot_is_refused(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    again = {"ticket": lead["number"], "title": TITLE}
    await world.post("/api/v1/incidents", again, who="shift_lead", ok=(409,))
    await world.post("/api/v1/incidents", again, who="agent", ok=(403,))
    await world.post("/api/v1/tickets", {"text": BURST, "incident": "99"}, who="channel:phone", key="k1", ok=(404,))
    both = {"text": BURST, "incident": incident["id"], "answer": "正在抢修"}
    await world.post("/api/v1/tickets", both, who="channel:phone", key="k2", ok=(422,))
    await move(world, incident, "close")
    await move(world, incident, "report", ok=409)


async def test_a_repeat_among_thousands_is_found_without_reading_them(burst: tuple[World, Any, Any]) -> None:
    world, lead, incident = burst
    await caller(world, incident, 7)
    again = await world.register(BURST, caller={"phone": "13900000007"})
    await world.step(again["number"], "merge", who="dispatcher", into=lead["number"], reason="同一事项")
    trail = await world.get(f"/api/v1/tickets/{lead['number']}/trail", who="supervisor")
    assert [one["fields"]["relation"] for one in trail["events"] if one["type"] == "merged_in"] == ["repeat"]
    async with world.hub.database.session() as session:
        found = await tickets.merged_callers(session, id_of(lead["number"]))
    assert sorted(one.phone for one in found if one.phone) == ["13900000007", "13900000007"]
    assert json.dumps([one.query_code for one in found])
