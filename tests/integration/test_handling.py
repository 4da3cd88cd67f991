"""签收、联系、进展、反馈、签发: each unit does its own part, once, and only the lead moves the ticket."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hotline import webhook

if TYPE_CHECKING:
    from tests.integration.conftest import DepartmentServer, World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"
DONE = "路灯线路已更换，当晚恢复照明。"


async def raw_call_back(world: World, server: DepartmentServer, message_id: str, **content: Any) -> tuple[int, bytes]:
    """Send a signed callback; returns status and body as they are."""
    body = json.dumps(content).encode()
    headers = webhook.sign(message_id, int(time.time()), body, [server.callback_secret])
    path = f"/api/v1/callbacks/{server.code}"
    async with world.client.post(path, data=body, headers={**headers, "content-type": "application/json"}) as response:
        return response.status, await response.read()


def states(ticket: Any) -> list[str]:
    return [part["state"] for part in ticket["assignments"]]


async def test_a_callback_sent_twice_is_applied_once_and_answered_alike(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    await urban.call_back({"ticket": number, "assignment": 1}, "acknowledge")
    content = {"ticket": number, "assignment": 1, "action": "progress", "text": "已派维修班组"}
    first = await raw_call_back(world, urban, "cb_1", **content)
    before = await world.everything_of(number)
    assert await raw_call_back(world, urban, "cb_1", **content) == first
    assert first[0] == 200
    assert json.loads(first[1])["assignments"][0]["state"] == "in_progress"
    assert await world.everything_of(number) == before
    # A new message with the same words is a new step.
    await raw_call_back(world, urban, "cb_2", **content)
    assert (await world.trail(number)).count("progress") == 2


async def test_the_same_message_with_other_words_is_refused(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    content = {"ticket": number, "assignment": 1, "action": "acknowledge"}
    assert (await raw_call_back(world, urban, "cb_1", **content))[0] == 200
    before = await world.everything_of(number)
    status, body = await raw_call_back(world, urban, "cb_1", **{**content, "action": "progress", "text": "已到场"})
    assert (status, json.loads(body)["code"]) == (422, "idempotency_mismatch")
    assert await world.everything_of(number) == before


async def test_a_callback_repeated_after_its_part_has_ended_still_gets_its_first_answer(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    acknowledged = {"ticket": number, "action": "acknowledge"}
    asked: dict[str, Any] = {
        "ticket": number,
        "action": "request_deferral",
        "reason": "需更换地下电缆",
        "plan": "立项后施工",
    }
    asked["solve_by"] = "2026-12-20T17:00:00+08:00"
    first = [
        await raw_call_back(world, urban, "cb_1", **acknowledged),
        await raw_call_back(world, urban, "cb_2", **asked),
    ]
    await world.step(number, "decide_deferral", who="supervisor", granted=True, reason="同意挂账")
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    before = await world.everything_of(number)
    again = [
        await raw_call_back(world, urban, "cb_1", **acknowledged),
        await raw_call_back(world, urban, "cb_2", **asked),
    ]
    assert again == first
    assert await world.everything_of(number) == before


async def test_an_illegal_callback_is_refused_and_changes_nothing(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    data = {"ticket": number, "assignment": 1}
    before = await world.everything_of(number)
    for action, fields in (
        ("contact", {"reached": True}),
        ("progress", {"text": "已派维修班组"}),
        ("reply", {"text": DONE}),
        ("sign_off", {}),
        ("delegate", {"department": "donghu", "instruction": "请核实"}),
        ("request_extension", {"reason": "须勘查管线"}),
    ):
        said = await urban.call_back(data, action, **fields, ok=(409,))
        assert said["code"] == "illegal_step"
        assert "已派" in said["detail"]
    for action in ("approve", "dispatch", "decide_send_back", "note"):
        await urban.call_back(data, action, ok=(403, 422))
    assert await world.everything_of(number) == before
    await urban.call_back(data, "acknowledge")
    await urban.call_back(data, "acknowledge", ok=(409,))


async def test_a_callback_that_another_unit_signed_is_refused(world: World) -> None:
    urban, parks = await world.department("urban"), await world.department("parks")
    number = (await world.register(LAMP))["number"]
    before = await world.everything_of(number)
    parks.code = "urban"
    await parks.call_back({"ticket": number, "assignment": 1}, "acknowledge", ok=(401,))
    assert await world.everything_of(number) == before
    await urban.call_back({"ticket": number, "assignment": 1}, "acknowledge")


async def test_a_unit_cannot_act_on_the_part_of_another(world: World) -> None:
    urban, sanitation = await world.department("urban"), await world.department("sanitation")
    number = (await world.register(LITTER))["number"]
    before = await world.everything_of(number)
    await urban.call_back({"ticket": number, "assignment": 2}, "acknowledge", ok=(403,))
    await sanitation.call_back({"ticket": number, "assignment": 1}, "acknowledge", ok=(403,))
    await sanitation.call_back({"ticket": number, "assignment": 9}, "acknowledge", ok=(404,))
    assert await world.everything_of(number) == before
    # Who names no part means its own.
    await sanitation.call_back({"ticket": number, "assignment": None}, "acknowledge")
    assert states(await world.ticket(number)) == ["dispatched", "acknowledged"]


async def test_a_stranger_neither_sees_a_ticket_nor_learns_that_it_is_there(world: World) -> None:
    parks = await world.department("parks")
    number = (await world.register(LAMP))["number"]
    before = await world.everything_of(number)
    for path in ("", "/trail", "/clock"):
        await world.get(f"/api/v1/tickets/{number}{path}", who="department:parks", status=404)
    for query in ("", "?state=assigned", "?q=路灯", "?department=parks"):
        assert (await world.get(f"/api/v1/tickets{query}", who="department:parks"))["tickets"] == []
    await world.get("/api/v1/tickets?department=urban", who="department:parks", status=404)
    for action, fields in (
        ("acknowledge", {}),
        ("note", {"reason": "打听一下"}),
        ("send_back", {"reason": "不属职责", "duty_argument": "三定未列"}),
        ("decide_send_back", {"upheld": True, "reason": "成立"}),
    ):
        await world.refused(number, action, who="department:parks", status=404, **fields)
        stale = {"action": action, "version": 1, **fields}
        path = f"/api/v1/tickets/{number}/steps"
        await world.post(path, stale, who="department:parks", key=action, ok=(404,))
    await parks.call_back({"ticket": number, "assignment": 1}, "acknowledge", ok=(404,))
    assert await world.everything_of(number) == before


async def test_a_unit_without_a_system_of_its_own_works_by_steps(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    who = "department:urban"
    listed = await world.get("/api/v1/tickets?state=assigned", who=who)
    assert [(one["number"], one["assignment"]) for one in listed["tickets"]] == [(number, 1)]
    assert listed["tickets"][0]["text"] is None
    assert "路灯" in listed["tickets"][0]["brief"]
    for query, found in (("?q=路灯", 1), ("?q=路灯&category=0203", 1), ("?q=路灯&category=0101", 0)):
        assert len((await world.get(f"/api/v1/tickets{query}", who=who))["tickets"]) == found
    await world.step(number, "acknowledge", who=who, handler="王师傅")
    await world.step(number, "contact", who=who, reached=True)
    await world.step(number, "progress", who=who, text="已派维修班组")
    await world.step(number, "reply", who=who, text=DONE, result="solved")
    assert (await world.ticket(number))["state"] == "assigned"
    answer = await world.step(number, "sign_off", who=who)
    assert (answer["state"], answer["assignments"][0]["state"]) == ("in_review", "signed_off")


async def test_only_the_leads_sign_off_moves_the_ticket(world: World) -> None:
    urban, sanitation = await world.department("urban"), await world.department("sanitation")
    number = (await world.register(LITTER))["number"]
    for server, ordinal, state in ((sanitation, 2, "assigned"), (urban, 1, "in_review")):
        data = {"ticket": number, "assignment": ordinal}
        await server.call_back(data, "acknowledge")
        await server.call_back(data, "reply", text=f"{server.code}已清运完毕")
        assert (await server.call_back(data, "sign_off"))["state"] == state
    ticket = await world.ticket(number)
    assert states(ticket) == ["signed_off", "signed_off"]
    assert {reply["text"] for reply in ticket["replies"]} == {"urban已清运完毕", "sanitation已清运完毕"}


async def test_an_assisting_unit_still_answers_while_the_leads_reply_is_in_review(world: World) -> None:
    number = (await world.register(LITTER))["number"]
    await world.replied(number)
    who = "department:sanitation"
    await world.step(number, "acknowledge", who=who)
    await world.step(number, "contact", who=who, reached=False)
    await world.step(number, "progress", who=who, text="正在清运")
    await world.step(number, "reply", who=who, text="垃圾已清运完毕")
    answer = await world.step(number, "sign_off", who=who)
    assert (answer["state"], [part["state"] for part in answer["assignments"]]) == ("in_review", ["signed_off"] * 2)
    await world.refused(number, "reply", who="department:urban", text=DONE)
    await world.step(number, "approve", who="reviewer")
    assert states(await world.ticket(number)) == ["accepted", "accepted"]


async def test_every_part_has_dates_of_its_own_by_its_own_office_from_its_own_dispatch(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "reassign", who="dispatcher", lead="tax", assisting=["power"], reason="两家共办")
    tax, power = (await world.ticket(number))["assignments"][1:]
    # Five working days from Monday; the tax office closes at 17:00, the power company never does.
    assert datetime.fromisoformat(tax["reply_by"]) == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    assert datetime.fromisoformat(power["reply_by"]) == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    world.clock.move(days=1)
    await world.step(number, "acknowledge", who="department:tax")
    explained = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    assert [part["is_as_stored"] for part in explained["assignments"]] == [True, True, True]


async def test_a_citizen_who_was_not_reached_leaves_the_contact_clock_running(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    who = "department:urban"
    await world.step(number, "acknowledge", who=who)
    await world.step(number, "contact", who=who, reached=False, attempts=3)
    part = (await world.ticket(number))["assignments"][0]
    assert (part["state"], part["contacted_at"]) == ("in_progress", None)
    await world.step(number, "contact", who=who, reached=True)
    reached = (await world.ticket(number))["assignments"][0]["contacted_at"]
    await world.step(number, "contact", who=who, reached=True)
    assert (await world.ticket(number))["assignments"][0]["contacted_at"] == reached is not None


async def test_a_rejected_reply_returns_with_its_old_date(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(LAMP)
    number = receipt["number"]
    await world.replied(number)
    await world.step(number, "reject", who="reviewer", reason="未说明修复时间")
    ticket = await world.ticket(number)
    part = ticket["assignments"][0]
    assert (ticket["state"], part["state"], part["replied_at"]) == ("assigned", "in_progress", None)
    assert part["reply_by"] == receipt["due"]["reply_by"]
    await world.deliver()
    assert urban.last("ticket.reply_rejected")["reason"] == "未说明修复时间"
    await world.step(number, "reply", who="department:urban", text=DONE)


async def test_a_reply_must_say_something_and_say_how_it_ended(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "acknowledge", who="department:urban")
    await world.refused(number, "reply", who="department:urban", status=422)
    await world.refused(number, "reply", who="department:urban", status=422, text="好")
    await world.refused(number, "reply", who="department:urban", status=422, text=DONE, result="perhaps")


async def test_the_trail_holds_no_words_of_the_reply(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "acknowledge", who="department:urban")
    await world.step(number, "reply", who="department:urban", text="已联系张三 13800000000，路灯已修复")
    assert "13800000000" not in json.dumps(await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))
    stored = await world.rows("SELECT reply FROM assignments")
    assert "13800000000".encode() not in stored[0]["reply"]  # noqa: UP012 - reviewed
    assert "138" not in (await world.ticket(number))["replies"][0]["text"].replace("138****", "")


async def test_a_department_at_work_sees_whom_to_call_and_no_other_does(world: World) -> None:
    caller = {"name": "钱某某", "phone": "13800000001"}
    number = (await world.register(LAMP, caller=caller))["number"]
    lead = f"department:{(await world.ticket(number))['lead']['code']}"
    assert (await world.ticket(number, who=lead))["caller"] == caller
    assert (await world.ticket(number, who="supervisor"))["caller"] == {"name": "钱**", "phone": "138****01"}
    kept = (await world.register(LAMP + "请保密", caller={**caller, "disclosure": "confidential"}))["number"]
    assert (await world.ticket(kept, who=lead))["caller"] is None
    await world.closed(number)
    assert (await world.ticket(number, who=lead))["caller"] is None


async def test_a_send_back_is_stuck_only_past_its_limit(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    lead = f"department:{(await world.ticket(number))['lead']['code']}"
    asked = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}
    await world.step(number, "send_back", who=lead, **asked)
    assert (await world.get("/api/v1/backlog", who="supervisor"))["stuck"]["in_send_back"] == 0
    world.clock.move(days=5)
    assert (await world.get("/api/v1/backlog", who="supervisor"))["stuck"]["in_send_back"] == 1
