"""What others do while a department has a ticket: the supervisor, the desk, and citizens who phone the agent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hotline.simulation.choice import candidates, led_by
from hotline.simulation.pace import DAY, HOUR
from models.lifecycle import AssignmentState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.simulation.connection import Answer
    from hotline.simulation.town import Town

APPRAISAL_TAKES: Final = timedelta(hours=10)
FIRE_BRIGADE: Final = "119"
LOOK_EVERY_S: Final = 0.3
MOST_LOOKS: Final = 40


class Scenes:
    """Plays the other side of a ticket's tale when its department has come so far."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._play: dict[str, Callable[[dict[str, Any]], Awaitable[object]]] = {
            "recall": self._recall,
            "recall_child": self._recall_child,
            "reassign": self._reassign,
            "pause": self._pause,
            "review": self._review,
            "end_deferral": self._review,
            "split": self._split,
            "hand_off": self._hand_off,
            "press": self._press,
            "urge": self._urge,
            "note": self._note,
            "withdraw": self._withdraw,
            "merge": self._merge,
        }

    async def run(self) -> None:
        """Play scene after scene as they are cued; several go on at once."""
        async with asyncio.TaskGroup() as group:
            while True:
                number = await self.town.scenes.get()
                group.create_task(self._scene(number))

    async def _scene(self, number: str) -> None:
        told = self.town.handling.of(number)
        if told is None:
            return
        await self.town.pace.rest(2 * HOUR)
        page = await self.town.people["supervisor"].ticket(number)
        if page is not None:
            await self._play[told.tale.scene](page)
        told.over.set()

    async def _recall(self, page: dict[str, Any]) -> None:
        await self._step("dispatcher", page, "recall", reason=self._words("recall", page["number"]))

    async def _recall_child(self, page: dict[str, Any]) -> None:
        for one in page["assignments"]:
            if one["role"] == "delegated" and one["ended_at"] is None:
                words = self._words("recall", page["number"])
                await self._step("dispatcher", page, "recall", reason=words, assignment=one["assignment"])

    async def _reassign(self, page: dict[str, Any]) -> None:
        """To another department; what was dispatched twice already comes back to the desk, to be designated."""
        if self.town.city.policies[self.town.city.policy].send_back.must_designate(page["dispatch_count"]):
            await self._recall(page)
            return
        for lead in candidates(self.town, page, but=led_by(page)):
            words = self._words("reassign", page["number"])
            if (await self._step("dispatcher", page, "reassign", lead=lead, reason=words)).is_done:
                return

    async def _pause(self, page: dict[str, Any]) -> None:
        """Of what nobody leads any more, as when it was recalled meanwhile, no clock can be stopped."""
        leads = [one["assignment"] for one in page["assignments"] if one["role"] == "lead" and not one["ended_at"]]
        if not leads:
            return
        lead, words = leads[0], self._words("appraisal")
        if (await self._step("supervisor", page, "pause", cause="appraisal", reason=words, assignment=lead)).is_done:
            await self.town.pace.rest(APPRAISAL_TAKES)
            await self._step("supervisor", page, "resume", reason=self._words("resumed"), assignment=lead)

    async def _review(self, page: dict[str, Any]) -> None:
        """The supervisor looks at a deferral before its date, and waits for the word on it."""
        for part in page["assignments"]:
            if part["state"] == AssignmentState.DEFERRED and part["asked"] is None:
                path = f"/api/v1/deferrals/{page['number']}/{part['assignment']}/reviews"
                called = await self.town.people["supervisor"].post(path, {"reason": self._words("review")})
                self.town.tally.count("call review", called)
        for _ in range(MOST_LOOKS):
            await asyncio.sleep(LOOK_EVERY_S)
            seen = await self.town.people["supervisor"].ticket(page["number"])
            if seen is None or all(part["asked"] is None for part in seen["assignments"]):
                return

    async def _split(self, page: dict[str, Any]) -> None:
        brief = self._words("split_brief").format(text=page["text"][:60])
        await self._step("dispatcher", page, "split", briefs=[brief], reason=self._words("split"))

    async def _hand_off(self, page: dict[str, Any]) -> None:
        words = self._words("emergency", page["number"])
        agent = self.town.people["agent"]
        await agent.step_now(page["number"], "hand_off", number=FIRE_BRIGADE, reason=words, remainder=True)

    async def _press(self, page: dict[str, Any]) -> None:
        deadline = self.town.pace.now() + DAY
        await self._step("supervisor", page, "remind", reason=self._words("remind"))
        await self._step("supervisor", page, "supervise", reason=self._words("supervise"), deadline=deadline)
        await self._step("supervisor", page, "escalate", reason=self._words("escalate"), deadline=deadline)

    async def _urge(self, page: dict[str, Any]) -> None:
        say = self.town.say
        await self._step("agent", page, "urge", text=say("citizen", "urge", page["number"]))
        await self._step("agent", page, "supplement", text=say("citizen", "supplement", page["number"]))

    async def _note(self, page: dict[str, Any]) -> None:
        await self._step("supervisor", page, "note", reason=self._words("note"))

    async def _withdraw(self, page: dict[str, Any]) -> None:
        await self._step("agent", page, "withdraw", reason=self.town.say("citizen", "withdraw"))

    async def _merge(self, page: dict[str, Any]) -> None:
        """Into another open ticket about the same subject, else of the same department, where there is one."""
        path, own = "/api/v1/tickets?state=assigned", page["number"]
        lines = self.town.people["dispatcher"].lines(path)
        others = [line async for line in lines if line["number"] != own and line["lead"] == page["lead"]]
        others.sort(key=lambda line: line["category"] != page["category"])
        for line in others[:1]:
            await self._step("shift_lead", page, "merge", into=line["number"], reason=self._words("merge"))

    async def _step(self, role: str, page: dict[str, Any], action: str, **fields: Any) -> Answer:
        return await self.town.people[role].step_now(page["number"], action, **fields)

    def _words(self, what: str, *key: str) -> str:
        return self.town.say("desk", what, *key)
