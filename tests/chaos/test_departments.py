"""Departments whose systems hang, fail, trickle, redirect, hang up, sign wrongly, call twice, out of order, too late."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from tests.chaos.conftest import chaos_in
from tests.chaos.departments import SILENT, Manner

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunningHub
    from tests.chaos.conftest import Row

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
MISBEHAVE_FOR_S = 60


async def test_departments_that_misbehave_harm_nobody(running_hub: Callable[..., RunningHub], table: list[Row]) -> None:
    hub = running_hub(clock_speed=600)
    async with chaos_in(hub, table) as chaos:
        departments = chaos.town.departments
        departments.misbehave()
        began = time.monotonic()
        await asyncio.sleep(MISBEHAVE_FOR_S)
        await chaos.recover(time.monotonic())
        assert chaos.watch.ready(began, time.monotonic()) == len(
            [one for one in chaos.watch.said if one.asked >= began]
        )
        met = departments.tried + departments.refused
        said = ", ".join(f"{manner} {n}" for manner, n in sorted(met.items()))
        await chaos.end(f"departments: {said}", times=met.total())
    assert set(departments.tried) >= SILENT, "a manner was never met"
    assert set(departments.refused) == {Manner.SIGNS_WRONGLY, Manner.TWICE, Manner.OUT_OF_ORDER, Manner.LATE}
