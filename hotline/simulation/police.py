"""110 and its siblings: orders come from them, calls go to them by one key, clues are pushed and acknowledged."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hotline.simulation.system import System

if TYPE_CHECKING:
    from hotline.simulation.connection import Person
    from hotline.simulation.town import Town

POLICE: Final = "110"
ROUND_EVERY_S: Final = 6.0
NUMBERS: Final = ("110", "122", "110", "119", "120", "12356")
# The other side picks up after so long; every third does not, and the shift lead must telephone.
RINGS_AFTER: Final = timedelta(seconds=8)
PICKS_UP_AFTER: Final = timedelta(seconds=15)
NOBODY_PICKS_UP: Final = 3
TICKET_COMES: Final = 2
WITHDRAWN: Final = 2
FIRST_RECEIVER: Final = "首接负责"


class Police:
    """110's own system and those at the hotline who speak with it."""

    def __init__(self, town: Town, phone: Person, police: Person) -> None:
        self.town = town
        self.phone = phone
        self.police = police
        self.system = System(town, POLICE, self._hear)
        own = town.city.hotline_department
        self._host_line = next(line.number for line in town.city.lines.values() if line.department == own)
        self._clues: asyncio.Queue[str] = asyncio.Queue()
        self._orders: asyncio.Queue[str] = asyncio.Queue()
        self._rounds = 0

    async def run(self, seconds: float) -> None:
        """Live for so many seconds (0: for ever), then only end what has begun."""
        until = time.monotonic() + seconds
        while True:
            if not seconds or time.monotonic() < until:
                self._rounds += 1
                await self._push_order()
                await self._told_by_telephone()
                await self._transfer()
                await self._push_clue()
            await self._send_back()
            await self._acknowledge()
            await asyncio.sleep(ROUND_EVERY_S)

    def _hear(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "risk_clue.pushed":
            self._clues.put_nowait(data["clue"])
        elif kind == "handoff.opened":
            self._orders.put_nowait(data["handoff"])

    async def _push_order(self) -> None:
        """What came to 110 and is the city's; sometimes its system sends the same twice."""
        place = self.town.chance("order", self._rounds).choice(self.town.city.gazetteer).name
        what = "theirs" if self._rounds % TICKET_COMES else "order"
        text = self.town.say("police", what, self._rounds).format(place=place)
        number = f"J{self.town.seed}-{int(self.town.pace.now().timestamp())}-{self._rounds}"
        path = f"/api/v1/police-orders/{number}"
        first = await self.police.post(path, {"text": text}, method="PUT")
        self.town.tally.count("push police order", first)
        if first.is_done and self._rounds % TICKET_COMES:
            again = await self.police.post(path, {"text": text}, method="PUT")
            self.town.tally.seen["police order pushed twice"] += 1
            if again.body != first.body:
                self.town.tally.surprise(f"police order twice: {again}")

    async def _told_by_telephone(self) -> None:
        """110 puts a caller through and names its number."""
        n = self._rounds
        offered = await self.phone.post("/api/v1/interactions", {"line": self._host_line})
        if not offered.is_done:
            self.town.tally.surprise(f"call put through by 110: {offered}")
            return
        call = offered.body["id"]
        await self._happens(call, "answered", agent=self.town.agent)
        text = self.town.say("police", "rest", n, "told").format(place=self._place(n))
        number = f"T{self.town.seed}-{call}"
        content = {"text": text, "line": self._host_line, "interaction": call, "police_number": number}
        registered = await self.phone.post("/api/v1/tickets", content, key=f"city-{number}")
        self.town.tally.count("register for 110 by telephone", registered)
        await self._happens(call, "ended", outcome="new_ticket" if registered.is_done else "answered")
        page = await self.town.people["agent"].read(f"/api/v1/police-orders/{number}")
        if registered.is_done and registered.body["number"] not in _numbers(page):
            self.town.tally.surprise(f"police order {number} is not found: {page}")

    async def _transfer(self) -> None:
        """A call during which the agent presses one key; a ticket comes of it or not."""
        n, number = self._rounds, NUMBERS[self._rounds % len(NUMBERS)]
        caller = {"phone": f"136{self.town.chance('transfer', n).randrange(10**8):08d}"}
        offered = await self.phone.post("/api/v1/interactions", {"line": self._host_line, "caller": caller})
        if not offered.is_done:
            self.town.tally.surprise(f"call to be handed off: {offered}")
            return
        call = offered.body["id"]
        await self._happens(call, "answered", agent=self.town.agent)
        pressed = await self.town.people["agent"].post("/api/v1/handoffs", {"number": number, "interaction": call})
        self.town.tally.count("one-key handoff", pressed)
        outcome = "answered"
        if n % TICKET_COMES:
            text = self.town.say("police", "rest", n).format(place=self._place(n))
            content = {"text": text, "line": self._host_line, "interaction": call, "caller": caller}
            key = f"city-handoff-{self.town.seed}-{call}"
            registered = await self.phone.post("/api/v1/tickets", content, key=key)
            self.town.tally.count("register", registered)
            outcome = "new_ticket" if registered.is_done else outcome
        if pressed.is_done:
            await self._taken(pressed.body["id"], number, n)
        await self._happens(call, "ended", outcome=outcome)

    async def _taken(self, handoff: str, number: str, n: int) -> None:
        """The other side rings, picks up and says its number; a three-way note is taken."""
        if n % NOBODY_PICKS_UP == 0:
            self.town.tally.seen["handoff that nobody took at once"] += 1
            await self.town.pace.rest(timedelta(minutes=3))
        else:
            await self.town.pace.rest(RINGS_AFTER)
            await self._handoff_step(self.phone, handoff, "offer")
            await self.town.pace.rest(PICKS_UP_AFTER)
        person = self.police if number in {POLICE, "122"} else self.town.people["agent"]
        page = await self.town.people["agent"].read(f"/api/v1/handoffs/{handoff}")
        if page is not None and page["confirmed_at"] is None:
            await self._handoff_step(person, handoff, "confirm", outside_number=f"{number}-{n}")
        parties = ["12345话务员", f"{number}值班员", "诉求人"]
        agreed = self.town.say("police", "agreed", n)
        await self._handoff_step(self.town.people["agent"], handoff, "note", parties=parties, agreed=agreed)

    async def _push_clue(self) -> None:
        """The desk finds that 110 should hear of something, and sometimes that it was nothing."""
        page = await self.town.people["dispatcher"].read("/api/v1/tickets?state=assigned&limit=1")
        for line in (page or {"tickets": []})["tickets"]:
            content = {"ticket": line["number"], "reason": self.town.say("police", "clue", line["number"])}
            pushed = await self.town.people["dispatcher"].post("/api/v1/risk-clues", content)
            self.town.tally.count("push clue", pushed)
            if pushed.is_done and self._rounds % WITHDRAWN == 0:
                reason = self.town.say("police", "nothing", line["number"])
                await self._clue_step(self.town.people["dispatcher"], pushed.body["id"], "withdraw", reason=reason)

    async def _acknowledge(self) -> None:
        """110 takes what its system was told of, where nobody has told the hub by telephone yet."""
        while not self._orders.empty():
            handoff = self._orders.get_nowait()
            opened = await self.town.people["dispatcher"].read(f"/api/v1/handoffs/{handoff}")
            if opened is not None and opened["confirmed_at"] is None:
                await self._handoff_step(self.police, handoff, "confirm", outside_number=f"P-{handoff}")
        while not self._clues.empty():
            clue = self._clues.get_nowait()
            page = await self.town.people["dispatcher"].read(f"/api/v1/risk-clues/{clue}")
            if page is not None and page["state"] == "waiting":
                await self._clue_step(self.police, clue, "acknowledge", reference=f"X-{clue}")

    async def _send_back(self) -> None:
        """The desk finds that an order is the police's after all."""
        async for line in self.town.people["dispatcher"].lines("/api/v1/tickets?state=on_desk"):
            if line["channel"] == "police" and FIRST_RECEIVER in (line["desk_reason"] or ""):
                reason = self.town.say("police", "sent_back", line["number"])
                fields = {"number": POLICE, "reason": reason, "remainder": False}
                await self.town.people["dispatcher"].step_on(line, "hand_off", **fields)

    async def _handoff_step(self, person: Person, handoff: str, action: str, **more: Any) -> None:
        answer = await person.post(f"/api/v1/handoffs/{handoff}/steps", {"action": action, **more})
        self.town.tally.count(f"{action} handoff", answer)

    async def _clue_step(self, person: Person, clue: str, action: str, **more: Any) -> None:
        answer = await person.post(f"/api/v1/risk-clues/{clue}/steps", {"action": action, **more})
        self.town.tally.count(f"{action} clue", answer)

    async def _happens(self, call: int, event: str, **more: Any) -> None:
        answer = await self.phone.post(f"/api/v1/interactions/{call}/events", {"event": event, **more})
        if not answer.is_done:
            self.town.tally.surprise(f"call {event}: {answer}")

    def _place(self, n: int) -> str:
        return self.town.chance("rest", n).choice(self.town.city.gazetteer).name


def _numbers(page: dict[str, Any] | None) -> set[str]:
    """Return the tickets of a police order: one, and what was split off it."""
    return {ticket["number"] for ticket in (page or {"tickets": []})["tickets"]}
