"""The store against the schema, on our PostgreSQL and on the machine's own: every query, enum and record fits."""

from __future__ import annotations

import ast
import asyncio
import itertools
import os
import signal
import types
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard, Union, get_args, get_origin, get_type_hints

import asyncpg
import pytest

from hotline.postgres import EmbeddedPostgres, answers
from models import lifecycle, vocabulary
from models.errors import NotFound, Unavailable
from models.lifecycle import TicketState
from models.store import database, deliveries, installation, steps, tickets, timers, worklists
from models.store.database import SQL_FOLDER, queries
from models.store.examples import Example
from models.store.migrations import migrate
from models.store.shadow_readings import ShadowReading
from models.ticket import Assignment, Ticket, Timer, id_of
from models.trail import TicketEvent
from models.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from models.cipher import Keyring
    from models.store.database import Session
    from tests.conftest import SystemPostgres
    from tests.integration.conftest import World

STORE = Path(database.__file__).parent
FILES = sorted(path.stem for path in SQL_FOLDER.glob("*.sql"))
TEXT = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
ENUMS: dict[str, set[Any]] = {
    "ticket_state": set(lifecycle.TicketState),
    "assignment_state": set(lifecycle.AssignmentState),
    "assignment_role": set(vocabulary.AssignmentRole),
    "kind": set(vocabulary.Kind),
    "channel": set(vocabulary.Channel),
    "identity": set(vocabulary.Identity),
    "disclosure": set(vocabulary.Disclosure),
    "provenance": set(vocabulary.Provenance),
    "role": set(vocabulary.Role),
    "delivery_state": set(get_args(deliveries.State)),
}
# What the database may hold for what Python has; text stands for enums too.
TYPES: dict[type, set[str]] = {
    str: {"text", "USER-DEFINED"},
    bool: {"boolean"},
    int: {"smallint", "integer", "bigint"},
    float: {"double precision"},
    bytes: {"bytea"},
    datetime: {"timestamp with time zone"},
    tuple: {"ARRAY"},
    list: {"ARRAY"},
    dict: {"json"},
}
_numbers = itertools.count()


@pytest.fixture(params=["embedded", "system"])
def server(request: pytest.FixtureRequest) -> EmbeddedPostgres | SystemPostgres:
    found: EmbeddedPostgres | SystemPostgres = request.getfixturevalue(
        "postgres" if request.param == "embedded" else "system_postgres"
    )
    return found


@pytest.fixture
async def database_url(server: EmbeddedPostgres | SystemPostgres) -> AsyncIterator[str]:
    """The same tests, the same SQL, on both; the hub of conftest.py stands on this one."""
    name = f"store_{next(_numbers)}"
    await migrate(server.url(name))
    yield server.url(name)
    admin = await asyncpg.connect(server.url())
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    found = await asyncpg.connect(database_url)
    yield found
    await found.close()


def names(found: Any) -> list[str]:
    """The queries of a file; aiosql makes a cursor's twin of every one that returns rows."""
    return [name for name in found.available_queries if not name.endswith("_cursor")]


async def test_every_query_prepares_with_the_parameters_that_it_names(
    connection: asyncpg.Connection[asyncpg.Record],
) -> None:
    prepared = 0
    for file in FILES:
        found = queries(file)
        for name in names(found):
            query = getattr(found, name)
            try:
                statement = await connection.prepare(query.sql)
            except asyncpg.PostgresError as error:
                pytest.fail(f"{file}.sql {name}: {error}")
            assert len(statement.get_parameters()) == len(query.parameters), f"{file}.sql {name}"
            prepared += 1
    assert prepared > 50


@pytest.mark.parametrize("file", FILES)
def test_every_query_is_called_from_its_own_file_with_its_own_parameters(file: str) -> None:
    found = queries(file)
    tree = ast.parse((STORE / f"{file}.py").read_text())
    assert {node.attr for node in ast.walk(tree) if is_query(node)} == set(names(found))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_query(node.func)):
        assert isinstance(call.func, ast.Attribute)
        given = {keyword.arg for keyword in call.keywords}
        wanted = set(getattr(found, call.func.attr).parameters)
        # None is a mapping that is unpacked: it may hold the rest.
        assert given - {None} <= wanted if None in given else given == wanted, f"{file}.{call.func.attr}"


