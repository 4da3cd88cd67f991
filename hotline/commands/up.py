"""`hotline up`: PostgreSQL, servers and worker in one process tree; what dies is started again."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hotline.access import prepare_access
from hotline.anchoring import make_keys
from hotline.announcement import take_over
from hotline.app import read_keyring
from hotline.commands import installation as parts
from hotline.commands.change import Change, listen_for_change
from hotline.commands.child import Child, Server
from hotline.commands.data_folder import only_one
from hotline.commands.knowledge import seed
from hotline.commands.serving import door
from hotline.config import BadSetting
from hotline.postgres import EmbeddedPostgres
from models.city_files import read_city
from models.errors import HotlineError
from models.store import database, installation
from models.store.migrations import migrate

if TYPE_CHECKING:
    from hotline.config import Settings
    from models.store.database import Session

WATCH_EVERY_S: Final = 0.1
READY_WITHIN_S: Final = 120.0
PORT_FREE_WITHIN_S: Final = 5.0
STARTS_BEFORE_GIVING_UP: Final = 3
STOP_WITHIN_S: Final = 15.0
CHATBOT: Final = "chatbot run"
# The environment's proxies do not lead to ourselves.
OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NotReady(HotlineError):
    """The hub did not come up."""

    code = "not_ready"


def up(settings: Settings) -> int:
    """Start everything, print the address, and stay until told to stop. Returns the exit code."""
    # Told to stop in the middle of starting is as good as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asked = listen_for_change()
    children: list[Child] = []
    postgres = None if settings.database_url else EmbeddedPostgres(settings.data_dir / "postgres")
    with only_one(settings):
        try:
            # What a person must mend is told before anything has started.
            if settings.clock_speed != 1.0 and not settings.demo:
                raise BadSetting("HOTLINE_CLOCK_SPEED 只在 HOTLINE_DEMO=on 时可用")
            _check_port(settings)
            read_keyring(settings)
            make_keys(settings.anchors_dir, settings.cipher_suite)
            parts.setup(settings)
            url = _start_database(settings, postgres)
            asyncio.run(_prepare(settings, url))
            _say(f"→ 服务：{settings.servers}个进程；后台：1个进程")
            environ = {
                **os.environ,
                "HOTLINE_DATABASE_URL": url,
                "HOTLINE_DATA_DIR": str(settings.data_dir),
                parts.KEEPER: str(os.getpid()),
            }
            for _ in range(settings.servers):
                children.append(Server(environ, lambda: door(settings)))  # noqa: PERF401 - an interrupt must find those begun
            children.append(Child("work", environ))
            if settings.chatbot:
                children.append(Child(CHATBOT, environ))
            _stay(settings, postgres, children, Change(settings, url, children, asked))
        except KeyboardInterrupt:
            _say("→ 停止")
        finally:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            _stop(children)
            if postgres is not None:
                postgres.stop()
    return 0


def _check_port(settings: Settings) -> None:
    """Raise PortTaken where somebody else listens; a killed predecessor's servers are given time to notice.

    The servers share their port, so they would not notice a stranger's that does the same.
    """
    deadline = time.monotonic() + PORT_FREE_WITHIN_S
    while True:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        with socket.socket(family) as probe, parts.port_taken(settings):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, settings.port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                    raise
            else:
                return
        time.sleep(0.1)


def _start_database(settings: Settings, postgres: EmbeddedPostgres | None) -> str:
    if postgres is None:
        _say("→ 数据库：外部（HOTLINE_DATABASE_URL）")
        return settings.database_url or ""
    _say(f"→ 数据库：内置 PostgreSQL，{postgres.folder}")
    postgres.start()
    return postgres.url(parts.DATABASE)


async def _prepare(settings: Settings, url: str) -> None:
    """Migrate, load the city, set the clock, write what others need to reach us."""
    _say("→ 升级数据库结构")
    await migrate(url)
    city = read_city(settings.city)
    _say(f"→ 城市：{city.name}")
    store = await database.connect(url, city.code, read_keyring(settings), size=2)
    try:

        async def work(session: Session) -> None:
            await installation.check_keys(session, datetime.now(UTC))
            await _set_clock(session, settings)
            await take_over(session, city, datetime.now(UTC))

        await store.write(work)
        await prepare_access(settings, store, city)
        await seed(settings, store)
    finally:
        await store.close()


async def _set_clock(session: Session, settings: Settings) -> None:
    """Set the demo clock where it is not the real one; it never goes back behind what it has shown."""
    now = datetime.now(UTC)
    row = await installation.clock(session)
    shown = max(row["seen_at"], now) if row else now
    if row is not None or settings.clock_speed != 1.0:
        await installation.set_clock(session, now, shown, settings.clock_speed)


def _stay(settings: Settings, postgres: EmbeddedPostgres | None, children: list[Child], change: Change) -> None:
    """Keep everything alive, for ever; say once when it is ready. Raises NotReady where it never gets there."""
    deadline = time.monotonic() + READY_WITHIN_S
    is_ready = False
    while True:
        if postgres is not None:
            _keep(postgres)
        for child in children:
            child.keep_alive()
        change.turn()
        if not is_ready:
            said = _ask_ready(settings)
            is_ready = said is None
            if is_ready:
                _say(f"热线中枢已就绪：{settings.url}\n访问凭证：{settings.access_file}\n按 Ctrl-C 停止")
            elif time.monotonic() > deadline or any(_is_hopeless(child) for child in children):
                raise NotReady(f"热线中枢未能启动：{said}")
        time.sleep(WATCH_EVERY_S)


def _is_hopeless(child: Child) -> bool:
    """Tell whether a part of the hub dies again and again; the chatbot is none, and may."""
    return child.verb != CHATBOT and child.starts > STARTS_BEFORE_GIVING_UP


def _keep(postgres: EmbeddedPostgres) -> None:
    try:
        postgres.keep()
    except HotlineError as error:
        # A full disk may be freed again: say so and go on trying.
        print(f"数据库：{error.detail}", file=sys.stderr, flush=True)


def _ask_ready(settings: Settings) -> str | None:
    """Return None when /readyz says so, else what it says."""
    try:
        with OPENER.open(f"{settings.url}/readyz", timeout=2) as response:
            return None if response.status == 200 else f"{response.status}"
    except urllib.error.HTTPError as error:
        return error.read().decode(errors="replace")
    except OSError as error:
        return str(error)


def _stop(children: list[Child]) -> None:
    for child in children:
        child.stop()
    until = time.monotonic() + STOP_WITHIN_S
    for child in children:
        child.wait(until)


def _say(words: str) -> None:
    print(words, flush=True)
