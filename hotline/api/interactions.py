"""The door for telephony: interactions and their events; and sub-centres' mirror records."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from hotline import call_figures, interaction
from hotline.api import body
from hotline.api.shapes import Count
from hotline.fields import Code, LineNumber, Remark
from hotline.keys import HUB
from hotline.notice import day
from hotline.request import Caller, phone_digits
from models.calendar import CHINA_TIME
from models.errors import NotFound
from models.store import feeds, interactions
from models.vocabulary import Channel, Integration, Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.ticket import Actor


class Offer(Struct, kw_only=True, forbid_unknown_fields=True):
    """A call, chat or letter arrives. With `wants_agent` the hub gives it to a seat; else telephony says who answers."""

    line: LineNumber | None = None
    channel: Channel | None = None
    caller: Caller | None = None
    language: Annotated[str, Meta(min_length=1, max_length=32)] | None = None
    wants_agent: bool = False


class InteractionEvent(Struct, kw_only=True):
    """What happens to it; `takeover` asks for an agent (转人工), `text` is a piece of the transcript."""

    event: interaction.Happening
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
    """What is known of an interaction now; `say` is what telephony tells a caller who is to be called back."""

    id: Annotated[int, Meta(ge=1)]
    outcome: str | None
    call_back_by: datetime | None
    say: str | None


class MissedCall(Struct, kw_only=True):
    """A call to be called back."""

    id: Annotated[int, Meta(ge=1)]
    line: str | None
    seat_group: str
    offered_at: datetime
    call_back_by: datetime
    attempts: Count


class CallBack(Struct, kw_only=True, forbid_unknown_fields=True):
    """Whether a missed caller was reached (漏接回拨)."""

    reached: bool


class CalledBack(Struct, kw_only=True):
    """How the calling back stands: `outcome` is `reached`, or `unreached` after the last attempt; null is tried again."""

    id: Annotated[int, Meta(ge=1)]
    attempts: Count
    outcome: str | None
    call_back_by: datetime | None


class MissedCalls(Struct, kw_only=True):
    """Calls to be called back, the nearest due first."""

    interactions: list[MissedCall]


class CallFigures(Struct, kw_only=True):
    """What arrived, and how it went; every share is null where there is nothing to take a share of.

    offered = answered + abandoned + waiting + unanswered, and offered = under_way + the sum of the outcomes.
    """

    offered: Count
    answered: Annotated[int, Meta(ge=0, description="人工接听")]
    abandoned: Annotated[int, Meta(ge=0, description="接听前放弃")]
    waiting: Annotated[int, Meta(ge=0, description="尚未接听，也未结束")]
    unanswered: Annotated[int, Meta(ge=0, description="未经人工即结束，如智能机器人已答")]
    under_way: Annotated[int, Meta(ge=0, description="尚未结束，已接听的也在内")]
    asked: Annotated[int, Meta(ge=0, description="请求人工")]
    connection_rate: Annotated[float | None, Meta(description="接通率：人工接听 ÷ 请求人工，不计仍在等待和随即挂断的")]
    soon_rate: Annotated[float | None, Meta(description="15秒接通率：限时内接听 ÷ 人工接听")]
    mean_wait_s: Annotated[float | None, Meta(description="平均等待秒数（已接听的）")]
    longest_wait_s: Annotated[float | None, Meta(description="最长等待秒数（已接听的）")]
    mean_talk_s: Annotated[float | None, Meta(description="平均通话秒数")]
    direct_answer_rate: Annotated[float | None, Meta(description="直接解答率：直办 ÷（直办＋登记）")]
    one_call_rate: Annotated[
        float | None, Meta(description="一次解决率：直办或登记后限期内未就同一事项再来话的；限期未满的按至今计")
    ]
    outcomes: Annotated[dict[str, Count], Meta(description="按结果计数；unstated 为结束时没有说明结果")]


class LineFigures(CallFigures, kw_only=True):
    """The same of one line; null is what named none."""

    line: str | None


class SeatGroupFigures(CallFigures, kw_only=True):
    """The same of one seat group."""

    seat_group: str


class Figures(CallFigures, kw_only=True):
    """What arrived in a period, all together, by line and by seat group: each of both adds up to the whole."""

    since: datetime
    until: datetime
    lines: list[LineFigures]
    seat_groups: list[SeatGroupFigures]


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
    arrival = interaction.Arrival(
        channel=channel, line=wanted.line, phone=phone, language=wanted.language, wants_agent=wanted.wants_agent
    )
    number = await interaction.offer(request.app[HUB], arrival)
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
    by = changed.call_back_by
    content = {"id": changed.id, "outcome": changed.outcome, "call_back_by": by, "say": _say(request.app[HUB], by)}
    return body.answer(content, Happened)


def _say(hub: Hub, call_back_by: datetime | None) -> str | None:
    if call_back_by is None:
        return None
    why = "目前来电集中，" if hub.storm is not None else ""
    return f"您好，{why}我们将于{day(call_back_by)}前给您回电。"


async def missed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/interactions/missed: calls to be called back, nearest due first."""
    size = body.page_size(request)
    rows = await request.app[HUB].database.read(lambda session: interactions.waiting(session, size))
    return body.answer({"interactions": rows}, MissedCalls)


async def call_back(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/interactions/{id}/call_back."""
    _, wanted = await body.read_body(request, CallBack)
    interaction_id = int(request.match_info["id"])
    changed = await interaction.call_back(request.app[HUB], actor, interaction_id, is_reached=wanted.reached)
    return body.answer(
        {
            "id": changed.id,
            "attempts": changed.call_back_attempts,
            "outcome": changed.call_back_outcome,
            "call_back_by": changed.call_back_by,
        },
        CalledBack,
    )


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/interactions/figures: by outcome, line and seat group, from a moment or midnight to another or now."""
    hub = request.app[HUB]
    midnight = datetime.combine(hub.today(), time(), CHINA_TIME).astimezone(UTC)
    since = body.moment(request, "since") or midnight
    until = body.moment(request, "until") or hub.now()
    return body.answer(await call_figures.figures(hub, since, until), Figures)


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
