"""`hotline up`: PostgreSQL, servers and worker in one process tree; what dies is started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hotline.access import prepare_access
from hotline.app import read_keyring
from hotline.commands import installation as parts
from hotline.postgres import EmbeddedPostgres
from models.city_files import read_city
from models.errors import HotlineError
from models.store import database, installation
from models.store.migrations import migrate

if TYPE_CHECKING:
    from hotline.config import Settings
    from models.store.database import Session

WATCH_EVERY_S: Final = 0.1
READY_WITHIN_S: Final = 60.0
LONGEST_REST_S: Final = 5.0
STOP_WITHIN_S: Final = 15.0


class NotReady(HotlineError):
    """The hub did not come up."""

    code = "not_ready"


class Child:
    """One process that is kept alive; one that dies at once again and again is given ever longer rests."""

    def __init__(self, verb: str, environ: dict[str, str]) -> None:
        self.verb = verb
        self._environ = environ
        self._started_at = 0.0
        self._rest_s = 0.1
        self.process = self._start()

    def keep_alive(self) -> None:
        """Start it again where it is gone."""
        if self.process.poll() is None:
            return
        if time.monotonic() - self._started_at > 10:
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
        self._started_at = time.monotonic()
        command = [sys.executable, "-m", "hotline", self.verb]
        # A group of its own: Ctrl-C reaches only us, and we stop the others in order.
        return subprocess.Popen(command, env=self._environ, start_new_session=True)  # noqa: S603


def up(settings: Settings) -> int:
    """Start everything, print the address, and stay until told to stop. Returns the exit code."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    parts.setup(settings)
    postgres = None if settings.database_url else EmbeddedPostgres(settings.data_dir / "postgres")
    if postgres is not None:
        postgres.start()
    url = settings.database_url or (postgres.url(parts.DATABASE) if postgres else "")
    told = [False]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.__setitem__(0, True))
    children: list[Child] = []
    try:
        asyncio.run(_prepare(settings, url))
        environ = {**os.environ, "HOTLINE_DATABASE_URL": url, "HOTLINE_DATA_DIR": str(settings.data_dir)}
        children = [Child(verb, environ) for verb in ["serve"] * settings.servers + ["work"]]
        _wait_ready(settings, children, told)
        if not told[0]:
            print(f"热线中枢已就绪：{settings.url}\n访问凭证：{settings.access_file}\n按 Ctrl-C 停止", flush=True)
        while not told[0]:
            time.sleep(WATCH_EVERY_S)
            if postgres is not None and postgres.pid is not None and not postgres.is_running():
                postgres.restart()
            for child in children:
                child.keep_alive()
    finally:
        _stop(children)
        if postgres is not None:
            postgres.stop()
    return 0


async def _prepare(settings: Settings, url: str) -> None:
    """Migrate, load the city, set the clock, write what others need to reach us."""
    await migrate(url)
    city = read_city(settings.city)
    store = await database.connect(url, city.code, read_keyring(settings.keyring_file), size=2)
    try:

        async def work(session: Session) -> None:
            await installation.keep_city(session, city, datetime.now(UTC))
            await _set_clock(session, settings)

        await store.write(work)
        await prepare_access(settings, store, city)
    finally:
        await store.close()


async def _set_clock(session: Session, settings: Settings) -> None:
    """Set the demo clock where it is not the real one; it never goes back behind what it has shown."""
    now = datetime.now(UTC)
    row = await installation.clock(session)
    shown = max(row["seen_at"], now) if row else now
    if row is not None or settings.clock_speed != 1.0:
        await installation.set_clock(session, now, shown, settings.clock_speed)


def _wait_ready(settings: Settings, children: list[Child], told: list[bool]) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    said = "没有应答"
    while not told[0]:
        try:
            with urllib.request.urlopen(f"{settings.url}/readyz", timeout=2) as response:  # noqa: S310 - our own address
                if response.status == 200:
                    return
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")
        except OSError as error:
            said = str(error)
        if time.monotonic() > deadline or any(child.process.poll() not in {None, 0} for child in children):
            raise NotReady(f"热线中枢未能启动：{said}")
        time.sleep(0.1)


def _stop(children: list[Child]) -> None:
    for child in children:
        child.stop()
    until = time.monotonic() + STOP_WITHIN_S
    for child in children:
        child.wait(until)
