"""审核: the hotline reads every reply before the citizen is asked (济南§27: 逐件审核)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hotline import adoption
from hotline.fields import Grounds, Remark, required
from hotline.ladder import open_asks
from hotline.step import PROGRAM
from models.errors import PartsOutstanding
from models.labels import LABELS, RESULT_NAMES
from models.lifecycle import Action
from models.store import tickets
from models.vocabulary import Channel

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Assignment

NOBODY_TO_ASK: Final = "巡查上报，无须回访"


class Approve(Struct, kw_only=True):
    """审核通过."""

    remark: Remark = ""


class Reject(Struct, kw_only=True):
    """审核退回: what is missing."""

    reason: Grounds


async def approve(step: Step, fields: Approve) -> None:
    """Accept every part; then the citizen is asked. Raises PartsOutstanding while one is not signed off.

    Who waits is not rid of its part: it replies, or the hotline recalls the part and says why.
    """
    step.check(Action.APPROVE)
    outstanding = [part for part in step.live_parts if part.is_outstanding]
    if outstanding:
        raise PartsOutstanding([_owed(step, part) for part in outstanding])
    lead = step.lead
    step.take(Action.APPROVE, remark=fields.remark, assignment=lead.ordinal)
    for part in step.live_parts:
        step.move_part(part, Action.APPROVE)
    await step.tell_all("result", result=RESULT_NAMES.get(lead.result or "", "已办理"))
    await adoption.decide(step, lead)
    if step.ticket.channel is Channel.PATROL and not await tickets.merged_into(step.session, step.ticket.id):
        # Who reported it stood there; there is no citizen to ask.
        step.take(Action.CLOSE, actor=PROGRAM, reason=NOBODY_TO_ASK)
        await step.tell_all("closed")
        await step.deliver(step.part(lead.ordinal), "ticket.closed", reason=NOBODY_TO_ASK)
    else:
        await open_asks(step)


async def reject(step: Step, fields: Reject) -> None:
    """Send the lead's reply back for more; its clock was never stopped."""
    reason = required(fields.reason, "退回理由", 4)
    lead = step.lead
    step.take(Action.REJECT, assignment=lead.ordinal, reason=reason)
    rejected = step.move_part(lead, Action.REJECT, replied_at=None, signed_off_at=None)
    await step.deliver(rejected, "ticket.reply_rejected", reason=reason)


def _owed(step: Step, part: Assignment) -> str:
    """Return who owes which part, and how far it is, as the reviewer reads it."""
    role, state = LABELS["assignment_role"][part.role], LABELS["assignment_state"][part.state]
    return f"{step.hub.department_name(part.department)}（{role}，{state}）"
