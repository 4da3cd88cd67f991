"""Agents at their seats: they answer what telephony gives them, take chats and call-backs, wrap up, and hand over."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.simulation.connection import Answer, Person
    from hotline.simulation.town import Town

BEAT_EVERY: Final = timedelta(seconds=180)
# Where the clock races, no machine could keep that up: everybody is away now and then, and comes back.
SHORTEST_BEAT_S: Final = 1.0
SELDOM_S: Final = 10.0
WRAP_UP: Final = timedelta(seconds=12)
RINGS: Final = 3
REACHED: Final = 0.7
HANDED_OVER: Final = 0.15
# Each call is in one of these.
ENDS: Final = ("answered", "abandoned", "waiting", "unanswered")
# What a seat shows that has something in hand.
IN_HAND: Final = frozenset({"given", "busy"})


class Agent:
    """One agent; `person` is their way to the hub."""

    def __init__(self, name: str, person: Person) -> None:
        self.name = name
        self.person = person


class Agents:
    """Everybody who sits. `serve` is what an agent says and does in a chat, by its interaction."""

    def __init__(self, town: Town, people: dict[str, Person]) -> None:
        self.town = town
        self.serve: Callable[[Agent, int], Awaitable[None]] = self._listen
        self._all = [Agent(name, person) for name, person in people.items()]
        # Who is free, the longest first.
        self._idle: dict[str, Agent] = {}
        self._changed = asyncio.Condition()
        self._rounds = 0

    @property
    def names(self) -> list[str]:
        """Everybody who sits for city life."""
        return [agent.name for agent in self._all]

    async def start(self) -> None:
        """Sign on: everybody answers for the general group and another one, so that each has somebody."""
        groups = list(self.town.city.seats.groups)
        host = self.town.city.seats.host_group
        for n, agent in enumerate(self._all):
            own = [groups[k] for k in range(n % len(self._all), len(groups), len(self._all))]
            wanted = list(dict.fromkeys([host, *own, groups[n % len(groups)]]))
            await self._go_on(agent, await self._step(agent, "sign_on", seat_groups=wanted))

    async def run(self) -> None:
        """Give signs of life for ever."""
        async with asyncio.TaskGroup() as group:
            for agent in self._all:
                group.create_task(self._beat(agent))

    async def somebody(self, patience: timedelta) -> Agent | None:
        """Return who answers a call, None where the caller's patience, which no haste shortens, ends before anybody is free."""
        try:
            async with asyncio.timeout(self.town.pace.lasts(patience)), self._changed:
                await self._changed.wait_for(lambda: self._idle)
                return self._idle.pop(next(iter(self._idle)))
        except TimeoutError:
            return None

    async def ring(self, *, is_for_few: bool = False) -> None:
        """Something has come for whoever is free: the first of them look at their seats, or all, where few may take it."""
        for name in list(self._idle)[: None if is_for_few else RINGS]:
            agent = self._idle.pop(name, None)
            if agent is not None:
                await self._go_on(agent, await self._look(agent))

    async def rest(self, agent: Agent) -> None:
        """Wrap up, and go on with what has waited meanwhile."""
        await self.town.pace.rest(WRAP_UP)
        await self._go_on(agent, await self._step(agent, "free"))

    async def look_around(self) -> None:
        """The shift lead looks at the wall: who is there, what waits, and whether the figures add up."""
        lead = self.town.people["shift_lead"]
        for path in ("seat_groups", "seats", "interactions/missed", "shift_changes", "drafts"):
            if await lead.read(f"/api/v1/{path}") is None:
                self.town.tally.surprise(f"nothing at {path}")
        figures = await lead.read("/api/v1/interactions/figures")
        for part in [figures, *figures["lines"], *figures["seat_groups"]] if figures else []:
            sums = [sum(part[name] for name in ENDS), part["under_way"] + sum(part["outcomes"].values())]
            if sums != [part["offered"]] * 2:
                self.town.tally.surprise(f"figures do not add up: {part}")
        self.town.tally.seen["figures looked at"] += 1

    async def change_shift(self) -> None:
        """An agent leaves a draft to a colleague or to the group, and is back after a while."""
        leaving = await self.somebody(timedelta(minutes=5))
        heir = await self.somebody(timedelta(minutes=5))
        self._rounds += 1
        if leaving is None or heir is None:
            await self._let_sit(leaving, heir)
            return
        draft = f"{self.town.chance('draft', self._rounds).getrandbits(128):032x}"
        fields = {"text": self.town.say("agents", "draft", self._rounds)}
        await self._tried("write a draft", leaving, f"drafts/{draft}", {"fields": fields}, method="PUT")
        to = {"to": heir.name} if self._rounds % 2 else {"seat_group": self.town.city.seats.host_group}
        remark = self.town.say("agents", "remark", self._rounds)
        handed = await self._tried("hand over", leaving, "shift_changes", {**to, "remark": remark})
        if handed.is_done:
            await self._tried("take over", heir, f"shift_changes/{handed.body['id']}/accept", {})
            await self._tried("drop a draft", heir, f"drafts/{draft}", {}, method="DELETE")
        await self._step(leaving, "sign_off")
        await self._step(leaving, "sign_on", seat_groups=list(self.town.city.seats.groups))
        await self._let_sit(leaving, heir)

    async def _beat(self, agent: Agent) -> None:
        """Notice, too, what the hub has done with one's seat meanwhile."""
        while True:
            every = self.town.pace.lasts(BEAT_EVERY)
            await asyncio.sleep(every if every >= SHORTEST_BEAT_S else SELDOM_S)
            answer = await self._step(agent, "beat")
            if self._idle.pop(agent.name, None) is not None:
                await self._go_on(agent, answer)

    async def _let_sit(self, *agents: Agent | None) -> None:
        for agent in agents:
            if agent is not None:
                await self._go_on(agent, await self._step(agent, "free"))

    async def _go_on(self, agent: Agent, answer: Answer) -> None:
        """Do what lies at one's seat until nothing does; then be free."""
        while answer.is_done:
            seat, work = answer.body["seat"], answer.body["work"]
            if seat is None:
                break
            if seat["state"] == "away":
                self.town.tally.seen["agent away"] += 1
                answer = await self._step(agent, "free")
                continue
            if seat["state"] in IN_HAND and work:
                await self._do(agent, work[0])
            elif seat["state"] != "wrap_up":
                break
            await self.town.pace.rest(WRAP_UP)
            answer = await self._step(agent, "free")
        async with self._changed:
            self._idle[agent.name] = agent
            self._changed.notify()

    async def _do(self, agent: Agent, work: dict[str, Any]) -> None:
        if work["taken_at"] is None:
            taken = await agent.person.post("/api/v1/seat/take", {})
            self.town.tally.count(f"take a {work['kind']}", taken)
            if not taken.is_done:
                return
        dice = self.town.chance("work", work["interaction"], agent.name)
        if work["kind"] == "call_back":
            path = f"/api/v1/interactions/{work['interaction']}/call_back"
            self.town.tally.count("call back", await agent.person.post(path, {"reached": dice.random() < REACHED}))
        elif dice.random() < HANDED_OVER:
            await self._tried(
                "hand a chat over", agent, "shift_changes", {"seat_group": work["seat_group"], "remark": ""}
            )
        else:
            await self.serve(agent, work["interaction"])

    async def _listen(self, agent: Agent, interaction: int) -> None:
        """Nobody knows what this one is about: it ends with an answer."""
        path = f"/api/v1/interactions/{interaction}/events"
        self.town.tally.count("end", await agent.person.post(path, {"event": "ended", "outcome": "answered"}))

    async def _look(self, agent: Agent) -> Answer:
        return await agent.person.look("/api/v1/seat")

    async def _step(self, agent: Agent, action: str, **fields: Any) -> Answer:
        answer = await agent.person.post("/api/v1/seat/steps", {"action": action, **fields})
        self.town.tally.count(f"seat {action}", answer)
        return answer

    async def _tried(
        self, what: str, agent: Agent, path: str, content: dict[str, Any], *, method: str = "POST"
    ) -> Answer:
        answer = await agent.person.post(f"/api/v1/{path}", content, method=method)
        self.town.tally.count(what, answer)
        return answer
