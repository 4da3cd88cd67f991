"""Bring the database to the newest schema, one process at a time."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from models.errors import Unavailable
from models.store.database import PASSING, SQL_FOLDER

if TYPE_CHECKING:
    from models.store.database import Connection

LOCK = 7345001
MIGRATIONS = SQL_FOLDER / "migrations"


class MigrationFailed(Unavailable):
    """dbmate refused; its words are in the detail."""

    code = "migration_failed"


async def migrate(url: str) -> None:
    """Apply what is missing.

    dbmate takes no lock of its own. We poll for one: a blocking lock would deadlock with
    CREATE INDEX CONCURRENTLY, which waits for every older transaction.
    """
    connection = await _connect(url)
    try:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            await asyncio.sleep(0.1)
        await asyncio.to_thread(_dbmate, url, "migrate")
    finally:
        await connection.close()


async def is_migrated(connection: Connection) -> bool:
    """Tell whether the newest migration of this release is applied."""
    newest = max(path.name.split("_")[0] for path in MIGRATIONS.glob("*.sql"))
    try:
        return bool(await connection.fetchval("SELECT 1 FROM schema_migrations WHERE version = $1", newest))
    except asyncpg.UndefinedTableError:
        return False


async def _connect(url: str) -> asyncpg.Connection[asyncpg.Record]:
    deadline = time.monotonic() + 60
    while True:
        try:
            return await asyncpg.connect(url)
        except asyncpg.InvalidCatalogNameError:
            await asyncio.to_thread(_dbmate, url, "create")
        except PASSING as error:
            if time.monotonic() > deadline:
                raise Unavailable(f"连接数据库失败：{error}") from error
            await asyncio.sleep(0.1)


def _dbmate(url: str, verb: str) -> None:
    beside = Path(sys.executable).parent / "dbmate"
    command = str(beside) if beside.exists() else shutil.which("dbmate")
    if command is None:
        raise MigrationFailed("找不到 dbmate，请重新执行 make setup")
    done = subprocess.run(  # noqa: S603 - our own command and folder
        [command, "--url", _with_sslmode(url), "--migrations-dir", str(MIGRATIONS), "--no-dump-schema", verb],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        # The address in dbmate's words would hold the password.
        words = (done.stderr or done.stdout).replace(url, "…").strip()
        raise MigrationFailed(f"数据库升级失败：{words[-800:]}")


def _with_sslmode(url: str) -> str:
    if "sslmode=" in url or "host=/" not in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}sslmode=disable"
