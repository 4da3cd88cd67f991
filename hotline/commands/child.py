"""The processes of `hotline up`: kept alive, stopped in order, and servers changed for new ones while requests come in."""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence

LONGEST_REST_S: Final = 5.0
# Who lived this long did not die of its start.
LIVED_S: Final = 5.0
READY_WITHIN_S: Final = 120.0
LEAVES_WITHIN_S: Final = 20.0
# By these a server is told which socket to listen on, and where to say that it does.
LISTENER: Final = "HOTLINE_LISTENER"
READY: Final = "HOTLINE_READY"


class Child:
    """One process that is kept alive; one that dies at once again and again is given ever longer rests."""

    def __init__(self, verb: str, environ: Mapping[str, str]) -> None:
        self.verb = verb
        self.starts = 0
        self._environ = environ
        self._started_at = 0.0
        self._rest_s = 0.1
        self._leaves_by = math.inf
        self.process = self._start()

    def keep_alive(self) -> None:
        """Start it again where it is gone."""
        if self.process.poll() is None:
            if time.monotonic() > self._leaves_by:
                self.process.kill()
            return
        if time.monotonic() - self._started_at > LIVED_S:
            self._rest_s = 0.1
        if time.monotonic() - self._started_at < self._rest_s:
            return
        self._rest_s = min(self._rest_s * 2, LONGEST_REST_S)
        self.process = self._start()

    def renew(self) -> None:
        """Ask it to finish, so that `keep_alive` starts it again; that also kills one that does not finish."""
        self._leaves_by = time.monotonic() + LEAVES_WITHIN_S
        self.stop()

    def stop(self) -> None:
        """Ask it to finish."""
        _ask_to_finish(self.process)

    def wait(self, until: float) -> None:
        """Wait for its end; kill it when the time is up."""
        _wait(self.process, until)

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        self._started_at, self._leaves_by = time.monotonic(), math.inf
        return self._run({}, ())

    def _run(self, more: Mapping[str, str], descriptors: Sequence[int]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "hotline", *self.verb.split()]
        # A group of its own: Ctrl-C reaches only us, and we stop the others in order.
        return subprocess.Popen(  # noqa: S603 - our own command
            command,
            env={**self._environ, **more},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=descriptors,
        )


class Server(Child):
    """A server. Its socket is ours and outlives it: what waits there is answered by whoever takes its place.

    Of one that died the socket is closed: the other servers get what comes, until there is a new one with a new socket.
    """

    def __init__(self, environ: Mapping[str, str], open_door: Callable[[], socket.socket | None]) -> None:
        self._open_door = open_door
        self._door: socket.socket | None = None
        self._next: tuple[subprocess.Popen[bytes], int] | None = None
        self._leaving: subprocess.Popen[bytes] | None = None
        self._until = 0.0
        super().__init__("serve", environ)

    def keep_alive(self) -> None:
        """Start it again where it is gone; nobody waits at its socket meanwhile."""
        if self.process.poll() is not None:
            self._break_off_change()
            if self._door is not None:
                self._door.close()
                self._door = None
        super().keep_alive()

    def begin_change(self) -> None:
        """Start the process that is to take its place."""
        read, write = os.pipe()
        os.set_blocking(read, False)
        try:
            process = self._run({**self._where(), READY: str(write)}, self._descriptors(write))
        finally:
            os.close(write)
        self._next, self._until = (process, read), time.monotonic() + READY_WITHIN_S

    def change(self) -> bool | None:
        """Call this again and again: None while the change is under way, True when it is done, False where it failed."""
        if self._next is not None:
            return self._take_over(*self._next)
        if self._leaving is None or self._leaving.poll() is not None:
            self._leaving = None
            return True
        if time.monotonic() > self._until:
            self._leaving.kill()
        return None

    def stop(self) -> None:
        """Ask all of them to finish."""
        for process in self._all():
            _ask_to_finish(process)

    def wait(self, until: float) -> None:
        """Wait for the end of all of them; kill them when the time is up."""
        for process in self._all():
            _wait(process, until)
        if self._door is not None:
            self._door.close()

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        self._started_at = time.monotonic()
        if self._door is None:
            self._door = self._open_door()
        return self._run(self._where(), self._descriptors())

    def _take_over(self, process: subprocess.Popen[bytes], read: int) -> bool | None:
        try:
            is_ready = os.read(read, 1) == b"1"
        except BlockingIOError:
            is_ready = False
        if not is_ready and process.poll() is None and time.monotonic() < self._until:
            return None
        os.close(read)
        self._next = None
        if not is_ready:
            process.kill()
            process.wait()
            return False
        self._leaving, self.process, self._until = self.process, process, time.monotonic() + LEAVES_WITHIN_S
        self._started_at = time.monotonic()
        _ask_to_finish(self._leaving)
        return None

    def _break_off_change(self) -> None:
        """End the one that was to take its place: it listens on the old socket, and who is started now is new as well."""
        if self._next is not None:
            process, read = self._next
            self._next = None
            os.close(read)
            process.kill()
            process.wait()

    def _all(self) -> list[subprocess.Popen[bytes]]:
        others = [self._leaving, self._next[0] if self._next else None]
        return [self.process, *(one for one in others if one is not None)]

    def _where(self) -> dict[str, str]:
        return {} if self._door is None else {LISTENER: str(self._door.fileno())}

    def _descriptors(self, *more: int) -> list[int]:
        return [*more] if self._door is None else [self._door.fileno(), *more]


def _ask_to_finish(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()


def _wait(process: subprocess.Popen[bytes], until: float) -> None:
    try:
        process.wait(max(0.1, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
