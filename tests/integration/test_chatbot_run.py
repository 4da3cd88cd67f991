"""The chatbot's keeper beside a program that answers as Rasa does: the port, being stopped, what it writes down."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).parents[2]
SOON_S = 20
# In the place of the chatbot's interpreter: listens on the port that is asked for, and answers everything.
RASA = """#!{python}
import http.server, pathlib, sys, time
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def do_POST(self):
        pathlib.Path("greeted").touch()
        if pathlib.Path("slow").exists():
            time.sleep(600)
        self.do_GET()
port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.HTTPServer(("127.0.0.1", port), Answers).serve_forever()
"""
KEEPER = """
import sys, time
from pathlib import Path
from hotline.commands import chatbot, chatbot_run
from hotline.config import Settings

data, port, long = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
settings = Settings(data_dir=data, database_url="postgresql://none", chatbot_port=port)
train = (lambda url: chatbot._call(sleep, {}, "")) if long == "long" else (lambda url: None)
chatbot_run.run(settings, lambda: time.sleep(0.3), train)
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def kept(tmp_path: Path, port: int) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Start a keeper that trains `long` or not at all; whatever it has started is gone afterwards."""
    rasa = tmp_path / "chatbot" / ".venv" / "bin" / "python"
    rasa.parent.mkdir(parents=True)
    rasa.write_text(RASA.format(python=sys.executable), encoding="utf-8")
    rasa.chmod(0o755)
    started: list[subprocess.Popen[str]] = []

    def start(training: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", KEEPER, str(tmp_path / "data"), str(port), training]
        started.append(
            subprocess.Popen(
                command,
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(PROJECT)},
                umask=0o022,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield start
    for one in started:
        below = children(one.pid)
        one.kill()
        one.communicate()
        for pid in below:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


def test_a_stranger_on_the_port_is_not_taken_for_the_chatbot(
    tmp_path: Path, port: int, kept: Callable[[str], subprocess.Popen[str]]
) -> None:
    stranger = subprocess.Popen([tmp_path / "chatbot" / ".venv" / "bin" / "python", "--port", str(port)], cwd=tmp_path)
    try:
        until_listening(port)
        keeper = kept("short")
        assert told(tmp_path, "failed", "ready") == "failed"
        assert keeper.stdout is not None
        assert "HOTLINE_CHATBOT_PORT" in keeper.stdout.readline()
    finally:
        stranger.kill()
        stranger.wait()


def test_told_to_stop_it_breaks_off_its_training_and_leaves_nothing_behind(
    tmp_path: Path, kept: Callable[[str], subprocess.Popen[str]]
) -> None:
    keeper = kept("long")
    told(tmp_path, "training")
    trained = wait_for(lambda: children(keeper.pid))
    keeper.terminate()
    keeper.wait(SOON_S)
    assert [pid for pid in trained if alive(pid)] == []
    assert told(tmp_path, "off") == "off"


@pytest.mark.parametrize("is_slow", [False, True])
def test_told_to_stop_it_ends_what_it_runs(
    tmp_path: Path, kept: Callable[[str], subprocess.Popen[str]], *, is_slow: bool
) -> None:
    folder = tmp_path / "chatbot"
    if is_slow:
        (folder / "slow").touch()
    keeper = kept("short")
    wait_for((folder / "greeted").exists)
    running = children(keeper.pid)
    keeper.terminate()
    keeper.wait(SOON_S)
    assert running
    assert [pid for pid in running if alive(pid)] == []


def test_a_dead_chatbot_is_not_ready_and_is_started_again(
    tmp_path: Path, kept: Callable[[str], subprocess.Popen[str]]
) -> None:
    keeper = kept("short")
    told(tmp_path, "ready")
    os.kill(children(keeper.pid)[0], signal.SIGKILL)
    state = tmp_path / "data" / "chatbot-state"
    assert wait_for(lambda: (now := state.read_text()) != "ready" and now) == "starting"
    told(tmp_path, "ready")


def test_what_it_writes_down_is_for_nobody_else(tmp_path: Path, kept: Callable[[str], subprocess.Popen[str]]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    # As an older one has left it.
    (data / "chatbot.log").touch(0o644)
    kept("short")
    told(tmp_path, "ready")
    modes = {name: (data / name).stat().st_mode & 0o777 for name in ("chatbot-state", "chatbot-token", "chatbot.log")}
    assert set(modes.values()) == {0o600}, modes


def told(folder: Path, *states: str) -> str:
    """Wait until it has written one of these of itself."""
    file = folder / "data" / "chatbot-state"
    return wait_for(lambda: now if file.exists() and (now := file.read_text()) in states else "")


def wait_for(find: Callable[[], T]) -> T:
    until = time.monotonic() + SOON_S
    while not (found := find()):
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.02)
    return found


def until_listening(port: int) -> None:
    def answers() -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", port)) == 0

    wait_for(answers)


def children(pid: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in file.read_text().split()] if file.exists() else []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
