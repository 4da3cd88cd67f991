"""Printing figures and making inputs that several measurements share."""

from __future__ import annotations

import itertools
import json
import random
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

from models.city_corpus import read_corpus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parent.parent.parent
CITY = ROOT / "cities" / "yunzhou"
MODEL = ROOT / "build" / "model"


def report(name: str, value: float, unit: str, yardstick: float, limit: str) -> None:
    """Print one figure; `ratio` is value over yardstick, `limit` is what the figure is held to."""
    ratio = value / yardstick if yardstick else 0.0
    line = {"name": name, "value": round(value, 3), "unit": unit, "yardstick": round(yardstick, 3)}
    print(json.dumps({**line, "ratio": round(ratio, 4), "limit": limit}), flush=True)


def quantile(values: Sequence[float], p: int) -> float:
    return statistics.quantiles(values, n=100)[p - 1]


def texts(length: int, seed: int = 7) -> Iterator[str]:
    """Requests of that many characters, no two alike, put together from the city's corpus."""
    rows = [row.text for row in read_corpus(CITY)]
    pick = random.Random(seed)
    for n in itertools.count():
        text = ""
        while len(text) < length - 8:
            text += pick.choice(rows) + "。"
        yield f"{text[: length - 8]}（{n:06d}）"
