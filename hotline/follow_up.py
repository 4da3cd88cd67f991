"""回访: is it solved, is the citizen satisfied, and if not, why; then close or reopen.

Three attempts in different parts of the day, never in quiet hours: the hub then gives nobody the number, orders no automatic call
and counts no attempt in vain. What a citizen did answer is recorded whenever it is told: they may have called back themselves.
A rating by link counts as a follow-up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from hotline import clocks, ladder, passing_on, rating_changes
from hotline.fields import Grounds, ReasonFields, Remark, SealedFields, required
from hotline.heard import take_in
from hotline.notice import day
from hotline.reopening import reopen
from hotline.step import TICKET_SUBJECT
from models.errors import Conflict, InvalidRequest
from models.lifecycle import OPEN_TICKET, Action, AssignmentState, TicketState, may
from models.store import follow_ups
from models.ticket import CITIZEN
from models.vocabulary import Flag, Role

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.step import Step


class FollowUp(Struct, kw_only=True):
    """回访: one attempt; the last three only when the citizen was reached."""

    reached: bool
    way: Literal["phone", "sms", "link", "visit", "auto_call"] = "phone"
    solved: bool | None = None
    satisfied: bool | None = None
    reason: Remark = ""


class Rate(Struct, kw_only=True):
    """评价 by the citizen."""

    solved: bool
    satisfied: bool
    score: Annotated[int, Meta(ge=1, le=5)] | None = None
    remark: Remark = ""


class Close(Struct, kw_only=True):
    """办结."""

    reason: Remark = ""


class AskReopen(SealedFields, kw_only=True):
    """申请重办: what is still wrong."""

    SEALED: ClassVar = ("reason",)

    reason: Grounds


async def follow_up(step: Step, fields: FollowUp, said: str = "") -> None:
    """Record one attempt and draw the conclusion that the policy draws from it.

    `said` is what the citizen wrote with a rating, masked, for the department that does it again.
    """
    if fields.reached and (fields.solved is None or fields.satisfied is None):
        raise InvalidRequest("已联系到诉求人，请填写是否解决、是否满意")
    before = await follow_ups.attempts(step.session, step.ticket.id, step.ticket.reopen_count)
    if fields.reached:
        await ladder.answered(step, fields.way, solved=bool(fields.solved), satisfied=bool(fields.satisfied))
    elif fields.way != ladder.AUTO_CALL:
        # An automatic call was ordered at a fair moment; what came of it may be told a little later.
        check_moment(step, before)
    attempt = len(before) + 1
    step.take(
        Action.FOLLOW_UP,
        attempt=attempt,
        way=fields.way,
        reached=fields.reached,
        solved=fields.solved,
        satisfied=fields.satisfied,
    )
    step.change.follow_ups.append(
        {
            "ticket_id": step.ticket.id,
            "round": step.ticket.reopen_count,
            "attempt": attempt,
            "at": step.at,
            "way": fields.way,
            "reached": fields.reached,
            "solved": fields.solved,
            "satisfied": fields.satisfied,
            "reason": fields.reason or None,
        }
    )
    if not fields.reached:
        await _try_again_or_close(step, [*before, step.at])
    elif fields.solved and fields.satisfied:
        await _close(step, "诉求人表示已解决且满意")
    else:
        await _unsatisfied(step, fields.reason or "诉求人表示未解决或不满意", said)


async def rate(step: Step, fields: Rate, way: str = "link") -> None:
    """A citizen's own rating; during follow-up it is the follow-up. A merged caller rates the common answer.

    `way` is how a merged caller gave it.
    """
    async with passing_on.common(step) as common:
        if common is not step and common.ticket.state in OPEN_TICKET - {TicketState.FOLLOW_UP}:
            raise Conflict("同一事项正在办理，答复您之后再请评价")
        most = step.hub.city.oversight.rating.changes
        if not await rating_changes.may_rate(step.hub, step.session, step.ticket, common.ticket):
            raise Conflict(f"评价最多修改{most}次，您的评价已记录；有新情况请补充或申请重办")
        _keep_rating(step, fields)
        remark = fields.remark if await take_in(common, fields.remark) else ""
        if common is not step:
            await ladder.answered(step, way, solved=fields.solved, satisfied=fields.satisfied)
            await _rated_by_merged_caller(step, common, fields, remark)
        elif step.ticket.state is TicketState.FOLLOW_UP and step.actor.role is Role.CITIZEN:
            answer = FollowUp(reached=True, way="link", solved=fields.solved, satisfied=fields.satisfied)
            await follow_up(step, answer, remark)
        elif step.ticket.state is TicketState.ANSWERED and not (fields.solved and fields.satisfied):
            # No department has it, so that nothing can be done again: a person must see what the answer lacked.
            step.supervise(Action.ESCALATE, None, "直办答复后诉求人表示未解决或不满意")


def _keep_rating(step: Step, fields: Rate) -> None:
    step.take(Action.RATE, solved=fields.solved, satisfied=fields.satisfied, score=fields.score)
    step.change.ratings.append(
        {
            "ticket_id": step.ticket.id,
            "at": step.at,
            "solved": fields.solved,
            "satisfied": fields.satisfied,
            "score": fields.score,
            "remark": fields.remark or None,
        }
    )


async def _rated_by_merged_caller(step: Step, common: Step, fields: Rate, remark: str) -> None:
    """Displeasure counts like the first caller's: it is done again, or a supervisor hears of it."""
    if fields.solved and fields.satisfied:
        return
    step.record("passed_on", into=common.ticket.number)
    common.record("merged_rating", ticket=step.ticket.number, solved=fields.solved, satisfied=fields.satisfied)
    reason = "并入本工单的诉求人表示未解决或不满意"
    is_in_follow_up = common.ticket.state is TicketState.FOLLOW_UP
    is_in_time = common.ticket.state is TicketState.CLOSED and not _is_too_late(common)
    if _reopens(common) and may(Action.REOPEN, step.actor.role) and (is_in_follow_up or is_in_time):
        await reopen(common, reason, said=await step.as_told(remark))
    elif is_in_follow_up:
        await _leave_to_a_person(common, reason)
    else:
        common.supervise(Action.ESCALATE, common.ticket.lead, reason)


