"""A streaming replica of the embedded PostgreSQL, made by its own pg_basebackup, in the hands of a test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import asyncpg

from hotline.postgres import BINARIES, EmbeddedPostgres
from hotline.server_process import launcher


class Standby:
    """It follows a leader that runs; `stop` and `start` it like any server."""

    def __init__(self, leader: EmbeddedPostgres, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._server = EmbeddedPostgres(folder, options=["-c", "fsync=off"])
        where = ["-h", str(leader.sockets), "-p", "5432", "-U", "hotline"]
        program = [*launcher(self._server.cluster), str(BINARIES / "pg_basebackup")]
        command = [*program, *where, "-D", str(self._server.cluster), "-R", "-c", "fast"]
        password = (leader.folder / "password").read_text().strip()
        subprocess.run([*command, "--no-sync"], env={**os.environ, "PGPASSWORD": password}, check=True)
        shutil.copy(leader.folder / "password", folder / "password")
        self.start()

    @property
    def sockets(self) -> Path:
        return self._server.sockets

    @property
    def url(self) -> str:
        return self._server.url()

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def freeze(self) -> None:
        """Let it stand still, with every connection open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    async def pause(self) -> None:
        """Let it show nothing of what the leader writes from now on."""
        await self._tell("SELECT pg_wal_replay_pause()")
        while await self._tell("SELECT pg_get_wal_replay_pause_state()") != "paused":
            pass

    async def resume(self) -> None:
        await self._tell("SELECT pg_wal_replay_resume()")

    async def _tell(self, sql: str) -> object:
        connection = await asyncpg.connect(self._server.url())
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    def _signal(self, number: int) -> None:
        pid = self._server.pid
        assert pid is not None
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            os.kill(one, number)
