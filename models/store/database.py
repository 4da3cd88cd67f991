"""Connections, transactions and what to do when the database goes away for a moment."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import aiosql
import asyncpg
import msgspec
from aiosql.adapters.asyncpg import AsyncPGAdapter

from models import spans
from models.errors import HotlineError, Unavailable
from models.store import far
from models.store.lender import ACQUIRE_WITHIN_S, AnyConnection, Lender

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from models.cipher import Keyring
    from models.store.lender import Connection, Connections
    from models.store.replica import Replica

T = TypeVar("T")

SQL_FOLDER: Final = Path(__file__).parent.parent / "sql"
# What is raised when the server dies, restarts or fails over: nothing was decided, so the same work may be tried
# again. Every write of ours is idempotent by a client's key or by the state that it checks first.
PASSING: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.DeadlockDetectedError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # Too many connections, no memory, a full disk: what an operator mends while the clients go on asking.
    asyncpg.InsufficientResourcesError,
    OSError,
    TimeoutError,
)
SERVER_SETTINGS: Final = {
    "plan_cache_mode": "force_generic_plan",
    # A process that stands still keeps its locks and would hold up all the others: it loses them after a minute.
    "idle_in_transaction_session_timeout": "60s",
}
RETRY_FOR_S: Final = 8.0
CONNECT_WITHIN_S: Final = 60.0
MADE_WITHIN_S: Final = 10.0
# Who asks whether the database is there wants to hear within seconds that it is not, though it hang.
ONCE_WITHIN_S: Final = 2.0


class BadDatabaseUrl(HotlineError):
    """The address of the database cannot be used, or the server refuses us."""

    code = "bad_database_url"
    status = 503


class Adapter(AsyncPGAdapter):
    """Runs a query on the connection that it is given.

    aiosql's own first looks whether it was given a pool, through all the attributes of what it was given, at every
    call: that cost as much as the way to PostgreSQL and back.
    """

    def __init__(self, file: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._file = file

    def _in_order(self, query: str, parameters: Any) -> list[Any]:
        ordered: list[Any] = self.maybe_order_params(query, parameters)  # type: ignore[no-untyped-call]
        return ordered

    async def select(
        self, conn: Connection, query: str, sql: str, parameters: Any, _record_class: None = None
    ) -> AsyncIterator[asyncpg.Record]:
        """Yield every row."""
        for row in await self._named(query, conn.fetch(sql, *self._in_order(query, parameters))):
            yield row

    async def select_one(
        self, conn: Connection, query: str, sql: str, parameters: Any, _record_class: None = None
    ) -> asyncpg.Record | None:
        """Return the first row."""
        return await self._named(query, conn.fetchrow(sql, *self._in_order(query, parameters)))

    async def select_value(self, conn: Connection, query: str, sql: str, parameters: Any) -> Any:
        """Return the first column of the first row."""
        return await self._named(query, conn.fetchval(sql, *self._in_order(query, parameters)))

    async def insert_update_delete(self, conn: Connection, query: str, sql: str, parameters: Any) -> str:
        """Return PostgreSQL's word for what was done, such as `DELETE 2`."""
        return await self._named(query, conn.execute(sql, *self._in_order(query, parameters)))

    def _named(self, query: str, running: Awaitable[T]) -> Awaitable[T]:
        return spans.named(self._file, query, running)


@cache
def queries(name: str) -> Any:
    """Read one .sql file; every query becomes a method of the same name."""
    return aiosql.from_path(SQL_FOLDER / f"{name}.sql", partial(Adapter, name))  # type: ignore[arg-type]


class Session:
    """One connection in the hands of one use case, with the city and the keys that every table needs."""

    def __init__(self, connection: Connection, city_code: str, keyring: Keyring) -> None:
        self.connection = connection
        self.city_code = city_code
        self.keyring = keyring


