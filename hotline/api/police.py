"""110转12345: 110's own system pushes an order under its police number (警单号) and asks what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from hotline.api import body
from hotline.api.shapes import Named, Number
from hotline.fields import Moment
from hotline.intake import register
from hotline.keys import HUB
from hotline.request import LONGEST_TEXT, Caller, Location, Register
from models.errors import Forbidden, NotFound
from models.lifecycle import TicketState
from models.store import police_orders
from models.ticket import number_of
from models.vocabulary import Channel, Role

if TYPE_CHECKING:
    from aiohttp import web

    from models.ticket import Actor

POLICE_NUMBER: Final = "^[A-Za-z0-9-]{4,64}$"


class PoliceOrder(Struct, kw_only=True, forbid_unknown_fields=True):
    """警单: what was told to 110, and in `text` too what the police have done first (先行处置)."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
    title: Annotated[str, Meta(max_length=200)] | None = None
    caller: Caller | None = None
    address: Annotated[str, Meta(max_length=300)] | None = None
    location: Location | None = None
    occurred_at: Moment | None = None
    received_at: Moment | None = None


class PoliceTicket(Struct, kw_only=True):
    """A ticket that an order became. `is_sent_back`: a person found that it is the police's after all."""

    number: Number
    state: TicketState
    lead: Named | None
    registered_at: datetime
    promised_at: datetime
    closed_at: datetime | None
    is_sent_back: bool


class PoliceTickets(Struct, kw_only=True):
    """The tickets of a police number, the oldest first."""

    police_number: str
    tickets: list[PoliceTicket]


async def put(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/police-orders/{police_number}: accepted at once; the same again is answered the same."""
    _check_police(actor)
    number = request.match_info["police_number"]
    raw, order = await body.read_body(request, PoliceOrder)
    wanted = Register(
        **{name: getattr(order, name) for name in order.__struct_fields__},
        channel=Channel.POLICE,
        police_number=number,
    )
    receipt = await register(request.app[HUB], actor, f"police-order:{number}", raw, wanted)
    return body.raw_answer(receipt.body, 201 if receipt.is_new else 200)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/police-orders/{police_number}."""
    if actor.role is Role.CHANNEL:
        _check_police(actor)
    hub, number = request.app[HUB], request.match_info["police_number"]
    found = await hub.database.read(lambda session: police_orders.tickets(session, number))
    if not found:
        raise NotFound(f"没有警单号为“{number}”的工单")
    shown = [
        {
            **{name: getattr(one, name) for name in one.__struct_fields__},
            "number": number_of(one.id),
            "lead": {"code": one.lead, "name": hub.department_name(one.lead)} if one.lead else None,
        }
        for one in found
    ]
    return body.answer({"police_number": number, "tickets": shown}, PoliceTickets)


def _check_police(actor: Actor) -> None:
    """Raise Forbidden for every other channel's token."""
    if actor.name != Channel.POLICE:
        raise Forbidden("警单只能由110的系统以渠道 police 的凭证推送和查询")
