"""City life: everybody who takes part, at work over real HTTP until the time is up or somebody says stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from hotline.simulation.agents import Agents
from hotline.simulation.boards import BoardReaders
from hotline.simulation.callers import Callers
from hotline.simulation.citizens import Citizens
from hotline.simulation.connection import Connection, Person, Refused, Tally
from hotline.simulation.decisions import Decisions
from hotline.simulation.departments import Departments
from hotline.simulation.desk import Desk
from hotline.simulation.figures import FigureKeepers
from hotline.simulation.follow_up import FollowUpCalls
from hotline.simulation.ground import GridWorkers
from hotline.simulation.incidents import IncidentLeads
from hotline.simulation.knowledge import KnowledgeKeepers
from hotline.simulation.ladder import Ladder
from hotline.simulation.lines import LineKeepers
from hotline.simulation.oversight import Watchers
from hotline.simulation.pace import Pace
from hotline.simulation.police import Police
from hotline.simulation.review import Review
from hotline.simulation.scenes import Scenes
from hotline.simulation.suggestions import Suggesters
from hotline.simulation.town import Town, again_and_again
from models.city_corpus import read_corpus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hotline.access import Access
    from hotline.simulation.plan import Plan
    from hotline.simulation.system import System
    from models.city import City, CorpusRow

ROLES: Final = (
    "agent",
    "shift_lead",
    "dispatcher",
    "reviewer",
    "follow_up",
    "supervisor",
    "knowledge",
    "administrator",
    "quality",
    "leader",
)
ROUND_EVERY_S: Final = 0.4
LOOK_EVERY_S: Final = 0.3
MERGED_EVERY_S: Final = 1.5
SWEEP_EVERY_S: Final = 10.0
LEADS_EVERY_S: Final = 2.0
GROUND_EVERY_S: Final = 3.0
SHIFT_EVERY_S: Final = 20.0
BOARDS_EVERY_S: Final = 20.0


async def live(
    access: Access, city: City, folder: Path, plan: Plan, watch: Callable[[Pace, Tally], Awaitable[None]]
) -> Tally:
    """Live as planned, or until SIGINT or SIGTERM, and be watched; returns what was done. Raises Refused."""
    parts = plan.parts
    async with contextlib.AsyncExitStack() as ends:
        connection = Connection(access.url)
        ends.push_async_callback(connection.close)
        people = await _sign_in(connection, access)
        pace = Pace(lambda: _hub_time(people["supervisor"]), plan.haste)
        await pace.start()
        town = Town(city, connection, pace, people, plan.seed, plan.told_first)
        # The demo's own agent may sign on at a seat: city life speaks by the last of its agents, and the others sit.
        town.agent, people["agent"] = list(_bearers(connection, access.agents).items())[-1]
        if plan.calling(pace):
            town.calling_until = time.monotonic() + plan.calling(pace)
        jobs: list[Any] = [pace.keep(), watch(pace, connection.tally)]
        citizens = Citizens(town)
        doors = _bearers(connection, access.channels)
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
            ladder = Ladder(town, citizens, doors["phone"])
            await _open(ladder.system, ends)
            jobs.append(again_and_again(LOOK_EVERY_S, FollowUpCalls(town, citizens).round))
            jobs += [ladder.calls(), again_and_again(MERGED_EVERY_S, ladder.round)]
        if "callers" in parts:
            jobs += await _outside(town, citizens, plan, access, read_corpus(folder), ends)
        await _until_told(jobs, plan.lasts(pace))
        return connection.tally


async def _outside(
    town: Town, citizens: Citizens, plan: Plan, access: Access, corpus: list[CorpusRow], ends: contextlib.AsyncExitStack
) -> list[Any]:
    """Everybody from whom something comes in, and the agents who take it."""
    doors, calling = _bearers(town.connection, access.channels), plan.calling(town.pace)
    workers = GridWorkers(town, await _grids(town.connection, access))
    sitting = {name: token for name, token in access.agents.items() if name != town.agent}
    agents = Agents(town, _bearers(town.connection, sitting))
    await agents.start()
    emergencies = Police(town, doors["phone"], doors["police"])
    await _open(emergencies.system, ends)
    jobs = [
        agents.run(),
        Callers(town, citizens, doors, agents, corpus).run(plan.arrivals(town.pace)),
        emergencies.run(calling),
        LineKeepers(town, doors["phone"], doors["feed"]).run(calling),
        again_and_again(SHIFT_EVERY_S, agents.change_shift),
        again_and_again(SWEEP_EVERY_S, agents.look_around),
        again_and_again(GROUND_EVERY_S, workers.round),
        IncidentLeads(town).bursts(doors["phone"], calling),
        again_and_again(GROUND_EVERY_S, Suggesters(town, doors["web"]).round),
    ]
    if "desk" in plan.parts:
        watchers = Watchers(town, doors["phone"], access.departments)
        jobs.append(again_and_again(SWEEP_EVERY_S, watchers.round))
    return jobs


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
        again_and_again(BOARDS_EVERY_S, BoardReaders(town).round),
        Scenes(town).run(),
    ]


async def _sign_in(connection: Connection, access: Access) -> dict[str, Person]:
    users = {user["role"]: user for user in access.users}
    missing = [role for role in ROLES if role not in users]
    if missing:
        raise Refused("访问凭证里没有演示账号：请以 HOTLINE_DEMO=on 启动热线中枢（make run 即是）")
    people = {
        role: Person(connection, await connection.sign_in(users[role]["username"], users[role]["password"]))
        for role in ROLES
    }
    for role, person in people.items():
        person.second = people["shift_lead" if role == "supervisor" else "supervisor"]
    return people


async def _grids(connection: Connection, access: Access) -> list[Person]:
    """Return the demo's grid workers, signed in."""
    users = [user for user in access.users if user["username"].startswith("demo-grid-")]
    return [Person(connection, await connection.sign_in(user["username"], user["password"])) for user in users]


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
