"""The reviewer: waits for every unit's own answer, recalls what hangs on too long; some replies are not good enough."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from models.lifecycle import ASSIGNMENT_ENDS, AssignmentState

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.simulation.town import Town

AT_A_TIME: Final = 60
# The answers of those who assist, or work under another, are waited for so long, once the lead's is there.
HELPERS_WITHIN: Final = timedelta(days=2)
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
        if not await self._is_complete(line):
            return
        has = {"link": number in self.town.codes, "grave": line["urgency"] <= GRAVE}
        ending = self.town.endings.tell(number, lambda tale: all(has[need] for need in tale.needs)).tale
        if ending.name == "rejected" and number not in self._rejected:
            self._rejected.add(number)
            reason = self.town.say("review", "reject", number)
            await reviewer.step(number, "reject", line["version"], reason=reason)
        else:
            await reviewer.step(number, "approve", line["version"])

    async def _is_complete(self, line: dict[str, Any]) -> bool:
        """Tell whether every part is signed off; what is not is waited for, then recalled, to be looked at next round."""
        key, now = (line["number"], line["reopen_count"]), self.town.pace.now()
        until = self._until.setdefault(key, now + self.town.pace.brief(HELPERS_WITHIN))
        page = await self.town.people["reviewer"].ticket(line["number"])
        if page is None:
            return False
        owed = [one["assignment"] for one in page["assignments"] if one["state"] not in DONE]
        if owed and now > until:
            reason = self.town.say("review", "recall", line["number"])
            await self.town.people["reviewer"].step_on(line, "recall", assignment=owed[0], reason=reason)
        return not owed
