"""试派: past tickets routed by the present catalogue and by another city folder's; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from hotline.proposal import as_kept, as_stands
from models.lifecycle import TicketState
from models.store import installation, tickets
from routing.catalogue import Catalogue
from routing.dry_run import DryRun
from routing.route import route

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from hotline.hub import Hub
    from models.city import City
    from models.store.tickets import KeptReading
    from routing.route import Route

AT_A_TIME: Final = 500
# Their way ended without a department, or with another ticket.
NEVER_ROUTED: Final = (
    TicketState.ANSWERED,
    TicketState.DECLINED,
    TicketState.HANDED_OFF,
    TicketState.MERGED,
    TicketState.VOID,
)


async def dry_run(
    hub: Hub,
    other: City,
    *,
    on: date,
    since: datetime | None,
    most: int | None,
    begin: Callable[[int], object],
    advance: Callable[[int], object],
) -> DryRun:
    """Route the newest `most` tickets registered since a time (all, where None) by both catalogues.

    Of `other` its duties and departments count, as they hold `on` a date; rulings amend its catalogue as they amend the
    present one. `begin` is told how many tickets there are, `advance` how many were routed.
    """
    city = replace(hub.city, duties=other.duties, departments=other.departments)
    walk = tickets.Walk(since=since, without=NEVER_ROUTED)
    async with hub.database.snapshot() as session:
        total = await tickets.count(session, walk)
        amendments = await installation.amendments(session)
    left = total if most is None else min(most, total)
    begin(left)
    catalogue, found, below = Catalogue(city, amendments), DryRun(), None
    while left > 0:
        # A page is a snapshot of its own: a long transaction would hold up the cleaning of a busy database.
        async with hub.database.snapshot() as session:
            page = await tickets.readings(session, walk, below, min(AT_A_TIME, left))
        for kept in page:
            try:
                before, after = _routes(hub, kept, catalogue, city, on)
            except (msgspec.ValidationError, LookupError):
                found.unreadable += 1
                continue
            found.add(kept.ticket.number, kept.ticket.detail or kept.ticket.category, before, after)
        advance(len(page))
        if len(page) < min(AT_A_TIME, left):
            break
        left -= len(page)
        below = page[-1].ticket.id
    return found


def _routes(hub: Hub, kept: KeptReading, catalogue: Catalogue, city: City, on: date) -> tuple[Route, Route]:
    ticket = kept.ticket
    read = as_stands(ticket, as_kept(kept.reading, kept.masked_text))
    where, recused = hub.jurisdiction(ticket), ticket.recused
    before = route(read, where, hub.catalogue, hub.city, on=hub.today(), accused=None, recused=recused)
    return before, route(read, where, catalogue, city, on=on, accused=None, recused=recused)
