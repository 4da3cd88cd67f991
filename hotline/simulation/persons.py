"""Real people at seats: whoever signs on beside city life's own agents is rung too, and hears a caller sentence by sentence."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from hotline.simulation.talk import Talk
    from hotline.simulation.town import Town

# All of this is in real seconds: a person speaks, reads and types no faster where the hub's clock races.
LOOK_EVERY_S: Final = 1.0
RINGS_FOR_S: Final = 25.0
LISTENS_FOR_S: Final = 900.0
CHARACTERS_A_SECOND: Final = 5.0
SHORTEST_S: Final = 0.8
SILENT_FOR_S: Final = 12.0
_SENTENCE: Final = re.compile(r"[^，。！？；]+[，。！？；]?")


class Persons:
    """Seats that are not city life's own, as telephony sees them; each is rung by one call at a time."""

    def __init__(self, town: Town, talk: Talk, own: Collection[str]) -> None:
        self.town = town
        self.talk = talk
        self._own = frozenset(own)
        self._seats: dict[str, dict[str, Any]] = {}
        self._rung: set[str] = set()

    async def watch(self) -> None:
        """Look at the seats for ever."""
        while True:
            lines = self.town.people["shift_lead"].lines("/api/v1/seats", "seats")
            self._seats = {line["agent"]: line async for line in lines if line["agent"] not in self._own}
            await asyncio.sleep(LOOK_EVERY_S)

    def free(self) -> str | None:
        """Return who has been free the longest, None where nobody is."""
        found = [one for one in self._seats.values() if one["state"] == "free" and one["agent"] not in self._rung]
        return min(found, key=lambda one: one["since"])["agent"] if found else None

    def has(self, call: int) -> bool:
        """Tell whether a person has taken this call or chat."""
        return any(one["interaction"] == call and one["state"] == "busy" for one in self._seats.values())

    async def ring(self, agent: str, call: int, words: str) -> bool:
        """Let a call ring at a person's seat and go its way; False where the seat is not free any more."""
        self._rung.add(agent)
        try:
            path = f"/api/v1/interactions/{call}/events"
            if not (await self.talk.phone.post(path, {"event": "offered", "agent": agent})).is_done:
                return False
            if await self._comes(lambda: self.has(call), RINGS_FOR_S):
                await self.speak(call, words)
            else:
                self.town.tally.seen["person did not answer"] += 1
                await self.talk.happens(call, "abandoned", is_perhaps_over=True)
        finally:
            self._rung.discard(agent)
        return True

    async def speak(self, call: int, words: str) -> None:
        """Say it as speech recognition hears it, then wait until the person has ended the call."""
        self.town.tally.seen["call taken by a person"] += 1
        for sentence in sentences(words):
            await asyncio.sleep(max(SHORTEST_S, len(sentence) / CHARACTERS_A_SECOND))
            if not self.has(call):
                return
            await self.talk.happens(call, "transcript", is_perhaps_over=True, text=sentence)
        await self._comes(lambda: not self.has(call), LISTENS_FOR_S if words else SILENT_FOR_S)
        if self.has(call):
            await self.talk.happens(call, "ended", is_perhaps_over=True)

    async def _comes(self, what: Callable[[], bool], seconds: float) -> bool:
        """Wait so many seconds at most until something is so; tells whether it is."""
        for _ in range(int(seconds / LOOK_EVERY_S)):
            if what():
                return True
            await asyncio.sleep(LOOK_EVERY_S)
        return what()


def sentences(words: str) -> Iterator[str]:
    """Yield what is said between two breaths."""
    yield from (found.group() for found in _SENTENCE.finditer(words))
