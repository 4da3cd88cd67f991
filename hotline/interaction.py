"""来话/会话: offered, answered, ended or abandoned; 0..n tickets come of it, and some need none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from msgspec.structs import replace
from prometheus_client import Counter

from hotline import clocks
from models.errors import Conflict, InvalidRequest
from models.store import interactions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.interactions import Interaction, Outcomes
    from models.vocabulary import Channel

# 直办, progress queries and silent calls are counted and never routed.
Outcome = Literal[
    "new_ticket",
    "answered",
    "progress_query",
    "supplement",
    "urging",
    "withdrawal",
    "silent",
    "wrong_number",
    "harassment",
]
Happening = Literal["answered", "ended", "abandoned", "transcript"]
GENERAL: Final = "general"
ABANDONED: Final = "abandoned"
# Ended, and nobody said how.
UNSTATED: Final = "unstated"
UNDER_WAY: Final = "under_way"
ENDED: Final = Counter("hotline_interactions_ended", "来话按结果计数（本进程）", ["outcome"])
for _outcome in (*get_args(Outcome), ABANDONED, UNSTATED):
    ENDED.labels(_outcome)


async def offer(hub: Hub, channel: Channel, number: str | None, phone: str | None) -> int:
    """Record an arriving interaction with the seat group of the dialled line; returns its id."""
    line = hub.city.lines.get(number) if number else None
    if number is not None and line is None:
        raise InvalidRequest(f"没有登记号码为“{number}”的热线，请核对 line")
    seat_group = (line.seat_group if line else "") or GENERAL
    return await hub.database.write(
        lambda session: interactions.offer(session, channel, number, seat_group, phone, hub.now())
    )


async def happen(
    hub: Hub, interaction_id: int, event: Happening, *, agent: str | None, outcome: str | None, text: str
) -> Interaction:
    """Record what happened; a call abandoned before it was answered is called back, once for each phone."""

    async def work(session: Session) -> Interaction:
        current = await interactions.lock(session, interaction_id)
        if current.ended_at is not None:
            raise Conflict("该来话已结束")
        changed = _changed(hub, current, event, agent=agent, outcome=outcome, text=text)
        if event == "ended" and changed.outcome is None and await interactions.has_tickets(session, interaction_id):
            changed = replace(changed, outcome="new_ticket")
        await interactions.change(session, changed)
        if event == "answered" and current.caller_index is not None:
            await interactions.called_back(session, current.caller_index, hub.now())
        if event == "abandoned" and current.answered_at is None and current.caller_index is not None:
            call_back_by = await interactions.missed(session, current, clocks.call_back_by(hub, hub.now()))
            changed = replace(changed, call_back_by=call_back_by)
        return changed

    changed = await hub.database.write(work)
    if changed.ended_at is not None:
        # Once for each: what has ended takes no more events.
        ENDED.labels(changed.outcome or UNSTATED).inc()
    return changed


async def figures(hub: Hub, since: datetime) -> dict[str, Any]:
    """Count what arrived since then: offered, answered, abandoned, still under way, and by outcome; by line too."""
    rows = await hub.database.read(lambda session: interactions.outcomes(session, since))
    lines = dict.fromkeys(row.line for row in rows)
    by_line = [{"line": line, **_counted(row for row in rows if row.line == line)} for line in lines]
    return {"since": since, **_counted(rows), "lines": by_line}


def _counted(rows: Iterable[Outcomes]) -> dict[str, Any]:
    found: dict[str, Any] = {"offered": 0, "answered": 0, "abandoned": 0, "under_way": 0}
    outcomes: dict[str, int] = {}
    for row in rows:
        for name in ("offered", "answered", "abandoned"):
            found[name] += getattr(row, name)
        if row.outcome == UNDER_WAY:
            found["under_way"] += row.offered
        else:
            outcomes[row.outcome] = outcomes.get(row.outcome, 0) + row.offered
    return {**found, "outcomes": outcomes}


def _changed(
    hub: Hub, current: Interaction, event: Happening, *, agent: str | None, outcome: str | None, text: str
) -> Interaction:
    if event == "transcript":
        return replace(current, transcript=f"{current.transcript}{text}\n")
    if event == "answered":
        return replace(current, answered_at=current.answered_at or hub.now(), agent=agent)
    ended = ABANDONED if event == "abandoned" else outcome
    return replace(current, ended_at=hub.now(), outcome=ended or current.outcome)
