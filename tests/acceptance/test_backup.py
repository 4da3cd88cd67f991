"""Backup and restore, as an operator does them at night: nothing lost, nothing overwritten, the keys apart."""

from __future__ import annotations

import asyncio
import json
import shutil
import urllib.request
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from hotline.commands.backup import make
from hotline.commands.backup_folder import BadBackup, measure, read_backup
from hotline.commands.restore import SIDE, put_back
from hotline.config import read_settings
from hotline.postgres import running
from hotline.postgres_copy import CopyFailed
from models.store import whole
from tests.acceptance.conftest import RunningHub, start_hub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hotline.config import Settings
    from tests.conftest import SystemPostgres

WORDS = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(200)
TICKETS = 25


def post(hub: RunningHub, path: str, content: bytes, **headers: str) -> Any:
    sent = {"authorization": f"Bearer {hub.access['channels']['web']}", "content-type": "application/json", **headers}
    request = urllib.request.Request(f"{hub.url}{path}", content, sent)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read())


def register(hub: RunningHub, n: int, **more: Any) -> str:
    caller = {"name": f"王某{n}", "phone": f"138000000{n:02d}"}
    body = json.dumps({"text": f"{WORDS}（第{n}盏）", "caller": caller, **more}).encode()
    return str(post(hub, "/api/v1/tickets", body, **{"idempotency-key": f"backup-{n}"})["number"])


class Made:
    """A hub with tickets and a photo, backed up while it ran, and stopped."""

    def __init__(self, hub: RunningHub, folder: Path, keyring: Path, number: str, lost: str, said: str) -> None:
        self.hub = hub
        self.folder = folder
        self.keyring = keyring
        self.number = number
        self.lost = lost
        self.said = said

    @property
    def rows(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.folder / "backup.json").read_text())["rows"]
        return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("backup")
    hub = start_hub(folder / "data", HOTLINE_SERVERS="1")
    try:
        hub.wait_ready()
        photo = post(hub, "/api/v1/attachments", PHOTO, **{"x-file-name": "deng.png", "content-type": "image/png"})
        number = register(hub, 0, attachments=[photo["id"]])
        for n in range(1, TICKETS):
            register(hub, n)
        done = hub.hotline("backup", str(folder / "copy"), "--keyring", str(folder / "keyring.json"))
        assert done.returncode == 0, done.stderr
        # What comes in later is not in it.
        lost = register(hub, TICKETS)
        running_said = hub.hotline("restore", str(folder / "copy"))
        assert (running_said.returncode, "已在运行" in running_said.stderr) == (2, True)
    finally:
        hub.stop()
    yield Made(hub, folder / "copy", folder / "keyring.json", number, lost, done.stdout)
    shutil.rmtree(folder, ignore_errors=True)


def test_a_backup_is_private_and_holds_no_key(made: Made) -> None:
    assert "分开保管" in made.said
    files = [path for path in made.folder.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in [*files, made.keyring]} == {0o600}
    keys = json.loads(made.keyring.read_bytes())
    secret = [key.encode() for key in (*keys["encryption"].values(), keys["index"], keys["fingerprint"])]
    assert [path for path in files if any(key in path.read_bytes() for key in secret)] == []
    assert made.rows["public.tickets"] == TICKETS


def settings(data_dir: Path, **more: str) -> Settings:
    return read_settings({"HOTLINE_DATA_DIR": str(data_dir), **more})


