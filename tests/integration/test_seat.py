"""坐席: work goes to whoever is free and able, the longest waiting first; nobody is free beside work, nothing is lost."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

import pytest

from hotline import accounts
from models.vocabulary import Role
from tests.integration.conftest import PASSWORD, START

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import World

CALLS = "/api/v1/interactions"
ANN, BEN, LEAD = "agent:ann", "agent:ben", "shift_lead"


async def step(world: World, who: str, action: str, *, ok: tuple[int, ...] = (200,), **fields: Any) -> Any:
    return await world.post("/api/v1/seat/steps", {"action": action, **fields}, who=who, ok=ok)


async def sign_on(world: World, who: str, *groups: str) -> Any:
    return await step(world, who, "sign_on", seat_groups=list(groups or ("general",)))


async def take(world: World, who: str, *, ok: tuple[int, ...] = (200,)) -> Any:
    return await world.post("/api/v1/seat/take", None, who=who, ok=ok)


async def seat(world: World, who: str) -> Any:
    return await world.get("/api/v1/seat", who=who)


async def state(world: World, who: str) -> tuple[str, int | None]:
    found = (await seat(world, who))["seat"]
    return found["state"], found["interaction"]


async def chat(world: World, **more: Any) -> int:
    made = await world.post(CALLS, {"wants_agent": True, **more}, who="channel:wechat")
    return int(made["id"])


async def call(world: World, phone: str | None = None, **more: Any) -> int:
    content = {"line": "12345", **({"caller": {"phone": phone}} if phone else {}), **more}
    return int((await world.post(CALLS, content, who="channel:phone"))["id"])


async def happens(world: World, interaction: int, event: str, *, ok: tuple[int, ...] = (200,), **more: Any) -> Any:
    path = f"{CALLS}/{interaction}/events"
    return await world.post(path, {"event": event, **more}, who="channel:phone", ok=ok)


async def waiting(world: World) -> list[int]:
    rows = await world.rows("SELECT interaction FROM seat_work WHERE agent IS NULL ORDER BY waiting_since")
    return [row["interaction"] for row in rows]


async def test_a_chat_is_given_at_once_to_who_has_been_free_the_longest(world: World) -> None:
    await sign_on(world, BEN)
    await sign_on(world, ANN)
    one = await chat(world)
    assert await state(world, BEN) == ("given", one)
    assert await state(world, ANN) == ("free", None)
    page = await take(world, BEN)
    assert page["seat"]["state"] == "busy"
    assert [work["kind"] for work in page["work"]] == ["chat"]


async def test_what_waits_is_given_in_its_order_as_agents_fall_free(world: World) -> None:
    first, second, third = [await chat(world) for _ in range(3)]
    assert (await sign_on(world, ANN))["seat"]["interaction"] == first
    await take(world, ANN)
    await happens(world, first, "ended", outcome="answered")
    assert await state(world, ANN) == ("wrap_up", None)
    assert await waiting(world) == [second, third]
    assert (await step(world, ANN, "free"))["seat"]["interaction"] == second


async def test_only_who_answers_for_the_group_is_given_its_work(world: World) -> None:
    await sign_on(world, ANN, "enterprise")
    one, other = await chat(world), await chat(world, line="968345")
    assert await state(world, ANN) == ("given", other)
    assert await waiting(world) == [one]
    assert (await sign_on(world, BEN, "market", "general"))["seat"]["interaction"] == one


async def test_who_asks_for_a_language_gets_a_group_that_speaks_it(world: World) -> None:
    await sign_on(world, ANN, "dialect")
    one = await chat(world, language="云州话")
    assert await state(world, ANN) == ("given", one)
    other = await chat(world, line="12316", language="云州话")
    rows = await world.rows("SELECT seat_group FROM interactions WHERE id = $1", other)
    assert [row["seat_group"] for row in rows] == ["agriculture"]
    problem = await world.post(CALLS, {"language": "克林贡语"}, who="channel:wechat", ok=(422,))
    assert "language" in problem["detail"]


async def test_what_is_not_taken_in_time_goes_to_the_next_and_its_agent_is_away(world: World) -> None:
    await sign_on(world, ANN)
    one = await chat(world)
    await sign_on(world, BEN)
    later = await chat(world)
    await take(world, BEN)
    world.clock.move(seconds=21)
    await world.fire()
    assert (await seat(world, ANN))["seat"]["reason"] == "未按时接起"
    assert await waiting(world) == [one]
    await happens(world, later, "ended")
    assert (await step(world, BEN, "free"))["seat"]["interaction"] == one
    assert (await step(world, ANN, "free"))["seat"]["state"] == "free"
    await take(world, ANN, ok=(409,))


async def test_a_chat_of_an_agent_who_vanishes_goes_back_to_its_old_place(world: World) -> None:
    await sign_on(world, ANN)
    lost = await chat(world)
    await take(world, ANN)
    later = await chat(world)
    world.clock.move(seconds=200)
    await step(world, ANN, "beat")
    world.clock.move(seconds=200)
    await world.fire()
    assert await state(world, ANN) == ("busy", lost)
    world.clock.move(seconds=301)
    await world.fire()
    assert await state(world, ANN) == ("away", None)
    assert await waiting(world) == [lost, later]
    assert (await sign_on(world, BEN))["seat"]["interaction"] == lost
    await take(world, BEN)
    await happens(world, lost, "ended", outcome="answered")
    rows = await world.rows("SELECT agent FROM interactions WHERE id = $1", lost)
    assert rows[0]["agent"] == "ben"


async def test_a_long_call_is_no_silence(world: World) -> None:
    await sign_on(world, ANN)
    one = await call(world)
    await happens(world, one, "answered", agent="ann")
    for _ in range(4):
        world.clock.move(seconds=200)
        await world.fire()
    assert await state(world, ANN) == ("busy", one)
    await happens(world, one, "ended", outcome="answered")
    assert await state(world, ANN) == ("wrap_up", None)


async def test_wrap_up_ends_by_itself(world: World) -> None:
    await sign_on(world, ANN)
    one = await call(world)
    await happens(world, one, "answered", agent="ann")
    await happens(world, one, "ended")
    next_one = await chat(world)
    assert await waiting(world) == [next_one]
    world.clock.move(seconds=121)
    await world.fire()
    assert await state(world, ANN) == ("given", next_one)


async def test_an_agent_to_whom_telephony_gives_a_call_gets_nothing_else(world: World) -> None:
    await sign_on(world, ANN)
    one = await chat(world)
    assert await state(world, ANN) == ("given", one)
    spoken = await call(world)
    await happens(world, spoken, "answered", agent="ann")
    assert await state(world, ANN) == ("busy", spoken)
    assert await waiting(world) == [one]


async def test_a_call_that_telephony_gives_to_nobody_is_ours_to_give(world: World) -> None:
    one = await call(world)
    world.clock.move(seconds=40)
    await happens(world, one, "takeover")
    await happens(world, one, "takeover")
    page = await sign_on(world, ANN)
    assert [(work["interaction"], work["kind"]) for work in page["work"]] == [(one, "call")]
    await take(world, ANN)
    figures = await world.get(f"{CALLS}/figures", who="supervisor")
    assert 40 <= figures["mean_wait_s"] < 41
    await happens(world, one, "takeover", ok=(409,))


async def test_who_leaves_the_chatbot_waits_from_then_on(world: World) -> None:
    made = await world.post(CALLS, {}, who="channel:chatbot")
    assert await waiting(world) == []
    world.clock.move(minutes=5)
    await happens(world, made["id"], "transcript", text="我要转人工，电话13700000001")
    await happens(world, made["id"], "takeover")
    page = await sign_on(world, ANN)
    assert "我要转人工" in page["work"][0]["transcript"]
    assert "13700000001" not in page["work"][0]["transcript"]
    await take(world, ANN)
    figures = await world.get(f"{CALLS}/figures", who="supervisor")
    assert (figures["asked"], figures["soon_rate"]) == (1, 1.0)


async def test_who_gives_up_waiting_frees_the_agent_for_the_next(world: World) -> None:
    await sign_on(world, ANN)
    one, other = await chat(world), await chat(world)
    assert await state(world, ANN) == ("given", one)
    await happens(world, one, "abandoned")
    assert await state(world, ANN) == ("given", other)
    await happens(world, other, "abandoned")
    assert await state(world, ANN) == ("free", None)


async def test_a_missed_caller_is_called_back_by_whoever_is_free(world: World) -> None:
    await happens(world, await call(world, "13700000001"), "abandoned")
    (missed,) = (await world.get(f"{CALLS}/missed", who="agent"))["interactions"]
    page = await sign_on(world, ANN)
    assert [(work["kind"], work["interaction"], work["phone"]) for work in page["work"]] == [
        ("call_back", missed["id"], None)
    ]
    assert (await take(world, ANN))["work"][0]["phone"] == "13700000001"
    path = f"{CALLS}/{missed['id']}/call_back"
    await world.post(path, {"reached": True}, who=BEN, ok=(403,))
    done = await world.post(path, {"reached": True}, who=ANN)
    assert (done["outcome"], done["attempts"]) == ("reached", 1)
    assert await state(world, ANN) == ("wrap_up", None)
    assert (await world.get(f"{CALLS}/missed", who="agent"))["interactions"] == []
    await world.post(path, {"reached": True}, who=ANN, ok=(409,))


async def test_who_is_not_reached_is_tried_three_times_with_pauses(world: World) -> None:
    await happens(world, await call(world, "13700000001"), "abandoned")
    (missed,) = (await world.get(f"{CALLS}/missed", who="agent"))["interactions"]
    await sign_on(world, ANN)
    for attempt, outcome in ((1, None), (2, None), (3, "unreached")):
        await take(world, ANN)
        done = await world.post(f"{CALLS}/{missed['id']}/call_back", {"reached": False}, who=ANN)
        assert (done["attempts"], done["outcome"]) == (attempt, outcome)
        assert (await step(world, ANN, "free"))["seat"]["state"] == "free"
        world.clock.move(seconds=601)
        await world.fire()
        if outcome is None:
            await step(world, ANN, "free")
    assert (await world.get(f"{CALLS}/missed", who="agent"))["interactions"] == []
    assert await world.rows("SELECT * FROM seat_work") == []


async def test_a_missed_caller_who_gets_through_is_not_called_back(world: World) -> None:
    await happens(world, await call(world, "13700000001"), "abandoned")
    await sign_on(world, ANN)
    assert (await state(world, ANN))[0] == "given"
    again = await call(world, "13700000001")
    await happens(world, again, "answered", agent="somebody-else")
    assert await state(world, ANN) == ("free", None)
    rows = await world.rows("SELECT call_back_outcome FROM interactions WHERE call_back_by IS NOT NULL")
    assert [row["call_back_outcome"] for row in rows] == ["answered_later"]


async def test_an_agent_moves_only_their_own_seat_and_a_shift_lead_anybody_s(world: World) -> None:
    await step(world, ANN, "sign_on", agent="ben", seat_groups=["general"], ok=(403,))
    await step(world, LEAD, "sign_on", agent="ben", seat_groups=["general"], ok=(404,))

    async def work(session: Session) -> None:
        await accounts.add(session, "ben", PASSWORD, Role.AGENT, None, START)

    await world.hub.database.write(work)
    await step(world, LEAD, "sign_on", agent="ben", seat_groups=["general"])
    one = await chat(world)
    page = await step(world, LEAD, "away", agent="ben", reason="开会，电话13700000001")
    assert page["seat"]["state"] == "away"
    assert "13700000001" not in page["seat"]["reason"]
    assert page["work"] == []
    assert await waiting(world) == [one]
    await step(world, LEAD, "beat", agent="ben", ok=(403,))
    listed = await world.get("/api/v1/seats", who="supervisor")
    assert [(one["agent"], one["state"]) for one in listed["seats"]] == [("ben", "away")]
    await step(world, LEAD, "sign_off", agent="ben")
    await step(world, BEN, "free", ok=(409,))


async def test_who_has_a_conversation_does_not_walk_away_from_it(world: World) -> None:
    await sign_on(world, ANN)
    one = await chat(world)
    await take(world, ANN)
    for action in ("away", "free", "sign_off"):
        await step(world, ANN, action, ok=(409,))
    await happens(world, one, "ended")
    assert (await step(world, ANN, "sign_off"))["seat"] is None


async def test_groups_show_who_is_there_and_what_waits(world: World) -> None:
    await sign_on(world, ANN, "general", "market")
    await chat(world, line="12348")
    groups = {one["code"]: one for one in (await world.get("/api/v1/seat_groups", who="leader"))["seat_groups"]}
    assert groups["general"]["agents"] == groups["market"]["agents"] == {"free": 1}
    assert [(queue["kind"], queue["n"]) for queue in groups["legal"]["waiting"]] == [("chat", 1)]
    assert "12315" in groups["market"]["lines"]


@pytest.mark.parametrize("groups", [[], ["nowhere"]])
async def test_signing_on_names_groups_of_the_city(world: World, groups: list[str]) -> None:
    problem = await step(world, ANN, "sign_on", seat_groups=groups, ok=(422,))
    assert "席组" in problem["detail"]


@pytest.mark.parametrize("who", ["channel:phone", "department:urban", "supervisor"])
async def test_only_agents_sit(world: World, who: str) -> None:
    await step(world, who, "sign_on", seat_groups=["general"], ok=(403,))


GROUPS = ("general", "market", "legal")
LINES = {"general": "12345", "market": "12315", "legal": "12348"}


async def consistent(world: World) -> None:
    """Nobody is free beside work that they could take; what somebody has, they alone have, and their seat says so."""
    free = await world.rows(
        "SELECT s.agent, w.interaction FROM seats AS s JOIN seat_work AS w ON w.seat_group = ANY(s.seat_groups) "
        "WHERE s.state = 'free' AND w.agent IS NULL AND w.waits_from <= $1",
        world.clock.now(),
    )
    assert not free
    torn = await world.rows(
        "SELECT s.agent, s.interaction FROM seats AS s LEFT JOIN seat_work AS w ON w.interaction = s.interaction "
        "WHERE s.state = 'given' AND (w.agent IS DISTINCT FROM s.agent OR w.taken_at IS NOT NULL)"
    )
    assert not torn
    orphans = await world.rows(
        "SELECT w.interaction FROM seat_work AS w LEFT JOIN seats AS s ON s.agent = w.agent "
        "WHERE w.agent IS NOT NULL AND (s.agent IS NULL OR s.state IN ('free', 'away'))"
    )
    assert not orphans
    lost = await world.rows(
        "SELECT i.id FROM interactions AS i WHERE i.channel = 'wechat' AND i.ended_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM seat_work AS w WHERE w.interaction = i.id)"
    )
    assert not lost


class Crowd:
    """Callers, chatters and six agents who do whatever they like at the same time."""

    MAY = (200, 201, 403, 409)

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)
        self.agents = [f"agent:a{n}" for n in range(6)]
        self.arrived: list[int] = []

    @property
    def doings(self) -> list[Any]:
        return [
            self.chats,
            self.chats,
            self.calls,
            self.ends,
            self.acts,
            self.comes,
            self.comes,
            self.takes,
            self.takes,
        ]

    async def chats(self) -> None:
        line = LINES[self.dice.choice(GROUPS)]
        self.arrived.append(await chat(self.world, line=line, caller={"phone": self.phone}))

    async def calls(self) -> None:
        one = await call(self.world, self.phone)
        self.arrived.append(one)
        event = self.dice.choice(["answered", "abandoned", "takeover"])
        more = {"agent": self.dice.choice(self.agents).removeprefix("agent:")} if event == "answered" else {}
        await happens(self.world, one, event, ok=self.MAY, **more)

    async def ends(self) -> None:
        if self.arrived:
            event = self.dice.choice(["ended", "abandoned"])
            await happens(self.world, self.dice.choice(self.arrived), event, ok=self.MAY)

    async def acts(self) -> None:
        action = self.dice.choice(["free", "free", "free", "away", "sign_off", "beat"])
        await step(self.world, self.dice.choice(self.agents), action, ok=self.MAY)

    async def comes(self) -> None:
        groups = self.dice.sample(GROUPS, self.dice.randint(1, 2))
        await step(self.world, self.dice.choice(self.agents), "sign_on", seat_groups=groups)

    async def takes(self) -> None:
        who = self.dice.choice(self.agents)
        page = await take(self.world, who, ok=self.MAY)
        for work in page.get("work", []):
            if work["phone"]:
                path = f"{CALLS}/{work['interaction']}/call_back"
                await self.world.post(path, {"reached": self.dice.random() < 0.5}, who=who, ok=self.MAY)

    @property
    def phone(self) -> str:
        return f"1370000000{self.dice.randrange(6)}"


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_at_once_nothing_is_lost_and_nobody_is_idle_beside_work(world: World, seed: int) -> None:
    crowd = Crowd(world, seed)
    for who in crowd.agents:
        await world.token(who)
    for turn in range(20):
        await asyncio.gather(*(crowd.dice.choice(crowd.doings)() for _ in range(12)))
        if turn % 5 == 4:
            world.clock.move(seconds=crowd.dice.choice([5, 25, 130, 400]))
            await world.fire()
        await consistent(world)
    figures = await world.get(f"{CALLS}/figures", who="supervisor")
    assert figures["offered"] == len(crowd.arrived) > 30


async def test_telephony_rings_at_the_seat_that_it_chose(world: World) -> None:
    await sign_on(world, BEN)
    await sign_on(world, ANN)
    one = await call(world)
    await happens(world, one, "offered", agent="ann")
    assert await state(world, ANN) == ("given", one)
    await happens(world, one, "offered", agent="ben", ok=(409,))
    page = await take(world, ANN)
    assert [work["kind"] for work in page["work"]] == ["call"]
    await happens(world, one, "offered", agent="ben", ok=(409,))
    other = await call(world)
    await happens(world, other, "offered", agent="ann", ok=(409,))
    await happens(world, other, "offered", ok=(422,))


async def test_who_does_not_take_what_rings_is_away_and_the_next_gets_it(world: World) -> None:
    await sign_on(world, ANN)
    one = await call(world)
    await happens(world, one, "offered", agent="ann")
    await sign_on(world, BEN)
    world.clock.move(seconds=21)
    await world.fire()
    assert (await seat(world, ANN))["seat"]["state"] == "away"
    assert await state(world, BEN) == ("given", one)


async def test_hands_are_no_quicker_where_the_clock_is(world: World) -> None:
    world.clock.speed = 60.0
    await sign_on(world, ANN)
    one = await chat(world)
    world.clock.move(seconds=19 * 60)
    await world.fire()
    assert await state(world, ANN) == ("given", one)
    world.clock.move(seconds=2 * 60)
    await world.fire()
    assert (await seat(world, ANN))["seat"]["state"] == "away"
