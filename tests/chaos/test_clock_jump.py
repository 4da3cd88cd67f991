"""The machine's clock jumps by an hour, forward and back."""

from __future__ import annotations

import asyncio
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from tests.chaos.conftest import chaos_in
from tests.chaos.faults import SetClock, kill_and_wait

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import RunningHub
    from tests.chaos.conftest import Row

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
HOUR_S = 3600
WRONG_FOR_S = 20
DIRECTIONS = {"forward": HOUR_S, "back": -HOUR_S}


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler (apt-get install gcc)")
@pytest.mark.parametrize("direction", DIRECTIONS)
async def test_a_clock_that_jumps_by_an_hour_and_is_set_right_loses_nothing(
    running_hub: Callable[..., RunningHub], table: list[Row], tmp_path: Path, direction: str
) -> None:
    clock = SetClock(tmp_path)
    hub = running_hub(**clock.environ)
    async with chaos_in(hub, table) as chaos:
        for _ in range(2):
            await asyncio.sleep(5)
            clock.set(DIRECTIONS[direction])
            await chaos.recover(time.monotonic())
            await asyncio.sleep(WRONG_FOR_S)
            # What the worker had claimed by the wrong clock must not wait for an hour.
            await kill_and_wait(hub, "work")
            clock.set(0)
            await chaos.recover(time.monotonic())
        await chaos.end(f"the clock an hour {direction} and right again")
