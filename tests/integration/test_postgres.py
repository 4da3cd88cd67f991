"""The embedded server: who keeps it, what survives a kill, and that nobody else can get in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import psutil
import pytest

from hotline import postgres
from hotline.postgres import EmbeddedPostgres, PostgresFailed, answers, running
from hotline.server_process import NOBODY, as_user, launcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent.parent
IS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not IS_ROOT, reason="only root can become somebody else")


@pytest.fixture
def start() -> Iterator[Callable[..., EmbeddedPostgres]]:
    """Start servers that are all stopped in the end; without fsync, for speed."""
    with contextlib.ExitStack() as stack:

        def started(folder: Path, **more: Any) -> EmbeddedPostgres:
            server = EmbeddedPostgres(folder, options=["-c", "fsync=off"], **more)
            stack.callback(server.stop)
            server.start()
            return server

        yield started


def ask(server: EmbeddedPostgres, sql: str) -> Any:
    async def main() -> Any:
        connection = await asyncpg.connect(server.url())
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(main())


def wait_until(said: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not said():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def keep_until_it_answers(server: EmbeddedPostgres) -> None:
    """What `hotline up` does all the time."""
    wait_until(lambda: not answers(server.sockets))

    def kept() -> bool:
        server.keep()
        return answers(server.sockets)

    wait_until(kept)


def processes_in(folder: Path) -> list[psutil.Process]:
    """Every process whose working folder is the cluster: the server and its children."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd() == str(folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def test_the_server_answers_and_nothing_is_left_when_it_stops(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres]
) -> None:
    server = start(tmp_path / "pg")
    assert ask(server, "SELECT 1") == 1
    assert processes_in(server.cluster)
    server.stop()
    assert not answers(server.sockets)
    assert not processes_in(server.cluster)
    assert not (server.cluster / "postmaster.pid").exists()


