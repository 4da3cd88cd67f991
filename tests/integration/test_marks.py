"""What the clock does as dates near and pass: each mark once, in order, with a webhook; and the hotline's own stages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from hotline import marks
from models.store import timers
from models.ticket import id_of

if TYPE_CHECKING:
    from models.ticket import Timer
    from tests.integration.conftest import DepartmentServer, World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"
GAS = "家里煤气泄漏了，闻到很浓的燃气味，东湖区翠湖小区3栋。"
WATER = "东湖区翠湖花园小区从昨天起停水，自来水公司一直没来抢修，老人孩子没有水用，请尽快恢复供水。"
WHO = "department:urban"


def local(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


# A complaint of Monday 23 November 09:30: to be signed for and the citizen called by Tuesday evening, answered within
# five working days, by Monday evening; Saturday and Sunday are no working days, yet 48 and 24 hours before are there.
LIFE = [
    (local(11, 24, 17, 30), "acknowledge_missed", "remind"),
    (local(11, 24, 17, 30), "contact_missed", "remind"),
    (local(11, 27, 17, 30), "yellow", "remind"),
    (local(11, 28, 17, 30), "remind", "remind"),
    (local(11, 29, 17, 30), "remind", "remind"),
    (local(11, 30, 17, 30), "red", "remind"),
    (local(12, 1, 17, 30), "supervise", "supervise"),
    (local(12, 7, 17, 30), "escalate", "escalate"),
]
EVENTS = {"remind": "ticket.reminded", "supervise": "ticket.supervised", "escalate": "ticket.escalated"}


async def pressed(world: World) -> list[str]:
    """Who was pressed how, in order."""
    return [row["action"] for row in await world.rows("SELECT action FROM supervisions ORDER BY ticket_id, seq")]


async def timer_of(world: World, number: str, subject: str) -> Timer | None:
    return await world.hub.database.read(lambda session: timers.get(session, id_of(number), subject))


def told(server: DepartmentServer) -> list[tuple[str, str]]:
    """The marks that a department was told, with their webhooks' types."""
    return [(body["data"]["mark"], body["type"]) for body in server.received if "mark" in body["data"]]


async def handled(world: World, text: str = LAMP) -> str:
    number = str((await world.register(text))["number"])
    await world.step(number, "acknowledge", who=WHO)
    await world.step(number, "contact", who=WHO, reached=True)
    return number


async def test_every_mark_of_a_forgotten_part_comes_once_at_its_moment_and_in_order(world: World) -> None:
    urban = await world.department("urban")
    await world.register(LAMP)
    for n, (moment, _, action) in enumerate(LIFE):
        if world.clock.at < moment:
            world.clock.at = moment - timedelta(seconds=1)
            assert await world.fire() == 0
            assert len(await pressed(world)) == n
            world.clock.at = moment
            await world.fire()
        assert (await pressed(world))[n] == action
    world.clock.move(days=300)
    assert await world.fire() == 0
    await world.deliver()
    assert told(urban) == [(mark, EVENTS[action]) for _, mark, action in LIFE]
    assert await pressed(world) == [action for _, _, action in LIFE]


async def test_a_clock_that_jumps_gives_every_mark_once_in_the_same_order(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    world.clock.move(days=60)
    assert await world.fire() == len(LIFE)
    await world.deliver()
    assert [mark for mark, _ in told(urban)] == [mark for _, mark, _ in LIFE]
    ticket = await world.ticket(number)
    assert (ticket["state"], ticket["supervision_level"]) == ("assigned", 2)
    assert await world.rows("SELECT 1 FROM timers") == []


async def test_who_signs_and_calls_in_time_is_not_reminded_of_either(world: World) -> None:
    urban = await world.department("urban")
    await handled(world)
    world.clock.at = local(11, 30, 17, 31)
    await world.fire()
    await world.deliver()
    assert [mark for mark, _ in told(urban)] == ["yellow", "remind", "remind", "red"]


@pytest.mark.parametrize("reached", [True, False])
async def test_the_missed_contact_is_about_a_citizen_who_was_not_reached(world: World, *, reached: bool) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "acknowledge", who=WHO)
    await world.step(number, "contact", who=WHO, reached=reached)
    world.clock.at = local(11, 24, 17, 31)
    assert await world.fire() == (0 if reached else 1)


