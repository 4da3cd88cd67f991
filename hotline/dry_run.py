"""试派: past tickets routed by the present catalogue and by another city folder's; nothing is changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hotline.proposal import as_kept, as_stands
from models.city_diff import Difference, duties_changed
from models.city_fault import Fault, Level
from models.city_rows import Placed
from models.city_trial import try_duties
from models.lifecycle import TicketState
from models.store import installation, tickets
from routing.catalogue import Catalogue
from routing.dry_run import MOST_SHOWN, DryRun
from routing.route import route

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from hotline.hub import Hub
    from models.city import City
    from models.store.tickets import KeptReading
    from routing.route import Route

AT_A_TIME: Final = 500
# So many tickets are routed before others who wait for this process get their turn.
BREATH: Final = 25
# Their way ended without a department, or with another ticket.
NEVER_ROUTED: Final = (
    TicketState.ANSWERED,
    TicketState.DECLINED,
    TicketState.HANDED_OFF,
    TicketState.MERGED,
    TicketState.VOID,
)


class Trial(Struct, frozen=True, kw_only=True):
    """What a catalogue that is only tried out would do: its faults, and where it has no error, rows changed and tickets routed."""

    faults: list[Fault]
    changes: list[Difference] | None = None
    routes: dict[str, Any] | None = None


async def try_catalogue(hub: Hub, folder: Path, text: str, *, on: date | None, most: int, shown: int) -> Trial:
    """Check a duties.csv in the place of a city folder's own, and route the newest tickets by it; keeps nothing."""
    duties, faults = await asyncio.to_thread(try_duties, folder, text)
    if any(fault.level is Level.ERROR for fault in faults):
        return Trial(faults=faults)
    other = replace(hub.city, duties=tuple(placed.record for placed in duties))
    found = await dry_run(
        hub, other, on=on or hub.today(), since=None, most=most, begin=_unwatched, advance=_unwatched, shown=shown
    )
    names = {code: one.name for code, one in hub.city.departments.items()}
    topics = {code: one.name for code, one in hub.city.categories.items()}
    changes = duties_changed([Placed(0, duty) for duty in hub.city.duties], duties, names, topics)
    return Trial(faults=faults, changes=list(changes), routes=named(hub, found, other))


async def dry_run(
    hub: Hub,
    other: City,
    *,
    on: date,
    since: datetime | None,
    most: int | None,
    begin: Callable[[int], object],
    advance: Callable[[int], object],
    shown: int = MOST_SHOWN,
) -> DryRun:
    """Route the newest `most` tickets registered since a time (all, where None) by both catalogues.

    Of `other` its duties and departments count, as they hold `on` a date; rulings amend its catalogue as they amend the
    present one. `begin` is told how many tickets there are, `advance` how many were routed. The first `shown` that would go
    elsewhere are kept.
    """
    city = replace(hub.city, duties=other.duties, departments=other.departments)
    walk = tickets.Walk(since=since, without=NEVER_ROUTED)
    async with hub.database.snapshot() as session:
        total = await tickets.count(session, walk)
        amendments = await installation.amendments(session)
    left = total if most is None else min(most, total)
    begin(left)
    catalogue, found, below = Catalogue(city, amendments), DryRun(shown), None
    while left > 0:
        # A page is a snapshot of its own: a long transaction would hold up the cleaning of a busy database.
        async with hub.database.snapshot() as session:
            page = await tickets.readings(session, walk, below, min(AT_A_TIME, left))
        for n, kept in enumerate(page):
            if n % BREATH == 0:
                await asyncio.sleep(0)
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


def named(hub: Hub, found: DryRun, other: City) -> dict[str, Any]:
    """Return everything that is told, with names: of departments that only the other city has too."""

    def name(code: str | None) -> dict[str, str] | None:
        if code is None:
            return None
        department = hub.city.departments.get(code) or other.departments.get(code)
        return {"code": code, "name": department.name if department else code}

    departments = sorted(
        {*found.before, *found.after}, key=lambda code: (-abs(found.after[code] - found.before[code]), code or "")
    )
    return {
        "tickets": found.tickets,
        "elsewhere": found.elsewhere,
        "assisting_changed": found.assisting_changed,
        "unreadable": found.unreadable,
        "moves": [
            {"before": name(before), "after": name(after), "tickets": n}
            for (before, after), n in found.moves.most_common()
        ],
        "departments": [
            {"department": name(code), "before": found.before[code], "after": found.after[code]}
            for code in departments
            if found.before[code] != found.after[code]
        ],
        "categories": [
            {"code": code, "name": hub.category_name(code), "tickets": found.by_category[code], "elsewhere": n}
            for code, n in found.elsewhere_by_category.most_common()
        ],
        "first": [
            {**msgspec.to_builtins(one), "before": name(one.before), "after": name(one.after)} for one in found.first
        ],
    }


def _unwatched(_: int) -> None:
    """Nobody looks on."""


def _routes(hub: Hub, kept: KeptReading, catalogue: Catalogue, city: City, on: date) -> tuple[Route, Route]:
    ticket = kept.ticket
    read = as_stands(ticket, as_kept(kept.reading, kept.masked_text))
    where, recused = hub.jurisdiction(ticket), ticket.recused
    before = route(read, where, hub.catalogue, hub.city, on=hub.today(), accused=None, recused=recused)
    return before, route(read, where, catalogue, city, on=on, accused=None, recused=recused)
