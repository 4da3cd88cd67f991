"""Kill -9 of a server, the worker and PostgreSQL during intake: nothing acknowledged is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import signal
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import asyncpg
import psutil
import pytest
from aiohttp import web

from hotline import webhook
from hotline.postgres import EmbeddedPostgres
from models.city_corpus import read_corpus
from models.ticket import id_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.acceptance.conftest import RunningHub

LOG = logging.getLogger(__name__)
CITY = Path(__file__).parent.parent.parent / "cities" / "yunzhou"
KILLS_EACH = 10
PARTS = {"serve": 2, "work": 1, "postgres": 1}
REQUESTS_A_SECOND = 20
BACK_WITHIN_S = 30
QUIET_WITHIN_S = 90
# What a client may at the most wait for an answer because of one kill, on a machine that does other things too.
LONGEST_GAP_S = 15


@pytest.mark.timeout(420)
async def test_nothing_acknowledged_is_lost_or_doubled_by_thirty_kills(
    running_hub: Callable[..., RunningHub],
) -> None:
    hub = running_hub(clock_speed=600, HOTLINE_SERVERS=str(PARTS["serve"]))
    life = Life(hub)
    await life.start()
    intake = asyncio.create_task(life.send_requests())
    kills: list[tuple[str, float]] = []
    for part in itertools.islice(itertools.cycle(PARTS), KILLS_EACH * len(PARTS)):
        await asyncio.sleep(0.5)
        kills.append((part, time.monotonic()))
        await kill_and_wait(hub, part)
    await asyncio.sleep(1)
    life.is_over = True
    await intake
    quiet_at = time.monotonic()
    url = EmbeddedPostgres(hub.data_dir / "postgres").url("hotline")
    quiet = await wait_delivered(url)
    await life.stop()

    ends = [*(at for _, at in kills[1:]), quiet_at]
    for part in PARTS:
        times = [life.longest_silence(at, end) for (killed, at), end in zip(kills, ends, strict=True) if killed == part]
        LOG.info("%s: silence after a kill %.2f s median, %.2f s longest", part, statistics.median(times), max(times))
        assert len(times) == KILLS_EACH
        assert max(times) < LONGEST_GAP_S
    LOG.info("%d requests acknowledged, %d tries repeated", len(life.numbers), life.retries)
    await assert_nothing_lost_or_doubled(url, life, quiet)
    assert hub.is_ready()
    verified = hub.hotline("audit", "verify")
    assert verified.returncode == 0, verified.stdout


async def assert_nothing_lost_or_doubled(url: str, life: Life, quiet: datetime) -> None:
    """`quiet` is until when every webhook was delivered: the clock goes on, and presses whoever is late."""
    connection = await asyncpg.connect(url)
    keys = [row["key"] for row in await connection.fetch("SELECT key FROM idempotency WHERE key LIKE 'kill-%'")]
    tickets = Counter(row["id"] for row in await connection.fetch("SELECT id FROM tickets"))
    assert len(life.numbers) > KILLS_EACH * len(PARTS)
    assert set(life.numbers) == set(keys), "an acknowledged request is not in the database, or one that was not is"
    assert [number for number in life.numbers.values() if tickets[id_of(number)] != 1] == []
    assert len(set(life.numbers.values())) == len(life.numbers), "two requests got one number"
    assert len(tickets) == len(keys), "a key has two tickets"

    deliveries = await connection.fetch(
        "SELECT id, state::text AS state, type FROM deliveries WHERE created_at <= $1", quiet
    )
    assert {row["state"] for row in deliveries} == {"delivered"}
    assert {row["id"] for row in deliveries} <= life.received, "a webhook was never delivered"
    parts = await connection.fetchval("SELECT count(*) FROM assignments")
    assert Counter(row["type"] for row in deliveries)["ticket.dispatched"] == parts > 0, "a part without its webhook"

    acknowledged = await connection.fetch(
        "SELECT ticket_id, convert_from(body, 'UTF8')::json -> 'fields' ->> 'assignment' AS part, count(*) AS n "
        "FROM events WHERE type = 'acknowledge' GROUP BY 1, 2"
    )
    assert {row["n"] for row in acknowledged} == {1}, "a callback was applied twice"
    assert len(acknowledged) == parts == life.acknowledged, "a callback that was answered was not applied"
    await connection.close()


class Life:
    """A channel that sends requests and departments that acknowledge what they get, all of it real HTTP."""

    def __init__(self, hub: RunningHub) -> None:
        self._hub = hub
        self._access = hub.access
        self._texts = itertools.cycle([row.text for row in read_corpus(CITY)])
        # No limit of connections: what waits for one kill must not keep those after it from asking.
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=15))
        self._runner: web.AppRunner | None = None
        self._callbacks: set[asyncio.Task[None]] = set()
        self._answered_at: list[float] = []
        self.numbers: dict[str, str] = {}
        self.received: set[str] = set()
        self.acknowledged = 0
        self.retries = 0
        self.is_over = False

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/{department}", self._receive)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        for code, known in self._access["departments"].items():
            headers = {"authorization": f"Bearer {known['token']}"}
            content = {"url": f"http://127.0.0.1:{port}/{code}"}
            address = f"{self._hub.url}/api/v1/departments/{code}/endpoint"
            async with self._session.put(address, json=content, headers=headers) as response:
                assert response.status == 200, await response.text()

    async def stop(self) -> None:
        await asyncio.gather(*self._callbacks)
        await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def send_requests(self) -> None:
        """Send at a steady rate whatever happens; an unknown outcome is tried again with the same key."""
        async with asyncio.TaskGroup() as group:
            for n, text in enumerate(self._texts):
                if self.is_over:
                    break
                group.create_task(self._send(f"kill-{n}", text))
                await asyncio.sleep(1 / REQUESTS_A_SECOND)

    def longest_silence(self, since: float, until: float) -> float:
        """The longest time without an answer to any request between a kill and the next."""
        times = [since, *(at for at in sorted(self._answered_at) if since < at < until), until]
        return max(later - earlier for earlier, later in itertools.pairwise(times))

    async def _send(self, key: str, text: str) -> None:
        headers = {"authorization": f"Bearer {self._access['channels']['phone']}", "idempotency-key": key}
        status, body = await self._post("/api/v1/tickets", json={"text": text}, headers=headers)
        assert status in {200, 201}, body
        self._answered_at.append(time.monotonic())
        self.numbers[key] = body["number"]

    async def _post(self, path: str, **more: Any) -> tuple[int, Any]:
        """Post until there is an answer that is not a passing fault."""
        until = time.monotonic() + 60
        while True:
            try:
                async with self._session.post(f"{self._hub.url}{path}", **more) as response:
                    status, content = response.status, await response.read()
            except (aiohttp.ClientError, TimeoutError, OSError):
                status, content = 0, b""
            if status not in {0, 503} or time.monotonic() > until:
                return status, json.loads(content or b"null")
            self.retries += 1
            await asyncio.sleep(0.2)

    async def _receive(self, request: web.Request) -> web.Response:
        code, raw = request.match_info["department"], await request.read()
        body = json.loads(raw)
        if body["type"] == "endpoint.challenge":
            return web.json_response({"challenge": body["data"]["challenge"]})
        secret = self._access["departments"][code]["webhook_secret"]
        message_id = webhook.verify(request.headers, raw, [secret], int(time.time()))
        if message_id not in self.received and body["type"] == "ticket.dispatched":
            self._callbacks.add(asyncio.create_task(self._acknowledge(code, message_id, body["data"])))
        self.received.add(message_id)
        return web.Response()

    async def _acknowledge(self, code: str, message_id: str, data: dict[str, Any]) -> None:
        """Call back twice under one id, as a department does that lost the first answer."""
        content = {"ticket": data["ticket"], "assignment": data["assignment"], "action": "acknowledge"}
        raw = json.dumps(content).encode()
        secret = self._access["departments"][code]["callback_secret"]
        answers = []
        for _ in range(2):
            headers = webhook.sign(f"cb-{message_id}", int(time.time()), raw, [secret])
            status, body = await self._post(f"/api/v1/callbacks/{code}", data=raw, headers=headers)
            assert status == 200, body
            answers.append(body)
        assert answers[0] == answers[1]
        self.acknowledged += 1


async def kill_and_wait(hub: RunningHub, part: str) -> None:
    """Kill -9 the oldest process of a part; return when there is another in its place and the hub is ready."""
    before = processes(hub, part)
    os.kill(before[0], signal.SIGKILL)
    until = time.monotonic() + BACK_WITHIN_S
    while len(now := [pid for pid in processes(hub, part) if pid != before[0] and takes_work(pid, part)]) < PARTS[
        part
    ] or not await is_ready(hub):
        assert time.monotonic() < until, f"{part} did not come back: {now}"
        await asyncio.sleep(0.1)


def takes_work(pid: int, part: str) -> bool:
    """A server that does not listen yet stands in nobody's place: to kill the other one then would be to kill both."""
    if part != "serve":
        return True
    try:
        return any(one.status == psutil.CONN_LISTEN for one in psutil.Process(pid).net_connections("tcp"))
    except psutil.Error:
        return False


def processes(hub: RunningHub, part: str) -> list[int]:
    """The ids of the processes of one part of the tree, the oldest first; a zombie is none."""
    found = []
    for process in psutil.Process(hub.process.pid).children():
        try:
            words = process.cmdline()
            if words and (words[-1] == part or Path(words[0]).name == part):
                found.append((process.create_time(), process.pid))
        except psutil.Error:
            continue
    return [pid for _, pid in sorted(found)]


async def is_ready(hub: RunningHub) -> bool:
    return await asyncio.to_thread(hub.is_ready)


async def wait_delivered(url: str) -> datetime:
    """Wait until no webhook waits; returns when the newest of them was written, on the hub's clock."""
    until = time.monotonic() + QUIET_WITHIN_S
    connection = await asyncpg.connect(url)
    while True:
        row = await connection.fetchrow(
            "SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, max(created_at) AS newest FROM deliveries"
        )
        assert row is not None
        waiting, found = row["waiting"], row["newest"]
        if not waiting:
            break
        assert time.monotonic() < until, f"{waiting} webhooks still wait"
        await asyncio.sleep(1)
    await connection.close()
    assert found is not None
    return cast("datetime", found)
