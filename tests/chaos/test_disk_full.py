"""The disk that holds the data folder is full, then it is not: the hub says so and goes on by itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.acceptance.conftest import start_hub
from tests.chaos.conftest import chaos_in
from tests.chaos.faults import full, may_mount, small_disk
from tests.chaos.verdict import database_url

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.conftest import RunningHub
    from tests.chaos.conftest import Row

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
DISK_MB = 1024
FULL_S = 30
SEEN_WITHIN_S = 5
TIMES = 3


async def use_up_wal(hub: RunningHub) -> None:
    """Until there is no room even for the log of what is written: then PostgreSQL itself goes down."""
    with contextlib.suppress(asyncpg.PostgresError, OSError):
        connection = await asyncpg.connect(database_url(hub))
        for _ in range(50):
            await connection.execute("SELECT pg_logical_emit_message(false, 'chaos', 'x'), pg_switch_wal()")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
async def test_a_full_disk_loses_nothing_and_is_survived(tmp_path: Path, table: list[Row]) -> None:
    if not may_mount():
        pytest.skip("this machine lets not even root mount a small disk")
    disk = tmp_path / "disk"
    with small_disk(disk, DISK_MB):
        hub = start_hub(disk / "data", clock_speed=600)
        try:
            hub.wait_ready()
            async with chaos_in(hub, table) as chaos:
                for _ in range(TIMES):
                    await asyncio.sleep(3)
                    began = time.monotonic()
                    with full(disk):
                        await asyncio.sleep(FULL_S / 2)
                        await use_up_wal(hub)
                        await asyncio.sleep(FULL_S / 2)
                        ended = time.monotonic()
                    assert chaos.watch.ready(began + SEEN_WITHIN_S, ended) == 0, "it said ready"
                    await chaos.recover(ended)
                await chaos.end(f"disk full for {FULL_S} s")
        finally:
            hub.stop()
