"""What may be the same matter: near words, or the same caller on the same subject. A person decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from models.lifecycle import TicketState
from models.store import tickets
from nlu.similarity import resemblance

if TYPE_CHECKING:
    from models.store.database import Session
    from models.ticket import Ticket
    from models.understanding import Understanding

ALIKE_ABOVE: Final = 0.5
MOST_SHOWN: Final = 5
LOOKED_BACK: Final = timedelta(days=30)


class PossibleDuplicate(Struct, kw_only=True):
    """A ticket that may be about the same; `likeness` of the words is 0..1."""

    number: str
    state: TicketState
    likeness: float
    same_caller: bool
    same_place: bool
    registered_at: datetime


async def alike(session: Session, ticket: Ticket, read: Understanding) -> list[PossibleDuplicate]:
    """Find what may be the same matter: near words, or the same caller on the same subject."""
    since = ticket.registered_at - LOOKED_BACK
    found: list[PossibleDuplicate] = []
    for one in await tickets.alike(session, bands(read.fingerprint), ticket.caller_index, since):
        likeness = resemblance(read.fingerprint, one.fingerprint)
        same_caller = ticket.caller_index is not None and one.ticket.caller_index == ticket.caller_index
        same_subject = same_caller and one.ticket.category == ticket.category
        if likeness >= ALIKE_ABOVE or same_subject:
            found.append(
                PossibleDuplicate(
                    number=one.ticket.number,
                    state=one.ticket.state,
                    likeness=round(likeness, 2),
                    same_caller=same_caller,
                    same_place=ticket.place is not None and one.ticket.place == ticket.place,
                    registered_at=one.ticket.registered_at,
                )
            )
    found.sort(key=lambda one: (one.same_caller, one.likeness), reverse=True)
    return found[:MOST_SHOWN]


def bands(fingerprint: tuple[int, ...]) -> tuple[int, ...]:
    """Return distinct numbers of which near texts share at least one: each is made of two neighbours of a fingerprint."""
    pairs = zip(fingerprint[::2], fingerprint[1::2], strict=False)
    return tuple({((first * 31 + second) ^ (n << 59)) % 2**63 for n, (first, second) in enumerate(pairs)})
