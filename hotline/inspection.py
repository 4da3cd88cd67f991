"""质检: drawn by plan, scored by an inspector who had no part in it, appealed against once, decided by another inspector."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline import clocks
from hotline.fields import Grounds, Remark, required
from hotline.step import run
from models.calendar import CHINA_TIME
from models.errors import Conflict, Forbidden, InvalidRequest, NotFound
from models.inspection import Code, Subject
from models.limits import InvalidRule
from models.store import inspections
from models.store.inspections import Inspection
from models.ticket import id_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.step import Step
    from models.inspection import Sample
    from models.store.database import Session
    from models.ticket import Actor

INSPECTORS: Final = frozenset({Role.QUALITY, Role.SUPERVISOR})
BY_HAND: Final = "by_hand"
# The days that a hub which slept draws afterwards.
LOOKS_BACK: Final = 7
SUNDAY: Final = 6
A_DAY: Final = timedelta(days=1)
A_WEEK: Final = timedelta(days=7)

Points = Annotated[int, Meta(ge=0, le=100)]


class Pick(Struct, kw_only=True):
    """One interaction (its id) or ticket (its number) is to be looked at, outside of the plan."""

    of: Subject
    subject: Annotated[str, Meta(pattern="^[0-9]{1,18}$")]
    reason: Grounds


class InspectionStep(Struct, kw_only=True):
    """`score`: `points` of every item, `vetoes` and a `text` (评语). `appeal`: `text` says why, once. `decide`: another inspector
    upholds or changes the score, with points of their own.
    """

    action: Literal["score", "appeal", "decide"]
    text: Remark = ""
    points: dict[Code, Points] = {}
    vetoes: Annotated[list[Code], Meta(max_length=20)] = []


async def draw_due(hub: Hub) -> int:
    """Draw the samples of the days that are over and were not drawn; returns how many were drawn."""
    today, total = hub.today(), 0
    for back in range(LOOKS_BACK, 0, -1):
        total += await draw(hub, today - timedelta(days=back))
    return total


async def draw(hub: Hub, day: date) -> int:
    """Draw the samples of one day that is over, once; which ones, the day says. Returns how many were drawn."""
    if day >= hub.today():
        raise Conflict("当天的抽样在次日零时后进行")

    async def work(session: Session) -> int:
        if not await inspections.begin_day(session, day, hub.now()):
            return 0
        drawn = 0
        for sample in hub.city.oversight.inspection.samples:
            if sample.a_week is None or day.weekday() == SUNDAY:
                since, until = _span(sample, day)
                drawn += await inspections.draw(session, sample, day, since, until, hub.now())
        return drawn

    return await hub.database.write(work)


async def pick(hub: Hub, actor: Actor, fields: Pick) -> int:
    """Take one by hand; returns its id. Raises NotFound, Conflict."""
    reason = hub.mask(required(fields.reason, "质检理由", 4))
    subject = id_of(fields.subject) if fields.of == "ticket" else int(fields.subject)

    async def work(session: Session) -> int:
        picked = Inspection(
            id=0,
            of=fields.of,
            subject=subject,
            rule=BY_HAND,
            day=hub.today(),
            drawn_at=hub.now(),
            picked_by=actor.name,
            reason=reason,
        )
        made = await inspections.add(session, picked)
        if made is None:
            raise Conflict("该来话或工单不存在、无人接办，或已经列入质检")
        return made

    return await hub.database.write(work)


async def move(hub: Hub, actor: Actor, inspection_id: int, fields: InspectionStep) -> None:
    """Score, appeal or decide. Raises NotFound, Forbidden, Conflict, InvalidRequest."""
    found = await hub.database.read(lambda session: inspections.get(session, inspection_id))
    if found.of == "ticket":
        await run(hub, actor, found.subject, lambda step: _move_on_ticket(step, inspection_id, fields))
        return
    await hub.database.write(lambda session: _move(hub, session, actor, inspection_id, fields))


async def _move(hub: Hub, session: Session, actor: Actor, inspection_id: int, fields: InspectionStep) -> Inspection:
    current = await inspections.lock(session, inspection_id)
    if fields.action == "appeal":
        changed = _appealed(hub, actor, current, required(fields.text, "申诉理由", 4))
    else:
        await _check_inspector(session, actor, current)
        made = _scored if fields.action == "score" else _decided
        changed = made(hub, actor, current, fields)
    await inspections.change(session, changed)
    return changed


async def _move_on_ticket(step: Step, inspection_id: int, fields: InspectionStep) -> None:
    """The same, on the ticket's trail; whose part was inspected is told how, and until when it may appeal."""
    one = await _move(step.hub, step.session, step.actor, inspection_id, fields)
    step.record(f"inspection_{fields.action}", inspection=one.id, score=one.final_score, vetoes=one.vetoes)
    part = next((part for part in reversed(step.parts.values()) if part.department == one.department), None)
    if part is not None and fields.action != "appeal":
        told = {"inspection": str(one.id), "score": one.final_score, "vetoes": one.vetoes, "appeal_by": one.appeal_by}
        words = one.decision if fields.action == "decide" else one.remark
        await step.deliver(part, "ticket.inspected", **told, remark=words)


