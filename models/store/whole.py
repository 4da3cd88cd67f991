"""The whole database: at one moment, for a backup; and whether there is anything in it at all."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

import asyncpg
from msgspec import Struct

from models.errors import Unavailable
from models.store.database import PASSING, queries, refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from models.store.lender import Connection

_SQL = queries("whole")
# A count of ten million rows takes its time.
COUNT_WITHIN_S: Final = 3600.0
# More than the largest city registers in a week. Numbers are handed out a hundred at a time.
LEFT_OUT: Final = 1_000_000


class Moment(Struct, frozen=True, kw_only=True):
    """What a database held at one moment; `snapshot` names it for as long as the moment is kept.

    `needed` are those of its keys without which something does not open.
    """

    snapshot: str
    migration: str
    cities: list[str]
    keys: dict[str, bytes]
    needed: frozenset[str]
    rows: dict[str, int]


@contextlib.asynccontextmanager
async def moment(url: str) -> AsyncIterator[Moment]:
    """Keep one moment of the database in view while it is copied; the hub goes on writing meanwhile."""
    async with _connected(url) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        keys = [row async for row in _SQL.all_keys(connection)]
        yield Moment(
            snapshot=await _SQL.export_snapshot(connection),
            migration=await _SQL.newest_migration(connection),
            cities=[row["city_code"] async for row in _SQL.cities(connection)],
            keys={row["key"]: row["digest"] for row in keys},
            needed=frozenset(row["key"] for row in keys if row["is_needed"]),
            rows=await _count(connection),
        )


async def rows(url: str) -> dict[str, int]:
    """Return how many rows every table holds; empty where there are no tables."""
    async with _connected(url) as connection:
        return await _count(connection)


async def leave_out_numbers(url: str) -> None:
    """Give no ticket a number that may have been told before: what was registered after a backup is known outside by it."""
    async with _connected(url) as connection:
        await _SQL.leave_out_numbers(connection, many=LEFT_OUT)


async def tidy(url: str) -> None:
    """Have the planner learn what lies in every table: a restored database knows nothing of it."""
    async with _connected(url) as connection:
        await connection.execute("ANALYZE", timeout=COUNT_WITHIN_S)


@contextlib.asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Connection]:
    try:
        with refused():
            connection = await asyncpg.connect(url)
    except PASSING as error:
        raise Unavailable(f"连接数据库失败：{error}") from error
    try:
        yield connection
    finally:
        await connection.close()


async def _count(connection: Connection) -> dict[str, int]:
    found = {}
    for name, quoted in [(row["name"], row["quoted"]) async for row in _SQL.tables(connection)]:
        # PostgreSQL itself has quoted the name.
        found[name] = await connection.fetchval(f"SELECT count(*) FROM {quoted}", timeout=COUNT_WITHIN_S)  # noqa: S608
    return found
