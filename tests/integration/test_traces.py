"""链路追踪: a collector is told what took how long, from the request to its statements and webhooks, and no word of a citizen's."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from hotline import traces
from hotline.app import make_app
from hotline.config import Settings
from hotline.workers.outbox import Outbox
from models import spans
from models.store import tickets
from models.ticket import id_of
from tests.integration.conftest import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hotline.hub import Hub
    from hotline.tracer import Tracer
    from tests.integration.conftest import MovableClock

NAME, PHONE, OTHER_PHONE, ID_NUMBER = "欧阳雪梅", "13912345678", "13887654321", "110101199003074477"
WORDS = (
    "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
    f"我叫{NAME}，身份证{ID_NUMBER}，邻居电话{OTHER_PHONE}。"
)
SECRET_OF_URL = "key-in-the-query-string"


class Collector:
    """What an OpenTelemetry collector takes by OTLP over HTTP."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.status = 200
        app = web.Application()
        app.router.add_post("/v1/traces", self._take)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    def spans(self) -> list[dict[str, Any]]:
        found = []
        for raw in self.raw:
            for resource in ExportTraceServiceRequest.FromString(raw).resource_spans:
                service = {one.key: one.value.string_value for one in resource.resource.attributes}
                assert service["service.name"] == "hotline-hub"
                for scope in resource.scope_spans:
                    found += [
                        {
                            "name": one.name,
                            "trace": one.trace_id.hex(),
                            "id": one.span_id.hex(),
                            "parent": one.parent_span_id.hex(),
                            "s": (one.end_time_unix_nano - one.start_time_unix_nano) / 1e9,
                            "is_error": one.status.code == 2,
                            "events": len(one.events),
                            **{each.key: each.value.string_value or each.value.int_value for each in one.attributes},
                        }
                        for one in scope.spans
                    ]
        return found

    async def _take(self, request: web.Request) -> web.Response:
        assert request.content_type == "application/x-protobuf"
        self.raw.append(await request.read())
        return web.Response(status=self.status)


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    made = Collector()
    await made.server.start_server()
    yield made
    await made.server.close()


class Traced:
    """A hub whose spans somebody collects, and its worker."""

    def __init__(self, world: World, tracer: Tracer, collector: Collector) -> None:
        self.world = world
        self.tracer = tracer
        self._collector = collector

    async def deliver(self) -> None:
        outbox = Outbox(self.world.hub, self.world.http, self.tracer)
        while await outbox.turn(datetime.now(UTC)):
            await outbox.finish()

    async def spans(self) -> list[dict[str, Any]]:
        """Everything that was told until now."""
        await asyncio.to_thread(self.tracer.__dict__["_provider"].force_flush)
        return self._collector.spans()


@pytest.fixture
async def traced(
    hub: Hub, clock: MovableClock, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Traced]:
    settings = Settings(data_dir=tmp_path, demo=True, traces=collector.url)
    tracer = traces.tracer(settings, "serve")
    assert tracer is not None
    # Server and worker are one process here, and tell by one thread.
    monkeypatch.setattr("hotline.app.tracer", lambda _settings, _part: tracer)
    async with TestClient(TestServer(make_app(settings, hub))) as client:
        world = World(hub, clock, client)
        await world.prepare()
        yield Traced(world, tracer, collector)
        await world.close()


async def test_a_request_its_statements_and_its_webhooks_hang_together_in_one_trace(traced: Traced) -> None:
    world = traced.world
    receipt = await world.register(WORDS, caller={"name": NAME, "phone": PHONE})
    lead = await world.department((await world.ticket(receipt["number"]))["lead"]["code"])
    await world.track(receipt, "urge")
    await traced.deliver()
    kept = await traced.spans()
    [urging] = [one for one in kept if one["name"] == "POST /api/v1/track/{number}/steps"]
    assert (urging["http.response.status_code"], urging["parent"], urging["is_error"]) == (200, "", False)
    below = [one for one in kept if one["parent"] == urging["id"]]
    assert {"steps.write", "tickets.lock"} <= {one["name"] for one in below}
    assert sum(one["s"] for one in below if one["name"] == "steps.write") <= urging["s"]
    [delivery] = [one for one in below if one["name"] == "deliver webhook"]
    assert delivery["trace"] == urging["trace"]
    assert delivery["hotline.ticket"] == receipt["number"]
    assert delivery["hotline.department"] == lead.code
    assert delivery["http.response.status_code"] == 200
    assert f"00-{delivery['trace']}-{delivery['id']}" in [one["traceparent"][:-3] for one in lead.headers]


