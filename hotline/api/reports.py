"""报表: ask for one, see how far it is, fetch it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct, field

from hotline.api import body
from hotline.api.shapes import Count, Cursor
from hotline.keys import HUB
from models.errors import InvalidRequest
from models.report import KINDS, MEDIA_TYPES, FileFormat, Kind, last_period
from models.store import reports as store

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.reports import Kept
    from models.ticket import Actor

STATES: Final = ("waiting", "made", "failed")


class ReportAsked(Struct, kw_only=True):
    """A report of the days from `from` to `to`, both meant; without them of the last whole day, week or month."""

    kind: Kind
    first: date | None = field(default=None, name="from")
    last: date | None = field(default=None, name="to")
    format: FileFormat = "pdf"


class ReportLine(Struct, kw_only=True):
    """A report: `progress` in percent, `size` in bytes; `error` says why it could not be made."""

    id: str
    kind: str
    first: date = field(name="from")
    last: date = field(name="to")
    format: str
    state: str
    progress: Annotated[int, Meta(ge=0, le=100)]
    asked_by: str
    asked_at: datetime
    made_at: datetime | None
    size: Count | None
    error: str | None


class Reports(Struct, kw_only=True):
    """One page, the newest first."""

    reports: list[ReportLine]
    cursor: Cursor


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/reports."""
    hub, kind = request.app[HUB], body.query(request, "kind")
    if kind is not None and kind not in KINDS:
        raise InvalidRequest(f"参数 kind 应为 {'、'.join(KINDS)} 之一")
    size, before = body.page_size(request), body.read_cursor(request, tuple[int])
    found = await hub.database.read(lambda session: store.page(session, before[0] if before else None, size, kind=kind))
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    return body.answer({"reports": [_line(one) for one in found], "cursor": cursor}, Reports)


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/reports: the worker makes it; 202 with where to look."""
    hub = request.app[HUB]
    _, wanted = await body.read_body(request, ReportAsked)
    first, last = _days(hub, wanted)

    async def work(session: Session) -> Kept:
        made = await store.ask(session, wanted.kind, first, last, wanted.format, actor.name, hub.now())
        return await store.get(session, made)

    return body.answer(_line(await hub.database.write(work)), ReportLine, status=202)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/reports/{report}."""
    report_id = int(request.match_info["report"])
    found = await request.app[HUB].database.read(lambda session: store.get(session, report_id))
    return body.answer(_line(found), ReportLine)


async def file(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/reports/{report}/file."""
    hub, report_id = request.app[HUB], int(request.match_info["report"])
    made, content = await hub.database.read(lambda session: store.content(session, report_id))
    name = f"{hub.city.name}热线{KINDS[made.kind]}-{made.first}{'' if made.first == made.last else f'至{made.last}'}.{made.format}"
    return body.download(content, MEDIA_TYPES[made.format], f"report-{made.id}.{made.format}", name)


def _days(hub: Hub, wanted: ReportAsked) -> tuple[date, date]:
    if wanted.first is None and wanted.last is None:
        return last_period(wanted.kind, hub.today())
    first, last = wanted.first, wanted.last
    if first is None or last is None or not body.EARLIEST <= first <= last <= hub.today():
        raise InvalidRequest("请同时给出 from 和 to，from 不晚于 to，to 不晚于今天；都不给则为上一个整日、整周或整月")
    if last - first > body.LONGEST_PERIOD:
        raise InvalidRequest(f"报表最长{body.LONGEST_PERIOD.days}天")
    return first, last


def _line(one: Kept) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in one.__struct_fields__ if name not in {"first", "last"}}
    return {**values, "id": str(one.id), "from": one.first, "to": one.last}
