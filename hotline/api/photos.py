"""整改照片: photos of the work on a part, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from hotline.api import body
from hotline.api.shapes import AttachmentLine, Count, Number
from hotline.api.view import attached
from hotline.keys import HUB
from hotline.photo import WorkPhoto, show_work
from hotline.step import run
from models.store import attachments, tickets
from models.ticket import id_of, number_of

if TYPE_CHECKING:
    from typing import Any

    from aiohttp import web

    from models.store.database import Session
    from models.ticket import Actor


class WorkPhotos(Struct, kw_only=True):
    """The photos of the work on a ticket, the oldest first."""

    number: Number
    version: Count
    photos: list[AttachmentLine]


async def show_one(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/tickets/{number}/photos."""
    hub, ticket_id = request.app[HUB], id_of(request.match_info["number"])
    _, fields = await body.read_body(request, WorkPhoto)
    await run(hub, actor, ticket_id, lambda step: show_work(step, fields))

    async def work(session: Session) -> dict[str, Any]:
        ticket = await tickets.get(session, ticket_id)
        name = (await tickets.text(session, ticket_id)).caller_name
        found = [one for one in await attachments.of_ticket(session, ticket_id) if one.taken is not None]
        photos = [attached(hub, one, name) for one in found]
        return {"number": number_of(ticket_id), "version": ticket.version, "photos": photos}

    return body.answer(await hub.database.read(work), WorkPhotos, status=201)
