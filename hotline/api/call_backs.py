"""漏接回拨: how many missed callers were called back, and whether in time (国办函〔2025〕66号)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from hotline.api import body
from hotline.api.shapes import Count, Named
from hotline.keys import HUB
from models.store import call_backs as store

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.call_backs import CallBackFigures
    from models.ticket import Actor

COUNTED = ("missed", "waiting", "reached", "unreached", "answered_later", "in_time", "late")


class CallBackCounts(Struct, kw_only=True):
    """`missed` = waiting + reached + unreached + answered_later. What is neither `in_time` nor `late` waits, and is not due yet."""

    missed: Annotated[int, Meta(ge=0, description="应回拨的漏接来电，同一号码未回拨前只计一件")]
    waiting: Annotated[int, Meta(ge=0, description="尚未回拨")]
    reached: Annotated[int, Meta(ge=0, description="已回拨接通")]
    unreached: Annotated[int, Meta(ge=0, description="多次回拨未接通")]
    answered_later: Annotated[int, Meta(ge=0, description="来电人再次来电已接听")]
    in_time: Count
    late: Annotated[int, Meta(ge=0, description="超过应回拨时间，含尚未回拨的")]
    on_time_rate: Annotated[float | None, Meta(description="按时回拨率：按时 ÷（按时＋超时）")]
    mean_minutes: Annotated[float | None, Meta(description="漏接至了结平均分钟数")]


class CallBackGroup(CallBackCounts, kw_only=True):
    """The same of one seat group."""

    seat_group: Named


class CallBackFiguresPage(Struct, kw_only=True):
    """Of the calls that came in a span; over the seat groups every count adds up to the total."""

    since: datetime
    until: datetime
    total: CallBackCounts
    seat_groups: list[CallBackGroup]


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/interactions/missed/figures: of what came today, or in a span of 92 days at most."""
    hub = request.app[HUB]
    since, until = body.span(request, hub)
    rows = await hub.database.read(lambda session: store.figures(session, since, until, hub.now()))
    groups = hub.city.seats.groups
    named = [{"code": one.seat_group, "name": groups[one.seat_group].name if one.seat_group in groups else one.seat_group}
             for one in rows]  # fmt: skip
    content = {
        "since": since,
        "until": until,
        "total": _counts(rows),
        "seat_groups": [{**_counts([one]), "seat_group": name} for one, name in zip(rows, named, strict=True)],
    }
    return body.answer(content, CallBackFiguresPage)


def _counts(rows: list[CallBackFigures]) -> dict[str, Any]:
    told: dict[str, Any] = {name: sum(getattr(one, name) for one in rows) for name in COUNTED}
    due, settled = told["in_time"] + told["late"], told["missed"] - told["waiting"]
    seconds = sum(one.seconds for one in rows)
    return told | {
        "on_time_rate": told["in_time"] / due if due else None,
        "mean_minutes": seconds / 60 / settled if settled else None,
    }
