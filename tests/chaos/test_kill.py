"""Kill -9 of a server, the worker and PostgreSQL during intake: nothing acknowledged is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import itertools
import logging
import statistics
import time
from typing import TYPE_CHECKING

import pytest

from tests.chaos.conftest import chaos_in
from tests.chaos.faults import PARTS, kill_and_wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunningHub
    from tests.chaos.conftest import Row

LOG = logging.getLogger(__name__)
KILLS_EACH = 10
# What a client may at the most wait for an answer because of one kill, on a machine that does other things too.
LONGEST_GAP_S = 15


@pytest.mark.timeout(1200)
async def test_nothing_acknowledged_is_lost_or_doubled_by_thirty_kills(
    running_hub: Callable[..., RunningHub], table: list[Row]
) -> None:
    hub = running_hub(clock_speed=600)
    kills: list[tuple[str, float]] = []
    async with chaos_in(hub, table) as chaos:
        for part in itertools.islice(itertools.cycle(PARTS), KILLS_EACH * len(PARTS)):
            await asyncio.sleep(0.5)
            kills.append((part, time.monotonic()))
            await kill_and_wait(hub, part)
            await chaos.recover(kills[-1][1])
        await asyncio.sleep(1)
        await chaos.end("kill -9 of a server, the worker, PostgreSQL")
    ends = [*(at for _, at in kills[1:]), kills[-1][1] + 1]
    for part in PARTS:
        times = [
            chaos.town.longest_silence(at, end) for (killed, at), end in zip(kills, ends, strict=True) if killed == part
        ]
        LOG.info("%s: silence after a kill %.2f s median, %.2f s longest", part, statistics.median(times), max(times))
        assert len(times) == KILLS_EACH
        assert max(times) < LONGEST_GAP_S