async def close(step: Step, fields: Close) -> None:
    """办结 by a person of the follow-up desk; where the citizen was not reached, with the reason why it ends so."""
    step.check(Action.CLOSE)
    told = await follow_ups.of_ticket(step.session, step.ticket.id)
    if any(one["reached"] and one["round"] == step.ticket.reopen_count for one in told):
        await _close(step, fields.reason or "回访完成")
        return
    await _close(step, required(fields.reason, "没有联系上诉求人的回访记录时办结的原因（reason）", 4))


async def archive(step: Step, fields: Close) -> None:
    """归档."""
    step.take(Action.ARCHIVE, reason=fields.reason)


async def reopen_by_person(step: Step, fields: ReasonFields) -> None:
    """重办 ordered by follow-up, a shift lead or a supervisor."""
    await reopen(step, required(fields.reason, "重办理由", 4))


async def ask_reopen(step: Step, fields: AskReopen) -> None:
    """申请重办 by the citizen: within the policy's time it is granted at once."""
    reason = required(fields.reason, "重办理由", 4)
    said = await step.as_told(reason)
    async with passing_on.common(step) as common:
        if _is_too_late(common):
            raise Conflict("已超过申请重办的期限，请重新提交诉求")
        # The citizen's words may hold personal data: the trail says only that they asked.
        passing_on.take(step, common, Action.ASK_REOPEN, length=len(reason), words=fields.words)
        if not await take_in(common, reason):
            said = ""
        is_for_a_person = common.ticket.reopen_count >= common.policy.reopen.escalate_at
        # A seat or a channel that passes it on may not order it itself: the citizen asks, and the policy grants it.
        await reopen(common, "诉求人申请重办", said=said, to_desk=is_for_a_person, actor=CITIZEN)


async def end_in_silence(step: Step, reason: str) -> None:
    """Close what the citizen said nothing to; a person does it where life was at stake or displeasure was told."""
    told = await follow_ups.of_ticket(step.session, step.ticket.id)
    has_answered = any(one["reached"] and one["round"] == step.ticket.reopen_count for one in told)
    has_answered = has_answered or await _has_displeased_merged_caller(step)
    if has_answered or Flag.SUICIDE in step.ticket.flags:
        await _leave_to_a_person(step, f"{reason}，须由专人核实后办结")
    else:
        await _close(step, reason)


def check_moment(step: Step, before: list[datetime]) -> None:
    """Refuse an attempt in vain that was no fair one: in quiet hours, or in a part of the day that was tried."""
    fair = clocks.next_attempt(step.hub, step.at, before)
    if fair is not None and fair > step.at:
        raise Conflict(f"现在不是有效的回访时段或该时段已回访过，请在{day(fair)}后再试")


async def _try_again_or_close(step: Step, attempts: list[datetime]) -> None:
    again = clocks.next_attempt(step.hub, step.at, attempts)
    if again is not None:
        step.wait(TICKET_SUBJECT, "follow_up", again)
        return
    step.record("unreachable", attempts=len(attempts))
    if step.policy.follow_up.unreachable == "close":
        await end_in_silence(step, f"{len(attempts)}次回访未能联系到诉求人，未参评")
    else:
        await _leave_to_a_person(step, f"{len(attempts)}次回访未能联系到诉求人，须由专人核实后办结")


async def _unsatisfied(step: Step, reason: str, said: str) -> None:
    """Again to the department as long as the policy says so; then a supervisor decides how it ends."""
    if step.policy.follow_up.unsatisfied != "reopen":
        await _close(step, "诉求人表示不满意，已按规定说明")
    elif _reopens(step):
        await reopen(step, reason, said=said)
    else:
        await _leave_to_a_person(step, f"已重办{step.ticket.reopen_count}次仍不满意，列为问题工单")


def _reopens(step: Step) -> bool:
    """Tell whether the policy sends the displeased citizen's matter to the department once more."""
    policy = step.policy
    return policy.follow_up.unsatisfied == "reopen" and step.ticket.reopen_count < policy.reopen.escalate_at


def _is_too_late(step: Step) -> bool:
    """Tell whether the time to ask for it to be done again is over."""
    return clocks.is_too_late_to_reopen(step.hub, step.ticket, step.at)


async def _has_displeased_merged_caller(step: Step) -> bool:
    """Tell whether a merged caller was not content with what was done since the lead was last given it."""
    given = (part.dispatched_at for part in step.parts.values() if part.is_lead)
    since = max(given, default=step.ticket.registered_at)
    return await follow_ups.has_displeased_merged(step.session, step.ticket.id, since)


async def _leave_to_a_person(step: Step, reason: str) -> None:
    """Tell the supervisors; no clock ends this ticket any more."""
    step.supervise(Action.ESCALATE, step.ticket.lead, reason)
    step.change.dropped_timers.append(TICKET_SUBJECT)
    await ladder.silent(step)


async def _close(step: Step, reason: str) -> None:
    step.take(Action.CLOSE, reason=reason)
    await ladder.silent(step)
    await step.tell_all("closed")
    accepted = [part for part in step.parts.values() if part.is_lead and part.state is AssignmentState.ACCEPTED]
    for part in accepted[-1:]:
        await step.deliver(part, "ticket.closed", reason=reason)
