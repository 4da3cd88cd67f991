"""What the clock does when a moment comes: remind, yellow, red, supervise, escalate, late stages and decisions, archive.

A timer says only when to look; what to do is decided here on the locked ticket, so that a timer that fires twice or
late does nothing twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hotline import clocks, conversation, ladder, overflow, reconciliation, risk_clue, seat
from hotline.alarm import alarm
from hotline.deferral import open_review
from hotline.follow_up import end_in_silence
from hotline.handing_off import HANDOFF_SUBJECT
from hotline.incident import ANSWER_SUBJECT, REPORT_SUBJECT, answer_ends, report_late
from hotline.pushing import CLUE_SUBJECT
from hotline.roster import on_duty
from hotline.step import CLOCK, DECISION_SUBJECT, TICKET_SUBJECT, run
from hotline.supervision import SUPERVISION_SUBJECT
from hotline.talking import CHAT_SUBJECT
from models.lifecycle import OPEN_TICKET, Action, TicketState
from models.limits import limit
from models.marks import MarkKind
from models.store import handoffs, interactions, timers
from models.store.seats import AGAIN_SUBJECT, SEAT_SUBJECT
from models.vocabulary import AssignmentRole

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from hotline.hub import Hub
    from hotline.step import Step
    from models.store.database import Session
    from models.ticket import Assignment, Timer

CALL_SUBJECT: Final = "call:"
_SAYS: Final = {
    MarkKind.ACKNOWLEDGE_MISSED: (Action.REMIND, "超过签收时限仍未签收"),
    MarkKind.CONTACT_MISSED: (Action.REMIND, "超过时限仍未联系诉求人"),
    MarkKind.REVIEW_DEFERRAL: (Action.REMIND, "挂账复核：请报告计划的进展"),
    MarkKind.REVIEW_PAUSE: (Action.REMIND, "暂停计时复核：请核实鉴定或听证是否结束"),
    MarkKind.REMIND: (Action.REMIND, "答复时限将至"),
    MarkKind.YELLOW: (Action.REMIND, "黄牌：答复时限将至"),
    MarkKind.RED: (Action.REMIND, "红牌：已过答复时限"),
    MarkKind.SUPERVISE: (Action.SUPERVISE, "逾期未签发答复，督办"),
    MarkKind.ESCALATE: (Action.ESCALATE, "逾期未签发答复，提级督办并通报"),
}
_LATE: Final = {
    "desk_late": "待人工派单超过时限",
    "review_late": "待审核超过时限",
    "send_back": "退单申请超过裁决时限仍未裁决",
    "extension": "延期申请超过审批时限仍未审批",
    "deferral": "挂账申请超过审批时限仍未审批",
}
LATE_REVIEW: Final = "挂账到期复核超过时限仍未复核"
# What is late with the hotline itself is reminded of on every working day, and pressed harder from the third time on.
DAILY: Final = limit("1wd")
THIRD: Final = 3
# Who is to be followed up in a storm is looked at again after so long.
PUT_OFF: Final = timedelta(minutes=30)


async def fire(hub: Hub, timer: Timer) -> None:
    """Act on a timer that has come due."""
    if timer.subject.startswith(CALL_SUBJECT):
        await hub.database.write(lambda session: _call_back_late(hub, session, timer))
    elif timer.subject.startswith(SEAT_SUBJECT):
        await seat.tick(hub, timer)
    elif timer.subject.startswith(AGAIN_SUBJECT):
        await seat.again(hub, timer)
    elif timer.subject.startswith(CHAT_SUBJECT):
        await conversation.fall_silent(hub, timer)
    elif timer.subject.startswith(overflow.SUBJECT):
        await hub.database.write(lambda session: overflow.go_on(hub, session, timer))
    elif timer.subject.startswith(reconciliation.SUBJECT):
        await hub.database.write(lambda session: reconciliation.list_due(hub, session, timer))
    elif timer.subject.startswith(HANDOFF_SUBJECT) and not timer.ticket_id:
        await hub.database.write(lambda session: _call_handoff(hub, session, timer))
    else:
        await run(hub, CLOCK, timer.ticket_id, lambda step: _act(step, timer))


async def _act(step: Step, timer: Timer) -> None:
    current = await timers.get(step.session, timer.ticket_id, timer.subject)
    if current is None or current.kind != timer.kind or current.due_at != timer.due_at:
        return
    subject, colon, _ = timer.subject.partition(":")
    act = _ACTS.get(f"{subject}{colon}")
    if act is not None:
        await act(step, timer)
    elif timer.subject.startswith(DECISION_SUBJECT):
        await _decision(step, step.parts[int(timer.subject.removeprefix(DECISION_SUBJECT))], timer)
    else:
        await _part(step, step.parts[int(timer.subject)], timer)


async def _ask(step: Step, timer: Timer) -> None:
    """The next rung of the follow-up ladder; in a storm it waits."""
    if step.hub.storm is None:
        await ladder.climb(step, timer)
    else:
        _put_off(step, timer, step.hub.storm.id)


def _put_off(step: Step, timer: Timer, storm: int) -> None:
    step.record("follow_up_put_off", storm=storm)
    step.wait(timer.subject, timer.kind, step.at + PUT_OFF)


async def _part(step: Step, part: Assignment, timer: Timer) -> None:
    """A department's date nears or has passed."""
    step.set_part(part, marks=(*part.marks, timer.kind))
    if not part.is_live:
        return
    mark = MarkKind(timer.kind.partition("@")[0].partition(":")[0])
    action, reason = _SAYS[mark]
    if mark is MarkKind.REVIEW_PAUSE:
        # The hotline ordered the pause, the hotline looks whether it must last.
        step.supervise(action, None, reason)
        return
    if mark is MarkKind.REVIEW_DEFERRAL:
        await open_review(step, part)
    await step.press(step.parts[part.ordinal], action, reason, mark=mark)


