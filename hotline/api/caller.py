"""GET /api/v1/interactions/{id}: what the seat that has a call, chat or letter sees of it, and of who calls."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from hotline.api import body
from hotline.api.shapes import Level, Named, Number
from hotline.api.view import masked_phone
from hotline.interaction import ABANDONED
from hotline.keys import HUB
from hotline.receipt import CallerLimitTold, limit_told
from models.errors import Forbidden
from models.lifecycle import TicketState
from models.store import callers, interactions, seats
from models.ticket import number_of
from models.vocabulary import Channel, Disclosure, Kind, Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.callers import CallersTicket
    from models.store.database import Session
    from models.store.interactions import Interaction
    from models.ticket import Actor

# What fits beside a call; the rest is found by a search.
MOST_TICKETS: Final = 20
MOST_INTERACTIONS: Final = 10
LONGEST_TEXT: Final = 120

InteractionState = Literal["offered", "answered", "ended", "abandoned"]
InteractionNumber = Annotated[int, Meta(ge=1)]


class CallerTicket(Struct, kw_only=True):
    """A ticket of the same phone; `text` is masked and cut, and null for a confidential tip-off: another may be calling.

    `merged_into` is the ticket that is worked on where this one was merged (并单), `merged_state` where that stands.
    `due_by` is what is due next, null where nothing is any more.
    """

    number: Number
    state: TicketState
    kind: Kind
    urgency: Level
    category: Named
    disclosure: Disclosure
    lead: Named | None
    text: str | None
    registered_at: datetime
    promised_at: datetime
    due_by: datetime | None
    merged_into: Number | None
    merged_state: TicketState | None


class CallerInteraction(Struct, kw_only=True):
    """An earlier interaction of the same phone."""

    id: InteractionNumber
    channel: Channel
    line: str | None
    state: InteractionState
    outcome: str | None
    agent: str | None
    offered_at: datetime
    ended_at: datetime | None


class InteractionPage(Struct, kw_only=True):
    """来话 with its caller: the phone is masked, and so is what was said. Without a phone there is nothing of a caller.

    Where a person typed the phone, confidential tip-offs are left out, and the interactions that they came of.
    `caller_tickets` has at most twenty, the open ones first, then the newest; `caller_interactions` the last ten.
    """

    id: InteractionNumber
    state: InteractionState
    channel: Channel
    line: str | None
    handling_line: str | None
    seat_group: str
    agent: str | None
    outcome: str | None
    offered_at: datetime
    asked_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    call_back_by: datetime | None
    transcript: str
    caller: str | None
    caller_limit: CallerLimitTold | None
    caller_tickets: list[CallerTicket]
    caller_interactions: list[CallerInteraction]


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/interactions/{id}."""
    hub, interaction_id = request.app[HUB], int(request.match_info["id"])

    async def work(session: Session) -> dict[str, Any]:
        current = await interactions.get(session, interaction_id)
        await check_at_hand(session, actor, current)
        return {**_of_call(hub, current), **await _of_caller(hub, session, current)}

    return body.answer(await hub.database.read(work), InteractionPage)


async def check_at_hand(session: Session, actor: Actor, current: Interaction) -> None:
    """Let in a shift lead, and whoever has the interaction or had it last. Raises Forbidden."""
    if actor.role is Role.SHIFT_LEAD or current.agent == actor.name:
        return
    seat, work = await seats.get(session, actor.name), await seats.work(session, current.id)
    is_given = seat is not None and seat.interaction == current.id
    if not is_given and (work is None or work.agent != actor.name):
        raise Forbidden("该来话不在您的坐席上；接起分给您的来话后才能查看")


def _of_call(hub: Hub, current: Interaction) -> dict[str, Any]:
    told = ("id", "channel", "line", "handling_line", "seat_group", "agent", "outcome", "call_back_by")
    times = ("offered_at", "asked_at", "answered_at", "ended_at")
    return {
        **{name: getattr(current, name) for name in (*told, *times)},
        "state": _state(current),
        "transcript": hub.mask(current.transcript),
        "caller_limit": limit_told(hub, current.caller_index, is_danger=hub.has_danger(current.transcript)),
    }


async def _of_caller(hub: Hub, session: Session, current: Interaction) -> dict[str, Any]:
    index = current.caller_index
    if index is None:
        return {"caller": None, "caller_tickets": [], "caller_interactions": []}
    phone = await interactions.phone(session, current.id)
    found = await callers.tickets(session, index, MOST_TICKETS)
    # Whoever types a phone does not learn whether it has tipped off, nor from which call a tip-off came.
    is_typed = current.typed_by is not None or await interactions.is_unproven(session, current.id)
    if is_typed:
        found = [one for one in found if not one.ticket.is_confidential_tip_off]
    earlier = await callers.interactions(session, index, current.id, MOST_INTERACTIONS, is_typed=is_typed)
    return {
        "caller": masked_phone(phone) if phone else None,
        "caller_tickets": [_ticket(hub, one) for one in found],
        "caller_interactions": [
            {**{name: getattr(one, name) for name in one.__struct_fields__}, "state": _state(one)} for one in earlier
        ],
    }


def _ticket(hub: Hub, found: CallersTicket) -> dict[str, Any]:
    ticket = found.ticket
    # A phone may be a household's or an office's: whoever calls now need not be who tipped off.
    is_hidden = ticket.is_confidential_tip_off
    return {
        "number": ticket.number,
        "state": ticket.state,
        "kind": ticket.kind,
        "urgency": ticket.urgency,
        "category": {"code": ticket.category, "name": hub.category_name(ticket.category)},
        "disclosure": ticket.disclosure,
        "lead": {"code": ticket.lead, "name": hub.department_name(ticket.lead)} if ticket.lead else None,
        "text": None if is_hidden else found.masked_text[:LONGEST_TEXT],
        "registered_at": ticket.registered_at,
        "promised_at": ticket.promised_at,
        "due_by": found.due_by,
        "merged_into": number_of(found.common) if found.common is not None else None,
        "merged_state": found.common_state,
    }


def _state(one: Interaction | callers.CallersInteraction) -> InteractionState:
    if one.ended_at is not None:
        return "abandoned" if one.outcome == ABANDONED else "ended"
    return "answered" if one.answered_at is not None else "offered"
