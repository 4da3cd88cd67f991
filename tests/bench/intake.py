"""Intake by HTTP, the whole path with every process of `hotline up`, against one bare INSERT behind aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import aiohttp
import asyncpg
import psutil

from hotline.postgres import EmbeddedPostgres
from tests.bench.figures import ROOT, quantile, report, texts
from tests.own_environ import demo_hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PORT, BARE_PORT, HOOK_PORT = 18450, 18451, 18452
SERVERS = 2
TICKETS, WARM = 6000, 600
AT_ONCE = 24
STEADY_RATE, STEADY_S = 34, int(os.environ.get("BENCH_STEADY_S", "180"))


async def measure(folder: Path) -> None:
    environ = demo_hub(folder / "data", PORT, HOTLINE_SERVERS=str(SERVERS), HOTLINE_CLOCK_SPEED="1")
    with process([sys.executable, "-m", "hotline", "up"], environ) as hub:
        access = await ready(folder / "data" / "access.json", PORT)
        hook = [sys.executable, "-m", "tests.bench.servers", "receivers", str(HOOK_PORT)]
        with process(hook, environ):
            await wait_port(HOOK_PORT)
            await register(access, PORT, HOOK_PORT)
            bare = await _bare(folder, environ)
            await _intake(hub, access, bare)
            await _steady(access)


async def _intake(hub: subprocess.Popen[bytes], access: dict[str, Any], bare: float) -> None:
    rows = texts(200)
    token = access["channels"]["phone"]
    await send(PORT, token, itertools.islice(rows, WARM), "warm")
    before = _cpu(hub)
    began = time.monotonic()
    await send(PORT, token, itertools.islice(rows, TICKETS), "intake")
    seconds = time.monotonic() - began
    cpu_ms = (_cpu(hub) - before) * 1000 / TICKETS
    report("intake", TICKETS / seconds, "tickets/s", bare, "ratio ≥ 0.12 and ≥ 300/s")
    report("intake_cpu", cpu_ms, "ms CPU a ticket, all processes", 1000 * SERVERS / bare, "≤ 4")


async def _steady(access: dict[str, Any]) -> None:
    """Open loop: a request is sent when its time has come, whether or not the last one was answered."""
    times: list[float] = []
    token = access["channels"]["web"]
    rows = texts(200, seed=11)
    async with _session(PORT, token) as session:
        started = time.monotonic()

        async def one(n: int, text: str) -> None:
            due = started + n / STEADY_RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await _post(session, f"steady-{n}", text)
            times.append((time.monotonic() - due) * 1000)

        async with asyncio.TaskGroup() as group:
            for n, text in enumerate(itertools.islice(rows, STEADY_RATE * STEADY_S)):
                group.create_task(one(n, text))
    report(
        "intake_steady", quantile(times, 99), f"ms p99 at {STEADY_RATE}/s for {STEADY_S} s", quantile(times, 50), "≤ 60"
    )


async def _bare(folder: Path, environ: dict[str, str]) -> float:
    """Measure the yardstick on the same PostgreSQL with as many processes."""
    url = EmbeddedPostgres(folder / "data" / "postgres").url("hotline")
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE yardstick (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)")
    command = [sys.executable, "-m", "tests.bench.servers", "bare", str(BARE_PORT), url]
    with contextlib.ExitStack() as stack:
        for _ in range(SERVERS):
            stack.enter_context(process(command, environ))
        await wait_port(BARE_PORT)
        rows = texts(200, seed=3)
        await send(BARE_PORT, "none", itertools.islice(rows, WARM), "warm")
        began = time.monotonic()
        await send(BARE_PORT, "none", itertools.islice(rows, TICKETS), "bare")
        rate = TICKETS / (time.monotonic() - began)
    await connection.execute("DROP TABLE yardstick")
    await connection.close()
    return rate


async def send(port: int, token: str, rows: Iterator[str], prefix: str) -> None:
    """Closed loop: so many clients, each sends its next request when the last one is answered."""
    numbered = enumerate(rows)

    async def client(session: aiohttp.ClientSession) -> None:
        for n, text in numbered:
            await _post(session, f"{prefix}-{n}", text)

    async with _session(port, token) as session:
        await asyncio.gather(*(client(session) for _ in range(AT_ONCE)))


async def _post(session: aiohttp.ClientSession, key: str, text: str) -> None:
    content = json.dumps({"text": text, "caller": {"phone": f"139{abs(hash(key)) % 10**8:08d}"}}).encode()
    async with session.post("/api/v1/tickets", data=content, headers={"idempotency-key": key}) as response:
        assert response.status == 201, await response.text()
        await response.read()


def _session(port: int, token: str) -> aiohttp.ClientSession:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    connector = aiohttp.TCPConnector(limit=200)
    return aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers, connector=connector)


async def register(access: dict[str, Any], port: int, hook_port: int) -> None:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        for code, secrets in access["departments"].items():
            headers = {"authorization": f"Bearer {secrets['token']}"}
            url = f"http://127.0.0.1:{hook_port}/hook"
            path = f"/api/v1/departments/{code}/endpoint"
            async with session.put(path, json={"url": url}, headers=headers) as response:
                assert response.status == 200, await response.text()


async def ready(path: Path, port: int) -> dict[str, Any]:
    for _ in range(1800):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
            found: dict[str, Any] = json.loads(path.read_text())
            return found
        await asyncio.sleep(0.1)
    raise TimeoutError("the hub did not come up")


async def wait_port(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(str(port))


def _cpu(process: subprocess.Popen[bytes]) -> float:
    """CPU seconds of a process and all below it, those that have ended included."""
    root = psutil.Process(process.pid)
    total = 0.0
    for one in [root, *root.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


@contextlib.contextmanager
def process(command: list[str], environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
