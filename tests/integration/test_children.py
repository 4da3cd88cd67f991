"""The processes of `hotline up` one by one: what does not go when it is told to is made to."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from hotline.commands import child
from hotline.commands.child import Child

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
