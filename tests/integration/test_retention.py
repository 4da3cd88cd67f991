"""保存期限: once a day what is over its time goes, in batches that a kill cannot tear, and nothing that must stay."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from unittest.mock import AsyncMock

import msgspec
import pytest

from hotline import retention
from hotline.commands import retention as command
from hotline.keys import SETTINGS
from models import cipher
from models.store import exports
from models.store import retention as store
from models.store.database import queries
from models.ticket import Actor, id_of
from models.vocabulary import Role
from tests.integration.chatting import Citizen
from tests.integration.conftest import FINGERPRINT_KEY, ROOT, START
from tests.integration.test_attachments import stored, upload
from tests.integration.test_caller import RUBBISH, given, happens
from tests.integration.test_erasing import (
    LAMP,
    NAME,
    PHONE,
    archived,
    auditor,
    dumped,
    of_a_call,
    sealed_of,
    years_later,
)

if TYPE_CHECKING:
    from pathlib import Path

    from models.retention import Retention
    from models.store.database import Session
    from tests.integration.conftest import World

__all__ = ["auditor"]
# More than the batch after which the worker waits to be killed.
MANY: Final = 10_000
WORKER = """
import asyncio, sys
from hotline import retention
from hotline.commands import retention as command
from hotline.app import build_hub
from hotline.config import read_settings
async def main():
    settings = read_settings()
    hub = await build_hub(settings, settings.database_url)
    print("ready", flush=True)
    while await retention.turn(hub, settings):
        print("batch", flush=True)
        sys.stdin.readline()
