"""New servers in the place of old ones while requests come in: none refused, none failed, what is under way finished."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.acceptance.conftest import RunningHub

LOG = logging.getLogger(__name__)
WORDS = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
CHANGED_WITHIN_S = 150
SLOW_PIECES = 12
PIECE = b"\x89PNG\r\n\x1a\n" + bytes(100)


def servers(hub: RunningHub, verb: str = "serve") -> set[int]:
    found = set()
    for child in psutil.Process(hub.process.pid).children():
        with contextlib.suppress(psutil.Error):
            if child.cmdline()[-1:] == [verb]:
                found.add(child.pid)
    return found


class Clients:
    """Who asks all the while, never asks twice, and writes down whatever was not answered as it should be."""

    def __init__(self, hub: RunningHub) -> None:
        self._hub = hub
        self._headers = {"authorization": f"Bearer {hub.access['channels']['web']}"}
        self.answered = 0
        self.failed: list[str] = []
        self.is_over = False

    async def ask(self, session: aiohttp.ClientSession, n: int, pause_s: float) -> None:
        """Register requests, each once; a connection that is kept open is used again."""
        sent = 0
        while not self.is_over:
            sent += 1
            headers = {**self._headers, "idempotency-key": f"rolling-{n}-{sent}"}
            await self._note(
                session.post(f"{self._hub.url}/api/v1/tickets", json={"text": WORDS}, headers=headers), 201
            )
            await asyncio.sleep(pause_s)

    async def knock(self, session: aiohttp.ClientSession, pause_s: float) -> None:
        """Come with a new connection each time."""
        while not self.is_over:
            await self._note(session.post(f"{self._hub.url}/api/v1/tickets", json={}), 401)
            await asyncio.sleep(pause_s)

    async def send_slowly(self, session: aiohttp.ClientSession, pause_s: float) -> None:
        """Be in the middle of a request whenever a server is told to go."""

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(SLOW_PIECES):
                yield PIECE
                await asyncio.sleep(pause_s)

        while not self.is_over:
            headers = {**self._headers, "content-type": "image/png"}
            await self._note(session.post(f"{self._hub.url}/api/v1/attachments", data=pieces(), headers=headers), 201)

    async def _note(self, asked: Any, wanted: int) -> None:
        try:
            async with asked as response:
                content = await response.text()
                self.answered += 1
                if response.status != wanted:
                    self.failed.append(f"{response.status} {content}")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self.failed.append(repr(error))


@pytest.mark.timeout(420)
async def test_no_request_fails_while_every_server_is_changed(running_hub: Callable[..., RunningHub]) -> None:
    hub = await asyncio.to_thread(lambda: running_hub(HOTLINE_SERVERS="2"))
    before, worker = servers(hub), servers(hub, "work")
    assert len(before) == 2
    clients = Clients(hub)
    kept = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=60))
    fresh = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True))
    async with kept, fresh, asyncio.TaskGroup() as group:
        for n in range(4):
            group.create_task(clients.ask(kept, n, 0.4))
            group.create_task(clients.knock(fresh, 0.05))
            group.create_task(clients.send_slowly(kept, 0.1))
        await asyncio.sleep(1)
        os.kill(hub.process.pid, signal.SIGHUP)
        until = time.monotonic() + CHANGED_WITHIN_S
        while servers(hub) & before or len(servers(hub)) != 2 or servers(hub, "work") & worker:
            assert time.monotonic() < until, "the servers were not changed"
            assert hub.process.poll() is None
            await asyncio.sleep(0.2)
        await asyncio.sleep(1)
        clients.is_over = True
    LOG.info("%d requests answered, %d failed", clients.answered, len(clients.failed))
    assert clients.failed == []
    assert clients.answered > 200
    hub.wait_ready()


async def test_a_server_that_is_told_to_stop_finishes_what_is_under_way(
    running_hub: Callable[..., RunningHub],
) -> None:
    hub = await asyncio.to_thread(lambda: running_hub(HOTLINE_SERVERS="1"))
    port = int(hub.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"text": WORDS}).encode()
    head = (
        "POST /api/v1/tickets HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\nidempotency-key: stop-1\r\n"
        f"authorization: Bearer {hub.access['channels']['web']}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body[:20])
    await writer.drain()
    await asyncio.sleep(0.5)
    hub.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.5)
    writer.write(body[20:])
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 201"), answer
    assert b"connection: close" in answer.lower()
    assert await asyncio.to_thread(hub.process.wait, 40) == 0


def test_new_servers_that_do_not_start_leave_the_old_ones(
    running_hub: Callable[..., RunningHub], tmp_path: Any
) -> None:
    model = tmp_path / "model"
    model.symlink_to(os.path.realpath("build/model"))
    hub = running_hub(HOTLINE_SERVERS="1", HOTLINE_MODEL_DIR=str(model))
    before = servers(hub)
    model.unlink()
    os.kill(hub.process.pid, signal.SIGHUP)
    seen: set[int] = set()
    until = time.monotonic() + 60
    while len(seen | servers(hub)) < 2 or servers(hub) != before:
        seen |= servers(hub)
        assert time.monotonic() < until, "no other server was tried, or it did not go"
        time.sleep(0.05)
    model.symlink_to(os.path.realpath("build/model"))
    assert servers(hub) == before
    assert hub.is_ready()
