"""分中心: mirror records, and the daily lists by which they are reconciled."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct

from hotline import reconciliation
from hotline.api import body
from hotline.api.shapes import Count, Cursor
from hotline.keys import HUB
from hotline.reconciliation import DAY, DayList, Version, subcenter
from models.errors import Forbidden, InvalidRequest
from models.store import reconciliations
from models.vocabulary import Channel

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.reconciliations import Day
    from models.ticket import Actor

DATE: Final = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


class FeedRecord(Struct, kw_only=True):
    """A sub-centre's record; a newer version replaces an older one. `day` is when it was made or changed there; else today."""

    version: Version
    record: dict[str, Any]
    day: date | None = None


class FeedKept(Struct, kw_only=True):
    """Whether a mirror record was kept: an older version than the known one is not."""

    line: str
    external_id: str
    version: Count
    is_kept: bool


class ReconciledDay(Struct, kw_only=True):
    """How a sub-centre's day stands: `late` where no list came in time, `matched`, or `differs`.

    Of `listed` records `missing` are not with us and `older` in an older version; `extra` are ours that are not listed; `kept`
    are all that we have of the day. Of a day without a list, only its count and digest, the three are null.
    """

    line: str
    day: date
    state: Literal["late", "matched", "differs"]
    sent_at: datetime | None
    late_at: datetime | None
    listed: Count
    kept: Count
    missing: Count | None
    older: Count | None
    extra: Count | None


class ReconciledDays(Struct, kw_only=True):
    """One page of a sub-centre's days, the newest first."""

    days: list[ReconciledDay]
    cursor: Cursor


class DifferentRecord(Struct, kw_only=True):
    """A record that is missing with us, older with us, or extra; its version there and with us."""

    external_id: str
    what: Literal["missing", "older", "extra"]
    listed: Count | None
    kept: Count | None


class Reconciliation(Struct, kw_only=True):
    """A day with one page of what differs, by number."""

    day: ReconciledDay
    differences: list[DifferentRecord]
    cursor: Cursor


def _check_feed(actor: Actor) -> None:
    """Raise Forbidden for every other channel: what the telephone or the chatbot holds writes no sub-centre's records."""
    if actor.name != Channel.FEED:
        raise Forbidden("分中心的镜像记录和对账清单只能用 feed 渠道的凭证报送")


async def put_record(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/feeds/{line}/{external_id}."""
    _check_feed(actor)
    hub = request.app[HUB]
    external_id = request.match_info["external_id"]
    line = subcenter(hub, request.match_info["line"])
    _, wanted = await body.read_body(request, FeedRecord)
    content = msgspec.json.encode(wanted.record).decode()
    is_kept = await reconciliation.put_record(hub, line, external_id, wanted.version, content, wanted.day)
    return body.answer(
        {"line": line.number, "external_id": external_id, "version": wanted.version, "is_kept": is_kept}, FeedKept
    )


async def put_list(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/feeds/{line}/reconciliations/{date}."""
    _check_feed(actor)
    hub = request.app[HUB]
    line, day = subcenter(hub, request.match_info["line"]), _day(request)
    _, said = await body.read_body(request, DayList)
    await reconciliation.put_list(hub, line, day, said)
    return await one(request, actor)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/feeds/{line}/reconciliations/{date}."""
    hub, size = request.app[HUB], body.page_size(request)
    line, day = subcenter(hub, request.match_info["line"]), _day(request)
    after = body.read_cursor(request, tuple[str])
    found = await reconciliation.told(hub, line, day, after[0] if after else "", size)
    differences = [
        {"external_id": one.external_id, "what": one.what, "listed": one.listed, "kept": one.kept}
        for one in found["differences"]
    ]
    cursor = body.make_cursor(differences[-1]["external_id"]) if len(differences) == size else None
    return body.answer({"day": _told(found["day"]), "differences": differences, "cursor": cursor}, Reconciliation)


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/feeds/{line}/reconciliations."""
    hub, size = request.app[HUB], body.page_size(request)
    line = subcenter(hub, request.match_info["line"])
    before = body.read_cursor(request, tuple[date])
    rows = await hub.database.read(
        lambda session: reconciliations.days(session, line.number, before[0] if before else hub.today() + DAY, size)
    )
    cursor = body.make_cursor(rows[-1].day) if len(rows) == size else None
    return body.answer({"days": [_told(row) for row in rows], "cursor": cursor}, ReconciledDays)


def _told(day: Day) -> dict[str, Any]:
    counts = {name: getattr(day, name) if day.has_list else None for name in ("missing", "older", "extra")}
    return {
        "line": day.line,
        "day": day.day,
        "state": day.state,
        "sent_at": day.sent_at,
        "late_at": day.late_at,
        "listed": day.listed,
        "kept": day.kept,
        **counts,
    }


def _day(request: web.Request) -> date:
    try:
        return date.fromisoformat(request.match_info["date"])
    except ValueError as error:
        raise InvalidRequest(f"没有“{request.match_info['date']}”这一天") from error
