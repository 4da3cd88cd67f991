"""会商: departments disagree; the ruling says who leads, and may become the catalogue's own rule."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from models.store import installation
from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
ANOTHER_LAMP = "东湖区建设路幼儿园门口路灯不亮，接送孩子看不清路，望检修。"
NOISE = "东湖区翠湖路商铺音响噪声扰民，投诉商家，晚上十一点还在放。"
RULING = "城市道路照明由住建局统一管养"


async def disputed(world: World) -> str:
    """A ticket that two units in turn sent back, both upheld."""
    number = str((await world.register(LAMP))["number"])
    await world.sent_back(number)
    await world.step(number, "dispatch", who="dispatcher", lead="power", reason="杆线归属")
    await world.sent_back(number)
    return number


async def dispute_rows(world: World, number: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await world.rows("SELECT * FROM disputes WHERE ticket_id = $1", id_of(number))]


async def follow_rulings(world: World) -> None:
    """What every process does every few seconds."""
    world.hub.amend(await world.hub.database.read(installation.amendments))


async def test_no_dispatch_but_a_designation_passes_over_an_open_dispute(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "recall", who="dispatcher", reason="职责不清")
    await world.step(number, "open_dispute", who="dispatcher", topic="路灯由谁管养", participants=["urban", "justice"])
    for action in ("dispatch", "reassign"):
        said = await world.refused(number, action, who="supervisor", lead="housing", reason="先行派单")
        assert "会商" in said["detail"]
    await world.step(number, "designate", who="supervisor", lead="housing", reason="先办后议")
    ticket = await world.ticket(number)
    assert (ticket["state"], ticket["is_disputed"]) == ("assigned", False)
    rows = await dispute_rows(world, number)
    assert [(row["participants"], row["lead"], row["ruling"]) for row in rows] == [
        (["urban", "justice"], "housing", "先办后议")
    ]


async def test_a_dispute_names_its_participants_and_is_opened_once(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "recall", who="dispatcher", reason="职责不清")
    await world.refused(
        number, "open_dispute", who="dispatcher", status=422, topic="路灯管养", participants=["atlantis"]
    )
    await world.refused(number, "open_dispute", who="dispatcher", status=422)
    await world.refused(number, "open_dispute", who="agent", status=403, topic="路灯由谁管养")
    await world.step(number, "open_dispute", who="dispatcher", topic="路灯由谁管养")
    await world.refused(number, "open_dispute", who="dispatcher", topic="路灯由谁管养")


async def test_a_ruling_ends_the_dispute_that_is_open_and_a_designation_follows(world: World) -> None:
    number = await disputed(world)
    opened = (await dispute_rows(world, number))[0]
    await world.step(number, "rule", who="supervisor", lead="housing", ruling=RULING)
    rows = await dispute_rows(world, number)
    assert len(rows) == 1
    assert rows[0] == {**opened, "ruled_at": rows[0]["ruled_at"], "ruling": RULING, "lead": "housing"}
    assert rows[0]["ruled_at"] > opened["opened_at"]
    ticket = await world.ticket(number)
    assert (ticket["state"], ticket["is_disputed"]) == ("on_desk", False)
    assert "住建局" in ticket["desk_reason"]
    await world.refused(number, "dispatch", who="supervisor", lead="housing")
    await world.step(number, "designate", who="supervisor", lead="housing", reason=RULING)
    asked: dict[str, Any] = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}
    await world.refused(number, "send_back", who="department:housing", **asked)


async def test_a_second_dispute_of_a_ticket_leaves_the_first_ruling_as_it_was(world: World) -> None:
    number = await disputed(world)
    await world.step(number, "rule", who="supervisor", lead="housing", ruling=RULING)
    await world.step(number, "open_dispute", who="supervisor", topic="住建局提出新的证据")
    await world.step(number, "rule", who="supervisor", lead="urban", ruling="仍由城管局管养")
    rows = sorted(await dispute_rows(world, number), key=lambda row: row["n"])
    assert [(row["lead"], row["ruling"]) for row in rows] == [("housing", RULING), ("urban", "仍由城管局管养")]


async def test_only_a_shift_lead_or_a_supervisor_rules_and_only_on_an_open_dispute(world: World) -> None:
    number = await disputed(world)
    for who in ("dispatcher", "agent", "reviewer", "department:housing"):
        await world.refused(number, "rule", who=who, status=403, lead="housing", ruling=RULING)
    await world.refused(number, "rule", who="supervisor", status=422, lead="housing")
    await world.refused(number, "rule", who="supervisor", status=422, lead="atlantis", ruling=RULING)
    await world.step(number, "rule", who="shift_lead", lead="housing", ruling=RULING)
    await world.refused(number, "rule", who="supervisor", lead="power", ruling=RULING)


async def test_a_ruling_may_become_the_rule_that_the_next_ticket_follows(world: World) -> None:
    number = await disputed(world)
    assert (await world.register(ANOTHER_LAMP))["lead"]["code"] == "urban"
    world.clock.move(days=1)
    await world.step(number, "rule", who="supervisor", lead="housing", ruling=RULING, amend=True)
    await follow_rulings(world)

    receipt = await world.register(ANOTHER_LAMP)
    assert receipt["lead"]["code"] == "housing"
    assert RULING in receipt["because"]
    ticket = await world.ticket(receipt["number"])
    duty_id, _, version = ticket["duty"].partition("@")
    assert duty_id == "D0203-01"
    assert number in version
    assert version.startswith("2026-11-24+")


async def test_what_was_routed_before_a_ruling_is_still_explained_by_the_row_of_its_day(world: World) -> None:
    before = await world.register(ANOTHER_LAMP)
    number = await disputed(world)
    world.clock.move(days=1)
    await world.step(number, "rule", who="supervisor", lead="housing", ruling=RULING, amend=True)
    await follow_rulings(world)

    old = await world.ticket(before["number"])
    assert old["duty"] == "D0203-01@2026.1"
    assert old["because"] == before["because"]
    catalogue = world.hub.catalogue
    old_row = catalogue.version_of("D0203-01", on=date(2026, 11, 23))
    new_row = catalogue.version_of("D0203-01", on=date(2026, 11, 24))
    assert old_row is not None
    assert new_row is not None
    assert (old_row.version, old_row.lead) == ("2026.1", "urban")
    assert (new_row.lead, new_row.category, new_row.place) == ("housing", old_row.category, old_row.place)
    assert new_row.grassroots == old_row.grassroots


async def test_a_ruling_without_amendment_leaves_the_catalogue_alone(world: World) -> None:
    number = await disputed(world)
    await world.step(number, "rule", who="supervisor", lead="housing", ruling=RULING)
    await follow_rulings(world)
    assert (await world.register(ANOTHER_LAMP))["lead"]["code"] == "urban"


async def test_two_rulings_on_one_day_both_amend_and_the_later_one_holds(world: World) -> None:
    number = await disputed(world)
    await world.step(number, "rule", who="supervisor", lead="housing", ruling=RULING, amend=True)
    await follow_rulings(world)
    await world.step(number, "open_dispute", who="supervisor", topic="住建局提出新的证据")
    await world.step(number, "rule", who="supervisor", lead="power", ruling="由供电公司管养", amend=True)
    await follow_rulings(world)
    assert (await world.register(ANOTHER_LAMP))["lead"]["code"] == "power"
    kept = await world.rows("SELECT version FROM duty_amendments")
    assert len({row["version"] for row in kept}) == 2


async def test_a_ruling_may_not_name_whom_a_guard_forbids(world: World) -> None:
    number = str((await world.register(NOISE))["number"])
    await world.step(number, "recall", who="dispatcher", reason="职责不清")
    await world.step(number, "open_dispute", who="dispatcher", topic="噪声由谁查处")
    said = await world.refused(number, "rule", who="supervisor", lead="donghu-cuihu", ruling="由街道办理")
    assert "不得分派给基层" in said["detail"]
    assert (await world.ticket(number))["is_disputed"] is True


async def test_after_a_ruling_only_its_lead_may_be_designated_or_dispatched(world: World) -> None:
    number = await disputed(world)
    await world.step(number, "rule", who="supervisor", lead="housing", ruling=RULING)
    before = await world.everything_of(number)
    said = await world.refused(number, "designate", who="supervisor", lead="parks", reason="改由园林办理")
    assert "住建局" in said["detail"]
    assert "裁定" in said["detail"]
    assert await world.everything_of(number) == before
    await world.step(number, "designate", who="supervisor", lead="housing", reason=RULING)
    assert (await world.ticket(number))["lead"]["code"] == "housing"


async def test_an_early_ruling_binds_every_later_dispatch_and_its_part_is_designated(world: World) -> None:
    """Ruled before anybody sent it back: an ordinary dispatch follows, and is none that could be sent back."""
    housing = await world.department("housing")
    number = await ruled_early(world)
    ways: list[tuple[str, dict[str, Any]]] = [
        ("dispatch", {"lead": "parks"}),
        ("dispatch", {}),
        ("reassign", {"lead": "parks", "reason": "改派"}),
        ("designate", {"lead": "parks", "reason": "指定办理"}),
    ]
    for action, fields in ways:
        said = await world.refused(number, action, who="supervisor", **fields)
        assert "住建局" in said["detail"]
    await world.step(number, "dispatch", who="dispatcher", lead="housing", assisting=["parks"])
    await world.deliver()
    assert housing.last("ticket.designated")["is_designated"] is True
    lead, assisting = (await world.ticket(number))["assignments"][-2:]
    assert (lead["is_designated"], assisting["is_designated"]) == (True, False)
    asked: dict[str, Any] = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}
    await world.refused(number, "send_back", who="department:housing", **asked)
    await world.refused(number, "reassign", who="supervisor", lead="parks", reason="改派")
    await world.step(number, "recall", who="supervisor", reason="无需协办")
    await world.refused(number, "designate", who="supervisor", lead="parks", reason="改派")
    await world.step(number, "designate", who="supervisor", lead="housing", reason="无需协办")
    assert (await world.ticket(number))["assignments"][-1]["is_designated"] is True


async def test_another_ruling_frees_from_the_first(world: World) -> None:
    number = await ruled_early(world)
    await world.step(number, "dispatch", who="dispatcher", lead="housing")
    await world.step(number, "recall", who="dispatcher", reason="住建局提出新的证据")
    await world.refused(number, "designate", who="supervisor", lead="parks", reason="指定办理")
    await world.step(number, "open_dispute", who="supervisor", topic="住建局提出新的证据")
    await world.step(number, "rule", who="supervisor", lead="parks", ruling="由园林局管养")
    said = await world.refused(number, "designate", who="supervisor", lead="housing", reason="指定办理")
    assert world.hub.department_name("parks") in said["detail"]
    await world.step(number, "designate", who="supervisor", lead="parks", reason="指定办理")


async def test_a_designation_in_an_open_dispute_stands_for_a_ruling_and_binds_as_one(world: World) -> None:
    number = await ruled_early(world)
    await world.step(number, "open_dispute", who="supervisor", topic="住建局提出新的证据")
    await world.step(number, "designate", who="supervisor", lead="power", reason="先办后议")
    await world.step(number, "recall", who="supervisor", reason="改派")
    for lead in ("housing", "parks"):
        said = await world.refused(number, "designate", who="supervisor", lead=lead, reason="改派")
        assert "供电公司" in said["detail"]


async def ruled_early(world: World) -> str:
    """A ticket that nobody sent back, ruled to be the housing bureau's."""
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "recall", who="dispatcher", reason="职责不清")
    await world.step(number, "open_dispute", who="dispatcher", topic="路灯由谁管养")
    await world.step(number, "rule", who="supervisor", lead="housing", ruling=RULING)
    return number


