"""110转12345: accepted at once whatever the program thinks of it; 110 hears of every turn (国办发〔2022〕12号)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import PoliceServer, World

LAMP = "接警：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，报警人请求维修。"
BEATEN = "邻居长期家暴妻子，今天又打了，民警已到场制止，东湖区翠湖路"
FIRE = "我家着火了，快来救火，东湖区翠湖路"
NUMBER = "J3699002026112300017"


async def push(
    world: World,
    text: str,
    number: str = NUMBER,
    *,
    who: str = "channel:police",
    ok: tuple[int, ...] = (201,),
    **more: Any,
) -> Any:
    path = f"/api/v1/police-orders/{number}"
    return await world.post(path, {"text": text, **more}, who=who, method="PUT", ok=ok)


async def heard(world: World, police: PoliceServer) -> list[tuple[str, str]]:
    await world.deliver()
    return [(one["type"], one["data"]["state"]) for one in police.received if one["type"].startswith("police_order")]


async def test_an_order_is_accepted_once_under_its_police_number(world: World) -> None:
    first = await push(world, LAMP, caller={"phone": "13800000001"})
    assert first["state"] == "assigned"
    assert await push(world, LAMP, ok=(200,), caller={"phone": "13800000001"}) == first
    await push(world, LAMP + "另有井盖松动", ok=(422,))
    found = await world.get(f"/api/v1/police-orders/{NUMBER}", who="agent")
    assert [one["number"] for one in found["tickets"]] == [first["number"]]
    page = await world.ticket(first["number"])
    assert (page["channel"], page["police_number"]) == ("police", NUMBER)
    department = await world.ticket(first["number"], who=f"department:{first['lead']['code']}")
    assert department["police_number"] is None


async def test_the_program_never_bounces_an_order_back_to_110(world: World) -> None:
    theirs = await push(world, BEATEN)
    assert (await world.register(BEATEN))["handoff"]["number"] == "110"
    assert theirs["state"] == "on_desk"
    assert "handoff" not in theirs
    assert "首接负责" in theirs["because"]
    burning = await push(world, FIRE, "J3699002026112300018")
    assert burning["handoff"]["number"] == "119"
    assert burning["state"] != "handed_off"
    by_phone = await world.register(BEATEN, police_number="J3699002026112300019")
    assert by_phone["state"] == "on_desk"


async def test_110_hears_that_it_is_accepted_dispatched_and_closed_with_the_result(
    world: World, police: PoliceServer
) -> None:
    number = (await push(world, LAMP))["number"]
    assert await heard(world, police) == [
        ("police_order.accepted", "assigned"),
        ("police_order.dispatched", "assigned"),
    ]
    await world.closed(number)
    assert (await heard(world, police))[2:] == [
        ("police_order.progress", "in_review"),
        ("police_order.progress", "follow_up"),
        ("police_order.closed", "closed"),
    ]
    last = police.received[-1]["data"]
    assert (last["police_number"], last["ticket"], last["result"]) == (NUMBER, number, "已解决")
    assert last["lead"]


async def test_the_desk_sends_back_what_is_the_police_s_with_the_reason(world: World, police: PoliceServer) -> None:
    number = (await push(world, BEATEN))["number"]
    reason = "正在发生的人身侵害，须民警继续处置"
    await world.step(number, "hand_off", who="dispatcher", number="110", reason=reason, remainder=False)
    assert (await heard(world, police))[-1] == ("police_order.sent_back", "handed_off")
    assert police.received[-1]["data"]["reason"] == reason
    found = await world.get(f"/api/v1/police-orders/{NUMBER}", who="channel:police")
    assert [one["is_sent_back"] for one in found["tickets"]] == [True]


async def test_an_order_that_was_merged_hears_how_the_common_matter_ended(world: World, police: PoliceServer) -> None:
    lead = (await world.register(LAMP))["number"]
    order = (await push(world, LAMP))["number"]
    await world.step(order, "merge", who="dispatcher", into=lead, reason="同一事项")
    assert (await heard(world, police))[-1] == ("police_order.progress", "merged")
    await world.closed(lead)
    assert (await heard(world, police))[-1][0] == "police_order.closed"
    assert police.received[-1]["data"]["ticket"] == order


async def test_only_110_pushes_orders(world: World) -> None:
    await push(world, LAMP, who="channel:web", ok=(403,))
    await push(world, LAMP, who="agent", ok=(403,))
    await push(world, LAMP, "J?", ok=(404,))
    said = {"text": BEATEN, "police_number": NUMBER}
    await world.post("/api/v1/tickets", said, who="channel:web", key="web", ok=(403,))
    await push(world, LAMP, ok=(422,), incident="1")
    await world.get("/api/v1/police-orders/J000", who="agent", status=404)
    await world.get(f"/api/v1/police-orders/{NUMBER}", who="channel:web", status=403)
    await world.post(
        "/api/v1/departments/12315/endpoint",
        {"url": "http://127.0.0.1:9/x"},
        who="administrator",
        method="PUT",
        ok=(404,),
    )
