"""占用: the dispatch desk's next ticket goes to one person, who keeps it until they let go, fall silent or are relieved."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
ANNA, BORIS, LEAD = "dispatcher:anna", "dispatcher:boris", "shift_lead:lead"


async def on_desk(world: World, *urgencies: int) -> list[str]:
    """Tickets that a person has taken back to the desk, in the order of their registration."""
    found = []
    for n, urgency in enumerate(urgencies):
        number = str((await world.register(f"{LAMP}第{n + 1}处。"))["number"])
        await world.step(number, "recall", who="dispatcher", reason="派单有误")
        await world.rows("UPDATE tickets SET urgency = $1 WHERE id = $2", urgency, id_of(number))
        found.append(number)
    return found


async def next_of(world: World, who: str) -> str | None:
    ticket = (await world.post("/api/v1/desk/next", {}, who=who))["ticket"]
    return None if ticket is None else str(ticket["number"])


async def hold(world: World, number: str, who: str, *, ok: int = 200, **fields: Any) -> Any:
    return await world.post(f"/api/v1/tickets/{number}/hold", fields, who=who, method="PUT", ok=(ok,))


async def let_go(world: World, number: str, who: str) -> Any:
    return await world.post(f"/api/v1/tickets/{number}/hold", {}, who=who, method="DELETE")


async def test_the_gravest_comes_first_then_what_has_waited_longest(world: World) -> None:
    plain, older, grave, newer = await on_desk(world, 4, 3, 1, 3)
    assert [await next_of(world, ANNA) for _ in range(5)] == [grave, older, newer, plain, None]


async def test_two_that_ask_at_once_never_get_the_same(world: World) -> None:
    numbers = await on_desk(world, *[3] * 6)
    people = [f"dispatcher:d{n}" for n in range(8)]
    for who in people:
        await world.token(who)
    found = await asyncio.gather(*(next_of(world, who) for who in people))
    assert sorted(one for one in found if one) == sorted(numbers)
    assert found.count(None) == 2


async def test_what_somebody_lets_go_of_is_the_next_for_another(world: World) -> None:
    first, second = await on_desk(world, 3, 3)
    assert await next_of(world, ANNA) == first
    assert await next_of(world, BORIS) == second
    assert await next_of(world, BORIS) is None
    assert (await let_go(world, first, BORIS))["held_by"]["name"] == "anna"
    assert await next_of(world, BORIS) is None
    assert (await let_go(world, first, ANNA))["held_by"] is None
    assert await next_of(world, BORIS) == first


async def test_a_hold_lapses_unless_it_is_renewed(world: World) -> None:
    (number,) = await on_desk(world, 3)
    assert await next_of(world, ANNA) == number
    for _ in range(3):
        world.clock.move(seconds=60)
        assert (await hold(world, number, ANNA))["held_by"]["is_own"] is True
        assert await next_of(world, BORIS) is None
    world.clock.move(seconds=91)
    assert await next_of(world, BORIS) == number
    assert (await hold(world, number, ANNA, ok=409))["code"] == "held"


async def test_a_dispatcher_is_given_nothing_that_waits_for_a_ruling(world: World) -> None:
    disputed, twice = await on_desk(world, 1, 1)
    await world.step(disputed, "open_dispute", who="dispatcher", topic="路灯归谁", participants=["urban", "housing"])
    await world.rows("UPDATE tickets SET dispatch_count = 2 WHERE id = $1", id_of(twice))
    assert await next_of(world, ANNA) is None
    assert [await next_of(world, LEAD) for _ in range(2)] == [disputed, twice]


async def test_a_step_on_what_somebody_else_holds_is_refused_and_says_who(world: World) -> None:
    (number,) = await on_desk(world, 3)
    assert await next_of(world, ANNA) == number
    before = await world.everything_of(number)
    refused = await world.refused(number, "dispatch", who=BORIS, lead="urban", reason="路灯归城管")
    assert (refused["code"], "anna" in refused["detail"]) == ("held", True)
    assert await world.everything_of(number) == before
    assert (await world.ticket(number, who=BORIS))["allowed_actions"] == ["hand_off"]
    assert "dispatch" in (await world.ticket(number, who=ANNA))["allowed_actions"]
    await world.step(number, "dispatch", who=ANNA, lead="urban", reason="路灯归城管")


async def test_an_emergency_and_a_caller_wait_for_nobody(world: World) -> None:
    (number,) = await on_desk(world, 3)
    await hold(world, number, ANNA)
    await world.step(number, "urge", who="agent")
    await world.step(number, "hand_off", who=BORIS, number="119", reason="灯杆冒烟起火", remainder=True)
    assert (await world.ticket(number))["handoffs"][0]["number"] == "119"


async def test_a_department_goes_on_with_its_part_whoever_holds_the_ticket(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await hold(world, number, ANNA)
    await world.step(number, "acknowledge", who="department:urban")
    page = await world.ticket(number, who="department:urban")
    assert (page["assignments"][0]["state"], page["held_by"]) == ("acknowledged", None)


async def test_a_hold_ends_with_the_step_that_it_was_for(world: World) -> None:
    (number,) = await on_desk(world, 3)
    await next_of(world, ANNA)
    await world.step(number, "note", who=ANNA, reason="已电话核实")
    assert (await world.ticket(number))["held_by"]["name"] == "anna"
    await world.step(number, "dispatch", who=ANNA, lead="urban", reason="路灯归城管")
    assert (await world.ticket(number))["held_by"] is None


async def test_a_shift_lead_takes_over_and_a_dispatcher_may_not(world: World) -> None:
    (number,) = await on_desk(world, 3)
    await hold(world, number, ANNA)
    assert (await hold(world, number, LEAD, ok=409))["code"] == "held"
    told = [(await world.ticket(number, who=who))["held_by"]["may_take_over"] for who in (ANNA, BORIS, LEAD)]
    assert told == [False, False, True]
    await hold(world, number, BORIS, ok=403, take_over=True)
    assert (await hold(world, number, LEAD, take_over=True))["held_by"]["name"] == "lead"
    refused = await world.refused(number, "dispatch", who=ANNA, lead="urban", reason="路灯归城管")
    assert "lead" in refused["detail"]
    await hold(world, number, "agent", ok=403)


async def test_the_page_and_the_lists_tell_who_has_a_ticket_open(world: World) -> None:
    (number,) = await on_desk(world, 3)
    await hold(world, number, ANNA)
    page = await world.ticket(number, who=BORIS)
    assert (page["held_by"]["name"], page["held_by"]["is_own"]) == ("anna", False)
    (line,) = (await world.get("/api/v1/tickets?state=on_desk", who=ANNA))["tickets"]
    assert line["held_by"]["is_own"] is True
    world.clock.move(seconds=91)
    (line,) = (await world.get("/api/v1/tickets?state=on_desk", who=ANNA))["tickets"]
    assert line["held_by"] is None


async def test_what_has_ended_is_not_held(world: World) -> None:
    (number,) = await on_desk(world, 3)
    await world.step(number, "void", who=LEAD, reason="测试电话，非诉求")
    assert "已结束" in (await hold(world, number, ANNA, ok=409))["detail"]


async def test_one_click_for_many_leaves_out_what_somebody_has_open(world: World) -> None:
    lead, held, free = await on_desk(world, 3, 3, 3)
    opened = await world.post("/api/v1/incidents", {"ticket": lead, "title": "翠湖路路灯大面积熄灭"}, who="dispatcher")
    await hold(world, held, ANNA)
    path = f"/api/v1/incidents/{opened['id']}/attach"
    done = await world.post(path, {"tickets": [held, free]}, who=BORIS)
    assert done["attached"] == [free]
    assert [("anna" in one["reason"], one["number"]) for one in done["refused"]] == [(True, held)]
