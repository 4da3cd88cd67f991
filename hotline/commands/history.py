"""hotline import: an old platform's tickets into the past of this one, on every core; refused rows are told one by one."""

from __future__ import annotations

import asyncio
import csv
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import connection, parent_process
from typing import TYPE_CHECKING, Any, Final

import msgspec
import uvloop
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

from hotline.app import build_hub
from hotline.commands.installation import check, database_url, settle_memory, setup
from hotline.config import Settings
from hotline.history import Importer, Outcome
from models.city_files import read_city
from models.errors import InvalidRequest
from models.history_files import count_rows, read_file
from models.history_mapping import OldMapping, read_mapping
from models.history_rows import Refusal, number_of_row, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from rich.progress import Task
    from rich.text import Text

    from models.history_rows import FileRow

BATCH: Final = 512  # rows of a transaction
# Rows that one process has imported by the time that others have loaded the model.
FEW: Final = 2048
# Batches that wait for each process: enough that none is ever idle, few enough that a long file is never held in memory.
AHEAD: Final = 2
MOST_TOLD: Final = 20
COLUMNS: Final = ("line", "column", "value", "reason")


class Job(Struct, frozen=True):
    """What every process that imports is told."""

    settings: Settings
    url: str
    mapping: OldMapping
    file: str
    is_dry: bool


