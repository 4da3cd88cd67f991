"""导出: a list of tickets as a file, masked as whoever asked for it sees lists; made by the worker, dropped after a while."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from hotline import making, worklist
from hotline.worklist import ListFields
from models.calendar import CHINA_TIME
from models.errors import Conflict
from models.export_file import WRITERS, ExportFormat
from models.labels import LABELS
from models.store import exports, tickets, worklists
from models.store.replica import up_to_now
from models.ticket import Actor
from models.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline.hub import Hub
    from hotline.worklist import Asked
    from models.export_file import CsvFile, XlsxFile
    from models.report import Cell
    from models.store.database import Session
    from models.store.exports import Kept, Wanted
    from models.store.worklists import Listed

QUEUE: Final = making.Queue("exports", exports.claim, exports.keep, exports.fail)
ROWS_AT_ONCE: Final = 1000
CUT: Final = 200
# What is still to be done when the last row is written.
_PERCENT_OF_ROWS: Final = 95

Shown = tuple["Hub", "Listed", str]
COLUMNS: Final[dict[str, Callable[[Shown], Cell]]] = {
    "工单号": lambda one: one[1].ticket.number,
    "状态": lambda one: LABELS["ticket_state"][one[1].ticket.state],
    "诉求类型": lambda one: LABELS["kind"][one[1].ticket.kind],
    "紧急程度": lambda one: LABELS["urgency"][str(int(one[1].ticket.urgency))],
    "事项分类": lambda one: one[0].category_name(one[1].ticket.category),
    "渠道": lambda one: LABELS["channel"][one[1].ticket.channel],
    "热线号码": lambda one: one[1].ticket.line,
    "主办单位": lambda one: one[0].department_name(one[1].ticket.lead),
    "承办状态": lambda one: LABELS["assignment_state"].get(one[1].part_state or ""),
    "区县": lambda one: one[0].department_name(one[1].ticket.district),
    "街道": lambda one: one[0].department_name(one[1].ticket.street),
    "地点": lambda one: one[1].ticket.place,
    "诉求内容": lambda one: one[2],
    "登记时间": lambda one: _moment(one[1].ticket.registered_at),
    "承诺答复": lambda one: _moment(one[1].ticket.promised_at),
    "答复期限": lambda one: _moment(one[1].part_reply_by or one[1].ticket.reply_by),
    "环节期限": lambda one: _moment(one[1].ticket.stage_by),
    "催促次数": lambda one: one[1].ticket.urge_count,
    "派单次数": lambda one: one[1].ticket.dispatch_count,
    "退单次数": lambda one: one[1].ticket.send_back_count,
    "重办次数": lambda one: one[1].ticket.reopen_count,
    "督办级别": lambda one: one[1].ticket.supervision_level,
}


class ExportAsked(Struct, kw_only=True):
    """A list as a file: the filters and the order of `GET /api/v1/tickets`."""

    filters: ListFields
    format: ExportFormat = "xlsx"


async def ask(hub: Hub, actor: Actor, wanted: ExportAsked) -> Kept:
    """Ask for an export. Raises InvalidRequest, NotFound, Conflict where too many of the asker's wait already."""
    worklist.refuse_traces(hub, wanted.filters.q)
    # A list that could not be shown is refused now, not by the worker.
    worklist.asked(hub, actor, wanted.filters)
    filters, most = msgspec.to_builtins(wanted.filters), hub.city.worklists.most_exports_waiting

    async def work(session: Session) -> Kept:
        found = await exports.ask(session, actor, filters, wanted.format, hub.now(), most)
        if found is None:
            raise Conflict(f"您已有{most}份导出在排队，请等其中一份完成后再导出")
        return await exports.get(session, found)

    return await hub.database.write(work)


async def turn(hub: Hub) -> int:
    """Drop the files that have been kept long enough, and make one that waits; returns how many were made."""
    before = hub.now() - timedelta(hours=hub.city.worklists.exports_kept_h)
    await hub.database.write(lambda session: exports.drop_made(session, before))
    return await making.turn(hub, QUEUE, _made)


async def _made(hub: Hub, wanted: Wanted) -> bytes:
    """Write the list as it stands at one moment, however long that takes."""
    actor = Actor(Role(wanted.role), wanted.asked_by, wanted.department)
    asked = worklist.asked(hub, actor, msgspec.convert(wanted.filters, ListFields))

    async def work(session: Session) -> CsvFile | XlsxFile:
        file = WRITERS[wanted.format](tuple(COLUMNS))
        progress = await _Progress.begin(hub, session, wanted, asked)
        after = None
        while not progress.is_cut:
            rows = await worklist.page(session, asked, after, ROWS_AT_ONCE)
            kept = rows[: progress.room]
            await asyncio.to_thread(file.add, await _cells(hub, session, actor, kept))
            await progress.add(len(kept), is_cut=len(kept) < len(rows))
            if len(rows) < ROWS_AT_ONCE:
                break
            after = worklist.mark(asked.order, rows[-1])
        return file

    if actor.role is Role.DEPARTMENT:
        # What it may know depends on who is accused: the leader says so.
        file = await hub.database.read_together(work)
    else:
        async with up_to_now(hub.database):
            file = await hub.database.read_together(work)
    return await asyncio.to_thread(file.content)


class _Progress:
    """How many rows are written of how many, told after every page."""

    def __init__(self, hub: Hub, wanted: Wanted, total: int) -> None:
        self._hub, self._wanted = hub, wanted
        self._total = max(total, 1)
        self._written = 0
        self.is_cut = False

    @classmethod
    async def begin(cls, hub: Hub, session: Session, wanted: Wanted, asked: Asked) -> _Progress:
        most = hub.city.worklists.most_exported
        # How many rows a search finds is not known before it has found them.
        total = most if asked.fits.tokens is not None else await worklists.count(session, asked.fits, most)
        return cls(hub, wanted, total)

    @property
    def room(self) -> int:
        """How many rows may still be written."""
        return self._hub.city.worklists.most_exported - self._written

    async def add(self, rows: int, *, is_cut: bool) -> None:
        """Tell that so many more are written, and whether others had to be left out."""
        self._written, self.is_cut = self._written + rows, is_cut
        percent = min(_PERCENT_OF_ROWS, _PERCENT_OF_ROWS * self._written // self._total)
        written = self._written
        await self._hub.database.write(
            lambda session: exports.progress(
                session, self._wanted.id, percent, written, datetime.now(UTC), is_cut=is_cut
            )
        )


async def _cells(hub: Hub, session: Session, actor: Actor, rows: list[Listed]) -> list[list[Cell]]:
    """Return the rows as cells: a department reads the brief, the hotline the masked words, both cut as in lists."""
    if actor.role is Role.DEPARTMENT:
        briefs = await tickets.briefs(session, [row.ticket.id for row in rows])
        words = [hub.mask(briefs[row.ticket.id])[:CUT] for row in rows]
    else:
        words = [row.masked_text[:CUT] for row in rows]
    return [[column((hub, row, text)) for column in COLUMNS.values()] for row, text in zip(rows, words, strict=True)]


def _moment(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"
