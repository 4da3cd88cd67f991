"""报表: of a day, a week, a month; made by the worker, asked for by people, or by the program when that time is over."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from hotline import indicators, making, report_figures, report_state
from hotline.report_figures import Period
from models.calendar import CHINA_TIME
from models.report import KINDS, MEDIA_TYPES, Report, Section, last_period
from models.report_pdf import paper
from models.report_xlsx import workbook
from models.store import reports
from models.store.replica import up_to_now

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.reports import Wanted

QUEUE: Final = making.Queue("reports", reports.claim, reports.keep, reports.fail)
WRITERS: Final[dict[str, Callable[[Report], bytes]]] = {"xlsx": workbook, "pdf": paper}
# In the order in which people read them.
PARTS: Final[tuple[Callable[[Period], Awaitable[Section | list[Section]]], ...]] = (
    report_figures.overview,
    report_state.advice,
    report_figures.day_by_day,
    report_figures.by_axes,
    report_figures.by_class,
    report_figures.left_out,
    report_state.standing,
    report_state.late,
    report_state.topics,
    report_state.incidents,
    report_state.ahead,
)


async def schedule(hub: Hub) -> None:
    """Ask for the reports of the last day, week and month that are over, once each."""
    now, today = hub.now(), hub.today()

    async def work(session: Session) -> None:
        for kind in KINDS:
            for file_format in MEDIA_TYPES:
                await reports.ask_by_program(session, kind, *last_period(kind, today), file_format, now)

    await hub.database.write(work)


async def turn(hub: Hub) -> int:
    """Make one report that waits; returns how many were made."""
    return await making.turn(hub, QUEUE, _made)


async def gather(
    hub: Hub, kind: str, first: date, last: date, told: Callable[[int], Awaitable[None]] | None = None
) -> Report:
    """Return the report of some days, both meant; `told` hears how far it is, in percent."""
    sections: list[Section] = []
    for n, part in enumerate(PARTS):

        async def work(session: Session, part: Callable[[Period], Awaitable[Section | list[Section]]] = part) -> None:
            period = Period(hub=hub, session=session, first=first, last=last, now=hub.now())
            found = await part(period)
            sections.extend(found if isinstance(found, list) else [found])

        await hub.database.read(work)
        if told is not None:
            await told(90 * (n + 1) // len(PARTS))
    return Report(
        title=f"{hub.city.name}12345热线运行{KINDS[kind]}",
        kind=kind,
        first=first,
        last=last,
        made_at=hub.now().astimezone(CHINA_TIME),
        sections=tuple(sections),
    )


async def file_of(report: Report, file_format: str) -> bytes:
    """Return a report as a file of this format."""
    return await asyncio.to_thread(WRITERS[file_format], report)


async def _made(hub: Hub, wanted: Wanted) -> bytes:
    await indicators.count(hub)

    async def told(percent: int) -> None:
        await hub.database.write(lambda session: reports.progress(session, wanted.id, percent, datetime.now(UTC)))

    async with up_to_now(hub.database):
        report = await gather(hub, wanted.kind, wanted.first, wanted.last, told)
    return await file_of(report, wanted.format)
