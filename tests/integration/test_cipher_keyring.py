"""The keyring file: made once, for us alone, and never made anew where it should have been there."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from hotline import app, kept_file
from hotline.app import BadKeyring, read_keyring, read_keyring_file
from hotline.config import Settings
from hotline.keys import HUB, SETTINGS
from models.cipher import CannotOpen

ROOT = Path(__file__).parent.parent.parent


def test_the_first_start_makes_a_keyring_that_only_we_may_read(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data")
    made = read_keyring(settings)
    assert stat.S_IMODE(settings.keyring_file.stat().st_mode) == 0o600
    assert read_keyring(settings).digests() == made.digests()
    assert list(settings.data_dir.iterdir()) == [settings.keyring_file]


def test_processes_that_start_at_once_agree_on_one_keyring(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\nfrom hotline.app import read_keyring\nfrom hotline.config import Settings\n"
        "print(read_keyring(Settings(data_dir=pathlib.Path(sys.argv[1]))).blind_index('x').hex())"
    )

    def read(_: int) -> str:
        return subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(read, range(4)))) == 1


def test_a_keyring_that_was_named_but_is_not_there_is_never_made_up(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, keyring=tmp_path / "mounted" / "keyring.json")
    with pytest.raises(BadKeyring, match="HOTLINE_KEYRING"):
        read_keyring(settings)
    assert not settings.keyring_file.exists()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"current": 1}', b"\xff\xfe", b'{"current": "x", "encryption": 1}']
)
def test_a_damaged_keyring_is_told_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keyring.json").write_bytes(content)
    with pytest.raises(BadKeyring, match="已损坏"):
        read_keyring(Settings(data_dir=tmp_path))
    assert (tmp_path / "keyring.json").read_bytes() == content


def test_a_keyring_with_a_key_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "keyring.json").write_text(
        '{"current": 1, "encryption": {"1": "AAAA"}, "index": "", "fingerprint": ""}'
    )
    with pytest.raises(CannotOpen, match="HOTLINE_KEYRING"):
        read_keyring(Settings(data_dir=tmp_path))


def test_a_keyring_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    # A folder in its place refuses root too, where missing permissions would not.
    (tmp_path / "keyring.json").mkdir()
    with pytest.raises(BadKeyring, match="无法读取"):
        read_keyring(Settings(data_dir=tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_keyring_of_somebody_elses_is_told(tmp_path: Path) -> None:
    (tmp_path / "keyring.json").write_text("{}")
    (tmp_path / "keyring.json").chmod(0)
    with pytest.raises(BadKeyring, match="无法读取"):
        read_keyring(Settings(data_dir=tmp_path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_what_root_writes_belongs_to_the_hub_s_own_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 1000, 1000)
    assert kept_file.make(tmp_path / "made", b"one")
    assert not kept_file.make(tmp_path / "made", b"two")
    os.chown(tmp_path, 0, 0)
    kept_file.replace(tmp_path / "made", b"three")
    found = (tmp_path / "made").stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (1000, 1000, 0o600)
    assert (tmp_path / "made").read_bytes() == b"three"
    assert list(tmp_path.iterdir()) == [tmp_path / "made"]


def test_what_is_written_anew_stays_readable_to_its_group_and_behind_its_link(tmp_path: Path) -> None:
    real, link = tmp_path / "secrets" / "real", tmp_path / "keyring.json"
    assert kept_file.make(real, b"one")
    real.chmod(0o644)
    if os.geteuid() == 0:
        os.chown(real, 0, 1000)
    before = real.stat()
    link.symlink_to(real)
    kept_file.replace(link, b"two")
    assert link.is_symlink()
    assert real.read_bytes() == b"two"
    found = real.stat()
    assert (found.st_uid, found.st_gid) == (before.st_uid, before.st_gid)
    assert stat.S_IMODE(found.st_mode) == 0o640, "its group's, and never everybody's"


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_disk_that_knows_no_links_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refused(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refused)
    assert kept_file.make(tmp_path / "made", b"one")
    assert not kept_file.make(tmp_path / "made", b"two")
    assert (tmp_path / "made").read_bytes() == b"one"
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "made"]


async def test_what_is_not_taken_over_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(_settings: Settings, _hub: object) -> None:
        read_keyring_file(tmp_path)

    monkeypatch.setattr(app, "KEEP_UP_EVERY_S", 0.01)
    monkeypatch.setattr(app, "keep_up", refused)
    served = web.Application()
    served[SETTINGS] = Settings(data_dir=tmp_path)
    served[HUB] = None  # type: ignore[misc]
    with capture_logs() as said:
        following = app.follow_changes(served)
        await anext(following)
        while not said:
            await asyncio.sleep(0.01)
        assert [end async for end in following] == []
    assert said[0]["code"] == "bad_keyring"
    assert "无法读取" in said[0]["reason"]
