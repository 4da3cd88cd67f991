"""二级派单: downwards only, never against the catalogue, and a send-back climbs one level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
NOISE = "东湖区翠湖路商铺音响噪声扰民，投诉商家，晚上十一点还在放。"
TO_DISTRICT: dict[str, Any] = {"department": "donghu", "instruction": "请安排属地核实"}
TO_STREET: dict[str, Any] = {"department": "donghu-cuihu", "instruction": "请到现场核实"}
ASKED: dict[str, Any] = {"reason": "不属本街道职责", "duty_argument": "履职事项清单未列"}


async def acknowledged(world: World, text: str = LAMP) -> str:
    """A ticket whose lead, 城管局, has taken it."""
    number = str((await world.register(text))["number"])
    await world.step(number, "acknowledge", who="department:urban")
    return number


async def delegated(world: World) -> str:
    """A ticket that went from 城管局 to 东湖区 and on to 翠湖街道: parts 1, 2 and 3."""
    number = await acknowledged(world)
    await world.step(number, "delegate", who="department:urban", **TO_DISTRICT)
    await world.step(number, "acknowledge", who="department:donghu")
    await world.step(number, "delegate", who="department:donghu", **TO_STREET)
    return number


async def parts_of(world: World, number: str) -> list[Any]:
    return list((await world.ticket(number))["assignments"])


async def test_a_bureau_delegates_to_a_district_and_the_district_to_its_street(world: World) -> None:
    donghu = await world.department("donghu")
    number = await acknowledged(world)
    before = await world.ticket(number)
    world.clock.move(days=1)
    await world.step(number, "delegate", who="department:urban", **TO_DISTRICT)
    await world.deliver()
    told = donghu.last("ticket.dispatched")
    assert told["role"] == "delegated"
    assert "请安排属地核实" in told["because"]
    await donghu.call_back(told, "acknowledge")
    await donghu.call_back(told, "delegate", **TO_STREET)

    ticket = await world.ticket(number)
    assert [(part["role"], part["parent"]) for part in ticket["assignments"]] == [
        ("lead", None),
        ("delegated", 1),
        ("delegated", 2),
    ]
    # The ticket, its lead and the dates to the citizen stay as they are; the new parts have clocks of their own.
    for name in ("state", "lead", "promised_at"):
        assert ticket[name] == before[name]
    assert ticket["assignments"][0]["reply_by"] == before["assignments"][0]["reply_by"]
    assert ticket["assignments"][1]["reply_by"] > before["assignments"][0]["reply_by"]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("donghu", "urban"),  # upwards
        ("donghu", "xicheng"),  # to its equal
        ("donghu", "xicheng-gulou"),  # to another district's street
        ("urban", "housing"),  # to its equal
        ("urban", "government"),  # upwards
        ("urban", "donghu-cuihu"),  # past the district
        ("urban", "urban"),  # to itself
    ],
)
async def test_a_delegation_goes_down_one_line_only(world: World, above: str, below: str) -> None:
    number = str((await world.register(LAMP))["number"])
    if above == "donghu":
        await world.step(number, "reassign", who="dispatcher", lead="donghu", reason="属地办理")
    await world.step(number, "acknowledge", who=f"department:{above}")
    before = await world.everything_of(number)
    fields: dict[str, Any] = {"department": below, "instruction": "请办理"}
    await world.refused(number, "delegate", who=f"department:{above}", **fields)
    assert await world.everything_of(number) == before


async def test_what_the_catalogue_keeps_from_the_grassroots_stops_at_the_district(world: World) -> None:
    number = await acknowledged(world, NOISE)
    await world.step(number, "delegate", who="department:urban", **TO_DISTRICT)
    await world.step(number, "acknowledge", who="department:donghu")
    before = await world.everything_of(number)
    said = await world.refused(number, "delegate", who="department:donghu", **TO_STREET)
    assert "不得分派给基层" in said["detail"]
    assert await world.everything_of(number) == before


async def test_only_who_has_taken_a_part_delegates_it_and_only_once_to_the_same_unit(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.refused(number, "delegate", who="department:urban", **TO_DISTRICT)
    await world.step(number, "acknowledge", who="department:urban")
    await world.refused(number, "delegate", who="dispatcher", status=403, **TO_DISTRICT)
    await world.refused(number, "delegate", who="department:urban", status=422, department="donghu")
    await world.refused(number, "delegate", who="department:urban", status=422, **{**TO_DISTRICT, "department": "mars"})
    await world.step(number, "delegate", who="department:urban", **TO_DISTRICT)
    await world.refused(number, "delegate", who="department:urban", **TO_DISTRICT)


async def test_a_delegated_send_back_is_decided_by_the_unit_above_and_not_by_the_hotline(world: World) -> None:
    number = await delegated(world)
    await world.step(number, "send_back", who="department:donghu-cuihu", **ASKED)
    decision: dict[str, Any] = {"upheld": True, "reason": "改由区里办理"}
    for who in ("dispatcher", "supervisor", "department:urban", "department:donghu-cuihu"):
        said = await world.refused(number, "decide_send_back", who=who, status=403, **decision)
        assert "派出单位" in said["detail"] or "本单位二级派单" in said["detail"]
    await world.step(number, "decide_send_back", who="department:donghu", **decision)
    ticket = await world.ticket(number)
    assert [part["state"] for part in ticket["assignments"]] == ["in_progress", "in_progress", "sent_back"]
    assert (ticket["state"], ticket["lead"]["code"], ticket["send_back_count"]) == ("assigned", "urban", 0)
    # One level only: the district may delegate elsewhere, or send back itself to the bureau that gave it.
    await world.step(number, "send_back", who="department:donghu", **ASKED)
    await world.step(number, "decide_send_back", who="department:urban", **decision)
    assert (await parts_of(world, number))[1]["state"] == "sent_back"


async def test_a_refused_delegated_send_back_returns_to_the_street(world: World) -> None:
    street = await world.department("donghu-cuihu")
    number = await delegated(world)
    await world.step(number, "send_back", who="department:donghu-cuihu", **ASKED)
    await world.step(number, "decide_send_back", who="department:donghu", upheld=False, reason="属街道事项")
    assert (await parts_of(world, number))[2]["state"] == "acknowledged"
    await world.deliver()
    assert street.last("ticket.send_back_decided")["upheld"] is False


async def test_a_street_that_was_refused_twice_may_not_ask_again(world: World) -> None:
    number = await delegated(world)
    who = "department:donghu-cuihu"
    for asked in (1, 2):
        await world.step(number, "send_back", who=who, **ASKED)
        assert (await parts_of(world, number))[2]["send_back_count"] == asked
        await world.step(number, "decide_send_back", who="department:donghu", upheld=False, reason="属街道事项")
    before = await world.everything_of(number)
    said = await world.refused(number, "send_back", who=who, **ASKED)
    assert "不得再退单" in said["detail"]
    assert await world.everything_of(number) == before
    # Between the district and its street: the hotline was asked nothing.
    ticket = await world.ticket(number)
    assert (ticket["send_back_count"], ticket["is_disputed"]) == (0, False)


async def test_each_decides_what_is_its_own_where_two_send_backs_wait(world: World) -> None:
    number = await delegated(world)
    await world.step(number, "send_back", who="department:urban", reason="不属本局职责", duty_argument="三定未列")
    await world.step(number, "send_back", who="department:donghu-cuihu", **ASKED)
    await world.step(number, "decide_send_back", who="department:donghu", upheld=True, reason="改由区里办理")
    await world.step(number, "decide_send_back", who="dispatcher", upheld=False, reason="属城市照明")
    assert [part["state"] for part in await parts_of(world, number)] == ["acknowledged", "in_progress", "sent_back"]


async def test_an_upheld_delegated_send_back_ends_what_lies_below_it(world: World) -> None:
    number = await delegated(world)
    await world.step(number, "send_back", who="department:donghu", **ASKED)
    await world.step(number, "decide_send_back", who="department:urban", upheld=True, reason="本局自行办理")
    assert [part["state"] for part in await parts_of(world, number)] == ["in_progress", "sent_back", "recalled"]


async def test_a_delegated_part_replies_and_signs_off_without_moving_the_ticket(world: World) -> None:
    number = await delegated(world)
    who = "department:donghu-cuihu"
    await world.step(number, "acknowledge", who=who)
    await world.step(number, "reply", who=who, text="已到现场核实，线路故障")
    await world.step(number, "sign_off", who=who)
    ticket = await world.ticket(number)
    assert (ticket["state"], ticket["assignments"][2]["state"]) == ("assigned", "signed_off")
    await world.step(number, "reply", who="department:urban", text="路灯线路已经修复")
    await world.step(number, "sign_off", who="department:urban")
    # The district between them has given its part on; its own answer is still owed.
    said = await world.refused(number, "approve", who="reviewer")
    assert said["code"] == "parts_outstanding"
    assert "东湖区（二级承办，办理）" in said["detail"]
    await world.answered(number)
    await world.step(number, "approve", who="reviewer")
    assert [part["state"] for part in await parts_of(world, number)] == ["accepted", "accepted", "accepted"]


def grids_of(world: World, street: str) -> list[str]:
    return [grid.code for grid in world.hub.city.grids if grid.street == street]


async def at_grid(world: World) -> tuple[str, str]:
    """A ticket that went on from 翠湖街道 to one of its grids, and the grid's code: parts 1 to 4."""
    number, grid = await delegated(world), grids_of(world, "donghu-cuihu")[0]
    await world.step(number, "acknowledge", who="department:donghu-cuihu")
    given = {"department": grid, "instruction": "请网格员到现场查看"}
    await world.step(number, "delegate", who="department:donghu-cuihu", **given)
    return number, grid


