"""影响社会稳定线索: what bears the flags is pushed to 110 at once and watched until acknowledged; and the sums of both ways."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import PoliceServer, World

THREAT = "物业再断水我就放火烧物业办公室，我家住东湖区翠湖路8号2单元501，我叫张大力"
LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"


async def step(world: World, clue: str, action: str, who: str, *, ok: int = 200, **more: Any) -> Any:
    return await world.post(f"/api/v1/risk-clues/{clue}/steps", {"action": action, **more}, who=who, ok=(ok,))


async def waiting(world: World) -> list[Any]:
    return list((await world.get("/api/v1/risk-clues?state=waiting", who="shift_lead"))["clues"])


async def test_a_threat_is_pushed_at_once_with_brief_place_and_level(world: World, police: PoliceServer) -> None:
    receipt = await world.register(
        THREAT, caller={"name": "张大力", "phone": "13800000001", "disclosure": "confidential"}
    )
    (clue,) = await waiting(world)
    assert (clue["ticket"], clue["is_by_rule"], clue["level"]) == (receipt["number"], True, 1)
    assert "threat" in clue["flags"]
    await world.deliver()
    (pushed,) = [one for one in police.received if one["type"] == "risk_clue.pushed"]
    data = pushed["data"]
    assert (data["clue"], data["level"]) == (clue["id"], 1)
    assert data["brief"]
    assert data["place"]
    assert "张大力" not in str(pushed)
    assert "13800000001" not in str(pushed)
    assert "risk_clue_push" in await world.trail(receipt["number"])


async def test_110_acknowledges_under_its_own_reference_and_the_watch_ends(world: World) -> None:
    number = (await world.register(THREAT))["number"]
    (clue,) = await waiting(world)
    world.clock.move(minutes=11)
    await world.fire()
    late = [row["reason"] for row in await world.rows("SELECT reason FROM supervisions")]
    assert sum("风险线索" in reason for reason in late) == 1
    done = await step(world, clue["id"], "acknowledge", "channel:police", reference="X-17")
    assert (done["state"], done["reference"]) == ("acknowledged", "X-17")
    await step(world, clue["id"], "acknowledge", "channel:police", ok=409)
    await world.step(number, "confirm_handoff", who="agent", number="110")
    world.clock.move(hours=5)
    await world.fire()
    late = [row["reason"] for row in await world.rows("SELECT reason FROM supervisions")]
    assert sum("风险线索" in reason for reason in late) == 1


async def test_the_desk_pushes_and_withdraws_with_a_reason(world: World, police: PoliceServer) -> None:
    number = (await world.register(LAMP))["number"]
    assert await waiting(world) == []
    asked = {"ticket": number, "reason": "来电提到多人约定明天聚集", "level": 2}
    clue = await world.post("/api/v1/risk-clues", asked, who="dispatcher")
    assert (clue["is_by_rule"], clue["level"], clue["pushed_by"]) == (False, 2, "test-dispatcher")
    await world.post("/api/v1/risk-clues", asked, who="dispatcher", ok=(409,))
    await step(world, clue["id"], "withdraw", "dispatcher", ok=422)
    gone = await step(world, clue["id"], "withdraw", "dispatcher", reason="核实为误听，无聚集")
    assert gone["state"] == "withdrawn"
    await world.deliver()
    assert [one["type"] for one in police.received][-2:] == ["risk_clue.pushed", "risk_clue.withdrawn"]
    await world.post("/api/v1/risk-clues", asked, who="dispatcher")


async def test_a_threat_that_is_told_later_is_pushed_and_once_only(world: World) -> None:
    receipt = await world.register(LAMP, caller={"phone": "13800000001"})
    assert await waiting(world) == []
    for text in ("再不修我就放火烧了你们城管局", "我说到做到，明天就放火烧了你们城管局"):
        await world.track(receipt, "supplement", text=text)
    (clue,) = await waiting(world)
    assert (clue["ticket"], clue["is_by_rule"], clue["flags"]) == (receipt["number"], True, ["threat"])


async def test_who_may_not_push_or_withdraw_is_refused_and_110_s_own_orders_are_no_clues(world: World) -> None:
    order = {"text": THREAT}
    await world.post("/api/v1/police-orders/J0001", order, who="channel:police", method="PUT")
    assert await waiting(world) == []
    number = (await world.register(THREAT))["number"]
    (clue,) = await waiting(world)
    await step(world, clue["id"], "withdraw", "channel:police", ok=403, reason="核实为误听")
    await step(world, clue["id"], "acknowledge", "channel:web", ok=403)
    await world.post("/api/v1/risk-clues", {"ticket": number, "reason": "请关注此事"}, who="agent", ok=(403,))
    await world.get("/api/v1/risk-clues?state=open", who="agent", status=422)


async def test_the_sums_of_both_ways_agree(world: World) -> None:
    await world.register(THREAT)
    world.clock.move(seconds=5)
    for number in ("110", "120"):
        call = await world.post("/api/v1/interactions", {"line": "12345"}, who="channel:phone")
        pressed = await world.post("/api/v1/handoffs", {"number": number, "interaction": call["id"]}, who="agent")
        path = f"/api/v1/handoffs/{pressed['id']}/steps"
        world.clock.move(seconds=35 if number == "120" else 5)
        await world.post(path, {"action": "offer"}, who="channel:phone")
        world.clock.move(seconds=40 if number == "120" else 5)
        await world.post(path, {"action": "confirm", "outside_number": "N1"}, who="agent")
    world.clock.move(days=1)
    for n in range(3):
        text = {"text": LAMP if n else THREAT}
        await world.post(f"/api/v1/police-orders/J100{n}", text, who="channel:police", method="PUT")
    theirs = (await world.get("/api/v1/police-orders/J1000", who="agent"))["tickets"][0]["number"]
    back = {"number": "110", "reason": "确属警情", "remainder": False}
    await world.step(theirs, "hand_off", who="dispatcher", **back)
    since = (world.clock.at - timedelta(days=3)).isoformat().replace("+", "%2B")
    found = await world.get(f"/api/v1/handoffs/figures?since={since}", who="leader")
    out, orders, clues = found["handoffs"], found["orders"], found["clues"]
    assert out["opened"] == 4
    assert (out["offered_in_time"], out["offered_late"], out["not_offered"]) == (1, 1, 2)
    assert (out["confirmed_in_time"], out["confirmed_late"], out["unconfirmed"]) == (1, 1, 2)
    assert (out["by_person"], out["with_outside_number"]) == (3, 2)
    assert [(one["number"], one["opened"]) for one in found["handoff_days"]] == [("110", 2), ("120", 1), ("110", 1)]
    assert (orders["received"], orders["pushed"], orders["sent_back"], orders["open"]) == (3, 3, 1, 2)
    assert (clues["pushed"], clues["by_rule"], clues["waiting"]) == (1, 1, 1)
    for counts, days in ((out, "handoff_days"), (orders, "order_days"), (clues, "clue_days")):
        assert counts == {name: sum(day[name] for day in found[days]) for name in counts}
    await world.get("/api/v1/handoffs/figures?since=2020-01-01T00:00:00Z", who="leader", status=422)


async def test_the_day_s_books_balance_with_orders_clues_and_asks(world: World) -> None:
    await world.register(THREAT)
    order = await world.post("/api/v1/police-orders/J2001", {"text": LAMP}, who="channel:police", method="PUT")
    await world.closed(order["number"])
    found = await world.get("/api/v1/books", who="supervisor")
    accounts = {one["name"]: one for one in found["accounts"]}
    assert [name for name, one in accounts.items() if not one["is_balanced"]] == []
    wholes = {name: accounts[name]["whole"] for name in ("police_orders", "risk_clues", "handoffs_offered")}
    assert wholes == {"police_orders": 1, "risk_clues": 1, "handoffs_offered": 1}
    assert (accounts["asks_by_outcome"]["whole"], accounts["asks_by_rung"]["whole"]) == (1, 1)
    await world.rows("DELETE FROM risk_clues")
    await world.rows("UPDATE follow_up_asks SET outcome = 'forgotten'")
    found = await world.get("/api/v1/books", who="supervisor")
    wrong = {one["name"] for one in found["accounts"] if not one["is_balanced"]}
    assert wrong == {"risk_clues", "asks_by_outcome"}
