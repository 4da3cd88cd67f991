"""GET /metrics for Prometheus: this process, and what the city's operators watch."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, get_args

from aiohttp import web
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from hotline import chat_figures
from hotline.keys import HUB
from models.errors import HotlineError
from models.lifecycle import OPEN_TICKET
from models.store import backlog, deliveries, incidents, installation, prompts, seats, storms, timers, utterances
from models.store.replica import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prometheus_client import Metric

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.replica import Replica
    from nlu.registry import Drift

# However many ask, the database is asked no more often than this.
FRESH_FOR_S: Final = 10.0
CHAT_FIGURES: Final = (
    "conversations", "turns_to_ticket", "completion_rate", "containment_rate", "takeover_rate", "unanswered_rate",
)  # fmt: skip


class Reading(Struct, frozen=True, kw_only=True):
    """What the database said; ages are in seconds, None where there is nothing of that age."""

    tickets: dict[str, int]
    backlog: dict[str, int]
    deliveries: dict[str, int]
    oldest_delivery_for: float
    due_timers: int
    oldest_timer_for: float
    agents: dict[str, int]
    waiting_work: dict[str, int]
    longest_wait_for: float
    incidents: dict[str, int]
    prompts: int
    is_storm: bool
    heartbeat_for: float | None
    chats: dict[str, int]
    chat_figures: dict[str, float]


class Figures:
    """The newest reading of one process, kept for a while; None where the database gave none."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._reading: Reading | None = None
        self._fresh_until = 0.0
        self._lock = asyncio.Lock()

    async def reading(self) -> Reading | None:
        """Return the figures, read again where they are no longer fresh; whoever asks meanwhile waits for that."""
        async with self._lock:
            if time.monotonic() >= self._fresh_until:
                try:
                    self._reading = await self._hub.database.read_once(self._read)
                except HotlineError:
                    self._reading = None
                self._fresh_until = time.monotonic() + FRESH_FOR_S
            return self._reading

    async def _read(self, session: Session) -> Reading:
        now = self._hub.now()
        states = await backlog.states(session)
        undelivered = await deliveries.undelivered(session)
        due, due_since = await timers.due(session, now)
        beat = await installation.last_beat(session, "work")
        agents, queues = await seats.all_states(session), await seats.queues(session)
        return Reading(
            tickets={state: states.get(state, 0) for state in sorted(OPEN_TICKET)},
            backlog=await backlog.net_and_gross(session, now),
            deliveries={"waiting": undelivered.waiting, "dead": undelivered.dead},
            oldest_delivery_for=_age(undelivered.waiting_since, now),
            due_timers=due,
            oldest_timer_for=_age(due_since, now),
            agents={state: agents.get(state, 0) for state in get_args(seats.State)},
            waiting_work={
                kind: sum(queue.n for queue in queues if queue.kind == kind) for kind in get_args(seats.WorkKind)
            },
            longest_wait_for=_age(min((queue.since for queue in queues), default=None), now),
            incidents=await incidents.figures(session, now),
            prompts=await prompts.waiting(session),
            is_storm=await storms.now(session) is not None,
            heartbeat_for=_age(beat, datetime.now(UTC)) if beat else None,
            chats=await utterances.now(session),
            chat_figures=await self._chats(session),
        )

    async def _chats(self, session: Session) -> dict[str, float]:
        """Return how the conversations of the last day went, without the shares of nothing."""
        now = self._hub.now()
        found = await chat_figures.figures(session, now - timedelta(days=1), now)
        return {name: found[name] for name in CHAT_FIGURES if found[name] is not None}


FIGURES = web.AppKey("FIGURES", Figures)


