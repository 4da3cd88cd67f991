"""Fires what has come due: one claim, then one use case a timer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from hotline.marks import fire
from models.errors import Unavailable
from models.store import timers

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.ticket import Timer

LOG = structlog.get_logger()
BATCH: Final = 200
AT_ONCE: Final = 8
FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(hours=1)


async def fire_timers(hub: Hub) -> int:
    """Fire one batch; returns how many were due."""
    now, wall_now = hub.now(), datetime.now(UTC)
    due = await hub.database.read(lambda session: timers.claim(session, now, wall_now, BATCH))
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(timer: Timer) -> None:
        async with gate:
            await _fire(hub, timer)

    await asyncio.gather(*(one(timer) for timer in due))
    return len(due)


async def _fire(hub: Hub, timer: Timer) -> None:
    try:
        await fire(hub, timer)
    except Unavailable as error:
        # The database is away; the claim lapses, and whoever is there then fires it.
        LOG.warning("timer waits", ticket=timer.ticket_id, subject=timer.subject, reason=error.detail)
    except Exception:
        # One poisoned ticket must not stop the others: it is put off, ever longer, and logged.
        LOG.exception("timer failed", ticket=timer.ticket_id, subject=timer.subject, attempts=timer.attempts)
        until = datetime.now(UTC) + min(FIRST_PAUSE * 2 ** min(timer.attempts, 12), LONGEST_PAUSE)
        await hub.database.write(lambda session: timers.put_off(session, timer, until))
