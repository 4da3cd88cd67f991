"""Files that only we may read, whole or not at all, and on the disk before anybody builds on them.

The administrator's commands may write what the hub's own user must go on reading: a new file belongs to whom its folder belongs
to, one that is written anew to whom it belonged, with what its group could read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What a disk says that knows no links, as a stick that an auditor carries (FAT, exFAT).
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP})


def make(path: Path, content: bytes) -> bool:
    """Make a file where there is none; False where somebody was first, whose file stays."""
    with _aside(path, content) as side:
        try:
            os.link(side, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return _make_in_place(path, content)
        _settle(path.parent)
        return True


def try_out(path: Path) -> None:
    """Raise OSError where no file can be made."""
    with _aside(path, b""):
        pass


def replace(path: Path, content: bytes) -> None:
    """Write a file anew, also where a link leads to it: whoever reads it meanwhile reads the old one or the new one."""
    path = path.resolve()
    with _aside(path, content) as side:
        side.rename(path)
        _settle(path.parent)


def give(path: Path, like: Path) -> None:
    """Let a file belong to whom another belongs to, where we may say so."""
    other = like.stat()
    with contextlib.suppress(OSError):
        os.chown(path, other.st_uid, other.st_gid)


@contextlib.contextmanager
def _aside(path: Path, content: bytes) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    side = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        side.touch(mode=0o600, exist_ok=False)
        with side.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        give(side, path if path.exists() else path.parent)
        if path.exists():
            _open_to_group(side, path.stat())
        yield side
    finally:
        side.unlink(missing_ok=True)


def _make_in_place(path: Path, content: bytes) -> bool:
    """Make a file where there is none, which is not whole for a moment; where it cannot be finished, it is taken away."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    give(path, path.parent)
    _settle(path.parent)
    return True


def _open_to_group(side: Path, before: os.stat_result) -> None:
    """Let the group read what it could read before; nobody else ever may, nor another group where we may not give files away."""
    if side.stat().st_gid == before.st_gid and before.st_mode & 0o040:
        # Some disks know no modes.
        with contextlib.suppress(OSError):
            side.chmod(0o640)


def _settle(folder: Path) -> None:
    """See to it that a new name is on the disk too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
