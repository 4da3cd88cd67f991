"""The application's clock. In a demo it may run fast; webhook signatures never use it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct


class Clock(Struct, frozen=True):
    """At wall time `wall_at` (Unix seconds) it showed `clock_at`, and runs `speed` times as fast."""

    wall_at: float
    clock_at: datetime
    speed: float = 1.0

    def now(self) -> datetime:
        """Return the hub's time, timezone-aware, UTC."""
        if self.speed == 1.0 and self.wall_at == 0.0:
            return datetime.now(UTC)
        return self.clock_at + timedelta(seconds=(time.time() - self.wall_at) * self.speed)

    def wall_seconds(self, until: datetime) -> float:
        """Return how many real seconds pass until the hub's clock shows that time; 0 when past."""
        return max(0.0, (until - self.now()).total_seconds() / self.speed)


def kept_clock(row: dict[str, Any]) -> Clock:
    """Return the clock that an installation keeps (models.store.installation.clock)."""
    return Clock(wall_at=row["wall_at"].timestamp(), clock_at=row["clock_at"], speed=row["speed"])


REAL = Clock(wall_at=0.0, clock_at=datetime.fromtimestamp(0, UTC))
