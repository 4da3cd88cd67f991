"""The machine's clock was wrong and has been set back: what waits for a moment of the wrong time is woken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from models.store import deliveries, endpoints, installation, notices, seats, sign_in, timers

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

LOG = structlog.get_logger()
# What keeps clocks right moves them back a little now and then, and those of several machines are never quite the same.
TOLERANCE: Final = timedelta(minutes=1)


class OwnBeats:
    """When this worker beat last. Clocks of several machines differ: only by one's own does one see that it was set back."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    async def look(self, session: Session, now: datetime, wall_now: datetime) -> bool:
        """Wake what waits where the last beat lies in the time to come; tells whether it did.

        A worker that has just started has no beat of its own, and looks at the stored one: the clock may have been set right
        while nobody worked. Pauses after failed tries, open circuits and claims of dead workers would else last as long as
        the clock was wrong.
        """
        last = self._last or await installation.last_beat(session, "work")
        if last is None or last - wall_now <= TOLERANCE:
            return False
        LOG.warning("the clock was set back", seconds=round((last - wall_now).total_seconds()))
        # First, as its lock comes before all others.
        await seats.wake_work(session, now)
        await deliveries.wake(session, now, wall_now)
        await endpoints.close_circuits(session, now)
        await timers.wake(session, wall_now)
        await notices.wake(session, wall_now)
        await sign_in.wake(session, wall_now)
        return True

    def beaten(self, wall_at: datetime) -> None:
        """Remember a beat, once it is written."""
        self._last = wall_at
