"""突发/群体事件: a person opens one on a ticket, says the one answer (统一口径), reports to the leaders, closes it and tells all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline.fields import Moment, required
from hotline.notice import day
from hotline.roster import on_duty
from models.errors import Conflict
from models.incident_rules import span
from models.lifecycle import OPEN_TICKET, Action, ticket_allows
from models.store import incidents
from models.store.incidents import Incident

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.step import Step
    from models.ticket import Timer

# One timer an incident for the report that the leaders wait for, one for the end of the one answer; both on the lead.
REPORT_SUBJECT: Final = "report:"
ANSWER_SUBJECT: Final = "answer:"

Title = Annotated[str, Meta(min_length=4, max_length=60)]
Told = Annotated[str, Meta(max_length=500)]


class Opening(Struct, kw_only=True):
    """A new incident on an open ticket. `answer` is what every caller is told; how long it
    holds where `expires_at` is not given says the city.
    """

    ticket: Annotated[str, Meta(pattern="^[0-9]{14,17}$")]
    title: Title
    answer: Told = ""
    expires_at: Moment | None = None


class IncidentStep(Struct, kw_only=True):
    """`answer`: `text` is the one answer from now on; `tell` sends it to everybody attached. `report`: the leaders were told.
    `close`: nobody is attached any more; `text`, where given, is sent to everybody.
    """

    action: Literal["answer", "report", "close"]
    text: Told = ""
    tell: bool = False
    expires_at: Moment | None = None


async def open_on(step: Step, fields: Opening) -> Incident:
    """Open an incident on a ticket that is open, and alarm who is on duty at its departments. Raises Conflict."""
    ticket = step.ticket
    if ticket.state not in OPEN_TICKET:
        raise Conflict(f"工单{ticket.number}已结束，不能作为事件主件")
    answer = step.hub.mask(fields.answer).strip() or None
    incident = Incident(
        id=0,
        lead=ticket.id,
        title=step.hub.mask(required(fields.title, "事件名称", 4)),
        answer=answer,
        answer_version=1 if answer else 0,
        answered_by=step.actor.name if answer else None,
        expires_at=_expires(step, fields.expires_at) if answer else None,
        report_by=step.at + step.hub.city.incidents.report(ticket.urgency)[0],
        reports=0,
        opened_by=step.actor.name,
        opened_at=step.at,
    )
    incident = replace(incident, id=await incidents.open_one(step.session, incident))
    step.record("incident_opened", incident=incident.id, title=incident.title)
    _await_report(step, incident)
    _await_answer(step, incident)
    alarmed = {step.hub.city.hotline_department, *(part.department for part in step.live_parts)}
    for duty in on_duty(step.hub.city, alarmed, step.at):
        step.alarm(duty.phone, f"突发事件：{incident.title}（工单{ticket.number}），请立即到岗处置并报告进展。")
    return incident


async def move(step: Step, incident_id: int, fields: IncidentStep) -> Incident:
    """Say the one answer, that the leaders were told, or that it is over. Raises NotFound, Conflict, InvalidRequest."""
    incident = await incidents.get(step.session, incident_id)
    if incident.closed_at is not None:
        raise Conflict("该事件已结束")
    text = step.hub.mask(fields.text).strip()
    if fields.action == "answer":
        incident = replace(
            incident,
            answer=required(text, "统一口径", 4),
            answer_version=incident.answer_version + 1,
            answered_by=step.actor.name,
            expires_at=_expires(step, fields.expires_at),
        )
        _await_answer(step, incident)
    elif fields.action == "report":
        every = step.hub.city.incidents.report(step.ticket.urgency)[1]
        incident = replace(incident, reports=incident.reports + 1, report_by=step.at + every)
        _await_report(step, incident)
    else:
        incident = replace(incident, closed_by=step.actor.name, closed_at=step.at, report_by=None)
        step.change.dropped_timers += [f"{REPORT_SUBJECT}{incident.id}", f"{ANSWER_SUBJECT}{incident.id}"]
    step.record(f"incident_{fields.action}", incident=incident.id, version=incident.answer_version)
    await incidents.change(step.session, incident)
    if text and (fields.tell or fields.action == "close"):
        await step.tell_all("incident", title=incident.title, text=text)
    return incident


async def report_late(step: Step, timer: Timer) -> None:
    """The leaders were not told in time: the shift lead and who is on duty at the hotline are alarmed, again and again."""
    incident = await _still(step, timer)
    if incident is None or incident.report_by is None:
        return
    time = int(timer.kind.partition(":")[2] or 1)
    reason = f"突发事件“{incident.title}”应于{day(incident.report_by)}前报送领导，尚未报送"
    action = Action.ESCALATE if time == 1 else Action.REMIND
    if ticket_allows(step.ticket.state, action):
        # The lead may have been closed while the incident goes on: then nobody is reminded of the ticket.
        step.supervise(action, None, reason, owner="shift_lead")
    step.record("incident_report_late", incident=incident.id, report_by=incident.report_by, time=time)
    _alarm_hotline(step, f"{reason}，请立即报送并登记。")
    if time == 1:
        await incidents.change(step.session, replace(incident, late_reports=incident.late_reports + 1))
    step.wait(timer.subject, f"report_late:{time + 1}", step.at + span(step.hub.city.incidents.alarm_every))


async def answer_ends(step: Step, timer: Timer) -> None:
    """The one answer is about to expire, or has: its keeper is told, and nobody else is told it from then on."""
    incident = await _still(step, timer)
    if incident is None or incident.expires_at is None:
        return
    has_ended = incident.expires_at <= step.at
    step.record("incident_answer_expired" if has_ended else "incident_answer_ends", incident=incident.id)
    said = "已到期，不再告知来电人" if has_ended else f"将于{day(incident.expires_at)}到期"
    _alarm_hotline(step, f"事件“{incident.title}”的统一口径{said}，请{incident.answered_by}更新。")
    if has_ended:
        step.change.dropped_timers.append(timer.subject)
    else:
        step.wait(timer.subject, "answer_expired", incident.expires_at)


async def _still(step: Step, timer: Timer) -> Incident | None:
    """Return the open incident that a timer is about; the timer of one that has ended is dropped."""
    incident = await incidents.get(step.session, int(timer.subject.partition(":")[2]))
    if incident.closed_at is None:
        return incident
    step.record("timer_ignored", kind=timer.kind)
    step.change.dropped_timers.append(timer.subject)
    return None


def _await_report(step: Step, incident: Incident) -> None:
    if incident.report_by is not None:
        step.wait(f"{REPORT_SUBJECT}{incident.id}", "report_late", incident.report_by)


def _await_answer(step: Step, incident: Incident) -> None:
    """Let its keeper be warned before the one answer expires."""
    if incident.expires_at is not None:
        warn_at = incident.expires_at - span(step.hub.city.incidents.answer.warn)
        step.wait(f"{ANSWER_SUBJECT}{incident.id}", "answer_ends", max(warn_at, step.at))


def _alarm_hotline(step: Step, words: str) -> None:
    for duty in on_duty(step.hub.city, {step.hub.city.hotline_department}, step.at):
        step.alarm(duty.phone, words)


def _expires(step: Step, at: datetime | None) -> datetime:
    if at is not None and at <= step.at:
        raise Conflict("统一口径的有效期须晚于现在")
    return at or step.at + span(step.hub.city.incidents.answer.holds)