async def test_a_dispute_ends_with_its_ticket(world: World) -> None:
    """撤诉, 并单 and 作废: nothing is left to be ruled, and no ended ticket stands in the list of disputes."""
    other = (await world.register(ANOTHER_LAMP))["number"]
    endings = (
        ("agent", "withdraw", {"reason": "已自行解决"}),
        ("dispatcher", "merge", {"into": other, "reason": "同一路灯"}),
        ("shift_lead", "void", {"reason": "测试工单"}),
    )
    for who, action, fields in endings:
        number = await disputed(world)
        assert (await world.ticket(number))["is_disputed"]
        await world.step(number, action, who=who, **fields)
        assert not (await world.ticket(number))["is_disputed"]
        row = (await dispute_rows(world, number))[0]
        assert (row["ruled_at"] is None, row["lead"]) == (False, None)
        assert "会商终止" in row["ruling"]


async def test_a_lead_whose_send_back_waits_is_not_merged_away(world: World) -> None:
    other = (await world.register(ANOTHER_LAMP))["number"]
    number = str((await world.register(LAMP))["number"])
    lead = (await world.ticket(number))["lead"]["code"]
    asked = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}
    await world.step(number, "send_back", who=f"department:{lead}", **asked)
    assert "merge" not in (await world.ticket(number, who="dispatcher"))["allowed_actions"]
    said = await world.refused(number, "merge", who="dispatcher", into=other, reason="同一事项")
    assert "尚待裁决" in said["detail"]
    await world.step(number, "decide_send_back", who="dispatcher", upheld=False, reason="属本单位职责")
    await world.step(number, "merge", who="dispatcher", into=other, reason="同一事项")
