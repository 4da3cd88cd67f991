"""The rungs of the follow-up below a person, and merged callers: links, automatic calls answered by keys, calls by people."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from hotline.simulation.system import System
from models.attempts import part_of

if TYPE_CHECKING:
    from hotline.simulation.citizens import Citizens
    from hotline.simulation.connection import Person
    from hotline.simulation.town import Town

AUTO_CALL: Final = "auto_call"
AT_A_TIME: Final = 40
# How many telephones the automatic system rings at once.
LINES: Final = 16
# What a citizen presses, and how often; the others do not pick up.
KEYS: Final = {"1": 62, "2": 2, "3": 2, "": 34}
# Whose tale needs a person's call lets the telephone ring.
PICKS_UP: Final = frozenset({"satisfied", "rejected"})
BY_LINK: Final = 0.2
NOT_AT_HOME: Final = 0.1
CONTENT: Final = 0.95


class Ladder:
    """A system that makes automatic calls, and the follow-up desk's calls to merged callers."""

    def __init__(self, town: Town, citizens: Citizens, phone: Person) -> None:
        self.town = town
        self.citizens = citizens
        self.phone = phone
        self.system = System(town, AUTO_CALL, self._hear)
        self._terms = town.city.policies[town.city.policy].follow_up
        self._orders: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._lines = asyncio.Semaphore(LINES)
        self._done: set[tuple[str, ...]] = set()

    async def calls(self) -> None:
        """Make the calls that were ordered, on all lines at once: each order holds for a short while only."""
        async with asyncio.TaskGroup() as group:
            while True:
                order = await self._orders.get()
                await self._lines.acquire()
                group.create_task(self._call(order))

    async def round(self) -> None:
        """What merged callers do, and who calls them."""
        person = self.town.people["follow_up"]
        asks = [row async for row in person.lines("/api/v1/follow-ups", "asks") if row["is_merged"]]
        await asyncio.gather(*(self._merged(ask) for ask in asks[:AT_A_TIME]))

    def _hear(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "follow_up.call":
            self._orders.put_nowait(data)

    async def _call(self, order: dict[str, Any]) -> None:
        """Ring; the citizen presses a key or does not pick up."""
        dice = self.town.chance("key", order["call"])
        key = dice.choices(list(KEYS), list(KEYS.values()))[0] if self._picks_up(order) else ""
        told = (
            {"outcome": "answered", "key": key} if key else {"outcome": dice.choice(("no_answer", "busy", "hung_up"))}
        )
        try:
            answer = await self.phone.post(f"/api/v1/follow-ups/calls/{order['call']}/result", told)
            self.town.tally.count(f"automatic call: {key or 'nobody'}", answer)
        finally:
            self._lines.release()

    def _picks_up(self, order: dict[str, Any]) -> bool:
        """Tell whether no matter of this telephone's, or with the number that is read out, has a tale that needs a person's call."""
        endings = self.town.endings
        numbers = self.town.matters.get(order["phone"]) or [
            one for one in endings.numbers if f"尾号{one[-4:]}" in order["script"]
        ]
        told = [endings.of(number) for number in numbers]
        return all(one is None or one.tale.name in PICKS_UP for one in told)

    async def _merged(self, ask: dict[str, Any]) -> None:
        """A merged caller rates by the link, or is called by a person once in a part of the day."""
        number, round_ = ask["ticket"], str(ask["round"])
        now = self.town.pace.now()
        part = part_of(now, self._terms)
        dice = self.town.chance("merged caller", number, round_)
        by_link = ("link", number, round_)
        if number in self.town.codes and dice.random() < BY_LINK and by_link not in self._done:
            self._done.add(by_link)
            await self.citizens.rate(number)
            return
        key = ("person", number, round_, now.date().isoformat(), part or "")
        if ask["rung"] != "person" or part is None or key in self._done:
            return
        self._done.add(key)
        said: dict[str, Any] = {"reached": False}
        if self.town.chance(*key).random() >= NOT_AT_HOME:
            is_content = dice.random() < CONTENT
            reason = "" if is_content else self.town.say("follow_up", "unsatisfied", number)
            said = {"reached": True, "solved": is_content, "satisfied": is_content, "reason": reason}
        answer = await self.town.people["follow_up"].post(f"/api/v1/follow-ups/{number}/answers", said)
        self.town.tally.count("ask a merged caller", answer)