class Database:
    """The pool of one process."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], city_code: str, keyring: Keyring) -> None:
        self._lender = Lender(pool)
        self.city_code = city_code
        self.keyring = keyring
        # Who answers what is read far (models.store.far), None where only the leader is there.
        self.replica: Replica | None = None

    @contextlib.asynccontextmanager
    async def session(self, within_s: float = ACQUIRE_WITHIN_S) -> AsyncIterator[Session]:
        """Lend a connection without a transaction: one statement is its own transaction.

        It is waited for `within_s`, and as long again at the end where its server hangs.
        """
        async with self._lender.lend(within_s) as connection:
            yield Session(connection, self.city_code, self.keyring)

    @contextlib.asynccontextmanager
    async def loose(self) -> AsyncIterator[Session]:
        """Lend no connection: each statement takes one for itself, so that whoever waits between two holds none."""
        yield Session(cast("Connection", AnyConnection(self._lender)), self.city_code, self.keyring)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """Lend a connection inside a transaction: all or nothing."""
        async with self._lender.lend() as connection, connection.transaction():
            yield Session(connection, self.city_code, self.keyring)

    @contextlib.asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        """Lend a connection on which all that is read is of one moment, however many statements read it."""
        async with (
            self._lender.lend() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield Session(connection, self.city_code, self.keyring)

    async def read_once(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do the work on a connection or say at once that it cannot be done; raises Unavailable."""
        try:
            async with asyncio.timeout(ONCE_WITHIN_S), self.session(ONCE_WITHIN_S) as session:
                return await work(session)
        except PASSING as error:
            raise Unavailable("数据库没有应答") from error

    async def read(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do the work on a connection, again if the database went away meanwhile."""
        return await self._near_or_far(work, self.session, is_together=False)

    async def read_loosely(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do work that asks little by itself and waits for others in between, again if the database went away meanwhile."""
        return await self._persist(work, self.loose)

    async def read_together(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do work whose statements must see one moment, again if the database went away meanwhile."""
        return await self._near_or_far(work, self.snapshot, is_together=True)

    async def write(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do the work in a transaction, again if the database went away meanwhile; raises Unavailable."""
        return await self._persist(work, self.transaction)

    async def _near_or_far(
        self,
        work: Callable[[Session], Awaitable[T]],
        lend: Callable[[], contextlib.AbstractAsyncContextManager[Session]],
        *,
        is_together: bool,
    ) -> T:
        """Let a replica do the work where that will do, else the leader."""
        wanted = None if self.replica is None else far.wanted()
        if self.replica is not None and wanted is not None:
            with contextlib.suppress(far.NotByReplica):
                return await self.replica.read(
                    lambda connection: work(Session(connection, self.city_code, self.keyring)),
                    wanted,
                    is_together=is_together,
                )
        return await self._persist(work, lend)

    async def _persist(
        self,
        work: Callable[[Session], Awaitable[T]],
        lend: Callable[[], contextlib.AbstractAsyncContextManager[Session]],
    ) -> T:
        deadline = time.monotonic() + RETRY_FOR_S
        pause = 0.05
        while True:
            try:
                async with lend() as session:
                    return await work(session)
            except PASSING as error:
                if time.monotonic() + pause > deadline:
                    raise Unavailable("数据库暂时不可用，请稍后用同一请求重试，不会重复登记") from error
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)

    def connections(self) -> Connections:
        """Count the connections, and who waits for one."""
        return self._lender.count()

    async def close(self) -> None:
        """Close every connection, waiting shortly for work in progress."""
        if self.replica is not None:
            await self.replica.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._lender.close(), 5)


async def connect(url: str, city_code: str, keyring: Keyring, *, size: int = 10) -> Database:
    """Open the pool, waiting up to a minute for a server that is just starting; raises Unavailable, BadDatabaseUrl."""
    started = time.monotonic()
    while True:
        waited = time.monotonic() - started
        try:
            with refused():
                pool = await asyncpg.create_pool(
                    url,
                    min_size=1,
                    max_size=size,
                    init=prepare_connection,
                    reset=keep_connection,
                    command_timeout=60,
                    server_settings=SERVER_SETTINGS,
                )
        except asyncpg.InvalidCatalogNameError as error:
            if waited > MADE_WITHIN_S:
                raise Unavailable("数据库尚未建立，请先执行 hotline migrate（或 hotline up）") from error
        except PASSING as error:
            if waited > CONNECT_WITHIN_S:
                raise Unavailable(f"连接数据库失败：{error}") from error
        else:
            return Database(pool, city_code, keyring)
        await asyncio.sleep(0.1)


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """Turn what no waiting mends into words: an address that is none, a user or password that is not known."""
    try:
        yield
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise BadDatabaseUrl(f"数据库拒绝登录，请检查 HOTLINE_DATABASE_URL 的用户名和密码：{error}") from error
    except (ValueError, asyncpg.ClientConfigurationError) as error:
        raise BadDatabaseUrl("HOTLINE_DATABASE_URL 无效，应如 postgresql://用户:密码@主机:5432/数据库") from error


async def keep_connection(connection: Connection) -> None:
    """Nothing of ours changes a connection's state, so that the usual reset would be a round trip for nothing."""


async def prepare_connection(connection: Connection) -> None:
    """Let JSON come as what it says."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name,
            schema="pg_catalog",
            encoder=lambda value: msgspec.json.encode(value).decode(),
            decoder=msgspec.json.decode,
        )


def to_rows(records: list[Any]) -> str:
    """Write records as a JSON array that json_populate_recordset reads; bytes become hex."""
    if not records:
        return "[]"
    plain = msgspec.to_builtins(records, builtin_types=(bytes,))
    for row in plain:
        for name, value in row.items():
            if type(value) is bytes:
                row[name] = "\\x" + value.hex()
    return msgspec.json.encode(plain).decode()
