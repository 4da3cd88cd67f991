"""突发/群体事件: a person opens one on a ticket, says the one answer (统一口径), reports to the leaders, closes it and tells all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline.fields import Moment, required
from hotline.roster import on_duty
from models.errors import Conflict
from models.lifecycle import OPEN_TICKET
from models.store import incidents
from models.store.incidents import Incident

if TYPE_CHECKING:
    from hotline.step import Step

# 即时 and every two hours after that (重大紧急信息报送): the leaders are told how it stands.
FIRST_REPORT: Final = timedelta(minutes=30)
REPORT_EVERY: Final = timedelta(hours=2)
ANSWER_HOLDS: Final = timedelta(hours=24)

Title = Annotated[str, Meta(min_length=4, max_length=60)]
Told = Annotated[str, Meta(max_length=500)]


class Opening(Struct, kw_only=True):
    """A new incident on an open ticket. `answer` is what every caller is told, for a day where `expires_at` is not given."""

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
        expires_at=_expires(step, fields.expires_at) if answer else None,
        report_by=step.at + FIRST_REPORT,
        reports=0,
        opened_by=step.actor.name,
        opened_at=step.at,
    )
    incident = replace(incident, id=await incidents.open_one(step.session, incident))
    step.record("incident_opened", incident=incident.id, title=incident.title)
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
            expires_at=_expires(step, fields.expires_at),
        )
    elif fields.action == "report":
        incident = replace(incident, reports=incident.reports + 1, report_by=step.at + REPORT_EVERY)
    else:
        incident = replace(incident, closed_by=step.actor.name, closed_at=step.at, report_by=None)
    step.record(f"incident_{fields.action}", incident=incident.id, version=incident.answer_version)
    await incidents.change(step.session, incident)
    if text and (fields.tell or fields.action == "close"):
        await step.tell_all("incident", title=incident.title, text=text)
    return incident


def _expires(step: Step, at: datetime | None) -> datetime:
    if at is not None and at <= step.at:
        raise Conflict("统一口径的有效期须晚于现在")
    return at or step.at + ANSWER_HOLDS