async def test_a_street_delegates_to_its_grid_which_answers_for_itself(world: World) -> None:
    number, code = await at_grid(world)
    part = (await parts_of(world, number))[3]
    name = next(grid.name for grid in world.hub.city.grids if grid.code == code)
    assert (part["department"], part["role"], part["parent"]) == ({"code": code, "name": name}, "delegated", 3)
    assert part["dispatched_at"] < part["acknowledge_by"] < part["reply_by"]
    who = f"department:{code}"
    listed = await world.get("/api/v1/tickets?state=assigned", who=who)
    assert [(line["number"], line["assignment"]) for line in listed["tickets"]] == [(number, 4)]
    await world.step(number, "acknowledge", who=who)
    await world.step(number, "reply", who=who, text="已到现场查看处理")
    await world.step(number, "sign_off", who=who)
    assert (await parts_of(world, number))[3]["state"] == "signed_off"
    for above in ("donghu-cuihu", "donghu"):
        assert (await world.ticket(number, who=f"department:{above}"))["number"] == number
    await world.step(number, "reply", who="department:urban", text="路灯线路已经修复")
    await world.step(number, "sign_off", who="department:urban")
    await world.answered(number)
    await world.step(number, "approve", who="reviewer")
    assert {part["state"] for part in await parts_of(world, number)} == {"accepted"}