async def test_a_short_job_gets_no_reminder_from_before_it_began(world: World) -> None:
    gas = await world.department("gas")
    number = (await world.register(GAS))["number"]
    await world.step(number, "confirm_handoff", who="agent", number="119")
    world.clock.move(hours=2)
    await world.fire()
    await world.deliver()
    assert [mark for mark, _ in told(gas)] == ["acknowledge_missed", "contact_missed", "red"]


async def test_a_reply_that_nobody_signs_off_goes_through_every_mark_and_is_backlog(world: World) -> None:
    urban = await world.department("urban")
    number = await handled(world)
    await world.step(number, "reply", who=WHO, text="路灯线路已经更换")
    world.clock.at = local(11, 30, 17, 31)
    await world.fire()
    backlog = await world.get("/api/v1/backlog", who="supervisor")
    assert backlog["backlog"] == {"gross": 1, "net": 1}
    (line,) = backlog["departments"]
    assert (line["open"], line["backlog_net"], line["backlog_gross"]) == (1, 1, 1)
    world.clock.at = local(12, 1, 17, 31)
    await world.fire()
    await world.deliver()
    assert [mark for mark, _ in told(urban)] == ["yellow", "remind", "remind", "red", "supervise"]
    await world.step(number, "sign_off", who=WHO)
    assert await timer_of(world, number, "1") is None
    assert (await world.get("/api/v1/backlog", who="supervisor"))["departments"] == []


async def test_who_answered_without_calling_first_is_no_longer_asked_to_call(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    await world.step(number, "acknowledge", who=WHO)
    await world.step(number, "reply", who=WHO, text="路灯线路已经更换")
    world.clock.at = local(11, 27, 17, 31)
    await world.fire()
    await world.deliver()
    assert [mark for mark, _ in told(urban)] == ["yellow"]
    assert (await world.get("/api/v1/backlog", who="supervisor"))["backlog"] == {"gross": 0, "net": 0}


async def test_a_sign_off_ends_the_marks_and_a_rejection_brings_the_rest_back(world: World) -> None:
    urban = await world.department("urban")
    number = await handled(world)
    world.clock.at = local(11, 28, 17, 31)
    await world.fire()
    await world.step(number, "reply", who=WHO, text="路灯线路已经更换")
    await world.step(number, "sign_off", who=WHO)
    assert await timer_of(world, number, "1") is None
    await world.step(number, "reject", who="reviewer", reason="缺少现场照片")
    world.clock.at = local(12, 1, 17, 31)
    await world.fire()
    await world.deliver()
    assert [mark for mark, _ in told(urban)] == ["yellow", "remind", "remind", "red", "supervise"]


async def test_an_extended_date_has_marks_of_its_own_and_the_old_ones_are_not_repeated(world: World) -> None:
    urban = await world.department("urban")
    number = await handled(world)
    world.clock.at = local(11, 27, 17, 31)
    await world.fire()
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra="2wd")
    await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")
    # From Monday evening to Wednesday evening: 48 hours before that is Monday evening again.
    expected = [(local(11, 30, 17, 30), 1), (local(12, 1, 17, 30), 2), (local(12, 2, 17, 30), 1)]
    for moment, count in expected:
        world.clock.at = moment - timedelta(seconds=1)
        assert await world.fire() == 0
        world.clock.at = moment
        assert await world.fire() == count
    await world.deliver()
    assert [mark for mark, _ in told(urban)] == ["yellow", "remind", "remind", "yellow", "red"]


