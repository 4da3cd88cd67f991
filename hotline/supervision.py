"""催办、督办、提级: by a supervisor, or by the clock as due times near and pass. They excuse nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from hotline.fields import Grounds, Moment, Reason, required
from hotline.outgoing import SUPERVISION_EVENTS
from models.errors import Conflict
from models.lifecycle import TICKET_ENDS, Action, TicketState

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Assignment

# One timer for each supervision that has a deadline, named by its place in the trail.
SUPERVISION_SUBJECT: Final = "supervision:"


class Remind(Struct, kw_only=True):
    """催办 one part, by default the lead's."""

    reason: Reason
    assignment: int | None = None


class Supervise(Remind, kw_only=True):
    """督办 and 提级: who sees to it, and by when."""

    reason: Grounds
    owner: Annotated[str, Meta(max_length=64)] = ""
    deadline: Moment | None = None


async def remind(step: Step, fields: Remind) -> None:
    """催办."""
    await _press(step, Action.REMIND, fields.assignment, required(fields.reason, "催办理由"))


async def supervise(step: Step, fields: Supervise) -> None:
    """督办 (潍坊§26): one whose deadline passes while the matter is open is escalated by the clock."""
    await _press(
        step,
        Action.SUPERVISE,
        fields.assignment,
        required(fields.reason, "督办理由", 4),
        owner=fields.owner,
        deadline=fields.deadline,
    )


async def escalate(step: Step, fields: Supervise) -> None:
    """提级."""
    await _press(
        step,
        Action.ESCALATE,
        fields.assignment,
        required(fields.reason, "提级理由", 4),
        owner=fields.owner,
        deadline=fields.deadline,
    )


async def _press(
    step: Step,
    action: Action,
    ordinal: int | None,
    reason: str,
    *,
    owner: str = "",
    deadline: Moment | None = None,
) -> None:
    part = _pressed(step, ordinal)
    step.check(action)
    if step.ticket.state in TICKET_ENDS - {TicketState.HANDED_OFF}:
        raise Conflict("该工单已结束，不能再督促")
    department = part.department if part else None
    step.supervise(action, department, reason, owner=owner, deadline=deadline)
    if action is Action.SUPERVISE and deadline is not None:
        subject = f"{SUPERVISION_SUBJECT}{step.ticket.event_count}"
        step.wait(subject, f"supervision_late:{part.ordinal if part else ''}", deadline)
    if part is not None:
        await step.deliver(part, SUPERVISION_EVENTS[action], reason=reason, deadline=deadline)


def _pressed(step: Step, ordinal: int | None) -> Assignment | None:
    if ordinal is not None:
        part = step.part(ordinal)
        if not part.is_live:
            raise Conflict("该承办任务已结束")
        return part
    return next((part for part in step.live_parts if part.is_lead), None)