async def _stage(step: Step, timer: Timer) -> None:
    """The hotline's own stage is late, or its next moment has come."""
    state = step.ticket.state
    if timer.kind.partition(":")[0] in {"desk_late", "review_late"}:
        await _press_again(step, timer, Action.ESCALATE, _LATE[timer.kind.partition(":")[0]])
    elif timer.kind == "archive" and state is TicketState.CLOSED:
        step.take(Action.ARCHIVE, reason="办结后按期归档")
    elif state is TicketState.FOLLOW_UP and timer.kind == "follow_up" and step.hub.storm is not None:
        _put_off(step, timer, step.hub.storm.id)
    elif state is TicketState.FOLLOW_UP:
        await _follow_up(step, timer)
    else:
        step.record("timer_ignored", kind=timer.kind)
        step.change.dropped_timers.append(TICKET_SUBJECT)


async def _decision(step: Step, part: Assignment, timer: Timer) -> None:
    """A request is still not decided: the desk is reminded, or the unit that delegated what is sent back."""
    if part.waits_for is None:
        step.change.dropped_timers.append(timer.subject)
        step.record("timer_ignored", kind=timer.kind)
        return
    is_for_unit_above = part.role is AssignmentRole.DELEGATED and part.waits_for == "send_back"
    above = step.parts[part.parent] if is_for_unit_above and part.parent else None
    late = LATE_REVIEW if part.is_deferral_reviewed else _LATE[part.waits_for]
    await _press_again(step, timer, Action.SUPERVISE, late, above)


async def _press_again(step: Step, timer: Timer, hardest: Action, late: str, part: Assignment | None = None) -> None:
    """Remind the hotline, or the unit of a part, twice, then press harder, until it is done; the timer's kind counts."""
    kind, _, turn = timer.kind.partition(":")
    time = int(turn or 1)
    action = Action.REMIND if time < THIRD else hardest
    if part is None:
        step.supervise(action, None, late)
    else:
        await step.press(part, action, late)
    every = DAILY if time < THIRD else step.policy.marks.escalate
    step.wait(timer.subject, f"{kind}:{time + 1}", clocks.again_at(step.hub, timer.due_at, every, step.at))


