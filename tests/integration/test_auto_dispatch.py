"""自动派单: switched on category by category, counted, and taken away where too much goes astray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline import auto_dispatch
from models.store.auto_dispatch import Outcome

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "东湖区文昌路北段的路灯坏了十几天一直不亮，请派人来修路灯"


async def test_a_category_switched_off_goes_to_the_desk(world: World) -> None:
    before = await world.post("/api/v1/understand", {"text": LAMP}, who="channel:phone")
    code = before["categories"][0]["code"]
    assert before["auto"] is True
    wanted = {"is_on": False, "reason": "先由人工看两周"}
    await world.post(f"/api/v1/auto-dispatch/{code}", wanted, who="supervisor", method="PUT")
    after = await world.post("/api/v1/understand", {"text": LAMP}, who="channel:phone")
    assert after["auto"] is False
    assert any("未开通自动派单" in reason for reason in after["desk_reasons"])
    for who in ("supervisor", "administrator"):
        shown = await world.get("/api/v1/auto-dispatch", who=who)
        line = next(line for line in shown["categories"] if line["code"] == code)
        assert (line["is_on"], line["reason"]) == (False, "先由人工看两周")


async def test_what_goes_out_is_counted_and_a_breach_switches_off(world: World) -> None:
    code = (await world.post("/api/v1/understand", {"text": LAMP}, who="channel:phone"))["categories"][0]["code"]
    numbers = [(await world.register(LAMP))["number"] for _ in range(6)]
    shown = await world.get("/api/v1/auto-dispatch", who="supervisor")
    line = next(line for line in shown["categories"] if line["code"] == code)
    assert (line["dispatched"], line["misdirected"]) == (6, 0)
    assert await auto_dispatch.watch(world.hub) == []
    for number in numbers[:3]:
        await world.step(number, "reassign", who="dispatcher", lead="transport", reason="应由交通部门办理")
    stopped = await auto_dispatch.watch(world.hub)
    assert [one.category for one in stopped] == [code]
    assert not world.hub.goes_by_itself(code)
    assert await auto_dispatch.watch(world.hub) == []


def test_one_stray_among_many_is_no_breach() -> None:
    assert not auto_dispatch.is_breached(Outcome(category="0203", dispatched=100, misdirected=3))
    assert not auto_dispatch.is_breached(Outcome(category="0203", dispatched=40_000, misdirected=1200))
    assert auto_dispatch.is_breached(Outcome(category="0203", dispatched=40_000, misdirected=1300))
    assert auto_dispatch.is_breached(Outcome(category="0203", dispatched=20, misdirected=3))
    assert not auto_dispatch.is_breached(Outcome(category="0203", dispatched=20, misdirected=1))
    assert not auto_dispatch.is_breached(Outcome(category="0203", dispatched=1, misdirected=1))
    assert auto_dispatch.is_breached(Outcome(category="0203", dispatched=3, misdirected=3))
