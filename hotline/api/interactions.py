"""The door for telephony: interactions and their events."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from hotline import call_figures, interaction, overflow
from hotline.api import body
from hotline.api.shapes import Count
from hotline.fields import Code, LineNumber, Remark
from hotline.keys import HUB
from hotline.notice import day
from hotline.receipt import CallerLimitTold, limit_told
from hotline.request import Caller, phone_digits
from models.store import interactions
from models.vocabulary import Channel, Role

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
    """What happens to it; `offered` rings at the seat of `agent`, `takeover` asks for any (转人工), `text` is a piece of the transcript.

    `line` is where a call is transferred to, with the `reason`, or where its caller was referred to.
    """

    event: interaction.Happening
    agent: Code | None = None
    outcome: interaction.Outcome | None = None
    text: Remark = ""
    line: LineNumber | None = None
    reason: overflow.Reason | None = None


class Offered(Struct, kw_only=True):
    """A recorded interaction."""

    id: Annotated[int, Meta(ge=1)]
    state: Literal["offered"] = "offered"
    caller_limit: CallerLimitTold | None = None


class Happened(Struct, kw_only=True):
    """What is known of an interaction now; `say` is what telephony tells a caller who is to be called back.

    A limited caller who speaks of a danger `passes`, and is put through at once.
    """

    id: Annotated[int, Meta(ge=1)]
    outcome: str | None
    call_back_by: datetime | None
    say: str | None
    caller_limit: CallerLimitTold | None = None


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


async def offer(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/interactions."""
    _, wanted = await body.read_body(request, Offer)
    channel = wanted.channel or (Channel(actor.name) if actor.role is Role.CHANNEL else Channel.PHONE)
    phone = phone_digits(wanted.caller.phone) if wanted.caller and wanted.caller.phone else None
    arrival = interaction.Arrival(
        channel=channel, line=wanted.line, phone=phone, language=wanted.language, wants_agent=wanted.wants_agent
    )
    number = await interaction.offer(request.app[HUB], actor, arrival)
    index = request.app[HUB].database.keyring.blind_index(phone) if phone else None
    told = limit_told(request.app[HUB], index)
    return body.answer({"id": number, "state": "offered", "caller_limit": told}, Offered, status=201)


async def event(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/interactions/{id}/events."""
    _, wanted = await body.read_body(request, InteractionEvent)
    # An agent speaks for their own seat alone.
    agent = actor.name if actor.role is Role.AGENT else wanted.agent
    changed = await interaction.happen(
        request.app[HUB],
        actor,
        int(request.match_info["id"]),
        wanted.event,
        agent=agent or (None if actor.role is Role.CHANNEL else actor.name),
        outcome=wanted.outcome,
        text=wanted.text,
        further=overflow.Further(wanted.line, wanted.reason) if wanted.line is not None else None,
    )
    hub, told = request.app[HUB], None
    if hub.limit_of(changed.caller_index) is not None:
        told = limit_told(hub, changed.caller_index, is_danger=hub.has_danger(changed.transcript))
    by = changed.call_back_by
    content = {"id": changed.id, "outcome": changed.outcome, "call_back_by": by, "say": _say(hub, by)}
    return body.answer({**content, "caller_limit": told}, Happened)


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
    since = body.since(request, hub)
    until = body.moment(request, "until") or hub.now()
    return body.answer(await call_figures.figures(hub, since, until), Figures)