def is_query(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "_SQL"


async def test_every_enum_of_the_database_equals_ours(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    rows = await connection.fetch(
        "SELECT t.typname, e.enumlabel FROM pg_enum AS e JOIN pg_type AS t ON t.oid = e.enumtypid"
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["typname"], set()).add(row["enumlabel"])
    assert found == {name: {str(member) for member in members} for name, members in ENUMS.items()}


@pytest.mark.parametrize(
    ("record", "table", "only_there"),
    [
        (Ticket, "tickets", {"erased_at"}),
        (Assignment, "assignments", set()),
        (TicketEvent, "events", set()),
        (Example, "examples", {"city_code"}),
        (ShadowReading, "shadow_readings", set()),
        # Which worker has it, and for how long, is no matter of the record.
        (Timer, "timers", {"claimed_until"}),
    ],
)
async def test_every_record_has_the_columns_of_its_table(
    connection: asyncpg.Connection[asyncpg.Record], record: type, table: str, only_there: set[str]
) -> None:
    rows = await connection.fetch(
        "SELECT column_name, is_nullable = 'YES' AS nullable, data_type FROM information_schema.columns WHERE table_name = $1",
        table,
    )
    columns = {row["column_name"]: row for row in rows}
    fields = get_type_hints(record)
    assert set(columns) == set(fields) | only_there
    for name, hint in fields.items():
        kinds, may_be_none = plain(hint)
        assert columns[name]["nullable"] == may_be_none, f"{table}.{name}"
        assert any(columns[name]["data_type"] in TYPES[kind] for kind in kinds), f"{table}.{name}"


def plain(hint: Any) -> tuple[list[type], bool]:
    """Return the plain types of an annotation and whether None is one of them."""
    options = get_args(hint) if get_origin(hint) in {Union, types.UnionType} else (hint,)
    kinds: list[Any] = [get_origin(option) or option for option in options if option is not type(None)]
    return [next(base for base in TYPES if issubclass(kind, base)) for kind in kinds], type(None) in options


async def test_the_same_key_twice_at_once_makes_one_ticket(world: World) -> None:
    receipts = await asyncio.gather(*(world.register(TEXT, key="the-same") for _ in range(8)))
    assert len({receipt["number"] for receipt in receipts}) == 1
    assert [row["n"] for row in await world.rows("SELECT count(*) AS n FROM tickets")] == [1]
    assert [row["n"] for row in await world.rows("SELECT count(*) AS n FROM idempotency")] == [1]


async def test_what_is_written_is_read_back_as_it_was(world: World) -> None:
    receipt = await world.register(TEXT, caller={"name": "王某", "phone": "13800000000"})
    async with world.hub.database.session() as session:
        ticket = await tickets.get(session, id_of(receipt["number"]))
        said = await tickets.text(session, ticket.id)
    assert said.text == TEXT
    assert (said.caller_name, said.caller_phone) == ("王某", "13800000000")
    assert ticket.state == receipt["state"]
    stored = await world.rows("SELECT * FROM ticket_texts")
    assert not [
        value for row in stored for value in row.values() if isinstance(value, bytes) and b"13800000000" in value
    ]


@pytest.mark.parametrize("looked_at", [1, 1000])
async def test_words_of_two_characters_and_more_are_found_newest_first(
    world: World, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr(worklists, "LOOKED_AT", looked_at)
    numbers = [(await world.register(f"{TEXT}第{n}次来电"))["number"] for n in range(3)]
    await world.register("西山区学府路小学门口摆摊占道，早晚接送孩子没法走。")
    async with world.hub.database.session() as session:
        for words in ("路灯", "翠湖路", "路灯 维修"):
            fits = worklists.Filter(tokens=world.hub.reader.search_tokens(words))
            found = await worklists.newest(session, fits, None, 10)
            assert [listed.ticket.number for listed in found] == numbers[::-1]
            rest = await worklists.newest(session, fits, id_of(numbers[2]), 1)
            assert [listed.ticket.number for listed in rest] == [numbers[1]]
        assert await worklists.newest(session, worklists.Filter(tokens=("不存在的词",)), None, 10) == []


@pytest.mark.parametrize("looked_at", [1, 2, 1000])
async def test_a_department_finds_all_that_it_had_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr(worklists, "LOOKED_AT", looked_at)
    monkeypatch.setattr(worklists, "OF_DEPARTMENT", 2)
    numbers = [(await world.register(f"{TEXT}第{n}次来电"))["number"] for n in range(5)]
    other = (await world.register("投诉：东湖区翠湖路一家超市销售过期食品，牛奶已过保质期，要求查处。"))["number"]
    lead, others = [(await world.ticket(number))["lead"]["code"] for number in (numbers[0], other)]
    assert lead != others
    words = world.hub.reader.search_tokens("路灯")
    async with world.hub.database.session() as session:

        async def found(size: int, **fits: Any) -> list[str]:
            listed = await worklists.newest(session, worklists.Filter(**fits), None, size)
            return [one.ticket.number for one in listed]

        assert await found(10, departments=[lead]) == numbers[::-1]
        assert await found(3, departments=[lead]) == numbers[:1:-1]
        assert await found(10, departments=[lead], tokens=words) == numbers[::-1]
        assert await found(10, departments=[lead], tokens=words, states=[TicketState.CLOSED]) == []
        assert await found(10, departments=[lead], kind=Kind.PRAISE) == []
        assert await found(10, departments=["nobody"]) == []
        assert await found(10, departments=["nobody"], tokens=words) == []


async def test_two_that_claim_timers_at_once_never_get_the_same(world: World) -> None:
    for n in range(6):
        await world.register(f"{TEXT}第{n}次来电")
    later, wall_now = world.clock.at + timedelta(days=90), datetime.now(UTC)

    async def claim() -> list[Timer]:
        async with world.hub.database.transaction() as session:
            found = await timers.claim(session, later, wall_now, 2)
            await asyncio.sleep(0.05)
            return found

    claimed = [
        (timer.ticket_id, timer.subject)
        for some in await asyncio.gather(*(claim() for _ in range(4)))
        for timer in some
    ]
    assert len(claimed) == len(set(claimed)) == len(await world.rows("SELECT 1 FROM timers"))


async def test_a_claim_lapses_and_another_worker_takes_over(world: World) -> None:
    await world.register(TEXT)
    later, wall_now = world.clock.at + timedelta(days=90), datetime.now(UTC)
    async with world.hub.database.session() as session:
        first = await timers.claim(session, later, wall_now, 10)
        assert first
        assert await timers.claim(session, later, wall_now, 10) == []
        again = await timers.claim(session, later, wall_now + timers.LEASE + timedelta(seconds=1), 10)
    assert {timer.subject for timer in again} == {timer.subject for timer in first}


async def test_partitions_of_a_month_are_made_once_though_many_ask(world: World) -> None:
    at = world.clock.at + timedelta(days=100)
    await asyncio.gather(*(world.hub.database.write(lambda session: steps.ensure_month(session, at)) for _ in range(6)))
    rows = await world.rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '_202703$'")
    assert len(rows) == 6


async def test_a_value_that_fits_no_column_is_our_mistake_and_not_tried_again(world: World) -> None:
    async def too_big(session: Session) -> None:
        await tickets.get(session, 2**70)

    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(asyncpg.DataError, match="out of int64 range"):
        await world.hub.database.read(too_big)
    assert loop.time() - began < 1


async def test_a_ticket_that_is_not_there_is_not_found(world: World) -> None:
    async with world.hub.database.session() as session:
        with pytest.raises(NotFound):
            await tickets.lock(session, 1)


async def test_another_keyring_is_refused_before_anything_is_written_under_it(
    database_url: str, keyring: Keyring, world: World
) -> None:
    from models import cipher

    now = datetime.now(UTC)
    await world.hub.database.write(lambda session: installation.check_keys(session, now))
    await world.hub.database.write(lambda session: installation.check_keys(session, now))
    stranger = await database.connect(database_url, world.hub.city.code, cipher.Keyring(cipher.generate()), size=1)
    with pytest.raises(installation.WrongKeyring, match="HOTLINE_KEYRING"):
        await stranger.write(lambda session: installation.check_keys(session, now))
    await stranger.close()


async def test_work_that_meets_a_killed_server_is_done_once_it_is_back(tmp_path: Path, keyring: Keyring) -> None:
    server = EmbeddedPostgres(tmp_path / "pg", options=["-c", "fsync=off"])
    await asyncio.to_thread(server.start)
    try:
        await migrate(server.url("hotline"))
        store = await database.connect(server.url("hotline"), "530100", keyring, size=2)
        now = datetime.now(UTC)
        await store.write(lambda session: installation.beat(session, "work", now, now))
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        while answers(server.sockets):
            await asyncio.sleep(0.01)
        asked = asyncio.create_task(store.read(lambda session: installation.last_beat(session, "work")))
        while not answers(server.sockets):
            await asyncio.to_thread(server.keep)
        assert await asked == now
        await store.close()
    finally:
        await asyncio.to_thread(server.stop)


async def test_a_server_that_stays_away_is_told_and_not_waited_for_for_ever(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "RETRY_FOR_S", 0.3)
    server = EmbeddedPostgres(tmp_path / "pg", options=["-c", "fsync=off"])
    await asyncio.to_thread(server.start)
    store = await database.connect(server.url(), "530100", keyring, size=2)
    await asyncio.to_thread(server.stop)
    with pytest.raises(Unavailable, match="稍后用同一请求重试"):
        await store.write(lambda session: session.connection.execute("SELECT 1"))
    await store.close()
