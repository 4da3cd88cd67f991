"""放假安排: the years that due times are counted by, and trying out a year's file before it is brought in."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hotline import calendar_year
from hotline.api import body
from hotline.api.shapes import Count, Number
from hotline.keys import HUB, SETTINGS
from models.city_fault import Fault, Level
from models.city_years import counted
from models.ticket import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline.calendar_year import Moves
    from hotline.hub import Hub
    from models.ticket import Actor

# A city folder is read for each: one after the other, so that requests and steps get their turn.
TRIALS: Final = web.AppKey("TRIALS", asyncio.Lock)
MOST_FAULTS: Final = 200
MOST_SHOWN: Final = 50
HOW: Final = (
    "放假安排随城市目录导入：把文件存为 calendars/<年份>.toml，用 hotline city check 核对、hotline city load 载入后重新启动服务。"
    "已经给出的时限和承诺日期不因此变动，须放宽的请批准延期；此后派出的按新安排计算。"
)


class CalendarYearLine(Struct, kw_only=True):
    """A year. `missing`: the folder has no file of it. `alarm` says what must be done, null where nothing."""

    year: int
    state: Literal["announced", "unannounced", "missing"]
    source: str
    holidays: list[date]
    workdays: list[date]
    alarm: str | None


class Calendars(Struct, kw_only=True):
    """Every year that is known, and this and the next in any case; `how` a year is brought in."""

    years: list[CalendarYearLine]
    how: str


class YearToTry(Struct, kw_only=True):
    """A year, and what calendars/<year>.toml would hold."""

    year: Annotated[int, Meta(ge=2000, le=2100)]
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]


class FaultLine(Struct, kw_only=True):
    """A fault of the city folder, were the text in it. An `error` must be put right, an `alarm` must be known."""

    file: str
    line: Count
    message: str
    cure: str
    level: Level


class MovedDate(Struct, kw_only=True):
    """A part's date, and what it would be if it were counted again by this calendar."""

    number: Number
    assignment: Count
    department: str
    department_name: str
    reply_by: datetime
    counted_again: datetime


class DueTimes(Struct, kw_only=True):
    """Of `due` open parts due in the year or later `counted` were counted again; `moved` = `later` + `earlier` come out otherwise.

    `earliest` and `latest` are the first and the last date of these as it stands. None of them is changed.
    """

    due: Count
    counted: Count
    moved: Count
    later: Count
    earlier: Count
    earliest: datetime | None
    latest: datetime | None
    first: list[MovedDate]


class YearTried(Struct, kw_only=True):
    """What the check found; `due_times` is null where the file has an error. Nothing is kept."""

    year: int
    is_sound: bool
    faults: list[FaultLine]
    fault_count: Count
    due_times: DueTimes | None
    how: str


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/calendars."""
    return body.answer({"years": _years(request.app[HUB]), "how": HOW}, Calendars)


async def check(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/calendars/check."""
    hub = request.app[HUB]
    _, wanted = await body.read_body(request, YearToTry)
    async with request.app[TRIALS]:
        found = await calendar_year.try_out(hub, request.app[SETTINGS].city, wanted.year, wanted.text)
    told = {
        "year": wanted.year,
        "is_sound": found.moves is not None,
        "faults": faults_told(found.faults),
        "fault_count": len(found.faults),
        "due_times": _due_times(hub, found.moves) if found.moves is not None else None,
        "how": HOW,
    }
    return body.answer(told, YearTried)


def faults_told(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Return the first faults of a file that was tried out, as they are told."""
    return [{name: getattr(one, name) for name in Fault.__struct_fields__} for one in list(faults)[:MOST_FAULTS]]


def _years(hub: Hub) -> list[dict[str, Any]]:
    known = {one.year: one for one in hub.city.calendar_years}
    announced = {year for year, one in known.items() if one.announced}
    today = hub.today().year
    lines = []
    for year in sorted({*known, today, today + 1}):
        one = known.get(year)
        state = "missing" if one is None else "announced" if one.announced else "unannounced"
        line = {
            "year": year,
            "state": state,
            "source": one.source if one else "",
            "holidays": sorted(one.holidays) if one else [],
            "workdays": sorted(one.workdays) if one else [],
            "alarm": None if state == "announced" else _alarm(year, announced, is_missing=one is None),
        }
        lines.append(line)
    return lines


def _alarm(year: int, announced: set[int], *, is_missing: bool) -> str:
    said = f"缺少{year}年的放假安排" if is_missing else f"{year}年的放假安排尚未公布"
    return f"{said}，跨入该年的期限{counted(year, announced)}；公布后补齐 calendars/{year}.toml 并重新启动服务"


def _due_times(hub: Hub, moves: Moves) -> dict[str, Any]:
    later = sum(one.reply_by > one.part.reply_by for one in moves.moved)
    return {
        "due": moves.due,
        "counted": moves.counted,
        "moved": len(moves.moved),
        "later": later,
        "earlier": len(moves.moved) - later,
        "earliest": moves.moved[0].part.reply_by if moves.moved else None,
        "latest": moves.moved[-1].part.reply_by if moves.moved else None,
        "first": [
            {
                "number": number_of(one.part.ticket_id),
                "assignment": one.part.ordinal,
                "department": one.part.department,
                "department_name": hub.department_name(one.part.department),
                "reply_by": one.part.reply_by,
                "counted_again": one.reply_by,
            }
            for one in moves.moved[:MOST_SHOWN]
        ],
    }
