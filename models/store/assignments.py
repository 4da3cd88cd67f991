"""承办: a department's live parts by what each one owes now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, get_args

from msgspec import Struct

from models.lifecycle import AssignmentState
from models.store.database import queries
from models.store.tickets import ticket_of
from models.store.worklists import Filter, Listed, narrowed
from models.vocabulary import AssignmentRole

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("assignments")
EARLIEST: Final = (datetime(1970, 1, 1, tzinfo=UTC), 0, 0)
# What is owed next; `others`: the department waits for somebody else's word, its clock's, or its unit's.
Owes = Literal["acknowledge", "contact", "reply", "sign_off", "others"]
OWES: Final[tuple[Owes, ...]] = get_args(Owes)


class OwedPart(Struct, frozen=True, kw_only=True):
    """A live part in its department's list, with what it owes next and by when."""

    listed: Listed
    ordinal: int
    state: AssignmentState
    role: AssignmentRole
    owes: Owes
    due_by: datetime
    dispatched_at: datetime


class OwedCount(Struct, frozen=True, kw_only=True):
    """How many live parts owe one thing, and how many of these are late with it."""

    owes: Owes
    parts: int
    late: int


async def owed(
    session: Session, department: str, owes: Owes | None, fits: Filter, after: tuple[datetime, int, int], size: int
) -> list[OwedPart]:
    """Return a department's live parts that fit, the nearest due first, after the cursor (due, ticket id, ordinal).

    With `late_at` those alone that are late with what they owe.
    """
    rows = _SQL.owed(
        session.connection,
        city_code=session.city_code,
        department=department,
        owes=owes,
        late_at=fits.late_at,
        **narrowed(fits),
        after_by=after[0],
        after_id=after[1],
        after_ordinal=after[2],
        page_size=size,
    )
    return [
        OwedPart(
            listed=Listed(
                ticket=ticket_of(row),
                masked_text=row["masked_text"],
                ordinal=row["ordinal"],
                part_reply_by=row["part_reply_by"],
                part_state=row["assignment_state"],
                asks=row["asks"],
            ),
            ordinal=row["ordinal"],
            state=AssignmentState(row["assignment_state"]),
            role=AssignmentRole(row["assignment_role"]),
            owes=row["owes"],
            due_by=row["due_by"],
            dispatched_at=row["dispatched_at"],
        )
        async for row in rows
    ]


async def counts(session: Session, department: str, at: datetime) -> list[OwedCount]:
    """Return how much of what a department owes; what nothing is owed of is left out."""
    rows = _SQL.counts(session.connection, city_code=session.city_code, department=department, at=at)
    return [OwedCount(**row) async for row in rows]
