"""The processes of `hotline up` one by one: what does not go when it is told to is made to."""

from __future__ import annotations

import os
import signal
import socket
import time
from typing import TYPE_CHECKING

import pytest

from hotline.commands import child
from hotline.commands.child import Child, Server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Of a child that has nothing to work on."""
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    return {**os.environ, "HOTLINE_DATA_DIR": str(tmp_path), "HOTLINE_DATABASE_URL": nowhere}


def wait(is_so: Callable[[], bool], meanwhile: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        meanwhile()
        time.sleep(0.02)


def test_a_worker_that_is_stuck_is_killed_and_started_again(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "LEAVES_WITHIN_S", 0.3)
    worker = Child("work", environ)
    stuck = worker.process
    try:
        os.kill(stuck.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, stuck.pid, os.WSTOPPED | os.WNOWAIT)
        worker.renew()
        wait(lambda: worker.process is not stuck, worker.keep_alive)
        assert stuck.returncode == -signal.SIGKILL
        fresh = worker.process
        worker.keep_alive()
        assert worker.process is fresh
        assert fresh.poll() is None, "the deadline was the old one's"
    finally:
        for one in (stuck, worker.process):
            one.kill()
            one.wait()


def test_a_server_that_dies_amid_its_change_is_started_once(environ: dict[str, str]) -> None:
    doors: list[socket.socket] = []

    def open_door() -> socket.socket:
        doors.append(socket.create_server(("127.0.0.1", 0)))
        return doors[-1]

    server = Server(environ, open_door)
    dead = server.process
    try:
        server.begin_change()
        dead.kill()
        dead.wait()
        wait(lambda: server.process is not dead, server.keep_alive)
        fresh = server.process
        assert server.change() is True
        assert server.process is fresh
        assert len(doors) == 2
    finally:
        server.stop()
        server.wait(time.monotonic() + 5)
