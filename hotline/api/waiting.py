"""What waits for a word of the hotline: departments' send-backs and requests for time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from hotline.api import body, shapes
from hotline.api.view import ticket_line
from hotline.keys import HUB
from models.store import holds, worklists

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.database import Session
    from models.store.holds import Hold
    from models.store.worklists import Listed
    from models.ticket import Actor


async def decisions(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/decisions: parts whose department asks; `asks` is send_back, extension or deferral."""
    hub = request.app[HUB]
    size = body.page_size(request)
    after = body.read_cursor(request, tuple[datetime, int])

    async def work(session: Session) -> tuple[list[Listed], dict[int, Hold]]:
        found = await worklists.undecided(session, after, size)
        return found, await holds.of_tickets(session, [row.ticket.id for row in found], hub.now())

    rows, held = await hub.database.read(work)
    last = rows[-1] if len(rows) == size else None
    cursor = body.make_cursor(last.part_reply_by, last.ticket.id) if last else None
    lines = [ticket_line(hub, row, actor=actor, hold=held.get(row.ticket.id)) for row in rows]
    return body.answer({"tickets": lines, "cursor": cursor}, shapes.Tickets)
