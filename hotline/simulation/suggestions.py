"""Suggestions in public: made by citizens, published by the hotline, supported by others, studied, done, digested."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from models.vocabulary import Kind, SuggestionState

if TYPE_CHECKING:
    from hotline.simulation.connection import Answer, Person
    from hotline.simulation.town import Town

STUDIED_EVERY: Final = 2
UNPUBLISHED_EVERY: Final = 12
DIGEST_EVERY: Final = 5
LOOKED_AT: Final = 20


class Suggesters:
    """Citizens with an idea, and what becomes of it."""

    def __init__(self, town: Town, web: Person) -> None:
        self.town = town
        self.web = web
        self._rounds = 0
        self._open: list[str] = []

    async def round(self) -> None:
        """Suggest and publish one, support others, move what can be moved, read the digest now and then."""
        self._rounds += 1
        receipt = await self._suggest() if self.town.is_calling else None
        if receipt is not None:
            await self._support(receipt)
            if receipt["kind"] == Kind.SUGGESTION:
                await self._publish(receipt["number"])
        await self._move()
        if self._rounds % DIGEST_EVERY == 0:
            await self._digest()

    async def _suggest(self) -> dict[str, Any] | None:
        dice = self.town.chance("suggestion", self._rounds)
        caller = {"name": self.town.say("callers", "name", self._rounds), "phone": f"137{dice.randrange(10**8):08d}"}
        content = {"text": self._words("text"), "caller": caller}
        made = await self.web.post("/api/v1/tickets", content, key=secrets.token_hex(8))
        self.town.tally.count("suggest", made)
        return made.body if made.is_done else None

    async def _publish(self, number: str) -> None:
        content = {"ticket": number, "title": self._words("title"), "brief": self._words("brief"), "consent": "online"}
        made = await self.town.people["supervisor"].post("/api/v1/suggestions", content)
        self.town.tally.count("publish suggestion", made)
        if made.is_done:
            self._open.append(made.body["id"])

    async def _support(self, receipt: dict[str, Any]) -> None:
        """One by the phone that the receipt's query code was sent to, one by a visitor's token."""
        if not self._open:
            return
        wanted = self._open[-1]
        by_phone = {"number": receipt["number"], "code": receipt["query_code"]}
        visitor = await self.web.post("/api/v1/visitors", {})
        self.town.tally.count("greet visitor", visitor)
        for who, name in ((by_phone, "phone"), (visitor.body, "visitor")):
            answer = await self.web.post(f"/api/v1/suggestions/{wanted}/support", who)
            self.town.tally.count(f"support by {name}", answer)

    async def _move(self) -> None:
        """Study what is new, say what was done of what is adopted, take one away whose citizen does not want it any more."""
        looked_at = self._open[:LOOKED_AT]
        # In turn: what was published hours ago is answered now.
        self._open = self._open[LOOKED_AT:] + looked_at
        for suggestion in looked_at:
            one = await self.web.read(f"/api/v1/suggestions/{suggestion}")
            if one is None:
                continue
            state, n = one["state"], int(suggestion)
            if n % UNPUBLISHED_EVERY == 0:
                await self._step(suggestion, "unpublish")
                self._open.remove(suggestion)
            elif state == SuggestionState.PUBLISHED and n % STUDIED_EVERY == 0:
                await self._step(suggestion, "study", text=self.town.say("suggestion", "study", n))
            elif state in {SuggestionState.ADOPTED, SuggestionState.PARTLY_ADOPTED}:
                self.town.tally.seen[f"suggestion {state}"] += 1
                await self._step(suggestion, "done", text=self.town.say("suggestion", "done", n))
            elif state == SuggestionState.DECLINED:
                self.town.tally.seen["suggestion declined"] += 1
                self._open.remove(suggestion)

    async def _digest(self) -> None:
        digest = await self.town.people["supervisor"].read("/api/v1/suggestions/digest")
        if digest is None:
            self.town.tally.surprise("no digest of suggestions")
            return
        self.town.tally.seen["digest read"] += 1
        totals = digest["totals"]
        parts = sum(totals[name] for name in ("adopted", "partly_adopted", "declined", "pending", "unsaid"))
        if parts != totals["received"] or sum(one["received"] for one in digest["topics"]) != totals["received"]:
            self.town.tally.surprise(f"the digest does not add up: {totals}")

    async def _step(self, suggestion: str, action: str, **fields: str) -> Answer:
        path = f"/api/v1/suggestions/{suggestion}/steps"
        answer = await self.town.people["supervisor"].post(path, {"action": action, **fields})
        self.town.tally.count(f"{action} suggestion", answer)
        return answer

    def _words(self, what: str) -> str:
        found = self.town.words("suggestion", what)
        return found[self._rounds % len(found)]
