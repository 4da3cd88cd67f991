"""Examples (样例): what people said that tickets are about, to learn from. Only masked words are ever read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from models.store.database import queries
from models.vocabulary import Kind, Provenance, Role

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("examples")
PAGE: Final = 2_000
_ABOVE_ALL: Final = 2**63 - 1


class Example(Struct, frozen=True, kw_only=True):
    """A ticket's label: who (`role`) gave it, when, and by what (`seq` is the event on the trail)."""

    ticket_id: int
    seq: int
    at: datetime
    category: str
    kind: Kind
    urgency: int
    provenance: Provenance
    role: Role


class Worded(Example, frozen=True, kw_only=True):
    """An example with the masked words that it labels, and whether a person told kind and urgency otherwise than they were read."""

    masked_text: str
    is_kind_told: bool
    is_urgency_told: bool


async def keep(session: Session, example: Example) -> None:
    """Keep a ticket's label in place of the one before."""
    given = {name: getattr(example, name) for name in Example.__struct_fields__}
    told = {name: str(given[name]) for name in ("kind", "provenance", "role")}
    await _SQL.keep(session.connection, city_code=session.city_code, **{**given, **told})


async def newest(session: Session, since: datetime, most: int) -> list[Worded]:
    """Return the examples since a time, those of the newest tickets where there are more; oldest first."""
    found: list[Worded] = []
    below = _ABOVE_ALL
    while len(found) < most:
        size = min(PAGE, most - len(found))
        rows = _SQL.page(session.connection, city_code=session.city_code, since=since, below=below, page_size=size)
        some = [msgspec.convert(dict(row), Worded) async for row in rows]
        found += some
        if len(some) < size:
            break
        below = some[-1].ticket_id
    return sorted(found, key=lambda example: example.at)


async def counts(session: Session) -> dict[str, int]:
    """Return how many examples there are, by provenance."""
    rows = _SQL.counts(session.connection, city_code=session.city_code)
    found = {row["provenance"]: row["n"] async for row in rows}
    return {provenance: found.get(provenance, 0) for provenance in Provenance}
