"""巡查上报: what patrols reported, by ground, and who has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from models.barring import NOBODY
from models.lifecycle import TicketState
from models.store.database import queries
from models.store.tickets import LAST_ID, ticket_of
from models.store.worklists import Listed
from models.ticket import first_id

if TYPE_CHECKING:
    from datetime import datetime

    from models.barring import Barring
    from models.store.database import Session

_SQL = queries("patrols")
NOWHERE: Final[dict[str, Any]] = {"grid": None, "street": None, "district": None}


class Led(NamedTuple):
    """How many reports stand in a state with a lead."""

    lead: str | None
    state: TicketState
    reports: int


async def page(
    session: Session, ground: dict[str, str], below: int | None, size: int, *, barred: Barring = NOBODY
) -> list[Listed]:
    """Return one page of reports of a ground ({"grid" | "street" | "district": code}, empty for all), the newest first."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        below=LAST_ID if below is None else below,
        page_size=size,
        barred=list(barred.units),
        own=list(barred.own),
        **{**NOWHERE, **ground},
    )
    return [Listed(ticket=ticket_of(row), masked_text=row["masked_text"]) async for row in rows]


async def by_lead(session: Session, since: datetime) -> list[Led]:
    """Return how many reports registered since a time stand in which state with whom."""
    rows = _SQL.by_lead(session.connection, city_code=session.city_code, low=first_id(since), since=since)
    return [Led(row["lead"], TicketState(row["state"]), row["n"]) async for row in rows]
