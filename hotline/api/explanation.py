"""Why: what was behind an answer, for a text or for a stored ticket; for the people of the hotline."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import msgspec
from aiohttp import web

from hotline.api import body
from hotline.api.tickets import read_request, visible
from hotline.explanation import Explained, of_request, of_ticket
from hotline.keys import HUB, SETTINGS
from hotline.model_in_use import folder_of
from hotline.proposal import as_kept
from models.errors import Conflict
from models.store import tickets
from nlu.examples import Examples

if TYPE_CHECKING:
    from models.store.database import Session
    from models.ticket import Actor, Assignment, Ticket, TicketText

EXAMPLES: Final = web.AppKey("EXAMPLES", dict[str, Examples])


async def explained(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/explain: what is behind what intake would decide, storing nothing."""
    hub, examples = request.app[HUB], _examples(request)
    wanted, line, proposal = await read_request(request, actor)
    at = wanted.location
    is_by_point = at is not None and hub.atlas.by_point(at.lat, at.lon) is not None
    number = line.number if line else None
    # Some tens of milliseconds, the first time more: other requests do not wait for it.
    reading = await asyncio.to_thread(hub.reader.explain, proposal.understanding, number, examples)
    return body.answer(of_request(hub, proposal, reading, is_by_point=is_by_point), Explained)


async def of_number(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/tickets/{number}/explain: what is behind a stored ticket, from its masked words alone."""
    hub, examples = request.app[HUB], _examples(request)

    async def work(session: Session) -> tuple[Ticket, list[Assignment], TicketText]:
        ticket, parts = await visible(session, hub, actor, request.match_info["number"])
        return ticket, parts, await tickets.text(session, ticket.id)

    ticket, parts, text = await hub.database.read(work)
    try:
        read = as_kept(text.reading, text.masked_text)
    except msgspec.ValidationError as error:
        raise Conflict("这件工单登记时的理解结果由别的版本记录，无法说明依据") from error
    reading = await asyncio.to_thread(hub.reader.explain, read, ticket.line, examples)
    return body.answer(of_ticket(hub, ticket, parts, read, reading), Explained)


def _examples(request: web.Request) -> Examples:
    """Return the examples beside the model in use; those of the one before are forgotten."""
    version, known = request.app[HUB].model_in_use, request.app[EXAMPLES]
    if version not in known:
        known.clear()
        known[version] = Examples(folder_of(request.app[SETTINGS], version))
    return known[version]
