"""One ticket all the way, as a citizen, a department, a reviewer and a follow-up agent move it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.store import events, tickets
from models.ticket import id_of
from models.trail import broken_link

if TYPE_CHECKING:
    from tests.integration.conftest import World

TEXT = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"


async def test_a_request_goes_from_the_citizen_to_closed_and_archived(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(TEXT, caller={"name": "王某", "phone": "13800000000"})
    assert receipt["state"] == "assigned"
    assert receipt["lead"]["code"] == "urban"
    assert receipt["because"]
    number = receipt["number"]

    assert await world.deliver() >= 1
    dispatched = urban.last("ticket.dispatched")
    assert dispatched["ticket"] == number
    assert dispatched["caller"]["phone"] == "13800000000"

    await urban.call_back(dispatched, "acknowledge")
    await urban.call_back(dispatched, "contact", reached=True)
    await urban.call_back(dispatched, "progress", text="已派维修班组到场")
    await urban.call_back(dispatched, "reply", text="路灯线路已更换，当晚恢复照明。", result="solved")
    answer = await urban.call_back(dispatched, "sign_off", signed_by="分管领导")
    assert answer["state"] == "in_review"
    assert (await world.ticket(number))["assignments"][0]["signed_by"] == "分管领导"

    assert (await world.step(number, "approve", who="reviewer"))["state"] == "follow_up"
    closed = await world.step(number, "follow_up", who="follow_up", reached=True, solved=True, satisfied=True)
    assert closed["state"] == "closed"

    await world.deliver()
    assert urban.last("ticket.closed")["ticket"] == number

    world.clock.move(days=40)
    await world.fire()
    ticket = await world.ticket(number)
    assert ticket["state"] == "archived"

    async with world.hub.database.session() as session:
        stored = await tickets.get(session, id_of(number))
        assert broken_link(await events.of_ticket(session, stored.id), stored) is None


async def test_the_citizen_follows_the_ticket_by_number_and_code(world: World) -> None:
    receipt = await world.register(TEXT, caller={"phone": "13800000000"})
    path = f"/api/v1/track/{receipt['number']}"
    async with world.client.get(path, params={"code": receipt["query_code"]}) as response:
        page = await response.json()
    assert page["state"] == "assigned"
    assert page["promised_at"] == receipt["promised_at"]
    async with world.client.get(path, params={"code": "00000000"}) as response:
        assert response.status == 404


async def test_messages_to_the_citizen_carry_number_code_and_date(world: World) -> None:
    receipt = await world.register(TEXT, caller={"phone": "13800000000"})
    from models.store import notices

    async with world.hub.database.session() as session:
        told = await notices.newest(session, 5)
    assert [one.kind for one in told] == ["registered"]
    assert receipt["number"] in told[0].content
    assert receipt["query_code"] in told[0].content
    assert told[0].address == "13800000000"
