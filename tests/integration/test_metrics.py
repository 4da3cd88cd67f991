"""/metrics: what operators watch, read seldom, and answered even where the database is away."""

from __future__ import annotations

import asyncio
import contextlib
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hotline.api import metrics
from hotline.workers.timers import fire_timers
from models.errors import Unavailable
from models.lifecycle import OPEN_TICKET
from models.store import backlog, installation

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import Receivers, World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
UNSURE = "院子里的东西坏了没人管"


async def scraped(world: World) -> dict[str, float]:
    """Every sample by its name with its label's value."""
    async with world.client.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["content-type"].startswith("text/plain")
        content = await response.text()
    return {
        "/".join([sample.name, *(value for name, value in sample.labels.items() if name != "pid")]): sample.value
        for family in text_string_to_metric_families(content)
        for sample in family.samples
    }


@pytest.fixture
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "FRESH_FOR_S", 0.0)


@pytest.mark.usefixtures("always_fresh")
async def test_an_idle_hub_has_every_gauge_at_nothing(world: World) -> None:
    found = await scraped(world)
    assert found["hotline_database_up"] == 1
    assert {state: found[f"hotline_tickets/{state}"] for state in OPEN_TICKET} == dict.fromkeys(OPEN_TICKET, 0)
    for name in (
        "backlog_tickets/net",
        "backlog_tickets/gross",
        "deliveries/waiting",
        "deliveries/dead",
        "oldest_waiting_delivery_age_seconds",
        "due_timers",
        "oldest_due_timer_age_seconds",
        "agents/free",
        "waiting_work/call_back",
        "longest_wait_for_an_agent_seconds",
    ):
        assert found[f"hotline_{name}"] == 0
    assert "hotline_worker_heartbeat_age_seconds" not in found
    assert "process_resident_memory_bytes" in found


