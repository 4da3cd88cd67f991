"""放假安排: a year's file is tried out before it is put into the city folder: its faults, and which dates it would have made."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from hotline.clocks import facts_of
from models.calendar import CHINA_TIME, Calendar, join_years
from models.city_fault import Fault, Level
from models.city_trial import try_year
from models.clocks import recompute, since_dispatch
from models.errors import HotlineError
from models.provisional import provisional
from models.store import backlog, events
from models.store.backlog import DuePart

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.hub import Hub
    from models.store.database import Session
    from models.trail import TicketEvent

# More dates than these are not counted again in one request.
MOST_COUNTED: Final = 2000
BREATH: Final = 50
UNKNOWN_YEAR_ALARM: Final = "unknown_year"


class Recounted(Struct, frozen=True, kw_only=True):
    """A part's date as it stands, and as it would have been counted by the calendar that is tried out."""

    part: DuePart
    reply_by: datetime


class Moves(Struct, frozen=True, kw_only=True):
    """The dates that a calendar would have made otherwise, the nearest first.

    Of `due` parts that are to be answered and due in the year or later so many were `counted`; what cannot be counted again,
    as a date that an old platform gave, is left out.
    """

    due: int
    counted: int
    moved: list[Recounted]


class YearTrial(Struct, frozen=True, kw_only=True):
    """What trying out a year found: its faults, and where it has no error the dates that it would have made otherwise."""

    faults: list[Fault]
    moves: Moves | None = None


async def try_out(hub: Hub, folder: Path, year: int, text: str) -> YearTrial:
    """Check calendars/<year>.toml in the place of a city folder's own and count open dates again by it; keeps nothing."""
    years, faults = await asyncio.to_thread(try_year, folder, year, text, hub.today())
    # Other years' faults are told, but do not say that this one is wrong.
    file = f"calendars/{year}.toml"
    if any(fault.level is Level.ERROR and fault.file == file for fault in faults):
        return YearTrial(faults=faults)
    try:
        calendar = join_years(years)
    except HotlineError as error:
        return YearTrial(faults=[*faults, Fault(file, 1, error.detail, "改正该年的 holidays 或 workdays")])
    return YearTrial(faults=faults, moves=await _moves(hub, calendar, datetime(year, 1, 1, tzinfo=CHINA_TIME)))


async def follow(hub: Hub) -> None:
    """Raise the alarm while anything open is due in a year that is not announced, and end it when the year is brought in."""
    year = min(hub.provisional_calendar.provisional)
    since = datetime(year, 1, 1, tzinfo=CHINA_TIME).astimezone(UTC)
    if not await hub.database.read(lambda session: backlog.is_due_after(session, since)):
        hub.alarms.pop(UNKNOWN_YEAR_ALARM, None)
        return
    hub.alarms[UNKNOWN_YEAR_ALARM] = (
        f"{year}年放假安排尚未公布或尚未导入，跨入该年的期限暂按每日计，只早不晚；"
        f"公布后补齐 calendars/{year}.toml 并重新启动"
    )


async def _moves(hub: Hub, calendar: Calendar, since: datetime) -> Moves:
    async def work(session: Session) -> tuple[int, list[DuePart], dict[int, list[TicketEvent]]]:
        due, parts = await backlog.due_from(session, since.astimezone(UTC), MOST_COUNTED)
        return due, parts, await events.clocks_of(session, {part.ticket_id for part in parts})

    due, parts, trails = await hub.database.read_together(work)
    known, counted, moved = (calendar, provisional(calendar)), 0, []
    for n, part in enumerate(parts):
        if n % BREATH == 0:
            await asyncio.sleep(0)
        try:
            reply_by = _reply_by(trails.get(part.ticket_id, []), part.ordinal, known)
        except HotlineError:
            continue
        counted += 1
        if reply_by != part.reply_by:
            moved.append(Recounted(part=part, reply_by=reply_by))
    return Moves(due=due, counted=counted, moved=moved)


def _reply_by(trail: list[TicketEvent], ordinal: int, known: tuple[Calendar, ...]) -> datetime:
    """Count a part's date as if these calendars had been known when it was dispatched. Raises HotlineError."""
    dispatched, later = since_dispatch(facts_of(trail, ordinal))
    basis = replace(dispatched.basis, calendar=known[0].version)
    return recompute([replace(dispatched, basis=basis), *later], known).reply_by.astimezone(UTC)
