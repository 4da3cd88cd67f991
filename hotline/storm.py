"""风暴: when so much comes in that what can wait must wait, so that intake and seats go on as ever.

The worker measures and decides, or a shift lead does; every process follows. Put off are readings on trial, drift, forecasts,
reminders about the knowledge base, samples, indicators, reports, and follow-up; missed callers are promised a later call. Intake,
emergencies, dispatch, webhooks, departments' due times and incidents never wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import structlog
from msgspec import Struct
from msgspec.structs import replace

from hotline.alarm import alarm
from hotline.fields import Grounds, required
from models.errors import Conflict
from models.incident_rules import span
from models.store import storms

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.storms import Storm
    from models.storm import Arrivals
    from models.ticket import Actor

LOG = structlog.get_logger()
PROGRAM: Final = "program"
# What waits while there is a storm, in the words of the page.
SHED: Final = (
    "候选模型影子判读",
    "模型漂移检查",
    "来件与红牌预测",
    "知识库到期提醒",
    "质检抽样",
    "指标统计与报表",
    "到点回访",
    "漏接回拨（时限放宽并告知来电人）",
)


class Switching(Struct, kw_only=True):
    """A shift lead begins or ends a storm by hand, and says why."""

    action: Literal["begin", "end"]
    reason: Grounds


async def look(hub: Hub) -> int:
    """Count what came, and begin, follow or end a storm; returns how many storms began or ended."""
    before = hub.storm

    async def work(session: Session) -> Storm | None:
        at = hub.now()
        await storms.lock(session)
        await storms.count(session, at)
        return await _judge(hub, session, await storms.arrivals(session, at), at)

    hub.storm = await hub.database.write(work)
    return int((before.id if before else None) != (hub.storm.id if hub.storm else None))


async def follow(hub: Hub) -> None:
    """Take over whether there is a storm."""
    hub.storm = await hub.database.read(storms.now)


async def switch(hub: Hub, actor: Actor, fields: Switching) -> None:
    """Begin or end a storm by hand. Raises Conflict where it is so already, InvalidRequest."""
    reason = hub.mask(required(fields.reason, "理由", 4))

    async def work(session: Session) -> None:
        at = hub.now()
        await storms.lock(session)
        now = await storms.now(session)
        if (now is not None) == (fields.action == "begin"):
            raise Conflict("已经处于风暴模式" if now else "目前没有风暴")
        if now is None:
            await _begin(hub, session, "hand", reason, await storms.arrivals(session, at), by=actor.name)
        else:
            await _end(hub, session, now, reason, by=actor.name)

    await hub.database.write(work)
    await follow(hub)


def unless_storm(hub: Hub, once: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
    """Return a job that does nothing while there is a storm."""

    async def job() -> int:
        return 0 if hub.storm is not None else await once()

    return job


async def _judge(hub: Hub, session: Session, found: Arrivals, at: datetime) -> Storm | None:
    rule, last = hub.city.incidents.storm, await storms.last(session)
    if last is not None and last.ended_at is None:
        return await _go_on(hub, session, last, found, at)
    # Who ended one by hand has seen what comes in.
    is_quiet = last is not None and last.ended_by != PROGRAM and at < (last.ended_at or at) + span(rule.quiet_for)
    cause = found.cause(rule)
    if cause is None or is_quiet:
        return None
    usual = found.expected(rule)
    reason = f"近五分钟来件{found.five}件，为平时的{found.five / usual:.1f}倍"
    await _begin(hub, session, cause, reason, found, by=PROGRAM)
    return await storms.now(session)


async def _go_on(hub: Hub, session: Session, storm: Storm, found: Arrivals, at: datetime) -> Storm | None:
    rule = hub.city.incidents.storm
    calm_since = (storm.calm_since or at) if found.is_calm(rule) else None
    storm = replace(storm, peak=max(storm.peak, found.five), calm_since=calm_since)
    # Whoever began one by hand ends it by hand: they may have begun it ahead of the rain.
    if storm.cause != "hand" and calm_since is not None and at >= calm_since + span(rule.calm_for):
        await _end(hub, session, storm, f"来件低于平时的{rule.calm:g}倍已满{rule.calm_for.words}", by=PROGRAM)
        return None
    await storms.go_on(session, storm)
    return storm


async def _begin(hub: Hub, session: Session, cause: str, reason: str, found: Arrivals, *, by: str) -> None:
    at = hub.now()
    expected = found.expected(hub.city.incidents.storm)
    storm_id = await storms.begin(session, cause, reason, found, expected, by=by, at=at)
    LOG.warning("storm began", storm=storm_id, cause=cause, arrivals=found.five, expected=round(expected, 1))
    await _tell(hub, session, f"{storm_id}_began", f"已进入风暴模式：{reason}。可延后的工作已暂停，请安排增援。", at)


async def _end(hub: Hub, session: Session, storm: Storm, reason: str, *, by: str) -> None:
    at = hub.now()
    await storms.go_on(session, storm)
    await storms.end(session, storm.id, by=by, at=at, reason=reason)
    LOG.warning("storm ended", storm=storm.id, peak=storm.peak)
    await _tell(hub, session, f"{storm.id}_ended", f"风暴模式已解除：{reason}。最多五分钟来件{storm.peak}件。", at)


async def _tell(hub: Hub, session: Session, name: str, words: str, at: datetime) -> None:
    """Tell who is on duty at the hotline: shift leads and supervisors are reached there."""
    await alarm(hub, session, f"storm_{name}", {hub.city.hotline_department}, words, at)
