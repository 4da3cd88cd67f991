"""Jobs that nobody can do: deliveries and messages that cannot be opened, timers of a kind that there is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import asyncpg

from tests.chaos.verdict import NONSENSE, NOTHING, Poisoned, database_url

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunningHub

# Not what is under way: it was opened before.
DELIVERIES: Final = (
    "UPDATE deliveries SET body = 'x' WHERE id IN "
    "(SELECT id FROM deliveries WHERE state = 'waiting' AND claimed_until IS NULL ORDER BY created_at DESC LIMIT $1) RETURNING id"
)
TIMERS: Final = (
    "UPDATE timers SET kind = kind || $2, due_at = (SELECT max(at) FROM events) WHERE (ticket_id, subject) IN "
    "(SELECT ticket_id, subject FROM timers WHERE ticket_id > 0 AND attempts = 0 ORDER BY due_at DESC LIMIT $1) "
    "RETURNING ticket_id::text"
)
# Sent ones too, to be sent again: what waits is sent before it can be spoilt.
NOTICES: Final = (
    "UPDATE notices SET body = 'x', sent_at = NULL WHERE id IN (SELECT id FROM notices ORDER BY created_at DESC LIMIT $1) "
    "RETURNING id"
)
TWICE: Final = (
    "SELECT ticket_id, ordinal, mark, count(*) FROM assignments, unnest(marks) AS mark "
    "GROUP BY 1, 2, 3 HAVING count(*) > 1"
)


class Poison:
    """What was spoilt in a hub's database."""

    def __init__(self, hub: RunningHub) -> None:
        self._hub = hub
        self.spoilt = NOTHING

    async def spoil(self, each: int) -> None:
        """Spoil so many of each kind."""
        deliveries, notices = await self._spoilt(DELIVERIES, each), await self._spoilt(NOTICES, each)
        timers = await self._spoilt(TIMERS, each, NONSENSE)
        assert len(deliveries) == len(notices) == len(timers) == each
        self.spoilt = Poisoned(frozenset(deliveries), frozenset(notices))

    async def assert_tried(self) -> None:
        """Every spoilt timer and message has been tried and put off; a step may have set a timer anew meanwhile."""
        timers = [
            row["attempts"]
            for row in await self._rows("SELECT attempts FROM timers WHERE kind LIKE '%' || $1", NONSENSE)
        ]
        assert timers, "every spoilt timer was set anew"
        assert min(timers) > 0, "a spoilt timer was never tried"
        errors = "SELECT last_error FROM notices WHERE id = ANY($1) AND sent_at IS NULL"
        notices = [row["last_error"] for row in await self._rows(errors, list(self.spoilt.notices))]
        assert len(notices) == len(self.spoilt.notices)
        assert all(notices), "a spoilt message was never tried"

    async def mend_timers(self) -> None:
        """Give the timers their kinds back: what they stand for is still to be done."""
        await self._rows("UPDATE timers SET kind = replace(kind, $1, ''), claimed_until = NULL", NONSENSE)

    async def _spoilt(self, sql: str, *arguments: Any) -> list[str]:
        return [row[0] for row in await self._rows(sql, *arguments)]

    async def _rows(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        return await rows(self._hub, sql, *arguments)


async def marks_set_twice(hub: RunningHub) -> list[str]:
    """Every mark that the clock set twice on one part."""
    return [str(tuple(row)) for row in await rows(hub, TWICE)]


async def rows(hub: RunningHub, sql: str, *arguments: Any) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(database_url(hub))
    try:
        return await connection.fetch(sql, *arguments)
    finally:
        await connection.close()
