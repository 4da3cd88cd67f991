"""What is seen of a long run while it goes on: the hub's time, the calls so far, what was registered, what is closed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.calendar import CHINA_TIME

if TYPE_CHECKING:
    from hotline.simulation.connection import Tally
    from hotline.simulation.pace import Pace
    from hotline.simulation.plan import Plan

LOOK_EVERY_S: Final = 2.0
CALL: Final = "call "


class Watcher:
    """Watches one run; `since` is the hub's time at its beginning."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.since = datetime.now(UTC)

    async def watch(self, pace: Pace, tally: Tally) -> None:
        """Show how far the day is until it is over; of a run that is no day nothing is shown."""
        self.since = pace.now()
        if not self._plan.day:
            await asyncio.Event().wait()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns) as progress:
            day = progress.add_task("", total=self._plan.day)
            while True:
                calls = sum(n for name, n in tally.seen.items() if name.startswith(CALL))
                at = pace.now().astimezone(CHINA_TIME)
                words = f"{at:%m-%d %H:%M} 登记{tally.taken['register']} 办结{tally.seen['ticket.closed']} 来话"
                progress.update(day, completed=calls, description=words)
                await asyncio.sleep(LOOK_EVERY_S)
