"""回访梯次: a link, an automatic call, a person; each caller for themselves, quiet hours and three tries over all rungs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.conftest import DepartmentServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.integration.conftest import World

COMPLAINT = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
ASKED = "求助：东湖区翠湖路和建设路交叉口的路灯不亮了，请帮忙看看，尽快维修一下。"
CHINA = timedelta(hours=8)


class Caller(DepartmentServer):
    """A system that makes automatic calls, as a provider's adapter would: orders come signed, keys go back."""

    async def start(self) -> None:
        await self._server.start_server()
        url = str(self._server.make_url("/hook"))
        path = "/api/v1/departments/auto_call/endpoint"
        endpoint = await self.world.post(path, {"url": url}, who="administrator", method="PUT")
        self.webhook_secret = endpoint["webhook_secret"]

    async def ordered(self) -> list[Any]:
        """The calls that were ordered so far."""
        await self.world.deliver()
        return [one["data"] for one in self.received if one["type"] == "follow_up.call"]

    async def press(self, call: str, key: str | None, outcome: str = "answered", *, ok: int = 200) -> Any:
        path = f"/api/v1/follow-ups/calls/{call}/result"
        return await self.world.post(path, {"outcome": outcome, "key": key}, who="channel:phone", ok=(ok,))


@pytest.fixture
async def voice(world: World) -> AsyncIterator[Caller]:
    server = Caller(world, "auto_call")
    await server.start()
    yield server
    await server.stop()


def at(world: World, day: int, hour: int, minute: int = 0) -> None:
    """Set the clock to a time of day in China, in November 2026."""
    world.clock.at = datetime(2026, 11, day, hour, minute, tzinfo=UTC) - CHINA


async def in_follow_up(world: World, text: str = ASKED, merged: int = 0, **more: Any) -> tuple[Any, list[Any]]:
    """A ticket whose reply is approved, with callers merged into it; returns their receipts."""
    more = {"caller": {"phone": "13800000001"}, **more}
    receipt = await world.register(text, **more)
    number = receipt["number"]
    if receipt["state"] == "on_desk":
        await world.step(number, "dispatch", who="dispatcher", lead="urban", reason="请处理")
    others = []
    for n in range(merged):
        other = await world.register(text, caller={"phone": f"1390000000{n}"})
        await world.step(other["number"], "merge", who="dispatcher", into=number, reason="同一事项")
        others.append(other)
    await world.reviewed(number)
    return receipt, others


async def asks(world: World, rung: str = "") -> list[tuple[str, str]]:
    page = await world.get(f"/api/v1/follow-ups?rung={rung}", who="follow_up")
    return [(one["ticket"], one["rung"]) for one in page["asks"]]


async def figures(world: World) -> Any:
    found = await world.get("/api/v1/follow-ups/figures?since=2026-11-01T00:00:00Z", who="leader")
    assert found["opened"] == found["open"] + found["ended"]
    assert found["ended"] == found["answered"] + found["silent"] + found["overtaken"] == sum(found["ended_on"].values())
    return found


async def answer(world: World, number: str, *, ok: int = 200, **said: Any) -> Any:
    return await world.post(f"/api/v1/follow-ups/{number}/answers", said, who="follow_up", ok=(ok,))


async def test_who_has_a_link_is_asked_by_it_first_then_by_a_call_then_by_a_person(world: World, voice: Caller) -> None:
    receipt, _ = await in_follow_up(world)
    number = receipt["number"]
    assert await asks(world) == [(number, "sms")]
    at(world, 23, 14, 10)
    await world.fire()
    assert await asks(world) == [(number, "auto_call")]
    (order,) = await voice.ordered()
    assert order["phone"] == "13800000001"
    assert "按1" in order["script"]
    await voice.press(order["call"], None, "no_answer")
    assert await asks(world, "person") == [(number, "person")]
    rows = await world.rows("SELECT way, reached FROM follow_ups")
    assert [tuple(row) for row in rows] == [("auto_call", False)]
    at(world, 23, 15)
    assert "18时30分" in (await answer(world, number, reached=False, ok=409))["detail"]
    at(world, 23, 19)
    await answer(world, number, reached=False)
    at(world, 24, 9, 30)
    assert (await answer(world, number, reached=True, solved=True, satisfied=True))["state"] == "closed"
    found = await figures(world)
    assert (found["answered"], found["ended_on"]["person"], found["satisfied"]) == (1, 1, 1)


