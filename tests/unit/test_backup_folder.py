"""What a backup takes along and where it may lie, as far as that is seen without a database."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from hotline.commands.backup import make
from hotline.commands.backup_folder import LIST, Backup, BadBackup, check_file, copy, files_beside, measure
from hotline.commands.restore import SIDE, put_back
from hotline.config import read_settings


def written(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"content")
    return path


def test_what_is_unfinished_is_left_out(tmp_path: Path) -> None:
    for name in (
        "models/registry.json",
        "models/registry.json.ab12.new",
        "models/m2.new/model.json",
        "attachments/a.part",
    ):
        written(tmp_path / name)
    assert [name for name, _ in files_beside(tmp_path)] == ["models/registry.json"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_what_is_copied_belongs_to_the_owner_of_its_new_folder(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    os.chown(data_dir, 65534, 65534)
    copy(written(tmp_path / "source"), data_dir / "models" / "m1" / "model.json")
    for name in ("models", "models/m1", "models/m1/model.json"):
        assert (data_dir / name).stat().st_uid == 65534, name


def test_a_file_of_a_backup_is_found_by_whatever_name_the_folder_has_and_lies_within_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, outside = tmp_path / "backup", written(tmp_path / "outside" / "file")
    entry = measure(written(folder / "models" / "m1" / "model.json"))
    (tmp_path / "link").symlink_to(folder)
    (folder / "models" / "away").symlink_to(outside.parent)
    monkeypatch.chdir(folder)
    for same in (folder, Path(), Path("../backup"), tmp_path / "link"):
        check_file(same, "models/m1/model.json", entry)
        for name in ("../outside/file", str(outside), "models/away/file", str(folder / "models/m1/model.json")):
            with pytest.raises(BadBackup, match="越出了备份目录"):
                check_file(same, name, measure(outside))


def test_a_link_into_the_data_folder_or_the_backup_is_seen_through(tmp_path: Path) -> None:
    data_dir, link = tmp_path / "data", tmp_path / "link"
    settings = read_settings({"HOTLINE_DATA_DIR": str(data_dir)})
    (data_dir / "postgres" / "cluster").mkdir(parents=True)
    written(data_dir / "keyring.json")
    link.symlink_to(tmp_path)
    with pytest.raises(BadBackup, match="在数据目录内"):
        make(settings, link / "data" / "copy", None)
    with pytest.raises(BadBackup, match="密钥不能放在备份目录内"):
        make(settings, tmp_path / "new", link / "new" / "keyring.json")


def test_what_a_killed_restore_has_left_excuses_nothing_beside_an_external_database(tmp_path: Path) -> None:
    backup = Backup(made_at=datetime.now(UTC), migration="", cities=[], keys={}, rows={}, files={})
    written(tmp_path / "copy" / LIST).write_bytes(msgspec.json.encode(backup))
    photo = written(tmp_path / "data" / "attachments" / "photo")
    (tmp_path / "data" / SIDE).mkdir()
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    settings = read_settings({"HOTLINE_DATA_DIR": str(tmp_path / "data"), "HOTLINE_DATABASE_URL": nowhere})
    with pytest.raises(BadBackup, match="恢复不覆盖任何数据"):
        put_back(settings, tmp_path / "copy", None)
    assert photo.exists()