async def test_a_grid_with_a_system_of_its_own_is_told_by_webhook_and_calls_back(world: World) -> None:
    server = await world.department(grids_of(world, "donghu-cuihu")[0])
    number, _ = await at_grid(world)
    await world.deliver()
    told = server.last("ticket.dispatched")
    assert (told["ticket"], told["assignment"]) == (number, 4)
    await server.call_back(told, "acknowledge")
    assert (await parts_of(world, number))[3]["state"] == "acknowledged"


async def test_a_grids_send_back_goes_to_its_street(world: World) -> None:
    number, grid = await at_grid(world)
    await world.step(number, "send_back", who=f"department:{grid}", **ASKED)
    decision: dict[str, Any] = {"upheld": True, "reason": "由街道办理"}
    for who in ("dispatcher", "department:donghu", f"department:{grid}"):
        await world.refused(number, "decide_send_back", who=who, status=403, **decision)
    await world.step(number, "decide_send_back", who="department:donghu-cuihu", **decision)
    assert [part["state"] for part in await parts_of(world, number)] == [
        "in_progress",
        "in_progress",
        "in_progress",
        "sent_back",
    ]


async def test_a_grid_gets_work_from_its_own_street_alone_and_gives_none_on(world: World) -> None:
    number = await delegated(world)
    await world.step(number, "acknowledge", who="department:donghu-cuihu")
    own, others = grids_of(world, "donghu-cuihu"), grids_of(world, "donghu-dongmen")
    before = await world.everything_of(number)
    for who, code in (
        ("urban", own[0]),  # past district and street
        ("donghu", own[0]),  # past the street
        ("donghu-cuihu", others[0]),  # another street's
    ):
        fields: dict[str, Any] = {"department": code, "instruction": "请办理"}
        said = await world.refused(number, "delegate", who=f"department:{who}", **fields)
        assert "网格" in said["detail"]
    assert await world.everything_of(number) == before
    await world.step(number, "delegate", who="department:donghu-cuihu", department=own[0], instruction="请办理")
    await world.step(number, "acknowledge", who=f"department:{own[0]}")
    for code in (own[1], "donghu-cuihu", own[0]):
        fields = {"department": code, "instruction": "请办理"}
        await world.refused(number, "delegate", who=f"department:{own[0]}", **fields)


