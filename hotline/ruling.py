"""裁定: a dispute is opened once and ended once, by a ruling or by the designation that stands for it.

A ruling binds: whom it names leads, without a send-back, until another dispute is ruled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.lifecycle import Action, AssignmentState, TicketState
from models.store import disputes, events
from models.vocabulary import AssignmentRole

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Actor


def open_dispute(step: Step, topic: str, participants: list[str], actor: Actor | None = None) -> None:
    """Open a dispute between departments; its event's number on the trail is its own."""
    step.take(Action.OPEN_DISPUTE, actor=actor, topic=topic, participants=participants)
    step.set(is_disputed=True)
    step.change.disputes.append(
        {
            "ticket_id": step.ticket.id,
            "n": step.ticket.event_count,
            "opened_at": step.at,
            "topic": topic,
            "participants": participants,
        }
    )


async def ruled_lead(step: Step) -> str | None:
    """Return who alone may lead by the newest ruling; None where there is none, or a dispute is open again."""
    return None if step.ticket.is_disputed else await disputes.ruled_lead(step.session, step.ticket.id)


async def end_settled(step: Step, ruling: str) -> None:
    """End a dispute over an assisting part once no request waits any more: who leads stays as it was."""
    if not step.ticket.is_disputed or step.ticket.state is TicketState.ON_DESK:
        return
    waiting = [part for part in step.live_parts if part.state is AssignmentState.SEND_BACK_REQUESTED]
    if all(part.role is AssignmentRole.DELEGATED for part in waiting):
        await end_dispute(step, None, ruling)


async def end_dispute(step: Step, lead: str | None, ruling: str) -> None:
    """Write on the dispute that is open what was ruled, and who leads by it where it says that."""
    trail = await events.of_ticket(step.session, step.ticket.id)
    opened = next(event for event in reversed(trail) if event.type == Action.OPEN_DISPUTE)
    step.set(is_disputed=False)
    step.change.disputes.append(
        {
            "ticket_id": step.ticket.id,
            "n": opened.seq,
            "opened_at": opened.at,
            "topic": "",
            "participants": [],
            "ruled_at": step.at,
            "ruling": ruling,
            "lead": lead,
        }
    )
