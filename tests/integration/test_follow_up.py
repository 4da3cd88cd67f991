"""回访: three attempts in different parts of the day, never in quiet hours; what the citizen says decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
CALLER = {"name": "钱某某", "phone": "13800000001"}
CHINA = timedelta(hours=8)


def at(world: World, day: int, hour: int, minute: int = 0) -> None:
    """Set the clock to a time of day in China, in November 2026."""
    world.clock.at = datetime(2026, 11, day, hour, minute, tzinfo=UTC) - CHINA


async def in_follow_up(world: World, **more: Any) -> Any:
    receipt = await world.register(LAMP, caller=CALLER, **more)
    await world.reviewed(receipt["number"])
    return receipt


async def next_call(world: World) -> datetime:
    rows = await world.rows("SELECT due_at FROM timers WHERE subject = 'ticket'")
    due: datetime = rows[0]["due_at"]
    return due.astimezone(UTC) + CHINA


async def test_a_satisfied_citizen_closes_the_ticket_and_the_department_hears_it(world: World) -> None:
    urban = await world.department("urban")
    receipt = await in_follow_up(world)
    closed = await world.step(
        receipt["number"], "follow_up", who="follow_up", reached=True, solved=True, satisfied=True
    )
    assert closed["state"] == "closed"
    await world.deliver()
    assert urban.last("ticket.closed")["ticket"] == receipt["number"]
    assert [one.kind for one in await world.told(receipt["number"])] == ["registered", "result", "closed"]


async def test_three_attempts_in_three_parts_of_the_day_then_it_ends_unrated(world: World) -> None:
    receipt = await in_follow_up(world)
    number = receipt["number"]
    at(world, 23, 10)
    assert (await world.step(number, "follow_up", who="follow_up", reached=False))["state"] == "follow_up"
    assert await next_call(world) == datetime(2026, 11, 23, 14, tzinfo=UTC)
    at(world, 23, 14)
    await world.step(number, "follow_up", who="follow_up", reached=False)
    assert await next_call(world) == datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    at(world, 23, 18, 30)
    closed = await world.step(number, "follow_up", who="follow_up", reached=False)
    assert closed["state"] == "closed"
    assert "unreachable" in await world.trail(number)
    assert (await world.followed(receipt))["rating"] is None
    rows = await world.rows("SELECT attempt, reached, solved FROM follow_ups ORDER BY attempt")
    assert [tuple(row) for row in rows] == [(1, False, None), (2, False, None), (3, False, None)]


async def test_where_the_policy_says_so_a_person_ends_what_nobody_could_be_reached_about(world: World) -> None:
    city = world.hub.city
    policy = replace(world.hub.policy, follow_up=replace(world.hub.policy.follow_up, unreachable="person"))
    world.hub.city = replace(city, policies={**city.policies, policy.id: policy})
    number = (await in_follow_up(world))["number"]
    for hour, minute in ((10, 0), (14, 0), (18, 30)):
        at(world, 23, hour, minute)
        step = await world.step(number, "follow_up", who="follow_up", reached=False)
    assert step["state"] == "follow_up"
    world.clock.move(days=30)
    assert await world.fire() == 0
    (record,) = await world.rows("SELECT action, reason FROM supervisions")
    assert tuple(record) == ("escalate", "3次回访未能联系到诉求人，须由专人核实后办结")
    assert (await world.step(number, "close", who="follow_up", reason="多次无法联系"))["state"] == "closed"


@pytest.mark.parametrize(
    ("hour", "minute", "then"),
    [(8, 0, "23日9时"), (12, 30, "23日14时"), (17, 45, "23日18时30分"), (21, 0, "24日9时"), (23, 59, "24日9时")],
)
async def test_an_attempt_in_vain_in_quiet_hours_does_not_count(
    world: World, hour: int, minute: int, then: str
) -> None:
    number = (await in_follow_up(world))["number"]
    at(world, 23, hour, minute)
    before = await world.everything_of(number)
    problem = await world.refused(number, "follow_up", who="follow_up", reached=False)
    assert then in problem["detail"]
    assert await world.everything_of(number) == before


async def test_a_second_attempt_in_vain_in_the_same_part_of_the_day_does_not_count(world: World) -> None:
    number = (await in_follow_up(world))["number"]
    at(world, 23, 10)
    await world.step(number, "follow_up", who="follow_up", reached=False)
    at(world, 23, 11, 30)
    problem = await world.refused(number, "follow_up", who="follow_up", reached=False)
    assert "2026年11月23日14时" in problem["detail"]
    at(world, 24, 9, 30)
    await world.refused(number, "follow_up", who="follow_up", reached=False)


async def test_a_citizen_who_was_reached_is_heard_at_any_time(world: World) -> None:
    number = (await in_follow_up(world))["number"]
    at(world, 23, 22)
    closed = await world.step(number, "follow_up", who="follow_up", reached=True, solved=True, satisfied=True)
    assert closed["state"] == "closed"


async def test_a_reached_citizen_must_have_said_something(world: World) -> None:
    number = (await in_follow_up(world))["number"]
    for fields in ({}, {"solved": True}, {"satisfied": True}):
        problem = await world.refused(number, "follow_up", who="follow_up", status=422, reached=True, **fields)
        assert "是否解决、是否满意" in problem["detail"]


async def test_the_first_call_is_due_in_the_next_part_of_the_day(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.replied(receipt["number"])
    at(world, 23, 21)
    await world.step(receipt["number"], "approve", who="reviewer")
    assert await next_call(world) == datetime(2026, 11, 24, 9, tzinfo=UTC)
    at(world, 24, 9)
    await world.fire()
    assert (await world.trail(receipt["number"]))[-1] == "follow_up_due"


async def test_nobody_calls_and_it_is_told_then_the_link_expires_and_it_ends(world: World) -> None:
    urban = await world.department("urban")
    receipt = await in_follow_up(world)
    number = receipt["number"]
    for days in (1, 2):
        world.clock.move(days=days)
        await world.fire()
    assert "remind" in await world.trail(number)
    assert (await world.get("/api/v1/backlog", who="supervisor"))["stuck"]["in_follow_up"] == 1
    assert (await world.ticket(number))["state"] == "follow_up"
    world.clock.move(days=8)
    await world.fire()
    assert (await world.ticket(number))["state"] == "closed"
    assert [one.kind for one in await world.told(number)][-1] == "closed"
    await world.deliver()
    assert urban.last("ticket.closed")["ticket"] == number


async def test_a_rating_by_link_is_the_follow_up_and_closes(world: World) -> None:
    receipt = await in_follow_up(world)
    rated = await world.track(receipt, "rate", solved=True, satisfied=True, score=5, remark="修得很快，谢谢")
    assert rated["state"] == "closed"
    rows = await world.rows("SELECT way, reached, solved, satisfied FROM follow_ups")
    assert [tuple(row) for row in rows] == [("link", True, True, True)]
    assert (await world.followed(receipt))["rating"]["score"] == 5
    rows = await world.rows("SELECT remark FROM ratings")
    assert rows[0]["remark"] == "修得很快，谢谢"
    assert (await world.trail(receipt["number"]))[-3:] == ["rate", "follow_up", "close"]


async def test_a_bad_rating_by_link_takes_the_matter_up_again(world: World) -> None:
    receipt = await in_follow_up(world)
    rated = await world.track(receipt, "rate", solved=False, satisfied=False, score=1, remark="还是不亮，打13800000001")
    assert rated["state"] == "assigned"
    assert (await world.ticket(receipt["number"]))["reopen_count"] == 1
    assert "13800000001" not in (await world.rows("SELECT remark FROM ratings"))[0]["remark"]


async def test_solved_but_not_satisfied_is_not_good_enough(world: World) -> None:
    number = (await in_follow_up(world))["number"]
    step = await world.step(
        number, "follow_up", who="follow_up", reached=True, solved=True, satisfied=False, reason="态度不好"
    )
    assert step["state"] == "assigned"


async def test_a_rating_after_the_end_is_kept_and_reopens_nothing_by_itself(world: World) -> None:
    receipt = await in_follow_up(world)
    number = receipt["number"]
    await world.step(number, "follow_up", who="follow_up", reached=True, solved=True, satisfied=True)
    rated = await world.track(receipt, "rate", solved=True, satisfied=False, score=2)
    assert rated["state"] == "closed"
    assert (await world.followed(receipt))["rating"]["score"] == 2


@pytest.mark.parametrize("score", [0, 6, 3.5, "5"])
async def test_a_score_is_one_to_five(world: World, score: Any) -> None:
    receipt = await in_follow_up(world)
    problem = await world.track(receipt, "rate", ok=(422,), solved=True, satisfied=True, score=score)
    assert "score" in problem["detail"]


async def test_nobody_rates_what_is_not_done(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    problem = await world.track(receipt, "rate", ok=(409,), solved=True, satisfied=True)
    assert problem["code"] == "illegal_step"


async def test_who_wants_no_reply_is_not_written_to(world: World) -> None:
    receipt = await in_follow_up(world, want_reply=False)
    assert [one.kind for one in await world.told(receipt["number"])] == ["registered"]


async def test_only_the_follow_up_desk_follows_up(world: World) -> None:
    number = (await in_follow_up(world))["number"]
    for who in ("agent", "reviewer", "department:urban", "supervisor"):
        await world.refused(number, "follow_up", who=who, status=403, reached=True, solved=True, satisfied=True)
    assert (await world.step(number, "close", who="supervisor", reason="当面回访满意"))["state"] == "closed"


async def test_a_closed_ticket_is_archived_after_its_time_and_keeps_the_day_it_was_closed(world: World) -> None:
    receipt = await in_follow_up(world)
    number = receipt["number"]
    await world.step(number, "follow_up", who="follow_up", reached=True, solved=True, satisfied=True)
    closed_at = (await world.ticket(number))["closed_at"]
    world.clock.move(days=14)
    await world.fire()
    assert (await world.ticket(number))["state"] == "closed"
    world.clock.move(days=3)
    await world.fire()
    page = await world.ticket(number)
    assert page["state"] == "archived"
    assert page["closed_at"] == closed_at
    assert await world.rows("SELECT * FROM timers") == []
    await world.track(receipt, "rate", ok=(409,), solved=True, satisfied=True)


async def test_a_ticket_that_nobody_followed_up_is_closed_with_a_reason_only(world: World) -> None:
    number = (await in_follow_up(world))["number"]
    problem = await world.refused(number, "close", who="follow_up", status=422)
    assert "回访记录" in problem["detail"]
    assert (await world.step(number, "close", who="follow_up", reason="诉求人已当面确认"))["state"] == "closed"