asyncio.run(main())
"""


async def a_day(world: World, **later: float) -> dict[str, store.Done]:
    """Let time go by and the workers do what a day asks for; returns what every rule did."""
    world.clock.move(**later)
    await world.fire()
    settings = world.client.app[SETTINGS]
    while await retention.turn(world.hub, settings):
        pass
    async with world.hub.database.session() as session:
        return {one.rule: one for one in await store.runs(session)}


async def test_a_ticket_is_erased_when_its_time_is_over_and_no_day_before(world: World, database_url: str) -> None:
    receipt, call, file = await of_a_call(world)
    number = receipt["number"]
    sealed = await sealed_of(world, number)
    kept = await a_day(world, days=5 * 365)
    assert (kept["tickets"].done, kept["tickets"].finished_at is not None) == (0, True)
    assert (await world.ticket(number))["text"] != "保存期满，个人信息已删除"
    assert stored(world, file).exists()

    gone = await a_day(world, days=3)
    assert (gone["tickets"].done, gone["tickets"].held, gone["tickets"].done_ever) == (1, 0, 1)
    page = await world.ticket(number)
    assert (page["text"], page["caller"]["phone"]) == ("保存期满，个人信息已删除", None)
    assert (await world.followed(receipt))["text"] == "保存期满，个人信息已删除"
    assert not stored(world, file).exists()
    after = await dumped(database_url)
    assert not [one for one in (*sealed, "修鞋摊") if one in after]
    assert await world.rows("SELECT FROM interactions WHERE id = $1 AND caller IS NULL", call)
    assert (await world.trail(number))[-1] == "erased"
    again = await a_day(world, days=1)
    assert (again["tickets"].done, again["tickets"].done_ever) == (0, 1)


async def test_what_must_stay_is_looked_at_again_every_day(world: World) -> None:
    receipt = await archived(world)
    await archived(world, text=RUBBISH)
    one = id_of(receipt["number"])
    await world.rows(
        "INSERT INTO incidents (city_code, lead, title, opened_by, opened_at) VALUES ($1, $2, '停电', 'x', $3)",
        world.hub.city.code, one, START,
    )  # fmt: skip
    done = await a_day(world, days=6 * 365)
    assert (done["tickets"].done, done["tickets"].held) == (1, 1)
    assert [row["id"] for row in await world.rows("SELECT id FROM tickets WHERE erased_at IS NULL")] == [one]
    await world.rows("UPDATE incidents SET closed_at = $1", world.clock.now())
    done = await a_day(world, days=1)
    assert (done["tickets"].done, done["tickets"].held) == (1, 0)


async def test_a_chat_that_is_due_is_counted_once(world: World) -> None:
    chat = await Citizen.comes(world)
    await chat.say("东湖区翠湖路的路灯坏了")
    world.clock.move(days=370)
    due = await world.hub.database.read(
        lambda session: store.counts(session, retention.untils(_terms(world), world.clock.now()), 100)
    )
    assert (due["calls"], due["chats"]) == (0, 1)


async def test_calls_and_chats_of_which_no_ticket_came_go_earlier_than_those_with_one(world: World) -> None:
    receipt, call, _ = await of_a_call(world)
    lost = await given(world, PHONE)
    await happens(world, lost, "ended", outcome="answered", transcript=f"我是{NAME}")
    chat = await Citizen.comes(world)
    await chat.say("我是欧阳雪梅，东湖区翠湖路的路灯坏了")
    assert await world.rows("SELECT FROM conversation_turns")
    # As the chatbot beside the hub makes its table.
    await world.rows("CREATE TABLE chatbot.events (sender_id text, data text)")
    await world.rows("INSERT INTO chatbot.events VALUES ($1, 'masked'), ('c0', 'masked')", f"c{chat.id}")
    await a_day(world, days=360)
    assert await world.rows("SELECT FROM interactions WHERE id = $1 AND caller IS NOT NULL", lost)
    done = await a_day(world, days=10)
    assert done["calls"].done >= 1
    assert await world.rows("SELECT FROM interactions WHERE id = $1 AND caller IS NULL AND transcript IS NULL", lost)
    assert await world.rows("SELECT FROM interactions WHERE id = $1 AND caller IS NOT NULL", call), "its ticket is kept"
    assert await world.rows("SELECT FROM conversation_turns") == []
    assert [row["sender_id"] for row in await world.rows("SELECT sender_id FROM chatbot.events")] == ["c0"]
    assert await world.rows("SELECT FROM conversations WHERE draft IS NULL AND token_hash IS NULL")
    await a_day(world, days=5 * 365)
    assert await world.rows("SELECT FROM interactions WHERE caller IS NOT NULL OR transcript IS NOT NULL") == []
    assert await world.ticket(receipt["number"])


async def test_everything_else_goes_by_its_own_time(world: World) -> None:
    receipt = await archived(world)
    loose = await upload(world)
    who = Actor(Role.SUPERVISOR, "test-supervisor")

    async def some(session: Session) -> None:
        await exports.ask(session, who, {}, "csv", world.clock.now(), 5)

    await world.hub.database.write(some)
    await world.post(f"/api/v1/tickets/{receipt['number']}/reveal", {"reason": "需核实现场情况"}, who="agent")
    counted = {
        "answers": ("idempotency", 30), "uploads": ("attachments", 7), "notices": ("notices", 181),
        "access_log": ("access_log", 1096), "records": ("exports", 1826),
    }  # fmt: skip
    passed = 0
    for rule, (table, days) in sorted(counted.items(), key=lambda one: one[1][1]):
        before = len(await world.rows(f"SELECT FROM {table}"))
        assert before > 0, table
        await a_day(world, days=days - passed - 2)
        assert len(await world.rows(f"SELECT FROM {table}")) == before, f"{table} too early"
        done = await a_day(world, days=4)
        assert done[rule].done == before, rule
        assert await world.rows(f"SELECT FROM {table}") == [], table
        passed = days + 2
    assert not stored(world, loose).exists()


async def test_the_numbers_of_near_texts_are_emptied_month_by_month(world: World) -> None:
    await world.register(RUBBISH)
    assert await world.rows("SELECT FROM ticket_bands")
    assert (await a_day(world, days=60))["bands"].done == 0
    assert (await a_day(world, days=65))["bands"].done == 1
    assert await world.rows("SELECT FROM ticket_bands") == []


async def test_a_month_that_a_backup_reads_is_left_for_another_day(world: World) -> None:
    await world.register(RUBBISH)
    async with world.hub.database.session() as session, session.connection.transaction():
        # As pg_dump holds every table that it is to read.
        await session.connection.execute("LOCK TABLE ticket_bands IN ACCESS SHARE MODE")
        async with asyncio.timeout(15):
            assert (await a_day(world, days=125))["bands"].done == 0
    assert await world.rows("SELECT FROM ticket_bands")
    assert (await a_day(world, days=1))["bands"].done == 1


async def test_a_rule_that_fails_keeps_no_other_from_its_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.register(RUBBISH)
    monkeypatch.setattr(store, "full_bands", AsyncMock(side_effect=ValueError("broken")))
    done = await a_day(world, days=40)
    assert (done["answers"].finished_at is not None, done["tickets"].finished_at is not None) == (True, True)
    assert "bands" not in done


async def test_a_city_that_has_not_said_how_long_keeps_everything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.hub, "city", msgspec.structs.replace(world.hub.city, retention=None))
    await archived(world)
    assert await a_day(world, days=9 * 365) == {}


async def test_two_workers_at_once_do_everything_once(world: World) -> None:
    for text in (LAMP, RUBBISH):
        await archived(world, text=text)
    await years_later(world)
    world.clock.move(days=6 * 365)
    settings = world.client.app[SETTINGS]

    async def worker() -> None:
        idle = 0
        while idle < 3:
            idle = 0 if await retention.turn(world.hub, settings) else idle + 1

    await asyncio.gather(worker(), worker(), worker())
    rows = await world.rows("SELECT count(*) AS n FROM events WHERE type = 'erased' GROUP BY ticket_id")
    assert [row["n"] for row in rows] == [1, 1]
    assert await world.rows("SELECT FROM retention_runs WHERE finished_at IS NULL") == []


async def test_a_worker_that_is_killed_in_the_middle_has_done_whole_batches(
    world: World, database_url: str, tmp_path: Path
) -> None:
    world.hub.database.keyring = _own_keyring(tmp_path)
    # As it is with the other process.
    world.clock.at = datetime.now(UTC)
    receipt = await archived(world)
    hub, at = world.hub, world.clock.now()
    rows = [(hub.city.code, "web", f"k{n}", b"", 200, b"\1\1sealed", at - timedelta(days=365)) for n in range(MANY)]
    async with hub.database.session() as session:
        await session.connection.executemany("INSERT INTO idempotency VALUES ($1, $2, $3, $4, $5, $6, $7)", rows)
    ours = len(await world.rows("SELECT FROM idempotency")) - MANY
    environ = {"HOTLINE_DATABASE_URL": database_url, "HOTLINE_DATA_DIR": str(tmp_path)}
    process = await _start(environ)
    while (await process.stdout.readline()).strip() != b"batch":  # type: ignore[union-attr]
        assert process.returncode is None
    process.send_signal(signal.SIGKILL)
    await process.wait()
    left = len(await world.rows("SELECT FROM idempotency")) - ours
    (run,) = await world.rows("SELECT done, finished_at FROM retention_runs WHERE rule = 'answers'")
    assert 0 < left < MANY, "killed in the middle"
    assert (run["done"], run["finished_at"]) == (MANY - left, None)
    await a_day(world)
    assert len(await world.rows("SELECT FROM idempotency")) == ours
    (run,) = await world.rows("SELECT done, finished_at FROM retention_runs WHERE rule = 'answers'")
    assert (run["done"], run["finished_at"] is not None) == (MANY, True)
    assert NAME not in str(await world.ticket(receipt["number"]))
    assert (await world.ticket(receipt["number"]))["caller"]["phone"] is not None


async def test_what_is_due_is_found_without_reading_what_is_not(world: World) -> None:
    await archived(world)
    found = queries("retention")
    async with world.hub.database.session() as session:
        await session.connection.execute("SET enable_seqscan = off")
        for name in ("due_tickets", "due_calls", "due_chats", *store.DELETED):
            sql = getattr(found, name).sql
            nothing = ", ".join("NULL" for _ in set(re.findall(r"\$\d+", sql)))
            # As the hub has it: by a plan that fits any values.
            await session.connection.execute(f"PREPARE {name} AS {sql}")
            rows = await session.connection.fetch(f"EXPLAIN EXECUTE {name} ({nothing})")
            plan = "\n".join(row[0] for row in rows)
            assert "Seq Scan" not in plan, f"{name}\n{plan}"
            if name == "due_tickets":
                assert "closed_at_id_idx" in plan


def _own_keyring(folder: Path) -> cipher.Keyring:
    file = msgspec.structs.replace(cipher.generate(), fingerprint=FINGERPRINT_KEY)
    (folder / "keyring.json").write_bytes(msgspec.json.encode(file))
    (folder / "keyring.json").chmod(0o600)
    return cipher.Keyring(file)


async def _start(environ: dict[str, str]) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, env={**os.environ, **environ}, cwd=ROOT, stdin=pipe, stdout=pipe
    )


async def test_the_command_says_what_is_due_and_what_was_done(
    world: World,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world.hub.database.keyring = _own_keyring(tmp_path)
    await archived(world)
    world.clock.move(days=6 * 365)
    rows = await world.hub.database.read(
        lambda session: store.counts(session, retention.untils(_terms(world), world.clock.now()), 100)
    )
    assert (rows["tickets"], rows["tip_offs"], rows["notices"] > 0) == (1, 0, True)
    await a_day(world)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database_url)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    with pytest.raises(SystemExit, match="0"):
        await asyncio.to_thread(command.retention_)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == len(_terms(world).__struct_fields__)
    assert said[0].startswith("已结束工单中的个人信息\t保存5年，现到期0条，")
    assert "删除1条，累计删除1条\t依据：" in said[0]
    with pytest.raises(SystemExit, match="0"):
        await asyncio.to_thread(lambda: command.retention_(json=True))
    (row, *_) = json.loads(capsys.readouterr().out)["retention"]
    assert (row["rule"], row["kept_for"], row["due"], row["last"]["done"]) == ("tickets", "5y", 0, 1)


def _terms(world: World) -> Retention:
    terms = world.hub.city.retention
    assert terms is not None
    return terms
