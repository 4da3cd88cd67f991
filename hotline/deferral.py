"""挂账: what cannot be solved now for objective reasons, with a plan and a date by which it will be (济南§24)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from hotline import clock_moves
from hotline.fields import Grounds, Moment, PartFields, Reason, required
from models.errors import Conflict, InvalidRequest
from models.lifecycle import Action, AssignmentState

if TYPE_CHECKING:
    from hotline.step import Step


# A date further off is no plan; it also keeps dates within the years that can be counted (models.provisional).
LONGEST: Final = timedelta(days=731)


class RequestDeferral(PartFields, kw_only=True):
    """申请挂账: why it is not possible now, the plan, and by when it will be solved."""

    reason: Grounds
    plan: Grounds
    solve_by: Moment


class DecideDeferral(Struct, kw_only=True):
    """挂账审批."""

    granted: bool
    reason: Reason
    assignment: int | None = None


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
    )
    asked = {"what": "deferral", "reason": reason, "plan": plan, "solve_by": fields.solve_by, "at": step.at}
    step.move_part(part, Action.REQUEST_DEFERRAL, asked=asked)


async def decide_deferral(step: Step, fields: DecideDeferral) -> None:
    """Grant or refuse; a granted one is told to the citizen with the date."""
    part, asked = clock_moves.asked_part(step, "deferral", fields.assignment)
    reason = required(fields.reason, "审批意见")
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