class Gauges(Collector):
    """A reading in the words of Prometheus (docs/operations.md)."""

    def __init__(self, reading: Reading | None, drift: Drift | None) -> None:
        self._reading = reading
        self._drift = drift

    def collect(self) -> Iterator[Metric]:
        """Yield every gauge; without a reading only that there is none."""
        found = self._reading
        if self._drift is not None:
            yield _gauge("drift_alarms", "measures of drift that lie beyond their bars", len(self._drift.alarms))
            words = "how far recent requests lie from the reference of the model in use"
            yield _gauges("drift", words, "measure", self._drift.measures)
        yield _gauge("database_up", "1 where the database answered, else 0", float(found is not None))
        if found is None:
            return
        yield _gauges("tickets", "open tickets by state", "state", found.tickets)
        yield _gauges("backlog_tickets", "open tickets past a due time, net and gross", "counted", found.backlog)
        yield _gauges("deliveries", "webhooks that are not delivered, by state", "state", found.deliveries)
        age = "age of the oldest webhook that waits, on the hub's clock; 0 where none waits"
        yield _gauge("oldest_waiting_delivery_age_seconds", age, found.oldest_delivery_for)
        yield _gauge("due_timers", "timers that are due and not fired yet", found.due_timers)
        late = "for how long the first of them has been due, on the hub's clock; 0 where none is"
        yield _gauge("oldest_due_timer_age_seconds", late, found.oldest_timer_for)
        yield _gauges("agents", "agents who have signed on, by state", "state", found.agents)
        yield _gauges("waiting_work", "chats, calls and call-backs that wait for an agent", "kind", found.waiting_work)
        longest = "how long the first of them has waited, on the hub's clock; 0 where none waits"
        yield _gauge("longest_wait_for_an_agent_seconds", longest, found.longest_wait_for)
        words = "incidents that are open, whose report to the leaders is late, whose one answer has expired"
        yield _gauges("incidents", words, "counted", found.incidents)
        yield _gauge("prompts", "pile-ups that wait for a person to open an incident or dismiss them", found.prompts)
        yield _gauge("storm", "1 while so much comes in that what can wait is put off, else 0", float(found.is_storm))
        states = {state: found.chats.get(state, 0) for state in ("bot", "waiting", "agent")}
        yield _gauges("chats", "conversations under way, by who answers them", "state", states)
        yield _gauges("chat_figures", "how the conversations of the last day went", "figure", found.chat_figures)
        if found.heartbeat_for is not None:
            beat = "since the last sign of life of any worker, on the wall clock"
            yield _gauge("worker_heartbeat_age_seconds", beat, found.heartbeat_for)


class OfProcess(Collector):
    """What this process has counted, under its number: the servers share a port, and whichever is asked tells of itself alone."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterator[Metric]:
        """Yield every figure of the process."""
        words = "connections of the process to the database: in use, without use, and requests that wait for one"
        connections = _gauges("database_connections", words, "state", self._hub.database.connections()._asdict())
        mine = {"pid": str(os.getpid())}
        for family in (*REGISTRY.collect(), connections, *_replica(self._hub.database.replica)):
            family.samples = [one._replace(labels={**one.labels, **mine}) for one in family.samples]
            yield family


async def metrics(request: web.Request) -> web.Response:
    """GET /metrics for Prometheus; the process figures come even where the database does not answer."""
    hub, registry = request.app[HUB], CollectorRegistry()
    registry.register(OfProcess(hub))
    registry.register(Gauges(await request.app[FIGURES].reading(), hub.drift))
    # Thousands of figures take longer to write than a request may wait.
    content = await asyncio.to_thread(generate_latest, registry)
    answer = web.Response(body=content, headers={"content-type": CONTENT_TYPE_LATEST})
    # Who asks again on the same connection would hear of the same process for ever.
    answer.force_close()
    return answer


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _replica(replica: Replica | None) -> Iterator[Metric]:
    if replica is None:
        return
    yield _gauge("replica_up", "1 while a replica is good enough to be asked, else 0", float(not replica.trouble))
    words = "reads that a replica may answer, by who did: it, or the leader because of trouble, more seen, or a failure"
    family = CounterMetricFamily("hotline_far_reads", words, labels=["answer"])
    for answer in ANSWERS:
        family.add_metric([answer], replica.answers[answer])
    yield family


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"hotline_{name}", words, value=value)


def _gauges(name: str, words: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"hotline_{name}", words, labels=[label])
    for value_of, value in values.items():
        family.add_metric([value_of], value)
    return family