@pytest.mark.parametrize(("key", "state"), [("1", "closed"), ("2", "assigned"), ("3", "assigned")])
async def test_the_pressed_key_closes_or_takes_it_up_again(world: World, voice: Caller, key: str, state: str) -> None:
    receipt, _ = await in_follow_up(world)
    at(world, 23, 14, 10)
    await world.fire()
    (order,) = await voice.ordered()
    assert (await voice.press(order["call"], key))["state"] == state
    await voice.press(order["call"], key, ok=409)
    found = await figures(world)
    assert (found["answered"], found["ended_on"]["auto_call"]) == (1, 1)
    (row,) = await world.rows("SELECT way, solved, satisfied FROM follow_ups")
    assert tuple(row) == ("auto_call", key in "12", key == "1")
    assert (await world.ticket(receipt["number"]))["state"] == state


async def test_no_automatic_call_is_made_in_quiet_hours(world: World, voice: Caller) -> None:
    await in_follow_up(world)
    at(world, 23, 12, 30)
    await world.rows("UPDATE timers SET due_at = due_at - interval '2 hours' WHERE subject = 'ask'")
    await world.fire()
    assert await voice.ordered() == []
    at(world, 23, 14)
    await world.fire()
    assert len(await voice.ordered()) == 1


async def test_a_call_whose_result_never_comes_passes_to_a_person(world: World, voice: Caller) -> None:
    receipt, _ = await in_follow_up(world)
    at(world, 23, 14, 10)
    await world.fire()
    (order,) = await voice.ordered()
    at(world, 23, 14, 45)
    await world.fire()
    assert await asks(world, "person") == [(receipt["number"], "person")]
    await voice.press(order["call"], "1", ok=404)


async def test_without_a_system_for_calls_a_person_calls(world: World) -> None:
    receipt, _ = await in_follow_up(world)
    at(world, 23, 14, 10)
    await world.fire()
    assert await asks(world) == [(receipt["number"], "person")]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (COMPLAINT, {}),
        (ASKED, {"caller": {"phone": "13800000001", "disclosure": "confidential"}}),
        (ASKED, {"caller": {"name": "钱某某"}}),
        (ASKED, {"want_reply": False}),
    ],
    ids=["complaint", "confidential", "no telephone", "wants no messages"],
)
async def test_whom_the_policy_names_a_person_asks_at_once(world: World, text: str, more: dict[str, Any]) -> None:
    receipt, _ = await in_follow_up(world, text, **more)
    assert await asks(world) == [(receipt["number"], "person")]


async def test_what_was_taken_up_again_is_asked_by_a_person_next_time(world: World) -> None:
    receipt, _ = await in_follow_up(world)
    number = receipt["number"]
    await world.track(receipt, "rate", solved=False, satisfied=False, score=1)
    assert await asks(world) == []
    await world.reviewed(number)
    assert await asks(world) == [(number, "person")]


async def test_every_merged_caller_is_asked_and_answers_for_themselves(world: World, voice: Caller) -> None:
    receipt, (first, second, third) = await in_follow_up(world, merged=3)
    assert len(await asks(world, "sms")) == 4
    await world.track(first, "rate", solved=True, satisfied=True, score=5)
    await world.track(receipt, "rate", solved=True, satisfied=True, score=5)
    assert (await world.ticket(receipt["number"]))["state"] == "closed"
    at(world, 23, 14, 10)
    await world.fire()
    orders = {order["phone"]: order["call"] for order in await voice.ordered()}
    assert set(orders) == {"13900000001", "13900000002"}
    await voice.press(orders["13900000001"], "1")
    await voice.press(orders["13900000002"], None, "busy")
    assert await asks(world) == [(third["number"], "person")]
    at(world, 23, 18, 40)
    await answer(world, third["number"], reached=True, solved=True, satisfied=True, reason="已经亮了")
    found = await figures(world)
    assert (found["opened"], found["answered"]) == (4, 4)
    assert found["ended_on"] == {"sms": 2, "auto_call": 1, "person": 1}
    rows = await world.rows("SELECT solved FROM ratings")
    assert len(rows) == 4
    assert second["number"] != third["number"]


async def test_a_displeased_merged_caller_takes_the_matter_up_again_and_nobody_else_is_asked(world: World) -> None:
    receipt, (one, other) = await in_follow_up(world, COMPLAINT, merged=2)
    await answer(world, one["number"], reached=True, solved=False, satisfied=False, reason="还是不亮")
    assert (await world.ticket(receipt["number"]))["state"] == "assigned"
    assert await asks(world) == []
    assert "正在重办" in (await answer(world, other["number"], reached=False, ok=409))["detail"]
    found = await figures(world)
    assert (found["answered"], found["overtaken"]) == (1, 2)


async def test_a_merged_caller_whom_nobody_reaches_three_times_is_asked_no_more(world: World) -> None:
    _, (one,) = await in_follow_up(world, COMPLAINT, merged=1)
    for day, hour in ((24, 10), (24, 15), (24, 19)):
        at(world, day, hour)
        await answer(world, one["number"], reached=False)
    assert one["number"] not in [ticket for ticket, _ in await asks(world)]
    assert (await figures(world))["silent"] == 1


