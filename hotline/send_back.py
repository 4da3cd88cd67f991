"""退单: a department says that a matter is not its duty; the hotline, or the unit that delegated it, decides.

Sources: 派单异议审核制度 (国办函〔2025〕66号), 天津 1/2 working days and designation at the third dispatch, 安阳 §50
with reason. An upheld send-back ends that department's clock uncharged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from hotline import ruling
from hotline.fields import DepartmentCode, Grounds, PartFields, Reason, required
from models.errors import Conflict, Forbidden, InvalidRequest
from models.lifecycle import Action, AssignmentState, TicketState
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
    if part.is_designated:
        raise Conflict("该工单已指定由本单位办理，不得再退单（第三次派单即指定）")
    if part.send_back_by is None:
        raise Conflict("该类工单须先行处置，不得退单")
    if step.at > part.send_back_by:
        raise Conflict("已超过退单时限，应由本单位办理")
    if fields.proposed_department not in {None, *step.hub.city.departments}:
        raise InvalidRequest(f"没有代码为“{fields.proposed_department}”的承办单位")
    step.take(
        Action.SEND_BACK,
        assignment=part.ordinal,
        reason=reason,
        duty_argument=argument,
        proposed_department=fields.proposed_department,
        said_at=fields.at,
    )
    step.move_part(part, Action.SEND_BACK)


async def decide_send_back(step: Step, fields: DecideSendBack) -> None:
    """Uphold or refuse. A delegated part is decided one level up, by the unit that delegated it."""
    part = _asked_part(step, fields.assignment)
    reason = required(fields.reason, "裁决理由")
    moves_ticket = fields.upheld and part.role is AssignmentRole.LEAD
    step.take(
        Action.DECIDE_SEND_BACK,
        to=TicketState.ON_DESK if moves_ticket else step.ticket.state,
        assignment=part.ordinal,
        upheld=fields.upheld,
        reason=reason,
    )
    to = AssignmentState.SENT_BACK if fields.upheld else AssignmentState.ACKNOWLEDGED
    acknowledged_at = part.acknowledged_at if fields.upheld else (part.acknowledged_at or step.at)
    # While the ruling was waited for nobody was pressed: what a late date brings is counted from now.
    counted_from = part.counted_from if fields.upheld else step.at
    decided = step.move_part(
        part, Action.DECIDE_SEND_BACK, to, acknowledged_at=acknowledged_at, counted_from=counted_from
    )
    await step.deliver(decided, "ticket.send_back_decided", upheld=fields.upheld, reason=reason)
    if moves_ticket:
        await _back_on_desk(step, part)
    elif fields.upheld:
        for other in step.below(part):
            await step.end_part(other, "ticket.recalled", reason="派出单位退单成立")


async def _back_on_desk(step: Step, part: Assignment) -> None:
    """Nobody leads now: the parts below and beside end too; a second send-back opens a dispute."""
    for other in step.live_parts:
        await step.end_part(other, "ticket.recalled", reason="主办单位退单成立，重新派单")
    count = step.ticket.send_back_count + 1
    policy = step.policy.send_back
    step.set(
        lead=None,
        send_back_count=count,
        desk_reason=f"{step.hub.department_name(part.department)}退单成立，请改派（第{count}次退单）",
    )
    if count >= policy.dispute_at and not step.ticket.is_disputed:
        topic = f"第{count}次退单，须会商确定主办单位"
        ruling.open_dispute(step, topic, sorted({p.department for p in step.parts.values() if p.is_lead}))


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
