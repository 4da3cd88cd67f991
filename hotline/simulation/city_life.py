"""City life: everybody who takes part, at work over real HTTP until the time is up or somebody says stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from hotline.simulation.agents import Agents
from hotline.simulation.callers import Callers
from hotline.simulation.citizens import Citizens
from hotline.simulation.connection import Connection, Person, Refused, Tally
from hotline.simulation.decisions import Decisions
from hotline.simulation.departments import Departments
from hotline.simulation.desk import Desk
from hotline.simulation.figures import FigureKeepers
from hotline.simulation.follow_up import FollowUpCalls
from hotline.simulation.incidents import IncidentLeads
from hotline.simulation.knowledge import KnowledgeKeepers
from hotline.simulation.ladder import Ladder
from hotline.simulation.pace import Pace
from hotline.simulation.police import Police
from hotline.simulation.review import Review
from hotline.simulation.scenes import Scenes
from hotline.simulation.town import Town, again_and_again
from models.city_corpus import read_corpus

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.access import Access
    from hotline.simulation.system import System
    from models.city import City

PARTS: Final = ("departments", "desk", "review", "follow-up", "callers")
ROLES: Final = (
    "agent",
    "shift_lead",
    "dispatcher",
    "reviewer",
    "follow_up",
    "supervisor",
    "knowledge",
    "administrator",
)
ROUND_EVERY_S: Final = 0.4
LOOK_EVERY_S: Final = 0.3
SWEEP_EVERY_S: Final = 10.0
LEADS_EVERY_S: Final = 2.0
SHIFT_EVERY_S: Final = 20.0
# Callers stop after this share of a run that has an end: the last ones want an answer too.
CALLING: Final = 1 / 3


async def live(
    access: Access, city: City, folder: Path, *, parts: frozenset[str], seed: int, seconds: float, calls: float
) -> Tally:
    """Live for so many seconds, or until SIGINT or SIGTERM; returns what was done. Raises Refused."""
    async with contextlib.AsyncExitStack() as ends:
        connection = Connection(access.url)
        ends.push_async_callback(connection.close)
        people = await _sign_in(connection, access)
        pace = Pace(lambda: _hub_time(people["supervisor"]))
        await pace.start()
        town = Town(city, connection, pace, people, seed)
        jobs: list[Any] = [pace.keep()]
        citizens = Citizens(town)
        phone, police = (
            Person(connection, {"authorization": f"Bearer {access.channels[name]}"}) for name in ("phone", "police")
        )
        if "departments" in parts:
            departments = Departments(town, access.departments)
            ends.push_async_callback(departments.stop)
            await departments.start()
            jobs.append(again_and_again(SWEEP_EVERY_S, departments.sweep))
        if "desk" in parts:
            jobs += await _desk(town)
        if "review" in parts:
            jobs.append(again_and_again(ROUND_EVERY_S, Review(town).round))
        if "follow-up" in parts:
            ladder = Ladder(town, citizens, phone)
            await _open(ladder.system, ends)
            jobs += [again_and_again(LOOK_EVERY_S, one.round) for one in (FollowUpCalls(town, citizens), ladder)]
        if "callers" in parts:
            agents = Agents(town, _bearers(connection, access.agents))
            await agents.start()
            callers = Callers(town, citizens, _bearers(connection, access.channels), agents, read_corpus(folder))
            emergencies = Police(town, phone, police)
            await _open(emergencies.system, ends)
            jobs += [emergencies.run(seconds * CALLING), agents.run(), callers.run(calls, seconds * CALLING)]
            jobs += [again_and_again(SHIFT_EVERY_S, agents.change_shift), IncidentLeads(town).bursts(phone)]
        await _until_told(jobs, seconds)
        return connection.tally


async def _open(system: System, ends: contextlib.AsyncExitStack) -> None:
    ends.push_async_callback(system.stop)
    await system.start()


def _bearers(connection: Connection, tokens: dict[str, str]) -> dict[str, Person]:
    """Return who holds each of some tokens."""
    return {name: Person(connection, {"authorization": f"Bearer {token}"}) for name, token in tokens.items()}


async def _desk(town: Town) -> list[Any]:
    """Everything that the people of the hotline's desk do."""
    desk, decisions, leads = Desk(town), Decisions(town), IncidentLeads(town)
    await desk.start()
    return [
        again_and_again(ROUND_EVERY_S, desk.round),
        again_and_again(ROUND_EVERY_S, decisions.round),
        again_and_again(ROUND_EVERY_S, decisions.confirm),
        again_and_again(SWEEP_EVERY_S, KnowledgeKeepers(town).round),
        again_and_again(LEADS_EVERY_S, leads.round),
        leads.storm(),
        again_and_again(SWEEP_EVERY_S, FigureKeepers(town).round),
        Scenes(town).run(),
    ]


async def _sign_in(connection: Connection, access: Access) -> dict[str, Person]:
    users = {user["role"]: user for user in access.users}
    missing = [role for role in ROLES if role not in users]
    if missing:
        raise Refused("访问凭证里没有演示账号：请以 HOTLINE_DEMO=on 启动热线中枢（make run 即是）")
    return {
        role: Person(connection, await connection.sign_in(users[role]["username"], users[role]["password"]))
        for role in ROLES
    }


async def _hub_time(person: Person) -> datetime:
    """Read the hub's clock off its backlog."""
    figures = await person.read("/api/v1/backlog")
    if figures is None:
        raise Refused("热线中枢没有应答")
    return datetime.fromisoformat(figures["at"])


async def _until_told(jobs: list[Any], seconds: float) -> None:
    """Do every job until the time is up or a signal comes; a job that fails ends all."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.ensure_future(job) for job in jobs]
    told = asyncio.create_task(stop.wait())
    ends = {told, *tasks}
    try:
        deadline = loop.time() + seconds if seconds else None
        while not told.done() and (deadline is None or loop.time() < deadline):
            left = None if deadline is None else deadline - loop.time()
            done, ends = await asyncio.wait(ends, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {told}:
                task.result()
    finally:
        for task in {told, *tasks}:
            task.cancel()
        await asyncio.gather(told, *tasks, return_exceptions=True)
