"""How long the program takes to understand one request, on one core."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import rjieba

from models.city_files import read_city
from nlu.reader import Reader
from tests.bench.figures import CITY, MODEL, quantile, report, texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUNDS = 3000


async def measure(folder: Path) -> None:
    reader = Reader.load(MODEL, read_city(CITY), fingerprint_key=b"bench" * 8)
    cutter = rjieba.Jieba()
    now = datetime.now(UTC)
    for length, name in ((100, "understand"), (600, "understand600")):
        rows = list(itertools.islice(texts(length), ROUNDS))
        ours = _times(lambda text: reader.understand(text, received_at=now), rows)
        yardstick = quantile(_times(cutter.cut, rows), 50)
        report(name, quantile(ours, 50), "ms p50", yardstick, "p50 ≤ 1.5" if length == 100 else "-")
        report(f"{name}_p99", quantile(ours, 99), "ms p99", yardstick, "p99 ≤ 6" if length == 100 else "p50 ≤ 5")


def _times(work: Callable[[str], object], rows: list[str]) -> list[float]:
    for row in rows[:200]:
        work(row)
    found = []
    for row in rows:
        began = time.perf_counter()
        work(row)
        found.append((time.perf_counter() - began) * 1000)
    return found
