"""Callers: calls on many numbers, some abandoned, some silent, some wrong; most become a ticket."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

from models.vocabulary import Integration, Kind

if TYPE_CHECKING:
    import random

    from hotline.simulation.citizens import Citizens
    from hotline.simulation.connection import Person
    from hotline.simulation.town import Town
    from models.city import CorpusRow

# How a call goes, and how often; the rest of them become tickets.
WAYS: Final = {
    "new_ticket": 62,
    "emergency": 4,
    "beyond": 3,
    "answered": 10,
    "progress_query": 6,
    "abandoned": 8,
    "silent": 3,
    "wrong_number": 3,
    "harassment": 1,
}
# Numbers that are not ours to answer: sub-centres send mirror records, linked ones are emergencies.
NOT_OURS: Final = frozenset({Integration.SUBCENTER, Integration.LINKED})
HOST_LINE: Final = 0.6
LONGEST_QUESTION: Final = 400


class Callers:
    """Whoever calls, at so many calls a second."""

    def __init__(self, town: Town, citizens: Citizens, phone: Person, corpus: list[CorpusRow]) -> None:
        self.town = town
        self.citizens = citizens
        self.phone = phone
        self._corpus = corpus
        self._inquiries = [row for row in corpus if row.kind is Kind.INQUIRY]
        own = town.city.hotline_department
        self._host_line = next(line.number for line in town.city.lines.values() if line.department == own)
        self._lines = [line.number for line in town.city.lines.values() if line.integration not in NOT_OURS]
        self._registered: list[str] = []

    async def run(self, calls: float, seconds: float) -> None:
        """Call `calls` times a second for so many seconds (0: for ever), then let the last calls go on."""
        started, n = time.monotonic(), 0
        async with asyncio.TaskGroup() as group:
            while not seconds or time.monotonic() - started < seconds:
                group.create_task(self._call(n))
                n += 1
                await asyncio.sleep(max(0.0, started + n / calls - time.monotonic()))

    async def _call(self, n: int) -> None:
        dice = self.town.chance("call", n)
        way = list(WAYS)[n] if n < len(WAYS) else dice.choices(list(WAYS), list(WAYS.values()))[0]
        line = self._host_line if dice.random() < HOST_LINE else dice.choice(self._lines)
        caller = {"name": self.town.say("callers", "name", n), "phone": f"139{dice.randrange(10**8):08d}"}
        offered = await self.phone.post("/api/v1/interactions", {"line": line, "caller": {"phone": caller["phone"]}})
        if not offered.is_done:
            self.town.tally.surprise(f"call: {offered}")
            return
        call = offered.body["id"]
        self.town.tally.seen[f"call {way}"] += 1
        if way == "abandoned":
            await self._happens(call, "abandoned")
            await self._called_back(line, caller["phone"])
            return
        await self._happens(call, "answered", agent="demo-agent")
        if way in {"new_ticket", "emergency", "beyond"}:
            await self._register(call, line, caller, self._text(way, dice), n)
            return
        if way == "answered":
            await self._answer(call, line, caller, dice)
            return
        if way == "progress_query" and self._registered:
            await self.citizens.look(dice.choice(self._registered))
        await self._happens(call, "ended", outcome=way)

    async def _register(self, call: int, line: str, caller: dict[str, str], text: str, n: int) -> None:
        """The agent writes the request down while the citizen speaks."""
        content = {"text": text, "line": line, "interaction": call, "caller": caller}
        answer = await self.phone.post("/api/v1/tickets", content, key=f"city-call-{self.town.seed}-{call}")
        self.town.tally.count("register", answer)
        await self._happens(call, "ended", outcome="new_ticket")
        if answer.is_done:
            number = answer.body["number"]
            self.town.codes[number] = answer.body["query_code"]
            self._registered.append(number)
            await self.citizens.live(number, n)

    async def _answer(self, call: int, line: str, caller: dict[str, str], dice: random.Random) -> None:
        """直办: the agent reads out what the knowledge base says and cites it; what it does not know is reported and registered."""
        question = dice.choice(self._inquiries).text
        draft = await self.phone.post("/api/v1/knowledge/answer", {"question": question[:LONGEST_QUESTION]})
        content = {"text": question, "line": line, "interaction": call, "caller": caller}
        if draft.is_done and draft.body["text"] is not None:
            said = {"answer": draft.body["text"], "cites": [draft.body["citations"][0]["code"]]}
            answer = await self.phone.post(
                "/api/v1/tickets", content | said, key=f"city-answer-{self.town.seed}-{call}"
            )
            if answer.is_done:
                self.town.tally.count("answer in the call", answer)
                await self._happens(call, "ended", outcome="answered")
                return
        else:
            await self.phone.post("/api/v1/knowledge/gaps", {"question": question[:LONGEST_QUESTION]})
        await self._register(call, line, caller, question, call)

    async def _called_back(self, line: str, phone: str) -> None:
        """Somebody calls a missed caller back (漏接回拨): the number is answered this time."""
        offered = await self.phone.post("/api/v1/interactions", {"line": line, "caller": {"phone": phone}})
        await self._happens(offered.body["id"], "answered", agent="demo-agent")
        await self._happens(offered.body["id"], "ended", outcome="answered")

    async def _happens(self, call: int, event: str, **more: Any) -> None:
        answer = await self.phone.post(f"/api/v1/interactions/{call}/events", {"event": event, **more})
        if not answer.is_done:
            self.town.tally.surprise(f"call {event}: {answer}")

    def _text(self, way: str, dice: random.Random) -> str:
        place = dice.choice(self.town.city.gazetteer).name
        if way != "new_ticket":
            return self.town.say("callers", way, dice.random()).format(place=place)
        text = dice.choice(self._corpus).text
        return self.town.say("callers", "located", dice.random()).format(place=place, text=text.rstrip("。"))
