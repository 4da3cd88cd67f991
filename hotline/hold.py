"""占用: a person of the dispatch desk takes what is next, goes on with it, lets go of it; two never have the same one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from models.errors import Conflict, Forbidden, Held
from models.lifecycle import OPEN_TICKET
from models.store import holds, tickets
from models.vocabulary import Role

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.holds import Hold
    from models.ticket import Actor

# Who rules and designates, and may take a ticket out of another's hands.
DECIDES: Final = frozenset({Role.SHIFT_LEAD, Role.SUPERVISOR})


class HoldTicket(Struct, kw_only=True):
    """`take_over` takes the ticket out of another's hands; for a shift lead or a supervisor."""

    take_over: bool = False


async def take_next(hub: Hub, actor: Actor) -> Hold | None:
    """Hold the gravest, then oldest ticket of the desk that nobody holds, not even the asker; None where there is none."""

    async def work(session: Session) -> Hold | None:
        now = hub.now()
        return await holds.take_head(
            session,
            actor.name,
            now,
            _lapses_at(hub, now),
            decides=actor.role in DECIDES,
            designate_at=hub.policy.send_back.designate_at,
        )

    return await hub.database.write(work)


async def take(hub: Hub, actor: Actor, ticket_id: int, wanted: HoldTicket) -> Hold:
    """Hold an open ticket, or go on holding it. Raises NotFound, Conflict, Forbidden, and Held where somebody else has it."""
    if wanted.take_over and actor.role not in DECIDES:
        raise Forbidden("只有班长、督办员可以接手他人正在处理的工单")

    async def work(session: Session) -> Hold:
        # Shared: a step that is being taken ends first, and may end the ticket.
        ticket = await tickets.share(session, ticket_id)
        if ticket.state not in OPEN_TICKET:
            raise Conflict(f"工单{ticket.number}已结束，不需要占用")
        now = hub.now()
        hold = await holds.take(session, ticket_id, actor.name, now, _lapses_at(hub, now), takes_over=wanted.take_over)
        if hold is None:
            other = await holds.of_ticket(session, ticket_id, now)
            raise Held(other.holder if other else "他人")
        return hold

    return await hub.database.write(work)


async def let_go(hub: Hub, actor: Actor, ticket_id: int) -> Hold | None:
    """End one's own hold, if there is one; returns who else holds the ticket. Raises NotFound."""

    async def work(session: Session) -> Hold | None:
        await tickets.get(session, ticket_id)
        await holds.let_go(session, ticket_id, actor.name)
        return await holds.of_ticket(session, ticket_id, hub.now())

    return await hub.database.write(work)


def _lapses_at(hub: Hub, now: datetime) -> datetime:
    """A hold is renewed by a page that a person looks at: it is counted on the wall clock, however fast the hub's runs."""
    return now + timedelta(seconds=hub.city.worklists.hold_for_s) * hub.clock.speed
