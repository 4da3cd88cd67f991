"""Ten million tickets (`make scale`): are lists, search, clocks and intake as quick as on an empty table.

Loading and measuring are apart: what lies loaded in the folder (`--data DIR`) is measured again without loading it.
SCALE_TICKETS names other sizes than 10⁴, 10⁵, 10⁶ and 10⁷.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import shutil
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hotline.app import read_keyring
from hotline.config import Settings
from hotline.postgres import EmbeddedPostgres
from models.city_corpus import read_corpus, read_letters
from models.city_files import read_city
from models.store import database
from models.store.migrations import migrate
from nlu.reader import Reader
from routing.jurisdiction import Atlas
from tests.bench import archive, lookups
from tests.bench.figures import CITY, MODEL, quantile, report, texts
from tests.bench.intake import process, ready, register, send, wait_port
from tests.own_environ import demo_hub

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

PORT, EMPTY_PORT, HOOK_PORT = 18460, 18461, 18462
SIZES = [int(size) for size in os.environ.get("SCALE_TICKETS", "10000,100000,1000000,10000000").split(",")]
# Taken in turns with an empty table, so that both have the same machine; the first turn warms both.
TURNS, EACH = 4, 1000
WORDS = 100
LOADED = "loaded.json"
# Of no matter of a city: looked for in every month, found in none.
ABSENT = (
    "恐龙化石",
    "航天飞机",
    "量子纠缠",
    "鸵鸟",
    "企鹅",
    "北极熊",
    "潜水艇",
    "冰川",
    "骆驼",
    "珊瑚",
    "灯塔",
    "水母",
    "鲸鱼",
    "极光",
    "陨石",
)
LIMITS = {
    **dict.fromkeys(lookups.LISTS, "≤ 40"),
    **dict.fromkeys(
        ("search2", "search4", "search_rare", "search_absent", "search_apart", "search_of_department"), "≤ 300"
    ),
    "timers_claim": "≤ 60",
    "timers_idle": "≤ 5",
    "duplicates": "≤ 20",
    "intake": "≥ 0.8",
}
UNITS = {
    "load_s": "s",
    "disk_gb": "GB",
    "intake_per_s": "tickets/s",
    "intake_empty_per_s": "tickets/s on an empty table",
    "intake": "of the empty table's",
}


# The figures and forecasts of five years are counted once, not while intake is measured.
COUNTED = """
INSERT INTO indicator_counts (city_code, claimed_at, counted_at) VALUES ('yunzhou', $1, $1)
ON CONFLICT (city_code) DO UPDATE SET claimed_at = EXCLUDED.claimed_at, counted_at = EXCLUDED.counted_at
"""
FORECAST = """
INSERT INTO forecasts (city_code, claimed_at) VALUES ('yunzhou', $1)
ON CONFLICT (city_code) DO UPDATE SET claimed_at = EXCLUDED.claimed_at
"""


async def load(folder: Path) -> None:
    """Load what is not there yet; ten million take an hour of a core and 35 GB."""
    for size in SIZES:
        place = folder / str(size)
        if (place / LOADED).exists():
            continue
        place.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        reader = _reader(place)
        await archive.load(place, size, reader, Atlas(reader.city))
        taken = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        told = {"tickets": size, "seconds": round(time.monotonic() - began), "gigabytes": round(taken / 1e9, 2)}
        (place / LOADED).write_text(json.dumps(told), encoding="utf-8")


async def measure(folder: Path) -> None:
    await load(folder)
    found: dict[int, dict[str, float]] = {}
    for size in SIZES:
        place = folder / str(size)
        told = json.loads((place / LOADED).read_text(encoding="utf-8"))
        figures = _told(size, {"load_s": told["seconds"], "disk_gb": told["gigabytes"]})
        figures |= _told(size, await _lookups(place, size))
        figures |= _told(size, await _intake(place, folder / "empty"))
        found[size] = figures
    (folder / "growth.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(_table(found), flush=True)


def _told(size: int, figures: dict[str, float]) -> dict[str, float]:
    for name, value in figures.items():
        report(f"{name} at {size:,}", value, UNITS.get(name, "ms"), 0, LIMITS.get(name, "-"))
    return figures


def _table(found: Mapping[int, Mapping[str, float]]) -> str:
    lines = [["", *(f"{size:,}" for size in found)], ["---"] * (len(found) + 1)]
    names = next(iter(found.values()))
    lines += [[name, *(f"{figures[name]:.4g}" for figures in found.values())] for name in names]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _reader(place: Path) -> Reader:
    keyring = read_keyring(Settings(data_dir=place))
    return Reader.load(MODEL, read_city(CITY), fingerprint_key=keyring.fingerprint_seed)


async def _lookups(place: Path, size: int) -> dict[str, float]:
    """Everything that is asked of the database, over one process of the hub; milliseconds, of lists and search the 95th percentile."""
    reader = _reader(place)
    server = EmbeddedPostgres(place / "postgres")
    server.start()
    try:
        url = server.url("hotline")
        await migrate(url)
        store = await database.connect(url, reader.city.code, read_keyring(Settings(data_dir=place)))
        found: dict[str, float] = {}
        async with lookups.hub_over(place, store, reader) as client:
            found["health"] = await lookups.health_p95(client)
            for name in lookups.LISTS:
                found[name] = await lookups.list_p95(client, name)
            for name, (words, more) in _searches(reader, size).items():
                found[name] = await lookups.search_p95(client, words, **more)
        found["timers_claim"], found["timers_idle"] = await lookups.timers_ms(store)
        found["duplicates"] = quantile(await lookups.duplicates_ms(store, reader, likely=0), 95)
        async with store.session() as session:
            for statement in (COUNTED, FORECAST):
                await session.connection.execute(statement, datetime.now(UTC))
        await store.close()
    finally:
        server.stop()
    return found


def _searches(reader: Reader, size: int) -> dict[str, tuple[Sequence[str], dict[str, str]]]:
    """What is looked for: common words, one ticket of years ago, what is nowhere, two words that seldom meet, one department's."""
    told = [set(reader.search_tokens(row.text)) for row in (*read_corpus(CITY), *read_letters(CITY))]
    common = Counter(itertools.chain.from_iterable(told))
    twos, fours = ([word for word, _ in common.most_common() if len(word) == length] for length in (2, 4))
    pick = random.Random(4)
    pairs = [pick.sample(twos[WORDS : 4 * WORDS], 2) for _ in range(20 * WORDS)]
    return {
        "search2": (twos[:WORDS], {}),
        "search4": (fours[:WORDS], {}),
        "search_rare": ([f"OLD{pick.randint(1, archive.imported(size)):09d}" for _ in range(WORDS)], {}),
        "search_absent": ([word for word in ABSENT if not set(reader.search_tokens(word)) <= set(common)], {}),
        "search_apart": (
            [" ".join(pair) for pair in pairs if not any(words.issuperset(pair) for words in told)][:WORDS],
            {},
        ),
        "search_of_department": (twos[:WORDS], {"department": lookups.DEPARTMENTS[-1]}),
    }


