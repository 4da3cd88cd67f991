"""A real hub as an operator starts it: `hotline up` in a folder of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.own_environ import demo_hub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

READY_WITHIN_S = 120


class RunningHub:
    """The process tree of one `hotline up`."""

    def __init__(self, data_dir: Path, environ: dict[str, str], process: subprocess.Popen[bytes], url: str) -> None:
        self.data_dir = data_dir
        self.environ = environ
        self.process = process
        self.url = url

    @property
    def access(self) -> Any:
        """Tokens, demo accounts, departments' secrets."""
        return json.loads((self.data_dir / "access.json").read_text())

    def hotline(self, *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a command of `hotline` against this hub."""
        command = [sys.executable, "-m", "hotline", *words]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=timeout, check=False)

    def is_ready(self) -> bool:
        """Ask /readyz."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=3) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def wait_ready(self, within_s: float = READY_WITHIN_S) -> float:
        """Wait until it is ready; returns how long that took in seconds."""
        began = time.monotonic()
        while not self.is_ready():
            assert self.process.poll() is None, "hotline up has ended"
            assert time.monotonic() - began < within_s, "the hub did not become ready"
            time.sleep(0.1)
        return time.monotonic() - began

    def stop(self) -> None:
        """Stop it as Ctrl-C would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def start_hub(data_dir: Path, *, clock_speed: float = 1, log: Path | None = None, **more: str) -> RunningHub:
    """Start a hub with its data in a folder; it is not waited for, and whoever starts it stops it.

    Everything that its processes say goes to `log` where one is named.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = demo_hub(data_dir, port, HOTLINE_CLOCK_SPEED=str(clock_speed), **more)
    command = [sys.executable, "-m", "hotline", "up"]
    if log is None:
        process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    else:
        with log.open("ab") as file:
            process = subprocess.Popen(command, env=environ, stdout=file, stderr=file)
    return RunningHub(data_dir, environ, process, f"http://127.0.0.1:{port}")


@pytest.fixture
def running_hub(tmp_path: Path) -> Iterator[Callable[..., RunningHub]]:
    """Start hubs that are stopped when the test ends: `running_hub(clock_speed=3600, HOTLINE_SERVERS="1")`."""
    started: list[RunningHub] = []

    def start(*, clock_speed: float = 1, **more: str) -> RunningHub:
        hub = start_hub(tmp_path / f"data{len(started)}", clock_speed=clock_speed, log=None, **more)
        started.append(hub)
        hub.wait_ready()
        return hub

    yield start
    for hub in started:
        hub.stop()
