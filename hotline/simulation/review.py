"""The reviewer: waits a while for those who assist, reads every reply; some are not good enough the first time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from models.lifecycle import ASSIGNMENT_ENDS, AssignmentState

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.simulation.town import Town

AT_A_TIME: Final = 60
# A helper's answer is waited for so long, once the lead's is there.
HELPERS_WITHIN: Final = timedelta(hours=20)
# Whose matter is grave gets answers within hours, and has time to be stubborn.
GRAVE: Final = 2
DONE: Final = ASSIGNMENT_ENDS | {AssignmentState.SIGNED_OFF}


class Review:
    """One reviewer at the queue."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._rejected: set[str] = set()
        self._until: dict[tuple[str, int], datetime] = {}

    async def round(self) -> None:
        """Review what waits now."""
        lines = self.town.people["reviewer"].lines("/api/v1/tickets?state=in_review")
        waiting = [line async for line in lines][:AT_A_TIME]
        await asyncio.gather(*(self._review(line) for line in waiting))

    async def _review(self, line: dict[str, Any]) -> None:
        number, reviewer = line["number"], self.town.people["reviewer"]
        if await self._is_early(line):
            return
        has = {"link": number in self.town.codes, "grave": line["urgency"] <= GRAVE}
        ending = self.town.endings.tell(number, lambda tale: all(has[need] for need in tale.needs)).tale
        if ending.name == "rejected" and number not in self._rejected:
            self._rejected.add(number)
            reason = self.town.say("review", "reject", number)
            await reviewer.step(number, "reject", line["version"], reason=reason)
        else:
            await reviewer.step(number, "approve", line["version"])

    async def _is_early(self, line: dict[str, Any]) -> bool:
        """Tell whether a helper's answer is still worth waiting for."""
        key, now = (line["number"], line["reopen_count"]), self.town.pace.now()
        until = self._until.setdefault(key, now + HELPERS_WITHIN)
        if now > until:
            return False
        page = await self.town.people["reviewer"].ticket(line["number"])
        return page is not None and any(one["state"] not in DONE for one in page["assignments"])
