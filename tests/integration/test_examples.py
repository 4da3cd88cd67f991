"""样例: what the desk says with a dispatch is kept as a label, with its provenance, in the same transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from models.store import examples
from models.ticket import id_of

if TYPE_CHECKING:
    from models.store.examples import Worded
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
UNSURE = "院子里的东西坏了没人管"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def on_desk(world: World, text: str = LAMP, **more: Any) -> str:
    number = str((await world.register(text, **more))["number"])
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    return number


async def kept(world: World, since: datetime = LONG_AGO, most: int = 100) -> list[Worded]:
    return await world.hub.database.read(lambda session: examples.newest(session, since, most))


async def test_a_category_that_a_dispatcher_corrects_is_an_example_with_its_place_on_the_trail(world: World) -> None:
    number = await on_desk(world)
    read = (await world.ticket(number))["category"]["code"]
    await world.step(number, "dispatch", who="dispatcher", category="0103", lead="urban", reason="属于市容")
    (example,) = await kept(world)
    assert (example.category, example.provenance, example.role) == ("0103", "correction", "dispatcher")
    assert read != "0103"
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor")
    event = next(event for event in trail["events"] if event["seq"] == example.seq)
    assert (event["type"], example.ticket_id) == ("dispatch", id_of(number))


async def test_a_dispatch_that_leaves_the_category_confirms_it(world: World) -> None:
    number = await on_desk(world)
    assert await kept(world) == []
    await world.step(number, "dispatch", who="shift_lead")
    (example,) = await kept(world)
    ticket = await world.ticket(number)
    assert (example.category, example.provenance, example.role) == (
        ticket["category"]["code"],
        "confirmed",
        "shift_lead",
    )
    assert (example.kind, example.urgency) == (ticket["kind"], ticket["urgency"])


async def test_a_kind_and_an_urgency_that_a_dispatcher_corrects_are_an_example_too(world: World) -> None:
    number = await on_desk(world)
    before = await world.ticket(number)
    assert (before["kind"], before["urgency"]) == ("complaint", 3)
    await world.step(number, "dispatch", who="dispatcher", kind="assistance", urgency=2)
    (example,) = await kept(world)
    assert (example.kind, example.urgency, example.provenance) == ("assistance", 2, "correction")
    assert (example.is_kind_told, example.is_urgency_told) == (True, True)
    after = await world.ticket(number)
    assert (after["kind"], after["urgency"]) == ("assistance", 2)
    assert {"kind_corrected", "urgency_corrected"} <= set(await world.trail(number))


async def test_a_kind_and_an_urgency_that_are_left_teach_nothing(world: World) -> None:
    number = await on_desk(world)
    await world.step(number, "dispatch", who="dispatcher", kind="complaint", urgency=2)
    (example,) = await kept(world)
    assert (example.is_kind_told, example.is_urgency_told) == (False, True)
    assert "kind_corrected" not in await world.trail(number)


async def test_what_the_program_dispatches_by_itself_teaches_it_nothing(world: World) -> None:
    assert (await world.register(LAMP))["state"] == "assigned"
    assert await kept(world) == []


async def test_an_upheld_send_back_takes_the_label_back_until_the_next_dispatch_gives_another(world: World) -> None:
    number = str((await world.register(UNSURE))["number"])
    await world.step(number, "dispatch", who="dispatcher", lead="urban", reason="先到现场")
    assert [one.provenance for one in await kept(world)] == ["confirmed"]
    await world.sent_back(number)
    assert await kept(world) == []
    await world.step(number, "reassign", who="dispatcher", lead="power", category="0502", reason="杆线归属")
    (example,) = await kept(world)
    assert (example.category, example.provenance) == ("0502", "send_back")


async def test_a_designation_after_a_ruling_is_an_example_by_ruling(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.sent_back(number)
    await world.step(number, "dispatch", who="dispatcher", lead="power", reason="杆线归属")
    await world.sent_back(number)
    await world.step(number, "rule", who="supervisor", lead="housing", ruling="道路照明由住建局统一管养")
    await world.step(number, "designate", who="supervisor", lead="housing", reason="按裁定办理")
    (example,) = await kept(world)
    assert (example.provenance, example.role) == ("ruling", "supervisor")


async def test_a_refused_dispatch_leaves_no_example(world: World) -> None:
    number = await on_desk(world)
    await world.refused(number, "dispatch", who="dispatcher", category="7777", status=422)
    await world.refused(number, "dispatch", who="agent", status=403)
    assert await kept(world) == []


async def test_a_matter_that_was_split_off_is_no_example_of_the_words_of_the_whole(world: World) -> None:
    number = await on_desk(world, f"{LAMP}另外楼下垃圾没人清运。")
    made = (await world.step(number, "split", who="dispatcher", briefs=["楼下垃圾没人清运"], reason="两件事"))["made"]
    await world.step(made[0], "dispatch", who="dispatcher", category="0103", lead="urban", reason="市容")
    await world.step(number, "dispatch", who="dispatcher")
    assert [example.ticket_id for example in await kept(world)] == [id_of(number)]


async def test_only_masked_words_of_a_confidential_caller_are_ever_read(world: World) -> None:
    text = f"我叫王建国，电话13800000000。{LAMP}"
    caller = {"name": "王建国", "phone": "13800000000", "disclosure": "confidential"}
    number = await on_desk(world, text, caller=caller)
    await world.step(number, "dispatch", who="dispatcher")
    (example,) = await kept(world)
    assert "路灯" in example.masked_text
    assert "王建国" not in example.masked_text
    assert "13800000000" not in example.masked_text


async def test_examples_come_oldest_first_since_a_time_and_of_the_newest_tickets_where_there_are_too_many(
    world: World,
) -> None:
    numbers = [await on_desk(world, f"{LAMP}第{n}次来电") for n in range(4)]
    for number in (numbers[1], numbers[0], numbers[3], numbers[2]):
        world.clock.move(hours=1)
        await world.step(number, "dispatch", who="dispatcher")
    found = await kept(world)
    assert [one.ticket_id for one in found] == [id_of(numbers[n]) for n in (1, 0, 3, 2)]
    assert await kept(world, found[2].at) == found[2:]
    assert {one.ticket_id for one in await kept(world, most=2)} == {id_of(numbers[2]), id_of(numbers[3])}
    counted = await world.hub.database.read(examples.counts)
    assert counted == {"correction": 0, "send_back": 0, "ruling": 0, "confirmed": 4}
