"""热线号码: how calls were handled by line."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from hotline import overflow
from hotline.api import body
from hotline.api.shapes import Count
from hotline.keys import HUB
from models.calendar import CHINA_TIME
from models.errors import InvalidRequest

if TYPE_CHECKING:
    from aiohttp import web

    from models.ticket import Actor


class CallCounts(Struct, kw_only=True):
    """offered = answered + abandoned + unanswered + waiting; `unanswered` have ended without an answer or giving up."""

    offered: Count
    answered: Count
    abandoned: Count
    unanswered: Count
    waiting: Count


class CountsOfLine(CallCounts, kw_only=True):
    """The same of one line; null is what named none."""

    line: str | None


class TransferCount(Struct, kw_only=True):
    """How often calls went from one line's seats to another's, and why: the line was closed, nobody answered (full),
    or a seat passed them on (theirs, skill, asked).
    """

    from_line: str | None
    to_line: str
    reason: str
    count: Count


class ReferralCount(Struct, kw_only=True):
    """转介: how many callers were told by script to turn to this line."""

    line: str
    count: Count


class CallsByLine(Struct, kw_only=True):
    """Calls that arrived in a time. Over all dialled lines, and over all handling lines, every count adds up to the total."""

    since: datetime
    until: datetime
    total: CallCounts
    dialled: Annotated[list[CountsOfLine], Meta(description="按拨打的号码")]
    handling: Annotated[list[CountsOfLine], Meta(description="按接听席组所属的号码")]
    transferred: list[TransferCount]
    referred: list[ReferralCount]


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/lines/figures: since a moment, or midnight, until another, or now."""
    hub = request.app[HUB]
    midnight = datetime.combine(hub.today(), time(), CHINA_TIME).astimezone(UTC)
    since = body.moment(request, "since") or midnight
    # What arrives while we look belongs to it too.
    until = body.moment(request, "until") or hub.now() + timedelta(seconds=1)
    if until <= since:
        raise InvalidRequest("参数 until 应晚于 since")
    return body.answer(await overflow.figures(hub, since, until), CallsByLine)
