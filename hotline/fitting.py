"""Which open incident (突发/群体) a new request is about, if any: proposed to the seat, which attaches it in one click.

By its words beside those of the lead and of the newest callers who were attached, as duplicates are told (nlu.sameness); and
where it says little (“我家停水了”), by the keyword that it tells of and by whether it is somewhere else.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from models.store import incidents
from models.store.prompts import KeywordHit
from models.vocabulary import Kind
from nlu.sameness import Matter, Relation, is_elsewhere, likenesses

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hotline.hub import Hub
    from hotline.proposal import Proposal
    from models.store.database import Session
    from models.store.incidents import AboutIncident, OpenIncident
    from models.ticket import Ticket
    from models.understanding import Understanding

# A process that did not open an incident itself knows of it after so long.
FRESH_FOR_S: Final = 1.0
# How sure the keyword makes at the same place, in the same district, and where nobody said where.
SAME_PLACE, SAME_DISTRICT, NO_PLACE = 0.9, 0.75, 0.6
_SAME: Final = frozenset({Relation.SAME_EVENT, Relation.REPEAT})


class ProposedIncident(Struct, kw_only=True):
    """An open incident that a request seems to be about; `answer` is the one answer, null where none holds now."""

    id: str
    title: str
    answer: str | None
    confidence: Annotated[float, Meta(ge=0, le=1)]


async def fitting(
    hub: Hub, session: Session, proposal: Proposal, *, caller: bytes | None, at: datetime
) -> ProposedIncident | None:
    """Return the incident to propose; none for what tells of a danger of its own, or accuses."""
    known = await _open_ones(hub, session)
    if not known or proposal.route.recused:
        return None
    dangers = {rule.flag for rule in proposal.handoffs}
    told = {
        one.id: sure for one, sure in _confidences(hub, known, proposal, caller, at) if dangers <= set(one.lead.flags)
    }
    best = max(known, key=lambda one: told.get(one.id, 0.0))
    sure = told.get(best.id, 0.0)
    if sure < hub.city.incidents.proposes_above:
        return None
    return ProposedIncident(id=str(best.id), title=best.title, answer=best.answer_at(at), confidence=round(sure, 2))


def hits(hub: Hub, ticket: Ticket, read: Understanding) -> list[KeywordHit]:
    """Return which sort of incident a new ticket tells of, if any (hotline.prompt)."""
    rule = hub.city.incidents.keyword_of(read.masked_text, ticket.flags)
    if rule is None:
        return []
    district, at = ticket.district or "", ticket.registered_at
    return [KeywordHit(city_code=ticket.city_code, ticket_id=ticket.id, keyword=rule.code, district=district, at=at)]


async def _open_ones(hub: Hub, session: Session) -> Sequence[OpenIncident]:
    now = time.monotonic()
    if hub.open_incidents is None or hub.open_incidents[0] < now:
        hub.open_incidents = (now + FRESH_FOR_S, await incidents.open_ones(session))
    return hub.open_incidents[1]


def _confidences(
    hub: Hub, known: Sequence[OpenIncident], proposal: Proposal, caller: bytes | None, at: datetime
) -> list[tuple[OpenIncident, float]]:
    read, where = proposal.understanding, proposal.jurisdiction
    name = read.place.name if read.place is not None else None
    one = Matter(
        fingerprint=read.fingerprint,
        category=read.categories[0].code,
        kind=read.kind,
        place=name if name in hub.places else None,
        district=where.district if where else None,
        caller=caller,
        at=at,
    )
    members = [(incident, _matter(hub, member)) for incident in known for member in incident.members]
    likes = likenesses(one, {guess.code for guess in read.categories}, [matter for _, matter in members])
    by_words: dict[int, float] = {}
    for (incident, _), like in zip(members, likes, strict=True):
        if like is not None and like.relation in _SAME:
            by_words[incident.id] = max(like.words, by_words.get(incident.id, 0.0))
    by_keyword = _by_keyword(hub, known, one, read.masked_text, proposal.flags)
    return [(this, max(by_words.get(this.id, 0.0), by_keyword.get(this.id, 0.0))) for this in known]


def _by_keyword(
    hub: Hub, known: Sequence[OpenIncident], one: Matter, text: str, flags: Sequence[str]
) -> dict[int, float]:
    """Return how sure the keyword and the place make; where nobody said where, the incidents of one keyword share."""
    rules = hub.city.incidents
    rule = rules.keyword_of(text, flags)
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
