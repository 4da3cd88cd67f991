"""The lines' day: calls that overflow or are passed on, callers who are referred, numbers given back, sub-centres reconciled."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

from models.calendar import CHINA_TIME
from models.vocabulary import Integration

if TYPE_CHECKING:
    import random

    from hotline.simulation.connection import Person
    from hotline.simulation.town import Town
    from models.line import Line

RECORDS_A_ROUND: Final = 3
ROUND_EVERY_S: Final = 5.0


class LineKeepers:
    """Who keeps the lines together: seats that pass calls on, other systems that give numbers back, sub-centres."""

    def __init__(self, town: Town, phone: Person, feed: Person) -> None:
        self.town = town
        self.phone = phone
        self.feed = feed
        lines = list(town.city.lines.values())
        self._parallel = [line for line in lines if line.integration is Integration.PARALLEL and line.overflow_to]
        self._referral = [line for line in lines if line.integration is Integration.REFERRAL and line.script]
        self._subcenters = [line for line in lines if line.integration is Integration.SUBCENTER]
        self._elsewhere = [line for line in self._parallel if line.record_elsewhere]
        self._waiting: list[int] = []
        # What each sub-centre has of each day.
        self._listed: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._rounds = 0

    async def run(self, seconds: float) -> None:
        """Go round again and again for so many seconds (0: for ever), then end the calls that still wait."""
        until = time.monotonic() + seconds
        while not seconds or time.monotonic() < until:
            await self._round()
            await asyncio.sleep(ROUND_EVERY_S)
        for call in self._waiting:
            await self._spoken(call)

    async def _round(self) -> None:
        """Let one call of each kind go its way, and see that the figures add up."""
        self._rounds += 1
        dice = self.town.chance("lines", self._rounds)
        for call in self._waiting:
            await self._spoken(call)
        self._waiting = [await self._offer(dice.choice(self._parallel))]
        await self._pass_on(dice)
        await self._refer(dice)
        await self._number(dice)
        await self._reconcile(dice.choice(self._subcenters))
        await self._add_up()

    async def _pass_on(self, dice: random.Random) -> None:
        """What is another line's business goes to its seats, where they are open."""
        register = await self.phone.read(f"/api/v1/lines?integration={Integration.PARALLEL}&limit=100")
        numbers = [one["number"] for one in (register or {"lines": []})["lines"] if one["answered_by"] == one["number"]]
        usable = [line for line in self._parallel if line.number in numbers]
        if not usable:
            return
        line = dice.choice(usable)
        call = await self._offer(self.town.city.lines[line.overflow_to or line.number])
        await self._happens(call, "answered", agent=self.town.agent)
        await self._happens(call, "transferred", line=line.number, reason=dice.choice(("theirs", "skill", "asked")))
        await self._spoken(call)

    async def _refer(self, dice: random.Random) -> None:
        """What is not ours to decide: the caller is told by script whom to call."""
        call = await self._offer(dice.choice(self._parallel))
        await self._happens(call, "answered", agent=self.town.agent)
        await self._happens(call, "ended", outcome="referred", line=dice.choice(self._referral).number)

    async def _number(self, dice: random.Random) -> None:
        """Another system keeps the matter too: its number comes back; who registers it again is told of the first."""
        line = dice.choice(self._elsewhere)
        place = dice.choice(self.town.city.gazetteer).name
        text = self.town.say("lines", "matter", self._rounds).format(place=place)
        outside = {"system": line.number, "number": f"{line.number}-{self.town.seed}-{self._rounds}"}
        first = await self._register(text, line, "first")
        if first is None:
            return
        given = await self.phone.post(f"/api/v1/tickets/{first['number']}/external-ids", outside)
        self.town.tally.count("give external id", given)
        again = await self._register(text, line, "again", external_id=outside)
        if again is not None and [one["number"] for one in again["possible_duplicates"][:1]] != [first["number"]]:
            self.town.tally.surprise(f"external id: {again['number']} is not told of {first['number']}")

    async def _register(self, text: str, line: Line, turn: str, **more: Any) -> Any:
        content = {"text": text, "line": line.number, **more}
        key = f"city-line-{self.town.seed}-{self._rounds}-{turn}"
        answer = await self.phone.post("/api/v1/tickets", content, key=key)
        self.town.tally.count("register", answer)
        return answer.body if answer.is_done else None

    async def _reconcile(self, line: Line) -> None:
        """A sub-centre sends its records and says what it has of the day; what was lost on the way is sent again."""
        day, path = self.town.pace.now().astimezone(CHINA_TIME).date().isoformat(), f"/api/v1/feeds/{line.number}"
        names = [f"{line.number}-{self.town.seed}-{self._rounds}-{n}" for n in range(RECORDS_A_ROUND)]
        for name in names[1:]:
            await self._send(path, name, day)
        listed = self._listed.setdefault((line.number, day), [])
        listed += [{"external_id": name, "version": 1} for name in names]
        said = await self.feed.post(f"{path}/reconciliations/{day}", {"records": listed}, method="PUT")
        self.town.tally.count("reconcile", said)
        for one in said.body.get("differences", []):
            if one["what"] == "missing":
                await self._send(path, one["external_id"], day)

    async def _send(self, path: str, name: str, day: str) -> None:
        content = {"version": 1, "day": day, "record": {"matter": self.town.say("lines", "record", name)}}
        self.town.tally.count("send mirror record", await self.feed.post(f"{path}/{name}", content, method="PUT"))

    async def _add_up(self) -> None:
        found = await self.town.people["supervisor"].read("/api/v1/lines/figures")
        if found is None:
            return
        self.town.tally.taken["read figures of lines"] += 1
        for way in ("dialled", "handling"):
            sums = {name: sum(row[name] for row in found[way]) for name in found["total"]}
            if sums != found["total"]:
                self.town.tally.surprise(f"lines: {way} {sums} are not {found['total']}")

    async def _offer(self, line: Line) -> int:
        offered = await self.phone.post("/api/v1/interactions", {"line": line.number})
        if not offered.is_done:
            self.town.tally.surprise(f"line {line.number}: {offered}")
        return int(offered.body.get("id", 0))

    async def _spoken(self, call: int) -> None:
        await self._happens(call, "answered", agent=self.town.agent)
        await self._happens(call, "ended", outcome="answered")

    async def _happens(self, call: int, event: str, **more: Any) -> None:
        answer = await self.phone.post(f"/api/v1/interactions/{call}/events", {"event": event, **more})
        self.town.tally.count(more.get("outcome", event) if event == "ended" else event, answer)
        # A line may close between the look at its hours and the transfer: then the call stays where it is.
        if not answer.is_done and (event, answer.status) != ("transferred", 409):
            self.town.tally.surprise(f"call {event}: {answer}")
