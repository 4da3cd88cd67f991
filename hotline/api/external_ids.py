"""外部编号: a ticket's number in another system, given back by it or typed in by a person of the hotline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from hotline import external_id
from hotline.api import body
from hotline.api.shapes import ExternalIdRow, Number
from hotline.api.view import elsewhere
from hotline.keys import HUB
from hotline.request import OutsideRecord
from hotline.step import run
from models.store import external_ids
from models.ticket import id_of

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.step import Step
    from models.ticket import Actor


class ExternalIdsOfTicket(Struct, kw_only=True):
    """Every number of a ticket elsewhere."""

    number: Number
    external_ids: list[ExternalIdRow]


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
