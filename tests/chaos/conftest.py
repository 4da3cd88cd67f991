"""A hub with a town around it, and the table of what every fault did."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from tests.acceptance.conftest import running_hub as running_hub  # noqa: PLC0414 - a fixture that these tests ask for too
from tests.chaos.town import REQUESTS_A_SECOND, Town
from tests.chaos.verdict import CHECKS, NOTHING, Poisoned, database_url, hold, judge, wait_done
from tests.chaos.watch import Watch, watching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from tests.acceptance.conftest import RunningHub

LOG = logging.getLogger(__name__)
BACK_WITHIN_S: Final = 240
TABLE: Final = pytest.StashKey[list["Row"]]()
HEADS: Final = ("fault", "times", "acknowledged", "lost", "doubled", "seconds to recover: median", "longest")


class Row(NamedTuple):
    """One line of the table."""

    fault: str
    times: int
    acknowledged: int
    lost: int
    doubled: int
    median_s: float
    longest_s: float


class Chaos:
    """A running hub, its town and its watch."""

    def __init__(self, hub: RunningHub, town: Town, watch: Watch, table: list[Row]) -> None:
        self.hub = hub
        self.town = town
        self.watch = watch
        self._table = table
        self.recoveries: list[float] = []

    async def recover(self, since: float) -> float:
        """Wait until a request sent after the fault is answered and /readyz says so; returns how long that took."""
        while time.monotonic() < since + BACK_WITHIN_S:
            back = max(self.town.answers_again(since), self.watch.ready_again(since))
            if back < float("inf"):
                LOG.info("back after %.1f s, %d tries repeated", back - since, self.town.client.retries)
                self.recoveries.append(back - since)
                return back - since
            await asyncio.sleep(0.1)
        raise AssertionError(f"not back after {BACK_WITHIN_S} s: {self.watch.said[-5:]}")

    async def end(
        self,
        fault: str,
        *,
        times: int | None = None,
        poisoned: Poisoned = NOTHING,
        checks: Sequence[tuple[str, ...]] = CHECKS,
    ) -> None:
        """Stop asking, wait until everything is delivered and answered, and judge it; it was done as often as it recovered."""
        LOG.info("asking ends")
        await self.town.end()
        LOG.info("all answered, %d tries repeated", self.town.client.retries)
        self.town.departments.mend()
        await wait_done(self.hub, poisoned)
        await self.town.departments.settled()
        quiet = await wait_done(self.hub, poisoned)
        LOG.info("all done")
        found = await judge(self.hub, self.town, quiet, poisoned)
        took = sorted(self.recoveries)
        counts = (found.acknowledged, len(found.lost), len(found.doubled))
        self._table.append(Row(fault, times or len(took), *counts, statistics.median(took), took[-1]))
        assert not found.lost, found.lost[:20]
        assert not found.doubled, found.doubled[:20]
        assert not self.town.departments.wrong, self.town.departments.wrong[:20]
        assert not self.town.client.unexpected, self.town.client.unexpected[:20]
        assert self.town.departments.stolen == 0
        await hold(self.hub, checks)


@pytest.fixture
def table(request: pytest.FixtureRequest) -> list[Row]:
    return request.config.stash.setdefault(TABLE, [])


@contextlib.asynccontextmanager
async def chaos_in(hub: RunningHub, table: list[Row], *, rate: float = REQUESTS_A_SECOND) -> AsyncIterator[Chaos]:
    """A town around a hub, with requests under way."""
    town = Town(hub)
    try:
        async with watching(hub) as watch:
            await town.start(rate)
            yield Chaos(hub, town, watch, table)
    finally:
        await town.stop()


@contextlib.contextmanager
def another_worker(hub: RunningHub) -> Iterator[None]:
    """`hotline work`, as on a second machine."""
    environ = {**hub.environ, "HOTLINE_DATABASE_URL": database_url(hub)}
    process = subprocess.Popen([sys.executable, "-m", "hotline", "work"], env=environ)
    try:
        yield
        assert process.poll() is None, "the second worker has ended"
    finally:
        process.terminate()
        process.wait(30)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    rows = config.stash.get(TABLE, [])
    if rows:
        terminalreporter.section("chaos")
        terminalreporter.write_line(" | ".join(HEADS))
        for row in rows:
            terminalreporter.write_line(" | ".join(f"{one:.1f}" if isinstance(one, float) else str(one) for one in row))
