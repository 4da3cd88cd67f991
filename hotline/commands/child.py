"""One process of `hotline up`: it is kept alive, and stopped in order."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from typing import Final

LONGEST_REST_S: Final = 5.0
# Who lived this long did not die of its start.
LIVED_S: Final = 5.0


class Child:
    """One process that is kept alive; one that dies at once again and again is given ever longer rests."""

    def __init__(self, verb: str, environ: dict[str, str]) -> None:
        self.verb = verb
        self.starts = 0
        self._environ = environ
        self._started_at = 0.0
        self._rest_s = 0.1
        self.process = self._start()

    def keep_alive(self) -> None:
        """Start it again where it is gone."""
        if self.process.poll() is None:
            return
        if time.monotonic() - self._started_at > LIVED_S:
            self._rest_s = 0.1
        if time.monotonic() - self._started_at < self._rest_s:
            return
        self._rest_s = min(self._rest_s * 2, LONGEST_REST_S)
        self.process = self._start()

    def stop(self) -> None:
        """Ask it to finish."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end; kill it when the time is up."""
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        self._started_at = time.monotonic()
        command = [sys.executable, "-m", "hotline", *self.verb.split()]
        # A group of its own: Ctrl-C reaches only us, and we stop the others in order.
        return subprocess.Popen(  # noqa: S603 - our own command
            command, env=self._environ, stdin=subprocess.DEVNULL, start_new_session=True
        )
