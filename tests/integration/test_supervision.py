"""催办、督办、提级: records with a level, an owner and a deadline; they press, excuse nothing and move no state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"
ACTIONS = ["remind", "supervise", "escalate"]
EVENTS = {"remind": "ticket.reminded", "supervise": "ticket.supervised", "escalate": "ticket.escalated"}
BY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


async def records(world: World) -> list[dict[str, Any]]:
    return [dict(row) for row in await world.rows("SELECT * FROM supervisions ORDER BY seq")]


@pytest.mark.parametrize(("action", "level"), [("remind", 0), ("supervise", 1), ("escalate", 2)])
async def test_a_supervisor_presses_and_the_department_is_told(world: World, action: str, level: int) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    before = await world.ticket(number)
    more = {} if action == "remind" else {"owner": "李主任", "deadline": BY.isoformat()}
    await world.step(number, action, who="supervisor", reason="诉求人多次来电", **more)
    (record,) = await records(world)
    assert (record["action"], record["level"], record["department"]) == (action, level, "urban")
    assert (record["reason"], record["owner"]) == ("诉求人多次来电", more.get("owner", "test-supervisor"))
    assert record["deadline"] == (BY if more else None)
    await world.deliver()
    assert urban.last(EVENTS[action])["reason"] == "诉求人多次来电"
    after = await world.ticket(number)
    assert after["supervision_level"] == level
    assert (after["state"], after["promised_at"]) == (before["state"], before["promised_at"])
    assert after["assignments"] == before["assignments"]
    assert action in await world.trail(number)


async def test_one_part_is_pressed_by_its_number(world: World) -> None:
    sanitation = await world.department("sanitation")
    number = (await world.register(LITTER))["number"]
    await world.step(number, "supervise", who="supervisor", reason="清运不及时", assignment=2)
    assert [record["department"] for record in await records(world)] == ["sanitation"]
    await world.deliver()
    assert sanitation.last("ticket.supervised")["assignment"] == 2


async def test_the_level_of_a_ticket_only_rises(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    for action, level in (("remind", 0), ("escalate", 2), ("supervise", 2), ("remind", 2)):
        await world.step(number, action, who="supervisor", reason="诉求人多次来电")
        assert (await world.ticket(number))["supervision_level"] == level
    assert [record["action"] for record in await records(world)] == ["remind", "escalate", "supervise", "remind"]


async def test_supervision_excuses_nothing(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    world.clock.move(days=8)
    before = await world.get("/api/v1/backlog", who="supervisor")
    await world.step(number, "supervise", who="supervisor", reason="逾期未办结", deadline="2026-12-31T17:00:00+08:00")
    after = await world.get("/api/v1/backlog", who="supervisor")
    assert before["backlog"] == after["backlog"] == {"gross": 1, "net": 1}


@pytest.mark.parametrize("action", ACTIONS)
async def test_only_a_supervisor_presses_and_says_why(world: World, action: str) -> None:
    number = (await world.register(LAMP))["number"]
    before = await world.everything_of(number)
    for who in ("agent", "dispatcher", "shift_lead", "reviewer", "department:urban"):
        await world.refused(number, action, who=who, status=403, reason="诉求人多次来电")
    await world.refused(number, action, who="supervisor", status=422)
    await world.refused(number, action, who="supervisor", status=422, reason=" 急 ")
    await world.refused(number, action, who="supervisor", status=404, reason="诉求人多次来电", assignment=7)
    assert await world.everything_of(number) == before


async def test_a_ticket_on_the_desk_is_pressed_without_a_department(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    await world.step(number, "supervise", who="supervisor", reason="待派单过久")
    assert [record["department"] for record in await records(world)] == [None]


async def test_what_is_over_is_not_pressed(world: World) -> None:
    number = (await world.register(LITTER))["number"]
    await world.step(number, "recall", who="dispatcher", reason="无需协办", assignment=2)
    await world.refused(number, "remind", who="supervisor", reason="诉求人多次来电", assignment=2)
    await world.closed(number)
    for action in ACTIONS:
        await world.refused(number, action, who="supervisor", reason="诉求人多次来电")
    assert await records(world) == []


async def test_who_is_asked_to_do_it_again_too_often_is_supervised_then_escalated(world: World) -> None:
    """首次重办、二次督办、三次列为问题工单提级 (policy.reopen)."""
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    pressed = []
    for _ in range(3):
        await world.reviewed(number)
        await world.step(number, "reopen", who="supervisor", reason="问题仍未解决")
        pressed.append([record["action"] for record in await records(world)])
    assert pressed == [[], ["supervise"], ["supervise", "escalate"]]
    await world.deliver()
    assert urban.last("ticket.escalated")["reason"] == "第3次重办"


async def supervised(world: World, **fields: Any) -> str:
    number = str((await world.register(LITTER))["number"])
    await world.step(number, "supervise", who="supervisor", reason="清运不及时", deadline=BY.isoformat(), **fields)
    return number


async def overdue(world: World) -> list[tuple[str, str | None]]:
    """Who was pressed because a supervision's deadline had passed."""
    return [
        (record["action"], record["department"])
        for record in await records(world)
        if record["reason"] == "督办期限已过仍未办结，提级督办"
    ]


