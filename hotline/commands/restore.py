"""hotline restore: a backup into an installation that holds nothing yet; checked before and after, all of it or nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from pathlib import Path  # noqa: TC003 - cyclopts reads it
from typing import TYPE_CHECKING, Final

import msgspec
from rich.progress import track

from hotline.app import read_keyring
from hotline.commands.backup_folder import DUMP, FOLDERS, LIST, BadBackup, check_file, copy, read_backup
from hotline.commands.data_folder import only_one
from hotline.commands.installation import DATABASE
from hotline.config import read_settings
from hotline.postgres import EmbeddedPostgres
from hotline.postgres_copy import load
from models.city_files import read_city
from models.errors import HotlineError
from models.store import whole
from models.store.migrations import make_database, migrate, newest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline.commands.backup_folder import Backup
    from hotline.config import Settings

SIDE: Final = "postgres.restoring"
# One transaction makes every table, index and partition; each holds a lock until the end.
MANY_LOCKS: Final = ("-c", "max_locks_per_transaction=2048")


def restore_(folder: Path, *, keyring: Path | None = None) -> None:
    """Put a backup into an empty data folder, or an empty database where HOTLINE_DATABASE_URL names one.

    Parameters
    ----------
    folder
        A folder that `hotline backup` has made.
    keyring
        The keys of that installation, where they are not in place yet: they are copied there.
    """
    put_back(read_settings(), folder.absolute(), keyring)


def put_back(settings: Settings, folder: Path, keyring: Path | None) -> None:
    """Check everything, then restore; raises BadBackup, AlreadyRunning before anything has been written."""
    with only_one(settings):
        backup = read_backup(folder)
        _check_target(settings)
        _check_release(settings, backup)
        print(
            f"→ 备份：{backup.made_at:%Y-%m-%d %H:%M} UTC，{sum(backup.rows.values())}行，{len(backup.files)}个文件",
            flush=True,
        )
        for name, entry in track(backup.files.items(), "核对文件"):
            check_file(folder, name, entry)
        _check_keys(settings, backup, keyring)
        with _database(settings) as url:
            for name in track([name for name in backup.files if name != DUMP], "附件和模型"):
                copy(folder / name, settings.data_dir / name)
            address = asyncio.run(make_database(url))
            _load(address, folder, backup)
            asyncio.run(_finish(url, address, backup))
        print("恢复完成，行数与备份一致。请先执行 hotline audit verify 核对留痕，再执行 hotline up 启动。")


def _check_target(settings: Settings) -> None:
    """Raise BadBackup where something would be overwritten."""
    # What a killed restore has left is no data: it is replaced. Beside an external database nothing tells it from data.
    is_left_over = not settings.database_url and (settings.data_dir / SIDE).exists()
    files = () if is_left_over else FOLDERS
    for name in files if settings.database_url else ("postgres", *files):
        path = settings.data_dir / name
        if path.exists() and any(path.iterdir()):
            raise BadBackup(f"{path} 内已有内容，恢复不覆盖任何数据；请用 HOTLINE_DATA_DIR 另选空目录，或先移走原目录")
    if settings.database_url and asyncio.run(_is_filled(settings.database_url)):
        raise BadBackup("HOTLINE_DATABASE_URL 所指的数据库内已有表，恢复不覆盖任何数据；请指向一个空数据库")


async def _is_filled(url: str) -> bool:
    return bool(await whole.rows(await make_database(url)))


def _check_release(settings: Settings, backup: Backup) -> None:
    if backup.migration > newest():
        raise BadBackup("备份来自更新的版本，请先升级程序再恢复")
    city = read_city(settings.city)
    if backup.cities and city.code not in backup.cities:
        raise BadBackup(f"备份属于另一个城市（{'、'.join(backup.cities)}），请检查 HOTLINE_CITY")


def _check_keys(settings: Settings, backup: Backup, keyring: Path | None) -> None:
    """Put the keys in place; raises BadBackup where they are missing or not those that the backup was written under."""
    place = settings.keyring_file
    if keyring is None and not place.exists():
        raise BadBackup(f"没有找到密钥文件 {place}：没有它，备份里的内容无法打开。请用 --keyring 指明原安装的密钥文件")
    if keyring is not None and place.exists() and place.read_bytes() != keyring.read_bytes():
        raise BadBackup(f"{place} 已存在，且与 {keyring} 不同；请先移走它")
    # Read where it lies before it is copied: a wrong one is never put in place.
    digests = _digests(settings, keyring or place)
    if any(digests.get(name) != digest for name, digest in backup.keys.items()):
        raise BadBackup(f"密钥文件 {keyring or place} 与备份不符：备份是用另一套密钥加密的")
    if not place.exists() and keyring is not None:
        copy(keyring, place)


def _digests(settings: Settings, file: Path) -> dict[str, str]:
    """Return the digests of the keys in a file."""
    keys = read_keyring(msgspec.structs.replace(settings, keyring=file))
    return {name: digest.hex() for name, digest in keys.digests().items()}


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[str]:
    """Lend the database to restore into: the external one, or an embedded one that takes its place only when whole."""
    if settings.database_url:
        with _undone(settings):
            yield settings.database_url
        return
    side, place = settings.data_dir / SIDE, settings.data_dir / "postgres"
    if side.exists():
        # A restore was killed: its server may still run, and ends with this one.
        left = EmbeddedPostgres(side)
        left.start()
        left.stop()
        _clear(settings)
    server = EmbeddedPostgres(side, options=MANY_LOCKS)
    with _undone(settings):
        try:
            server.start()
            yield server.url(DATABASE)
        finally:
            server.stop()
    if place.exists():
        place.rmdir()
    side.rename(place)
    os.sync()


@contextlib.contextmanager
def _undone(settings: Settings) -> Iterator[None]:
    """Leave nothing of a restore that fails; the database itself takes all or nothing.

    Where an external one has taken all, its files stay: rows without them would be the worse half.
    """
    try:
        yield
    except BaseException:
        if settings.database_url and _may_be_filled(settings.database_url):
            print(
                "数据库已写入（或无法确认），附件和模型予以保留。排除原因后：要么清空该数据库与 "
                f"{settings.data_dir} 内的 {'、'.join(FOLDERS)} 再恢复，要么执行 hotline migrate 后用 hotline audit verify 核对",
                file=sys.stderr,
                flush=True,
            )
        else:
            _clear(settings)
        raise


def _may_be_filled(url: str) -> bool:
    try:
        return asyncio.run(_is_filled(url))
    except (HotlineError, OSError):
        return True


def _clear(settings: Settings) -> None:
    for name in (SIDE, *FOLDERS):
        shutil.rmtree(settings.data_dir / name, ignore_errors=True)


def _load(address: str, folder: Path, backup: Backup) -> None:
    print("→ 数据库", flush=True)

    def tell(table: str) -> None:
        if backup.rows.get(table):
            print(f"  {table}（{backup.rows[table]}行）", flush=True)

    load(folder / DUMP, address, tell)


async def _finish(url: str, address: str, backup: Backup) -> None:
    """Compare the counts, bring the schema up to date, and go on with numbers that nobody has been told yet."""
    found = await whole.rows(address)
    differing = sorted(name for name in {*found, *backup.rows} if found.get(name) != backup.rows.get(name))
    if differing:
        raise BadBackup(f"恢复后的行数与 {LIST} 不符：{'、'.join(differing)}")
    await migrate(url)
    await whole.leave_out_numbers(address)
    await whole.tidy(address)
