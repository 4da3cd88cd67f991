"""A department at work on its part (承办): acknowledge, contact, progress, reply, sign off.

What it writes with a step (经办人, 联系情况, 进展, 法律依据, 签发人) is sealed beside the step's event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from msgspec import Meta

from hotline import adoption, clock_moves, guards
from hotline.fields import PartFields, Remark, ReplyText, Result, Words, required
from hotline.reply_check import Checked, checked
from models.errors import ReplyReturned
from models.lifecycle import Action, AssignmentState, TicketState
from models.vocabulary import Adoption, AssignmentRole

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Assignment
    from nlu.reply_check import Finding


class Acknowledge(PartFields, kw_only=True):
    """签收: `handler` (经办人) is who has it there."""

    SEALED: ClassVar = ("handler",)

    handler: Annotated[str, Meta(max_length=64)] | None = None


class Contact(PartFields, kw_only=True):
    """先行联系: was the citizen reached, and how often was it tried."""

    SEALED: ClassVar = ("remark",)

    reached: bool
    attempts: Annotated[int, Meta(ge=1, le=100)] = 1
    remark: Remark = ""


class Progress(PartFields, kw_only=True):
    """办理进展."""

    SEALED: ClassVar = ("text",)

    text: Words


class Reply(PartFields, kw_only=True):
    """反馈: the answer to the citizen and how it ended; of a suggestion also whether it is adopted (采纳), its text being the reason."""

    SEALED: ClassVar = ("law_basis",)

    text: ReplyText
    result: Result = "solved"
    law_basis: Remark = ""
    adoption: Adoption | None = None


class SignOff(PartFields, kw_only=True):
    """签发: a leader of the department (`signed_by`, 签发人) stands by the reply, `confirmed` also by what its check found."""

    SEALED: ClassVar = ("signed_by",)

    signed_by: Annotated[str, Meta(max_length=64)] | None = None
    confirmed: bool = False


async def acknowledge(step: Step, fields: Acknowledge) -> None:
    """签收: the department has taken the part."""
    part = step.part(fields.assignment)
    step.take(Action.ACKNOWLEDGE, assignment=part.ordinal, said_at=fields.at, words=fields.words)
    step.move_part(part, Action.ACKNOWLEDGE, acknowledged_at=step.at)


async def contact(step: Step, fields: Contact) -> None:
    """先行联系: only a citizen who was reached stops the contact clock (深圳 24小时内联系诉求人)."""
    part = step.part(fields.assignment)
    step.take(
        Action.CONTACT,
        assignment=part.ordinal,
        reached=fields.reached,
        attempts=fields.attempts,
        said_at=fields.at,
        words=fields.words,
    )
    reached_at = part.contacted_at or (step.at if fields.reached else None)
    step.move_part(part, Action.CONTACT, contacted_at=reached_at)


async def progress(step: Step, fields: Progress) -> None:
    """办理进展: a deferred part stays deferred, its plan looked at again and again until it is answered."""
    part = step.part(fields.assignment)
    step.take(Action.PROGRESS, assignment=part.ordinal, length=len(fields.text), said_at=fields.at, words=fields.words)
    step.move_part(part, Action.PROGRESS)


async def reply(step: Step, fields: Reply) -> Checked:
    """反馈: the reply is sealed on the part; the event holds its length and result only. Returns what its check found.

    A request for time that still waits is settled by it: asking stops nothing, not even the answer.
    """
    part = step.part(fields.assignment)
    text = required(fields.text, "反馈内容", 5)
    step.take(
        Action.REPLY,
        assignment=part.ordinal,
        result=fields.result,
        length=len(text),
        said_at=fields.at,
        words=fields.words,
    )
    if fields.adoption is not None:
        await adoption.say(step, part, fields.adoption)
    # What is answered needs no more time, and its appraisal is over: a rejected reply finds the clock running.
    values = await clock_moves.resumed(step, part) if part.paused_at is not None else {}
    sealed = _sealed(step, part, text)
    step.move_part(part, Action.REPLY, **values, asked=None, replied_at=step.at, result=fields.result, reply=sealed)
    return checked(step.hub, step.ticket, await step.text(), text, fields.law_basis)


async def sign_off(step: Step, fields: SignOff) -> None:
    """签发: the lead's sign-off brings the ticket to review; an assisting one's only ends its own part's clock.

    Raises ReplyReturned where the check sends the lead's reply, which is the citizen's answer, back to its author; what is
    confirmed all the same stands on the trail.
    """
    part = step.part(fields.assignment)
    step.check(Action.SIGN_OFF)
    returned = await _returned(step, part)
    if returned and not fields.confirmed:
        raise ReplyReturned([one.advice.rstrip("。") for one in returned])
    await guards.check_shown(step, part)
    to = TicketState.IN_REVIEW if part.role is AssignmentRole.LEAD else step.ticket.state
    confirmed: dict[str, Any] = {"confirmed": [one.code for one in returned]} if returned else {}
    step.take(Action.SIGN_OFF, to=to, assignment=part.ordinal, said_at=fields.at, words=fields.words, **confirmed)
    step.move_part(part, Action.SIGN_OFF, signed_off_at=step.at)


async def _returned(step: Step, part: Assignment) -> list[Finding]:
    """Return the findings for which a reply goes back to its author, none before there is a reply."""
    if part.reply is None or part.state is not AssignmentState.REPLIED or part.role is not AssignmentRole.LEAD:
        return []
    text = step.session.keyring.unseal(part.reply, "assignments", "reply", f"{part.ticket_id}/{part.ordinal}")
    found = checked(step.hub, step.ticket, await step.text(), text)
    return [one for one in found.findings if one.returns]


def _sealed(step: Step, part: Assignment, text: str) -> bytes:
    return step.session.keyring.seal(text, "assignments", "reply", f"{part.ticket_id}/{part.ordinal}")