async def test_a_supervision_whose_deadline_passes_is_escalated_once(world: World) -> None:
    sanitation = await world.department("sanitation")
    number = await supervised(world, assignment=2)
    world.clock.at = BY - timedelta(seconds=1)
    await world.fire()
    assert await overdue(world) == []
    world.clock.at = BY
    await world.fire()
    assert await overdue(world) == [("escalate", "sanitation")]
    assert (await world.ticket(number))["supervision_level"] == 2
    await world.deliver()
    assert sanitation.last("ticket.escalated")["reason"] == "督办期限已过仍未办结，提级督办"
    world.clock.move(days=60)
    await world.fire()
    assert len(await overdue(world)) == 1
    assert await world.rows("SELECT 1 FROM timers WHERE subject LIKE 'supervision:%'") == []


async def test_every_supervision_has_a_deadline_of_its_own(world: World) -> None:
    number = await supervised(world)
    later = BY + timedelta(days=1)
    await world.step(number, "supervise", who="supervisor", reason="仍不及时", deadline=later.isoformat(), assignment=2)
    world.clock.at = BY
    await world.fire()
    world.clock.at = later
    await world.fire()
    assert await overdue(world) == [("escalate", "urban"), ("escalate", "sanitation")]


async def test_a_department_that_has_signed_off_is_not_charged_with_the_review(world: World) -> None:
    number = await supervised(world)
    await world.replied(number)
    world.clock.at = BY
    await world.fire()
    assert await overdue(world) == [("escalate", None)]


async def test_a_deadline_of_what_is_over_presses_nobody(world: World) -> None:
    number = await supervised(world)
    await world.closed(number)
    world.clock.at = BY
    await world.fire()
    assert await overdue(world) == []
    assert await world.rows("SELECT 1 FROM timers WHERE subject LIKE 'supervision:%'") == []


async def letters(world: World, query: str = "", who: str = "supervisor") -> list[Any]:
    found: list[Any] = (await world.get(f"/api/v1/supervisions{query}", who=who))["supervisions"]
    return found


async def move(world: World, letter: Any, action: str, *, who: str, ok: int = 200, **more: Any) -> Any:
    path = f"/api/v1/supervisions/{letter['ticket']}/{letter['seq']}/steps"
    return await world.post(path, {"action": action, "text": "已约谈施工单位，周五前修复", **more}, who=who, ok=(ok,))


