"""Callers: calls on many numbers and chats, some abandoned, some silent, some wrong; most become a ticket."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hotline.simulation.persons import Persons
from hotline.simulation.talk import TALK, Talk
from models.vocabulary import Integration, Kind

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator

    from hotline.simulation.agents import Agent, Agents
    from hotline.simulation.citizens import Citizens
    from hotline.simulation.connection import Person
    from hotline.simulation.town import Town
    from models.city import CorpusRow

# How a call goes, and how often; the rest of them become tickets.
WAYS: Final = {
    "new_ticket": 56,
    "emergency": 4,
    "beyond": 3,
    "answered": 10,
    "progress_query": 5,
    "urging": 2,
    "repeat": 2,
    "chat": 5,
    "takeover": 2,
    "abandoned": 7,
    "silent": 3,
    "wrong_number": 3,
    "harassment": 1,
}
REGISTERED: Final = frozenset({"new_ticket", "emergency", "beyond", "repeat"})
# Who comes back about a matter of their own.
AGAIN: Final = frozenset({"progress_query", "urging"})
# Numbers that are not ours to answer: sub-centres send mirror records, linked ones are emergencies.
NOT_OURS: Final = frozenset({Integration.SUBCENTER, Integration.LINKED})
HOST_LINE: Final = 0.6
LONGEST_QUESTION: Final = 400
PATIENCE_S: Final = (30, 180)
CHAT_PATIENCE: Final = timedelta(minutes=8)
SHORTEST_PATIENCE_S: Final = 1.0


class Matter(NamedTuple):
    """What a caller has registered: its number, who they are and what they said."""

    number: str
    caller: dict[str, str]
    text: str


class Call(NamedTuple):
    """One call or chat: its interaction and channel, the dialled number, who it is, and which of all callers."""

    interaction: int
    channel: str
    line: str
    caller: dict[str, str]
    n: int


class Chat(NamedTuple):
    """Somebody who waits for an agent in writing: whether one has come, and the number of the ticket that came of it."""

    call: Call
    is_taken: asyncio.Event
    number: asyncio.Future[str | None]


class Callers:
    """Whoever calls, at so many calls a second. `doors` are the channels' own ways to the hub."""

    def __init__(
        self, town: Town, citizens: Citizens, doors: dict[str, Person], agents: Agents, corpus: list[CorpusRow]
    ) -> None:
        self.town = town
        self.citizens = citizens
        self.doors = doors
        self.agents = agents
        self.talk = Talk(town, doors["phone"])
        agents.serve = self._serve
        self.persons = Persons(town, self.talk, agents.names)
        self._corpus = corpus
        self._inquiries = [row for row in corpus if row.kind is Kind.INQUIRY]
        own = town.city.hotline_department
        self._host_line = next(line.number for line in town.city.lines.values() if line.department == own)
        self._lines = [line.number for line in town.city.lines.values() if line.integration not in NOT_OURS]
        # Most who write want no language of their own.
        spoken = dict.fromkeys(word for group in town.city.seats.groups.values() for word in group.languages)
        self._languages: list[str | None] = [*spoken, *[None] * (4 * len(spoken) or 1)]
        self._matters: list[Matter] = []
        self._chats: dict[int, Chat] = {}
        # Chats in which an agent writes.
        self._served: set[int] = set()

    async def run(self, arrivals: AsyncIterator[int]) -> None:
        """Call whenever the time of the next caller has come, then let the last calls go on."""
        watching = asyncio.create_task(self.persons.watch())
        try:
            async with asyncio.TaskGroup() as group:
                async for n in arrivals:
                    group.create_task(self.call(n))
        finally:
            watching.cancel()

    async def call(self, n: int) -> None:
        """The n-th call or chat, from the first ring to what comes of it; the first ones go each way once."""
        dice = self.town.chance("call", n)
        way = list(WAYS)[n] if n < len(WAYS) else dice.choices(list(WAYS), list(WAYS.values()))[0]
        self.town.tally.seen[f"call {way}"] += 1
        caller = {"name": self.town.say("callers", "name", n), "phone": f"139{dice.randrange(10**8):08d}"}
        if way in {"chat", "takeover"}:
            await self._chat(caller, n, is_with_bot=way == "takeover")
            return
        matter = dice.choice(self._matters) if self._matters and way in {*AGAIN, "repeat"} else None
        await self._ring(way, matter.caller if matter else caller, matter, dice, n)

    async def _ring(self, way: str, caller: dict[str, str], matter: Matter | None, dice: random.Random, n: int) -> None:
        """A call on one of the numbers: telephony gives it to whoever is free, or the caller hangs up before."""
        line = self._host_line if dice.random() < HOST_LINE else dice.choice(self._lines)
        made = await self.talk.offered({"line": line, "caller": {"phone": caller["phone"]}})
        if self.town.city.lines[line].seat_group != self.town.city.seats.host_group:
            self.town.tally.seen["call for seats of its own"] += 1
        if made is None:
            return
        call, person = Call(made, "phone", line, caller, n), self.persons.free()
        if person is not None and await self.persons.ring(person, made, self._words(call, way, matter)):
            return
        if way == "abandoned":
            await self.town.pace.rest(timedelta(seconds=dice.randint(1, 40)))
            agent = None
        else:
            agent = await self.agents.somebody(timedelta(seconds=dice.randint(*PATIENCE_S)))
        if agent is None:
            await self.talk.happens(made, "abandoned")
            await self.agents.ring()
            return
        await self.talk.happens(made, "answered", agent=agent.name)
        await self.town.pace.rest(TALK * dice.uniform(0.3, 1.7))
        number = await self._speak(agent, call, way, matter)
        await self.agents.rest(agent)
        await self._live(number, n)

    async def _speak(self, agent: Agent, call: Call, way: str, matter: Matter | None) -> str | None:
        """What caller and agent say to each other; returns the number of the ticket that comes of it."""
        dice = self.town.chance("speak", call.interaction)
        if way in REGISTERED:
            return await self._register(agent, call, matter.text if matter else self._text(way, dice))
        if way == "answered":
            return await self._answer(agent, call, dice.choice(self._inquiries).text)
        if matter is not None:
            await self.citizens.look(matter.number)
        if matter is not None and way == "urging":
            await self.citizens.step(matter.number, "urge", text=self.town.say("citizen", "urge", matter.number))
        await self.talk.happens(call.interaction, "ended", outcome=way)
        return None

    async def _register(self, agent: Agent, call: Call, text: str) -> str | None:
        """The agent writes the request down while the citizen speaks."""
        await self.talk.spoken(call.interaction, text)
        answer = await agent.person.post("/api/v1/tickets", _request(call, text), key=self._key(call))
        self.town.tally.count("register", answer)
        await self.talk.happens(call.interaction, "ended", outcome="new_ticket")
        if not answer.is_done:
            return None
        number = str(answer.body["number"])
        self.town.codes[number] = answer.body["query_code"]
        self.town.matters.setdefault(call.caller["phone"], []).append(number)
        self._matters.append(Matter(number, call.caller, text))
        return number

    async def _answer(self, agent: Agent, call: Call, question: str) -> str | None:
        """直办: the agent reads out what the knowledge base says and cites it; what it does not know is reported and registered."""
        asked = {"question": question[:LONGEST_QUESTION]}
        draft = await agent.person.post("/api/v1/knowledge/answer", asked)
        if draft.is_done and draft.body["text"] is not None:
            said = {"answer": draft.body["text"], "cites": [draft.body["citations"][0]["code"]]}
            key = f"{self._key(call)}-answer"
            answer = await agent.person.post("/api/v1/tickets", _request(call, question) | said, key=key)
            if answer.is_done:
                self.town.tally.count("answer in the call", answer)
                await self.talk.happens(call.interaction, "ended", outcome="answered")
                return None
        else:
            missed = await agent.person.post("/api/v1/knowledge/gaps", asked)
            self.town.tally.count("report a gap", missed)
        return await self._register(agent, call, question)

    async def _chat(self, caller: dict[str, str], n: int, *, is_with_bot: bool) -> None:
        """Somebody writes, to an agent or first to the chatbot; whoever waits too long gives up."""
        offer: dict[str, Any] = {"line": self._host_line, "caller": {"phone": caller["phone"]}}
        language = self.town.chance("language", n).choice(self._languages)
        if language is not None:
            offer["language"] = language
            self.town.tally.seen["chat for who speaks a language"] += 1
        channel = "chatbot" if is_with_bot else "wechat"
        made = await self.talk.offered(offer if is_with_bot else offer | {"wants_agent": True}, self.doors[channel])
        if made is None:
            return
        number = asyncio.get_running_loop().create_future()
        chat = self._chats[made] = Chat(Call(made, channel, self._host_line, caller, n), asyncio.Event(), number)
        if is_with_bot:
            await self.talk.happens(made, "transcript", text=self.town.say("callers", "bot", n))
            await self.talk.happens(made, "takeover")
        await self.agents.ring(is_for_few=language is not None)
        try:
            async with asyncio.timeout(max(SHORTEST_PATIENCE_S, self.town.pace.lasts(CHAT_PATIENCE))):
                await chat.is_taken.wait()
        except TimeoutError:
            # Who is taken at this very moment has not given up.
            if not chat.is_taken.is_set():
                del self._chats[made]
                await self._give_up(made)
                return
        await self._live(await chat.number, n)

    async def _give_up(self, made: int) -> None:
        """A person at a seat is told what it was about, if one has the chat; else it is over."""
        if self.persons.has(made):
            await self.persons.speak(made, self._text("new_ticket", self.town.chance("chat", made)))
        else:
            await self.talk.happens(made, "abandoned", is_perhaps_over=True)

    async def _serve(self, agent: Agent, interaction: int) -> None:
        """An agent has taken a chat: they read, answer, and write it down."""
        chat = self._chats.pop(interaction, None)
        if interaction in self._served:
            # The hub took the colleague who writes there for away: they end it.
            return
        if chat is None:
            # Whoever wrote has given up at this moment, or wrote before this run began.
            await self.talk.happens(interaction, "ended", outcome="answered", is_perhaps_over=True)
            return
        chat.is_taken.set()
        self._served.add(interaction)
        dice = self.town.chance("chat", interaction)
        await self.town.pace.rest(TALK * dice.uniform(0.3, 1.7))
        chat.number.set_result(await self._register(agent, chat.call, self._text("new_ticket", dice)))

    async def _live(self, number: str | None, n: int) -> None:
        if number is not None:
            await self.citizens.live(number, n)

    def _words(self, call: Call, way: str, matter: Matter | None) -> str:
        """Return what the caller says to a person at a seat, nothing where they are silent."""
        dice = self.town.chance("speak", call.interaction)
        if way == "answered":
            return dice.choice(self._inquiries).text
        if way in {"silent", "harassment"}:
            return ""
        if way == "wrong_number" or (matter is not None and way in AGAIN):
            return self.town.say("callers", way, call.interaction)
        return matter.text if matter else self._text(way if way in {"emergency", "beyond"} else "new_ticket", dice)

    def _key(self, call: Call) -> str:
        return f"city-call-{self.town.seed}-{call.interaction}"

    def _text(self, way: str, dice: random.Random) -> str:
        place = dice.choice(self.town.city.gazetteer).name
        if way not in {"new_ticket", "repeat"}:
            return self.town.say("callers", way, dice.random()).format(place=place)
        text = dice.choice(self._corpus).text
        return self.town.say("callers", "located", dice.random()).format(place=place, text=text.rstrip("。"))


def _request(call: Call, text: str) -> dict[str, Any]:
    return {
        "text": text,
        "line": call.line,
        "interaction": call.interaction,
        "caller": call.caller,
        "channel": call.channel,
    }
