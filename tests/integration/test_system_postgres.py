"""A ticket all the way on the PostgreSQL 15 that the machine brings: the very same SQL as on ours."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import asyncpg
import pytest

from models.store import events, tickets
from models.store.migrations import migrate
from models.ticket import id_of
from models.trail import broken_link

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import SystemPostgres
    from tests.integration.conftest import World

TEXT = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
_numbers = itertools.count()


@pytest.fixture
async def database_url(system_postgres: SystemPostgres) -> AsyncIterator[str]:
    """In the place of the embedded one of conftest.py."""
    name = f"line_{next(_numbers)}"
    await migrate(system_postgres.url(name))
    yield system_postgres.url(name)
    admin = await asyncpg.connect(system_postgres.url())
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_it_is_another_postgresql_than_the_embedded_one(world: World) -> None:
    version = int((await world.rows("SHOW server_version_num"))[0][0])
    assert 150000 <= version < 180000


async def test_a_ticket_goes_all_the_way_on_an_external_server(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(TEXT, caller={"name": "王某", "phone": "13800000000"})
    number = receipt["number"]
    assert receipt["lead"]["code"] == "urban"
    await world.deliver()
    dispatched = urban.last("ticket.dispatched")

    await urban.call_back(dispatched, "acknowledge", message_id="once")
    await urban.call_back(dispatched, "acknowledge", message_id="once")
    await urban.call_back(dispatched, "contact", reached=True)
    await urban.call_back(dispatched, "reply", text="路灯线路已更换，当晚恢复照明。", result="solved")
    await urban.call_back(dispatched, "sign_off", signed_by="分管领导")
    await world.step(number, "approve", who="reviewer")
    await world.step(number, "follow_up", who="follow_up", reached=True, solved=True, satisfied=True)
    await world.deliver()
    assert urban.last("ticket.closed")["ticket"] == number
    world.clock.move(days=40)
    await world.fire()

    assert (await world.ticket(number))["state"] == "archived"
    assert (await world.trail(number)).count("acknowledge") == 1
    found = await world.get("/api/v1/tickets?q=路灯", who="supervisor")
    assert [ticket["number"] for ticket in found["tickets"]] == [number]
    async with world.hub.database.session() as session:
        stored = await tickets.get(session, id_of(number))
        assert broken_link(await events.of_ticket(session, stored.id), stored) is None
