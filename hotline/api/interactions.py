"""The door for telephony: interactions and their events; and sub-centres' mirror records."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from hotline import interaction
from hotline.api import body
from hotline.api.shapes import Count
from hotline.fields import Code, LineNumber, Remark
from hotline.keys import HUB
from hotline.request import Caller, phone_digits
from models.calendar import CHINA_TIME
from models.errors import NotFound
from models.store import feeds, interactions
from models.vocabulary import Channel, Integration, Role

if TYPE_CHECKING:
    from aiohttp import web

    from models.ticket import Actor


class Offer(Struct, kw_only=True, forbid_unknown_fields=True):
    """A call, chat or letter arrives."""

    line: LineNumber | None = None
    channel: Channel | None = None
    caller: Caller | None = None


class InteractionEvent(Struct, kw_only=True):
    """What happens to it; `text` is a piece of the transcript."""

    event: Literal["answered", "ended", "abandoned", "transcript"]
    agent: Code | None = None
    outcome: interaction.Outcome | None = None
    text: Remark = ""


class FeedRecord(Struct, kw_only=True):
    """A sub-centre's record; a newer version replaces an older one."""

    version: Annotated[int, Meta(ge=0, le=2**53)]
    record: dict[str, Any]


class Offered(Struct, kw_only=True):
    """A recorded interaction."""

    id: Annotated[int, Meta(ge=1)]
    state: Literal["offered"] = "offered"


class Happened(Struct, kw_only=True):
    """What is known of an interaction now."""

    id: Annotated[int, Meta(ge=1)]
    outcome: str | None
    call_back_by: datetime | None


class MissedCall(Struct, kw_only=True):
    """A call to be called back."""

    id: Annotated[int, Meta(ge=1)]
    line: str | None
    seat_group: str
    offered_at: datetime
    call_back_by: datetime


class MissedCalls(Struct, kw_only=True):
    """Calls to be called back, the nearest due first."""

    interactions: list[MissedCall]


class CallFigures(Struct, kw_only=True):
    """How many arrived, were answered, were abandoned before that, have not ended, and how the others ended."""

    offered: Count
    answered: Count
    abandoned: Count
    under_way: Count
    outcomes: Annotated[dict[str, Count], Meta(description="按结果计数；unstated 为结束时没有说明结果")]


class LineFigures(CallFigures, kw_only=True):
    """The same of one line; null is what named none."""

    line: str | None


class Figures(CallFigures, kw_only=True):
    """What arrived since then, all together and by line."""

    since: datetime
    lines: list[LineFigures]


class FeedKept(Struct, kw_only=True):
    """Whether a mirror record was kept: an older version than the known one is not."""

    line: str
    external_id: str
    version: Count
    is_kept: bool


async def offer(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/interactions."""
    _, wanted = await body.read_body(request, Offer)
    channel = wanted.channel or (Channel(actor.name) if actor.role is Role.CHANNEL else Channel.PHONE)
    phone = phone_digits(wanted.caller.phone) if wanted.caller and wanted.caller.phone else None
    number = await interaction.offer(request.app[HUB], channel, wanted.line, phone)
    return body.answer({"id": number, "state": "offered"}, Offered, status=201)


async def event(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/interactions/{id}/events."""
    _, wanted = await body.read_body(request, InteractionEvent)
    changed = await interaction.happen(
        request.app[HUB],
        int(request.match_info["id"]),
        wanted.event,
        agent=wanted.agent or (None if actor.role is Role.CHANNEL else actor.name),
        outcome=wanted.outcome,
        text=wanted.text,
    )
    return body.answer({"id": changed.id, "outcome": changed.outcome, "call_back_by": changed.call_back_by}, Happened)


async def missed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/interactions/missed: calls to be called back, nearest due first."""
    size = body.page_size(request)
    rows = await request.app[HUB].database.read(lambda session: interactions.waiting(session, size))
    return body.answer({"interactions": rows}, MissedCalls)


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/interactions/figures: counts by outcome and line since a moment, or since midnight."""
    hub = request.app[HUB]
    midnight = datetime.combine(hub.today(), time(), CHINA_TIME).astimezone(UTC)
    since = body.moment(request, "since") or midnight
    return body.answer(await interaction.figures(hub, since), Figures)


async def put_feed(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/feeds/{line}/{external_id}."""
    hub = request.app[HUB]
    number, external_id = request.match_info["line"], request.match_info["external_id"]
    line = hub.city.lines.get(number)
    if line is None or line.integration is not Integration.SUBCENTER:
        raise NotFound(f"“{number}”不是分中心的热线号码")
    _, wanted = await body.read_body(request, FeedRecord)
    content = msgspec.json.encode(wanted.record).decode()
    is_kept = await hub.database.write(
        lambda session: feeds.put(session, number, external_id, wanted.version, content, hub.now())
    )
    return body.answer(
        {"line": number, "external_id": external_id, "version": wanted.version, "is_kept": is_kept}, FeedKept
    )