def test_nobody_gets_in_without_the_password(tmp_path: Path, start: Callable[..., EmbeddedPostgres]) -> None:
    server = start(tmp_path / "pg")
    assert stat.S_IMODE((server.folder / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700

    async def with_another_password() -> None:
        await asyncpg.connect(server.url().replace("hotline:", "hotline:0"))

    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(with_another_password())
    assert "trust" not in [
        word
        for line in (server.cluster / "pg_hba.conf").read_text().splitlines()
        if line[:1] != "#"
        for word in line.split()
    ]


def test_the_server_listens_on_no_tcp_port(tmp_path: Path, start: Callable[..., EmbeddedPostgres]) -> None:
    server = start(tmp_path / "pg")
    found = []
    for process in processes_in(server.cluster):
        with contextlib.suppress(psutil.NoSuchProcess):
            found += process.net_connections("inet")
    assert processes_in(server.cluster)
    assert found == []


def test_the_environment_does_not_steer_the_server(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=64kB")
    server = start(tmp_path / "pg")
    assert (server.sockets / ".s.PGSQL.5432").is_socket()


def test_a_folder_with_a_long_chinese_name_gets_a_short_socket(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres]
) -> None:
    server = start(tmp_path / ("云州市政务服务便民热线 100% & 数据#" * 2) / "pg")
    assert len(os.fsencode(server.sockets / ".s.PGSQL.5432")) <= postgres.LONGEST_SOCKET_PATH
    assert ask(server, "SELECT 1") == 1
    assert not EmbeddedPostgres(server.folder).start()
    server.stop()
    server.sockets.rmdir()


def test_a_socket_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pg" / "run").mkdir(parents=True, mode=0o777)
    (tmp_path / "pg" / "run").chmod(0o777)
    with pytest.raises(PostgresFailed, match="私有目录"):
        EmbeddedPostgres(tmp_path / "pg").start()


@only_root
def test_as_an_unprivileged_user_it_runs_below_a_private_folder(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres]
) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    server = start(private / "pg", launcher=lambda _: as_user(NOBODY))
    assert ask(server, "SELECT 1") == 1
    assert server.pid is not None
    assert psutil.Process(server.pid).uids().effective == NOBODY
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert private.stat().st_uid == 0
    assert stat.S_IMODE((server.folder / "password").stat().st_mode) == 0o600
    server.stop()
    # Only the owner of a cluster may run it, also where namespaces are allowed.
    assert launcher(server.cluster)[0] == "setpriv"
    again = start(private / "pg")
    assert ask(again, "SELECT 1") == 1


@only_root
def test_where_user_namespaces_are_forbidden_root_becomes_an_unprivileged_user(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "unshare" else real(name))
    server = start(tmp_path / "pg")
    assert ask(server, "SELECT current_user") == "hotline"
    assert server.cluster.stat().st_uid == NOBODY


@only_root
def test_a_user_who_is_not_root_needs_no_help(tmp_path: Path) -> None:
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if subprocess.run(
        [*as_nobody, sys.executable, "-c", "import hotline.postgres"], cwd=ROOT, capture_output=True, check=False
    ).returncode:
        pytest.skip("an unprivileged user cannot read this checkout")
    # Not tmp_path: it lies below a folder that only root may enter.
    folder = Path(tempfile.mkdtemp())
    os.chown(folder, NOBODY, NOBODY)
    program = textwrap.dedent("""
        import pathlib, sys
        from hotline.postgres import running
        with running(pathlib.Path(sys.argv[1])) as server:
            print(server.pid)
    """)
    try:
        done = subprocess.run(
            [*as_nobody, sys.executable, "-c", program, str(folder / "pg")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip().isdigit()
    finally:
        shutil.rmtree(folder)


def test_of_two_that_start_at_once_one_starts_and_the_other_joins(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import pathlib, sys
        from hotline.postgres import EmbeddedPostgres
        server = EmbeddedPostgres(pathlib.Path(sys.argv[1]))
        print("started" if server.start() else "joined", flush=True)
        sys.stdin.read()
        server.stop()
    """)
    command = [sys.executable, "-c", program, str(tmp_path / "pg")]
    racers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    said = []
    for racer in racers:
        assert racer.stdout is not None
        said.append(racer.stdout.readline().strip())
    assert sorted(said) == ["joined", "joined", "joined", "started"]
    # Those that joined leave it alone.
    for racer, word in zip(racers, said, strict=True):
        if word == "joined":
            racer.communicate()
    assert answers(tmp_path / "pg" / "run")
    racers[said.index("started")].communicate()
    assert not answers(tmp_path / "pg" / "run")


def test_a_start_that_was_killed_halfway_leaves_no_half_cluster(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres]
) -> None:
    program = textwrap.dedent("""
        import pathlib, sys
        from hotline.postgres import EmbeddedPostgres
        EmbeddedPostgres(pathlib.Path(sys.argv[1])).start()
    """)
    killed = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "pg")], cwd=ROOT, start_new_session=True)
    wait_until(lambda: bool(list((tmp_path / "pg").glob("cluster.new-*/PG_VERSION"))))
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert not (tmp_path / "pg" / "cluster").exists()
    server = start(tmp_path / "pg")
    assert ask(server, "SELECT 1") == 1
    assert list((tmp_path / "pg").glob("cluster.new-*")) == []


def test_a_killed_server_is_restarted_with_every_row_that_was_acknowledged(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres]
) -> None:
    server = start(tmp_path / "pg")
    ask(server, "CREATE TABLE kept (n int)")
    for n in range(3):
        ask(server, f"INSERT INTO kept VALUES ({n})")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        began = time.monotonic()
        keep_until_it_answers(server)
        assert ask(server, "SELECT count(*) FROM kept") == n + 1
        assert time.monotonic() - began < 10


def test_a_child_that_is_still_at_work_does_not_hold_up_the_restart(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres]
) -> None:
    server = start(tmp_path / "pg")

    async def kill_amid_a_query() -> None:
        connection = await asyncpg.connect(server.url())
        # It counts for minutes and does not look whether its server lives.
        query = asyncio.create_task(connection.fetchval("SELECT count(*) FROM generate_series(1, 100000000000)"))
        await asyncio.sleep(0.3)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        began = time.monotonic()
        await asyncio.to_thread(keep_until_it_answers, server)
        assert time.monotonic() - began < 10
        with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.PostgresError, ConnectionError)):
            await query

    asyncio.run(kill_amid_a_query())
    assert ask(server, "SELECT 1") == 1


def test_the_next_keeper_replaces_what_a_killed_one_left_running(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres]
) -> None:
    program = textwrap.dedent("""
        import pathlib, sys
        from hotline.postgres import EmbeddedPostgres
        server = EmbeddedPostgres(pathlib.Path(sys.argv[1]))
        server.start()
        print(server.pid, flush=True)
        sys.stdin.read()
    """)
    killed = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "pg")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.stdout is not None
    orphan = int(killed.stdout.readline())
    killed.kill()
    killed.communicate()
    assert psutil.pid_exists(orphan)
    server = start(tmp_path / "pg")
    assert server.pid not in {None, orphan}
    wait_until(lambda: not psutil.pid_exists(orphan) or psutil.Process(orphan).status() == psutil.STATUS_ZOMBIE)
    assert ask(server, "SELECT 1") == 1


def test_a_number_in_the_pid_file_that_now_belongs_to_another_does_no_harm(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres]
) -> None:
    server = start(tmp_path / "pg")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    pid_file = server.cluster / "postmaster.pid"
    # After a restart of the machine the number may be anybody's, even that of the one who starts it.
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        for pid in (stranger.pid, os.getppid(), os.getpid()):
            lines = pid_file.read_text().splitlines() if pid_file.exists() else []
            pid_file.write_text("\n".join([str(pid), *lines[1:]]) + "\n")
            again = start(tmp_path / "pg")
            assert ask(again, "SELECT 1") == 1
            again.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_one_who_joined_takes_over_when_the_keeper_goes(tmp_path: Path) -> None:
    first = EmbeddedPostgres(tmp_path / "pg", options=["-c", "fsync=off"])
    assert first.start()
    with running(tmp_path / "pg") as joined:
        assert joined.pid is None
        first.stop()
        wait_until(lambda: joined.pid is not None and answers(joined.sockets))
        assert ask(joined, "SELECT 1") == 1
    assert not answers(joined.sockets)
    assert "postgres-keeper" not in {thread.name for thread in threading.enumerate()}


def test_a_lost_password_file_is_named(tmp_path: Path, start: Callable[..., EmbeddedPostgres]) -> None:
    server = start(tmp_path / "pg")
    (server.folder / "password").unlink()
    with pytest.raises(PostgresFailed, match="密码文件"):
        server.url()


def test_a_server_that_cannot_start_says_where_the_reason_stands(
    tmp_path: Path, start: Callable[..., EmbeddedPostgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "START_WITHIN_S", 0.5)
    server = start(tmp_path / "pg")
    server.stop()
    (server.cluster / "postgresql.conf").write_text("shared_buffers = nonsense\n")
    with pytest.raises(PostgresFailed, match=r"postgres\.log"):
        start(tmp_path / "pg")


def test_only_a_live_server_answers(tmp_path: Path) -> None:
    assert not answers(tmp_path)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / ".s.PGSQL.5432"))
        assert not answers(tmp_path)
