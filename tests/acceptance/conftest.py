"""A real `hotline up`, as an operator starts it: own data folder, free port, demo clock."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent.parent
HOTLINE = (sys.executable, "-m", "hotline")
# Long enough for a machine that trains the classifier first.
READY_WITHIN_S = 180.0
STOP_WITHIN_S = 60.0


class RunningHub:
    """One process tree; `environ` is what every command against it must be started with."""

    def __init__(self, data_dir: Path, clock_speed: float, **env: str) -> None:
        port = _free_port()
        self.data_dir = data_dir
        self.url = f"http://127.0.0.1:{port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
        self.environ = {
            **kept,
            "HOTLINE_PORT": str(port),
            "HOTLINE_DATA_DIR": str(data_dir),
            "HOTLINE_CLOCK_SPEED": f"{clock_speed:g}",
            "HOTLINE_DEMO": "on",
            "HOTLINE_SERVERS": "1",
            **env,
        }
        data_dir.mkdir(parents=True, exist_ok=True)
        self.log = data_dir / "up.log"
        self.process = self.start()

    @property
    def access(self) -> dict[str, Any]:
        """What the hub wrote for those who connect to it."""
        found: dict[str, Any] = json.loads((self.data_dir / "access.json").read_bytes())
        return found

    def start(self) -> subprocess.Popen[bytes]:
        """Start `hotline up` and return when it says that it is ready."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*HOTLINE, "up"], cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while self.url not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"hotline up did not come up:\n{self.log.read_text()}")
            time.sleep(0.1)
        return self.process

    def run(self, *words: str, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run a command of ours against this hub."""
        return subprocess.run(
            [*HOTLINE, *words],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def stop(self) -> None:
        """Stop it as Ctrl-C does; everything that it started is gone when this returns."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def running_hub() -> Iterator[Callable[..., RunningHub]]:
    """Start hubs with `running_hub(tmp_path, clock_speed=3600, HOTLINE_SERVERS="2")`; all are stopped in the end."""
    with contextlib.ExitStack() as stack:

        def start(data_dir: Path, clock_speed: float = 1.0, **env: str) -> RunningHub:
            hub = RunningHub(data_dir, clock_speed, **env)
            stack.callback(hub.stop)
            return hub

        yield start


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
