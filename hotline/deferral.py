"""挂账: what cannot be solved now for objective reasons, with a plan and a date by which it will be (济南§24)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from hotline import clock_moves, clocks
from hotline.fields import Grounds, Moment, PartFields, Reason, required
from models.errors import Conflict, InvalidRequest
from models.lifecycle import Action, AssignmentState
from models.store import deferrals, events
from models.trail import event_fields

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Assignment


# A date further off is no plan; it also keeps dates within the years that can be counted (models.provisional).
LONGEST: Final = timedelta(days=731)


class RequestDeferral(PartFields, kw_only=True):
    """申请挂账: why it is not possible now, the plan, and by when it will be solved."""

    reason: Grounds
    plan: Grounds
    solve_by: Moment


class DecideDeferral(Struct, kw_only=True):
    """挂账审批, and its review: granted, it stands, until `solve_by` where its review names a later date."""

    granted: bool
    reason: Reason
    assignment: int | None = None
    solve_by: Moment | None = None


async def request_deferral(step: Step, fields: RequestDeferral) -> None:
    """Ask for a deferral with a plan and a date that lies after the present one."""
    part = step.part(fields.assignment)
    reason, plan = required(fields.reason, "挂账理由", 4), required(fields.plan, "解决计划", 4)
    if part.asked is not None:
        raise Conflict("已有待审批的申请，请等候审批")
    if fields.solve_by <= max(part.reply_by, step.at):
        raise InvalidRequest("解决期限应晚于当前答复时限，且不能是过去的时间")
    if fields.solve_by > step.at + LONGEST:
        raise InvalidRequest("解决期限最长两年；更久的计划请到期复核后重新申请")
    step.take(
        Action.REQUEST_DEFERRAL,
        assignment=part.ordinal,
        reason=reason,
        plan=plan,
        solve_by=fields.solve_by,
        said_at=fields.at,
        decide_due=clocks.decide_by(step.hub, "deferral", step.at)[1],
    )
    asked = {"what": "deferral", "reason": reason, "plan": plan, "solve_by": fields.solve_by, "at": step.at}
    step.move_part(part, Action.REQUEST_DEFERRAL, asked=asked)


async def decide_deferral(step: Step, fields: DecideDeferral) -> None:
    """Grant or refuse what was asked, or, at a review, say whether the deferral still stands."""
    part, asked = clock_moves.asked_part(step, "deferral", fields.assignment)
    reason = required(fields.reason, "审批意见")
    if part.is_deferral_reviewed:
        await _review(step, part, asked, fields, reason)
        return
    if fields.solve_by is not None:
        raise InvalidRequest("solve_by 只在复核时填写；首次审批按承办单位申请的期限")
    step.take(Action.DECIDE_DEFERRAL, assignment=part.ordinal, granted=fields.granted, reason=reason)
    solve_by = msgspec.convert(asked["solve_by"], Moment, strict=False)
    if fields.granted and solve_by <= step.at:
        raise Conflict("申请的解决期限已过，请不予批准，由承办单位重新申请")
    values = await clock_moves.deferred(step, part, solve_by) if fields.granted else {}
    to = AssignmentState.DEFERRED if fields.granted else part.state
    decided = step.move_part(part, Action.DECIDE_DEFERRAL, to, asked=None, **values)
    clock_moves.promise_again(step, decided, "挂账", is_agreed=True)
    await step.deliver(decided, "ticket.deferral_decided", granted=fields.granted, reason=reason)
    if fields.granted and part.is_lead:
        await step.tell_all("deferred", reason=asked["reason"], until=decided.reply_by)


async def call_review(step: Step, ordinal: int, reason: str) -> None:
    """A review before its date: the citizen has asked, or the reason has fallen away. Raises NotFound, Conflict."""
    part = step.part(ordinal)
    if part.state is not AssignmentState.DEFERRED:
        raise Conflict("该承办任务没有挂账")
    if part.asked is not None:
        raise Conflict("该挂账已在复核，请先审批（decide_deferral）")
    await open_review(step, part, reason)


async def open_review(step: Step, part: Assignment, reason: str = "到期复核") -> None:
    """A review date has come: the hotline must say whether the deferral still stands; one that waits goes on waiting."""
    if part.state is not AssignmentState.DEFERRED or part.asked is not None:
        return
    trail = [event_fields(event) for event in await events.of_ticket(step.session, part.ticket_id)
             if event.type == Action.REQUEST_DEFERRAL]  # fmt: skip
    told = next(fields for fields in reversed(trail) if fields["assignment"] == part.ordinal)
    asked = {"what": "deferral", "reason": told["reason"], "plan": told["plan"], "solve_by": part.reply_by}
    step.set_part(part, asked={**asked, "at": step.at, "is_review": True})
    step.record("deferral_review", assignment=part.ordinal, solve_by=part.reply_by, reason=reason)
    await deferrals.open_review(step.session, part, step.at)


async def _review(step: Step, part: Assignment, asked: dict[str, Any], fields: DecideDeferral, reason: str) -> None:
    """Keep, extend or end a deferral; the citizen is told each time (济南§24: hotline must track)."""
    verdict = "ended" if not fields.granted else "kept" if fields.solve_by is None else "extended"
    solve_by = fields.solve_by or part.reply_by
    if fields.granted and solve_by <= step.at:
        raise Conflict("约定的解决期限已过：请填写新的期限（solve_by），或终止挂账（granted 为 false）")
    if verdict == "extended" and not part.reply_by < solve_by <= step.at + LONGEST:
        raise InvalidRequest("新的解决期限应晚于原约定期限，且最长两年")
    step.take(Action.DECIDE_DEFERRAL, assignment=part.ordinal, granted=fields.granted, review=verdict, reason=reason)
    if verdict == "ended":
        decided = step.move_part(
            part,
            Action.DECIDE_DEFERRAL,
            AssignmentState.IN_PROGRESS,
            asked=None,
            **await clock_moves.deferral_ended(step, part),
        )
        clock_moves.promise_sooner(step, decided, "终止挂账")
    else:
        values = await clock_moves.deferred(step, part, solve_by) if verdict == "extended" else {}
        decided = step.move_part(part, Action.DECIDE_DEFERRAL, AssignmentState.DEFERRED, asked=None, **values)
        clock_moves.promise_again(step, decided, "挂账", is_agreed=True)
    await deferrals.decide(step.session, part, verdict, step.actor.name, step.at)
    await step.deliver(decided, "ticket.deferral_decided", granted=fields.granted, review=verdict, reason=reason)
    if part.is_lead:
        kind = {"ended": "deferral_ended", "kept": "still_deferred", "extended": "deferred"}[verdict]
        until = step.ticket.promised_at if verdict == "ended" else decided.reply_by
        await step.tell_all(kind, reason=asked["reason"], until=until)
