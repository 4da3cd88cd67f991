"""What a merged caller (并单) says is passed on to the ticket that answers them all, in the same transaction."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from hotline.step import Step
from models.lifecycle import TicketState
from models.store import tickets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from models.lifecycle import Action
    from models.ticket import Ticket


@contextlib.asynccontextmanager
async def common(step: Step) -> AsyncIterator[Step]:
    """Give the ticket on which a citizen's step takes effect: for a merged caller the common one, else this one.

    What is said of the common one is written at the end. Whoever takes a citizen's step has locked it before the
    merged one (hotline.step.run), as 并单 locks a target before those that follow it: two at once do not lock crosswise.
    """
    if step.ticket.state is not TicketState.MERGED or step.ticket.merged_into is None:
        yield step
        return
    other = await beside(step, await tickets.lock(step.session, step.ticket.merged_into))
    yield other
    await other.write_if_changed(lambda: None)


async def beside(step: Step, ticket: Ticket) -> Step:
    """Take another, locked ticket into the same transaction."""
    parts = await tickets.assignments(step.session, ticket.id)
    return Step(step.hub, step.session, step.actor, step.at, ticket, parts)


def take(step: Step, other: Step, action: Action, **fields: Any) -> None:
    """Take a citizen's step, and the same on the common ticket, whose trail names the merged number and no words."""
    step.take(action, **fields)
    if other is not step:
        step.record("passed_on", into=other.ticket.number)
        other.take(action, ticket=step.ticket.number)
