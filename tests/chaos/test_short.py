"""The faults that happen every year, all at once: what `make test` has time for (`make chaos` has the others)."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from tests.chaos.conftest import another_worker, chaos_in
from tests.chaos.departments import SILENT
from tests.chaos.faults import kill_and_wait
from tests.chaos.poison import Poison, marks_set_twice
from tests.chaos.verdict import QUICK_CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunningHub
    from tests.chaos.conftest import Row

POISONED = 10


@pytest.mark.timeout(300)
async def test_kills_bad_manners_two_workers_and_poison_lose_and_double_nothing(
    running_hub: Callable[..., RunningHub], table: list[Row]
) -> None:
    hub = running_hub(clock_speed=1800)
    with another_worker(hub):
        async with chaos_in(hub, table) as chaos:
            departments = chaos.town.departments
            departments.misbehave()
            await asyncio.sleep(5)
            poison = Poison(hub)
            await poison.spoil(POISONED)
            # The worker first: its claims lapse after a minute, whatever else is done meanwhile.
            for part in ("work", "serve", "postgres"):
                killed = time.monotonic()
                await kill_and_wait(hub, part)
                await chaos.recover(killed)
            await poison.assert_tried()
            await poison.mend_timers()
            await chaos.end(
                "kills, bad manners, two workers, poison together", poisoned=poison.spoilt, checks=QUICK_CHECKS
            )
    assert set(departments.tried) >= SILENT, "a manner was never met"
    assert await marks_set_twice(hub) == []
