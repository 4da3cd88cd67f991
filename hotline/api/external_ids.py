"""外部编号: a ticket's number in another system, given back by it or typed in by a person of the hotline."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from hotline import external_id
from hotline.api import body
from hotline.api.shapes import Cursor, ExternalIdRow, Number
from hotline.api.view import elsewhere
from hotline.duplicates import LOOKED_BACK
from hotline.keys import HUB
from hotline.request import OutsideRecord
from hotline.step import run
from models.errors import NotFound
from models.lifecycle import TicketState
from models.store import external_ids
from models.ticket import id_of, number_of

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.step import Step
    from models.ticket import Actor


class ExternalIdsOfTicket(Struct, kw_only=True):
    """Every number of a ticket elsewhere."""

    number: Number
    external_ids: list[ExternalIdRow]


class UnnumberedTicket(Struct, kw_only=True):
    """A ticket whose number in the system of its line has not been given back yet."""

    number: Number
    state: TicketState
    registered_at: datetime


class UnnumberedTickets(Struct, kw_only=True):
    """One page of them, the oldest first."""

    tickets: list[UnnumberedTicket]
    cursor: Cursor


async def unnumbered(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/lines/{line}/unnumbered: since a moment, or a month ago."""
    hub, size = request.app[HUB], body.page_size(request)
    line = hub.city.lines.get(request.match_info["line"])
    if line is None or not line.record_elsewhere:
        raise NotFound(f"号码“{request.match_info['line']}”没有记录在别处的系统")
    after = body.read_cursor(request, tuple[int])
    since = body.moment(request, "since") or hub.now() - LOOKED_BACK
    rows = await hub.database.read(
        lambda session: external_ids.unnumbered(session, line.number, since, after[0] if after else 0, size)
    )
    cursor = body.make_cursor(rows[-1].id) if len(rows) == size else None
    told = [{"number": number_of(one.id), "state": one.state, "registered_at": one.registered_at} for one in rows]
    return body.answer({"tickets": told, "cursor": cursor}, UnnumberedTickets)


async def give(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/tickets/{number}/external-ids."""
    _, outside = await body.read_body(request, OutsideRecord)

    async def work(step: Step) -> None:
        await external_id.give(step, outside)

    await run(request.app[HUB], actor, id_of(request.match_info["number"]), work)
    return await _shown(request)


async def take_away(request: web.Request, actor: Actor) -> web.Response:
    """DELETE /api/v1/tickets/{number}/external-ids/{system}/{external_id}."""
    system, number = request.match_info["system"], request.match_info["external_id"]

    async def work(step: Step) -> None:
        await external_id.take_away(step, system, number)

    await run(request.app[HUB], actor, id_of(request.match_info["number"]), work)
    return await _shown(request)


async def _shown(request: web.Request) -> web.Response:
    hub, number = request.app[HUB], request.match_info["number"]
    found = await hub.database.read(lambda session: external_ids.of_ticket(session, id_of(number)))
    return body.answer({"number": number, "external_ids": elsewhere(hub, found)}, ExternalIdsOfTicket)