def is_about(actor: Actor, one: Inspection) -> bool:
    """Tell whether somebody is who is inspected."""
    if actor.role is Role.DEPARTMENT:
        return one.department is not None and one.department == actor.department
    return one.agent is not None and one.agent == actor.name


def allowed_actions(actor: Actor, one: Inspection, now: datetime) -> list[str]:
    """Return what somebody may do with one; whoever took part in its ticket is refused all the same, which a list does not ask."""
    if is_about(actor, one):
        in_time = one.appeal_by is not None and now <= one.appeal_by
        return ["appeal"] if in_time and one.appealed_at is None else []
    if actor.role not in INSPECTORS:
        return []
    if one.scored_at is None:
        return ["score"]
    waits = one.appealed_at is not None and one.decided_at is None
    return ["decide"] if waits and one.inspector != actor.name else []


async def _check_inspector(session: Session, actor: Actor, one: Inspection) -> None:
    """Refuse who inspects their own work."""
    if actor.role not in INSPECTORS:
        raise Forbidden("质检由质检员进行")
    own = is_about(actor, one)
    if one.of == "ticket":
        own = own or await inspections.took_part(session, one.subject, actor.name)
    if own:
        raise Forbidden("不能质检本人经办的来话或工单，请由其他质检员进行")


def _scored(hub: Hub, actor: Actor, one: Inspection, fields: InspectionStep) -> Inspection:
    if one.scored_at is not None:
        raise Conflict("该质检已经评分")
    at, score = hub.now(), _score(hub, one, fields)
    return replace(
        one,
        inspector=actor.name,
        scored_at=at,
        points=fields.points,
        vetoes=tuple(fields.vetoes),
        remark=hub.mask(fields.text),
        score=score,
        final_score=score,
        appeal_by=clocks.appeal_by(hub, hub.city.oversight.inspection.appeal_within, at),
    )


def _appealed(hub: Hub, actor: Actor, one: Inspection, reason: str) -> Inspection:
    if not is_about(actor, one):
        raise NotFound(f"没有编号为{one.id}的质检")
    if one.scored_at is None or one.appeal_by is None:
        raise Conflict("该质检尚未评分")
    if one.appealed_at is not None:
        raise Conflict("只能申诉一次")
    if hub.now() > one.appeal_by:
        raise Conflict("已超过申诉期限")
    return replace(one, appealed_by=actor.name, appealed_at=hub.now(), appeal=hub.mask(reason))


def _decided(hub: Hub, actor: Actor, one: Inspection, fields: InspectionStep) -> Inspection:
    """Another inspector scores anew: what is found now is final."""
    if one.appealed_at is None or one.decided_at is not None:
        raise Conflict("该质检没有待复核的申诉")
    if one.inspector == actor.name:
        raise Forbidden("申诉须由另一名质检员复核")
    return replace(
        one,
        decided_by=actor.name,
        decided_at=hub.now(),
        decision=hub.mask(required(fields.text, "复核意见", 4)),
        points=fields.points,
        vetoes=tuple(fields.vetoes),
        final_score=_score(hub, one, fields),
    )


def _score(hub: Hub, one: Inspection, fields: InspectionStep) -> int:
    try:
        return hub.city.oversight.inspection.sheet_of(one.of).score(fields.points, tuple(fields.vetoes))
    except InvalidRule as error:
        raise InvalidRequest(error.detail) from error


def _span(sample: Sample, day: date) -> tuple[datetime, datetime]:
    """Return from when to when a rule looks: the day, or the week that ends with it."""
    until = datetime.combine(day, time(), CHINA_TIME).astimezone(UTC) + A_DAY
    return until - (A_DAY if sample.a_week is None else A_WEEK), until
