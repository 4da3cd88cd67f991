"""hotline backup: the database and what lies beside it into an empty folder, while the hub runs; never the keys."""

from __future__ import annotations

import asyncio
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - cyclopts reads it
from typing import TYPE_CHECKING

import msgspec
from rich.progress import track

from hotline.app import read_keyring
from hotline.commands.backup_folder import DUMP, LIST, Backup, BadBackup, copy, files_beside, measure
from hotline.commands.installation import database_url
from hotline.config import read_settings
from hotline.postgres_copy import dump
from models.store import whole
from models.store.migrations import check_migrated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline.commands.backup_folder import Entry
    from hotline.config import Settings
    from models.store.whole import Moment


def backup_(folder: Path, *, keyring: Path | None = None) -> None:
    """Back the hub up into an empty folder while it runs: database, attachments, models; the keys only elsewhere.

    Parameters
    ----------
    folder
        A new or empty folder.
    keyring
        Also copy the keys into this new file, which must not lie in the backup.
    """
    make(read_settings(), folder.absolute(), keyring.absolute() if keyring else None)


def make(settings: Settings, folder: Path, keyring: Path | None) -> None:
    """Make a backup; what stopped halfway leaves nothing that looks like one."""
    _check(settings, folder, keyring)
    is_ours = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with database_url(settings) as url:
            found = asyncio.run(_make(settings, url, folder))
    except BaseException:
        for left in folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        if is_ours:
            folder.rmdir()
        raise
    print(
        f"备份完成：{folder}（{_size(found)}，{found.rows.get('public.tickets', 0)}件工单，{len(found.files) - 1}个文件）"
    )
    _tell_of_keys(settings, folder, keyring)


def _check(settings: Settings, folder: Path, keyring: Path | None) -> None:
    """Raise BadBackup for whatever a person must decide first."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadBackup(f"{folder} 不是空目录，请另选一个：备份不覆盖任何文件")
    if folder.resolve().is_relative_to(settings.data_dir.resolve()):
        raise BadBackup(f"{folder} 在数据目录内，磁盘损坏时会一同丢失，请另选一个")
    if not settings.database_url and not (settings.data_dir / "postgres" / "cluster").exists():
        raise BadBackup(f"{settings.data_dir} 内没有数据库，没有可备份的内容；请检查 HOTLINE_DATA_DIR")
    if not settings.keyring_file.exists():
        raise BadBackup(
            f"没有找到密钥文件 {settings.keyring_file}：没有它，备份里的内容永远无法打开；请检查 HOTLINE_KEYRING"
        )
    if keyring is not None and keyring.resolve().is_relative_to(folder.resolve()):
        raise BadBackup("密钥不能放在备份目录内：拿到备份的人就能读出全部内容，请另选一处")
    if keyring is not None and keyring.exists():
        raise BadBackup(f"{keyring} 已存在，请另选文件名：备份不覆盖任何文件")


async def _make(settings: Settings, url: str, folder: Path) -> Backup:
    await check_migrated(url)
    # Before the moment: what is sealed later may lie under a later key, which this backup does not need.
    keys = read_keyring(settings).digests()
    async with whole.moment(url) as moment:
        _check_keys(settings, keys, moment)
        print(f"→ 数据库：{len(moment.rows)}张表，{sum(moment.rows.values())}行", flush=True)
        await asyncio.to_thread(_dump, moment, url, folder / DUMP)
    # After the database: a file is put by before its row is written, so that every row of the dump has its file.
    files: dict[str, Entry | None] = {DUMP: measure(folder / DUMP)}
    beside = list(files_beside(settings.data_dir))
    for name, path in track(beside, "附件和模型") if beside else ():
        files[name] = _copied(path, folder / name)
    backup = Backup(
        made_at=datetime.now(UTC),
        migration=moment.migration,
        cities=moment.cities,
        keys={name: digest.hex() for name, digest in keys.items()},
        rows=moment.rows,
        files={name: entry for name, entry in files.items() if entry is not None},
    )
    with os.fdopen(os.open(folder / LIST, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(backup)))
        file.flush()
        os.fsync(file.fileno())
    return backup


def _check_keys(settings: Settings, keys: Mapping[str, bytes], moment: Moment) -> None:
    """Raise BadBackup where the keys that are to be kept with this backup would not open it."""
    if any(keys.get(name, digest) != digest for name, digest in moment.keys.items()):
        raise BadBackup(f"密钥文件 {settings.keyring_file} 与数据库不符；请检查 HOTLINE_KEYRING")
    missing = sorted(moment.needed - keys.keys())
    if missing:
        raise BadBackup(
            f"密钥文件 {settings.keyring_file} 缺少在用的密钥（{'、'.join(missing)}），备份将无法打开；"
            "请检查 HOTLINE_KEYRING，刚换过密钥的请重新备份"
        )


def _dump(moment: Moment, url: str, file: Path) -> None:
    """Dump with a line for each of the larger tables, so that a long wait tells what it waits for."""

    def tell(table: str) -> None:
        count = moment.rows.get(table, 0)
        if count:
            print(f"  {table}（{count}行）", flush=True)

    dump(url, moment.snapshot, file, tell)


def _copied(source: Path, target: Path) -> Entry | None:
    """Copy a file; a model that was replaced meanwhile is none any more."""
    try:
        return copy(source, target)
    except FileNotFoundError:
        return None


def _tell_of_keys(settings: Settings, folder: Path, keyring: Path | None) -> None:
    if keyring is not None:
        copy(settings.keyring_file, keyring)
        print(
            f"密钥已另存为 {keyring}。请把它和 {folder} 分开保管：两者在一起，谁拿到都能读出全部内容；少了密钥，备份永远无法打开。"
        )
        return
    print(
        f"注意：密钥不在备份内。请把 {settings.keyring_file} 另存到别处，与备份分开保管；少了它，备份里市民所说的内容永远无法打开。"
    )


def _size(backup: Backup) -> str:
    return f"{sum(entry.size for entry in backup.files.values()) / 1e6:.1f} MB"
