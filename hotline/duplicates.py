"""What may be the same matter: near words not said of another place, one subject at one place within days, or one caller
on one subject. A person decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from models.lifecycle import TicketState
from models.store import tickets
from models.ticket import number_of
from nlu.similarity import resemblance

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.tickets import Alike
    from models.ticket import Ticket
    from models.understanding import Understanding

ALIKE_ABOVE: Final = 0.5
MOST_SHOWN: Final = 5
LOOKED_BACK: Final = timedelta(days=30)
SAME_PLACE_WITHIN: Final = timedelta(days=3)


class PossibleDuplicate(Struct, kw_only=True):
    """A ticket that may be about the same; `likeness` of the words is 0..1."""

    number: str
    state: TicketState
    likeness: float
    same_caller: bool
    same_place: bool
    registered_at: datetime


async def alike(hub: Hub, session: Session, ticket: Ticket, read: Understanding) -> list[PossibleDuplicate]:
    """Find what may be the same matter, at most five: the same caller's first, then the likest words."""
    wanted = tickets.Wanted(
        bands=bands(read.fingerprint),
        caller_index=ticket.caller_index,
        place=ticket.place if ticket.place in hub.places else None,
        category=ticket.category,
        since=ticket.registered_at - LOOKED_BACK,
    )
    found: list[PossibleDuplicate] = []
    for one in await tickets.alike(session, wanted):
        likeness = resemblance(read.fingerprint, one.fingerprint)
        same_caller = ticket.caller_index is not None and one.caller_index == ticket.caller_index
        if _may_be_same(hub, ticket, one, likeness=likeness, same_caller=same_caller):
            found.append(
                PossibleDuplicate(
                    number=number_of(one.id),
                    state=TicketState(one.state),
                    likeness=round(likeness, 2),
                    same_caller=same_caller,
                    same_place=ticket.place is not None and one.place == ticket.place,
                    registered_at=one.registered_at,
                )
            )
    found.sort(key=lambda one: (one.same_caller, one.likeness, one.registered_at), reverse=True)
    return found[:MOST_SHOWN]


def _may_be_same(hub: Hub, ticket: Ticket, one: Alike, *, likeness: float, same_caller: bool) -> bool:
    """Weigh words, caller, place and time."""
    has_near_words = likeness >= ALIKE_ABOVE
    same_subject = one.category == ticket.category
    if same_caller:
        return has_near_words or same_subject
    if _is_elsewhere(hub, ticket, one):
        return False
    is_recent = one.registered_at >= ticket.registered_at - SAME_PLACE_WITHIN
    return has_near_words or (same_subject and is_recent and ticket.place in hub.places and one.place == ticket.place)


def _is_elsewhere(hub: Hub, ticket: Ticket, one: Alike) -> bool:
    """Tell whether both places, or both districts, are known and differ. Words that the gazetteer lacks prove nothing."""
    if ticket.district is not None and one.district is not None and ticket.district != one.district:
        return True
    return ticket.place != one.place and ticket.place in hub.places and one.place in hub.places


def bands(fingerprint: tuple[int, ...]) -> tuple[int, ...]:
    """Return distinct numbers of which near texts share at least one: each is made of two neighbours of a fingerprint."""
    pairs = zip(fingerprint[::2], fingerprint[1::2], strict=False)
    return tuple({((first * 31 + second) ^ (n << 59)) % 2**63 for n, (first, second) in enumerate(pairs)})
