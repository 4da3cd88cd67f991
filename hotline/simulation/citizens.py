"""Citizens with a number and a query code: they urge, add, take back, rate by the link, and ask again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    import random

    from hotline.simulation.connection import Answer
    from hotline.simulation.town import Town

MIDDLE: Final = timedelta(hours=10)
# What a citizen does besides waiting, and how often.
WAYS: Final = {"wait": 70, "urge": 12, "supplement": 12, "look": 4, "withdraw": 2}


class Citizens:
    """Everybody who was given a query code in this run."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def live(self, number: str, n: int) -> None:
        """Live on with a ticket: the first citizens do each thing once, the others as the dice fall."""
        dice = self.town.chance("citizen", number)
        way = list(WAYS)[n] if n < len(WAYS) else dice.choices(list(WAYS), list(WAYS.values()))[0]
        await self.town.pace.rest(MIDDLE * dice.uniform(0.3, 2))
        await self.look(number)
        if way in {"urge", "supplement", "withdraw"}:
            text = self.town.say("citizen", way, number)
            fields = {"reason": text} if way == "withdraw" else {"text": text}
            await self.step(number, way, **fields)

    async def look(self, number: str) -> dict[str, Any]:
        """See where the matter stands, as the citizen's page does."""
        code = self.town.codes[number]
        answer = await self.town.connection.ask("GET", f"/api/v1/track/{number}?code={code}", headers={})
        self.town.tally.seen["looked up by a citizen"] += 1
        if not answer.is_done:
            self.town.tally.surprise(f"track {number}: {answer}")
        return answer.body

    async def rate(self, number: str) -> bool:
        """Rate by the link; tells whether it was taken."""
        dice: random.Random = self.town.chance("rate", number)
        is_good = dice.random() < 0.9
        score = 5 if is_good else 2
        return (await self.step(number, "rate", solved=is_good, satisfied=is_good, score=score)).is_done

    async def ask_reopen(self, number: str) -> None:
        """Ask that a closed matter be taken up again."""
        await self.step(number, "ask_reopen", reason=self.town.say("citizen", "ask_reopen", number))

    async def step(self, number: str, action: str, **fields: Any) -> Answer:
        """Take a citizen's step with the query code."""
        content = msgspec.json.encode({"action": action, "code": self.town.codes[number], **fields})
        answer = await self.town.connection.ask("POST", f"/api/v1/track/{number}/steps", headers={}, content=content)
        self.town.tally.count(action, answer)
        return answer
