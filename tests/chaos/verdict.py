"""What became of everything that was acknowledged, read from the database and asked of the hub's own checks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import asyncpg

from hotline.postgres import EmbeddedPostgres
from models.ticket import id_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.acceptance.conftest import RunningHub
    from tests.chaos.town import Town

LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
DONE_WITHIN_S: Final = 240
READY_WITHIN_S: Final = 30
# What a poisoned timer's kind ends with.
NONSENSE: Final = "-nonsense"
WAITING: Final = """
WITH seen AS (SELECT max(created_at) AS newest, least(max(created_at), $3) AS at FROM deliveries)
SELECT seen.newest,
  (SELECT count(*) FROM deliveries WHERE state = 'waiting') AS webhooks,
  (SELECT count(*) FROM notices WHERE sent_at IS NULL AND id <> ALL ($1)) AS messages,
  (SELECT count(*) FROM timers WHERE due_at <= seen.at AND kind NOT LIKE '%' || $2) AS timers
FROM seen
"""
# The trail, the sums of what is open and what has ended (backlog among them), every due time counted again from the trail.
QUICK_CHECKS: Final = (("audit", "verify"), ("books",))
CHECKS: Final = (*QUICK_CHECKS, ("audit", "recompute"))
ACKNOWLEDGED: Final = (
    "SELECT ticket_id, (convert_from(body, 'UTF8')::json -> 'fields' ->> 'assignment')::int AS part, count(*)::int AS n "
    "FROM events WHERE type = 'acknowledge' GROUP BY 1, 2"
)
WITHDRAWN: Final = "SELECT ticket_id, count(*)::int AS n FROM events WHERE type = 'withdraw' GROUP BY 1"


class Poisoned(NamedTuple):
    """The ids of what was spoilt on purpose: such deliveries end as dead letters, such messages wait."""

    deliveries: frozenset[str] = frozenset()
    notices: frozenset[str] = frozenset()


NOTHING: Final = Poisoned()


class Verdict(NamedTuple):
    """Empty lists are what is wanted."""

    acknowledged: int
    lost: list[str]
    doubled: list[str]


class Found(NamedTuple):
    """What the database holds."""

    keys: set[str]
    tickets: set[int]
    deliveries: list[asyncpg.Record]
    parts: int
    acknowledged: dict[tuple[int, int], int]
    withdrawn: dict[int, int]


def database_url(hub: RunningHub) -> str:
    return EmbeddedPostgres(hub.data_dir / "postgres").url("hotline")


async def wait_done(hub: RunningHub, poisoned: Poisoned = NOTHING) -> datetime:
    """Wait until no webhook, message or timer waits; returns when the newest webhook was written, on the hub's clock.

    The clock goes on, and presses whoever is late: what is written later is not looked at.
    """
    until = time.monotonic() + DONE_WITHIN_S
    connection = await asyncpg.connect(database_url(hub))
    try:
        while True:
            row = await connection.fetchrow(WAITING, list(poisoned.notices), NONSENSE, hub_time(hub))
            assert row is not None
            waiting = {name: row[name] for name in ("webhooks", "messages", "timers")}
            if not any(waiting.values()):
                newest: datetime = row["newest"]
                return newest
            assert time.monotonic() < until, f"still waiting: {waiting}"
            await asyncio.sleep(1)
    finally:
        await connection.close()


def hub_time(hub: RunningHub) -> datetime:
    """What a right clock shows; of one that runs fast nobody knows better than the hub itself."""
    is_real = float(hub.environ["HOTLINE_CLOCK_SPEED"]) == 1
    return datetime.now(UTC) if is_real else LATEST


async def judge(hub: RunningHub, town: Town, quiet: datetime, poisoned: Poisoned) -> Verdict:
    """Compare what was acknowledged with what is there."""
    found = await _found(hub, quiet)
    acknowledged = len(town.numbers) + town.departments.applied.total() + len(town.withdrawn)
    return Verdict(acknowledged, list(_lost(town, found, poisoned.deliveries)), list(_doubled(town, found)))


async def hold(hub: RunningHub, checks: Sequence[tuple[str, ...]]) -> None:
    """The trail verifies, every date is as the trail says, the books balance, and the hub is ready."""
    found = await asyncio.gather(*(asyncio.to_thread(hub.hotline, *words) for words in checks))
    for words, done in zip(checks, found, strict=True):
        assert done.returncode == 0, f"hotline {' '.join(words)}: {done.stdout[-3000:]} {done.stderr[-1000:]}"
    await asyncio.to_thread(hub.wait_ready, READY_WITHIN_S)


async def _found(hub: RunningHub, quiet: datetime) -> Found:
    connection = await asyncpg.connect(database_url(hub))

    async def rows(sql: str, *arguments: Any) -> list[asyncpg.Record]:
        return await connection.fetch(sql, *arguments)

    found = Found(
        {row["key"] for row in await rows("SELECT key FROM idempotency WHERE key LIKE 'chaos-%'")},
        {row["id"] for row in await rows("SELECT id FROM tickets")},
        await rows("SELECT id, state::text AS state, type FROM deliveries WHERE created_at <= $1", quiet),
        await connection.fetchval("SELECT count(*) FROM assignments WHERE dispatched_at <= $1", quiet),
        {(row["ticket_id"], row["part"]): row["n"] for row in await rows(ACKNOWLEDGED)},
        {row["ticket_id"]: row["n"] for row in await rows(WITHDRAWN)},
    )
    await connection.close()
    return found


def _lost(town: Town, found: Found, dead: frozenset[str]) -> Iterator[str]:
    for key, number in town.numbers.items():
        if key not in found.keys or id_of(number) not in found.tickets:
            yield f"request {key} {number}"
    for row in found.deliveries:
        received = town.departments.received[row["id"]]
        is_right = row["state"] == "dead" if row["id"] in dead else row["state"] == "delivered" and received > 0
        if not is_right:
            yield f"delivery {row['id']} {row['type']} {row['state']}, received {received} times"
    for number, part in town.departments.applied:
        if (id_of(number), part) not in found.acknowledged:
            yield f"callback of {number}/{part}"
    yield from (f"withdrawal of {number}" for number in town.withdrawn if id_of(number) not in found.withdrawn)


def _doubled(town: Town, found: Found) -> Iterator[str]:
    for number, n in Counter(town.numbers.values()).items():
        if n > 1:
            yield f"{n} requests got the number {number}"
    if len(found.tickets) != len(found.keys):
        yield f"{len(found.tickets)} tickets of {len(found.keys)} requests"
    for key in found.keys - set(town.numbers):
        yield f"request {key} is there and was never acknowledged"
    told = Counter(row["type"] for row in found.deliveries)["ticket.dispatched"]
    if told != found.parts:
        yield f"{found.parts} parts, {told} dispatched"
    yield from (f"{ticket} withdrawn {n} times" for ticket, n in found.withdrawn.items() if n > 1)
    applied = [(id_of(number), part) for number, part in town.departments.applied]
    for part, n in found.acknowledged.items():
        if (n, applied.count(part)) != (1, 1):
            yield f"{part} acknowledged {n} times, answered {applied.count(part)} times"