async def test_how_many_people_it_needs_is_not_guessed_before_it_is_known(world: World) -> None:
    await in_follow_up(world)
    found = await world.get("/api/v1/follow-ups/capacity?staff=3", who="supervisor")
    assert (found["staff"], found["calls_per_person"], found["share"]) == (3, 60, None)
    assert found["need"]["people_needed"] is None
    assert found["need"]["reason"]
    # A past of two days: sixty were asked, a third of them by a person, who called each one twice in vain.
    await world.rows(
        "INSERT INTO follow_up_asks (city_code, ticket_id, round, common, first_rung, rung, opened_at, tries, ended_at, "
        "outcome) SELECT $1, n, 0, n, 'sms', CASE WHEN n % 3 = 0 THEN 'person' ELSE 'sms' END, $2, "
        "ARRAY[$2::timestamptz, $2], $2, 'answered' FROM generate_series(1, 60) AS n",
        world.hub.database.city_code,
        world.clock.at - timedelta(days=2),
    )
    found = await world.get("/api/v1/follow-ups/capacity", who="supervisor")
    assert found["share"]["person"] == pytest.approx(1 / 3)
    assert found["need"]["people_needed"] == 1
    assert found["need"]["calls_a_day"] == pytest.approx(61 / 2 / 3 * 2, rel=0.01)
    assert found["need"]["calls_per_ask"] == 2
    assert found["need"]["is_enough"] is False


async def test_who_may_not_and_what_cannot_is_refused(world: World) -> None:
    receipt, _ = await in_follow_up(world, COMPLAINT)
    path = f"/api/v1/follow-ups/{receipt['number']}/answers"
    await world.post(path, {"reached": True, "solved": True, "satisfied": True}, who="agent", ok=(403,))
    await answer(world, receipt["number"], reached=True, ok=422)
    await world.get("/api/v1/follow-ups?rung=robot", who="follow_up", status=422)
    path = "/api/v1/follow-ups/calls/call_x/result"
    await world.post(path, {"outcome": "busy"}, who="channel:web", ok=(403,))
    await world.post(path, {"outcome": "busy"}, who="channel:phone", ok=(404,))
    lamp = await world.register(COMPLAINT)
    await answer(world, lamp["number"], reached=False, ok=409)


async def test_a_person_is_told_whom_to_dial_at_a_fair_moment_and_the_trail_keeps_it(world: World) -> None:
    receipt, (other,) = await in_follow_up(world, COMPLAINT, merged=1)
    number = receipt["number"]
    page = await world.get(f"/api/v1/follow-ups/{number}", who="follow_up")
    assert number[-4:] in page["script"]
    assert "重办（第1次）" in page["if_displeased"]
    call = f"/api/v1/follow-ups/{number}/call"
    at(world, 23, 13)
    assert (await world.get(f"/api/v1/follow-ups/{number}", who="follow_up"))["call_from"].startswith(
        "2026-11-23T14:00"
    )
    assert "14时" in (await world.post(call, {}, who="follow_up", ok=(409,)))["detail"]
    at(world, 23, 15)
    assert (await world.post(call, {}, who="follow_up"))["phone"] == "13800000001"
    assert (await world.trail(number))[-1] == "follow_up_call"
    await world.post(call, {}, who="reviewer", ok=(403,))
    # Who was merged is called for themselves.
    told = await world.post(f"/api/v1/follow-ups/{other['number']}/call", {}, who="follow_up")
    assert told["phone"] == "13900000000"
    await answer(world, number, reached=True, solved=True, satisfied=True)
    await world.post(call, {}, who="follow_up", ok=(409,))
    await world.get(f"/api/v1/follow-ups/{number}", who="follow_up", status=404)


async def test_nobody_is_dialled_while_their_link_is_waited_for(world: World) -> None:
    receipt, _ = await in_follow_up(world)
    await world.post(f"/api/v1/follow-ups/{receipt['number']}/call", {}, who="follow_up", ok=(409,))


async def test_the_list_tells_what_each_ask_is_about_and_when_it_was_tried(world: World) -> None:
    receipt, _ = await in_follow_up(world, COMPLAINT)
    at(world, 23, 15)
    await answer(world, receipt["number"], reached=False)
    (line,) = (await world.get("/api/v1/follow-ups", who="follow_up"))["asks"]
    assert (line["attempts"], len(line["tried"]), line["lead"]["code"], line["kind"]) == (1, 1, "urban", "complaint")
    # The afternoon is used up; the next part of the day is the evening.
    assert line["call_from"].startswith("2026-11-23T18:30")
