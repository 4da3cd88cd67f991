"""Bring the database to the newest schema, one process at a time."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

from models.errors import Unavailable
from models.store.database import CONNECT_WITHIN_S, PASSING, SQL_FOLDER, refused

if TYPE_CHECKING:
    from models.store.lender import Connection

LOCK: Final = 7345001
MIGRATIONS: Final = SQL_FOLDER / "migrations"
OLDEST_SERVER: Final = 150000
# Any database of the server: where a new one is made from.
MAINTENANCE: Final = "postgres"


class MigrationFailed(Unavailable):
    """The schema could not be brought up to date; the detail says why."""

    code = "migration_failed"


class NotMigrated(Unavailable):
    """The database has no schema, or an older one."""

    code = "not_migrated"


async def migrate(url: str) -> None:
    """Apply what is missing, making the database itself where there is none. Raises MigrationFailed, Unavailable.

    dbmate takes no lock of its own. We poll for one: a blocking lock would deadlock with
    CREATE INDEX CONCURRENTLY, which waits for every older transaction.
    """
    connection, single = await _connect(url)
    try:
        await _check_server(connection)
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            await asyncio.sleep(0.1)
        is_encrypted = await connection.fetchval("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        await asyncio.to_thread(_dbmate, _with(single, "sslmode", "require" if is_encrypted else "disable"))
    finally:
        await connection.close()


async def make_database(url: str) -> str:
    """Make the database where there is none; returns the address of the server that takes writes."""
    connection, single = await _connect(url)
    try:
        await _check_server(connection)
    finally:
        await connection.close()
    return single


def newest() -> str:
    """Return the newest change of the schema that this release knows."""
    return max(path.name.split("_")[0] for path in MIGRATIONS.glob("*.sql"))


async def check_migrated(url: str) -> None:
    """Raise NotMigrated where the database is missing or older than this release; waits for one that is starting."""
    missing = NotMigrated("数据库尚未建立或未升级到本版本，请先执行 hotline migrate（或 hotline up）")
    deadline = time.monotonic() + CONNECT_WITHIN_S
    while True:
        try:
            with refused():
                connection = await asyncpg.connect(url)
            try:
                if not await is_migrated(connection):
                    raise missing
            finally:
                await connection.close()
        except asyncpg.InvalidCatalogNameError:
            raise missing from None
        except PASSING as error:
            if time.monotonic() > deadline:
                raise Unavailable(f"连接数据库失败：{error}") from error
            await asyncio.sleep(0.1)
        else:
            return


async def is_migrated(connection: Connection) -> bool:
    """Tell whether the newest migration of this release is applied."""
    try:
        return bool(await connection.fetchval("SELECT 1 FROM schema_migrations WHERE version = $1", newest()))
    except asyncpg.UndefinedTableError:
        return False


async def _connect(url: str) -> tuple[asyncpg.Connection[asyncpg.Record], str]:
    """Connect to the server that takes writes; return its own address too, for dbmate knows of one host only."""
    deadline = time.monotonic() + CONNECT_WITHIN_S
    with refused():
        addresses = _hosts(url)
    while True:
        for address in addresses:
            try:
                with refused():
                    return await asyncpg.connect(_with(address, "target_session_attrs", "read-write")), address
            except asyncpg.InvalidCatalogNameError:
                await _create_database(address)
            except PASSING as error:
                if time.monotonic() > deadline:
                    raise Unavailable(f"连接数据库失败：{error}") from error
        await asyncio.sleep(0.1)


async def _create_database(url: str) -> None:
    """Make the database in UTF-8 whatever the server's own encoding is; somebody else may be faster."""
    parts = urlsplit(url)
    connection = await asyncpg.connect(urlunsplit(parts._replace(path=f"/{MAINTENANCE}")))
    try:
        quoted = await connection.fetchval("SELECT quote_ident($1)", parts.path.removeprefix("/"))
        await connection.execute(f"CREATE DATABASE {quoted} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0")
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationFailed(f"数据库 {parts.path[1:]} 不存在，本用户也无权建立它，请由管理员建立") from error
    finally:
        await connection.close()


async def _check_server(connection: Connection) -> None:
    """Raise MigrationFailed for a server on which what we write would go wrong later."""
    if int(await connection.fetchval("SHOW server_version_num")) < OLDEST_SERVER:
        raise MigrationFailed("PostgreSQL 版本过旧，需要 15 或更高版本")
    if await connection.fetchval("SHOW server_encoding") != "UTF8":
        raise MigrationFailed("数据库编码不是 UTF8，请重建：CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0")


def _hosts(url: str) -> list[str]:
    """Split postgresql://…@h1,h2/db into one address a host; what only asyncpg understands is left out."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] != "target_session_attrs"])
    return [urlunsplit(parts._replace(netloc=f"{user}{at}{host}", query=query)) for host in hosts.split(",")]


def _with(url: str, name: str, value: str) -> str:
    """Add a parameter to an address, unless the operator has set it."""
    if f"{name}=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}{name}={value}"


def _dbmate(url: str) -> None:
    beside = Path(sys.executable).parent / "dbmate"
    command = str(beside) if beside.exists() else shutil.which("dbmate")
    if command is None:
        raise MigrationFailed("找不到 dbmate，请重新执行 make setup")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DBMATE_", "PG"))}
    done = subprocess.run(  # noqa: S603 - our own command and folder
        [command, "--env-file", os.devnull, "--migrations-dir", str(MIGRATIONS), "--no-dump-schema", "migrate"],
        # Not as an argument: the address holds the password, and everybody may read a command line.
        env={**environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        # The address in dbmate's words would hold the password.
        words = (done.stderr or done.stdout).replace(url, "…").strip()
        raise MigrationFailed(f"数据库升级失败：{words[-800:]}")
