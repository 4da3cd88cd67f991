"""How long the program takes to understand one request, on one core."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import psutil
import rjieba

from models.city_files import read_city
from nlu.reader import Reader
from nlu.reading import Request
from tests.bench.figures import CITY, MODEL, quantile, report, texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")
ROUNDS = 3000
TOGETHER = 64  # requests


async def measure(folder: Path) -> None:
    cutter = rjieba.Jieba()
    reader = _load()
    now = datetime.now(UTC)
    for length, name in ((100, "understand"), (600, "understand600")):
        rows = list(itertools.islice(texts(length), ROUNDS))
        ours = _times(lambda text: reader.understand(text, received_at=now), rows)
        yardstick = quantile(_times(cutter.cut, rows), 50)
        report(name, quantile(ours, 50), "ms p50", yardstick, "p50 ≤ 1.5" if length == 100 else "-")
        report(f"{name}_p99", quantile(ours, 99), "ms p99", yardstick, "p99 ≤ 6" if length == 100 else "p50 ≤ 5")
        together = [[Request(row, now) for row in rows[at : at + TOGETHER]] for at in range(0, ROUNDS, TOGETHER)]
        rate = 1000 * ROUNDS / sum(_times(reader.understand_many, together))
        report(f"{name}_rate", rate, "requests/s on one core, 64 at once", 1000 / yardstick, "≥ 1,500")


def _load() -> Reader:
    """Load the model, the city being read already; what it takes in memory is what the process grows by."""
    city = read_city(CITY)
    process = psutil.Process()
    before, began = process.memory_info().rss, time.perf_counter()
    reader = Reader.load(MODEL, city, fingerprint_key=b"bench" * 8)
    report("model_load", time.perf_counter() - began, "s", 0, "≤ 1")
    report("model_memory", (process.memory_info().rss - before) / 1e6, "MB", before / 1e6, "≤ 300")
    return reader


def _times(work: Callable[[T], object], rows: list[T]) -> list[float]:
    for row in rows[:200]:
        work(row)
    found = []
    for row in rows:
        began = time.perf_counter()
        work(row)
        found.append((time.perf_counter() - began) * 1000)
    return found