async def _supervision(step: Step, timer: Timer) -> None:
    """The deadline of a supervision has passed while the matter is open: escalated once, to whoever still owes it."""
    step.change.dropped_timers.append(timer.subject)
    if step.ticket.state not in OPEN_TICKET:
        step.record("timer_ignored", kind=timer.kind)
        return
    ordinal = timer.kind.partition(":")[2]
    part = step.parts[int(ordinal)] if ordinal else None
    reason = "督办期限已过仍未办结，提级督办"
    if part is None or not part.is_with_department:
        step.supervise(Action.ESCALATE, None, reason)
        return
    await step.press(part, Action.ESCALATE, reason)


async def _follow_up(step: Step, timer: Timer) -> None:
    """The time to call has come; then it is late; then the link has expired and the silence ends it (未参评)."""
    if timer.kind == "follow_up" and step.ticket.stage_by is not None and step.at < step.ticket.stage_by:
        step.record("follow_up_due")
        step.wait(TICKET_SUBJECT, "follow_up_late", step.ticket.stage_by)
    elif timer.kind in {"follow_up", "follow_up_late"}:
        step.supervise(Action.REMIND, None, "回访超过时限")
        step.wait(TICKET_SUBJECT, "link_expired", clocks.link_until(step.hub, step.at))
    else:
        await end_in_silence(step, "评价链接到期，诉求人未参评")


async def _handoff(step: Step, timer: Timer) -> None:
    """Nobody has confirmed the emergency: the shift lead must, and is told again after ever longer whiles."""
    number = timer.subject.removeprefix(HANDOFF_SUBJECT)
    opened = await handoffs.newest(step.session, step.ticket.id, number)
    if opened is None or opened.confirmed_at is not None:
        step.change.dropped_timers.append(timer.subject)
        step.record("timer_ignored", kind=timer.kind)
        return
    words = f"向{number}的紧急转接尚未确认，请班长立即核实"
    step.supervise(Action.ESCALATE, None, words, owner="shift_lead")
    for duty in on_duty(step.hub.city, {step.hub.city.hotline_department}, step.at):
        step.alarm(duty.phone, f"工单{step.ticket.number}{words}。")
    step.wait(timer.subject, timer.kind, _look_again(opened.opened_at, step.at))


async def _call_handoff(hub: Hub, session: Session, timer: Timer) -> None:
    """The same of a call that no ticket has come of: the list of handoffs shows how often who is on duty was alarmed."""
    opened = await handoffs.lock(session, timer.subject.removeprefix(HANDOFF_SUBJECT))
    if opened.confirmed_at is not None or opened.ticket_id is not None:
        await timers.drop(session, timer)
        return
    at = hub.now()
    alarmed = opened.alarm_count + 1
    await handoffs.change(session, replace(opened, alarm_count=alarmed))
    words = f"通话中向{opened.number}的紧急转接尚未确认，请班长立即核实。"
    await alarm(hub, session, f"handoff_{opened.id}_{alarmed}", {hub.city.hotline_department}, words, at)
    await handoffs.wait(session, timer.subject, timer.kind, _look_again(opened.opened_at, at))


def _look_again(opened_at: datetime, at: datetime) -> datetime:
    """Return when to alarm again: after ever longer whiles."""
    return at + max(at - opened_at, timedelta(minutes=1))


async def _call_back_late(hub: Hub, session: Session, timer: Timer) -> None:
    """A missed call was not called back in time (国办函〔2025〕66号 漏接回拨)."""
    await interactions.late(session, int(timer.subject.removeprefix(CALL_SUBJECT)), hub.now())
    await timers.drop(session, timer)


_ACTS: Final[dict[str, Callable[[Step, Timer], Awaitable[None]]]] = {
    TICKET_SUBJECT: _stage,
    HANDOFF_SUBJECT: _handoff,
    REPORT_SUBJECT: report_late,
    ANSWER_SUBJECT: answer_ends,
    ladder.ASK_SUBJECT: _ask,
    CLUE_SUBJECT: risk_clue.late,
    SUPERVISION_SUBJECT: _supervision,
}