async def test_no_hotline_dispatches_to_a_grid(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    grid = grids_of(world, "donghu-cuihu")[0]
    ways: list[dict[str, Any]] = [{"lead": grid}, {"lead": "urban", "assisting": [grid]}]
    for fields in ways:
        said = await world.refused(number, "reassign", who="dispatcher", status=422, reason="更正派单", **fields)
        assert "街道" in said["detail"]


async def test_what_the_catalogue_keeps_from_the_grassroots_is_kept_from_grids(world: World) -> None:
    """路灯 may go to a street, 违法建设 may not, nor to the grid of a street that has an older part in it."""
    number = await delegated(world)
    await world.step(number, "acknowledge", who="department:donghu-cuihu")
    await world.rows("UPDATE tickets SET grassroots = false")
    fields: dict[str, Any] = {"department": grids_of(world, "donghu-cuihu")[0], "instruction": "请办理"}
    said = await world.refused(number, "delegate", who="department:donghu-cuihu", **fields)
    assert "不得分派给基层" in said["detail"]


async def test_who_stands_above_sees_the_ticket_of_its_street_and_may_not_do_its_work(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "reassign", who="dispatcher", lead="donghu-cuihu", reason="属地办理")
    assert (await world.ticket(number, who="department:donghu"))["lead"]["code"] == "donghu-cuihu"
    await world.refused(number, "acknowledge", who="department:donghu", status=404)
    await world.refused(number, "acknowledge", who="department:donghu", status=403, assignment=2)


async def test_whose_send_back_was_upheld_is_not_delegated_it_again_and_the_list_counts_it(world: World) -> None:
    number = await delegated(world)
    cuihu, donghu = "department:donghu-cuihu", "department:donghu"
    await world.step(number, "send_back", who=cuihu, **ASKED)
    await world.step(number, "decide_send_back", who=donghu, upheld=True, reason="不属街道职责")
    problem = await world.refused(number, "delegate", who=donghu, **TO_STREET)
    assert "退单已成立" in problem["detail"]
    assert "delegate" in (await world.ticket(number, who=donghu))["allowed_actions"]
    listed = "/api/v1/backlog/ping-pong"
    assert (await world.get(listed, who="supervisor"))["tickets"] == []
    other = next(
        one.code
        for one in world.hub.city.departments.values()
        if one.parent == "donghu" and one.kind == "street" and one.code != "donghu-cuihu"
    )
    await world.step(number, "delegate", who=donghu, department=other, instruction="请到现场核实")
    await world.step(number, "send_back", who=f"department:{other}", **ASKED)
    found = (await world.get(listed, who="supervisor"))["tickets"]
    assert [(one["number"], one["send_back_count"], one["delegated_send_back_count"]) for one in found] == [
        (number, 0, 2)
    ]
