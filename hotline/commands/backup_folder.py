"""A backup as it lies in a folder: the dump, the files beside the database, and the list that says what is whole."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from hotline import kept_file
from hotline.config import ATTACHMENTS
from models.errors import HotlineError

if TYPE_CHECKING:
    from collections.abc import Iterator

LIST: Final = "backup.json"
DUMP: Final = "database.dump"
# What must survive beside the database; keys are kept elsewhere, and access.json is made anew.
FOLDERS: Final = (ATTACHMENTS, "anchors", "models")
PIECE: Final = 1 << 20
# Unfinished files, and the key that anchors are signed by.
LEFT_OUT: Final = {".part", ".new", ".pem"}


class BadBackup(HotlineError):
    """A folder that is no backup, or no whole one."""

    code = "bad_backup"


class Entry(Struct, frozen=True):
    """One file of a backup."""

    size: int
    sha256: str


class Backup(Struct, frozen=True, kw_only=True):
    """What a backup holds; written last, so that a folder without it is no backup."""

    made_at: datetime
    migration: str
    cities: list[str]
    keys: dict[str, str]
    rows: dict[str, int]
    files: dict[str, Entry]


def read_backup(folder: Path) -> Backup:
    """Read what a backup says of itself; raises BadBackup."""
    try:
        return msgspec.json.decode((folder / LIST).read_bytes(), type=Backup)
    except FileNotFoundError as error:
        raise BadBackup(f"{folder} 不是完整的备份：缺少 {LIST}（备份中途停止的目录请删除后重新备份）") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBackup(f"{folder / LIST} 已损坏，请换一份备份") from error


def check_file(folder: Path, name: str, entry: Entry) -> None:
    """Raise BadBackup where a file is not what was backed up."""
    path, named = folder / name, Path(name)
    # A name may be an absolute one, or lead out by a link.
    if ".." in named.parts or named.is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        raise BadBackup(f"{folder / LIST} 已损坏：文件名 {name} 越出了备份目录")
    if not path.is_file():
        raise BadBackup(f"备份不完整：缺少文件 {name}")
    if measure(path) != entry:
        raise BadBackup(f"备份已损坏：文件 {name} 与清单不符")


def files_beside(data_dir: Path) -> Iterator[tuple[str, Path]]:
    """Yield every file that a backup takes along, by its name in the data folder."""
    for folder in FOLDERS:
        for path in sorted((data_dir / folder).rglob("*")):
            name = path.relative_to(data_dir)
            if path.is_file() and not any(Path(part).suffix in LEFT_OUT for part in name.parts):
                yield str(name), path


def copy(source: Path, target: Path) -> Entry:
    """Copy a file for the eyes of its new folder's owner alone, safely on the disk when this returns; returns what was copied.

    The administrator may restore what the hub's own user must read.
    """
    _make_folder(target.parent)
    found, size = hashlib.sha256(), 0
    with (
        source.open("rb") as read,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
    ):
        while piece := read.read(PIECE):
            found.update(piece)
            size += file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    kept_file.give(target, target.parent)
    return Entry(size, found.hexdigest())


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)
        kept_file.give(folder, folder.parent)


def measure(path: Path) -> Entry:
    """Return size and digest of a file."""
    with path.open("rb") as file:
        return Entry(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
