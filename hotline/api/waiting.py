"""What waits for a word of the hotline: departments' send-backs and requests for time, unconfirmed handoffs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from hotline.api import body, shapes
from hotline.api.shapes import Cursor, Number
from hotline.api.view import ticket_line
from hotline.keys import HUB
from models.store import handoffs as handoffs_store
from models.store import tickets
from models.store.tickets import EARLIEST
from models.ticket import number_of

if TYPE_CHECKING:
    from aiohttp import web

    from models.ticket import Actor


class Waiting(Struct, kw_only=True):
    """An emergency that the other side has not confirmed."""

    ticket: Number
    number: str
    flag: str
    opened_at: datetime
    confirm_by: datetime


class Handoffs(Struct, kw_only=True):
    """One page of unconfirmed emergencies, the nearest due first."""

    handoffs: list[Waiting]
    cursor: Cursor


async def decisions(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/decisions: parts whose department asks; `asks` is send_back, extension or deferral."""
    hub = request.app[HUB]
    size = body.page_size(request)
    after = body.read_cursor(request, tuple[datetime, int])
    rows = await hub.database.read(lambda session: tickets.undecided(session, after, size))
    last = rows[-1] if len(rows) == size else None
    cursor = body.make_cursor(last.part_reply_by, last.ticket.id) if last else None
    return body.answer({"tickets": [ticket_line(hub, row) for row in rows], "cursor": cursor}, shapes.Tickets)


async def handoffs(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/handoffs: emergencies that the other side has not confirmed."""
    size = body.page_size(request)
    after = body.read_cursor(request, tuple[datetime, int]) or (EARLIEST, 0)
    rows = await request.app[HUB].database.read(lambda session: handoffs_store.unconfirmed(session, after, size))
    last = rows[-1] if len(rows) == size else None
    cursor = body.make_cursor(last["confirm_by"], last["ticket_id"]) if last else None
    shown = [
        {"ticket": number_of(row["ticket_id"]), **{name: row[name] for name in row if name != "ticket_id"}}
        for row in rows
    ]
    return body.answer({"handoffs": shown, "cursor": cursor}, Handoffs)
