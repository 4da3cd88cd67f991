"""并入事件: a caller about an open incident gets a ticket of their own, merged into its lead at once, and its one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.step import PROGRAM
from models.errors import Conflict
from models.lifecycle import OPEN_TICKET, Action
from models.store import incidents, tickets
from models.ticket import Actor
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.step import Step
    from models.store.database import Session
    from models.store.incidents import Incident
    from models.ticket import Ticket


async def leading(session: Session, incident_id: int) -> tuple[Incident, Ticket]:
    """Return an open incident and its lead, which cannot end before this transaction does. Raises NotFound, Conflict."""
    incident = await incidents.get(session, incident_id)
    # Shared: thousands may be attached at the same time, but nobody while the lead moves on.
    lead = await tickets.share(session, incident.lead)
    if incident.closed_at is not None or lead.state not in OPEN_TICKET:
        raise Conflict(f"事件“{incident.title}”已结束，请去掉 incident 按普通诉求登记")
    return incident, lead


async def attach(step: Step, incident: Incident, lead: Ticket) -> None:
    """Merge a ticket that is only now being registered into the lead of an incident, and tell its caller the one answer."""
    actor = step.actor
    step.take(Action.ACCEPT, actor=PROGRAM)
    # Through whatever channel it comes, a person at a seat has said which incident it is.
    step.actor = Actor(Role.AGENT, actor.name) if actor.role is Role.CHANNEL else actor
    step.take(Action.MERGE, into=lead.number, incident=incident.id)
    step.set(merged_into=lead.id)
    await tell_answer(step, incident)


async def tell_answer(step: Step, incident: Incident) -> None:
    """Tell a caller that all who call about it are answered together, and the one answer (统一口径) as far as it holds."""
    answer = incident.answer_at(step.at)
    await step.tell("attached", title=incident.title, answer=f"{answer}。" if answer else "")
