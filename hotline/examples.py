"""样例: whoever gives a ticket to a department says with it what the matter is; the program learns from that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.lifecycle import AssignmentState
from models.store import examples
from models.store.examples import Example
from models.vocabulary import Provenance

if TYPE_CHECKING:
    from hotline.step import Step
    from models.lifecycle import Action


async def keep(step: Step, action: Action, *, is_ruled: bool) -> None:
    """Keep category, kind and urgency of a ticket that a person has just dispatched by `action`, with how they came about.

    Not of a matter that was split off: its words are the desk's, no citizen's.
    """
    ticket = step.ticket
    if ticket.parent is not None:
        return
    example = Example(
        ticket_id=ticket.id,
        seq=next(event.seq for event in step.change.events if event.type == action),
        at=step.at,
        category=ticket.category,
        kind=ticket.kind,
        urgency=ticket.urgency,
        provenance=await _provenance(step, is_ruled=is_ruled),
        role=step.actor.role,
    )
    await examples.keep(step.session, example)


async def _provenance(step: Step, *, is_ruled: bool) -> Provenance:
    """Return what weighs most of all that has happened to the ticket."""
    if is_ruled:
        return Provenance.RULING
    if any(part.is_lead and part.state is AssignmentState.SENT_BACK for part in step.parts.values()):
        return Provenance.SEND_BACK
    reading, ticket = (await step.text()).reading, step.ticket
    read = (reading["categories"][0]["code"] if reading["categories"] else None, reading["kind"], reading["urgency"])
    is_as_read = read == (ticket.category, ticket.kind, ticket.urgency)
    return Provenance.CONFIRMED if is_as_read else Provenance.CORRECTION
