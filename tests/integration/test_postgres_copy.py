"""A dump out of one database and into another, by PostgreSQL's own tools."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import asyncpg
import pytest

from hotline.postgres_copy import dump, load
from models.store import whole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from hotline.postgres import EmbeddedPostgres

_numbers = itertools.count()
# Dies like one whose machine loses its power, as the second of two tables begins: the first is half on its way.
DYING = """
import os, pathlib, signal, sys
from hotline.postgres_copy import load
load(pathlib.Path(sys.argv[1]), sys.argv[2], lambda table: os.kill(os.getpid(), signal.SIGKILL) if "second" in table else None)
"""


@pytest.fixture
async def urls(postgres: EmbeddedPostgres) -> AsyncIterator[tuple[str, str]]:
    """Two databases: one with two tables, one with nothing."""
    names = [f"copy_{next(_numbers)}" for _ in range(2)]
    admin = await asyncpg.connect(postgres.url())
    for name in names:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    source = await asyncpg.connect(postgres.url(names[0]))
    lines = "SELECT repeat(n::text, 20) AS words FROM generate_series(1, 60000) n"
    await source.execute(f"CREATE TABLE first AS {lines}")
    await source.execute("CREATE TABLE second AS SELECT 1 AS n")
    await source.close()
    yield postgres.url(names[0]), postgres.url(names[1])
    for name in names:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def dumped(url: str, file: Path, tell: Callable[[str], None] = lambda _: None) -> Path:
    connection = await asyncpg.connect(url)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        await asyncio.to_thread(dump, url, snapshot, file, tell)
    await connection.close()
    return file


async def test_all_of_a_dump_is_read(urls: tuple[str, str], tmp_path: Path) -> None:
    source, target = urls
    told: list[str] = []
    await asyncio.to_thread(load, await dumped(source, tmp_path / "dump"), target, told.append)
    assert len(told) == 2
    connection = await asyncpg.connect(target)
    assert await connection.fetchval("SELECT count(*) FROM first") == 60_000
    await connection.close()


async def test_an_address_without_host_and_with_the_password_at_its_end_is_understood(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    parts = urlsplit(urls[0])
    password = unquote(parts.password or "")
    url = f"postgresql://{parts.path}?user={parts.username}&password={parts.password}&{parts.query}"
    commands: list[bytes] = []

    def tell(_: str) -> None:
        for one in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                commands.append(one.read_bytes())

    await dumped(url, tmp_path / "dump", tell)
    ours = [one for one in commands if str(tmp_path / "dump").encode() in one]
    assert ours
    assert not any(password.encode() in one for one in ours), "everybody may read a command line"


async def test_who_dies_amid_a_load_leaves_nothing(urls: tuple[str, str], tmp_path: Path) -> None:
    source, target = urls
    file = await dumped(source, tmp_path / "dump")
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", DYING, str(file), target)
    assert await process.wait() == -signal.SIGKILL
    connection = await asyncpg.connect(target)
    # psql lives on for as long as it has something to read.
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with asyncio.timeout(20):
        while await connection.fetchval(others):
            await asyncio.sleep(0.05)
    assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    await connection.close()


async def test_a_key_is_needed_until_all_was_sealed_anew_under_a_later_one(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    for city, key, resealed in (
        ("530100", "index", None),
        ("530100", "encryption 2", None),
        ("530100", "encryption 9", "2026-11-01"),
        ("530100", "encryption 10", None),
        ("530200", "encryption 2", "2026-11-01"),
        ("530200", "encryption 1", None),
    ):
        await connection.execute(
            "INSERT INTO keyring (city_code, key, digest, first_used_at, resealed_at)"
            " VALUES ($1, $2, sha256($2::text::bytea), '2026-10-01', $3::text::timestamptz)",
            city, key, resealed,
        )  # fmt: skip
    await connection.close()
    async with whole.moment(database_url) as moment:
        assert len(moment.keys) == 5
        assert moment.needed == {"index", "encryption 9", "encryption 10", "encryption 2"}
