"""延期: asking for time stops nothing; only an approved extension moves the department's date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from hotline import clock_moves, clocks
from hotline.fields import Code, Grounds, PartFields, Reason, required
from models.errors import Conflict
from models.lifecycle import Action

if TYPE_CHECKING:
    from hotline.step import Step


class RequestExtension(PartFields, kw_only=True):
    """申请延期: for how long, written like a limit of the policy (`5wd`, `24h`), and why."""

    reason: Grounds
    extra: Code | None = None


class DecideExtension(Struct, kw_only=True):
    """延期审批."""

    granted: bool
    reason: Reason
    assignment: int | None = None


async def request_extension(step: Step, fields: RequestExtension) -> None:
    """Ask before the date has passed, within what the policy allows, once at a time."""
    part = step.part(fields.assignment)
    reason = required(fields.reason, "延期理由", 4)
    if part.asked is not None:
        raise Conflict("已有待审批的申请，请等候审批")
    extra = await clock_moves.allowed_extension(step, part, fields.extra)
    if step.at > part.reply_by:
        raise Conflict("已过答复时限，不能再申请延期")
    step.take(
        Action.REQUEST_EXTENSION,
        assignment=part.ordinal,
        extra=extra,
        reason=reason,
        said_at=fields.at,
        decide_due=clocks.decide_by(step.hub, "extension", step.at)[1],
    )
    asked = {"what": "extension", "extra": extra, "reason": reason, "at": step.at}
    step.move_part(part, Action.REQUEST_EXTENSION, asked=asked)


async def decide_extension(step: Step, fields: DecideExtension) -> None:
    """Grant or refuse; a granted one is told to the citizen with its reason (北京§15)."""
    part, asked = clock_moves.asked_part(step, "extension", fields.assignment)
    reason = required(fields.reason, "审批意见")
    step.take(
        Action.DECIDE_EXTENSION, assignment=part.ordinal, granted=fields.granted, extra=asked["extra"], reason=reason
    )
    values = await clock_moves.extended(step, part, asked["extra"]) if fields.granted else {}
    decided = step.move_part(part, Action.DECIDE_EXTENSION, asked=None, **values)
    clock_moves.promise_again(step, decided, "延期")
    await step.deliver(decided, "ticket.extension_decided", granted=fields.granted, reason=reason)
    if fields.granted and part.is_lead:
        await step.tell_all("extended", reason=asked["reason"], until=step.ticket.promised_at)
