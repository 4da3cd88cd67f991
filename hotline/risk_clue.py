"""影响社会稳定线索: pushed to 110 at once because of its flags, or by a person of the desk; acknowledged or withdrawn.

Source: 国办发〔2022〕12号, 第一时间转110. The matter itself goes its own way.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline import clocks
from hotline.fields import Code, Grounds, Remark, required
from hotline.step import PROGRAM
from models.errors import Conflict
from models.lifecycle import Action, TicketState
from models.store import risk_clues
from models.store.risk_clues import RiskClue
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Timer

CLUE_SUBJECT: Final = "clue:"
UNACKNOWLEDGED: Final = "clue_unacknowledged"


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


async def push_by_rule(step: Step) -> None:
    """Push a new ticket whose flags the policy names; not what 110 has sent itself, nor who is attached to an incident."""
    flags = tuple(flag for flag in step.ticket.flags if flag in step.policy.handoff.clues)
    if not flags or step.ticket.police_number is not None or step.ticket.state is TicketState.MERGED:
        return
    actor, step.actor = step.actor, PROGRAM
    await _push(step, flags, step.ticket.urgency, "命中线索推送规则", is_by_rule=True)
    step.actor = actor


async def push(step: Step, fields: Push) -> str:
    """Push by a person of the desk; returns the clue's id. Raises Conflict where it was pushed already."""
    reason = step.hub.mask(required(fields.reason, "推送理由", 4))
    if await risk_clues.of_ticket(step.session, step.ticket.id) is not None:
        raise Conflict("该工单已作为风险线索推送110")
    return await _push(step, step.ticket.flags, fields.level or step.ticket.urgency, reason, is_by_rule=False)


async def move(step: Step, clue_id: str, fields: ClueStep) -> None:
    """Acknowledge or withdraw. Raises Conflict, InvalidRequest."""
    clue = await risk_clues.get(step.session, clue_id)
    if clue.withdrawn_at is not None:
        raise Conflict("该线索已撤回")
    if fields.action == "withdraw":
        reason = step.hub.mask(required(fields.reason, "撤回原因", 4))
        clue = replace(clue, withdrawn_at=step.at, reason=reason)
        await step.push_clue("risk_clue.withdrawn", reason, clue=clue.id, level=clue.level)
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


async def _push(step: Step, flags: tuple[str, ...], level: int, because: str, *, is_by_rule: bool) -> str:
    clue = RiskClue(
        id=secrets.token_hex(8),
        ticket_id=step.ticket.id,
        flags=flags,
        level=level,
        pushed_at=step.at,
        pushed_by=step.actor.name,
        is_by_rule=is_by_rule,
        acknowledge_by=clocks.acknowledge_clue_by(step.hub, step.at),
    )
    step.record("risk_clue_push", clue=clue.id, flags=flags, level=level, reason=because)
    await risk_clues.push(step.session, clue)
    await step.push_clue("risk_clue.pushed", because, clue=clue.id, level=level, flags=flags)
    step.wait(f"{CLUE_SUBJECT}{clue.id}", UNACKNOWLEDGED, clue.acknowledge_by)
    return clue.id
