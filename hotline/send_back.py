"""退单: a department says that a matter is not its duty; the hotline, or the unit that delegated it, decides.

Sources: 派单异议审核制度 (国办函〔2025〕66号), 天津 1/2 working days and designation at the third dispatch, 安阳 §50
with reason. A request counts when it is made, upheld or not: the second on a ticket is a dispute (会商). An upheld one
ends that department's clock uncharged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hotline import clocks, guards, ruling
from hotline.fields import DepartmentCode, Grounds, PartFields, Reason, required
from hotline.step import PROGRAM
from models.errors import Conflict, Forbidden, InvalidRequest
from models.lifecycle import Action, AssignmentState, TicketState, may
from models.vocabulary import AssignmentRole, Role

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Assignment


class SendBack(PartFields, kw_only=True):
    """退单: why, and by which duty argument another unit owes it."""

    reason: Grounds
    duty_argument: Grounds
    proposed_department: DepartmentCode | None = None


class DecideSendBack(Struct, kw_only=True):
    """退单裁决."""

    upheld: bool
    reason: Reason
    assignment: int | None = None


async def send_back(step: Step, fields: SendBack) -> None:
    """Ask to be rid of a part: with a reason, a duty argument, within the limit, and never after designation."""
    part = step.part(fields.assignment)
    reason = required(fields.reason, "退单理由", 4)
    argument = required(fields.duty_argument, "职责依据", 4)
    refused = guards.why_no_send_back(step.hub, part, step.at)
    if refused is not None:
        raise Conflict(refused)
    if fields.proposed_department not in {None, *step.hub.city.departments}:
        raise InvalidRequest(f"没有代码为“{fields.proposed_department}”的承办单位")
    step.take(
        Action.SEND_BACK,
        assignment=part.ordinal,
        reason=reason,
        duty_argument=argument,
        proposed_department=fields.proposed_department,
        said_at=fields.at,
        decide_due=clocks.decide_by(step.hub, "send_back", step.at)[1],
    )
    step.move_part(part, Action.SEND_BACK, send_back_count=part.send_back_count + 1)
    if part.role is not AssignmentRole.DELEGATED:
        _count(step, part)


async def decide_send_back(step: Step, fields: DecideSendBack) -> None:
    """Uphold or refuse. A delegated part is decided one level up, by the unit that delegated it."""
    part = _asked_part(step, fields.assignment)
    reason = required(fields.reason, "裁决理由")
    moves_ticket = fields.upheld and part.role is AssignmentRole.LEAD
    is_ruling = step.ticket.is_disputed and part.role is not AssignmentRole.DELEGATED
    if is_ruling and not (fields.upheld or may(Action.RULE, step.actor.role)):
        raise Forbidden("该工单正在会商：不予退单即是裁定，由班长或督办员作出")
    step.take(
        Action.DECIDE_SEND_BACK,
        to=TicketState.ON_DESK if moves_ticket else step.ticket.state,
        assignment=part.ordinal,
        upheld=fields.upheld,
        reason=reason,
        **_waits_again(step, part, upheld=fields.upheld),
    )
    to = AssignmentState.SENT_BACK if fields.upheld else AssignmentState.ACKNOWLEDGED
    acknowledged_at = part.acknowledged_at if fields.upheld else (part.acknowledged_at or step.at)
    # While the ruling was waited for nobody was pressed: what a late date brings is counted from now.
    counted_from = part.counted_from if fields.upheld else step.at
    decided = step.move_part(
        part,
        Action.DECIDE_SEND_BACK,
        to,
        acknowledged_at=acknowledged_at,
        counted_from=counted_from,
        is_designated=part.is_designated or (is_ruling and not fields.upheld),
    )
    await step.deliver(decided, "ticket.send_back_decided", upheld=fields.upheld, reason=reason)
    if moves_ticket:
        await _back_on_desk(step, part)
    elif fields.upheld:
        for other in step.below(part):
            await step.end_part(other, "ticket.recalled", reason="派出单位退单成立")
    if is_ruling and part.is_lead and not fields.upheld:
        await ruling.end_dispute(step, part.department, reason)
    elif is_ruling:
        await ruling.end_settled(step, reason)


def _waits_again(step: Step, part: Assignment, *, upheld: bool) -> dict[str, Any]:
    """What was asked before is waited for again, from now on."""
    if upheld or part.asked is None:
        return {}
    return {"decide_due": clocks.decide_by(step.hub, part.asked["what"], step.at)[1]}


def _count(step: Step, part: Assignment) -> None:
    """Count what the hotline is asked, whatever it will decide; the second request opens a dispute."""
    count = step.ticket.send_back_count + 1
    step.set(send_back_count=count)
    if count >= step.policy.send_back.dispute_at and not step.ticket.is_disputed:
        who = {other.department for other in step.parts.values() if other.is_lead or other.ordinal == part.ordinal}
        ruling.open_dispute(step, f"第{count}次申请退单，须会商确定承办单位", sorted(who), PROGRAM)


async def _back_on_desk(step: Step, part: Assignment) -> None:
    """Nobody leads now: the parts below and beside end too."""
    for other in step.live_parts:
        await step.end_part(other, "ticket.recalled", reason="主办单位退单成立，重新派单")
    count = step.ticket.send_back_count
    what = "请裁定" if step.ticket.is_disputed else "请改派"
    name = step.hub.department_name(part.department)
    step.set(lead=None, desk_reason=f"{name}退单成立，{what}（第{count}次申请退单）")


def _asked_part(step: Step, ordinal: int | None) -> Assignment:
    """Return the part whose send-back waits and that this actor may decide; raises Conflict, Forbidden."""
    waiting = [p for p in step.parts.values() if p.state is AssignmentState.SEND_BACK_REQUESTED]
    if ordinal is not None:
        waiting = [p for p in waiting if p.ordinal == ordinal]
    if not waiting:
        raise Conflict("没有待裁决的退单申请")
    for part in waiting:
        if _decides(step, part):
            return part
    if step.actor.role is Role.DEPARTMENT:
        raise Forbidden("只能裁决本单位二级派单的退单，其他退单由热线裁决")
    raise Forbidden("二级派单的退单由派出单位裁决")


def _decides(step: Step, part: Assignment) -> bool:
    """Tell whether a send-back is this actor's to decide: the unit above decides for what it delegated."""
    if part.role is not AssignmentRole.DELEGATED:
        return step.actor.role is not Role.DEPARTMENT
    return step.parts[part.parent or 0].department == step.actor.department