async def test_a_date_moved_late_gets_no_reminder_from_before_it_was_moved(world: World) -> None:
    urban = await world.department("urban")
    number = await handled(world)
    world.clock.at = local(11, 30, 16, 0)
    await world.fire()
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra="1wd")
    await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")
    # Now due on Tuesday evening: its 48 hours began on Sunday, before anybody knew of that date.
    assert await world.fire() == 0
    world.clock.at = local(12, 1, 17, 30)
    await world.fire()
    await world.deliver()
    assert [mark for mark, _ in told(urban)] == ["yellow", "remind", "remind", "remind", "yellow", "red"]


async def test_every_part_has_marks_of_its_own(world: World) -> None:
    urban, sanitation = await world.department("urban"), await world.department("sanitation")
    number = await handled(world, LITTER)
    await world.step(number, "reply", who=WHO, text="垃圾已清运完毕")
    await world.step(number, "sign_off", who=WHO)
    world.clock.move(days=60)
    await world.fire()
    await world.deliver()
    assert told(urban) == []
    assert [mark for mark, _ in told(sanitation)] == [mark for _, mark, _ in LIFE]


async def test_a_timer_that_fires_twice_does_nothing_twice(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    world.clock.at = LIFE[0][0]
    timer = await timer_of(world, number, "1")
    assert timer is not None
    await marks.fire(world.hub, timer)
    before = await world.everything_of(number)
    await marks.fire(world.hub, timer)
    assert await world.everything_of(number) == before
    assert await pressed(world) == ["remind"]


async def test_a_timer_of_a_part_that_has_moved_on_meanwhile_does_nothing(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    timer = await timer_of(world, number, "1")
    assert timer is not None
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    before = await world.everything_of(number)
    await marks.fire(world.hub, timer)
    assert await world.everything_of(number) == before


async def test_one_broken_ticket_does_not_stop_the_clock_of_the_others(world: World) -> None:
    broken = id_of((await world.register(LAMP))["number"])
    await world.register(LITTER)
    await world.rows("UPDATE assignments SET department = 'atlantis' WHERE ticket_id = $1", broken)
    world.clock.at = LIFE[0][0]
    await world.fire()
    # 城管局 and 环卫集团 each missed two dates of the second ticket.
    assert await pressed(world) == ["remind"] * 4
    (kept,) = await world.rows("SELECT attempts, claimed_until FROM timers WHERE ticket_id = $1", broken)
    assert kept["attempts"] == 1
    assert kept["claimed_until"] is not None


@pytest.mark.parametrize(
    ("text", "urgency", "within"),
    [(LAMP, 3, timedelta(minutes=30)), (WATER, 2, timedelta(minutes=15)), (GAS, 1, timedelta(minutes=5))],
    ids=["normal", "urgent", "critical"],
)
async def test_a_ticket_that_waits_too_long_on_the_desk_is_reminded_of_daily_then_escalated(
    world: World, text: str, urgency: int, within: timedelta
) -> None:
    receipt = await world.register(text)
    number = receipt["number"]
    assert receipt["urgency"] == urgency
    if text == GAS:
        await world.step(number, "confirm_handoff", who="agent", number="119")
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    due = datetime.fromisoformat((await world.ticket(number))["stage_by"])
    assert timedelta() <= world.clock.at + within - due < timedelta(seconds=1)
    world.clock.at = due - timedelta(seconds=1)
    assert await world.fire() == 0
    # At once, at the end of Tuesday, of Wednesday, and then five working days later.
    await press_at(world, [due, local(11, 25, 0, 0), local(11, 26, 0, 0), local(12, 3, 0, 0)])
    records = await world.rows("SELECT action, department, reason FROM supervisions ORDER BY seq")
    assert {(record["department"], record["reason"]) for record in records} == {(None, "待人工派单超过时限")}
    assert [record["action"] for record in records] == ["remind", "remind", "escalate", "escalate"]
    assert (await world.get("/api/v1/backlog", who="supervisor"))["on_desk_past_limit"] == 1


async def press_at(world: World, moments: list[datetime]) -> None:
    """See that the clock speaks once at each of these moments and not a second before."""
    for moment in moments:
        if world.clock.at < moment:
            world.clock.at = moment - timedelta(seconds=1)
            assert await world.fire() == 0
        world.clock.at = moment
        assert await world.fire() == 1


async def test_a_hub_that_slept_reminds_once_and_not_for_every_day(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    world.clock.at = local(12, 10, 9, 0)
    assert await world.fire() == 1
    timer = await timer_of(world, number, "ticket")
    assert timer is not None
    assert (timer.kind, timer.due_at) == ("desk_late:2", local(12, 12, 0, 0))


async def test_a_reply_that_waits_too_long_for_review_is_reminded_of_daily_then_escalated(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.replied(number)
    due = datetime.fromisoformat((await world.ticket(number))["stage_by"])
    # One working day of a centre that never closes: Tuesday at 24:00.
    assert due == local(11, 25, 0, 0)
    world.clock.at = due - timedelta(seconds=1)
    assert await world.fire() == 0
    await press_at(world, [due, local(11, 26, 0, 0), local(11, 27, 0, 0), local(12, 4, 0, 0)])
    records = await world.rows("SELECT action, department, reason FROM supervisions ORDER BY seq")
    assert {(record["department"], record["reason"]) for record in records} == {(None, "待审核超过时限")}
    assert [record["action"] for record in records] == ["remind", "remind", "escalate", "escalate"]
    await world.step(number, "approve", who="reviewer")
    assert (await world.get("/api/v1/backlog", who="supervisor"))["stuck"]["in_review"] == 0
    await world.step(number, "reopen", who="supervisor", reason="问题仍未解决")
    await world.replied(number)
    world.clock.at = datetime.fromisoformat((await world.ticket(number))["stage_by"]) + timedelta(seconds=1)
    assert (await world.get("/api/v1/backlog", who="supervisor"))["stuck"]["in_review"] == 1


async def test_a_ticket_that_leaves_the_desk_in_time_is_not_reminded_of(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    await world.step(number, "dispatch", who="dispatcher", lead="housing", reason="小区内照明")
    assert await timer_of(world, number, "ticket") is None
    world.clock.move(hours=1)
    assert await world.fire() == 0


async def test_an_emergency_that_nobody_confirms_is_raised_again_after_ever_longer_whiles(world: World) -> None:
    number = (await world.register(GAS))["number"]
    await world.step(number, "recall", who="dispatcher", reason="只看转接")
    opened = world.clock.at
    for _ in range(240):
        world.clock.move(seconds=30)
        await world.fire()
    raised = await unconfirmed(world)
    pauses = [later - earlier for earlier, later in pairwise([opened, *raised])]
    assert timedelta(seconds=59) < pauses[0] <= timedelta(seconds=91)
    assert len(raised) == 7
    assert all(later > earlier * 1.5 for earlier, later in pairwise(pauses[1:]))
    await world.step(number, "confirm_handoff", who="agent", number="119", outside_number="X119")
    world.clock.move(days=30)
    await world.fire()
    assert await unconfirmed(world) == raised
    assert await timer_of(world, number, "handoff:119") is None


async def test_a_handoff_confirmed_in_time_raises_nobody(world: World) -> None:
    number = (await world.register(GAS))["number"]
    world.clock.move(seconds=30)
    await world.step(number, "confirm_handoff", who="agent", number="119")
    world.clock.move(minutes=10)
    await world.fire()
    assert await unconfirmed(world) == []


async def unconfirmed(world: World) -> list[Any]:
    """When the shift lead was told of a handoff that nobody confirmed."""
    rows = await world.rows(
        "SELECT at FROM supervisions WHERE owner = 'shift_lead' AND action = 'escalate' ORDER BY at"
    )
    return [row["at"] for row in rows]
