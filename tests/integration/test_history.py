"""历史导入: what an old platform's tickets become, once each, whole or not at all."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
import pytest

from hotline import kept_file
from hotline.app import read_keyring_file
from hotline.commands import history as command
from hotline.commands.history import FEW
from hotline.config import Settings
from hotline.history import Importer, Outcome
from hotline.recount import History, problems
from models.cipher import with_new_key
from models.city_files import read_city
from models.history_mapping import OldMapping, read_mapping
from models.history_rows import FileRow
from models.store import auto_dispatch, backlog, events, tickets, worklists
from models.store.worklists import Filter
from models.trail import broken_link

if TYPE_CHECKING:
    from hotline.hub import Hub
    from tests.integration.conftest import World

ROOT = Path(__file__).parent.parent.parent
LAMP = "东湖区翠湖路和建设路交叉口的路灯坏了三天，钱某某晚上不敢出门。"
REPLY = "您反映的路灯已于次日更换，现已恢复照明。"
MAPPING = """
source = "旧平台"
[columns]
number = "编号"
text = "内容"
registered_at = "受理"
closed_at = "办结"
due_at = "期限"
department = "单位"
reply = "答复"
satisfaction = "满意"
name = "姓名"
phone = "电话"
[constants]
channel = "phone"
state = "archived"
[unknown]
department = "none"
"""
ROW = {
    "编号": "2019-0001",
    "内容": LAMP,
    "受理": "2019-02-08 11:25",
    "办结": "2019-02-10 09:00",
    "期限": "2019-02-15",
    "单位": "城管局",
    "答复": REPLY,
    "满意": "5",
    "姓名": "钱某某",
    "电话": "13800000001",
}
TABLES = ("tickets", "ticket_texts", "events", "assignments", "ratings")


@pytest.fixture
def mapping(hub: Hub, tmp_path: Path) -> OldMapping:
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return read_mapping(tmp_path / "mapping.toml", hub.city)


def rows(*changes: dict[str, str]) -> list[FileRow]:
    return [FileRow(n, {**ROW, **change}) for n, change in enumerate(changes, start=2)]


async def take(world: World, mapping: OldMapping, *changes: dict[str, str], is_dry: bool = False) -> Outcome:
    return await Importer(world.hub, mapping, "old.csv").take(rows(*changes), is_dry=is_dry)


async def the_one(world: World) -> str:
    (found,) = (await world.get("/api/v1/tickets?q=2019-0001", who="supervisor"))["tickets"]
    return str(found["number"])


async def test_an_old_ticket_stands_in_its_month_with_its_words_sealed(world: World, mapping: OldMapping) -> None:
    assert await take(world, mapping, {}) == Outcome(1, 0, [])
    number = await the_one(world)
    assert number.startswith("201902")
    ticket = await world.ticket(number)
    assert (ticket["state"], ticket["imported_from"], ticket["old_number"]) == ("archived", "旧平台", "2019-0001")
    assert "路灯" in ticket["text"]
    assert "钱某某" not in ticket["text"]
    assert (ticket["district"], ticket["lead"]["code"]) == ("donghu", "urban")
    (part,) = ticket["assignments"]
    assert (part["state"], part["department"]["code"]) == ("accepted", "urban")
    assert [reply["text"] for reply in ticket["replies"]] == [REPLY]
    assert datetime.fromisoformat(part["reply_by"]) == datetime(2019, 2, 14, 16, tzinfo=UTC)
    assert datetime.fromisoformat(ticket["closed_at"]) == datetime(2019, 2, 10, 1, tzinfo=UTC)
    (row,) = await world.rows("SELECT masked_text, text, caller FROM ticket_texts")
    assert LAMP.encode() not in row["text"]
    assert b"13800000001" not in row["caller"]
    (found,) = await world.rows("SELECT solved, satisfied, score FROM ratings")
    assert tuple(found) == (True, True, 5)


async def test_the_reply_and_the_caller_open_under_our_keys(world: World, mapping: OldMapping) -> None:
    await take(world, mapping, {})
    async with world.hub.database.session() as session:
        (row,) = await session.connection.fetch("SELECT ticket_id, reply FROM assignments")
        ticket_id = row["ticket_id"]
        assert session.keyring.unseal(row["reply"], "assignments", "reply", f"{ticket_id}/1") == REPLY
        text = await tickets.text(session, ticket_id)
        assert (text.text, text.caller_name, text.caller_phone) == (LAMP, "钱某某", "13800000001")
        ticket = await tickets.get(session, ticket_id)
        assert ticket.caller_index == session.keyring.blind_index("13800000001")


async def test_without_a_department_the_reply_is_the_hotlines_own(world: World, mapping: OldMapping) -> None:
    await take(world, mapping, {"单位": "某某办"})
    ticket = await world.ticket(await the_one(world))
    assert (ticket["lead"], ticket["assignments"], ticket["answer"]) == (None, [], REPLY)


async def test_the_trail_holds_and_its_dates_are_those_that_are_stored(world: World, mapping: OldMapping) -> None:
    await take(world, mapping, {})
    number = await the_one(world)
    assert await world.trail(number) == ["imported"]
    clock = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    assert [(one["is_as_stored"], one["due"]) for one in clock["assignments"]] == [(True, [])]
    history = await _history(world)
    assert broken_link(history.trail, history.ticket) is None
    assert problems(history, world.hub.calendars) == []


@pytest.mark.parametrize("sql", ["UPDATE assignments SET reply_by = reply_by + interval '1 day'",
                                 "UPDATE tickets SET promised_at = promised_at + interval '1 day'"])  # fmt: skip
async def test_a_date_changed_in_sql_is_found(world: World, mapping: OldMapping, sql: str) -> None:
    await take(world, mapping, {})
    await world.rows(sql)
    (said,) = problems(await _history(world), world.hub.calendars)
    assert "不符" in said


async def _history(world: World) -> History:
    async with world.hub.database.session() as session:
        (ticket_id,) = await events.ticket_ids(session, 0, 9)
        return History(
            await tickets.get(session, ticket_id),
            await tickets.assignments(session, ticket_id),
            await events.of_ticket(session, ticket_id),
        )


async def test_nobody_is_told_nothing_is_timed_and_nothing_is_owed(world: World, mapping: OldMapping) -> None:
    await take(world, mapping, {}, {"编号": "2019-0002", "受理": "2026-11-20", "办结": "2026-11-22", "期限": ""})
    for table in ("timers", "deliveries", "notices", "wave_tickets", "examples", "handoffs", "idempotency"):
        assert await world.rows(f"SELECT * FROM {table}") == []
    async with world.hub.database.session() as session:
        figures = await backlog.figures(session, world.hub.now())
        assert (figures["open"], figures["backlog"]) == (0, {"net": 0, "gross": 0})
        assert await auto_dispatch.outcomes(session, world.hub.now() - timedelta(days=30)) == {}
        assert await auto_dispatch.shares(session, world.hub.now() - timedelta(days=30)) == {}
        assert await tickets.spread(session, world.hub.now() - timedelta(days=7), 100) == []
        assert await events.since(session, world.hub.now() - timedelta(days=1), 100) == []


async def test_the_same_number_comes_once_from_one_source(world: World, mapping: OldMapping) -> None:
    await take(world, mapping, {}, {"编号": "2019-0002"})
    assert await take(world, mapping, {}, {"编号": "2019-0003"}) == Outcome(1, 1, [])
    assert await take(world, msgspec.structs.replace(mapping, source="另一平台"), {}) == Outcome(1, 0, [])
    assert await _counts(world) == dict.fromkeys(TABLES, 4)


async def test_two_imports_at_once_import_each_ticket_once(world: World, mapping: OldMapping) -> None:
    changes = [{"编号": f"2019-{n}"} for n in range(40)]
    found = await asyncio.gather(*(take(world, mapping, *changes) for _ in range(3)))
    assert sum(outcome.imported for outcome in found) == 40
    assert await _counts(world) == dict.fromkeys(TABLES, 40)


async def test_a_batch_that_fails_in_its_last_row_leaves_nothing(world: World, mapping: OldMapping) -> None:
    await world.rows("ALTER TABLE ratings ADD CONSTRAINT stops CHECK (score <> 1)")
    with pytest.raises(asyncpg.CheckViolationError):
        await take(world, mapping, {}, {"编号": "2019-0002", "满意": "1"})
    assert await _counts(world) == dict.fromkeys(TABLES, 0)
    assert await world.rows("SELECT * FROM imported") == []


async def test_refused_rows_are_told_and_the_others_are_imported(world: World, mapping: OldMapping) -> None:
    outcome = await take(world, mapping, {"受理": "昨天"}, {}, {"编号": "2", "内容": ""})
    assert (outcome.imported, outcome.known) == (1, 0)
    assert [(one.line, one.column, one.value) for one in outcome.refused] == [(2, "受理", "昨天"), (4, "内容", "")]


async def test_a_dry_run_writes_nothing(world: World, mapping: OldMapping) -> None:
    assert await take(world, mapping, {}, is_dry=True) == Outcome(1, 0, [])
    assert await _counts(world) == dict.fromkeys(TABLES, 0)


async def test_what_is_recent_is_met_by_new_requests_and_what_is_old_keeps_no_bands(
    world: World, mapping: OldMapping
) -> None:
    await take(world, mapping, {}, {"编号": "2026-1", "受理": "2026-11-20", "办结": "2026-11-22", "期限": ""})
    receipt = await world.register(LAMP, caller={"name": "钱某某", "phone": "13800000001"})
    ((number, relation),) = [(one["number"], one["relation"]) for one in receipt["possible_duplicates"]]
    assert (number[:6], relation) == ("202611", "repeat")
    assert not await world.rows("SELECT * FROM ticket_bands WHERE ticket_id < 202600 * 10000000000")


async def test_what_people_said_then_is_kept_and_the_rest_is_read(world: World, mapping: OldMapping) -> None:
    told = msgspec.structs.replace(mapping, constants={**mapping.constants, "category": "010101", "kind": "praise"})
    await take(world, told, {})
    await take(world, mapping, {"编号": "2019-0009"})
    async with world.hub.database.session() as session:
        found = [one.ticket for one in await worklists.newest(session, Filter(), None, 9)]
    by_number = {ticket.old_number: ticket for ticket in found}
    first, second = by_number["2019-0001"], by_number["2019-0009"]
    assert (first.category, first.detail, first.kind) == ("0101", "010101", "praise")
    read = world.hub.reader.understand(LAMP, received_at=second.registered_at, caller_name="钱某某")
    assert (second.category, second.detail, second.kind) == (read.categories[0].code, read.detail, read.kind)
    (row,) = await world.rows("SELECT fingerprint FROM ticket_texts WHERE id = $1", second.id)
    assert row["fingerprint"] == read.fingerprint


async def _counts(world: World) -> dict[str, int]:
    return {table: (await world.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in TABLES}


def _write(folder: Path, changes: list[dict[str, str]]) -> None:
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    with (folder / "old.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, [*ROW])
        writer.writeheader()
        writer.writerows({**ROW, **change} for change in changes)


def test_a_batch_is_sealed_under_the_key_that_became_current_meanwhile(database_url: str, tmp_path: Path) -> None:
    _write(tmp_path, [])
    city = ROOT / "cities" / "yunzhou"
    settings = Settings(city=city, model_dir=ROOT / "build" / "model", data_dir=tmp_path, database_url=database_url)
    mapping = read_mapping(tmp_path / "mapping.toml", read_city(city))
    worker = command.Worker(command.Job(settings, database_url, mapping, "old.csv", is_dry=False))
    try:
        worker(rows({}))
        file = with_new_key(read_keyring_file(settings.keyring_file), settings.cipher_suite, is_current=True)
        kept_file.replace(settings.keyring_file, msgspec.json.encode(file))
        worker(rows({"编号": "2"}))
    finally:
        worker.close()

    async def keys() -> list[int]:
        connection = await asyncpg.connect(database_url)
        found = await connection.fetch("SELECT get_byte(text, 1) AS key FROM ticket_texts ORDER BY 1")
        await connection.close()
        return [row["key"] for row in found]

    assert asyncio.run(keys()) == [1, 2]


def test_the_command_reports_every_refused_row(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(tmp_path, [{}, {"编号": "2", "受理": "昨天"}, {}, {"编号": "4"}])
    settings = Settings(
        city=ROOT / "cities" / "yunzhou",
        model_dir=ROOT / "build" / "model",
        data_dir=tmp_path,
        database_url=database_url,
    )

    def run(*, is_strict: bool) -> tuple[int, dict[str, Any]]:
        files = (tmp_path / "old.csv", tmp_path / "mapping.toml", tmp_path / "refused.csv")
        code = command.import_file(settings, *files, is_dry=False, is_strict=is_strict, as_json=True)
        return code, json.loads(capsys.readouterr().out.splitlines()[-1])

    code, told = run(is_strict=False)
    assert (code, told["imported"], told["known"], told["refused"]) == (0, 2, 0, 2)
    code, told = run(is_strict=True)
    assert (code, told["imported"], told["known"], told["refused"]) == (1, 0, 2, 2)
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as lines:
        found = [(row["line"], row["column"], row["value"]) for row in csv.DictReader(lines)]
    assert found == [("3", "受理", "昨天"), ("4", "编号", "2019-0001")]


async def test_killed_in_the_middle_and_run_again_every_ticket_is_there_once(database_url: str, tmp_path: Path) -> None:
    count = FEW + 400
    _write(tmp_path, [{"编号": f"2019-{n:05d}"} for n in range(count)])
    connection = await asyncpg.connect(database_url)
    first = await _start(database_url, tmp_path)
    while not await connection.fetchval("SELECT count(*) FROM imported"):
        assert first.returncode is None
        await asyncio.sleep(0.05)
    os.kill(first.pid, signal.SIGKILL)
    await first.communicate()
    while await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ):
        await asyncio.sleep(0.05)
    left = await _whole(connection)
    assert 0 < left < count
    second = await _start(database_url, tmp_path)
    out, _ = await second.communicate()
    told = json.loads(out.splitlines()[-1])
    assert (told["imported"], told["known"], told["refused"]) == (count - left, left, 0)
    assert await _whole(connection) == count
    await connection.close()


async def _start(url: str, folder: Path) -> asyncio.subprocess.Process:
    environment = {**os.environ, "HOTLINE_DATABASE_URL": url, "HOTLINE_DATA_DIR": str(folder), "OMP_NUM_THREADS": "1"}
    files = (str(folder / "old.csv"), "--mapping", str(folder / "mapping.toml"), "--json")
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline", "import", *files, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )


async def _whole(connection: asyncpg.Connection[asyncpg.Record]) -> int:
    """How many tickets are there, after looking that none lacks anything."""
    counts = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in (*TABLES, "imported")}
    assert len(set(counts.values())) == 1, counts
    return int(counts["imported"])
