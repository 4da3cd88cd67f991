"""PostgreSQL, or the worker, stands still for a minute and then goes on as if nothing had been."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from tests.chaos.conftest import chaos_in
from tests.chaos.faults import frozen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunningHub
    from tests.chaos.conftest import Row

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
FROZEN_S = 60
# All that come meanwhile wait, and come again together.
REQUESTS_A_SECOND = 8
TIMES = 2
# Who stands still is seen after so long: the database at the next question, the worker by its missing beat.
SEEN_WITHIN_S = {"postgres": 5, "work": 20}
NAMED = {"postgres": "database", "work": "workers"}


@pytest.mark.parametrize("part", SEEN_WITHIN_S)
async def test_what_stands_still_for_a_minute_loses_nothing(
    running_hub: Callable[..., RunningHub], table: list[Row], part: str
) -> None:
    hub = running_hub(clock_speed=600)
    async with chaos_in(hub, table, rate=REQUESTS_A_SECOND) as chaos:
        for _ in range(TIMES):
            await asyncio.sleep(3)
            began = time.monotonic()
            async with frozen(hub, part):
                await asyncio.sleep(FROZEN_S)
            ended = time.monotonic()
            await chaos.recover(ended)
            seen = began + SEEN_WITHIN_S[part]
            assert chaos.watch.ready(seen, ended) == 0, "it said ready"
            assert chaos.watch.failed(NAMED[part], seen, ended) > 0, "it never said what is the matter"
            assert chaos.watch.silent(began, ended) == 0, "who asked got no answer"
        await chaos.end(f"{part} frozen for {FROZEN_S} s")
