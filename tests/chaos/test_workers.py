"""Two workers with one database, one of them killed again and again; and jobs that cannot be done by anybody."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from tests.chaos.conftest import another_worker, chaos_in
from tests.chaos.departments import Manner
from tests.chaos.faults import frozen, kill_and_wait
from tests.chaos.poison import Poison, marks_set_twice

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunningHub
    from tests.chaos.conftest import Chaos, Row

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
WORK_FOR_S = 30
KILLS = 5
POISONED = 10
# From then on nobody takes the last beat of a worker that stands still for a sign of life.
SILENT_FOR_S = 20
# The first one may have stopped in a transaction, and keeps its locks for a minute.
UP_WITHIN_S = 120


async def the_other_takes_over(chaos: Chaos) -> None:
    """Return when the other worker has been seen to live: while the first stands still, its beats alone keep the hub ready."""
    async with frozen(chaos.hub, "work"):
        silent = time.monotonic() + SILENT_FOR_S
        await asyncio.sleep(SILENT_FOR_S)
        while not chaos.watch.ready(silent, time.monotonic()):
            assert time.monotonic() < silent + UP_WITHIN_S, "the second worker did not come up"
            await asyncio.sleep(0.5)


async def test_two_workers_do_nothing_twice(running_hub: Callable[..., RunningHub], table: list[Row]) -> None:
    hub = running_hub(clock_speed=600)
    with another_worker(hub):
        async with chaos_in(hub, table) as chaos:
            await asyncio.sleep(WORK_FOR_S)
            await chaos.recover(time.monotonic())
            await chaos.end(f"two workers for {WORK_FOR_S} s")
    assert await marks_set_twice(hub) == []
    assert [name for name, n in chaos.town.departments.received.items() if n > 1] == [], "sent twice"


async def test_of_two_workers_one_is_killed_again_and_again(
    running_hub: Callable[..., RunningHub], table: list[Row]
) -> None:
    hub = running_hub(clock_speed=600)
    with another_worker(hub):
        async with chaos_in(hub, table) as chaos:
            await the_other_takes_over(chaos)
            began = time.monotonic()
            for _ in range(KILLS):
                await asyncio.sleep(3)
                killed = time.monotonic()
                await kill_and_wait(hub, "work")
                await chaos.recover(killed)
            assert chaos.watch.failed("workers", began, time.monotonic()) == 0, "the other was there all along"
            await chaos.end("kill -9 of one of two workers")
    assert await marks_set_twice(hub) == []


async def test_poisoned_jobs_stop_nobody(running_hub: Callable[..., RunningHub], table: list[Row]) -> None:
    hub = running_hub(clock_speed=600)
    async with chaos_in(hub, table) as chaos:
        poison = Poison(hub)
        chaos.town.departments.misbehave(Manner.FAILS, Manner.WELL)
        await asyncio.sleep(5)
        await poison.spoil(POISONED)
        await asyncio.sleep(WORK_FOR_S)
        await chaos.recover(time.monotonic())
        await poison.assert_tried()
        await poison.mend_timers()
        await chaos.end("poisoned deliveries, timers, messages", times=3 * POISONED, poisoned=poison.spoilt)
