"""The schema comes up from nothing, twice at once, down and up again, on our PostgreSQL and on the machine's own."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from models.errors import Unavailable
from models.store import migrations
from models.store.database import BadDatabaseUrl
from models.store.migrations import MIGRATIONS, MigrationFailed, NotMigrated, check_migrated, is_migrated, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hotline.postgres import EmbeddedPostgres
    from tests.conftest import SystemPostgres
    from tests.integration.conftest import World

TEXT = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
_numbers = itertools.count()


@pytest.fixture(params=["embedded", "system"])
def server(request: pytest.FixtureRequest) -> EmbeddedPostgres | SystemPostgres:
    found: EmbeddedPostgres | SystemPostgres = request.getfixturevalue(
        "postgres" if request.param == "embedded" else "system_postgres"
    )
    return found


@pytest.fixture
async def fresh_url(server: EmbeddedPostgres | SystemPostgres) -> AsyncIterator[str]:
    """The address of a database that does not exist yet."""
    name = f"fresh_{next(_numbers)}"
    yield server.url(name)
    admin = await asyncpg.connect(server.url())
    await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await admin.close()


async def ask(url: str, sql: str, *args: Any) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(sql, *args)
    finally:
        await connection.close()


async def everything_in(url: str) -> list[str]:
    """The names of all our tables, indexes, sequences, types and functions."""
    rows = await ask(
        url,
        """
        SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION SELECT typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
        UNION SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1
        """,
    )
    return [row["name"] for row in rows if not row["name"].startswith("schema_migrations")]


async def test_several_at_once_make_the_database_and_its_schema_together(fresh_url: str) -> None:
    await asyncio.gather(*(migrate(fresh_url) for _ in range(4)))
    applied = await ask(fresh_url, "SELECT version FROM schema_migrations ORDER BY version")
    assert [row["version"] for row in applied] == sorted(path.name.split("_")[0] for path in MIGRATIONS.glob("*.sql"))


async def test_migrating_again_changes_nothing(fresh_url: str) -> None:
    await migrate(fresh_url)
    before = await everything_in(fresh_url)
    await migrate(fresh_url)
    assert await everything_in(fresh_url) == before


async def test_the_schema_goes_down_without_a_trace_and_up_again(fresh_url: str) -> None:
    await migrate(fresh_url)
    whole = await everything_in(fresh_url)
    for _ in MIGRATIONS.glob("*.sql"):
        dbmate(fresh_url, "rollback")
    assert await everything_in(fresh_url) == []
    await migrate(fresh_url)
    assert await everything_in(fresh_url) == whole


async def test_a_new_database_is_in_utf_8_whatever_the_server_is_in(fresh_url: str) -> None:
    await migrate(fresh_url)
    assert (await ask(fresh_url, "SHOW server_encoding"))[0][0] == "UTF8"


async def test_migrating_polls_for_the_lock_and_never_waits_inside_the_database(fresh_url: str) -> None:
    await migrate(fresh_url)
    holder = await asyncpg.connect(fresh_url)
    await holder.execute("SELECT pg_advisory_lock($1)", migrations.LOCK)
    waiting = asyncio.create_task(migrate(fresh_url))
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    while await holder.fetchval(sessions) < 2:
        await asyncio.sleep(0.02)
    for _ in range(5):
        await asyncio.sleep(0.05)
        assert not await holder.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted")
        assert not waiting.done()
    await holder.close()
    await asyncio.wait_for(waiting, 10)


async def test_a_database_that_is_not_in_utf_8_is_refused(system_postgres: SystemPostgres) -> None:
    await ask(system_postgres.url(), "CREATE DATABASE ascii_only")
    with pytest.raises(MigrationFailed, match="UTF8"):
        await migrate(system_postgres.url("ascii_only"))


async def test_a_server_that_is_too_old_is_refused(fresh_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "OLDEST_SERVER", 990000)
    with pytest.raises(MigrationFailed, match="15"):
        await migrate(fresh_url)


async def test_a_user_who_may_not_make_databases_is_told_so(system_postgres: SystemPostgres) -> None:
    await ask(system_postgres.url(), "CREATE USER guest PASSWORD 'guest'")
    url = f"postgresql://guest:guest@127.0.0.1:{system_postgres.port}/hotline"
    with pytest.raises(MigrationFailed, match="无权建立"):
        await migrate(url)


async def test_among_several_hosts_the_one_that_takes_writes_is_migrated(system_postgres: SystemPostgres) -> None:
    name = f"fresh_{next(_numbers)}"
    host = f"127.0.0.1:{system_postgres.port}"
    url = system_postgres.url(name).replace(host, f"127.0.0.1:1,{host}") + "?target_session_attrs=read-write"
    await migrate(url)
    await check_migrated(url)


async def test_a_wrong_password_and_an_address_that_is_none_are_told_at_once(system_postgres: SystemPostgres) -> None:
    with pytest.raises(BadDatabaseUrl, match="密码"):
        await migrate(system_postgres.url().replace("operator:", "operator:0"))
    with pytest.raises(BadDatabaseUrl, match="postgresql://"):
        await migrate("mysql://somewhere/else")


async def test_a_migration_that_fails_says_why_but_not_the_password(
    fresh_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "20990101000000_broken.sql").write_text(
        "-- migrate:up\nCREATE TABLE broken (n nonsense);\n-- migrate:down\n"
    )
    monkeypatch.setattr(migrations, "MIGRATIONS", tmp_path)
    with pytest.raises(MigrationFailed, match="nonsense") as caught:
        await migrate(fresh_url)
    password = fresh_url.partition("://")[2].partition("@")[0].partition(":")[2]
    assert password not in caught.value.detail


async def test_the_password_stands_in_no_command_line(fresh_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    password = fresh_url.partition("://")[2].partition("@")[0].partition(":")[2]
    seen: list[list[str]] = []
    run = subprocess.run

    def watched(command: list[str], **more: Any) -> Any:
        seen.append(command)
        return run(command, **more)

    monkeypatch.setattr(subprocess, "run", watched)
    await migrate(fresh_url)
    assert seen
    assert not [word for command in seen for word in command if password in str(word)]


async def test_a_database_without_our_schema_is_told_apart_from_none_and_from_ours(fresh_url: str) -> None:
    with pytest.raises(NotMigrated):
        await check_migrated(fresh_url)
    name = fresh_url.partition("?")[0].rpartition("/")[2]
    await ask(
        fresh_url.replace(f"/{name}", "/postgres"),
        f"CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0",
    )
    with pytest.raises(NotMigrated):
        await check_migrated(fresh_url)
    await migrate(fresh_url)
    await check_migrated(fresh_url)
    await ask(fresh_url, "DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)")
    connection = await asyncpg.connect(fresh_url)
    assert not await is_migrated(connection)
    await connection.close()


async def test_a_server_that_is_away_is_waited_for_and_then_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "CONNECT_WITHIN_S", 0.3)
    for work in (migrate, check_migrated):
        with pytest.raises(Unavailable, match="连接数据库失败"):
            await work("postgresql://somebody:x@127.0.0.1:1/hotline")


async def test_a_month_without_partitions_gets_them_when_its_first_ticket_comes(world: World) -> None:
    partitions = "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND relname ~ '_202704$'"
    assert await world.rows(partitions) == []
    world.clock.move(days=150)
    receipts = await asyncio.gather(*(world.register(TEXT, key=f"far-{n}") for n in range(5)))
    assert len({receipt["number"] for receipt in receipts}) == 5
    names = {row["name"].rpartition("_")[0] for row in await world.rows(partitions)}
    assert names == {"tickets", "ticket_texts", "ticket_bands", "assignments", "events", "event_words"}


async def test_months_that_were_there_before_the_words_of_events_get_a_place_for_them(fresh_url: str) -> None:
    await migrate(fresh_url)
    await ask(fresh_url, "SELECT ensure_month(202610), ensure_month(202611)")
    while (await ask(fresh_url, "SELECT to_regclass('event_words') AS found"))[0]["found"] is not None:
        dbmate(fresh_url, "rollback")
    # The release before goes on making its own five.
    await ask(fresh_url, "SELECT ensure_month(202612)")
    await migrate(fresh_url)
    rows = await ask(
        fresh_url, "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND relname ~ '^event_words_'"
    )
    assert {row["name"] for row in rows} == {f"event_words_{month}" for month in (202610, 202611, 202612)}


def dbmate(url: str, verb: str) -> None:
    """What an operator who goes back to the release before would call."""
    address = f"{url}{'&' if '?' in url else '?'}sslmode=disable"
    subprocess.run(
        [Path(sys.executable).parent / "dbmate", "--migrations-dir", MIGRATIONS, "--no-dump-schema", verb],
        env={**os.environ, "DATABASE_URL": address}, check=True, capture_output=True,
    )  # fmt: skip
