"""The data folder is in one hand at a time: who runs the hub over it, and who puts a backup back into it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from models.errors import HotlineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline.config import Settings


class AlreadyRunning(HotlineError):
    """Another `hotline up` works on the same data folder."""

    code = "already_running"


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the data folder; raises AlreadyRunning naming the one that holds it."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise AlreadyRunning(
                f"热线中枢已在运行（{lock.read().strip()}）；请先停止它，或用 HOTLINE_DATA_DIR 另选数据目录"
            ) from error
        lock.truncate(0)
        lock.write(f"进程 {os.getpid()}，{settings.url}")
        lock.flush()
        yield
