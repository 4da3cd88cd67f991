"""What may be the same matter: the same caller's repeat (重复诉求), another's report of one event (同一事件), or merely alike.
A person decides (nlu.sameness says by what they are told apart).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from models.lifecycle import TicketState
from models.store.duplicates import Wanted
from models.store.duplicates import alike as alike_to
from models.store.steps import NewText
from models.store.waves import Link
from models.ticket import id_of, number_of
from models.vocabulary import Kind, Role
from nlu.sameness import Matter, Relation, likenesses
from nlu.similarity import STORED

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.duplicates import Alike
    from models.ticket import Ticket, TicketText
    from models.understanding import Understanding

MOST_SHOWN: Final = 5
LOOKED_BACK: Final = timedelta(days=30)
_FIRST: Final = (Relation.ALIKE, Relation.SAME_EVENT, Relation.REPEAT)


class PossibleDuplicate(Struct, kw_only=True):
    """A ticket that may be about the same; `likeness` tells how surely the words are (0..1), 0.5 and above is likely.

    `external_id` is the number elsewhere that both name, as in 12315:A-1.
    """

    number: str
    state: TicketState
    relation: Relation
    likeness: float
    same_caller: bool
    same_place: bool
    registered_at: datetime
    external_id: str | None = None


class Likely(PossibleDuplicate, kw_only=True):
    """One as it is found, with what decides whom it is told."""

    kind: Kind
    is_confidential: bool
    has_phone: bool

    def may_know(self, role: Role) -> bool:
        """Whether it is told who registers: they named the phone themselves, and would learn from the answer whose it is.

        Of confidential tip-offs only whoever merges learns (hotline.api.related), of other confidential callers only people of ours.
        """
        if not self.is_confidential:
            return True
        return self.kind is not Kind.TIP_OFF and (role is not Role.CHANNEL or not self.has_phone)


def told(found: Sequence[PossibleDuplicate], role: Role) -> list[PossibleDuplicate]:
    """Return what of it is told to who registers: to a department, which reports what it saw, nothing, for some may accuse it."""
    if role is Role.DEPARTMENT:
        return []
    names = PossibleDuplicate.__struct_fields__
    return [
        PossibleDuplicate(**{name: getattr(one, name) for name in names})
        for one in found
        if not isinstance(one, Likely) or one.may_know(role)
    ]


async def alike(hub: Hub, session: Session, ticket: Ticket, read: Understanding) -> list[Likely]:
    """Find what may be the same matter, at most five: the same caller's first, then other reports, the likest first."""
    one = _matter(hub.places, ticket, read.fingerprint)
    wanted = Wanted(
        bands=read.bands,
        caller_index=one.caller,
        place=one.place,
        category=one.category,
        district=one.district,
        since=ticket.registered_at - LOOKED_BACK,
    )
    # Others' questions have no business in a transaction of one's own.
    is_inside = session.connection.is_in_transaction()
    found = (await alike_to(session, [wanted]))[0] if is_inside else await hub.alike(session, wanted)
    others = [_matter(hub.places, other, other.fingerprint) for other in found]
    measured = likenesses(one, {guess.code for guess in read.categories}, others)
    shown = [
        Likely(
            number=number_of(other.id),
            state=TicketState(other.state),
            relation=likeness.relation,
            likeness=round(likeness.words, 2),
            same_caller=one.caller is not None and other.caller_index == one.caller,
            same_place=ticket.place is not None and other.place == ticket.place,
            registered_at=other.registered_at,
            kind=Kind(other.kind),
            is_confidential=other.is_confidential,
            has_phone=other.caller_index is not None,
        )
        for other, likeness in zip(found, measured, strict=True)
        if likeness is not None
    ]
    shown.sort(key=lambda one: (_FIRST.index(one.relation), one.likeness, one.registered_at), reverse=True)
    return shown[:MOST_SHOWN]


def link_of(ticket: Ticket, found: Sequence[PossibleDuplicate]) -> list[Link]:
    """Return by which ticket a new one may join a wave, if by any (hotline.waves)."""
    same = [one for one in found if one.relation is not Relation.ALIKE]
    if not same:
        return []
    likest = max(same, key=lambda one: one.likeness)
    return [
        Link(
            city_code=ticket.city_code,
            ticket_id=ticket.id,
            at=ticket.registered_at,
            nearest=id_of(likest.number),
            likeness=likest.likeness,
        )
    ]


def kept_bands(read: Understanding) -> tuple[int, ...]:
    """Return the bands by which a request is found later."""
    return read.bands[:STORED]


def kept_text(ticket_id: int, content: TicketText, read: Understanding) -> NewText:
    """Return a request's words, and by what they are searched for and found alike."""
    return NewText(
        ticket_id=ticket_id,
        content=content,
        tokens=read.tokens,
        bands=kept_bands(read),
        fingerprint=read.fingerprint,
    )


def _matter(places: Collection[str], ticket: Ticket | Alike, fingerprint: bytes) -> Matter:
    return Matter(
        fingerprint=fingerprint,
        category=ticket.category,
        kind=Kind(ticket.kind),
        place=ticket.place if ticket.place in places else None,
        district=ticket.district,
        caller=ticket.caller_index,
        at=ticket.registered_at,
    )
