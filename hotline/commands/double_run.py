"""hotline lines compare: both platforms of a double run (并行运行) day by day, from the old one's export and our own tickets."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from hotline.clock import REAL, kept_clock
from hotline.commands.history import Report
from hotline.commands.installation import with_session
from hotline.history import Outcome
from models.calendar import CHINA_TIME
from models.city_files import read_city
from models.double_run import NOT_TOLD, SIDES, Compared, DoubleRun, compare, day_of, on_time, rows, totals
from models.errors import InvalidRequest
from models.history_files import count_rows, read_file
from models.history_mapping import read_mapping
from models.history_rows import Refusal, read_rows, told
from models.store import double_run, installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hotline.config import Settings
    from models.city import City
    from models.history_mapping import OldMapping
    from models.history_rows import OldTicket
    from models.store.database import Session

BATCH: Final = 2_000
LONGEST: Final = 400  # days
DAY: Final = timedelta(days=1)
MAIN_CATEGORY: Final = 2  # digits of the first level's code
MOST_SHOWN: Final = 15
TITLES: Final = {"line": "按热线", "category": "按一级事项", "department": "按主办单位"}
COLUMNS: Final = ("day", "count", "key", "old", "ours")


class OldFile:
    """The rows of an export as far as they are compared; what cannot be read is told row by row."""

    def __init__(self, file: Path, mapping: OldMapping, report: Report) -> None:
        self._file = file
        # How a ticket stands is not compared: one that is still open there need not have an end of ours.
        self._mapping = replace(mapping, unknown={"state": "archived", **mapping.unknown})
        self._report = report
        self._seen: dict[str, int] = {}
        self.rows = 0

    def read(self, now: datetime) -> list[Compared]:
        """Return the tickets of the file, each number once."""
        total = count_rows(self._file, self._mapping)
        found: list[Compared] = []
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("读取旧平台工单", total=total or None)
            for size, olds in self._batches(now):
                found += [_compared(one, now) for one in olds]
                progress.advance(task, size)
        return found

    def _batches(self, now: datetime) -> Iterator[tuple[int, list[OldTicket]]]:
        batch = []
        for row in read_file(self._file, self._mapping):
            batch.append(row)
            if len(batch) == BATCH:
                yield len(batch), self._once_each(*read_rows(batch, self._mapping, now))
                batch = []
        yield len(batch), self._once_each(*read_rows(batch, self._mapping, now))

    def _once_each(self, olds: list[OldTicket], refused: list[Refusal]) -> list[OldTicket]:
        kept = []
        for one in olds:
            before = self._seen.setdefault(one.number, one.row)
            if before == one.row:
                kept.append(one)
            else:
                column = self._mapping.columns["number"]
                refused.append(Refusal(one.row, column, told(one.number), f"编号与第{before}行相同"))
        self._report.add(Outcome(len(kept), 0, sorted(refused, key=lambda one: one.line)))
        self.rows += len(kept)
        return kept


def compare_file(
    settings: Settings,
    file: Path,
    mapping_file: Path,
    first: date,
    last: date,
    *,
    table: Path | None,
    report_file: Path | None,
    as_json: bool,
) -> int:
    """Print both platforms side by side for the days from `first` to `last`; 1 where a row could not be read."""
    if not DAY * 0 <= last - first < LONGEST * DAY:
        raise InvalidRequest(f"--to 不能早于 --from，且最多{LONGEST}天")
    for written in (table, report_file):
        if written is not None and written.exists() and file.exists() and written.samefile(file):
            raise InvalidRequest(f"{written} 是要对比的文件本身，它会被覆盖")
    city = read_city(settings.city)
    mapping = read_mapping(mapping_file, city)
    report = Report(report_file)

    async def job(session: Session) -> int:
        row = await installation.clock(session)
        now = (kept_clock(row) if row else REAL).now()
        olds = OldFile(file, mapping, report).read(now)
        # A request near midnight may lie on the other day here.
        since, until = _midnight(first - DAY), _midnight(last + 2 * DAY)
        ours = [one async for page in double_run.registered(session, since, until, now) for one in page]
        run = compare(olds, ours, [first + n * DAY for n in range((last - first).days + 1)])
        if table is not None:
            _write(table, run)
        print(msgspec.json.encode(_json(run, report)).decode()) if as_json else _show(city, run, report)
        return 1 if report.refused else 0

    try:
        return with_session(settings, job)
    finally:
        report.close()


def _compared(old: OldTicket, now: datetime) -> Compared:
    return Compared(
        name=old.number,
        numbers=(old.number,),
        day=day_of(old.registered_at),
        line=old.line or NOT_TOLD,
        category=old.category[:MAIN_CATEGORY] if old.category else NOT_TOLD,
        department=old.department or NOT_TOLD,
        is_on_time=on_time(old.closed_at or old.replied_at, old.due_at, now),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA_TIME).astimezone(UTC)


def _write(file: Path, run: DoubleRun) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(COLUMNS)
        writer.writerows(rows(run))


def _json(run: DoubleRun, report: Report) -> dict[str, Any]:
    return {
        **msgspec.to_builtins(run),
        "totals": {side: msgspec.to_builtins(totals(run, side)) for side in SIDES},
        "refused": report.refused,
        "first_refused": [msgspec.to_builtins(one) for one in report.first],
    }


def _show(city: City, run: DoubleRun, report: Report) -> None:
    console = Console()
    print("旧：旧平台；新：本平台；相符：按旧编号对上的")
    table = Table("日期", "旧", "新", "差", "相符", "仅旧", "仅新", "旧按时", "新按时")
    for day in run.days:
        counts = (day.tickets.old, day.tickets.ours, day.tickets.difference, day.matched)
        only = (len(day.only_old), len(day.only_ours))
        rates = (_rate(day.on_time.old, day.due.old), _rate(day.on_time.ours, day.due.ours))
        table.add_row(str(day.day), *map(str, counts), *map(str, only), *rates)
    console.print(table)
    for side in SIDES:
        names = _names(city, side)
        table = Table(TITLES[side], "旧", "新", "差")
        for key, pair in list(totals(run, side).items())[:MOST_SHOWN]:
            table.add_row(names.get(key, key), str(pair.old), str(pair.ours), str(pair.difference))
        console.print(table)
    print(f"编号相符{run.matched}件：一级事项相同{run.same_category}件，主办单位相同{run.same_department}件")
    for what, numbers in (
        ("仅旧平台", [number for day in run.days for number in day.only_old]),
        ("仅本平台", [number for day in run.days for number in day.only_ours]),
    ):
        if numbers:
            more = f" 等{len(numbers)}件" if len(numbers) > MOST_SHOWN else ""
            print(f"{what}：{'、'.join(numbers[:MOST_SHOWN])}{more}")
    for one in report.first:
        print(f"第{one.line}行“{one.column}”：{one.reason}" + (f"（{one.value}）" if one.value else ""))
    if report.refused:
        print(f"{report.refused}行未能读取，未计入对比")


def _names(city: City, side: str) -> dict[str, str]:
    if side == "line":
        names = {number: f"{number} {line.name}" for number, line in city.lines.items()}
    elif side == "category":
        names = {code[:MAIN_CATEGORY]: one.l1 for code, one in city.categories.items()}
    else:
        names = {code: one.name for code, one in city.departments.items()}
    return {**names, NOT_TOLD: "未注明"}


def _rate(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"
