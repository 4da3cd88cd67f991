"""The machine's clock was wrong and has been set back: what waits for a moment of the wrong time is woken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from models.store import deliveries, endpoints, installation, notices, timers

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

LOG = structlog.get_logger()
# Clocks of several machines are never quite the same.
TOLERANCE: Final = timedelta(minutes=1)


async def wake(session: Session, now: datetime, wall_now: datetime) -> bool:
    """Wake what waits where the last beat of a worker was made at a time that has not come; tells whether it was so.

    Pauses after failed tries, open circuits and claims of dead workers would else last as long as the clock was wrong.
    """
    last = await installation.last_beat(session, "work")
    if last is None or last - wall_now <= TOLERANCE:
        return False
    LOG.warning("the clock was set back", seconds=round((last - wall_now).total_seconds()))
    await deliveries.wake(session, now, wall_now)
    await endpoints.close_circuits(session, now)
    await timers.wake(session, wall_now)
    await notices.wake(session, wall_now)
    return True
