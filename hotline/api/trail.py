"""The trail of a ticket (全程留痕), and its due times counted again from it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from hotline import own_due
from hotline.api import body
from hotline.api.shapes import Count
from hotline.api.tickets import visible
from hotline.api.view import readable
from hotline.keys import HUB
from hotline.recount import explained
from models.lifecycle import Action
from models.store import events, handoffs, tickets
from models.trail import KEPT_BACK, broken_link, event_fields
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor, Assignment
    from models.trail import TicketEvent


class By(Struct, kw_only=True):
    """Who took a step."""

    role: Role
    name: str


class TrailEvent(Struct, kw_only=True):
    """One link of the trail; `hash` is hexadecimal.

    `words` is what was written with the step, by field, masked, as far as the asker may read it; `fields.words` names
    all that there is.
    """

    seq: Annotated[int, Meta(ge=1)]
    type: str
    at: datetime
    by: By
    fields: dict[str, Any]
    words: dict[str, str]
    hash: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Chain(Struct, kw_only=True):
    """留痕核验: `fault` says in Chinese what is wrong with the first broken link, null where all holds."""

    is_whole: bool
    fault: str | None
    events: Count
    head_hash: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Trail(Struct, kw_only=True):
    """全程留痕, oldest first, and whether every link of it holds.

    A department's leaves out what is for the hotline alone; its `seq` then have gaps.
    """

    events: list[TrailEvent]
    chain: Chain


class DueTime(Struct, kw_only=True):
    """One due time and how it came about, as a Chinese sentence."""

    clock: str
    due_at: datetime
    because: str


class PartClock(Struct, kw_only=True):
    """The due times of a part; `is_as_stored` tells that the trail gives what is stored."""

    assignment: int
    department: str
    is_as_stored: bool
    due: list[DueTime]


class TicketClock(Struct, kw_only=True):
    """Every date of a ticket; `due` are those that the hotline itself owes (promise, first_promise, stage, confirm), recounted."""

    promised_at: datetime
    first_promised_at: datetime
    stage_by: datetime | None
    is_as_stored: bool
    due: list[DueTime]
    assignments: list[PartClock]


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/tickets/{number}/trail."""
    hub, number = request.app[HUB], request.match_info["number"]

    async def work(session: Session) -> dict[str, Any]:
        told = await trail_of(session, hub, actor, number)
        return {"events": told, "chain": await chain_of(session, hub, actor, number)}

    return body.answer(await hub.database.read_together(work), Trail)


async def trail_of(session: Session, hub: Hub, actor: Actor, number: str) -> list[dict[str, Any]]:
    """Return a ticket's trail as this actor may read it; raises NotFound, DamagedTrail."""
    ticket, parts = await visible(session, hub, actor, number)
    caller_name = (await tickets.text(session, ticket.id)).caller_name
    said = await events.words_of_ticket(session, ticket.id)
    words = {one.seq: one.words for one in readable(hub, actor, parts, said, caller_name)}
    trail = await events.of_ticket(session, ticket.id)
    if actor.department is not None and hub.is_barred(actor.department, ticket.recused):
        trail = told_to_accused(hub, actor.department, trail, parts)
    return [
        {
            "seq": event.seq,
            "type": event.type,
            "at": event.at,
            "by": {"role": event.actor_role, "name": event.actor},
            "fields": _told(actor, event),
            "words": words.get(event.seq, {}),
            "hash": event.hash.hex(),
        }
        for event in trail
        if actor.department is None or event.type not in KEPT_BACK
    ]


def told_to_accused(hub: Hub, department: str, trail: list[TicketEvent], parts: list[Assignment]) -> list[TicketEvent]:
    """Return what a department reads of a ticket that came to accuse it: what it could before, and then what is of its own parts.

    Raises DamagedTrail.
    """
    own = {part.ordinal for part in parts if hub.is_party(department, [part])}
    heard = next((event.seq for event in trail if event.type in KEPT_BACK), 0)
    return [event for event in trail if event.seq < heard or event_fields(event).get("assignment") in own]


async def chain_of(session: Session, hub: Hub, actor: Actor, number: str) -> dict[str, Any]:
    """Return whether every link of a ticket's trail holds; raises NotFound."""
    ticket, _ = await visible(session, hub, actor, number)
    trail = await events.of_ticket(session, ticket.id)
    fault = broken_link(trail, ticket)
    return {"is_whole": fault is None, "fault": fault, "events": len(trail), "head_hash": ticket.head_hash.hex()}


def _told(actor: Actor, event: TicketEvent) -> dict[str, Any]:
    """Return what an event says; the words of a note that was kept before they were sealed only to the hotline and its writer."""
    fields = event_fields(event)
    if event.type == Action.NOTE and actor.role is Role.DEPARTMENT and event.actor != actor.name:
        fields.pop("reason", None)
    return fields


async def clock(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/tickets/{number}/clock: every due time, recomputed from the trail and explained."""
    hub, number = request.app[HUB], request.match_info["number"]
    found = await hub.database.read_together(lambda session: clock_of(session, hub, actor, number))
    return body.answer(found, TicketClock)


async def clock_of(session: Session, hub: Hub, actor: Actor, number: str) -> dict[str, Any]:
    """Return every due time of a ticket with how it came about; raises NotFound, DamagedTrail."""
    ticket, parts = await visible(session, hub, actor, number)
    trail = await events.of_ticket(session, ticket.id)
    counted = [(part, *explained(trail, part, hub.calendars)) for part in parts]
    handed = await handoffs.of_ticket(session, ticket.id)
    is_readable, own = own_due.read(ticket, parts, handed, trail, hub.calendars)
    return {
        "promised_at": ticket.promised_at,
        "first_promised_at": ticket.first_promised_at,
        "stage_by": ticket.stage_by,
        "is_as_stored": is_readable and all(one.is_as_stored for one in own if one.part is None),
        "due": [_own(one) for one in own if one.part is None],
        "assignments": [
            {
                "assignment": part.ordinal,
                "department": part.department,
                "is_as_stored": is_as_stored and all(one.is_as_stored for one in own if one.part == part.ordinal),
                "due": [
                    *({"clock": said.clock, "due_at": said.due_at, "because": said.sentence} for said in explanations),
                    *(_own(one) for one in own if one.part == part.ordinal),
                ],
            }
            for part, is_as_stored, explanations in counted
        ],
    }


def _own(one: own_due.OwnDue) -> dict[str, Any]:
    return {"clock": one.clock, "due_at": one.due_at, "because": one.because}
