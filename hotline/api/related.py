"""Which tickets belong to a ticket: the common one, merged callers, what it was split from and into, possible duplicates."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct, structs

from hotline.api import body
from hotline.api.shapes import Count, Named, Number
from hotline.api.tickets import visible
from hotline.duplicates import alike
from hotline.keys import HUB
from models.lifecycle import DESK, OPEN_TICKET, Action, TicketState
from models.store import events, tickets
from models.ticket import id_of, number_of
from models.trail import event_fields
from models.vocabulary import Role
from nlu.reading import Request
from nlu.sameness import Relation

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor, Ticket, TicketText

# Of an incident's lead the first callers are shown, and how many there are.
MOST_MERGED: Final = 50
LONGEST: Final = 400
# Whose work it is to see that two are the same, confidential tip-offs too.
MERGE: Final = DESK | {Role.DISCIPLINE}


class RelatedTicket(Struct, kw_only=True):
    """Another ticket as it is looked at beside one; `text` is masked and cut."""

    number: Number
    state: TicketState
    category: Named
    lead: Named | None
    place: str | None
    text: str
    registered_at: datetime
    promised_at: datetime
    is_open: bool


class LikelyTicket(RelatedTicket, kw_only=True):
    """One that may be about the same matter, as a registration's answer tells of it."""

    relation: Relation
    likeness: Annotated[float, Meta(ge=0, le=1)]
    same_caller: bool
    same_place: bool


class Related(Struct, kw_only=True):
    """Every ticket that belongs to one; of `merged` at most fifty, of how many `merged_count` tells."""

    merged_into: RelatedTicket | None
    merged: list[RelatedTicket]
    merged_count: Count
    split_from: RelatedTicket | None
    split_into: list[RelatedTicket]
    possible_duplicates: list[LikelyTicket]


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/tickets/{number}/related."""
    hub, number = request.app[HUB], request.match_info["number"]

    async def read(session: Session) -> tuple[Ticket, TicketText]:
        ticket, _ = await visible(session, hub, actor, number)
        return ticket, await tickets.text(session, ticket.id)

    ticket, text = await hub.database.read(read)
    understood = await hub.readings(None, Request(text.masked_text, ticket.received_at, line=ticket.line))

    async def work(session: Session) -> dict[str, Any]:
        found = await _family(session, hub, ticket)
        parted = filter(None, (found["split_from"], *found["split_into"]))
        known = {ticket.id, ticket.merged_into, *found["merged_ids"], *(id_of(one["number"]) for one in parted)}
        found_alike = await alike(hub, session, ticket, understood)
        likely = [
            one
            for one in found_alike
            if id_of(one.number) not in known and (actor.role in MERGE or one.may_know(actor.role))
        ]
        found["possible_duplicates"] = [
            {
                **await _line(session, hub, id_of(one.number)),
                **{name: getattr(one, name) for name in ("relation", "likeness", "same_caller", "same_place")},
            }
            for one in likely
        ]
        return found

    return body.answer(await hub.database.read(work), Related)


async def _family(session: Session, hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """Return what people made one of, or several."""
    trail = [(event.type, event_fields(event)) for event in await events.of_ticket(session, ticket.id)]
    parent = next((fields.get("split_from") for kind, fields in trail if kind == Action.REGISTER), None)
    children = [number for kind, fields in trail if kind == Action.SPLIT for number in fields.get("into", ())]
    merged = await tickets.merged_into(session, ticket.id)
    return {
        "merged_into": await _line(session, hub, ticket.merged_into) if ticket.merged_into else None,
        "merged": [await _line(session, hub, one) for one in merged[:MOST_MERGED]],
        "merged_count": len(merged),
        "merged_ids": merged,
        "split_from": await _line(session, hub, id_of(parent)) if parent else None,
        "split_into": [await _line(session, hub, id_of(number)) for number in children],
    }


async def _line(session: Session, hub: Hub, ticket_id: int) -> dict[str, Any]:
    ticket, text = await tickets.get(session, ticket_id), await tickets.text(session, ticket_id)
    lead = ticket.lead
    return structs.asdict(
        RelatedTicket(
            number=number_of(ticket.id),
            state=ticket.state,
            category=Named(code=ticket.category, name=hub.category_name(ticket.category)),
            lead=Named(code=lead, name=hub.department_name(lead)) if lead else None,
            place=ticket.place,
            text=text.masked_text[:LONGEST],
            registered_at=ticket.registered_at,
            promised_at=ticket.promised_at,
            is_open=ticket.state in OPEN_TICKET,
        )
    )
