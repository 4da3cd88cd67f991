"""City life at high speed: what was dispatched ends closed, every step of both lifecycles is taken, the trail holds."""

from __future__ import annotations

import asyncio
import csv
import itertools
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
import pytest

from hotline.postgres import EmbeddedPostgres
from models.city_corpus import read_corpus
from models.city_files import read_city
from models.lifecycle import (
    ASSIGNMENT_ENDS,
    ASSIGNMENT_STEPS,
    TICKET_STEPS,
    Action,
    AssignmentState,
    TicketState,
    advance,
    advance_ticket,
)
from models.ticket import number_of
from models.trail import EventBody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.acceptance.conftest import RunningHub

CITY = Path(__file__).parent.parent.parent / "cities" / "yunzhou"
ROWS = 240
CALLS_A_SECOND = 0.8
CALLING_S = 100
# It ends sooner where all has happened: other tests run beside it.
WITHIN_S = 400
LIFE = ("simulate", "--only", "departments,desk,review,follow-up,callers")

T, A = TicketState, AssignmentState
Move = tuple[Action, str | None, str]
ASKS_FOR_TIME = {
    Action.REQUEST_EXTENSION,
    Action.DECIDE_EXTENSION,
    Action.REQUEST_DEFERRAL,
    Action.DECIDE_DEFERRAL,
}


