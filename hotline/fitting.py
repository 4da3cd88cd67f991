"""Which open incident (突发/群体) a new request is about, if any: proposed to the seat, which attaches it in one click.

By its words beside those of the lead and of the newest callers who were attached, as duplicates are told (nlu.sameness); and
where it says little (“我家停水了”), by the keyword that it tells of and by whether it is somewhere else.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from models.incident_rules import span
from models.store import incidents
from models.store.prompts import KeywordHit
from models.vocabulary import Kind
from nlu.sameness import Matter, Relation, is_elsewhere, likenesses

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hotline.hub import Hub
    from hotline.proposal import Proposal
    from models.incident_rules import KeywordRule
    from models.store.database import Session
    from models.store.incidents import AboutIncident, Candidate, OpenIncident
    from models.ticket import Ticket
    from models.understanding import Understanding

# A process that did not open an incident itself knows of it after so long.
FRESH_FOR_S: Final = 1.0
# How sure the keyword makes at the same place, in the same district, and where nobody said where.
SAME_PLACE, SAME_DISTRICT, NO_PLACE = 0.9, 0.75, 0.6
# So many times its keyword's while before the lead, callers may have meant what became the incident.
BEFORE: Final = 4
_SAME: Final = frozenset({Relation.SAME_EVENT, Relation.REPEAT})


class ProposedIncident(Struct, kw_only=True):
    """An open incident that a request seems to be about; `answer` is the one answer, null where none holds now."""

    id: str
    title: str
    answer: str | None
    confidence: Annotated[float, Meta(ge=0, le=1)]


class _Asked(Struct, frozen=True, kw_only=True):
    """What is compared of a request; `dangers` are the flags that an emergency is handed off for."""

    matter: Matter
    guesses: frozenset[str]
    text: str
    flags: Collection[str]
    dangers: frozenset[str]


async def fitting(
    hub: Hub, session: Session, proposal: Proposal, *, caller: bytes | None, at: datetime
) -> ProposedIncident | None:
    """Return the incident to propose; none for what tells of a danger of its own, or accuses."""
    known = await _open_ones(hub, session)
    if not known or proposal.route.recused:
        return None
    return _proposed(_fit(hub, known, _asked(hub, proposal, caller, at)), at)


async def of_ticket(hub: Hub, session: Session, ticket_id: int) -> ProposedIncident | None:
    """Return the incident that a ticket which lies by itself seems to be about."""
    known = await _open_ones(hub, session)
    if not known:
        return None
    return _proposed(_fit(hub, known, _asked_by(hub, await incidents.about(session, ticket_id))), hub.now())


async def candidates(hub: Hub, session: Session, incident_id: int) -> list[tuple[Candidate, float]]:
    """Return the tickets that came shortly before an open incident or since, lie by themselves and fit it, and how surely.

    They told of the keyword that its lead tells of; an incident of no keyword has none. The surest come first.
    """
    known = await _open_ones(hub, session)
    this = next((one for one in known if one.id == incident_id), None)
    if this is None:
        return []
    rule = hub.city.incidents.keyword_of(this.lead.masked_text, this.lead.flags)
    if rule is None:
        return []
    since = this.lead.registered_at - BEFORE * span(rule.within)
    found = []
    for one in await incidents.loose(session, rule.code, since):
        fits = _fit(hub, known, _asked_by(hub, one.told))
        if fits is not None and fits[0].id == incident_id:
            found.append((one, fits[1]))
    return sorted(found, key=lambda one: one[1], reverse=True)


def hits(hub: Hub, ticket: Ticket, read: Understanding) -> list[KeywordHit]:
    """Return which sort of incident a new ticket tells of, if any (hotline.prompt)."""
    rule = hub.city.incidents.keyword_of(read.masked_text, ticket.flags)
    if rule is None:
        return []
    district, at = ticket.district or "", ticket.registered_at
    return [KeywordHit(city_code=ticket.city_code, ticket_id=ticket.id, keyword=rule.code, district=district, at=at)]


def are_apart(one: KeywordRule | None, other: KeywordRule | None) -> bool:
    """Tell whether two requests tell of different sorts of incident."""
    return one is not None and other is not None and one.code != other.code


async def _open_ones(hub: Hub, session: Session) -> Sequence[OpenIncident]:
    now = time.monotonic()
    if hub.open_incidents is None or hub.open_incidents[0] < now:
        hub.open_incidents = (now + FRESH_FOR_S, await incidents.open_ones(session))
    return hub.open_incidents[1]


def _asked(hub: Hub, proposal: Proposal, caller: bytes | None, at: datetime) -> _Asked:
    read, where = proposal.understanding, proposal.jurisdiction
    name = read.place.name if read.place is not None else None
    matter = Matter(
        fingerprint=read.fingerprint,
        category=read.categories[0].code,
        kind=read.kind,
        place=name if name in hub.places else None,
        district=where.district if where else None,
        caller=caller,
        at=at,
    )
    return _Asked(
        matter=matter,
        guesses=frozenset(guess.code for guess in read.categories),
        text=read.masked_text,
        flags=proposal.flags,
        dangers=frozenset(rule.flag for rule in proposal.handoffs),
    )


def _asked_by(hub: Hub, ticket: AboutIncident) -> _Asked:
    return _Asked(
        matter=_matter(hub, ticket),
        guesses=frozenset({ticket.category}),
        text=ticket.masked_text,
        flags=ticket.flags,
        dangers=frozenset(rule.flag for rule in hub.city.handoffs if rule.flag in ticket.flags),
    )


def _fit(hub: Hub, known: Sequence[OpenIncident], asked: _Asked) -> tuple[OpenIncident, float] | None:
    """Return the incident that a request is about and how surely, None where none is sure enough."""
    told = {one.id: sure for one, sure in _confidences(hub, known, asked) if asked.dangers <= set(one.lead.flags)}
    best = max(known, key=lambda one: told.get(one.id, 0.0))
    sure = told.get(best.id, 0.0)
    return (best, round(sure, 2)) if sure >= hub.city.incidents.proposes_above else None


def _proposed(found: tuple[OpenIncident, float] | None, at: datetime) -> ProposedIncident | None:
    if found is None:
        return None
    best, sure = found
    return ProposedIncident(id=str(best.id), title=best.title, answer=best.answer_at(at), confidence=sure)


def _confidences(hub: Hub, known: Sequence[OpenIncident], asked: _Asked) -> list[tuple[OpenIncident, float]]:
    members = [(incident, _matter(hub, member)) for incident in known for member in incident.members]
    likes = likenesses(asked.matter, asked.guesses, [matter for _, matter in members])
    by_words: dict[int, float] = {}
    for (incident, _), like in zip(members, likes, strict=True):
        if like is not None and like.relation in _SAME:
            by_words[incident.id] = max(like.words, by_words.get(incident.id, 0.0))
    by_keyword = _by_keyword(hub, known, asked)
    rules = hub.city.incidents
    own = rules.keyword_of(asked.text, asked.flags)
    # Two sorts of incident are told in the same words: “我家停水了，什么时候来水” and “我家停电了，什么时候来电”.
    return [
        (this, max(by_words.get(this.id, 0.0), by_keyword.get(this.id, 0.0)))
        for this in known
        if not are_apart(own, rules.keyword_of(this.lead.masked_text, this.lead.flags))
    ]


def _by_keyword(hub: Hub, known: Sequence[OpenIncident], asked: _Asked) -> dict[int, float]:
    """Return how sure the keyword and the place make; where nobody said where, the incidents of one keyword share."""
    rules, one = hub.city.incidents, asked.matter
    rule = rules.keyword_of(asked.text, asked.flags)
    same = [this for this in known if rule and rules.keyword_of(this.lead.masked_text, this.lead.flags) == rule]
    found: dict[int, float] = {}
    for this in same:
        lead = _matter(hub, this.lead)
        if is_elsewhere(one, lead):
            continue
        if one.place is not None and one.place == lead.place:
            found[this.id] = SAME_PLACE
        elif one.district is not None and one.district == lead.district:
            found[this.id] = SAME_DISTRICT
        elif one.district is None and one.place is None:
            found[this.id] = NO_PLACE / len(same)
    return found


def _matter(hub: Hub, ticket: AboutIncident) -> Matter:
    return Matter(
        fingerprint=ticket.fingerprint,
        category=ticket.category,
        kind=Kind(ticket.kind),
        place=ticket.place if ticket.place in hub.places else None,
        district=ticket.district,
        caller=ticket.caller_index,
        at=ticket.registered_at,
    )