@pytest.mark.usefixtures("always_fresh")
async def test_tickets_are_counted_by_state_and_the_backlog_both_ways(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.register(LAMP)
    assert (await world.register(UNSURE))["state"] == "on_desk"
    found = await scraped(world)
    assert (found["hotline_tickets/assigned"], found["hotline_tickets/on_desk"]) == (2, 1)
    lead = f"department:{(await world.ticket(number))['lead']['code']}"
    await world.step(number, "acknowledge", who=lead)
    await world.step(number, "contact", who=lead, reached=True)
    await world.step(number, "pause", who="supervisor", cause="appraisal", reason="等待鉴定意见")
    world.clock.move(days=40)
    found = await scraped(world)
    assert (found["hotline_backlog_tickets/net"], found["hotline_backlog_tickets/gross"]) == (2, 3)
    figures = (await world.get("/api/v1/backlog", who="supervisor"))["backlog"]
    assert figures == {"net": 2, "gross": 3}


@pytest.mark.usefixtures("always_fresh")
async def test_timers_that_are_due_are_counted_until_they_are_fired(world: World) -> None:
    await world.register(LAMP)
    assert (await scraped(world))["hotline_due_timers"] == 0
    world.clock.move(days=30)
    found = await scraped(world)
    assert found["hotline_due_timers"] == 1
    assert timedelta(days=1) < timedelta(seconds=found["hotline_oldest_due_timer_age_seconds"]) < timedelta(days=30)
    while await fire_timers(world.hub):
        pass
    assert (await scraped(world))["hotline_due_timers"] == 0


@pytest.mark.usefixtures("always_fresh")
async def test_deliveries_that_wait_or_are_dead_are_counted_and_the_oldest_has_an_age(
    world: World, receivers: Receivers
) -> None:
    await receivers.register("urban", "parks")
    first = await receivers.queue("urban", ticket=1)
    world.clock.move(minutes=10)
    await receivers.queue("urban", ticket=2)
    dead = await receivers.queue("parks", ticket=3)
    await world.rows("UPDATE deliveries SET state = 'dead' WHERE id = $1", dead)
    world.clock.move(minutes=5)
    found = await scraped(world)
    assert (found["hotline_deliveries/waiting"], found["hotline_deliveries/dead"]) == (2, 1)
    assert found["hotline_oldest_waiting_delivery_age_seconds"] == pytest.approx(900, abs=2)
    await world.rows("UPDATE deliveries SET state = 'delivered' WHERE id = $1", first)
    assert (await scraped(world))["hotline_oldest_waiting_delivery_age_seconds"] == pytest.approx(300, abs=2)


@pytest.mark.usefixtures("always_fresh")
async def test_a_worker_s_last_sign_of_life_has_an_age(world: World) -> None:
    async def beat(session: Session) -> None:
        await installation.beat(session, "work", datetime.now(UTC) - timedelta(seconds=40), world.clock.now())

    await world.hub.database.write(beat)
    assert (await scraped(world))["hotline_worker_heartbeat_age_seconds"] == pytest.approx(40, abs=5)


async def test_the_database_is_asked_once_however_many_ask(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    states = backlog.states

    async def counted(session: Session) -> dict[str, int]:
        nonlocal asked
        asked += 1
        return await states(session)

    monkeypatch.setattr(backlog, "states", counted)
    monkeypatch.setattr(metrics, "FRESH_FOR_S", 3.0)
    before = await scraped(world)
    await world.register(LAMP)
    assert [await scraped(world) for _ in range(3)][-1]["hotline_tickets/assigned"] == 0
    assert before["hotline_tickets/assigned"] == 0
    assert asked == 1
    await asyncio.sleep(3)
    assert (await scraped(world))["hotline_tickets/assigned"] == 1
    assert asked == 2


async def test_without_a_database_the_process_still_answers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def away(work: object) -> None:
        nonlocal asked
        asked += 1
        raise Unavailable("数据库没有应答")

    monkeypatch.setattr(world.hub.database, "read_once", away)
    for _ in range(2):
        found = await scraped(world)
        assert found["hotline_database_up"] == 0
        # What this process has counted itself, it knows without a database.
        counted = (
            "hotline_database_up",
            "hotline_database_connections",
            "hotline_interactions_ended",
            "hotline_chatbot",
            "hotline_request_seconds",
            "hotline_requests_held_back",
        )
        assert not [name for name in found if name.startswith("hotline_") and not name.startswith(counted)]
        assert "process_resident_memory_bytes" in found
    assert asked == 1, "a database that is away is not asked at every scrape"


@pytest.mark.usefixtures("always_fresh")
async def test_agents_and_what_waits_for_them_show(world: World) -> None:
    offered = {"line": "12348", "wants_agent": True}
    await world.post("/api/v1/interactions", offered, who="channel:wechat")
    content = {"action": "sign_on", "seat_groups": ["general"]}
    await world.post("/api/v1/seat/steps", content, who="agent")
    world.clock.move(seconds=50)
    found = await scraped(world)
    assert (found["hotline_agents/free"], found["hotline_waiting_work/chat"]) == (1, 1)
    assert 50 <= found["hotline_longest_wait_for_an_agent_seconds"] < 51


async def test_answers_are_timed_by_the_address_of_the_table_and_never_by_what_stands_in_it(world: World) -> None:
    phone = "13900007788"
    before = await scraped(world)
    number = (await world.register(LAMP))["number"]
    for _ in range(3):
        await world.ticket(number)
    for method, path in (("GET", f"/{phone}"), ("PURGE", f"/api/v1/{phone}"), ("DELETE", "/healthz")):
        async with world.client.request(method, path) as response:
            assert response.status in {404, 405}
    async with world.client.post("/me", data={"number": number}) as response:
        assert response.status in {303, 403, 422}, "a redirect is raised"
    async with world.client.get("/metrics") as response:
        content = await response.text()
        assert response.headers["connection"] == "close"
    assert number not in content
    assert phone not in content
    assert "PURGE" not in content
    found = await scraped(world)

    def more(key: str) -> float:
        return found[f"hotline_request_seconds_{key}"] - before.get(f"hotline_request_seconds_{key}", 0)

    assert more("count/POST//api/v1/tickets/2xx") == 1
    assert more("count/GET//api/v1/tickets/{number}/2xx") == 3
    assert more("count/any/none/4xx") == 3
    # One ticket takes more than nothing and less than for ever.
    assert 0 < more("sum/POST//api/v1/tickets/2xx") < 60


async def test_a_socket_that_stays_open_is_no_slow_answer(world: World) -> None:
    token = await world.token("supervisor")

    async def of_the_stream() -> dict[str, float]:
        return {key: value for key, value in (await scraped(world)).items() if "/api/v1/stream/" in key}

    before = await of_the_stream()
    async with world.client.ws_connect("/api/v1/stream", headers={"authorization": f"Bearer {token}"}) as socket:
        assert not socket.closed
    assert await of_the_stream() == before


async def test_a_figure_of_a_process_says_of_which(world: World) -> None:
    async with world.client.get("/metrics") as response:
        families = list(text_string_to_metric_families(await response.text()))
    pids = {one.name: one.labels.get("pid") for family in families for one in family.samples}
    assert pids["process_resident_memory_bytes"] == pids["hotline_database_connections"] == str(os.getpid())
    assert pids["hotline_tickets"] is None


async def test_who_waits_for_a_connection_is_counted(world: World) -> None:
    database = world.hub.database
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(database.session())
        waiting = asyncio.create_task(database.read(installation.clock))
        await asyncio.sleep(0.05)
        assert database.connections() == (10, 0, 1)
    await waiting
    assert database.connections().awaited == 0
    assert (await scraped(world))["hotline_database_connections/awaited"] == 0
