"""评价 may be changed a few times (oversight.toml), and anew once the matter was taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.lifecycle import Action
from models.store import events

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Ticket


async def may_rate(hub: Hub, session: Session, ticket: Ticket, common: Ticket) -> bool:
    """Tell whether a citizen may rate (again); `common` is the ticket that a merged caller's answer stands on."""
    own = await events.of_ticket(session, ticket.id)
    answered = own if common is ticket else await events.of_ticket(session, common.id)
    reopened_at = max((event.at for event in answered if event.type == Action.REOPEN), default=ticket.registered_at)
    given = [event for event in own if event.type == Action.RATE and event.at >= reopened_at]
    return len(given) <= hub.city.oversight.rating.changes