@pytest.mark.timeout(560)
def test_a_city_at_high_speed_takes_every_step_and_closes_what_it_dispatched(
    running_hub: Callable[..., RunningHub], tmp_path: Path
) -> None:
    hub = running_hub(clock_speed=7200, HOTLINE_SERVERS="1")
    url = EmbeddedPostgres(hub.data_dir / "postgres").url("hotline")
    rows = tmp_path / "rows.csv"
    _write_rows(rows)

    said, waiting = _live(hub, url, rows)
    assert said.endswith("意外0件"), said
    share = asyncio.run(_figures(url))["share"]
    assert share >= 0.95, f"only {share:.0%} of what was dispatched ended closed"

    trails = asyncio.run(_trails(url))
    taken = _taken(trails.values())
    assert not _missing(taken), f"never happened: {_missing(taken)}"
    assert waiting == 0, "webhooks wait although every endpoint answers"
    assert {trail.number: trail.ends for trail in trails.values()} == asyncio.run(_stored(url))

    verified = hub.hotline("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    recomputed = hub.hotline("audit", "recompute")
    assert recomputed.returncode == 0, recomputed.stdout
    figures = json.loads(hub.hotline("backlog", "--json").stdout)
    assert {"open", "backlog", "departments"} <= figures.keys()

    altered = asyncio.run(_alter_one_event(url))
    found = hub.hotline("audit", "verify")
    assert found.returncode == 1
    assert found.stdout.startswith(f"{altered}\t")


def _live(hub: RunningHub, url: str, rows: Path) -> tuple[str, float]:
    """Replay the rows into a living city until all has happened, is closed and delivered.

    Returns the last words of city life and how many webhooks wait.
    """
    words = [*LIFE, "--seconds", str(WITHIN_S), "--calls", str(CALLS_A_SECOND)]
    life = subprocess.Popen(
        [sys.executable, "-m", "hotline", *words], env=hub.environ, stdout=subprocess.PIPE, text=True
    )
    try:
        sent = json.loads(hub.hotline("replay", str(rows), "--json").stdout.strip().splitlines()[-1])
        assert (sent["accepted"], sent["failed"]) == (ROWS, 0)
        calling_until, until = time.monotonic() + CALLING_S, time.monotonic() + WITHIN_S - 10
        while time.monotonic() < until:
            time.sleep(2)
            found = asyncio.run(_figures(url))
            is_settled = found["share"] >= 0.97 and not found["on_desk"] and not found["waiting"]
            # A citizen who asks for a fourth time has been answered four times before: that takes longest.
            if (
                is_settled
                and time.monotonic() > calling_until
                and not _missing(_taken(asyncio.run(_trails(url)).values()))
            ):
                break
    finally:
        life.send_signal(signal.SIGINT)
        said, _ = life.communicate(timeout=30)
    return said.strip(), found["waiting"]


def _write_rows(path: Path) -> None:
    """Write requests made of the corpus and the gazetteer, all categories in turn."""
    places = itertools.cycle(read_city(CITY).gazetteer[::7])
    texts = read_corpus(CITY)
    chosen = texts[:: len(texts) // ROWS][:ROWS]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "phone", "name", "text"])
        for n, (row, place) in enumerate(zip(chosen, places, strict=False)):
            writer.writerow([f"row-{n}", f"137{n:08d}", "市民", f"{place.name}，{row.text}"])


class Trail:
    """One ticket walked through its events: `moves` are the steps that it and its parts took, by the tables."""

    def __init__(self, number: str, events: list[EventBody]) -> None:
        self.number = number
        self.moves: Counter[Move] = Counter()
        self.state: TicketState | None = None
        self.parts: dict[int, AssignmentState] = {}
        self._roles: dict[int, str] = {}
        self._parents: dict[int, int | None] = {}
        self._made_by: Action | None = None
        self._delegated_by: int | None = None
        for event in events:
            self._take(event)

    @property
    def ends(self) -> tuple[str | None, dict[int, str]]:
        """Where the trail says that the ticket and its parts stand."""
        return self.state, dict(self.parts)

    def _take(self, event: EventBody) -> None:
        said = event.fields
        if event.type == "clock_started":
            self._make(said)
        if event.type not in Action.__members__.values():
            return
        action = Action(event.type)
        self._made_by, self._delegated_by = action, said.get("assignment")
        self._move_parts(action, said)
        self._move_ticket(action, said)

    def _make(self, said: dict[str, Any]) -> None:
        """A part begins: made by the step before it on the trail."""
        assert self._made_by is not None
        ordinal = said["assignment"]
        self.parts[ordinal], self._roles[ordinal] = A.DISPATCHED, said["role"]
        self._parents[ordinal] = self._delegated_by if said["role"] == "delegated" else None
        self.moves[self._made_by, None, A.DISPATCHED] += 1

    def _move_ticket(self, action: Action, said: dict[str, Any]) -> None:
        """Move the ticket as its table says."""
        if action is Action.REGISTER:
            self._settle(action, T.REGISTERED)
        else:
            assert self.state is not None
            self._settle(action, advance_ticket(self.state, action, self._goal(action, said)))

    def _settle(self, action: Action, after: TicketState) -> None:
        self.moves[action, self.state, after] += 1
        self.state = after

    def _goal(self, action: Action, said: dict[str, Any]) -> TicketState | None:
        """Where a step leads that may lead to more than one state; None where the table knows."""
        if action is Action.HAND_OFF:
            return self.state if said["remainder"] else T.HANDED_OFF
        if action is Action.DECIDE_SEND_BACK:
            return T.ON_DESK if said["upheld"] and self._leads(said["assignment"]) else self.state
        if action is Action.RECALL:
            return T.ON_DESK if any(self._leads(ordinal) for ordinal in said["assignments"]) else self.state
        if action is Action.SIGN_OFF:
            return T.IN_REVIEW if self._leads(said["assignment"]) else self.state
        if action in {Action.REOPEN, Action.GRADE_UP}:
            return T.ASSIGNED if said["lead" if action is Action.REOPEN else "onward"] else T.ON_DESK
        return None

    def _leads(self, ordinal: int) -> bool:
        return self._roles[ordinal] == "lead"

    def _move_parts(self, action: Action, said: dict[str, Any]) -> None:
        if action in {Action.REASSIGN, Action.MERGE, Action.WITHDRAW}:
            self._end(self.parts)
        elif action is Action.RECALL:
            self._end(said["assignments"])
        elif action is Action.APPROVE:
            self._advance(action, [n for n, state in self.parts.items() if state not in ASSIGNMENT_ENDS])
        elif action in {step.action for step in ASSIGNMENT_STEPS} and "assignment" in said:
            self._advance(action, [said["assignment"]], said)
            if action is Action.GRADE_UP:
                self._end(self._below(said["assignment"]))
            if said.get("upheld"):
                self._end(self.parts if self._leads(said["assignment"]) else self._below(said["assignment"]))

    def _advance(self, action: Action, ordinals: Iterable[int], said: dict[str, Any] | None = None) -> None:
        to = None
        if action is Action.DECIDE_SEND_BACK and said is not None:
            to = A.SENT_BACK if said["upheld"] else A.ACKNOWLEDGED
        if action is Action.DECIDE_DEFERRAL and said is not None and said["granted"]:
            to = A.DEFERRED
        if action is Action.DECIDE_DEFERRAL and said is not None and said.get("review") == "ended":
            to = A.IN_PROGRESS
        for ordinal in ordinals:
            before = self.parts[ordinal]
            self.parts[ordinal] = advance(before, action, to)
            self.moves[action, before, self.parts[ordinal]] += 1

    def _end(self, ordinals: Iterable[int]) -> None:
        self._advance(Action.RECALL, [n for n in list(ordinals) if self.parts[n] not in ASSIGNMENT_ENDS])

    def _below(self, ordinal: int) -> Iterator[int]:
        for child in [n for n, parent in self._parents.items() if parent == ordinal]:
            yield child
            yield from self._below(child)


def _taken(trails: Iterable[Trail]) -> Counter[Any]:
    """Count every move, and every action by itself."""
    found: Counter[Any] = Counter()
    for trail in trails:
        found.update(trail.moves)
        for (action, _, _), n in trail.moves.items():
            found[action] += n
    return found


def _expected() -> set[Any]:
    """Every move of both tables; a step that moves nothing is expected once, from anywhere."""
    moves: set[Any] = set(Action)
    for row in TICKET_STEPS:
        moves |= {(row.action, before, after) for before, after in itertools.product(row.before or {None}, row.after)}
    for part in ASSIGNMENT_STEPS:
        for before, after in itertools.product(part.before or {None}, part.after):
            # A decision on time that is refused, and every request, leaves the part in the state in which it was.
            is_other = part.action in ASKS_FOR_TIME and after not in {before, A.DEFERRED} and before is not A.DEFERRED
            if not is_other:
                moves.add((part.action, before, after))
    return moves


def _missing(taken: Counter[Any]) -> list[Any]:
    """Return what was expected and never happened."""
    return sorted(_expected() - taken.keys(), key=str)


async def _trails(url: str) -> dict[int, Trail]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT ticket_id, body FROM events ORDER BY ticket_id, seq")
    await connection.close()
    return {
        ticket_id: Trail(number_of(ticket_id), [msgspec.json.decode(row["body"], type=EventBody) for row in found])
        for ticket_id, found in itertools.groupby(rows, key=lambda row: row["ticket_id"])
    }


async def _stored(url: str) -> dict[str, tuple[str, dict[int, str]]]:
    """What the tables say of every ticket and part, to be what the trail says."""
    connection = await asyncpg.connect(url)
    states = await connection.fetch("SELECT id, state::text AS state FROM tickets")
    parts = await connection.fetch("SELECT ticket_id, ordinal, state::text AS state FROM assignments")
    await connection.close()
    of_ticket: dict[int, dict[int, str]] = {row["id"]: {} for row in states}
    for row in parts:
        of_ticket[row["ticket_id"]][row["ordinal"]] = row["state"]
    return {number_of(row["id"]): (row["state"], of_ticket[row["id"]]) for row in states}


async def _figures(url: str) -> dict[str, float]:
    """The share of what was dispatched that ended closed, what lies on the desk, which webhooks wait.

    What was merged after its dispatch, as a pile-up is into its incident, ends as the common ticket does.
    """
    connection = await asyncpg.connect(url)
    states = [row["state"] for row in await connection.fetch(
        "SELECT coalesce(c.state, t.state)::text AS state FROM tickets AS t LEFT JOIN tickets AS c ON c.id = t.merged_into "
        "AND t.state = 'merged' WHERE EXISTS (SELECT 1 FROM assignments AS a WHERE a.ticket_id = t.id)"
    )]  # fmt: skip
    on_desk = await connection.fetchval("SELECT count(*) FROM tickets WHERE state = 'on_desk'")
    waiting = await connection.fetchval("SELECT count(*) FROM deliveries WHERE state <> 'delivered'")
    await connection.close()
    closed = sum(1 for state in states if state in {T.CLOSED, T.ARCHIVED})
    return {"share": closed / max(1, len(states)), "on_desk": on_desk, "waiting": waiting}


async def _alter_one_event(url: str) -> str:
    """Change one letter of one event as somebody with the database's password could; returns the ticket's number."""
    connection = await asyncpg.connect(url)
    ticket_id: int = await connection.fetchval("SELECT ticket_id FROM events ORDER BY ticket_id DESC LIMIT 1")
    await connection.execute("UPDATE events SET actor = actor || 'x' WHERE ticket_id = $1 AND seq = 2", ticket_id)
    await connection.close()
    return number_of(ticket_id)
