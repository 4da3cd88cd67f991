"""换钥: another key for everything while requests come in, though the command is killed in the middle of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

import asyncpg
import msgspec
import pytest

from hotline.app import read_keyring, read_keyring_file
from hotline.commands import keys
from hotline.config import Settings, read_settings
from models import cipher
from models.cipher import CannotOpen
from models.store import events, sealed, tickets
from models.store.database import Session
from models.store.installation import WrongKeyring, check_keys
from models.store.sealed import SEALED
from models.ticket import id_of
from tests.integration.conftest import FINGERPRINT_KEY, ROOT
from tests.integration.test_caller import given, seen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
PHONE = "13700000009"
# Enough that a kill lands in the middle of them.
MANY = 20_000
# Of every table's bytes those that are no sealed value: hashes, indexes, and what nobody keeps secret.
NOT_SEALED = {
    ("attachments", "sha256"),
    ("caller_limits", "caller_index"),
    ("city_versions", "document"),
    ("conversations", "outside_index"),
    ("conversations", "phone_index"),
    ("conversations", "token_hash"),
    ("credentials", "token_hash"),
    ("events", "body"),
    ("events", "hash"),
    ("events", "previous_hash"),
    ("idempotency", "request_digest"),
    ("identities", "identity"),
    ("interactions", "caller_index"),
    ("keyring", "digest"),
    ("phone_codes", "code_hash"),
    ("phone_codes", "phone_index"),
    ("recovery_codes", "code_hash"),
    ("reports", "content"),
    ("sessions", "token_hash"),
    ("sign_in_failures", "key"),
    ("supports", "supporter"),
    ("ticket_texts", "fingerprint"),
    ("tickets", "caller_index"),
    ("tickets", "head_hash"),
}


class Custodian:
    """The command `hotline keys` on the test's own database and keyring, which the test's hub reads too."""

    def __init__(self, world: World, environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self.environ = environ
        self._capsys = capsys
        self.keyring = read_settings(environ).keyring_file
        file = msgspec.structs.replace(cipher.generate(), fingerprint=FINGERPRINT_KEY)
        self.keyring.write_bytes(msgspec.json.encode(file))
        self.keyring.chmod(0o600)
        world.hub.database.keyring = read_keyring(read_settings(environ))

    async def start(self) -> asyncio.subprocess.Process:
        """Start a rotation in a process that can be killed."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hotline", "keys", "rotate"),
            env={**os.environ, **self.environ},
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def run(self, command: Callable[[], None]) -> tuple[int, str]:
        """Run a command in a thread of its own; returns its exit code and what it said."""
        self._capsys.readouterr()
        try:
            await asyncio.to_thread(command)
        except SystemExit as end:
            return int(str(end.code)), self._capsys.readouterr().out
        return 0, self._capsys.readouterr().out

    async def used(self) -> dict[int, int]:
        """How many values lie under each key."""
        found: dict[int, int] = {}
        async with self.world.hub.database.session() as session:
            for one in SEALED:
                for key, count in (await sealed.counts(session, one, [session.city_code])).items():
                    found[key] = found.get(key, 0) + count
        return found


