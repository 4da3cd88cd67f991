"""占用: the dispatch desk's next ticket; who has a ticket open goes on with it, or lets go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hotline import hold as use_case
from hotline.api import body
from hotline.api.shapes import HeldBy, Number, TicketLine
from hotline.api.view import held_by, ticket_line
from hotline.keys import HUB
from models.store import tickets
from models.store.worklists import Listed
from models.ticket import id_of

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.database import Session
    from models.store.holds import Hold
    from models.ticket import Actor


class DeskNext(Struct, kw_only=True):
    """The ticket that is the asker's now; null where nobody waits who is not in somebody's hands already."""

    ticket: TicketLine | None


class TicketHold(Struct, kw_only=True):
    """In whose hands a ticket is."""

    number: Number
    held_by: HeldBy | None


async def take_next(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/desk/next."""
    hub = request.app[HUB]
    hold = await use_case.take_next(hub, actor)
    if hold is None:
        return body.answer({"ticket": None}, DeskNext)

    async def work(session: Session) -> dict[str, Any]:
        ticket, text = await tickets.get(session, hold.ticket_id), await tickets.text(session, hold.ticket_id)
        return ticket_line(hub, Listed(ticket=ticket, masked_text=text.masked_text), actor=actor, hold=hold)

    return body.answer({"ticket": await hub.database.read(work)}, DeskNext)


async def take(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/tickets/{number}/hold."""
    _, wanted = await body.read_body(request, use_case.HoldTicket)
    number = request.match_info["number"]
    return _shown(number, actor, await use_case.take(request.app[HUB], actor, id_of(number), wanted))


async def let_go(request: web.Request, actor: Actor) -> web.Response:
    """DELETE /api/v1/tickets/{number}/hold."""
    number = request.match_info["number"]
    return _shown(number, actor, await use_case.let_go(request.app[HUB], actor, id_of(number)))


def _shown(number: str, actor: Actor, hold: Hold | None) -> web.Response:
    return body.answer({"number": number, "held_by": held_by(actor, hold)}, TicketHold)