class Worker:
    """Imports batches in one process, with a hub of its own."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._hub = self._runner.run(build_hub(job.settings, job.url, pool_size=1))
        settle_memory()
        self._importer = Importer(self._hub, job.mapping, job.file)

    def __call__(self, rows: Sequence[FileRow]) -> Outcome:
        """Import one batch, all of it or nothing, under the key that is current now."""
        self._hub.database.keyring.renew()
        return self._runner.run(self._importer.take(rows, is_dry=self._job.is_dry))

    def close(self) -> None:
        """Give the connection back."""
        self._runner.run(self._hub.database.close())
        self._runner.close()


class Report:
    """What came of the rows so far; the refused ones are written to a file where one is named."""

    def __init__(self, file: Path | None) -> None:
        self.imported = self.known = self.refused = 0
        self.first: list[Refusal] = []
        self._lines = None
        if file is not None:
            # It repeats what stands in the export: for the eyes of whoever may read that.
            self._lines = os.fdopen(
                os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8-sig", newline=""
            )
            self._writer = csv.writer(self._lines)
            self._writer.writerow(COLUMNS)

    def add(self, outcome: Outcome) -> None:
        """Count a batch and tell what was refused in it."""
        self.imported += outcome.imported
        self.known += outcome.known
        self.refused += len(outcome.refused)
        self.first += outcome.refused[: MOST_TOLD - len(self.first)]
        if self._lines is not None:
            self._writer.writerows((one.line, one.column, one.value, one.reason) for one in outcome.refused)

    def close(self) -> None:
        """Finish the file."""
        if self._lines is not None:
            self._lines.close()


class Rate(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> Text:
        """Return the rate in words."""
        return TextColumn("").render(task).append(f"{task.finished_speed or task.speed or 0:.0f} 行/秒")


def import_file(
    settings: Settings,
    file: Path,
    mapping_file: Path,
    report_file: Path | None,
    *,
    is_dry: bool,
    is_strict: bool,
    as_json: bool,
) -> int:
    """Import a file; return the exit code: 1 where rows were refused and that is asked for."""
    if report_file is not None and report_file.exists() and file.exists() and report_file.samefile(file):
        raise InvalidRequest("--report 不能是要导入的文件本身，它会被覆盖")
    setup(settings)
    mapping = read_mapping(mapping_file, read_city(settings.city))
    total = count_rows(file, mapping)
    began = time.monotonic()
    report = Report(report_file)
    try:
        with database_url(settings) as url:
            _import(Job(settings, url, mapping, file.name, is_dry), file, total, report)
    finally:
        report.close()
    _tell(report, report_file, time.monotonic() - began, is_dry=is_dry, as_json=as_json)
    return 1 if report.refused and is_strict else 0


def _import(job: Job, file: Path, total: int, report: Report) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("试导入" if job.is_dry else "导入工单", total=total or None)
        for rows, outcome in _outcomes(job, total, _once_each(_batches(file, job.mapping), job.mapping)):
            report.add(outcome)
            progress.advance(task, rows)


def _batches(file: Path, mapping: OldMapping) -> Iterator[list[FileRow]]:
    rows = read_file(file, mapping)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _once_each(
    batches: Iterable[list[FileRow]], mapping: OldMapping
) -> Iterator[tuple[int, list[FileRow], list[Refusal]]]:
    """Yield batches with how many rows they had, without those whose number stood in the file before, which are refused."""
    seen: dict[str, int] = {}
    for batch in batches:
        kept, refused = [], []
        for row in batch:
            number = number_of_row(row, mapping)
            before = seen.setdefault(number, row.line) if number else row.line
            if before == row.line:
                kept.append(row)
            else:
                reason = f"编号与第{before}行相同"
                refused.append(Refusal(row.line, mapping.columns["number"], told(number), reason))
        yield len(batch), kept, refused


def _outcomes(
    job: Job, total: int, batches: Iterator[tuple[int, list[FileRow], list[Refusal]]]
) -> Iterator[tuple[int, Outcome]]:
    """Yield how many rows each batch had and what came of them, in the order of the file."""
    cores = os.cpu_count() or 1
    if cores == 1 or 0 < total <= FEW:
        worker = Worker(job)
        for rows, kept, refused in batches:
            yield rows, _with(worker(kept), refused)
        worker.close()
        return
    # Here first: a keyring that does not fit must be said in words, not by the death of a pool.
    asyncio.run(check(job.settings, job.url))
    # Not forked: a copy of a process with threads may find a lock that nobody will ever open.
    context = multiprocessing.get_context("spawn")
    # One more than there are cores: while one waits for the database, another reads.
    with ProcessPoolExecutor(cores + 1, context, initializer=_begin, initargs=(job,)) as pool:
        waiting: deque[tuple[int, list[Refusal], Any]] = deque()
        for rows, kept, refused in batches:
            waiting.append((rows, refused, pool.submit(_take, kept)))
            if len(waiting) > AHEAD * (cores + 1):
                yield _next(waiting)
        while waiting:
            yield _next(waiting)


def _next(waiting: deque[tuple[int, list[Refusal], Any]]) -> tuple[int, Outcome]:
    rows, refused, future = waiting.popleft()
    return rows, _with(future.result(), refused)


def _with(outcome: Outcome, refused: list[Refusal]) -> Outcome:
    both = sorted(chain(outcome.refused, refused), key=lambda one: one.line)
    return Outcome(outcome.imported, outcome.known, both)


_worker: list[Worker] = []  # of a process of the pool: the one that it began with


def _begin(job: Job) -> None:
    # Ctrl-C is for whoever started us: a batch that was begun is finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker.append(Worker(job))


def _end_with_parent() -> None:
    """Whoever started us may be killed: nobody would ever take our answers, and we must not import behind his back."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _take(rows: Sequence[FileRow]) -> Outcome:
    return _worker[0](rows)


def _tell(report: Report, file: Path | None, seconds: float, *, is_dry: bool, as_json: bool) -> None:
    counts = {"imported": report.imported, "known": report.known, "refused": report.refused}
    rows = sum(counts.values())
    if as_json:
        more = {"rows": rows, "seconds": round(seconds, 2), "is_dry_run": is_dry}
        print(msgspec.json.encode({**counts, **more}).decode())
        return
    for one in report.first:
        print(f"第{one.line}行“{one.column}”：{one.reason}" + (f"（{one.value}）" if one.value else ""))
    if report.refused > len(report.first):
        where = str(file) if file else "请用 --report 写入文件"
        print(f"另有{report.refused - len(report.first)}行未导入：{where}")
    done = "可导入" if is_dry else "导入"
    rate = rows / max(seconds, 1e-9)
    print(
        f"{rows}行：{done}{report.imported}，此前已导入{report.known}，未导入{report.refused}（{seconds:.1f}秒，{rate:.0f}行/秒）"
    )