async def test_a_supervision_is_a_letter_that_the_department_answers_and_a_supervisor_closes(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    await world.step(number, "supervise", who="supervisor", reason="诉求人多次来电")
    (letter,) = await letters(world)
    assert (letter["level"], letter["department"]["code"], letter["is_late"]) == (1, "urban", False)
    # Two working days from Monday, by the department's own hours (oversight.toml).
    assert datetime.fromisoformat(letter["answer_by"]).astimezone(UTC) == BY + timedelta(minutes=30)
    await world.deliver()
    assert urban.last("ticket.supervised")["level"] == 1
    await move(world, letter, "answer", who="department:sanitation", ok=404)
    await move(world, letter, "answer", who="supervisor", ok=403)
    await move(world, letter, "close", who="department:urban", outcome="met", ok=403)
    answered = await move(world, letter, "answer", who="department:urban")
    assert "周五前修复" in answered["answer"]
    await move(world, letter, "answer", who="department:urban", ok=409)
    await move(world, letter, "close", who="supervisor", ok=422)
    closed = await move(world, letter, "close", who="supervisor", outcome="met")
    assert (closed["outcome"], closed["closed_by"]) == ("met", "test-supervisor")
    await move(world, letter, "close", who="supervisor", outcome="unmet", ok=409)
    assert await letters(world) == []
    await world.deliver()
    assert urban.last("ticket.supervision_closed")["outcome"] == "met"
    assert (await world.trail(number))[-2:] == ["supervision_answered", "supervision_closed"]


async def test_the_answer_to_a_letter_is_kept_sealed(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "supervise", who="supervisor", reason="诉求人多次来电")
    (letter,) = await letters(world)
    await move(world, letter, "answer", who="department:urban", text="已联系诉求人13912345678说明情况")
    (row,) = await records(world)
    assert b"13912345678" not in row["answer"]
    assert "13912345678" not in (await letters(world))[0]["answer"]


async def test_each_level_is_issued_by_whom_the_city_names(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    said = {"reason": "诉求人多次来电"}
    await world.refused(number, "supervise", who="supervisor", status=403, level=3, **said)
    await world.refused(number, "supervise", who="leader", status=403, level=1, **said)
    await world.refused(number, "supervise", who="supervisor", status=422, level=4, **said)
    await world.step(number, "supervise", who="leader", **said)
    await world.step(number, "supervise", who="supervisor", level=2, **said)
    assert [one["level"] for one in await letters(world)] == [2, 3]
    assert (await world.ticket(number))["supervision_level"] == 3


async def test_nobody_is_summoned_where_nobody_has_it(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    assert "supervise" not in (await world.ticket(number, who="leader"))["allowed_actions"]
    await world.refused(number, "supervise", who="leader", reason="久拖未决")
    await world.step(number, "supervise", who="supervisor", reason="待派单过久")


async def test_the_clocks_own_escalation_is_at_the_level_of_the_policy(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    world.clock.move(days=16)
    await world.fire()
    assert [(one["level"], one["owner"]) for one in await letters(world)] == [(1, "clock"), (2, "clock")]
    assert (await world.ticket(number))["supervision_level"] == 2


async def test_open_letters_are_found_by_level_by_department_and_where_the_answer_is_late(world: World) -> None:
    lamp, litter = (await world.register(LAMP))["number"], (await world.register(LITTER))["number"]
    await world.step(lamp, "supervise", who="supervisor", reason="诉求人多次来电")
    await world.step(litter, "supervise", who="supervisor", reason="清运不及时", assignment=2, level=2)
    assert [one["ticket"] for one in await letters(world, "?level=2")] == [litter]
    assert [one["ticket"] for one in await letters(world, "?department=urban")] == [lamp]
    assert [one["ticket"] for one in await letters(world, who="department:sanitation")] == [litter]
    assert await letters(world, "?late=true") == []
    world.clock.move(days=4)
    first = await world.get("/api/v1/supervisions?late=true&limit=1", who="supervisor")
    rest = await letters(world, f"?late=true&limit=1&cursor={first['cursor']}")
    assert [one["ticket"] for one in (*first["supervisions"], *rest)] == [lamp, litter]
    await world.get("/api/v1/supervisions?level=9", who="supervisor", status=422)


async def test_what_became_of_letters_adds_up(world: World) -> None:
    for n in range(4):
        number = (await world.register(LAMP, key=f"n{n}"))["number"]
        await world.step(number, "supervise", who="supervisor", reason="诉求人多次来电")
    for letter, outcome in zip(await letters(world), ("met", "unmet", "withdrawn"), strict=False):
        await move(world, letter, "answer", who="department:urban")
        await move(world, letter, "close", who="supervisor", outcome=outcome)
    await world.closed((await letters(world))[0]["ticket"])
    (line,) = (await world.get("/api/v1/supervisions/figures", who="leader"))["levels"]
    assert line["issued"] == 4 == sum(line[name] for name in ("open", "met", "unmet", "withdrawn", "ended"))
    assert (line["answered"], line["ended"], line["open"]) == (3, 1, 0)


async def test_a_letter_reads_like_one_and_tells_nobody_who_called(world: World) -> None:
    number = (await world.register(f"{LAMP}我的电话13912345678", caller={"phone": "13912345678", "name": "王建国"}))[
        "number"
    ]
    await world.step(number, "acknowledge", who="department:urban")
    await world.step(
        number, "supervise", who="leader", reason="久拖<未决>，影响恶劣", owner="李主任", deadline=BY.isoformat()
    )
    (letter,) = await letters(world)
    path = f"/api/v1/supervisions/{number}/{letter['seq']}/letter"
    for who in ("leader", "department:urban"):
        headers = {"authorization": f"Bearer {await world.token(who)}"}
        async with world.client.get(path, headers=headers) as response:
            assert (response.status, response.content_type) == (200, "text/html")
            page = await response.text()
        for words in (
            "约谈通知书",
            letter["number"],
            number,
            "路灯",
            "，签收",
            "久拖&lt;未决&gt;",
            "2026年11月25日17时00分",
            "李主任",
        ):
            assert words in page, words
        assert "139" not in page.replace("#", "")
        assert "王建国" not in page
        assert "$" not in page
    await world.get(path, who="department:sanitation", status=404)
