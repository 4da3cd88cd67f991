"""承办台: a department's list by what each part owes now, and by when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
URBAN = "department:urban"
TO_DISTRICT: dict[str, Any] = {"department": "donghu", "instruction": "请安排属地核实"}


async def lamp(world: World, n: int = 0) -> str:
    return str((await world.register(LAMP, caller={"phone": f"1380000000{n}"}))["number"])


async def owed(world: World, query: str = "", who: str = URBAN) -> Any:
    return await world.get(f"/api/v1/assignments{query}", who=who)


async def owes(world: World, number: str, name: str, clock: str) -> bool:
    """Tell whether the department's part of a ticket owes that, by the time of that clock."""
    line = next(one for one in (await owed(world))["parts"] if one["ticket"]["number"] == number)
    part = (await world.ticket(number))["assignments"][0]
    return bool(line["owes"] == name and line["due_by"] == part[clock])


async def test_a_part_owes_one_step_after_the_other_until_it_is_somebody_elses_turn(world: World) -> None:
    number = await lamp(world)
    assert await owes(world, number, "acknowledge", "acknowledge_by")
    await world.step(number, "acknowledge", who=URBAN)
    assert await owes(world, number, "contact", "contact_by")
    await world.step(number, "contact", who=URBAN, reached=True)
    assert await owes(world, number, "reply", "reply_by")
    await world.step(number, "request_extension", who=URBAN, reason="需要等待灯杆配件到货")
    (line,) = (await owed(world))["parts"]
    # Asking for time stops nothing: the reply is owed as before.
    assert (line["owes"], line["ticket"]["asks"]) == ("reply", "extension")
    assert (await world.ticket(number))["assignments"][0]["asked"]["extra_words"] == "5个工作日"
    await world.step(number, "reply", who=URBAN, text="已于今日更换灯具，路灯恢复照明。")
    assert await owes(world, number, "sign_off", "reply_by")
    await world.step(number, "sign_off", who=URBAN)
    assert await owes(world, number, "others", "reply_by")
    await world.step(number, "approve", who="reviewer")
    assert (await owed(world))["parts"] == []


async def test_who_asks_to_send_back_waits_for_the_hotline(world: World) -> None:
    number = await lamp(world)
    await world.step(number, "send_back", who=URBAN, reason="不属本单位职责", duty_argument="三定方案未列此项职责")
    (line,) = (await owed(world))["parts"]
    assert (line["owes"], line["ticket"]["asks"], line["ticket"]["brief"] is not None) == ("others", "send_back", True)


async def test_counts_are_of_all_pages_and_tell_what_is_late(world: World) -> None:
    numbers = [await lamp(world, n) for n in range(3)]
    await world.step(numbers[0], "acknowledge", who=URBAN)
    world.clock.move(days=4)
    page = await owed(world, "?owes=acknowledge&limit=1")
    assert {one["owes"]: (one["parts"], one["late"]) for one in page["counts"]} == {
        "acknowledge": (2, 2),
        "contact": (1, 1),
        "reply": (0, 0),
        "sign_off": (0, 0),
        "others": (0, 0),
    }
    again = await owed(world, f"?owes=acknowledge&limit=1&cursor={page['cursor']}")
    shown = [one["ticket"]["number"] for one in (*page["parts"], *again["parts"])]
    assert sorted(shown) == sorted(numbers[1:])
    dues = [datetime.fromisoformat(one["due_by"]) for one in (await owed(world))["parts"]]
    assert dues == sorted(dues)


async def test_a_departments_list_is_narrowed_and_goes_on_from_page_to_page(world: World) -> None:
    numbers = [await lamp(world, n) for n in range(4)]
    for number, (name, value) in zip(
        numbers, (("kind", "inquiry"), ("urgency", 1), ("district", "nanshan")), strict=False
    ):
        await world.rows(f"UPDATE tickets SET {name} = $1 WHERE id = $2", value, id_of(number))

    async def found(**query: str) -> list[str]:
        told = await owed(world, "?" + urlencode(query))
        return [one["ticket"]["number"] for one in told["parts"]]

    assert await found(kind="inquiry") == numbers[:1]
    assert await found(urgency="1") == numbers[1:2]
    assert await found(district="nanshan") == numbers[2:3]
    first = await owed(world, "?kind=complaint&limit=2")
    assert await found(kind="complaint", limit="2", cursor=first["cursor"]) == numbers[3:]
    await world.step(numbers[3], "acknowledge", who=URBAN)
    assert await found(overdue="true") == []
    world.clock.move(days=4)
    assert await found(overdue="true", owes="acknowledge") == numbers[:3]


async def test_a_department_sees_those_below_it_and_nobody_elses(world: World) -> None:
    number = await lamp(world)
    await world.step(number, "acknowledge", who=URBAN)
    await world.step(number, "delegate", who=URBAN, **TO_DISTRICT)
    (line,) = (await owed(world, who="department:donghu"))["parts"]
    assert (line["ticket"]["number"], line["role"], line["owes"]) == (number, "delegated", "acknowledge")
    await world.get("/api/v1/assignments?department=urban", who="department:donghu", status=404)
    await world.get("/api/v1/assignments", who="supervisor", status=403)
