"""A server that follows the leader and only reads (从库): who asks for much, and decides nothing by it, is answered there."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Final, TypeVar

import asyncpg

from models.errors import HotlineError
from models.store.database import PASSING, SERVER_SETTINGS, keep_connection, prepare_connection, queries
from models.store.far import FARTHEST, Far, NotByReplica, far

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from models.store.database import Database
    from models.store.lender import Connection

T = TypeVar("T")

_SQL = queries("replica")
LOOK_EVERY_S: Final = 1.0
# Whoever reads waits no longer than this for a replica to say how far it is: the leader answers at once.
ANSWERS_WITHIN_S: Final = 1.0
LOOK_AGAIN_S: Final = 0.02
# A switched-off machine that is named first is known for one after some seconds; whoever reads does not wait for that.
CONNECTS_WITHIN_S: Final = 5.0
# One late answer is no reason to break off what is being read.
LOOKS_IN_VAIN: Final = 3
# An export or a report takes longer anyway than a replica that follows needs to catch up.
PATIENCE_S: Final = 5.0
# Who answered a far read: a replica, or the leader as there was trouble, as the asker had seen more, or as it failed there.
ANSWERS: Final = ("replica", "trouble", "seen", "failed")
NOT_YET: Final = "从库尚未连接"
GONE: Final = "从库没有应答"
NO_REPLICA: Final = "该地址不是从库（可能已升为主库）"
NO_LEADER: Final = "主库没有应答，无从比较"
STRANGE: Final = "该地址是别的数据库系统的从库"


class Replica:
    """The pool of one process at the replicas, and whether they are good enough to be asked.

    `trouble` says in Chinese why they are not, and is empty while they are. `answers` counts far reads by who answered.
    """

    def __init__(self, url: str, behind_s: float, *, size: int = 10) -> None:
        self._url = url
        self._behind_s = behind_s
        self._size = size
        # Where the leader was, and when (monotonic) it was asked, of the last seconds.
        self._places: deque[tuple[float, int]] = deque()
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._own: asyncpg.Connection[asyncpg.Record] | None = None
        self._connecting: asyncio.Task[asyncpg.Connection[asyncpg.Record]] | None = None
        # Which database system the leader is of.
        self._system: int | None = None
        self._in_vain = 0
        self._looking: asyncio.Task[None] | None = None
        self.trouble = NOT_YET
        self.answers: Counter[str] = Counter()

    def follow(self, leader: Database) -> None:
        """Look every second from now on how far the leader and the replica are."""
        self._looking = asyncio.create_task(self._look_on(leader))

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        self._give_up(NOT_YET)

    async def read(self, work: Callable[[Connection], Awaitable[T]], wanted: Far, *, is_together: bool) -> T:
        """Do the work on a replica; raises NotByReplica where the leader must do it, also where it was refused here."""
        try:
            async with self._connection(wanted) as connection, _moment(connection, is_together=is_together):
                found = await work(connection)
        except NotByReplica as error:
            self.answers[error.why] += 1
            raise
        except (HotlineError, asyncpg.PostgresError, *PASSING) as error:
            if isinstance(error, PASSING) and not isinstance(error, TimeoutError):
                # The next look tells more; until then nobody else tries.
                self.trouble = GONE
            self.answers["failed"] += 1
            raise NotByReplica("failed") from error
        self.answers["replica"] += 1
        return found

    @contextlib.asynccontextmanager
    async def _connection(self, wanted: Far) -> AsyncIterator[Connection]:
        """Lend a connection to a replica that is near enough to the leader and has replayed what was seen."""
        if self.trouble or self._pool is None:
            raise NotByReplica("trouble")
        until, pool = time.monotonic() + wanted.patience_s, self._pool
        try:
            connection = await pool.acquire(timeout=ANSWERS_WITHIN_S)
        except TimeoutError as error:
            # Others read for long: the replica is none the worse for it.
            raise NotByReplica("failed") from error
        try:
            # Behind one address there may be several replicas: each connection is asked for itself.
            while not await self._is_there(connection, wanted.seen):
                if time.monotonic() >= until:
                    raise NotByReplica("seen")
                await asyncio.sleep(LOOK_AGAIN_S)
            yield connection
        finally:
            await pool.release(connection)

    async def _is_there(self, connection: Connection, seen: int) -> bool:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                replayed = await _SQL.replayed(connection)
        except TimeoutError as error:
            self.trouble = GONE
            raise NotByReplica("failed") from error
        least = self._least()
        if least is None:
            raise NotByReplica("trouble")
        if replayed["system"] != self._system or replayed["place"] is None or replayed["place"] < least:
            # The next connection may lead to a better one.
            connection.terminate()
            raise NotByReplica("trouble")
        return bool(replayed["place"] >= seen)

    def _least(self) -> int | None:
        """Return where the leader was so long ago as a replica may be behind, None where it has not said so since."""
        while self._places and self._places[0][0] < time.monotonic() - self._behind_s:
            self._places.popleft()
        return self._places[0][1] if self._places else None

    async def _look_on(self, leader: Database) -> None:
        while True:
            asked_at = time.monotonic()
            if (place := await position(leader)) != FARTHEST:
                self._places.append((asked_at, place))
                if self._system is None:
                    self._system = await _system(leader)
            try:
                async with asyncio.timeout(ANSWERS_WITHIN_S):
                    await self._look()
            except (asyncpg.PostgresError, ValueError, *PASSING) as error:
                self._fail(f"{GONE}（{type(error).__name__}）")
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        """Ask on a connection of our own, so that many long reads do not look like a replica that is gone."""
        own = await self._mine()
        replayed, least = await _SQL.replayed(own), self._least()
        if replayed["place"] is None:
            # What was a replica leads now; behind the same address there may be another.
            self._give_up(NO_REPLICA)
        elif self._system is None or least is None:
            self.trouble = NO_LEADER
        elif replayed["system"] != self._system:
            self._give_up(STRANGE)
        elif replayed["place"] < least:
            self.trouble = f"从库落后主库超过{self._behind_s:g}秒"
            # Of several another one may be nearer.
            self._leave()
        else:
            await _SQL.readable(own)
            if self._pool is None:
                self._pool = await self._make_pool()
            self._in_vain, self.trouble = 0, ""

    async def _mine(self) -> asyncpg.Connection[asyncpg.Record]:
        """Return the connection that looks are made on; who is broken off here goes on connecting till the next look."""
        if self._own is None:
            if self._connecting is None:
                self._connecting = asyncio.create_task(
                    asyncpg.connect(self._url, timeout=CONNECTS_WITHIN_S, server_settings=SERVER_SETTINGS)
                )
            await asyncio.wait({self._connecting})
            made, self._connecting = self._connecting, None
            self._own = made.result()
        return self._own

    async def _make_pool(self) -> asyncpg.Pool[asyncpg.Record]:
        return await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self._size,
            init=prepare_connection,
            reset=keep_connection,
            command_timeout=60,
            server_settings=SERVER_SETTINGS,
        )

    def _fail(self, why: str) -> None:
        """Ask it no more for now; after several looks in vain let go of what is being read there."""
        self._in_vain += 1
        if self._in_vain >= LOOKS_IN_VAIN:
            self._give_up(why)
        else:
            self.trouble = why
            self._leave()

    def _leave(self) -> None:
        """Let the next look be made on a new connection."""
        if self._own is not None:
            self._own.terminate()
            self._own = None

    def _give_up(self, why: str) -> None:
        """Let go of every connection: whoever waits on one is answered by the leader."""
        # The leader too may be another by now.
        self.trouble, self._system = why, None
        self._leave()
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None


@contextlib.asynccontextmanager
async def _moment(connection: Connection, *, is_together: bool) -> AsyncIterator[None]:
    """Let everything that is read be of one moment where that is wanted."""
    if not is_together:
        yield
        return
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        yield


async def position(leader: Database) -> int:
    """Return up to where the leader has written, and where it does not say so FARTHEST: then only the leader will do."""
    try:
        place: int = await leader.read_once(lambda session: _SQL.position(session.connection))
    except (HotlineError, asyncpg.PostgresError):
        return FARTHEST
    return place


async def _system(leader: Database) -> int | None:
    """Return of which database system the leader is, None where it does not say so."""
    try:
        found: int = await leader.read_once(lambda session: _SQL.system(session.connection))
    except (HotlineError, asyncpg.PostgresError):
        return None
    return found


@contextlib.asynccontextmanager
async def up_to_now(leader: Database) -> AsyncIterator[None]:
    """Let what is read within come from a replica that has replayed all that is written by now: long work waits for that."""
    if leader.replica is None:
        yield
        return
    with far(await position(leader), PATIENCE_S):
        yield
