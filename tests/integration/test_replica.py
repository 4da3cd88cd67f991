"""Far reads on a real streaming replica: one's own writes are seen at once, others' soon, and without it nobody notices."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from hotline import export
from hotline.postgres import EmbeddedPostgres
from models.store.far import FARTHEST, Far, NotByReplica
from models.store.replica import NOT_YET, STRANGE, Replica
from tests.integration.standby import Standby

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from models.store.lender import Connection
    from tests.integration.conftest import World

TEXT = "东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
BEHIND_S = 60.0
WORD = secrets.token_hex(8)


@pytest.fixture(scope="module")
def standby(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standby]:
    asyncio.run(make_reader(postgres.url()))
    made = Standby(postgres, tmp_path_factory.mktemp("standby") / "postgres")
    yield made
    made.stop()


async def make_reader(url: str) -> None:
    """Who may read everything and write nothing is enough at a replica."""
    leader = await asyncpg.connect(url)
    await leader.execute(f"CREATE ROLE reader LOGIN PASSWORD '{WORD}' IN ROLE pg_read_all_data")
    await leader.close()


@pytest.fixture
def replicas(database_url: str, postgres: EmbeddedPostgres, standby: Standby) -> str:
    """The address as an operator writes it who has no proxy: every server, whichever follows."""
    name = database_url.partition("?")[0].rpartition("/")[2]
    hosts = f"host={postgres.sockets},{standby.sockets}&port=5432,5432"
    return f"postgresql://reader:{WORD}@/{name}?{hosts}&target_session_attrs=standby"


@pytest.fixture
async def far(
    world: World, replicas: str, standby: Standby, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[Replica]:
    """The hub's replica, in use; on a busy machine it may take its time, unless a test is about that."""
    if "stands_still" not in request.node.name:
        monkeypatch.setattr("models.store.replica.ANSWERS_WITHIN_S", 10.0)
    async with using(world, replicas, BEHIND_S) as replica:
        await until(lambda: replica.trouble == "")
        yield replica
        await standby.resume()


class using:  # noqa: N801 - reads as what it is
    """A hub with a replica for as long as the block lasts."""

    def __init__(self, world: World, url: str, behind_s: float) -> None:
        self.database = world.hub.database
        self.replica = Replica(url, behind_s)

    async def __aenter__(self) -> Replica:
        self.database.replica = self.replica
        self.replica.follow(self.database)
        return self.replica

    async def __aexit__(self, *_: object) -> None:
        await self.replica.close()
        self.database.replica = None


