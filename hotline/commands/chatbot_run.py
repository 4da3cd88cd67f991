"""Keeping the chatbot alive beside the hub: prepared, trained, started, started again where it dies; its state told in a file."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hotline.chatbot import NOBODY, STATE_FILE, TOKEN_FILE
from hotline.commands.installation import KEEPER, database_url
from models.errors import HotlineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hotline.config import Settings
    from models.conversation import ChatbotState

READY_WITHIN_S: Final = 180.0
WATCH_EVERY_S: Final = 0.5
AGAIN_AFTER_S: Final = 60.0
LONGEST_REST_S: Final = 30.0
LIVED_S: Final = 60.0
STOP_WITHIN_S: Final = 10.0
# Logs are for whoever mends it, and hold no words of citizens.
LOG: Final = "chatbot.log"
LARGEST_LOG: Final = 20_000_000
WORDS: Final = "你好"
WARM_WITHIN_S: Final = 30
OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Stopped(Exception):
    """Told to stop."""


class ChatbotPortTaken(HotlineError):
    """Somebody else listens where the chatbot should."""

    code = "chatbot_port_taken"


class Keeper:
    """One chatbot of one hub: what it is doing stands in the data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._told = threading.Event()
        self._is_busy = False
        self._rasa: subprocess.Popen[bytes] | None = None
        self._keeper = os.environ.get(KEEPER)

    def tell(self, state: ChatbotState) -> None:
        """Write down how it stands, whole or not at all."""
        file = self._settings.data_dir / STATE_FILE
        side = file.with_suffix(f".{os.getpid()}")
        with os.fdopen(_own(side, os.O_TRUNC), "w") as written:
            written.write(state)
        side.replace(file)

    def stop(self) -> None:
        """Be told to stop, by a signal: what `busy` lends is broken off, once."""
        self._told.set()
        if self._is_busy:
            self._is_busy = False
            raise Stopped

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """Do what blocks for long, to be broken off as soon as it is told to stop. Raises Stopped."""
        self._is_busy = True
        try:
            if self._told.is_set():
                raise Stopped
            yield
        finally:
            self._is_busy = False

    def rest(self, seconds: float) -> None:
        """Wait; raises Stopped as soon as it is told to stop, or the `hotline up` that started it is gone."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._told.wait(min(WATCH_EVERY_S, seconds)) or self._keeper not in {None, str(os.getppid())}:
                raise Stopped

    def start(self, url: str) -> None:
        """Start Rasa with a new token for the hub's actions and wait until it answers. Raises Stopped, HotlineError."""
        self.tell("starting")
        _check_port(self._settings.chatbot_port)
        token = secrets.token_urlsafe(32)
        file = self._settings.data_dir / TOKEN_FILE
        file.unlink(missing_ok=True)
        with os.fdopen(_own(file, os.O_EXCL), "w") as written:
            written.write(token)
        self._rasa = _spawn(self._settings, url, token)
        until = time.monotonic() + READY_WITHIN_S
        while True:
            # Whoever answers there when it is dead is not it.
            if self._rasa.poll() is not None or time.monotonic() > until:
                raise HotlineError(f"机器人没有启动成功，原因见 {self._settings.data_dir / LOG}")
            if self._answers():
                break
            self.rest(WATCH_EVERY_S)
        with self.busy():
            self._warm_up()
        self.tell("ready")
        print("→ 机器人已就绪", flush=True)

    def watch(self) -> None:
        """Stay until Rasa is gone; raises Stopped."""
        while self._rasa is not None and self._rasa.poll() is None:
            self.rest(WATCH_EVERY_S)

    def end(self) -> None:
        """End Rasa."""
        if self._rasa is not None and self._rasa.poll() is None:
            self._rasa.terminate()
            try:
                self._rasa.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._rasa.kill()
                self._rasa.wait()

    def _warm_up(self) -> None:
        """Say something as nobody: the first message of all takes seconds, and no citizen should wait for it."""
        said = b'{"sender": "%s", "message": "%s"}' % (NOBODY.encode(), WORDS.encode())
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self._settings.chatbot_port}/webhooks/rest/webhook",
            said,
            {"content-type": "application/json"},
        )
        with contextlib.suppress(OSError), OPENER.open(asked, timeout=WARM_WITHIN_S) as response:
            response.read()

    def _answers(self) -> bool:
        """Tell whether it listens."""
        try:
            with OPENER.open(f"http://127.0.0.1:{self._settings.chatbot_port}/", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            return False


def run(settings: Settings, prepare: Callable[[], None], train: Callable[[str], None]) -> None:
    """Prepare, train and run, for ever; what fails is told and tried again after a while."""
    keeper = Keeper(settings)
    signal.signal(signal.SIGTERM, lambda *_: keeper.stop())
    signal.signal(signal.SIGINT, lambda *_: keeper.stop())
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with contextlib.suppress(Stopped), database_url(settings) as url:
            _keep(keeper, url, prepare, train)
    finally:
        keeper.end()
        keeper.tell("off")


def _keep(keeper: Keeper, url: str, prepare: Callable[[], None], train: Callable[[str], None]) -> None:
    """Do it until told to stop; raises Stopped."""
    rest_s = 0.5
    while True:
        try:
            keeper.tell("preparing")
            with keeper.busy():
                prepare()
            keeper.tell("training")
            with keeper.busy():
                train(url)
            began = time.monotonic()
            keeper.start(url)
            keeper.watch()
            # It is dead, and will be started again.
            keeper.tell("starting")
            rest_s = 0.5 if time.monotonic() - began > LIVED_S else min(rest_s * 2, LONGEST_REST_S)
            keeper.rest(rest_s)
        except HotlineError as error:
            keeper.end()
            keeper.tell("failed")
            print(f"机器人：{error.detail}\n热线中枢不受影响，{AGAIN_AFTER_S:.0f}秒后再试", flush=True)
            keeper.rest(AGAIN_AFTER_S)


def _own(file: Path, how: int) -> int:
    """Open a file to be written that nobody else may read, whatever it was before."""
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | how, 0o600)
    os.fchmod(opened, 0o600)
    return opened


def _check_port(port: int) -> None:
    """Raise ChatbotPortTaken where the port cannot be listened on: whoever answers there would be taken for the chatbot."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ChatbotPortTaken(
                f"不能在 127.0.0.1:{port} 上运行：端口已被其他程序占用或不可用，请停止它或用 HOTLINE_CHATBOT_PORT 另选端口"
            ) from error


def _spawn(settings: Settings, url: str, token: str) -> subprocess.Popen[bytes]:
    """Start Rasa on its port of this machine; what it needs of the hub stands in its environment alone."""
    from hotline.commands import chatbot  # noqa: PLC0415 - it imports this module

    log = settings.data_dir / LOG
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.unlink()
    command = [str(chatbot.python()), "-W", "ignore", "-m", "rasa", "run", "--interface", "127.0.0.1"]
    command += ["--port", str(settings.chatbot_port), "--model", str(chatbot.model())]
    command += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    own: dict[str, Any] = {
        "CHATBOT_ACTIONS_URL": f"{settings.url}/api/v1/chat/actions",
        "CHATBOT_AUTHORIZATION": f"Bearer {token}",
        "CHATBOT_DATABASE_URL": url,
        "POSTGRESQL_SCHEMA": "chatbot",
    }
    with os.fdopen(_own(log, os.O_APPEND), "ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own command
            command,
            env={**chatbot.rasa_environ(), **own},
            cwd=Path("chatbot"),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
