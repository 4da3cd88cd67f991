"""The knowledge base's day: a seat finds something wrong, the manager writes it anew, a second person approves, owners confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hotline.simulation.town import Town

CONFIRMED_AT_A_TIME: Final = 5
REFUSED_EVERY: Final = 2
LEARNT_AT_A_TIME: Final = 4
WRITTEN: Final = ("title", "keywords", "basis", "valid_from", "valid_until", "guide")


class KnowledgeKeepers:
    """The people of the knowledge base."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._rounds = 0
        self._learnt: set[str] = set()
        self._published: list[str] = []

    async def round(self) -> None:
        """Correct something, mend what was corrected, confirm what is due, close what nobody will write."""
        self._rounds += 1
        await self._correct()
        await self._miss()
        await self._learn()
        for kind, settle in (("correction", self._mend), ("confirmation", self._confirm), ("gap", self._close)):
            page = await self.town.people["knowledge"].read(f"/api/v1/knowledge/tasks?kind={kind}&limit=100")
            for task in (page or {"tasks": []})["tasks"][:CONFIRMED_AT_A_TIME]:
                await settle(task)

    async def _correct(self) -> None:
        """A seat reads something that is out of date."""
        topic = self.town.say("knowledge", "topic", self._rounds)
        found = await self.town.people["agent"].read(f"/api/v1/knowledge?q={topic}&limit=1")
        for hit in (found or {"hits": []})["hits"]:
            words = self.town.say("knowledge", "wrong", self._rounds)
            await self._step("agent", hit["entry"]["code"], "correct", reason=words)
        # What is not wrong its owner says still holds, long before it must.
        topic = self.town.say("knowledge", "topic", self._rounds, "holds")
        found = await self.town.people["knowledge"].read(f"/api/v1/knowledge?q={topic}&limit=3")
        for hit in (found or {"hits": []})["hits"][-1:]:
            await self._step("knowledge", hit["entry"]["code"], "confirm")

    async def _miss(self) -> None:
        """A caller asks what the knowledge base does not tell, or tells of something else: the seat says so."""
        question = self.town.say("knowledge", "unknown", self._rounds)
        kept = await self.town.people["agent"].post("/api/v1/knowledge/gaps", {"question": question})
        self.town.tally.count("report a gap", kept)

    async def _learn(self) -> None:
        """A reply that others will ask for too becomes an article: the manager drafts it, the supervisor sends every other one back.

        It stands until the next one does, or an invented city would be answered from invented replies.
        """
        for code in self._published:
            await self._step("supervisor", code, "withdraw", reason=self.town.say("knowledge", "merged"))
        self._published.clear()
        page = await self.town.people["supervisor"].read("/api/v1/tickets?state=closed&limit=50")
        lines = (page or {"tickets": []})["tickets"]
        # What a grid saw to on its rounds nobody asks the hotline.
        answered = [one for one in lines if one["lead"] and one["lead"]["code"] in self.town.city.departments]
        fresh = [one for one in answered if one["number"] not in self._learnt]
        for line in fresh[:LEARNT_AT_A_TIME]:
            await self._draft(line)

    async def _draft(self, line: dict[str, Any]) -> None:
        self._learnt.add(line["number"])
        content = {
            "title": self.town.say("knowledge", "learnt", line["number"]).format(category=line["category"]["name"]),
            "category": line["category"]["code"],
            "owner": line["lead"]["code"],
            "from_ticket": line["number"],
        }
        draft = await self.town.people["knowledge"].post("/api/v1/knowledge", content)
        self.town.tally.count("make a reply an article", draft)
        if not draft.is_done:
            return
        if len(self._learnt) % REFUSED_EVERY == 0:
            await self._step("supervisor", draft.body["code"], "reject", reason=self.town.say("knowledge", "refused"))
        else:
            await self._step("supervisor", draft.body["code"], "approve")
            self._published.append(draft.body["code"])

    async def _mend(self, task: dict[str, Any]) -> None:
        """The manager writes what the seat said into a new version, the supervisor approves it."""
        versions = await self.town.people["knowledge"].read(f"/api/v1/knowledge/{task['code']}")
        if versions is None:
            return
        entry = versions["versions"][0]["entry"]
        content = {name: entry[name] for name in WRITTEN}
        content |= {"category": entry["category"]["code"], "owner": entry["owner"]["code"]}
        if entry["guide"] is None:
            mended = self.town.say("knowledge", "mended", self._rounds)
            content["body"] = f"{entry['words'].removesuffix(mended)}{mended}"
        draft = await self.town.people["knowledge"].post(f"/api/v1/knowledge/{task['code']}/versions", content)
        self.town.tally.count("write knowledge", draft)
        if draft.is_done:
            await self._step("supervisor", task["code"], "approve")

    async def _confirm(self, task: dict[str, Any]) -> None:
        await self._step("knowledge", task["code"], "confirm")

    async def _close(self, task: dict[str, Any]) -> None:
        content = {"outcome": self.town.say("knowledge", "closed", task["id"])}
        closed = await self.town.people["knowledge"].post(f"/api/v1/knowledge/tasks/{task['id']}/close", content)
        self.town.tally.count("close knowledge task", closed)

    async def _step(self, who: str, code: str, action: str, **more: str) -> None:
        step = await self.town.people[who].post(f"/api/v1/knowledge/{code}/steps", {"action": action, **more})
        self.town.tally.count(f"{action} knowledge", step)
