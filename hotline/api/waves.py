"""群体/热点: what piles up, for a person to make an Incident or a topic of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from hotline.api import body
from hotline.api.shapes import Cursor, Named, Number
from hotline.keys import HUB
from models.store import waves
from models.ticket import number_of

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.ticket import Actor

Count = Annotated[int, Meta(ge=0)]
NEWEST = 10


class WaveLine(Struct, kw_only=True):
    """One wave: `number` is its first ticket's, `representative` the ticket that is likest to the others, whose telling sentence is
    `sentence`; `newest` are at most ten. `callers` counts everyone once, an unknown one for each ticket.
    """

    number: Number
    sentence: str
    keywords: list[str]
    place: str | None
    category: Named
    tickets: Count
    callers: Count
    first_at: datetime
    last_at: datetime
    raised_at: datetime
    representative: Number
    newest: list[Number]


class Waves(Struct, kw_only=True):
    """One page of raised waves, the one with the newest ticket first."""

    waves: list[WaveLine]
    cursor: Cursor


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/waves."""
    hub = request.app[HUB]
    size = body.page_size(request)
    before = body.read_cursor(request, tuple[datetime, int])
    found = await hub.database.read(lambda session: waves.page(session, before, size, NEWEST))
    last = found[-1] if len(found) == size else None
    cursor = body.make_cursor(last.last_at, last.id) if last else None
    return body.answer({"waves": [wave_line(hub, wave) for wave in found], "cursor": cursor}, Waves)


def wave_line(hub: Hub, wave: waves.Wave) -> dict[str, object]:
    """Return a wave as it is shown."""
    return {
        "number": number_of(wave.id),
        "sentence": wave.sentence,
        "keywords": wave.keywords,
        "place": wave.place,
        "category": {"code": wave.category, "name": hub.category_name(wave.category)},
        "tickets": wave.tickets,
        "callers": wave.callers,
        "first_at": wave.first_at,
        "last_at": wave.last_at,
        "raised_at": wave.raised_at,
        "representative": number_of(wave.representative),
        "newest": [number_of(one) for one in wave.newest],
    }
