"""A long steady load (`make soak`): is the memory of each process flat, does intake stay quick, is nothing left waiting.

SOAK_S shortens it: an hour is what is asked for, minutes show that it works.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING

import asyncpg
import psutil

from hotline.postgres import EmbeddedPostgres
from tests.bench.figures import ROOT, report
from tests.bench.intake import STEADY_RATE, process, ready, register, wait_port
from tests.own_environ import demo_hub

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

PORT, HOOK_PORT = 18456, 18457
SOAK_S = int(os.environ.get("SOAK_S", "3600"))
UNDERSTAND = float(os.environ.get("SOAK_UNDERSTAND", "100"))
SAMPLE_EVERY_S = 5.0
LEAST_SAMPLES = 3
DELIVERED_WITHIN_S = 60
MEGABYTE = 1e6
KEPT = ("serve", "work")


async def measure(folder: Path) -> None:
    environ = demo_hub(folder / "data", PORT)
    hook = [sys.executable, "-m", "tests.bench.servers", "receivers", str(HOOK_PORT)]
    with process([sys.executable, "-m", "hotline", "up"], environ) as hub, process(hook, environ):
        access = await ready(folder / "data" / "access.json", PORT)
        await wait_port(HOOK_PORT)
        await register(access, PORT, HOOK_PORT)
        memory = asyncio.create_task(_memory(hub))
        found = await _load(environ)
        memory.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await memory
        waiting = await _waiting(folder)
    for name in ("requests", "readings"):
        figures = found[name]
        said = f"ms p99 of {name} at {figures['per_second']}/s for {SOAK_S} s, {figures['failed']} failed"
        report(f"soak_{name}", figures["p99_ms"], said, figures["p50_ms"], "≤ 60" if name == "requests" else "-")
    report("soak_waiting", waiting, f"webhooks waiting {DELIVERED_WITHIN_S} s after the end", 0, "0")


async def _load(environ: dict[str, str]) -> dict[str, dict[str, float]]:
    words = ["load", "--rate", str(STEADY_RATE), "--seconds", str(SOAK_S), "--understand", str(UNDERSTAND), "--json"]
    sender = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline", *words, cwd=ROOT, env=environ, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await sender.communicate()
    if sender.returncode != 0:
        raise SystemExit(f"hotline load ended with {sender.returncode}: {said.decode()[-2000:]}")
    found: dict[str, dict[str, float]] = json.loads(said.splitlines()[-1])
    return found


async def _memory(hub: subprocess.Popen[bytes]) -> None:
    """Look at every process until cancelled; then report how the last quarter of the time lies beside the one before."""
    seen: dict[tuple[str, int], list[float]] = defaultdict(list)
    began = time.monotonic()
    try:
        while True:
            for one in psutil.Process(hub.pid).children():
                with contextlib.suppress(psutil.Error):
                    words = one.cmdline()
                    if words and words[-1] in KEPT:
                        seen[words[-1], one.pid].append(one.memory_info().rss / MEGABYTE)
            await asyncio.sleep(SAMPLE_EVERY_S)
    finally:
        minutes = (time.monotonic() - began) / 60
        for (verb, pid), sizes in sorted(seen.items()):
            if len(sizes) < LEAST_SAMPLES:
                print(f"{verb} {pid} was seen {len(sizes)} times: it did not live long enough to be measured")
                continue
            half = sizes[len(sizes) // 2 :]
            before, after = (statistics.mean(part) for part in (half[: len(half) // 2], half[len(half) // 2 :]))
            grown = (after / before - 1) * 100
            report(
                f"soak_memory_{verb}",
                after,
                f"MB, {grown:+.1f} % within the last half of {minutes:.0f} min",
                before,
                "± 5 %",
            )


async def _waiting(folder: Path) -> int:
    connection = await asyncpg.connect(EmbeddedPostgres(folder / "data" / "postgres").url("hotline"))
    try:
        for _ in range(DELIVERED_WITHIN_S):
            waiting: int = await connection.fetchval("SELECT count(*) FROM deliveries WHERE state = 'waiting'")
            if not waiting:
                break
            await asyncio.sleep(1)
        return waiting
    finally:
        await connection.close()
