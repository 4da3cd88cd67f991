"""Every test is marked by the folder that it lies in; a PostgreSQL that is not ours, where the machine has one."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from hotline.server_process import end, launcher

if TYPE_CHECKING:
    from collections.abc import Iterator

# The same examples in every run: a suite that fails by chance is not believed.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis.settings.load_profile("suite")

SYSTEM_BINARIES = Path("/usr/lib/postgresql/15/bin")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = Path(item.path).parent.name
        if folder in {"unit", "integration", "acceptance", "browser", "chaos"}:
            item.add_marker(folder)


class BesideTheRest(LoadScopeScheduling):  # type: ignore[misc]
    """File by file; what starts hubs, kills them and looks at the clock runs one after the other, beside all the rest."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "acceptance" if Path(file).parent.name in {"acceptance", "chaos"} else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BesideTheRest:
    return BesideTheRest(config, log)


class SystemPostgres:
    """The PostgreSQL that the machine brings, over TCP with a password, in an encoding that is not ours."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.password = secrets.token_hex(8)
        cluster, password = folder / "cluster", folder / "password"
        password.write_text(self.password)
        words = launcher(cluster)
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        command: list[str | Path] = [*words, binaries / "initdb", "-D", cluster, "-U", "operator"]
        how = [f"--pwfile={password}", "--auth=scram-sha-256", "--no-locale", "--encoding=SQL_ASCII"]
        subprocess.run([*command, *how], check=True, capture_output=True, env=environ)
        settings = ("fsync=off", f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}")
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*words, binaries / "postgres", "-D", cluster, *(word for one in settings for word in ("-c", one))],
                stdout=log, stderr=log, env=environ,
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while "ready to accept connections" not in (folder / "log").read_text():
            assert self.process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def url(self, database: str = "postgres") -> str:
        """The address as an operator would write it."""
        return f"postgresql://operator:{self.password}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        end(self.process.pid, lambda: self.process.poll() is not None)


@pytest.fixture(scope="session")
def system_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SystemPostgres]:
    """PostgreSQL 15 of the machine's own; the tests that need it are left out where there is none."""
    found = shutil.which("pg_ctl")
    binaries = SYSTEM_BINARIES if SYSTEM_BINARIES.exists() else Path(found).resolve().parent if found else None
    if binaries is None:
        pytest.skip("no PostgreSQL is installed on this machine (apt-get install postgresql-15)")
    server = SystemPostgres(tmp_path_factory.mktemp("system"), binaries)
    yield server
    server.stop()