async def _intake(place: Path, empty: Path) -> dict[str, float]:
    """Intake over HTTP with every process of `hotline up`, beside that of a hub that has no ticket yet; both in turns."""
    shutil.rmtree(empty, ignore_errors=True)
    rates: dict[int, list[float]] = {PORT: [], EMPTY_PORT: []}
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(
            process([sys.executable, "-m", "tests.bench.servers", "receivers", str(HOOK_PORT)], dict(os.environ))
        )
        await wait_port(HOOK_PORT)
        tokens = {
            port: await stack.enter_async_context(_hub(one, port)) for one, port in ((place, PORT), (empty, EMPTY_PORT))
        }
        rows = texts(100, seed=int(time.time()))
        for turn, (port, taken) in itertools.product(range(TURNS), rates.items()):
            began = time.monotonic()
            await send(port, tokens[port], itertools.islice(rows, EACH), f"scale-{turn}-{time.time_ns()}")
            if turn:
                taken.append(EACH / (time.monotonic() - began))
    full, bare = (quantile(taken, 50) for taken in rates.values())
    return {"intake_per_s": full, "intake_empty_per_s": bare, "intake": full / bare}


@contextlib.asynccontextmanager
async def _hub(place: Path, port: int) -> AsyncIterator[str]:
    """Run a hub over a data folder; returns the token by which calls come in."""
    environ = demo_hub(place, port, HOTLINE_SERVERS="2", HOTLINE_CLOCK_SPEED="1")
    with process([sys.executable, "-m", "hotline", "up"], environ):
        access: dict[str, Any] = await ready(place / "access.json", port)
        await register(access, port, HOOK_PORT)
        yield access["channels"]["phone"]
        await asyncio.sleep(1)
