"""审核: the hotline reads every reply before the citizen is asked (济南§27: 逐件审核)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from hotline.fields import RESULT_NAMES, Grounds, Remark, required
from models.lifecycle import LIVE_ASSIGNMENT, Action, AssignmentState

if TYPE_CHECKING:
    from hotline.step import Step


class Approve(Struct, kw_only=True):
    """审核通过."""

    remark: Remark = ""


class Reject(Struct, kw_only=True):
    """审核退回: what is missing."""

    reason: Grounds


async def approve(step: Step, fields: Approve) -> None:
    """Accept what was signed off and take back what was not; then the citizen is asked."""
    lead = step.lead
    step.take(Action.APPROVE, remark=fields.remark, assignment=lead.ordinal)
    for part in step.live_parts:
        if part.state is AssignmentState.SIGNED_OFF:
            step.move_part(part, Action.APPROVE)
        elif part.state in LIVE_ASSIGNMENT:
            await step.end_part(part, "ticket.recalled", reason="主办单位答复已审核通过")
    await step.tell_all("result", result=RESULT_NAMES.get(lead.result or "", "已办理"))


async def reject(step: Step, fields: Reject) -> None:
    """Send the lead's reply back for more; its clock was never stopped."""
    reason = required(fields.reason, "退回理由", 4)
    lead = step.lead
    step.take(Action.REJECT, assignment=lead.ordinal, reason=reason)
    rejected = step.move_part(lead, Action.REJECT, replied_at=None, signed_off_at=None)
    await step.deliver(rejected, "ticket.reply_rejected", reason=reason)
