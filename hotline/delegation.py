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
    refused = guards.why_no_delegation(step.hub, step.parts.values(), part, fields.department)
    if refused is not None:
        raise Conflict(refused)
    step.take(Action.DELEGATE, assignment=part.ordinal, department=fields.department, said_at=fields.at)
    step.move_part(part, Action.DELEGATE)
    because = f"{step.hub.department_name(part.department)}二级派单：{fields.instruction}"
    await step.assign(
        Designee(fields.department, because), AssignmentRole.DELEGATED, Action.DELEGATE, parent=part.ordinal
    )
