"""What is asked of a database all day, measured: lists and search over real HTTP, the clock's timers, what may be the same matter."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp.test_utils import TestClient, TestServer

from hotline.app import make_app
from hotline.clock import REAL
from hotline.config import Settings
from hotline.duplicates import LOOKED_BACK
from hotline.hub import Hub
from models.city_corpus import read_corpus
from models.store import credentials, duplicates, timers
from models.vocabulary import Kind, Role
from nlu.sameness import Matter, likenesses
from routing.jurisdiction import Atlas
from tests.bench.figures import CITY, quantile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from aiohttp import web

    from models.store.database import Database
    from nlu.reader import Reader

    Client = TestClient[web.Request, web.Application]

ROUNDS = 200
TOKEN = "bench-token"
DEPARTMENTS = ("urban", "housing", "market", "traffic_police", "education", "labour", "environment", "water_group")
# A department's, in turn each of them, or the whole city's.
LISTS = {
    "worklist": {"state": "assigned", "department": "{}"},
    "worklist_overdue": {"overdue": "true", "department": "{}"},
    "worklist_of_kind": {"state": "assigned", "kind": "complaint", "department": "{}"},
    "list_overdue": {"overdue": "true"},
    "list_due": {"sort": "due"},
    "list_urgency": {"sort": "urgency"},
    "list_oldest": {"sort": "oldest", "kind": "complaint"},
}


@contextlib.asynccontextmanager
async def hub_over(folder: Path, store: Database, reader: Reader) -> AsyncIterator[Client]:
    """Serve a database over HTTP to somebody who may see all of it."""
    hub = Hub(store, reader.city, reader, Atlas(reader.city), REAL, address=Settings().address)
    async with TestClient(TestServer(make_app(Settings(data_dir=folder, demo=True), hub))) as client:
        async with store.transaction() as session:
            await credentials.add(session, TOKEN, Role.SUPERVISOR, "bench", datetime.now(UTC))
        yield client


async def get(client: Client, path: str, **query: str) -> None:
    async with client.get(path, params=query, headers={"authorization": f"Bearer {TOKEN}"}) as response:
        assert response.status == 200, await response.text()
        await response.read()


async def health_p95(client: Client) -> float:
    """The yardstick: a request that asks the database nothing."""
    return await p95(lambda _: get(client, "/healthz"))


async def list_p95(client: Client, name: str) -> float:
    """A page of 20 of one of the lists."""

    async def listed(n: int) -> None:
        query = {field: value.format(*DEPARTMENTS[n % 8 :]) for field, value in LISTS[name].items()}
        await get(client, "/api/v1/tickets", **query)

    return await p95(listed)


async def search_p95(client: Client, words: Sequence[str], **more: str) -> float:
    """A page of 20 of what is found by each of some words in turn."""

    async def searched(n: int) -> None:
        await get(client, "/api/v1/tickets", q=words[n % len(words)], **more)

    return await p95(searched)


async def p95(one: Callable[[int], Awaitable[None]], rounds: int = ROUNDS) -> float:
    for n in range(rounds // 10):
        await one(n)
    times = []
    for n in range(rounds):
        began = time.perf_counter()
        await one(n)
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0)
    return quantile(times, 95)


async def timers_ms(store: Database) -> tuple[float, float]:
    """Return what it takes to claim 1,000 of the timers, and to see that none is due; nothing stays claimed."""
    now = datetime.now(UTC)
    async with store.session() as session:
        begun = session.connection.transaction()
        await begun.start()
        first = await session.connection.fetchval("SELECT min(due_at) FROM timers")

        async def claim(at: datetime) -> float:
            began = time.perf_counter()
            await timers.claim(session, at, now, 1000)
            return (time.perf_counter() - began) * 1000

        idle = [await claim(first - timedelta(seconds=1)) for _ in range(ROUNDS)]
        claims = [await claim(first + timedelta(days=365)) for _ in range(10)]
        await begun.rollback()
    return quantile(claims, 50), quantile(idle, 95)


async def duplicates_ms(store: Database, reader: Reader, likely: float = 0.95) -> list[float]:
    """Look for the same matter as intake does: candidates from the database, then the comparison."""
    now = datetime.now(UTC)
    rows = random.Random(5).sample([row.text for row in read_corpus(CITY)], ROUNDS)
    times, found = [], 0
    async with store.session() as session:
        for text in rows:
            read = reader.understand(text, received_at=now)
            one = _matter(read.categories[0].code, read.fingerprint, now)
            began = time.perf_counter()
            wanted = duplicates.Wanted(
                bands=read.bands,
                caller_index=None,
                place=None,
                category=one.category,
                district=None,
                since=now - LOOKED_BACK,
            )
            (near,) = await duplicates.alike(session, [wanted])
            told = likenesses(one, {one.category}, [_matter(x.category, x.fingerprint, x.registered_at) for x in near])
            times.append((time.perf_counter() - began) * 1000)
            found += any(likeness is not None for likeness in told)
    assert found >= likely * ROUNDS, found
    return times


async def one_row_ms(store: Database) -> float:
    """The yardstick: one row by its key over one connection."""
    times = []
    async with store.session() as session:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            await session.connection.fetchval("SELECT due_at FROM timers WHERE city_code = 'yunzhou' LIMIT 1")
            times.append((time.perf_counter() - began) * 1000)
    return quantile(times, 50)


def _matter(category: str, fingerprint: bytes, at: datetime) -> Matter:
    return Matter(
        fingerprint=fingerprint, category=category, kind=Kind.COMPLAINT, place=None, district=None, caller=None, at=at
    )
