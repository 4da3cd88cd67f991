"""暂停计时: an appraisal or a hearing does not count; whoever answers meanwhile ends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"
GAS = "家里煤气泄漏了，闻到很浓的燃气味，东湖区翠湖小区3栋。"
WHO = "department:urban"
REASON: dict[str, Any] = {"cause": "appraisal", "reason": "委托专业机构检测"}
# Monday 23 November 2026 09:30 + 5 working days.
FIRST_DUE = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def handled(world: World, text: str = LAMP) -> str:
    number = str((await world.register(text, caller={"phone": "13800000000"}))["number"])
    await world.step(number, "acknowledge", who=WHO)
    await world.step(number, "contact", who=WHO, reached=True)
    return number


async def lead_of(world: World, number: str) -> Any:
    return (await world.ticket(number))["assignments"][0]


async def test_the_days_of_a_pause_do_not_count(world: World) -> None:
    number = await handled(world)
    world.clock.at = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    await world.step(number, "pause", who="supervisor", **REASON)
    paused = await lead_of(world, number)
    assert (at(paused["reply_by"]), at(paused["paused_at"]).date()) == (FIRST_DUE, world.clock.at.date())
    world.clock.at = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
    await world.step(number, "resume", who="supervisor", reason="检测完毕")
    part = await lead_of(world, number)
    # Wednesday, Thursday and Friday were taken: three working days more, from Monday to Thursday.
    assert at(part["reply_by"]) == datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
    assert at(part["first_reply_by"]) == FIRST_DUE
    assert (part["paused_at"], part["state"]) == (None, "in_progress")


async def test_a_pause_of_a_clock_in_hours_moves_it_by_its_very_length(world: World) -> None:
    receipt = await world.register(GAS)
    number = receipt["number"]
    await world.step(number, "acknowledge", who="department:gas")
    await world.step(number, "pause", who="supervisor", **REASON)
    world.clock.move(hours=3)
    await world.step(number, "resume", who="supervisor", reason="检测完毕")
    moved = at((await lead_of(world, number))["reply_by"]) - at(receipt["due"]["reply_by"])
    assert 10800 <= moved.total_seconds() < 10801


async def test_while_it_is_paused_nothing_is_due_and_nobody_is_pressed(world: World) -> None:
    number = await handled(world)
    await world.step(number, "pause", who="reviewer", **REASON)
    (timer,) = await world.rows("SELECT kind FROM timers")
    assert timer["kind"].startswith("review_pause:1@")
    world.clock.move(days=25)
    assert await world.fire() == 0
    world.clock.move(days=15)
    backlog = await world.get("/api/v1/backlog", who="supervisor")
    assert (backlog["backlog"], backlog["overdue_excused"]) == ({"gross": 1, "net": 0}, 1)
    await world.step(number, "resume", who="reviewer", reason="检测完毕")
    assert at((await lead_of(world, number))["reply_by"]) > world.clock.at
    assert (await world.get("/api/v1/backlog", who="supervisor"))["backlog"] == {"gross": 1, "net": 0}


async def test_a_pause_comes_up_again_before_the_hotline_until_it_is_ended(world: World) -> None:
    urban = await world.department("urban")
    number = await handled(world)
    await world.step(number, "pause", who="reviewer", **REASON)
    # Every thirty days: from Monday 23 November to Wednesday 23 December, to Friday 22 January.
    for review in (datetime(2026, 12, 23, 9, 30, tzinfo=UTC), datetime(2027, 1, 22, 9, 30, tzinfo=UTC)):
        world.clock.at = review - timedelta(seconds=1)
        assert await world.fire() == 0
        world.clock.at = review
        assert await world.fire() == 1
    records = await world.rows("SELECT action, department, reason FROM supervisions")
    assert {tuple(record) for record in records} == {("remind", None, "暂停计时复核：请核实鉴定或听证是否结束")}
    assert len(records) == 2
    await world.deliver()
    assert [body["type"] for body in urban.received] == ["ticket.dispatched"]
    await world.step(number, "resume", who="reviewer", reason="检测完毕")
    (timer,) = await world.rows("SELECT kind FROM timers")
    assert "review_pause" not in timer["kind"]


async def test_the_citizen_is_told_when_a_pause_moves_the_promise(world: World) -> None:
    number = await handled(world)
    first = (await world.ticket(number))["promised_at"]
    await world.step(number, "pause", who="supervisor", cause="hearing", reason="依法组织听证")
    world.clock.move(days=10)
    await world.step(number, "resume", who="supervisor", reason="听证结束")
    ticket = await world.ticket(number)
    assert ticket["promised_at"] > (await lead_of(world, number))["reply_by"] > first
    assert ticket["first_promised_at"] == first
    told = (await world.told(number))[-1]
    assert told.kind == "extended"
    assert "听证" in told.content


async def test_a_short_pause_leaves_the_promise_and_the_citizen_alone(world: World) -> None:
    number = await handled(world)
    first = (await world.ticket(number))["promised_at"]
    await world.step(number, "pause", who="supervisor", **REASON)
    world.clock.move(hours=2)
    await world.step(number, "resume", who="supervisor", reason="检测完毕")
    assert (await world.ticket(number))["promised_at"] == first
    assert [one.kind for one in await world.told(number)] == ["registered"]


async def test_only_the_part_that_is_paused_stands_still(world: World) -> None:
    number = await handled(world, LITTER)
    before = (await world.ticket(number))["assignments"][1]
    await world.step(number, "pause", who="supervisor", **REASON, assignment=2)
    world.clock.move(days=2)
    await world.step(number, "resume", who="supervisor", reason="检测完毕", assignment=2)
    lead, assisting = (await world.ticket(number))["assignments"]
    assert at(lead["reply_by"]) == FIRST_DUE
    assert at(assisting["reply_by"]) > at(before["reply_by"])


async def test_a_pause_is_ordered_with_a_lawful_cause_and_by_whom_it_may(world: World) -> None:
    number = await handled(world)
    before = await world.everything_of(number)
    for who in ("dispatcher", "agent", "shift_lead", WHO):
        await world.refused(number, "pause", who=who, status=403, **REASON)
    await world.refused(number, "pause", who="supervisor", status=422, cause="holiday", reason="放假了不办公")
    await world.refused(number, "pause", who="supervisor", status=422, cause="appraisal")
    await world.refused(number, "resume", who="supervisor", reason="恢复")
    assert await world.everything_of(number) == before
    await world.step(number, "pause", who="supervisor", **REASON)
    await world.refused(number, "pause", who="supervisor", **REASON)


async def test_what_is_answered_or_over_can_be_neither_paused_nor_resumed(world: World) -> None:
    number = await handled(world, LITTER)
    await world.step(number, "pause", who="supervisor", **REASON, assignment=2)
    await world.step(number, "recall", who="dispatcher", reason="无需协办", assignment=2)
    await world.refused(number, "resume", who="supervisor", reason="恢复", assignment=2)
    await world.refused(number, "pause", who="supervisor", **REASON, assignment=2)
    await world.step(number, "reply", who=WHO, text="垃圾已清运完毕")
    await world.refused(number, "pause", who="supervisor", **REASON)


async def test_an_answer_during_a_pause_ends_it_and_a_rejection_finds_the_clock_running(world: World) -> None:
    number = await handled(world)
    await world.step(number, "pause", who="supervisor", **REASON)
    world.clock.move(days=14)
    await world.step(number, "reply", who=WHO, text="检测完毕，线路已更换")
    part = await lead_of(world, number)
    assert part["paused_at"] is None
    assert at(part["reply_by"]) > at(part["replied_at"])
    await world.step(number, "sign_off", who=WHO)
    await world.step(number, "reject", who="reviewer", reason="缺少检测报告")
    assert len(await world.rows("SELECT kind FROM timers WHERE subject = '1'")) == 1
    said = (await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor"))["assignments"][0]
    assert said["is_as_stored"] is True


async def test_the_clock_says_which_days_a_pause_took(world: World) -> None:
    number = await handled(world)
    world.clock.at = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    await world.step(number, "pause", who="supervisor", **REASON)
    said = (await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor"))["assignments"][0]
    assert "起暂停计时" in next(due["because"] for due in said["due"] if due["clock"] == "reply")
    world.clock.at = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
    await world.step(number, "resume", who="supervisor", reason="检测完毕")
    said = (await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor"))["assignments"][0]
    assert said["is_as_stored"] is True
    reply = next(due["because"] for due in said["due"] if due["clock"] == "reply")
    assert "11月25日至27日因鉴定暂停不计" in reply
    assert "应于2026-12-03 17:30前答复" in reply
