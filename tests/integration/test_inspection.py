"""质检: drawn by plan and date alone, scored by who had no part in it, appealed against once, decided by another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hotline import inspection
from models.errors import Conflict
from models.inspection import InspectionTerms, Item, Sheet
from models.limits import InvalidRule

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 29)
FULL = {"interaction": {"opening": 15, "listening": 25, "answer": 35, "record": 25}}
FULL["ticket"] = {"contact": 20, "handling": 45, "reply": 35}


async def call(world: World, agent: str = "test-agent", outcome: str = "answered") -> int:
    offered = await world.post("/api/v1/interactions", {"caller": {"phone": "13800000001"}}, who="channel:phone")
    path = f"/api/v1/interactions/{offered['id']}/events"
    await world.post(path, {"event": "answered", "agent": agent}, who="channel:phone")
    await world.post(path, {"event": "ended", "outcome": outcome}, who="channel:phone")
    return int(offered["id"])


async def pick(world: World, of: str, subject: object, *, who: str = "quality", ok: int = 201) -> Any:
    content = {"of": of, "subject": str(subject), "reason": "诉求人来电投诉"}
    return await world.post("/api/v1/inspections", content, who=who, ok=(ok,))


async def move(world: World, one: Any, action: str, *, who: str = "quality", ok: int = 200, **more: Any) -> Any:
    fields: dict[str, Any] = {"text": "记录完整，解答准确", **more}
    if action != "appeal":
        fields = {"points": FULL[one["of"]], **fields}
    return await world.post(f"/api/v1/inspections/{one['id']}/steps", {"action": action, **fields}, who=who, ok=(ok,))


async def listed(world: World, query: str = "", who: str = "quality") -> list[Any]:
    found: list[Any] = (await world.get(f"/api/v1/inspections{query}", who=who))["inspections"]
    return found


async def scored(world: World, **more: Any) -> Any:
    return await move(world, await pick(world, "interaction", await call(world)), "score", **more)


async def drawn(world: World) -> set[tuple[str, str, str]]:
    return {(one["rule"], one["of"], one["subject"]) for one in await listed(world, "?limit=100")}


async def test_a_day_is_drawn_when_it_is_over_once_and_always_the_same(world: World) -> None:
    for n in range(40):
        await call(world, f"agent-{n % 4}", "harassment" if n < 3 else "answered")
    with pytest.raises(Conflict):
        await inspection.draw(world.hub, MONDAY)
    world.clock.move(days=1)
    first = await inspection.draw_due(world.hub)
    sample = await drawn(world)
    assert first == len(sample)
    assert len({one for one in sample if one[0] == "harassment"}) == 3, "all of what is named"
    assert await inspection.draw_due(world.hub) == 0
    await world.rows("DELETE FROM inspections")
    await world.rows("DELETE FROM inspection_days")
    await inspection.draw_due(world.hub)
    assert await drawn(world) == sample, "the date is the seed"


async def test_every_agent_is_drawn_so_often_a_week(world: World) -> None:
    for n in range(12):
        await call(world, f"agent-{n % 3}")
    await call(world, "agent-9")
    world.clock.at = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)
    await inspection.draw(world.hub, SUNDAY)
    agents = [one["agent"] for one in await listed(world, "?limit=100") if one["rule"] == "agent_week"]
    assert sorted(agents) == sorted(["agent-0", "agent-1", "agent-2"] * 2 + ["agent-9"])


async def test_a_share_is_drawn_at_random_of_what_there_is(world: World) -> None:
    await world.rows(
        "INSERT INTO interactions (city_code, channel, seat_group, agent, offered_at, answered_at, ended_at, outcome)"
        " SELECT 'yunzhou', 'phone', 'general', 'agent-' || n, $1, $1, $1, 'answered' FROM generate_series(1, 5000) AS n",
        world.clock.at,
    )
    world.clock.move(days=1)
    await inspection.draw(world.hub, MONDAY)
    (row,) = await world.rows("SELECT count(*) AS n FROM inspections WHERE rule = 'calls_share'")
    # Two in a hundred of 5,000: within four standard deviations.
    assert 60 <= row["n"] <= 140


async def test_tickets_are_drawn_after_a_complaint_and_where_they_were_declined(world: World) -> None:
    displeased, content = [await world.register(LAMP, caller={"phone": f"1380000000{n}"}) for n in range(2)]
    for receipt, satisfied in ((displeased, False), (content, True)):
        await world.closed(receipt["number"])
        await world.track(receipt, "rate", solved=True, satisfied=satisfied)
    world.clock.move(days=1)
    await inspection.draw(world.hub, MONDAY)
    complained = {subject for rule, _, subject in await drawn(world) if rule == "complained"}
    assert complained == {displeased["number"]}
    (one,) = [one for one in await listed(world, "?of=ticket") if one["rule"] == "complained"]
    assert (one["department"]["code"], one["agent"], one["state"]) == ("urban", None, "drawn")


async def test_the_inspected_sees_the_score_appeals_once_and_another_decides(world: World) -> None:
    one = await scored(world, points={**FULL["interaction"], "answer": 5}, text="解答不准确，未引用知识库")
    assert (one["score"], one["final_score"], one["state"]) == (70, 70, "scored")
    assert [seen["id"] for seen in await listed(world, who="agent")] == [one["id"]]
    assert await listed(world, who="agent:other") == []
    await world.get(f"/api/v1/inspections/{one['id']}", who="agent:other", status=404)
    await move(world, one, "appeal", who="agent:other", ok=404)
    await move(world, one, "decide", who="supervisor", ok=409)
    appealed = await move(world, one, "appeal", who="agent", text="已引用办事指南，见录音第二分钟")
    assert appealed["state"] == "appealed"
    await move(world, one, "appeal", who="agent", ok=409)
    await move(world, one, "decide", ok=403)
    decided = await move(world, one, "decide", who="supervisor", text="经复听，解答准确，恢复得分")
    assert (decided["score"], decided["final_score"], decided["state"]) == (70, 100, "decided")
    await move(world, one, "decide", who="quality:second", ok=409)


async def test_each_is_told_the_step_that_is_theirs(world: World) -> None:
    async def allowed(who: str) -> list[str]:
        told: list[str] = (await world.get(f"/api/v1/inspections/{one['id']}", who=who))["allowed_actions"]
        return told

    one = await pick(world, "interaction", await call(world))
    assert (await allowed("quality"), await allowed("agent"), await allowed("shift_lead")) == (["score"], [], [])
    await move(world, one, "score")
    assert (await allowed("quality"), await allowed("agent")) == ([], ["appeal"])
    await move(world, one, "appeal", who="agent")
    assert (await allowed("agent"), await allowed("quality"), await allowed("quality:other")) == ([], [], ["decide"])
    late = await scored(world)
    world.clock.move(days=10)
    assert (await world.get(f"/api/v1/inspections/{late['id']}", who="agent"))["allowed_actions"] == []


async def test_an_appeal_comes_in_time_or_not_at_all(world: World) -> None:
    one = await scored(world)
    world.clock.move(days=5)
    await move(world, one, "appeal", who="agent", ok=409)


async def test_a_veto_leaves_nothing_of_the_score(world: World) -> None:
    one = await scored(world, vetoes=["rude"])
    assert (one["score"], one["vetoes"]) == (0, ["rude"])


@pytest.mark.parametrize(
    "fields",
    [
        {"points": {"opening": 15}},
        {"points": {**FULL["interaction"], "answer": 36}},
        {"points": {**FULL["interaction"], "contact": 1}},
        {"vetoes": ["false_reply"]},
    ],
)
async def test_a_sheet_is_filled_in_as_the_city_has_it(world: World, fields: dict[str, Any]) -> None:
    one = await pick(world, "interaction", await call(world))
    await move(world, one, "score", ok=422, **fields)
    assert (await listed(world, "?state=drawn"))[0]["id"] == one["id"]


async def test_nobody_inspects_their_own_work(world: World) -> None:
    one = await pick(world, "interaction", await call(world, "test-quality"))
    await move(world, one, "score", ok=403)
    await move(world, one, "score", who="supervisor")
    number = (await world.register(LAMP))["number"]
    await world.step(number, "remind", who="supervisor", reason="请抓紧办理")
    ticket = await pick(world, "ticket", number)
    await move(world, ticket, "score", who="supervisor", ok=403)
    await move(world, ticket, "score", who="agent", ok=403)
    await move(world, ticket, "score")


async def test_a_department_is_told_its_score_and_appeals(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    await world.closed(number)
    one = await pick(world, "ticket", number)
    await move(world, one, "score", points={**FULL["ticket"], "reply": 0}, text="答复没有依据，来电13912345678核实")
    await world.deliver()
    told = urban.last("ticket.inspected")
    assert (told["score"], told["inspection"]) == (65, one["id"])
    assert "13912345678" not in told["remark"]
    assert [seen["id"] for seen in await listed(world, who="department:urban")] == [one["id"]]
    assert await listed(world, who="department:water") == []
    await move(world, one, "appeal", who="department:water", ok=404)
    await move(world, one, "appeal", who="department:urban", text="答复已引用城市照明管理规定")
    await move(world, one, "decide", who="supervisor", text="申诉理由不成立", points={**FULL["ticket"], "reply": 0})
    assert (await world.trail(number))[-3:] == ["inspection_score", "inspection_appeal", "inspection_decide"]


async def test_what_cannot_be_inspected_is_not_picked(world: World) -> None:
    interaction = await call(world)
    await pick(world, "interaction", interaction)
    await pick(world, "interaction", interaction, ok=409)
    await pick(world, "interaction", 999, ok=409)
    await pick(world, "ticket", "123", ok=404)
    await pick(world, "interaction", await call(world), who="agent", ok=403)


async def test_figures_add_up_by_agent_seat_group_and_department(world: World) -> None:
    for n in range(3):
        one = await pick(world, "interaction", await call(world, f"agent-{n % 2}"))
        if n:
            await move(world, one, "score", points={**FULL["interaction"], "answer": 35 - n * 10})
    ticket = await pick(world, "ticket", (await world.register(LAMP))["number"])
    await move(world, ticket, "score", vetoes=["false_reply"])
    found = await world.get("/api/v1/inspections/figures", who="leader")
    assert (found["drawn"], found["waiting"], found["scored"]) == (4, 1, 3)
    for name in ("drawn", "waiting", "scored"):
        by_whom = (*found["agents"], *found["departments"])
        assert sum(line[name] for line in by_whom) == found[name]
    means = {line["name"]: (line["mean"], line["vetoed"]) for line in (*found["agents"], *found["departments"])}
    assert means == {"agent-0": (80, 0), "agent-1": (90, 0), "城管局": (0, 1)}
    assert [(line["name"], line["mean"]) for line in found["seat_groups"]] == [("general", 85)]
    since = (MONDAY + timedelta(days=1)).isoformat()
    await world.get(f"/api/v1/inspections/figures?from={since}&to={MONDAY}", who="leader", status=422)
    await world.get("/api/v1/inspections/figures?from=gestern", who="leader", status=422)
    assert len((await world.get("/api/v1/inspections/sheets", who="agent"))["sheets"]) == 2


def test_a_sheet_makes_a_hundred_points_and_both_have_one() -> None:
    with pytest.raises(InvalidRule, match="100"):
        Sheet(of="ticket", items=(Item(code="reply", name="答复", points=99),))
    with pytest.raises(InvalidRule, match="一份"):
        InspectionTerms(sheets=InspectionTerms().sheets[:1])


async def test_what_is_inspected_stands_in_the_books(world: World) -> None:
    await pick(world, "interaction", await call(world))
    one = await scored(world)
    await move(world, one, "appeal", who="agent", text="已引用办事指南，见录音第二分钟")
    await scored(world)
    found = (await world.get("/api/v1/books", who="supervisor"))["accounts"]
    (account,) = [one for one in found if one["name"] == "inspections"]
    assert (account["whole"], account["is_balanced"]) == (3, True)
    assert {part["code"]: part["count"] for part in account["parts"]} == {
        "appealed": 1,
        "decided": 0,
        "drawn": 1,
        "scored": 1,
    }
