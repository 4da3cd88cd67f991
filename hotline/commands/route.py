"""hotline route dry-run: what another catalogue would change, as tables of counts; ticket numbers, never words."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from hotline.commands.installation import with_hub
from hotline.dry_run import dry_run as run
from hotline.dry_run import named
from models.calendar import CHINA_TIME
from models.city_duties import check_duties
from models.city_fault import Level
from models.city_files import read_city, read_folder
from models.city_links import check_links
from models.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.city import City

NOBODY: Final = "待人工派单"
WIDTH: Final = 120


def dry_run(
    settings: Settings, catalogue: Path, *, since: str | None, on: str | None, limit: int | None, as_json: bool
) -> None:
    """Route the past tickets anew and print what differs."""
    if limit is not None and limit < 1:
        raise InvalidRequest("--limit 应为大于0的整数")
    first, day = _day("--since", since), _day("--on", on)
    other = _sound(catalogue, read_city(settings.city))

    async def job(hub: Hub) -> int:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("试派", total=None)
            found = await run(
                hub,
                other,
                on=day or hub.today(),
                since=datetime.combine(first, time(), CHINA_TIME) if first else None,
                most=limit,
                begin=lambda total: progress.update(task, total=total),
                advance=lambda n: progress.advance(task, n),
            )
        told = named(hub, found, other)
        if as_json:
            print(msgspec.json.encode(told).decode())
        else:
            _show(told)
        return 0

    with_hub(settings, job)


def _sound(folder: Path, present: City) -> City:
    """Return the other city; raises InvalidRequest where it is none of ours or has faults."""
    other = read_city(folder)
    if other.code != present.code:
        raise InvalidRequest(f"{folder} 是{other.name}（{other.code}）的数据，不是{present.name}（{present.code}）的")
    read = read_folder(folder)
    faults = [fault for fault in (*check_links(read), *check_duties(read)) if fault.level is Level.ERROR]
    if faults:
        raise InvalidRequest(f"{folder} 有{len(faults)}处错误，首处：{faults[0]}请先用 hotline city check 改正")
    return other


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidRequest(f"{option} 应为日期，如 2026-11-01") from error


def _show(told: dict[str, Any]) -> None:
    console = Console(width=WIDTH, highlight=False, markup=False, emoji=False, color_system=None)
    console.print(
        "试派{tickets}件（直办、不予受理、紧急转接、并单、作废的不计）：{elsewhere}件将改派他处，"
        "另有{assisting_changed}件主办不变、协办有变".format_map(told),
        soft_wrap=True,
    )
    if told["unreadable"]:
        console.print(f"{told['unreadable']}件的理解结果由别的版本记录，未能试派")
    moves = [(_name(one["before"]), _name(one["after"]), str(one["tickets"])) for one in told["moves"]]
    departments = [
        (_name(one["department"]), str(one["before"]), str(one["after"]), f"{one['after'] - one['before']:+d}")
        for one in told["departments"]
    ]
    categories = [
        (f"{one['code']} {one['name']}", str(one["tickets"]), str(one["elsewhere"])) for one in told["categories"]
    ]
    _table(console, "改派去向", ("现主办", "新主办", "件数"), moves)
    _table(console, "各单位主办件数", ("单位", "现在", "新目录", "增减"), departments)
    _table(console, "各事项", ("事项", "件数", "改派"), categories)
    if told["first"]:
        console.print(f"\n【前{len(told['first'])}件，由新到旧】")
    for one in told["first"]:
        console.print(f"{one['number']} {_name(one['before'])} → {_name(one['after'])}", soft_wrap=True)
        console.print(f"  现：{one['because_before']}", soft_wrap=True)
        console.print(f"  新：{one['because_after']}", soft_wrap=True)


def _table(console: Console, heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    table = Table(*columns, box=None, padding=(0, 3, 0, 2))
    for row in rows:
        table.add_row(*row)
    console.print(f"\n【{heading}】")
    console.print(table)


def _name(department: dict[str, str] | None) -> str:
    return department["name"] if department else NOBODY
