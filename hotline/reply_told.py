"""The answer that a citizen is told (答复): the hotline's own, or the department's once a person of the hotline has approved it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.lifecycle import TicketState
from models.store import tickets

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Ticket

BY_HOTLINE: Final = frozenset({TicketState.ANSWERED, TicketState.DECLINED})
BY_DEPARTMENT: Final = frozenset({TicketState.FOLLOW_UP, TicketState.CLOSED, TicketState.ARCHIVED})


async def reply_told(session: Session, hub: Hub, ticket: Ticket) -> str | None:
    """Return the answer as the citizen reads it, masked; None where there is none yet."""
    text = await tickets.text(session, ticket.id)
    if ticket.state in BY_HOTLINE:
        return None if text.answer is None else hub.mask(text.answer, text.caller_name)
    parts = [part for part in await tickets.assignments(session, ticket.id) if part.is_lead and part.reply]
    if ticket.state not in BY_DEPARTMENT or not parts:
        return None
    last = parts[-1]
    place = f"{last.ticket_id}/{last.ordinal}"
    return hub.mask(session.keyring.unseal(last.reply or b"", "assignments", "reply", place), text.caller_name)
