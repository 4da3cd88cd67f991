"""hotline replay: a CSV of requests through the intake of a running hub, as a channel would send them."""

from __future__ import annotations

import asyncio
import csv
import statistics
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import msgspec
import uvloop
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hotline.http_client import seconds
from models.calendar import CHINA_TIME
from models.errors import HotlineError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hotline.config import Settings

LONGEST_CELL: Final = 10**7
TRY_FOR_S: Final = 120.0
TIMES: Final = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d")
CHANNEL: Final = "web"
# Rows that cannot be sent are named one by one, but nobody reads a thousand.
MOST_TOLD: Final = 50


class NoHub(HotlineError):
    """No running hub was found."""

    code = "no_hub"


class Tally:
    """What came of the rows."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.times_ms: list[float] = []
        self.problems: Counter[str] = Counter()
        self.refused: list[str] = []

    def refuse(self, line: int, name: str, why: str) -> None:
        """A row that cannot be sent: it counts as failed, and its words name it."""
        self.counts["failed"] += 1
        self.refused.append(f"第{line}行（id {name or '空'}）未发送：{why}")

    def summary(self, seconds: float) -> dict[str, Any]:
        """Return the contract's figures."""
        times = sorted(self.times_ms) or [0.0]
        cuts = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
        names = ("sent", "accepted", "duplicates", "auto", "desk", "handed_off", "answered", "failed")
        return {
            **{name: self.counts[name] for name in names},
            "per_second": round(self.counts["sent"] / max(seconds, 1e-9), 1),
            "p50_ms": round(cuts[49], 1),
            "p95_ms": round(cuts[94], 1),
            "p99_ms": round(cuts[98], 1),
        }


def replay(settings: Settings, file: Path, *, rate: float, limit: int, as_json: bool, at_once: int) -> int:
    """Send the rows; returns the exit code: 1 where one failed."""
    try:
        access = msgspec.json.decode(settings.access_file.read_bytes())
    except FileNotFoundError as error:
        raise NoHub(f"没有找到 {settings.access_file}，请先执行 make run（或 hotline up）") from error
    tally = Tally()
    rows = list(_rows(file, limit, tally))
    _tell_refused(tally.refused)
    started = time.monotonic()
    uvloop.run(_send_all(access["url"], access["channels"][CHANNEL], rows, tally, rate=rate, at_once=at_once))
    summary = tally.summary(time.monotonic() - started)
    for words, n in tally.problems.most_common(5):
        print(f"失败{n}件：{words}")
    if as_json:
        print(msgspec.json.encode(summary).decode())
    else:
        print("发送{sent}件：新登记{accepted}，重复{duplicates}，自动派单{auto}，转派单台{desk}，".format_map(summary)
              + "紧急转接{handed_off}，直办{answered}，失败{failed}；".format_map(summary)
              + "每秒{per_second}件，延迟毫秒 p50 {p50_ms} p95 {p95_ms} p99 {p99_ms}".format_map(summary))  # fmt: skip
    return 1 if summary["failed"] else 0


def _tell_refused(refused: list[str]) -> None:
    for words in refused[:MOST_TOLD]:
        print(words)
    if len(refused) > MOST_TOLD:
        print(f"另有{len(refused) - MOST_TOLD}行未发送")


def _rows(file: Path, limit: int, tally: Tally) -> Iterator[dict[str, Any]]:
    """Read the rows that can be sent; the others are told to the tally. Raises InvalidRequest."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if not {"id", "text"} <= set(reader.fieldnames or ()):
                raise InvalidRequest(f"{file} 缺少 id 或 text 列")
            for n, row in enumerate(reader, start=1):
                if limit and n > limit:
                    return
                try:
                    yield _request(row)
                except InvalidRequest as error:
                    tally.refuse(_first_line(reader.line_num, row), row["id"] or "", error.detail)
    except FileNotFoundError as error:
        raise InvalidRequest(f"没有文件 {file}") from error
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{file} 不是 UTF-8 编码，请另存为 UTF-8 后重试") from error
    except csv.Error as error:
        raise InvalidRequest(f"{file} 第{reader.line_num + 1}行不是有效的 CSV：{error}") from error


def _first_line(last: int, row: dict[str, Any]) -> int:
    """Return where a row begins: a cell in quotation marks may have lines of its own."""
    return last - sum(cell.count("\n") for cell in row.values() if isinstance(cell, str))


def _request(row: dict[str, Any]) -> dict[str, Any]:
    if not (row["id"] and row["id"].isprintable()):
        raise InvalidRequest("id 为空或含有不可见字符")
    if not row["text"]:
        raise InvalidRequest("text 为空")
    wanted: dict[str, Any] = {"text": row["text"]}
    for name in ("title", "line", "address", "accused"):
        if row.get(name):
            wanted[name] = row[name]
    if row.get("received_at"):
        wanted["received_at"] = _moment(row["received_at"])
    caller = {name: row[name] for name in ("name", "phone", "identity", "disclosure") if row.get(name)}
    if caller:
        wanted["caller"] = caller
    return {"key": row["id"], "body": msgspec.json.encode(wanted)}


def _moment(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = _by_pattern(text)
    return (at if at.tzinfo else at.replace(tzinfo=CHINA_TIME)).isoformat()


def _by_pattern(text: str) -> datetime:
    for pattern in TIMES:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=CHINA_TIME)
        except ValueError:
            continue
    raise InvalidRequest(f"时间“{text}”无法识别，应如 2026-11-23 09:30:00")


async def _send_all(
    url: str, token: str, rows: list[dict[str, Any]], tally: Tally, *, rate: float, at_once: int
) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    gate = asyncio.Semaphore(at_once)
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(url, headers=headers, timeout=timeout) as session:
        with Progress(*columns, transient=True) as progress:
            task = progress.add_task("登记诉求", total=len(rows))

            async def one(row: dict[str, Any]) -> None:
                async with gate:
                    await _send(session, row, tally)
                    progress.advance(task)

            started = time.monotonic()
            async with asyncio.TaskGroup() as group:
                for n, row in enumerate(rows):
                    if rate > 0:
                        await asyncio.sleep(max(0.0, started + n / rate - time.monotonic()))
                    group.create_task(one(row))


async def _send(session: aiohttp.ClientSession, row: dict[str, Any], tally: Tally) -> None:
    """Send one row; an unknown outcome is tried again with the same key, so that nothing is registered twice."""
    tally.counts["sent"] += 1
    began = time.monotonic()
    pause = 0.2
    while True:
        try:
            async with session.post(
                "/api/v1/tickets", data=row["body"], headers={"idempotency-key": row["key"]}
            ) as response:
                status, content = response.status, await response.read()
                asked = seconds(response.headers.get("retry-after"), datetime.now(UTC))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            status, content, asked = 0, str(error).encode(), None
        if status in {200, 201}:
            tally.times_ms.append((time.monotonic() - began) * 1000)
            _count(msgspec.json.decode(content), status, tally)
            return
        if status not in {0, 429, 500, 502, 503} or time.monotonic() - began > TRY_FOR_S:
            tally.counts["failed"] += 1
            tally.problems[f"{status} {content.decode(errors='replace')[:200]}"] += 1
            return
        await asyncio.sleep(max(pause, asked or 0.0))
        pause = min(pause * 2, 3.0)


def _count(answer: dict[str, Any], status: int, tally: Tally) -> None:
    tally.counts["accepted" if status == 201 else "duplicates"] += 1
    state = answer["state"]
    named = {"assigned": "auto", "handed_off": "handed_off", "answered": "answered"}
    tally.counts[named.get(state, "desk")] += 1