async def until(is_so: Callable[[], bool], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


class Person:
    """Somebody with a token who brings along what the last answer said, as a program should."""

    def __init__(self, world: World, who: str) -> None:
        self._world, self._who, self.seen = world, who, ""

    async def ask(self, method: str, path: str, content: Any = None, *, status: int = 200) -> Any:
        headers = {
            "authorization": f"Bearer {await self._world.token(self._who)}",
            "idempotency-key": secrets.token_hex(8),
        }
        if self.seen:
            headers["hotline-seen"] = self.seen
        async with self._world.client.request(method, path, json=content, headers=headers) as response:
            said = await response.text()
            assert response.status == status, said
            self.seen = response.headers.get("hotline-seen", self.seen)
            return json.loads(said)

    async def register(self, text: str) -> str:
        return str((await self.ask("POST", "/api/v1/tickets", {"text": text}, status=201))["number"])

    async def list(self, more: str = "") -> list[str]:
        found = await self.ask("GET", f"/api/v1/tickets{more}")
        return [one["number"] for one in found["tickets"]]


async def test_ones_own_write_is_seen_at_once_and_anothers_when_the_replica_has_it(
    world: World, far: Replica, standby: Standby
) -> None:
    agent, other = Person(world, "agent"), Person(world, "dispatcher")
    before = await agent.register(TEXT)
    await eventually(other.list, [before])
    assert far.answers["replica"] >= 1

    await standby.pause()
    number = await agent.register("西山区人民路的窨井盖丢失，行人容易跌落，请尽快补上。")
    assert await agent.list() == [number, before]
    assert await agent.list("?q=窨井盖") == [number]
    assert far.answers["seen"] == 2
    answered = far.answers["replica"]
    assert await other.list() == [before]
    assert await other.list("?q=窨井盖") == []
    assert far.answers["replica"] == answered + 2

    # What it may know depends on who is accused: never by the replica, whatever it has seen.
    urban = (await agent.ask("GET", f"/api/v1/tickets/{number}"))["lead"]["code"]
    assert await Person(world, f"department:{urban}").list() == [number]
    assert (far.answers["seen"], far.answers["replica"]) == (2, answered + 2)

    await standby.resume()
    await eventually(other.list, [number, before])
    answered = far.answers["replica"]
    await eventually(lambda: _is_more(far, answered, agent), True)


async def eventually(ask: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    deadline = time.monotonic() + 10
    while (found := await ask()) != wanted:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)


async def _is_more(far: Replica, answered: int, agent: Person) -> bool:
    await agent.list()
    return far.answers["replica"] > answered


async def test_a_session_keeps_what_it_has_seen_in_a_cookie(
    world: World, far: Replica, standby: Standby, account: dict[str, str]
) -> None:
    client = world.client
    async with client.post("/api/v1/session", json=account) as response:
        assert response.status == 201
    receipt = await world.register(TEXT, channel="phone")
    await until(lambda: far.trouble == "")
    await standby.pause()
    page = await (await client.get(f"/api/v1/tickets/{receipt['number']}")).json()
    step = {"action": "note", "version": page["version"], "reason": "已电话核实路口位置。"}
    path, key = f"/api/v1/tickets/{receipt['number']}/steps", {"idempotency-key": secrets.token_hex(8)}
    async with client.post(path, json=step, headers=key) as response:
        assert response.status == 200, await response.text()
        kept = response.cookies["hotline-seen"]
    assert kept["httponly"]
    assert (kept["samesite"], kept["path"], kept["max-age"]) == ("Lax", "/", "10")
    answered = far.answers["seen"]
    async with client.get("/api/v1/tickets") as response:
        assert receipt["number"] in await response.text()
    assert far.answers["seen"] == answered + 1


async def test_a_replica_that_dies_is_noticed_by_nobody_and_used_again_when_it_is_back(
    world: World, far: Replica, standby: Standby
) -> None:
    dispatcher = Person(world, "dispatcher")
    number = (await world.register(TEXT))["number"]
    await eventually(dispatcher.list, [number])
    standby.stop()
    try:
        for _ in range(20):
            assert await dispatcher.list() == [number]
        for path in ("/api/v1/backlog", "/api/v1/backlog/ground", "/api/v1/books", "/api/v1/indicators"):
            await world.get(path, who="supervisor")
        await until(lambda: far.trouble != "")
        ready = await (await world.client.get("/readyz")).json()
        assert ready["replica"].startswith("从库没有应答")
        assert re.search(r"hotline_replica_up{pid=.*} 0\.0", await _metrics(world))
    finally:
        standby.start()
    await until(lambda: far.trouble == "")
    answered = far.answers["replica"]
    assert await dispatcher.list() == [number]
    assert far.answers["replica"] == answered + 1
    assert (await (await world.client.get("/readyz")).json())["replica"] == "ok"
    said = await _metrics(world)
    assert re.search(r"hotline_replica_up{pid=.*} 1\.0", said)
    assert 'hotline_far_reads_total{answer="replica",' in said


async def _metrics(world: World) -> str:
    return await (await world.client.get("/metrics")).text()


async def test_a_replica_that_stands_still_costs_a_read_its_patience_and_no_more(
    world: World, far: Replica, standby: Standby
) -> None:
    number = (await world.register(TEXT))["number"]
    dispatcher = Person(world, "dispatcher")
    await eventually(dispatcher.list, [number])
    standby.freeze()
    try:
        began = time.monotonic()
        assert await dispatcher.list() == [number]
        assert time.monotonic() - began < 20
        await until(lambda: far.trouble != "")
        began = time.monotonic()
        assert await dispatcher.list() == [number]
        # Nothing was waited for there: it answers nobody.
        assert time.monotonic() - began < 10
    finally:
        standby.thaw()
    await until(lambda: far.trouble == "", 30)


async def test_a_replica_that_is_too_far_behind_is_not_asked(world: World, replicas: str, standby: Standby) -> None:
    async with using(world, replicas, 2.0) as replica:
        await until(lambda: replica.trouble == "")
        await standby.pause()
        try:
            number = (await world.register(TEXT))["number"]
            await until(lambda: replica.trouble != "")
            assert replica.trouble == "从库落后主库超过2秒"
            assert await Person(world, "dispatcher").list() == [number]
            assert replica.answers["replica"] == 0
        finally:
            await standby.resume()
        await until(lambda: replica.trouble == "")


async def test_an_export_waits_for_the_replica_and_no_strange_mark_is_taken_for_one(world: World, far: Replica) -> None:
    number = (await world.register(TEXT))["number"]
    asked = await world.post("/api/v1/exports", {"filters": {}, "format": "csv"}, who="dispatcher", ok=(202,))
    assert await export.turn(world.hub) == 1
    headers = {"authorization": f"Bearer {await world.token('dispatcher')}"}
    async with world.client.get(f"/api/v1/exports/{asked['id']}/file", headers=headers) as response:
        assert number in (await response.read()).decode("utf-8-sig")
    assert far.answers["replica"] == 1

    dispatcher, department = Person(world, "dispatcher"), Person(world, "department:urban")
    dispatcher.seen = department.seen = "0/16B3748"
    for asker in (dispatcher, department):
        assert (await asker.ask("GET", "/api/v1/backlog", status=422))["code"] == "invalid_request"
    dispatcher.seen = str(FARTHEST)
    assert await dispatcher.list() == [number]
    assert far.answers == {"replica": 1, "seen": 1}


async def test_an_address_that_leads_to_the_leader_is_no_replica(world: World, database_url: str) -> None:
    async with using(world, database_url, BEHIND_S) as replica:
        await until(lambda: "不是从库" in replica.trouble)
        number = (await world.register(TEXT))["number"]
        assert await Person(world, "dispatcher").list() == [number]
        assert replica.answers == {"trouble": 1}


async def test_a_replica_of_another_leader_is_none_of_ours(
    world: World, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far its leader has written."""
    strange = EmbeddedPostgres(tmp_path / "strange", options=["-c", "fsync=off"])
    (tmp_path / "strange").mkdir(mode=0o700)
    strange.start()
    try:
        theirs = Standby(strange, tmp_path / "standby")
        try:
            monkeypatch.setattr("models.store.replica.ANSWERS_WITHIN_S", 10.0)
            async with using(world, theirs.url, BEHIND_S) as replica:
                await until(lambda: replica.trouble not in {"", NOT_YET}, 30)
                assert replica.trouble == STRANGE
                number = (await world.register(TEXT))["number"]
                assert await Person(world, "dispatcher").list() == [number]
                assert replica.answers == {"trouble": 1}
        finally:
            theirs.stop()
    finally:
        strange.stop()


async def test_who_finds_every_connection_lent_is_answered_by_the_leader_and_nobody_else_is(
    world: World, replicas: str, standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with using(world, replicas, BEHIND_S) as replica:
        replica.__dict__["_size"] = 1
        await until(lambda: replica.trouble == "")
        begun, end = asyncio.Event(), asyncio.Event()

        async def long(_: object) -> None:
            begun.set()
            await end.wait()

        reading = asyncio.create_task(replica.read(long, Far(0, 0.0), is_together=False))
        await begun.wait()
        with pytest.raises(NotByReplica):
            await replica.read(long, Far(0, 0.0), is_together=False)
        assert replica.trouble == ""
        # One look that is answered late breaks off nothing.
        monkeypatch.setattr("models.store.replica.LOOK_EVERY_S", 3.0)
        replica.__dict__["_own"].terminate()
        await until(lambda: replica.trouble != "")
        await until(lambda: replica.trouble == "")
        end.set()
        await reading
    assert replica.answers == {"failed": 1, "replica": 1}


async def test_a_connection_that_leads_to_a_worse_replica_is_given_up_for_the_next(
    world: World, far: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.store.replica.LOOK_EVERY_S", 60.0)
    await asyncio.sleep(1.5)

    async def pid(connection: Connection) -> int:
        return int(await connection.fetchval("SELECT pg_backend_pid()"))

    first = await far.read(pid, Far(0, 0.0), is_together=False)
    ours = far.__dict__["_system"]
    far.__dict__["_system"] = ours + 1
    with pytest.raises(NotByReplica):
        await far.read(pid, Far(0, 0.0), is_together=False)
    far.__dict__["_system"] = ours
    assert await far.read(pid, Far(0, 0.0), is_together=False) != first
    assert far.answers == {"replica": 2, "trouble": 1}


async def test_who_may_not_read_there_is_told_so(
    world: World, postgres: EmbeddedPostgres, standby: Standby, replicas: str
) -> None:
    await world.rows(f"CREATE ROLE stranger LOGIN PASSWORD '{WORD}'")
    try:
        async with using(world, replicas.replace("reader:", "stranger:"), BEHIND_S) as replica:
            await until(lambda: "InsufficientPrivilege" in replica.trouble, 20)
    finally:
        await world.rows("DROP ROLE stranger")


async def test_without_a_replica_nobody_asks_for_it(world: World, postgres: EmbeddedPostgres, far: Replica) -> None:
    """The server's own log of statements tells; with a replica the same two requests leave its words there."""
    await _log(world, "all")
    try:
        assert "pg_current_wal_lsn" in await _said(world, postgres)
        await far.close()
        world.hub.database.replica = None
        said = await _said(world, postgres)
    finally:
        await _log(world, "none")
    assert "pg_current_wal_lsn" not in said
    assert "SELECT" in said


async def _log(world: World, what: str) -> None:
    await world.rows(f"ALTER SYSTEM SET log_statement = '{what}'")
    await world.rows("SELECT pg_reload_conf()")
    # Every server process takes it over by itself.
    await asyncio.sleep(0.3)


async def _said(world: World, postgres: EmbeddedPostgres) -> str:
    before = postgres.log.stat().st_size
    agent = Person(world, "agent")
    number = await agent.register(TEXT)
    assert number in await agent.list()
    with postgres.log.open("rb") as log:
        log.seek(before)
        return log.read().decode(errors="replace")
