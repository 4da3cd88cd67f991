"""投递: what was sent is shown to who may read it, without telling who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
CALLER = {"name": "欧阳明远", "phone": "13700000001"}


async def only(world: World, number: str) -> Any:
    (found,) = (await world.get(f"/api/v1/deliveries?ticket={number}", who="supervisor"))["deliveries"]
    return found


async def test_a_body_is_shown_with_the_caller_masked_as_it_was_not_sent(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP, caller=CALLER))["number"]
    await world.deliver()
    assert urban.last("ticket.dispatched")["caller"] == CALLER
    line = await only(world, number)
    page = await world.get(f"/api/v1/deliveries/{line['id']}", who="shift_lead")
    told = page.pop("body")
    assert page == line
    assert (page["state"], page["attempts"]) == ("delivered", 1)
    assert (told["type"], told["data"]["ticket"]) == ("ticket.dispatched", number)
    assert told["data"]["caller"] == {"name": "欧***", "phone": "137****01"}
    assert "翠湖路" in told["data"]["brief"]
    assert told["data"]["promised_at"] == urban.last("ticket.dispatched")["promised_at"]
    assert CALLER["phone"] not in str(told)
    assert CALLER["name"] not in str(told)


async def test_words_of_people_in_a_body_are_masked(world: World) -> None:
    await world.department("urban")
    receipt = await world.register(LAMP, caller=CALLER)
    said = {"reason": "请尽快联系诉求人欧阳明远，电话13912345678"}
    await world.step(receipt["number"], "remind", who="supervisor", **said)
    found = (await world.get(f"/api/v1/deliveries?ticket={receipt['number']}", who="supervisor"))["deliveries"]
    line = next(one for one in found if one["type"] == "ticket.reminded")
    told = (await world.get(f"/api/v1/deliveries/{line['id']}", who="supervisor"))["body"]
    assert "请尽快联系诉求人" in told["data"]["reason"]
    assert "13912345678" not in str(told)
    assert "欧阳明远" not in str(told)


async def test_who_may_not_read_tickets_sees_no_body_and_a_department_nothing(world: World) -> None:
    await world.department("urban")
    line = await only(world, (await world.register(LAMP, caller=CALLER))["number"])
    path = f"/api/v1/deliveries/{line['id']}"
    assert (await world.get(path, who="administrator"))["body"] is None
    for who in ("department:urban", "agent", "channel:phone"):
        await world.get(path, who=who, status=403)
    await world.get("/api/v1/deliveries/msg_none", who="supervisor", status=404)


async def test_what_the_other_side_answered_last_is_told(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP, caller=CALLER))["number"]
    urban.answers = [500]
    await world.deliver()
    page = await world.get(f"/api/v1/deliveries/{(await only(world, number))['id']}", who="supervisor")
    assert (page["state"], page["attempts"], page["last_error"]) == ("waiting", 1, "对方答复 500")
