"""Follow-up callers: they phone in the parts of the day that the policy allows, and live with what they hear."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any, Final

from hotline.simulation.pace import DAY
from models.attempts import part_of

if TYPE_CHECKING:
    from hotline.simulation.citizens import Citizens
    from hotline.simulation.town import Town

AT_A_TIME: Final = 60
NOT_AT_HOME: Final = 0.1
BEFORE_A_PERSON: Final = frozenset({"rated_by_link", "asked_again", "closed_by_hand"})
AFTER_CLOSE: Final = frozenset({"back_after_close", "stubborn", "reopened_by_supervisor", "archived_by_hand"})


class FollowUpCalls:
    """The follow-up desk."""

    def __init__(self, town: Town, citizens: Citizens) -> None:
        self.town = town
        self.citizens = citizens
        self._terms = town.city.policies[town.city.policy].follow_up
        self._escalate_at = town.city.policies[town.city.policy].reopen.escalate_at
        self._called: set[tuple[str, int, str, str]] = set()
        self._escalated: set[str] = set()
        self._later: set[asyncio.Task[None]] = set()

    async def round(self) -> None:
        """Call everybody who waits for a person and was not tried yet in this part of the day."""
        now = self.town.pace.now()
        part = part_of(now, self._terms)
        if part is None:
            return
        people = self.town.people["follow_up"].lines("/api/v1/follow-ups?rung=person", "asks")
        asked = {ask["ticket"] async for ask in people}
        waiting = []
        async for line in self.town.people["follow_up"].lines("/api/v1/tickets?state=follow_up"):
            key = (line["number"], line["reopen_count"], now.date().isoformat(), part)
            if key not in self._called and (line["number"] in asked or self._comes_first(line["number"])):
                waiting.append(line)
                self._called.add(key)
            if len(waiting) == AT_A_TIME:
                break
        await asyncio.gather(*(self._call(line) for line in waiting))

    def _comes_first(self, number: str) -> bool:
        """Tell whether the citizen, or somebody of the hotline, acts before the follow-up's ladder comes to a person."""
        told = self.town.endings.of(number)
        return number in self._escalated or (told is not None and told.tale.name in BEFORE_A_PERSON)

    async def _call(self, line: dict[str, Any]) -> None:
        number, count = line["number"], line["reopen_count"]
        told = self.town.endings.of(number)
        ending = told.tale.name if told else "satisfied"
        if ending == "rated_by_link" and number in self.town.codes and await self.citizens.rate(number):
            return
        if (ending, count) in {("asked_again", 0), ("insistent", self._escalate_at)}:
            await self._phoned_in(number)
        elif ending == "closed_by_hand" or number in self._escalated:
            closed = await self._step("supervisor", line, "close", reason=self.town.say("follow_up", "close"))
            self._see_to(number, ending, closed)
        elif self._is_unsatisfied(ending, count):
            await self._unsatisfied(line)
        else:
            await self._reach(line, ending)

    def _is_unsatisfied(self, ending: str, reopen_count: int) -> bool:
        """The stubborn are never content, the insistent not until they are sent to a person at the desk."""
        until = {"stubborn": math.inf, "insistent": self._escalate_at, "unsatisfied": 1}
        return bool(reopen_count < until.get(ending, 0))

    async def _unsatisfied(self, line: dict[str, Any]) -> None:
        reason = self.town.say("follow_up", "unsatisfied", line["number"])
        answers = {"reached": True, "solved": False, "satisfied": False, "reason": reason}
        await self._step("follow_up", line, "follow_up", **answers)
        if line["reopen_count"] >= self._escalate_at:
            self._escalated.add(line["number"])

    async def _reach(self, line: dict[str, Any], ending: str) -> None:
        """Reach the citizen or not; some are never reached, some only the second time."""
        number = line["number"]
        calls = sum(1 for key in self._called if key[0] == number)
        is_out = self.town.chance("home", number, calls).random() < NOT_AT_HOME
        if ending == "unreachable" or is_out:
            await self._step("follow_up", line, "follow_up", reached=False)
            return
        answer = await self._step("follow_up", line, "follow_up", reached=True, solved=True, satisfied=True)
        self._see_to(number, ending, answer)

    def _see_to(self, number: str, ending: str, answer: dict[str, Any]) -> None:
        """What still happens to some tickets after they are closed happens the next day."""
        if answer.get("state") == "closed" and ending in AFTER_CLOSE:
            task = asyncio.create_task(self._after_close(number, ending))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def _after_close(self, number: str, ending: str) -> None:
        await self.town.pace.rest(DAY)
        told = self.town.endings.of(number)
        if told is None or told.over.is_set():
            return
        told.over.set()
        people = self.town.people
        if ending == "archived_by_hand":
            await people["administrator"].step_now(number, "archive", reader=people["supervisor"])
        elif ending == "reopened_by_supervisor":
            await people["supervisor"].step_now(number, "reopen", reason=self.town.say("follow_up", "reopen"))
        elif number in self.town.codes:
            await self.citizens.ask_reopen(number)
        else:
            await self._phoned_in(number)

    async def _phoned_in(self, number: str) -> None:
        """A citizen without the link phones the shift lead and asks that it be done again."""
        reason = self.town.say("citizen", "ask_reopen", number)
        await self.town.people["shift_lead"].step_now(number, "ask_reopen", reason=reason)

    async def _step(self, role: str, line: dict[str, Any], action: str, **fields: Any) -> dict[str, Any]:
        answer = await self.town.people[role].step_on(line, action, **fields)
        return answer.body if answer.is_done else {}
