"""A burst now and then, another beside it; the seats attach who calls, the shift lead opens, reports (once too late) and closes."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hotline.simulation.pace import HOUR

if TYPE_CHECKING:
    from hotline.simulation.connection import Person
    from hotline.simulation.town import Town
    from models.city import GazetteerEntry

# What is said by whom there is no water and no power; the city's own keywords tell them apart.
SORTS: Final = ("water", "power")
CALLERS: Final = 8
LATER_CALLERS: Final = 4
OPEN_FOR: Final = timedelta(minutes=75)
STORM_FOR: Final = timedelta(minutes=10)
# Two in three incidents are reported only when the clock has asked for it: everybody is busy with them.
IN_TIME: Final = 3
STORM_EVERY: Final = timedelta(minutes=45)
# Where the clock races: bursts and storms are now and then all the same, or nothing else would go on.
BURST_AFTER_S: Final = 20.0
STORM_AFTER_S: Final = 30.0


class IncidentLeads:
    """The callers of two bursts, the seats that take them, and the shift lead."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._rounds = 0

    async def bursts(self, phone: Person, seconds: float) -> None:
        """For so many seconds (0: for ever) let two bursts come at once, and again an hour later.

        What calls after an incident was opened is attached to it.
        """
        until = time.monotonic() + seconds
        while not seconds or time.monotonic() < until:
            self._rounds += 1
            places = self._places()
            await asyncio.gather(
                *(self._calls(phone, sort, place, CALLERS) for sort, place in zip(SORTS, places, strict=True))
            )
            await self.town.pace.let_pass(HOUR, BURST_AFTER_S)
            await asyncio.gather(
                *(self._calls(phone, sort, place, LATER_CALLERS) for sort, place in zip(SORTS, places, strict=True))
            )
            await self.town.pace.let_pass(HOUR, BURST_AFTER_S)

    async def round(self) -> None:
        """Settle what asks for a decision, tell the leaders, end what is over."""
        lead = self.town.people["shift_lead"]
        async for prompt in lead.lines("/api/v1/prompts?state=open", "prompts"):
            await self._settle(prompt)
        async for incident in lead.lines("/api/v1/incidents?open=true", "incidents"):
            await self._care(incident)

    async def storm(self) -> None:
        """A shift lead says now and then that there is a storm, and some minutes later that it is over."""
        while True:
            await self.town.pace.let_pass(STORM_EVERY, STORM_AFTER_S)
            await self._switch("begin")
            await self.town.pace.let_pass(STORM_FOR)
            await self._look_out()
            await self._switch("end")

    async def _look_out(self) -> None:
        """The shift lead sees what waits, and that requests are registered as ever."""
        page = await self.town.people["shift_lead"].read("/api/v1/storm")
        if page is None or not page["is_on"] or not page["waits"]:
            self.town.tally.surprise(f"a storm that puts nothing off: {page}")
        else:
            self.town.tally.seen["storm looked at"] += 1

    async def _switch(self, action: str) -> None:
        content = {"action": action, "reason": self.town.say("incident", f"storm_{action}")}
        answer = await self.town.people["shift_lead"].post("/api/v1/storm", content)
        self.town.tally.count(f"{action} storm", answer)

    def _places(self) -> list[GazetteerEntry]:
        return self.town.chance("burst", self._rounds).sample(self.town.city.gazetteer, len(SORTS))

    async def _calls(self, phone: Person, sort: str, place: GazetteerEntry, callers: int) -> None:
        for n in range(callers):
            dice = self.town.chance("burst", self._rounds, sort, callers, n)
            text = self.town.say("incident", sort, self._rounds, callers, n).format(place=place.name)
            content = {"text": text, "caller": {"phone": f"137{dice.randrange(10**8):08d}"}}
            key = f"city-burst-{self.town.seed}-{self.town.pace.now().timestamp()}-{sort}-{n}"
            answer = await phone.post("/api/v1/tickets", content, key=key)
            self.town.tally.count(f"report {sort}", answer)
            if answer.is_done and "incident" in answer.body:
                await self._attach(answer.body)

    async def _attach(self, receipt: dict[str, Any]) -> None:
        """One click at the seat."""
        path = f"/api/v1/incidents/{receipt['incident']['id']}/attach"
        answer = await self.town.people["agent"].post(path, {"tickets": [receipt["number"]]})
        self.town.tally.count("attach to incident", answer)

    async def _settle(self, prompt: dict[str, Any]) -> None:
        path = f"/api/v1/prompts/{prompt['id']}"
        person = self.town.people["shift_lead"]
        is_burst = prompt["keyword"] is not None and prompt["keyword"]["code"] in SORTS
        if prompt["lead"] is not None and (is_burst or int(prompt["id"]) % 2):
            fits = prompt["fits"]
            said = {"answer": self.town.say("incident", "answer", prompt["id"])}
            content = said if fits is None else {"into": fits["id"]}
            self.town.tally.count("open incident", await person.post(f"{path}/open", content))
        else:
            content = {"reason": self.town.say("incident", "dismiss", prompt["id"])}
            self.town.tally.count("dismiss prompt", await person.post(f"{path}/dismiss", content))

    async def _care(self, incident: dict[str, Any]) -> None:
        age = self.town.pace.now() - self._moment(incident["opened_at"])
        is_slow = int(incident["id"]) % IN_TIME != 0
        if incident["reports"] == 0 and (not is_slow or incident["late_reports"]):
            self.town.tally.seen["report to leaders late"] += bool(incident["late_reports"])
            await self._step(incident, "report")
        elif age > OPEN_FOR and incident["answer_version"] < 2:
            await self._step(incident, "answer", tell=True)
        elif age > OPEN_FOR + STORM_FOR and incident["reports"]:
            await self._step(incident, "close")

    async def _step(self, incident: dict[str, Any], action: str, **more: Any) -> None:
        content = {"action": action, "text": self.town.say("incident", action, incident["id"]), **more}
        path = f"/api/v1/incidents/{incident['id']}/steps"
        self.town.tally.count(f"{action} incident", await self.town.people["shift_lead"].post(path, content))

    def _moment(self, text: str) -> Any:
        return type(self.town.pace.now()).fromisoformat(text)