@pytest.fixture
async def custodian(
    world: World, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Custodian:
    environ = {"HOTLINE_DATABASE_URL": database_url, "HOTLINE_DATA_DIR": str(tmp_path)}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(keys, "FOLLOW_WITHIN_S", 0.5)
    return Custodian(world, environ, capsys)


async def fill(world: World) -> None:
    """Many values that are quick to write: kept answers."""
    hub = world.hub
    keyring, code, at = hub.database.keyring, hub.database.city_code, world.clock.now()
    rows = [
        (code, "web", f"k{n}", b"", 200, keyring.seal("{}", "idempotency", "response", f"web/k{n}"), at)
        for n in range(MANY)
    ]
    async with hub.database.session() as session:
        await session.connection.executemany("INSERT INTO idempotency VALUES ($1, $2, $3, $4, $5, $6, $7)", rows)


async def life(world: World, numbers: list[str]) -> AsyncIterator[None]:
    """Requests come in, departments answer, and everything is read again at once, by the phone too."""
    call = await given(world, PHONE)
    while True:
        text = f"{LAMP}第{len(numbers)}次反映。"
        caller = {"name": "钱某某", "phone": PHONE}
        number = str((await world.register(text, caller=caller))["number"])
        numbers.append(number)
        page = await world.ticket(number)
        if page["lead"]:
            who = f"department:{page['lead']['code']}"
            await world.step(number, "acknowledge", who=who, handler="李科长")
        assert number in str(await seen(world, call)), "found by the phone"
        # What `follow_changes` does every few seconds in a real process.
        world.hub.database.keyring.renew()
        yield


async def everything_opens(world: World, numbers: list[str]) -> None:
    async with world.hub.database.session() as session:
        for number in numbers:
            assert LAMP in (await tickets.text(session, id_of(number))).text
            assert await events.damaged_words(session, id_of(number)) is None
    call = await given(world, PHONE)
    assert numbers[-1] in str(await seen(world, call))


async def test_a_rotation_that_is_killed_is_finished_while_requests_come_in(world: World, custodian: Custodian) -> None:
    numbers: list[str] = []
    living = life(world, numbers)
    for _ in range(3):
        await anext(living)
    await fill(world)
    before = await custodian.used()
    assert set(before) == {1}

    process = await custodian.start()
    assert process.stdout is not None
    said = b""
    while b"idempotency" not in said:
        await anext(living)
        heard = await asyncio.wait_for(process.stdout.read(4096), 30)
        assert heard, said.decode()
        said += heard
    process.send_signal(signal.SIGKILL)
    await process.wait()
    halfway = await custodian.used()
    assert halfway[1] > 0, "killed in the middle"
    assert halfway[2] > 0
    await everything_opens(world, numbers)

    rotation = asyncio.create_task(custodian.run(keys.rotate))
    while not rotation.done():
        await anext(living)
    code, told = await rotation
    assert code == 0, told
    assert "继续换到密钥2" in told, "no third key was made"
    assert set(await custodian.used()) == {2}
    await everything_opens(world, numbers)
    code, listed = await custodian.run(keys.list_)
    assert code == 0
    assert "密钥1\t0个值" in listed
    assert "密钥2\t当前" in listed
    assert "换钥完成" in listed

    file = read_keyring_file(custodian.keyring)
    assert (file.current, set(file.encryption)) == (2, {"1", "2"})
    only_new = msgspec.structs.replace(file, encryption={"2": file.encryption["2"]})
    world.hub.database.keyring = cipher.Keyring(only_new)
    await everything_opens(world, numbers)


async def test_a_prepared_key_is_taken_and_what_does_not_open_is_told_and_left(
    world: World, custodian: Custodian
) -> None:
    number = str((await world.register(LAMP, caller={"phone": PHONE}))["number"])
    await world.rows("UPDATE ticket_texts SET brief = set_byte(brief, 40, 255 - get_byte(brief, 40))")
    await custodian.run(lambda: keys.rotate(prepare=True))
    prepared = read_keyring_file(custodian.keyring)
    assert (prepared.current, set(prepared.encryption)) == (1, {"1", "2"})
    code, said = await custodian.run(keys.rotate)
    assert code == 1
    taken = read_keyring_file(custodian.keyring)
    assert taken == msgspec.structs.replace(prepared, current=2)
    assert custodian.keyring.stat().st_mode & 0o777 == 0o600
    assert f"无法打开，保留原样：ticket_texts {id_of(number)}" in said
    assert (await custodian.used())[1] == 4, "the row as a whole"


async def test_a_key_that_the_database_knows_otherwise_never_goes_live(world: World, custodian: Custodian) -> None:
    number = str((await world.register(LAMP, caller={"phone": PHONE}))["number"])
    backup = custodian.keyring.read_bytes()
    code, _ = await custodian.run(keys.rotate)
    assert code == 0
    kept = custodian.keyring.read_bytes()
    custodian.keyring.write_bytes(backup)
    with pytest.raises(WrongKeyring):
        await custodian.run(keys.rotate)
    assert read_keyring_file(custodian.keyring) == msgspec.json.decode(backup, type=cipher.KeyringFile)
    custodian.keyring.write_bytes(kept)
    world.hub.database.keyring = read_keyring(read_settings(custodian.environ))
    await everything_opens(world, [number])


async def test_what_somebody_sealed_under_an_older_keyring_is_taken_over_without_a_further_key(
    world: World, custodian: Custodian
) -> None:
    older = cipher.Keyring(read_keyring_file(custodian.keyring))
    code, said = await custodian.run(keys.rotate)
    assert code == 0
    assert "现在就复制过去" in said
    row = (world.hub.database.city_code, older.seal("{}", "drafts", "fields", "a"), world.clock.now())
    await world.rows(
        "INSERT INTO drafts (city_code, id, agent, fields, written_at) VALUES ($1, 'a', 'b', $2, $3)", *row
    )
    code, said = await custodian.run(keys.rotate)
    assert code == 0
    assert "继续换到密钥2" in said
    assert "已全部换到密钥2：1行" in said
    assert await custodian.used() == {2: 1}
    code, said = await custodian.run(keys.rotate)
    assert code == 0
    assert "新密钥3" in said, "all was done: now there is another one"


async def test_the_values_of_every_city_of_a_keyring_are_counted(world: World, custodian: Custodian) -> None:
    await world.register(LAMP, caller={"phone": PHONE})
    keyring = world.hub.database.keyring

    async def elsewhere(session: Session) -> None:
        session = Session(session.connection, "elsewhere", keyring)
        await check_keys(session, world.clock.now())
        await session.connection.execute(
            "INSERT INTO drafts (city_code, id, agent, fields, written_at) VALUES ('elsewhere', 'a', 'b', $1, $2)",
            keyring.seal("{}", "drafts", "fields", "a"),
            world.clock.now(),
        )

    await world.hub.database.write(elsewhere)
    for command in (keys.rotate, keys.list_):
        code, said = await custodian.run(command)
        assert code == 0
        assert "城市 elsewhere 尚未换到密钥2" in said
    assert "密钥1\t1个值" in said


async def test_the_log_of_looks_may_be_sealed_anew_and_nothing_else_of_it_changed(world: World) -> None:
    await world.rows(
        "INSERT INTO access_log (city_code, at, by_user, role, what, reason, place) "
        "VALUES ('x', now(), 'ann', 'agent', 'reveal', '\\x0101aa', 'p')"
    )
    await world.rows("UPDATE access_log SET reason = '\\x0102bb'")
    for statement in (
        "UPDATE access_log SET reason = '\\x0102cc'",
        "UPDATE access_log SET reason = '\\x0103cccc'",
        "UPDATE access_log SET reason = '\\x'",
        "UPDATE access_log SET by_user = 'eve'",
        "UPDATE access_log SET place = ''",
        "TRUNCATE access_log",
    ):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await world.rows(statement)


async def test_no_sealed_column_is_forgotten(world: World) -> None:
    rows = await world.rows(
        """SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables
        USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
        AND data_type = 'bytea' AND table_name !~ '_[0-9]{6}$'"""
    )
    known = {(one.table, column) for one in SEALED for column in one.columns}
    assert known | NOT_SEALED == {(row["table_name"], row["column_name"]) for row in rows}
    assert not known & NOT_SEALED


def test_a_keyring_of_another_installation_is_not_taken_over(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    keyring = read_keyring(settings)
    mine = keyring.seal("诉求", "ticket_texts", "text", 1)
    settings.keyring_file.write_bytes(msgspec.json.encode(cipher.generate()))
    with pytest.raises(CannotOpen, match="另一套密钥"):
        keyring.renew()
    assert keyring.unseal(mine, "ticket_texts", "text", 1) == "诉求"
