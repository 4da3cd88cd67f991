"""What telephony tells of a call or chat: that it came, what was said, as speech recognition hears it, and how it ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hotline.simulation.connection import Person
    from hotline.simulation.town import Town

TALK: Final = timedelta(seconds=50)
# What telephony tells a missed caller only while there is a storm.
STORM_WORDS: Final = "来电集中"
# Speech recognition listens to so many of the calls: each piece is sealed and stored by itself.
HEARD: Final = 0.3
PIECES: Final = (2, 4)


class Talk:
    """The events of calls, through the channel of telephony."""

    def __init__(self, town: Town, phone: Person) -> None:
        self.town = town
        self.phone = phone

    async def offered(self, content: dict[str, Any], door: Person | None = None) -> int | None:
        """A call or chat arrives; returns its id, None where the hub does not take it."""
        answer = await (door or self.phone).post("/api/v1/interactions", content)
        if not answer.is_done:
            self.town.tally.surprise(f"call: {answer}")
            return None
        return int(answer.body["id"])

    async def happens(self, call: int, event: str, *, is_perhaps_over: bool = False, **more: Any) -> None:
        """Something happens to it; that it is over already is a surprise, unless it may be."""
        answer = await self.phone.post(f"/api/v1/interactions/{call}/events", {"event": event, **more})
        if not answer.is_done and not is_perhaps_over:
            self.town.tally.surprise(f"call {event}: {answer}")
        if STORM_WORDS in (answer.body.get("say") or ""):
            self.town.tally.seen["missed caller told of a later call"] += 1

    async def spoken(self, call: int, text: str) -> None:
        """Some of the calls are heard by speech recognition: pieces, with what people say between them."""
        dice = self.town.chance("heard", call)
        if dice.random() >= HEARD:
            return
        await self.happens(call, "transcript", text=self.town.say("callers", "hello", call))
        n = dice.randint(*PIECES)
        size = max(1, -(-len(text) // n))
        for k in range(0, len(text), size):
            filler = self.town.say("callers", "filler", call, k)
            await self.happens(call, "transcript", text=f"{filler}{text[k : k + size]}"[:1000])
        self.town.tally.seen["heard by speech recognition"] += 1