def test_a_restored_hub_has_every_row_and_file_verifies_and_goes_on(made: Made, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with running(data_dir / SIDE):
        """What a killed restore has left is no hindrance."""
        (data_dir / "attachments").mkdir()
        (data_dir / "attachments" / next((made.folder / "attachments").iterdir()).name).write_bytes(b"half")
    put_back(settings(data_dir), made.folder, made.keyring)
    with running(data_dir / "postgres") as server:
        assert asyncio.run(whole.rows(server.url("hotline"))) == made.rows
    assert (data_dir / "keyring.json").read_bytes() == made.keyring.read_bytes()
    with pytest.raises(BadBackup, match="恢复不覆盖任何数据"):
        put_back(settings(data_dir), made.folder, None)

    # Its tokens and accounts are in the database, and what they are in clear is not in the backup.
    shutil.copy(made.hub.data_dir / "access.json", data_dir)
    hub = start_hub(data_dir, HOTLINE_SERVERS="1")
    try:
        hub.wait_ready()
        verified = hub.hotline("audit", "verify")
        assert verified.returncode == 0, verified.stdout
        assert f"核对{TICKETS}件工单的留痕，0件有问题" in verified.stdout
        assert register(hub, 3) == register(hub, 3), "the same key gives the same ticket"
        assert photo_of(hub, made.number) == PHOTO
        # What was registered after the backup is lost, and the number that its citizen was told is nobody else's.
        assert int(register(hub, TICKETS)) - int(made.lost) >= whole.LEFT_OUT
    finally:
        hub.stop()


def photo_of(hub: RunningHub, number: str) -> bytes:
    who = next(user for user in hub.access["users"] if user["role"] == "supervisor")
    body = json.dumps({"username": who["username"], "password": who["password"]}).encode()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    headers = {"content-type": "application/json", "origin": hub.url}
    opener.open(urllib.request.Request(f"{hub.url}/api/v1/session", body, headers), timeout=30)
    with opener.open(f"{hub.url}/api/v1/tickets/{number}", timeout=30) as response:
        found = json.loads(response.read())["attachments"][0]["id"]
    with opener.open(f"{hub.url}/api/v1/attachments/{found}", timeout=30) as response:
        return bytes(response.read())


def test_an_older_server_of_the_city_takes_the_backup_too(
    made: Made, tmp_path: Path, system_postgres: SystemPostgres
) -> None:
    url = system_postgres.url("restored")
    external = settings(tmp_path / "data", HOTLINE_DATABASE_URL=url)
    put_back(external, made.folder, made.keyring)
    assert asyncio.run(whole.rows(url)) == made.rows
    with pytest.raises(BadBackup, match="数据库内已有表"):
        put_back(settings(tmp_path / "other", HOTLINE_DATABASE_URL=url), made.folder, made.keyring)
    make(external, tmp_path / "second", None)
    assert read_backup(tmp_path / "second").rows == made.rows


def test_what_an_external_database_has_taken_keeps_its_files(
    made: Made, tmp_path: Path, system_postgres: SystemPostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, url = tmp_path / "copy", system_postgres.url("miscounted")
    shutil.copytree(made.folder, folder)
    found = read_backup(folder)
    miscounted = {**found.rows, "public.tickets": TICKETS + 1}
    (folder / "backup.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(found, rows=miscounted)))
    with pytest.raises(BadBackup, match="恢复后的行数"):
        put_back(settings(tmp_path / "data", HOTLINE_DATABASE_URL=url), folder, made.keyring)
    assert asyncio.run(whole.rows(url)) == made.rows
    assert any((tmp_path / "data" / "attachments").iterdir())
    assert "附件和模型予以保留" in capsys.readouterr().err


def damaged_file(folder: Path) -> None:
    content = bytearray((folder / "database.dump").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "database.dump").write_bytes(content)


def without_list(folder: Path) -> None:
    (folder / "backup.json").unlink()


def without_photo(folder: Path) -> None:
    next((folder / "attachments").iterdir()).unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [(damaged_file, "与清单不符"), (without_list, "不是完整的备份"), (without_photo, "缺少文件")],
)
def test_what_is_not_whole_is_refused_and_nothing_is_written(
    made: Made, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(made.folder, folder)
    damage(folder)
    with pytest.raises(BadBackup, match=said):
        put_back(settings(tmp_path / "data"), folder, made.keyring)
    assert {path.name for path in (tmp_path / "data").iterdir()} <= {"up.lock"}


def test_other_keys_or_none_are_refused(made: Made, tmp_path: Path) -> None:
    target = settings(tmp_path / "data")
    with pytest.raises(BadBackup, match="没有找到密钥文件"):
        put_back(target, made.folder, None)
    keys = json.loads(made.keyring.read_bytes())
    keys["index"] = keys["fingerprint"]
    (tmp_path / "other.json").write_text(json.dumps(keys))
    with pytest.raises(BadBackup, match="与备份不符"):
        put_back(target, made.folder, tmp_path / "other.json")
    assert not target.keyring_file.exists()


def test_a_backup_overwrites_nothing_and_takes_no_key_with_it(made: Made, tmp_path: Path) -> None:
    source, new = settings(made.hub.data_dir), tmp_path / "new"
    for folder, keyring, said in (
        (made.folder, None, "不是空目录"),
        (made.hub.data_dir / "copy", None, "在数据目录内"),
        (new, new / "keyring.json", "密钥不能放在备份目录内"),
        (new, made.keyring, "备份不覆盖任何文件"),
    ):
        with pytest.raises(BadBackup, match=said):
            make(source, folder, keyring)
    assert not new.exists()


def test_a_backup_that_its_own_keys_would_not_open_is_not_made(made: Made, tmp_path: Path) -> None:
    keys = json.loads(made.keyring.read_bytes())
    keys["current"], keys["encryption"] = 2, {"2": keys["encryption"]["1"]}
    (tmp_path / "other.json").write_text(json.dumps(keys))
    with pytest.raises(BadBackup, match="缺少在用的密钥（encryption 1）"):
        make(settings(made.hub.data_dir, HOTLINE_KEYRING=str(tmp_path / "other.json")), tmp_path / "new", None)
    assert not (tmp_path / "new").exists()


def test_a_restore_that_fails_halfway_leaves_nothing_to_start_from(made: Made, tmp_path: Path) -> None:
    folder, data_dir = tmp_path / "copy", tmp_path / "data"
    shutil.copytree(made.folder, folder)
    content = (folder / "database.dump").read_bytes()
    (folder / "database.dump").write_bytes(content[: len(content) * 2 // 3])
    found = read_backup(folder)
    shortened = {**found.files, "database.dump": measure(folder / "database.dump")}
    (folder / "backup.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(found, files=shortened)))
    with pytest.raises(CopyFailed, match="恢复数据库失败"):
        put_back(settings(data_dir), folder, made.keyring)
    assert {path.name for path in data_dir.iterdir()} == {"up.lock", "keyring.json"}
