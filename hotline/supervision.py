"""催办、督办、提级: by a supervisor, or by the clock as due times near and pass. They excuse nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from hotline.fields import Grounds, Moment, Reason, required
from models.errors import Conflict, Forbidden, InvalidRequest, NotFound
from models.labels import LABELS
from models.lifecycle import TICKET_ENDS, Action, TicketState
from models.store import supervisions
from models.vocabulary import Role, SupervisionLevel

if TYPE_CHECKING:
    from hotline.step import Step
    from models.store.supervisions import Supervision
    from models.ticket import Assignment

# One timer for each supervision that has a deadline, named by its place in the trail.
SUPERVISION_SUBJECT: Final = "supervision:"


class Remind(Struct, kw_only=True):
    """催办 one part, by default the lead's."""

    reason: Reason
    assignment: int | None = None


class Supervise(Remind, kw_only=True):
    """督办 and 提级: at which level (1 书面督办, 2 挂牌督办, 3 约谈), who sees to it, and by when."""

    reason: Grounds
    owner: Annotated[str, Meta(max_length=64)] = ""
    deadline: Moment | None = None
    level: Annotated[int, Meta(ge=1, le=3)] | None = None


class SupervisionStep(Struct, kw_only=True):
    """`answer`: the department answers in writing. `close`: whoever supervises says how it ended."""

    action: Literal["answer", "close"]
    text: Reason
    outcome: Literal["met", "unmet", "withdrawn"] | None = None


async def remind(step: Step, fields: Remind) -> None:
    """催办."""
    reason = required(fields.reason, "催办理由")
    part = _pressed(step, Action.REMIND, fields.assignment)
    if part is None:
        step.supervise(Action.REMIND, None, reason)
    else:
        await step.press(part, Action.REMIND, reason)


async def supervise(step: Step, fields: Supervise) -> None:
    """督办 (潍坊§26): one whose deadline passes while the matter is open is escalated by the clock."""
    part = await _press(step, Action.SUPERVISE, fields, "督办理由")
    if fields.deadline is not None:
        subject = f"{SUPERVISION_SUBJECT}{step.ticket.event_count}"
        step.wait(subject, f"supervision_late:{part.ordinal if part else ''}", fields.deadline)


async def escalate(step: Step, fields: Supervise) -> None:
    """提级."""
    await _press(step, Action.ESCALATE, fields, "提级理由")


async def move(step: Step, seq: int, fields: SupervisionStep) -> None:
    """Answer a letter, once, or end it. Raises NotFound, Forbidden, Conflict, InvalidRequest."""
    one = await supervisions.get(step.session, step.ticket.id, seq)
    is_department = step.actor.role is Role.DEPARTMENT
    if is_department and step.actor.department != one.department:
        raise NotFound("该工单没有这一编号的督办单")
    if one.closed_at is not None:
        raise Conflict("该督办已终结")
    if (fields.action == "answer") is not is_department:
        raise Forbidden("督办由被督办单位书面回复，由督办员或领导终结")
    await (_answer if is_department else _close)(step, one, fields)


async def _answer(step: Step, one: Supervision, fields: SupervisionStep) -> None:
    text = required(fields.text, "书面回复", 4)
    if one.answered_at is not None:
        raise Conflict("本单位已书面回复；需要补充的，请报办理进展（progress）")
    step.record("supervision_answered", supervision=one.seq, department=one.department, length=len(text))
    await supervisions.answer(step.session, one, text, step.actor.name, step.at)


async def _close(step: Step, one: Supervision, fields: SupervisionStep) -> None:
    text = required(fields.text, "终结说明", 4)
    if fields.outcome is None:
        raise InvalidRequest("终结督办请填写 outcome：met 整改到位、unmet 整改不到位、withdrawn 撤销督办")
    reason = await step.as_told(text)
    step.record("supervision_closed", supervision=one.seq, outcome=fields.outcome, reason=reason)
    await supervisions.close(step.session, one, fields.outcome, step.actor.name, step.at)
    part = next((part for part in step.live_parts if part.department == one.department), None)
    if part is not None:
        await step.deliver(part, "ticket.supervision_closed", supervision=one.seq, outcome=fields.outcome)


async def _press(step: Step, action: Action, fields: Supervise, name: str) -> Assignment | None:
    """Press a part at a level that this role may issue, or the hotline itself where nobody leads."""
    part, reason = _pressed(step, action, fields.assignment), required(fields.reason, name, 4)
    level = SupervisionLevel(fields.level) if fields.level is not None else step.level_of(action)
    if step.actor.role not in step.hub.city.oversight.supervision.terms_of(level).issued_by:
        raise Forbidden(f"{LABELS['role'][step.actor.role]}不能发出“{LABELS['supervision_level'][str(int(level))]}”")
    if part is None and level is SupervisionLevel.INTERVIEW:
        raise Conflict("该工单目前没有承办单位，无从约谈")
    told: dict[str, Any] = {"owner": step.hub.mask(fields.owner), "deadline": fields.deadline, "level": level}
    if part is None:
        step.supervise(action, None, reason, **told)
    else:
        await step.press(part, action, reason, **told)
    return part


def _pressed(step: Step, action: Action, ordinal: int | None) -> Assignment | None:
    """Return whose part is pressed, None where nobody leads. Raises Conflict, IllegalTransition, NotFound."""
    part = next((part for part in step.live_parts if part.is_lead), None)
    if ordinal is not None:
        part = step.part(ordinal)
        if not part.is_live:
            raise Conflict("该承办任务已结束")
    step.check(action)
    if step.ticket.state in TICKET_ENDS - {TicketState.HANDED_OFF}:
        raise Conflict("该工单已结束，不能再督促")
    return part
