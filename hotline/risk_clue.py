"""影响社会稳定线索: pushed to 110 at once because of its flags, or by a person of the desk; acknowledged or withdrawn.

Source: 国办发〔2022〕12号, 第一时间转110. The matter itself goes its own way.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline.fields import Code, Grounds, Remark, required
from hotline.outgoing import POLICE
from hotline.pushing import CLUE_SUBJECT, push_clue
from models.errors import Conflict
from models.lifecycle import Action
from models.store import risk_clues
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Timer


class Push(Struct, kw_only=True):
    """A ticket that 110 must hear of. `level` is 1 (gravest) to 4, its urgency where none is given."""

    ticket: Annotated[str, Meta(pattern="^[0-9]{14,17}$")]
    reason: Grounds
    level: Annotated[int, Meta(ge=1, le=4)] | None = None


class ClueStep(Struct, kw_only=True):
    """`acknowledge`: 110 has it, under its `reference`. `withdraw`: it is none after all, with the reason."""

    action: Literal["acknowledge", "withdraw"]
    reference: Code | None = None
    reason: Remark = ""


async def push(step: Step, fields: Push) -> str:
    """Push by a person of the desk; returns the clue's id. Raises Conflict where it was pushed already."""
    reason = step.hub.mask(required(fields.reason, "推送理由", 4))
    if await risk_clues.of_ticket(step.session, step.ticket.id) is not None:
        raise Conflict("该工单已作为风险线索推送110")
    return await push_clue(step, step.ticket.flags, fields.level or step.ticket.urgency, reason, is_by_rule=False)


async def move(step: Step, clue_id: str, fields: ClueStep) -> None:
    """Acknowledge or withdraw. Raises Conflict, InvalidRequest."""
    clue = await risk_clues.get(step.session, clue_id)
    if clue.withdrawn_at is not None:
        raise Conflict("该线索已撤回")
    if fields.action == "withdraw":
        reason = step.hub.mask(required(fields.reason, "撤回原因", 4))
        clue = replace(clue, withdrawn_at=step.at, reason=reason)
        await step.push(POLICE, "risk_clue.withdrawn", reason, clue=clue.id, level=clue.level)
    elif clue.acknowledged_at is not None:
        raise Conflict("该线索110已确认")
    else:
        clue = replace(clue, acknowledged_at=step.at, reference=fields.reference)
    step.record(f"risk_clue_{fields.action}", clue=clue.id, reference=clue.reference)
    step.change.dropped_timers.append(f"{CLUE_SUBJECT}{clue.id}")
    await risk_clues.change(step.session, clue)


async def late(step: Step, timer: Timer) -> None:
    """110 has not acknowledged it: the shift lead must telephone, and is told again after ever longer whiles."""
    clue = await risk_clues.get(step.session, timer.subject.removeprefix(CLUE_SUBJECT))
    if clue.state != "waiting":
        step.change.dropped_timers.append(timer.subject)
        step.record("timer_ignored", kind=timer.kind)
        return
    step.supervise(Action.ESCALATE, None, "推送110的风险线索尚未确认，请班长立即电话核实", owner=Role.SHIFT_LEAD)
    step.wait(timer.subject, timer.kind, step.at + max(step.at - clue.pushed_at, timedelta(minutes=1)))
