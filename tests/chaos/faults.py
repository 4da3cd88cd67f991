"""What is done to a running hub: its processes killed or frozen, its disk filled, its clock set."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.acceptance.conftest import RunningHub

PARTS: Final = {"serve": 2, "work": 1, "postgres": 1}
BACK_WITHIN_S: Final = 120
MEGABYTE: Final = bytes(1024 * 1024)


async def kill_and_wait(hub: RunningHub, part: str) -> None:
    """Kill -9 the oldest process of a part; return when there is another in its place and the hub is ready."""
    before = processes(hub, part)
    os.kill(before[0], signal.SIGKILL)
    until = time.monotonic() + BACK_WITHIN_S
    while len(now := [pid for pid in processes(hub, part) if pid != before[0] and takes_work(pid, part)]) < PARTS[
        part
    ] or not await asyncio.to_thread(hub.is_ready):
        assert time.monotonic() < until, f"{part} did not come back: {now}"
        await asyncio.sleep(0.1)


def takes_work(pid: int, part: str) -> bool:
    """A server that does not listen yet stands in nobody's place: to kill the other one then would be to kill both."""
    if part != "serve":
        return True
    try:
        return any(one.status == psutil.CONN_LISTEN for one in psutil.Process(pid).net_connections("tcp"))
    except psutil.Error:
        return False


def processes(hub: RunningHub, part: str) -> list[int]:
    """The ids of the processes of one part of the tree, the oldest first; a zombie is none."""
    found = []
    for process in psutil.Process(hub.process.pid).children():
        try:
            words = process.cmdline()
            if words and (words[-1] == part or Path(words[0]).name == part):
                found.append((process.create_time(), process.pid))
        except psutil.Error:
            continue
    return [pid for _, pid in sorted(found)]


@contextlib.asynccontextmanager
async def frozen(hub: RunningHub, part: str) -> AsyncIterator[None]:
    """Stop every process of a part where it stands; they go on when the block ends."""
    stopped: list[psutil.Process] = []
    try:
        for pid in processes(hub, part):
            # The parent first: who is stopped makes no children.
            for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.suspend()
                    stopped.append(process)
        yield
    finally:
        for process in stopped:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own in memory, for as long as the block lasts; only root may mount one."""
    folder.mkdir(parents=True)
    subprocess.run([_found("mount"), "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "none", folder], check=True)
    try:
        yield
    finally:
        subprocess.run([_found("umount"), "--lazy", folder], check=True)


def may_mount() -> bool:
    """Tell whether a file system can be mounted here: in a container often not, whoever one is."""
    try:
        with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder) / "disk", 1):
            return True
    except (subprocess.CalledProcessError, AssertionError):
        return False


def _found(command: str) -> str:
    found = shutil.which(command)
    assert found is not None, f"{command} is missing"
    return found


@contextlib.contextmanager
def full(folder: Path) -> Iterator[None]:
    """Fill the disk to the last byte; it is free again when the block ends."""
    filling = folder / "filling"
    try:
        _fill(filling)
        yield
    finally:
        filling.unlink()


def _fill(filling: Path) -> None:
    with filling.open("ab", buffering=0) as file:
        for size in (len(MEGABYTE), 4096):
            try:
                while True:
                    file.write(MEGABYTE[:size])
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


class SetClock:
    """A wall clock of some processes' own, set while they look at it (set_clock.c; libfaketime breaks Python's sleep)."""

    def __init__(self, folder: Path) -> None:
        self._file, self._library = folder / "clock", folder / "set_clock.so"
        source = Path(__file__).with_name("set_clock.c")
        subprocess.run([_found("cc"), "-shared", "-fPIC", "-O1", "-o", self._library, source], check=True)
        self._file.write_bytes(bytes(8))

    @property
    def environ(self) -> dict[str, str]:
        """What the processes must be started with."""
        return {"LD_PRELOAD": str(self._library), "CHAOS_CLOCK": str(self._file)}

    def set(self, seconds: int) -> None:
        """Set it so many seconds ahead of the right time, or behind."""
        with self._file.open("r+b", buffering=0) as file:
            file.write(seconds.to_bytes(8, sys.byteorder, signed=True))
