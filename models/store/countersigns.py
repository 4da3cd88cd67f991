"""双人复核: what one person asked to do, with the reason sealed, and what a second one made of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("countersigns")
LAST: Final = 2**63 - 1
Deed = Literal["reveal", "designate", "close", "reclassify", "void", "erase"]


class Countersign(Struct, frozen=True, kw_only=True):
    """One deed that needs two. `fields` is canonical JSON of what exactly is asked; `reason` is opened.

    `is_granted` None: nobody has decided; `lapses_at` then ends it, and afterwards until when it may be used.
    """

    id: int
    ticket_id: int
    seq: int
    what: Deed
    fields: str
    reason: str
    asked_by: str
    asked_role: Role
    asked_at: datetime
    lapses_at: datetime
    is_granted: bool | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    used_at: datetime | None = None


async def ask(session: Session, wanted: Countersign) -> int:
    """Keep a new one; returns its id."""
    names = ("ticket_id", "seq", "what", "fields", "asked_by", "asked_role", "asked_at", "lapses_at")
    told = {name: getattr(wanted, name) for name in names}
    sealed = session.keyring.seal(wanted.reason, "countersigns", "reason", _place(wanted.ticket_id, wanted.seq))
    return int(await _SQL.ask(session.connection, city_code=session.city_code, reason=sealed, **told))


async def get(session: Session, countersign_id: int) -> Countersign:
    """Return one; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=countersign_id)
    if row is None:
        raise NotFound(f"没有编号为{countersign_id}的双人复核")
    return _countersign(session, row)


async def standing(session: Session, ticket_id: int, what: Deed, fields: str, at: datetime) -> list[Countersign]:
    """Return what still stands of exactly this deed, the newest first."""
    rows = _SQL.standing(
        session.connection, city_code=session.city_code, ticket_id=ticket_id, what=what, fields=fields, at=at
    )
    return [_countersign(session, row) async for row in rows]


async def decide(session: Session, countersign_id: int, by: str, at: datetime, *, is_granted: bool) -> None:
    """Keep what the second person decided. The ticket must be locked."""
    await _SQL.decide(
        session.connection,
        city_code=session.city_code,
        id=countersign_id,
        is_granted=is_granted,
        decided_by=by,
        decided_at=at,
    )


async def use(session: Session, countersign_id: int, at: datetime) -> None:
    """What was signed is done."""
    await _SQL.use(session.connection, city_code=session.city_code, id=countersign_id, used_at=at)


async def page(
    session: Session, before: int | None, size: int, *, waiting_at: datetime | None, ticket_id: int | None
) -> list[Countersign]:
    """Return one page, the newest first; with `waiting_at` those that nobody has decided by then."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        waiting_at=waiting_at,
        ticket_id=ticket_id,
        before=LAST if before is None else before,
        page_size=size,
    )
    return [_countersign(session, row) async for row in rows]


def _countersign(session: Session, row: Any) -> Countersign:
    reason = session.keyring.unseal(row["reason"], "countersigns", "reason", _place(row["ticket_id"], row["seq"]))
    return msgspec.convert({**dict(row), "reason": reason}, Countersign)


def _place(ticket_id: int, seq: int) -> str:
    return f"{ticket_id}/{seq}"
