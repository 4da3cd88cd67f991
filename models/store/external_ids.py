"""Under which numbers other systems keep our tickets (外部编号)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from models.store.database import queries
from models.ticket import first_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.store.database import Session

_SQL = queries("external_ids")


class ExternalId(Struct, frozen=True, kw_only=True):
    """A number of a ticket in another system, who gave it to us and when."""

    system: str
    number: str
    by: str
    at: datetime


class Unnumbered(Struct, frozen=True, kw_only=True):
    """A ticket that has no number in the system of its line yet."""

    id: int
    state: str
    registered_at: datetime


class Numbered(Struct, frozen=True, kw_only=True):
    """How many tickets came by a line whose records are elsewhere, and how many of them have their number there."""

    line: str
    tickets: int
    numbered: int


async def add(session: Session, ticket_id: int, given: ExternalId) -> bool:
    """Give a ticket its number elsewhere; False where a ticket has that one already."""
    number = await _SQL.add(
        session.connection,
        city_code=session.city_code,
        system=given.system,
        number=given.number,
        ticket_id=ticket_id,
        by=given.by,
        at=given.at,
    )
    return number is not None


async def holder(session: Session, system: str, number: str) -> int | None:
    """Return the id of the ticket that has that number, None where none has."""
    found: int | None = await _SQL.holder(session.connection, city_code=session.city_code, system=system, number=number)
    return found


async def take_away(session: Session, ticket_id: int, system: str, number: str) -> bool:
    """Take a number away from a ticket; False where it has not got it."""
    taken = await _SQL.take_away(
        session.connection, city_code=session.city_code, system=system, number=number, ticket_id=ticket_id
    )
    return taken is not None


async def of_ticket(session: Session, ticket_id: int) -> list[ExternalId]:
    """Return every number of a ticket elsewhere, the oldest first."""
    rows = _SQL.of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return [ExternalId(**dict(row)) async for row in rows]


async def make_searchable(session: Session, ticket_id: int, tokens: Sequence[str]) -> None:
    """Let search find the ticket by these words too."""
    await _SQL.make_searchable(
        session.connection, city_code=session.city_code, ticket_id=ticket_id, tokens=list(tokens)
    )


async def make_unsearchable(session: Session, ticket_id: int, tokens: Sequence[str]) -> None:
    """Let search no longer find the ticket by these words."""
    await _SQL.make_unsearchable(
        session.connection, city_code=session.city_code, ticket_id=ticket_id, tokens=list(tokens)
    )


async def unnumbered(session: Session, line: str, since: datetime, after: int, size: int) -> list[Unnumbered]:
    """Return the tickets that came by a line since a time and have no number in its system, the oldest first."""
    rows = _SQL.unnumbered(
        session.connection,
        city_code=session.city_code,
        line=line,
        low=first_id(since),
        since=since,
        after=after,
        page_size=size,
    )
    return [Unnumbered(**dict(row)) async for row in rows]


async def numbered(session: Session, lines: Sequence[str], since: datetime, until: datetime) -> list[Numbered]:
    """Return for each of these lines by which tickets of our own came how many have their number there."""
    rows = _SQL.numbered(
        session.connection,
        city_code=session.city_code,
        lines=list(lines),
        low=first_id(since),
        since=since,
        until=until,
    )
    return [Numbered(**dict(row)) async for row in rows]
