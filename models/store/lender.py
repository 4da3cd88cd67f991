"""Who lends the connections of one process, and knows how many wait for one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]

ACQUIRE_WITHIN_S: Final = 5.0


class Connections(NamedTuple):
    """The connections of one process: in use, open without use, and how many wait for one."""

    busy: int
    idle: int
    awaited: int


class Lender:
    """Lends the pool's connections, and knows how many wait for one."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool
        self._awaited = 0

    @contextlib.asynccontextmanager
    async def lend(self, within_s: float = ACQUIRE_WITHIN_S) -> AsyncIterator[Connection]:
        """Lend one, which is waited for `within_s`."""
        self._awaited += 1
        try:
            connection = await self._pool.acquire(timeout=within_s)
        finally:
            self._awaited -= 1
        try:
            yield connection
        finally:
            await self._pool.release(connection)

    def count(self) -> Connections:
        """Count them."""
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        return Connections(size - idle, idle, self._awaited)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()


class AnyConnection:
    """Runs each statement on whatever connection is free, the last used one first: between two of them none is held."""

    def __init__(self, lender: Lender) -> None:
        self._lender = lender

    def is_in_transaction(self) -> bool:
        """Never: every statement is its own."""
        return False

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """Return every row."""
        async with self._lender.lend() as connection:
            return await connection.fetch(sql, *arguments)

    async def fetchrow(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        """Return the first row."""
        async with self._lender.lend() as connection:
            return await connection.fetchrow(sql, *arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """Return the first column of the first row."""
        async with self._lender.lend() as connection:
            return await connection.fetchval(sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> str:
        """Return PostgreSQL's word for what was done."""
        async with self._lender.lend() as connection:
            return await connection.execute(sql, *arguments)
