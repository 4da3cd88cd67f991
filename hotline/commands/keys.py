"""hotline keys list | rotate: the keys under which personal data is sealed, and another one for all of it while the hub runs."""

from __future__ import annotations

import asyncio
import fcntl
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import cyclopts
import msgspec

from hotline import kept_file
from hotline.app import read_keyring, read_keyring_file
from hotline.commands.installation import with_database
from hotline.config import read_settings
from models.cipher import cipher_name, with_new_key
from models.store import sealed
from models.store.installation import WrongKeyring, check_keys, cities_under, key_uses, not_resealed, note_resealed
from models.store.sealed import SEALED, Sealed, Turn

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.config import Settings
    from models.cipher import KeyringFile
    from models.store.database import Database, Session

# How long a process may still seal under the key before: it reads the file again every few seconds.
FOLLOW_WITHIN_S: Final = 10.0

keys_app = cyclopts.App(name="keys", help="密钥")


@keys_app.command(name="list")
def list_() -> None:
    """Say which keys there are, since when, and how many values lie under each."""
    settings = read_settings()
    file = read_keyring_file(settings.keyring_file)
    sys.exit(with_database(settings, lambda store: _list(store, file)))


@keys_app.command
def rotate(*, prepare: Annotated[bool, cyclopts.Parameter(negative="")] = False) -> None:
    """Make a new key, seal everything new under it, then all that is there; one that was broken off is finished.

    Parameters
    ----------
    prepare
        Only put a new key into the keyring, for machines that have a keyring of their own; the next rotation uses it.
    """
    settings = read_settings()
    path = settings.keyring_file
    read_keyring(settings)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if prepare:
            kept_file.replace(
                path,
                msgspec.json.encode(with_new_key(read_keyring_file(path), settings.cipher_suite, is_current=False)),
            )
            print(f"已在 {path} 备好新密钥；请复制到每台机器，再执行 hotline keys rotate")
            return
        sys.exit(with_database(settings, lambda store: _rotate(settings, store)))


async def _list(store: Database, file: KeyringFile) -> int:
    used = await store.read(key_uses)
    found: Counter[int] = Counter()
    async with store.session() as session:
        # A key is of no more use only where none of the cities that share it needs it.
        cities = await cities_under(session)
        for one in SEALED:
            found.update(await sealed.counts(session, one, cities))
    for key_id in sorted({*map(int, file.encryption), *found}):
        use = used.get(f"encryption {key_id}")
        words = ["当前" if key_id == file.current else "", f"{found[key_id]}个值"]
        is_there = str(key_id) in file.encryption
        words.append(cipher_name(file, key_id) if is_there else "密钥文件中没有这把密钥")
        if use is not None:
            words.append(f"始用 {use.first_used_at:%Y-%m-%d %H:%M}Z")
        if use is not None and use.resealed_at is not None:
            words.append(f"换钥完成 {use.resealed_at:%Y-%m-%d %H:%M}Z")
        print(f"密钥{key_id}\t" + "，".join(word for word in words if word))
    await _tell_others(store, file.current)
    return 0


async def _tell_others(store: Database, key_id: int) -> None:
    """Name the cities that have yet to be rotated, where another one of the same keyring is done."""
    async with store.session() as session:
        cities = await cities_under(session)
        waiting = await not_resealed(session, cities, key_id)
    if 0 < len(waiting) < len(cities):
        print(
            f"同用这份密钥文件的城市 {'、'.join(waiting)} 尚未换到密钥{key_id}，请以各自的城市执行 hotline keys rotate"
        )


async def _rotate(settings: Settings, store: Database) -> int:
    started = time.monotonic()
    total = await _begin(settings, store)
    settled = settings.keyring_file.stat().st_mtime + FOLLOW_WITHIN_S
    while True:
        is_settled = time.time() > settled
        done, damaged = await _pass(store)
        total += done
        if done == 0 and is_settled:
            break
        if done == 0:
            await asyncio.sleep(min(1.0, FOLLOW_WITHIN_S))
    await store.write(lambda session: note_resealed(session, datetime.now(UTC)))
    for place in damaged:
        print(f"无法打开，保留原样：{place}")
    print(
        f"已全部换到密钥{store.keyring.current}：{total}行，{time.monotonic() - started:.0f}秒，{len(damaged)}行无法打开"
    )
    await _tell_others(store, store.keyring.current)
    return 1 if damaged else 0


async def _begin(settings: Settings, store: Database) -> int:
    """Make the next key current, unless everything is not yet under the one that is; returns how many rows were sealed anew.

    Whether everything was, is not known by its having been done once: a machine may have gone on under an older keyring.
    """
    path = settings.keyring_file
    file = read_keyring_file(path)
    await store.write(lambda session: check_keys(session, datetime.now(UTC)))
    use = (await store.read(key_uses))[f"encryption {file.current}"]
    later = [key_id for key_id in map(int, file.encryption) if key_id > file.current]
    if not later and len(file.encryption) > 1:
        done = 0 if use.resealed_at is None else (await _pass(store))[0]
        if done or use.resealed_at is None:
            print(f"继续换到密钥{file.current}")
            return done
    kept = file if later else with_new_key(file, settings.cipher_suite, is_current=False)
    fresh = min(later) if later else max(map(int, kept.encryption))
    if not later:
        await _try_key(path, file, kept, store)
    kept_file.replace(path, msgspec.json.encode(msgspec.structs.replace(kept, current=fresh)))
    store.keyring.renew()
    print(
        f"新密钥{fresh}已写入 {path}，新内容从现在起用它加密。请立即另行备份密钥文件；其他机器如各有密钥文件，现在就复制过去"
    )
    return 0


async def _try_key(path: Path, before: KeyringFile, after: KeyringFile, store: Database) -> None:
    """Ask the database about a new key while nothing is sealed under it; raises WrongKeyring, and the key is gone again."""
    kept_file.replace(path, msgspec.json.encode(after))
    try:
        store.keyring.renew()
        await store.write(lambda session: check_keys(session, datetime.now(UTC)))
    except WrongKeyring:
        kept_file.replace(path, msgspec.json.encode(before))
        raise


async def _pass(store: Database) -> tuple[int, list[str]]:
    """Go once through everything that is under another key; returns how many rows were sealed anew, and what does not open."""
    total, damaged = 0, list[str]()
    for one in SEALED:
        done, bad = await _table(store, one)
        total += done
        damaged += bad
    return total, damaged


async def _table(store: Database, one: Sealed) -> tuple[int, list[str]]:
    done, damaged = 0, list[str]()
    turn: Turn | None = None

    async def work(session: Session) -> Turn:
        return await sealed.reseal_some(session, one, None if turn is None else turn.last)

    while turn is None or turn.last is not None:
        turn = await store.write(work)
        done += turn.resealed
        damaged += turn.damaged
        if done:
            name = f"[{SEALED.index(one) + 1}/{len(SEALED)}] {one.table} {'、'.join(one.columns)}"
            print(f"\r{name}\t{done}行", end="\n" if turn.last is None else "", flush=True)
    return done, damaged