async def test_nothing_that_a_citizen_said_or_is_called_is_told(traced: Traced, collector: Collector) -> None:
    world = traced.world
    receipt = await world.register(WORDS, caller={"name": NAME, "phone": PHONE})
    number = receipt["number"]
    lead = (await world.ticket(number))["lead"]["code"]
    server = await world.department(lead)
    await world.rows("UPDATE endpoints SET url = url || $1 WHERE department = $2", f"?token={SECRET_OF_URL}", lead)
    server.answers = [500]
    await world.track(receipt, "supplement", text=f"还是{NAME}，请打{OTHER_PHONE}")
    await world.followed(receipt)
    for path in (
        f"/api/v1/tickets?q={PHONE}",
        f"/api/v1/tickets?q={NAME}",
        f"/{PHONE}/{NAME}",
        f"/api/v1/places?q={NAME}",
    ):
        async with world.client.get(
            path, headers={"authorization": f"Bearer {await world.token('supervisor')}"}
        ) as response:
            await response.read()
    chat = await world.post("/api/v1/chats", {}, who=None)
    headers = {"authorization": f"Bearer {chat['token']}"}
    said = {"text": WORDS, "key": "1"}
    async with world.client.post(f"/api/v1/chats/{chat['id']}/messages", json=said, headers=headers) as response:
        assert response.status == 200, await response.text()
    await world.post("/api/v1/session", {"username": NAME, "password": PHONE}, who=None, ok=(401,))
    await traced.deliver()
    kept = await traced.spans()
    assert len(kept) > 40
    [failed] = [one for one in kept if one["name"] == "deliver webhook" and one["is_error"]]
    assert failed["http.response.status_code"] == 500
    every = b"".join(collector.raw)
    secrets = [*world.tokens.values(), chat["token"], receipt["query_code"], SECRET_OF_URL, "翠湖", "路灯"]
    for marked in (NAME, PHONE, OTHER_PHONE, ID_NUMBER, *secrets):
        assert marked.encode() not in every, marked
    # By number a ticket is named at its webhooks alone, and in no address.
    assert {one["name"] for one in kept if number in str(one)} == {"deliver webhook"}
    assert all(one["events"] == 0 for one in kept)
    assert not [one for one in kept if re.search(r"\d{6}", one["name"])]


async def test_an_error_of_the_database_is_told_by_its_class_alone(traced: Traced, collector: Collector) -> None:
    with traced.tracer.request("POST", "/made/up") as kept:
        kept.by(200)
        with pytest.raises(ZeroDivisionError):
            await spans.named("made", "up", _fails(PHONE))
    found = [one for one in await traced.spans() if one["name"] == "made.up"]
    assert [(one["error.type"], one["is_error"]) for one in found] == [("ZeroDivisionError", True)]
    assert PHONE.encode() not in b"".join(collector.raw)


async def _fails(words: str) -> None:
    raise ZeroDivisionError(words)


async def test_probes_sockets_and_workers_that_look_for_work_are_not_told_of(traced: Traced) -> None:
    world = traced.world
    for path in ("/healthz", "/readyz", "/metrics"):
        async with world.client.get(path) as response:
            await response.read()
    headers = {"authorization": f"Bearer {await world.token('supervisor')}"}
    async with world.client.ws_connect("/api/v1/stream", headers=headers):
        pass
    await traced.deliver()
    assert await traced.spans() == []


async def test_a_stranger_does_not_say_what_is_kept(traced: Traced) -> None:
    theirs = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{theirs}-b7ad6b7169203331-01"}
    async with traced.world.client.get("/api/v1/labels", headers=headers) as response:
        assert response.status == 200
    kept = await traced.spans()
    assert [one["name"] for one in kept] == ["GET /api/v1/labels"]
    assert theirs not in str(kept)


async def test_a_share_of_nothing_keeps_nothing_and_a_collector_that_is_away_stops_nobody(
    hub: Hub, clock: MovableClock, tmp_path: Path, collector: Collector
) -> None:
    url = collector.url
    await collector.server.close()
    marks: list[list[str | None]] = []
    for share in (0.0, 1.0):
        settings = Settings(data_dir=tmp_path, demo=True, traces=url, trace_share=share)
        began = asyncio.get_running_loop().time()
        async with TestClient(TestServer(make_app(settings, hub))) as client:
            world = World(hub, clock, client)
            await world.prepare()
            receipt = await world.register(WORDS, key=str(share))
            number = receipt["number"]
            async with hub.database.session() as session:
                assert (await tickets.get(session, id_of(number))).number == number
            await world.department((await world.ticket(number))["lead"]["code"])
            await world.track(receipt, "urge")
            await world.close()
        assert asyncio.get_running_loop().time() - began < 60
        marks.append([row["traceparent"] for row in await _deliveries(hub)])
    without, both = marks
    assert without
    assert set(without) == {None}
    assert len(both) > len(without)
    assert any(both)


async def _deliveries(hub: Hub) -> list[Any]:
    async with hub.database.session() as session:
        return list(await session.connection.fetch("SELECT traceparent FROM deliveries"))


async def test_a_tracer_that_its_own_settings_switch_off_stops_no_webhook(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, collector: Collector
) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    tracer = traces.tracer(Settings(data_dir=tmp_path, demo=True, traces=collector.url), "work")
    assert tracer is not None
    with tracer.delivery(None, "20261123000001", "urban") as kept:
        assert kept.headers == {}
        kept.by(200)
    await asyncio.to_thread(tracer.close)


def test_without_a_collector_opentelemetry_is_not_even_loaded() -> None:
    program = (
        "import sys, hotline.app, hotline.workers.run, hotline.commands.serving\n"
        "from hotline.config import Settings\n"
        "from hotline.traces import tracer\n"
        "assert tracer(Settings(), 'serve') is None\n"
        "print([one for one in sys.modules if one.startswith(('opentelemetry', 'requests', 'google'))])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
