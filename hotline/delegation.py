"""二级派单: a department gives part of its work downwards, district to street to grid, never against the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline import guards
from hotline.fields import PartFields, PartyCode, Words
from models.errors import Conflict
from models.lifecycle import Action
from models.vocabulary import AssignmentRole
from routing.route import Designee

if TYPE_CHECKING:
    from hotline.step import Step


class Delegate(PartFields, kw_only=True):
    """二级派单."""

    department: PartyCode
    instruction: Words


async def delegate(step: Step, fields: Delegate) -> None:
    """Make a delegated part under the actor's own; the ticket and its dates to the citizen stay as they are."""
    part = step.part(fields.assignment)
    guards.check_below(step.hub, step.ticket, fields.department)
    if fields.department == part.department or not step.hub.may_delegate_to(part.department, fields.department):
        name = step.hub.department_name
        raise Conflict(
            f"{name(part.department)}不能二级派单给{name(fields.department)}：只能派给下级单位或属地街道，街道（乡镇）只能派给自己的网格"
        )
    if any(p.parent == part.ordinal and p.department == fields.department for p in step.live_parts):
        raise Conflict("该单位已有未完成的二级派单")
    step.take(Action.DELEGATE, assignment=part.ordinal, department=fields.department, said_at=fields.at)
    step.move_part(part, Action.DELEGATE)
    because = f"{step.hub.department_name(part.department)}二级派单：{fields.instruction}"
    await step.assign(
        Designee(fields.department, because), AssignmentRole.DELEGATED, Action.DELEGATE, parent=part.ordinal
    )
