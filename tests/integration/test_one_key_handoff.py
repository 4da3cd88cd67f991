"""一键转接: begun by one key during a call, measured until it is offered and confirmed, never lost (国办发〔2022〕12号)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hotline.roster import on_duty
from models.store import notices

if TYPE_CHECKING:
    from models.city import Roster
    from tests.integration.conftest import PoliceServer, World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
FIRE = "我家着火了，快来救火，东湖区翠湖路"


async def on_call(world: World, number: str = "110") -> tuple[int, Any]:
    """A call during which a seat has pressed the key."""
    call = await world.post("/api/v1/interactions", {"line": "12345"}, who="channel:phone")
    pressed = {"number": number, "interaction": call["id"]}
    return call["id"], await world.post("/api/v1/handoffs", pressed, who="agent")


async def step(world: World, handoff: Any, action: str, who: str = "agent", ok: int = 200, **more: Any) -> Any:
    path = f"/api/v1/handoffs/{handoff['id']}/steps"
    return await world.post(path, {"action": action, **more}, who=who, ok=(ok,))


def seconds(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)) / timedelta(seconds=1)


async def test_how_long_it_took_to_reach_the_other_side_and_to_be_confirmed_is_measured(world: World) -> None:
    _, pressed = await on_call(world)
    assert (pressed["ticket"], pressed["flag"], pressed["opened_by"]) == (None, "person", "test-agent")
    assert seconds(pressed["opened_at"], pressed["offer_by"]) == 30
    assert seconds(pressed["opened_at"], pressed["confirm_by"]) == 60
    world.clock.move(seconds=12)
    await step(world, pressed, "offer", who="channel:phone")
    world.clock.move(seconds=20)
    confirmed = await step(world, pressed, "confirm", who="channel:police", outside_number="J2026112300017")
    assert 12 <= seconds(confirmed["opened_at"], confirmed["offered_at"]) < 13
    assert 32 <= seconds(confirmed["opened_at"], confirmed["confirmed_at"]) < 33
    assert (confirmed["confirmed_by"], confirmed["outside_number"]) == ("police", "J2026112300017")
    assert (await step(world, pressed, "confirm", ok=409))["detail"] == "向110的转接已确认"
    assert (await world.get("/api/v1/handoffs", who="shift_lead"))["handoffs"] == []


async def alarms(world: World) -> list[str]:
    """What those on duty were told of handoffs that nobody confirms."""
    async with world.hub.database.session() as session:
        newest = await notices.newest(session, 200)
    return [one.content for one in newest if one.kind == "alarm" and "紧急转接尚未确认" in one.content]


def on_duty_at_the_hotline(world: World) -> list[Roster]:
    found = list(on_duty(world.hub.city, {world.hub.city.hotline_department}, world.clock.now()))
    assert found
    return found


async def test_a_call_that_nobody_confirms_alarms_the_shift_lead_until_somebody_does(world: World) -> None:
    _, pressed = await on_call(world)
    for n in (1, 2, 3):
        world.clock.move(minutes=2**n)
        await world.fire()
        (waiting,) = (await world.get("/api/v1/handoffs", who="shift_lead"))["handoffs"]
        assert (waiting["id"], waiting["is_late"], waiting["alarm_count"]) == (pressed["id"], True, n)
        assert len(await alarms(world)) == n * len(on_duty_at_the_hotline(world))
    await step(world, pressed, "confirm", who="shift_lead")
    world.clock.move(days=2)
    await world.fire()
    assert (await world.get(f"/api/v1/handoffs/{pressed['id']}", who="agent"))["alarm_count"] == 3
    assert await world.rows("SELECT 1 FROM timers WHERE subject LIKE 'handoff:%'") == []


async def test_the_ticket_that_comes_of_the_call_takes_the_handoff_over_and_its_alarm(world: World) -> None:
    call, pressed = await on_call(world)
    receipt = await world.register(LAMP, interaction=call)
    number = receipt["number"]
    assert receipt["state"] == "assigned"
    assert (await world.trail(number))[:2] == ["register", "hand_off"]
    (shown,) = (await world.ticket(number))["handoffs"]
    assert shown["id"] == pressed["id"]
    world.clock.move(minutes=2)
    await world.fire()
    assert (await world.trail(number)).count("escalate") == 1
    assert len([words for words in await alarms(world) if number in words]) == len(on_duty_at_the_hotline(world))
    page = await world.get(f"/api/v1/handoffs/{pressed['id']}", who="agent")
    assert (page["ticket"], page["alarm_count"]) == (number, 0)
    await step(world, pressed, "confirm", who="channel:police")
    assert (await world.trail(number))[-1] == "confirm_handoff"
    world.clock.move(days=1)
    await world.fire()
    assert (await world.trail(number)).count("escalate") == 1


async def test_what_the_rules_find_and_the_seat_has_pressed_already_is_one_handoff(world: World) -> None:
    call, pressed = await on_call(world, "119")
    await step(world, pressed, "confirm")
    receipt = await world.register(FIRE, interaction=call)
    assert receipt["state"] == "handed_off"
    (shown,) = (await world.ticket(receipt["number"]))["handoffs"]
    assert shown["id"] == pressed["id"]
    assert shown["confirmed_at"] is not None


async def test_one_key_on_a_ticket_needs_no_version_and_leaves_the_rest_a_ticket(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    pressed = await world.post("/api/v1/handoffs", {"number": "122", "ticket": number}, who="agent")
    assert pressed["ticket"] == number
    assert (await world.ticket(number))["state"] == "assigned"
    again = await world.post("/api/v1/handoffs", {"number": "122", "ticket": number}, who="agent", ok=(409,))
    assert "等待确认" in again["detail"]
    await step(world, pressed, "offer", who="channel:phone")
    assert (await world.trail(number))[-1] == "handoff_offer"


async def test_a_call_that_was_handed_off_does_not_end_with_an_answer_alone(world: World) -> None:
    call, _ = await on_call(world)
    content = {"text": "请问居住证怎么办理", "interaction": call, "answer": "请到派出所窗口办理"}
    problem = await world.post("/api/v1/tickets", content, who="channel:phone", key="k", ok=(409,))
    assert "不能直办" in problem["detail"]


async def test_a_linked_system_gets_the_order_and_confirms_it_under_its_own_number(
    world: World, police: PoliceServer
) -> None:
    number = (await world.register(LAMP, channel="web", caller={"phone": "13800000001"}))["number"]
    reason = "办理中发现有人盗割电缆，请公安处置"
    await world.step(number, "hand_off", who="dispatcher", number="110", reason=reason)
    await world.deliver()
    order = police.last("handoff.opened")
    assert (order["ticket"], order["because"]) == (number, reason)
    assert order["brief"]
    assert "13800000001" not in str(police.received)
    await step(world, {"id": order["handoff"]}, "confirm", who="channel:police", outside_number="J9")
    (shown,) = (await world.ticket(number))["handoffs"]
    assert shown["outside_number"] == "J9"
    assert (await world.trail(number))[-1] == "confirm_handoff"


async def test_the_three_way_note_says_who_was_on_and_what_was_agreed_and_is_sealed(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    pressed = await world.post("/api/v1/handoffs", {"number": "110", "ticket": number}, who="agent")
    said: dict[str, Any] = {
        "parties": ["110接警员", "12345话务员", "诉求人"],
        "agreed": "民警先到场，路灯由热线派单，联系13800001234",
    }
    noted = await step(world, pressed, "note", outside_number="J77", **said)
    assert noted["note"]["parties"] == said["parties"]
    assert "路灯由热线派单" in noted["note"]["agreed"]
    assert "13800001234" not in noted["note"]["agreed"]
    (row,) = await world.rows("SELECT note FROM handoffs")
    assert "路灯".encode() not in row["note"]
    assert (await world.trail(number))[-1] == "handoff_note"
    alone: dict[str, Any] = {"parties": ["话务员"], "agreed": "民警先到场处置"}
    assert "至少两方" in (await step(world, pressed, "note", ok=422, **alone))["detail"]


async def test_a_handoff_is_found_by_the_police_number(world: World) -> None:
    _, pressed = await on_call(world)
    await on_call(world)
    await step(world, pressed, "confirm", outside_number="J2026-8")
    found = await world.get("/api/v1/handoffs?outside_number=J2026-8", who="agent")
    assert [one["id"] for one in found["handoffs"]] == [pressed["id"]]
    assert (await world.get("/api/v1/handoffs?outside_number=J0", who="agent"))["handoffs"] == []


async def test_who_may_not_and_what_cannot_is_refused(world: World) -> None:
    call, pressed = await on_call(world)
    await world.post("/api/v1/handoffs", {"number": "110", "interaction": call}, who="agent", ok=(409,))
    await world.post("/api/v1/handoffs", {"number": "110", "interaction": 10**9}, who="agent", ok=(422,))
    await world.post("/api/v1/handoffs", {"number": "110"}, who="agent", ok=(422,))
    await world.post("/api/v1/handoffs", {"number": "110", "interaction": call}, who="channel:phone", ok=(403,))
    await step(world, pressed, "confirm", who="channel:phone", ok=403)
    await step(world, pressed, "offer", who="channel:web", ok=403)
    _, fire = await on_call(world, "119")
    await step(world, fire, "confirm", who="channel:police", ok=403)
    await world.get("/api/v1/handoffs/unknown", who="agent", status=404)
