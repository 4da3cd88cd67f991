"""The machines of the trial as processes: etcd, Patroni's three nodes, HAProxy, two hub nodes."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Final

from hotline.postgres import BINARIES
from hotline.server_process import launcher

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).parent.parent.parent
RECIPE: Final = ROOT / "deploy" / "patroni"
PATRONI: Final = ROOT / "build" / "patroni" / "bin"
ADDRESS: Final = "127.0.0.1"
PORTS: Final = 18500
NODES: Final = ("db1", "db2", "db3")
HUBS: Final = ("hub1", "hub2")
STARTED_WITHIN_S: Final = 180.0


class Machine:
    """One process group that can be killed like a machine whose power is cut, and started again."""

    def __init__(self, command: list[str], log: Path, folder: Path, environ: dict[str, str] | None = None) -> None:
        self._command, self._log = command, log
        self._postgres = folder / "cluster"
        self._environ = environ or dict(os.environ)
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, env=self._environ, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        return self.process

    def kill(self) -> None:
        """Kill -9 everything that it runs, the children in sessions of their own too."""
        _kill([self.process.pid, *_below(self.process.pid)])
        self.kill_postgres()
        self.process.wait()

    def kill_postgres(self) -> None:
        """Kill -9 its PostgreSQL alone: Patroni starts it as nobody's child."""
        _kill(int(one.name) for one in Path("/proc").glob("[0-9]*") if _works_in(one, self._postgres))

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(40)
        self.kill()


class Cluster:
    """Everything, in one folder; `url` is where callers reach the hub, `database` where the hub reaches who leads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.password = secrets.token_hex(16)
        self._rest_password = secrets.token_hex(16)
        ports = iter(range(PORTS, PORTS + 40))
        self._etcd, self._peer = next(ports), next(ports)
        self.rest = {name: next(ports) for name in NODES}
        self._postgres = {name: next(ports) for name in NODES}
        self._hub_ports = {name: next(ports) for name in HUBS}
        self._database_door, self._replica_door, self._hub_door = next(ports), next(ports), next(ports)
        self.url = f"http://{ADDRESS}:{self._hub_door}"
        self.database = f"postgresql://hotline:{self.password}@{ADDRESS}:{self._database_door}/hotline"
        self._replicas = f"postgresql://hotline:{self.password}@{ADDRESS}:{self._replica_door}/hotline"
        self.machines: dict[str, Machine] = {}

    def start(self) -> None:
        """Start all of it, from nothing to a hub that is ready behind its door."""
        self._start_etcd()
        for name in NODES:
            self._start_node(name)
            wait(f"{name} runs", lambda name=name: self.member(name).get("state") in {"running", "streaming"})
        self._start_haproxy()
        self._make_database()
        for name in HUBS:
            self._start_hub(name)
            wait(f"{name} is ready", lambda name=name: answers(self._ready(name)))
        wait("the door leads to the hub", lambda: answers(f"{self.url}/readyz"))

    def hotline(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `hotline` as at the first hub."""
        command = [sys.executable, "-m", "hotline", *words]
        environ = self._environ(HUBS[0])
        return subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)

    def stop(self) -> None:
        for machine in reversed(self.machines.values()):
            machine.stop()

    def access(self) -> Any:
        """Tokens and accounts, the same at every hub."""
        return json.loads((self.folder / HUBS[0] / "access.json").read_text())

    def far_reads(self) -> dict[str, dict[str, float]]:
        """How many far reads each hub has answered since it started, and from where."""
        found: dict[str, dict[str, float]] = {}
        for name, port in self._hub_ports.items():
            with urllib.request.urlopen(f"http://{ADDRESS}:{port}/metrics", timeout=10) as response:
                lines = response.read().decode().splitlines()
            told = [line for line in lines if line.startswith("hotline_far_reads_total{")]
            found[name] = {line.split('"')[1]: float(line.rpartition(" ")[2]) for line in told}
        return found

    def leader(self) -> str | None:
        """Which database node says that it leads."""
        return next((name for name in NODES if answers(f"http://{ADDRESS}:{self.rest[name]}/primary")), None)

    def member(self, name: str) -> dict[str, Any]:
        """What a database node says of itself, nothing where it does not answer."""
        try:
            with urllib.request.urlopen(f"http://{ADDRESS}:{self.rest[name]}/patroni", timeout=2) as response:
                return dict(json.loads(response.read()))
        except urllib.error.HTTPError as error:
            return dict(json.loads(error.read()))
        except (OSError, ValueError):
            return {}

    def is_whole(self) -> bool:
        """Tell whether one leads, the two others stream from it, one of them in step, and both hubs are ready."""
        leader = self.leader()
        if leader is None or not all(answers(self._ready(name)) for name in HUBS):
            return False
        streams = [one for one in self.member(leader).get("replication", []) if one.get("state") == "streaming"]
        return len(streams) == len(NODES) - 1 and any(one["sync_state"] == "sync" for one in streams)

    def switch_over(self) -> None:
        """Hand the lead over as planned, to whoever is in step."""
        leader = self.leader()
        assert leader is not None
        who = f"operator:{self._rest_password}".encode()
        request = urllib.request.Request(
            f"http://{ADDRESS}:{self.rest[leader]}/switchover",
            data=json.dumps({"leader": leader}).encode(),
            headers={"content-type": "application/json", "authorization": f"Basic {base64.b64encode(who).decode()}"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            assert response.status == 200, response.read()

    def _ready(self, hub: str) -> str:
        return f"http://{ADDRESS}:{self._hub_ports[hub]}/readyz"

    def _start_etcd(self) -> None:
        client, peer = f"http://{ADDRESS}:{self._etcd}", f"http://{ADDRESS}:{self._peer}"
        words = ["--name", "etcd1", "--data-dir", str(self.folder / "etcd"), "--listen-client-urls", client]
        words += ["--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
        self._run("etcd", ["etcd", *words, "--initial-cluster", f"etcd1={peer}"])
        wait("etcd answers", lambda: answers(f"{client}/health"))

    def _start_node(self, name: str) -> None:
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        filled = Template((RECIPE / "patroni.yml").read_text()).substitute(
            name=name,
            address=ADDRESS,
            network="127.0.0.0/8",
            rest_port=self.rest[name],
            port=self._postgres[name],
            etcd=f"{ADDRESS}:{self._etcd}",
            folder=folder,
            bin=BINARIES,
            password=self.password,
            rest_password=self._rest_password,
            watchdog="off",
        )
        (folder / "patroni.yml").write_text(filled)
        # PostgreSQL refuses to run as root: the whole node is somebody else.
        self._run(name, [*launcher(folder / "cluster"), str(PATRONI / "patroni"), str(folder / "patroni.yml")])

    def _start_haproxy(self) -> None:
        nodes = [f"    server {name} {ADDRESS}:{self._postgres[name]} check port {self.rest[name]}" for name in NODES]
        hubs = [f"    server {name} {ADDRESS}:{self._hub_ports[name]} check" for name in HUBS]
        filled = Template((RECIPE / "haproxy.cfg").read_text()).substitute(
            database=f"{ADDRESS}:{self._database_door}",
            replica=f"{ADDRESS}:{self._replica_door}",
            hub=f"{ADDRESS}:{self._hub_door}",
            database_nodes="\n".join(nodes),
            hub_nodes="\n".join(hubs),
        )
        config = self.folder / "haproxy.cfg"
        config.write_text(filled)
        program = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program is not None, "no haproxy: `make ha` installs it"
        self._run("haproxy", [program, "-db", "-f", str(config)])

    def _make_database(self) -> None:
        environ = {**os.environ, "PGPASSWORD": self.password}
        where = ["-h", ADDRESS, "-p", str(self._database_door), "-U", "hotline"]
        command = [str(BINARIES / "createdb"), *where, "hotline"]

        def is_made() -> bool:
            return subprocess.run(command, env=environ, capture_output=True, check=False).returncode == 0

        # Before its first checks HAProxy takes every node for the leader.
        wait("who leads can be reached", is_made)

    def _start_hub(self, name: str) -> None:
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        if name != HUBS[0]:
            # One set of keys and tokens for all nodes.
            for shared in ("keyring.json", "access.json"):
                shutil.copy(self.folder / HUBS[0] / shared, folder / shared)
        self._run(name, [sys.executable, "-m", "hotline", "up"], self._environ(name))

    def _environ(self, hub: str) -> dict[str, str]:
        return {
            **os.environ,
            "HOTLINE_DATA_DIR": str(self.folder / hub),
            "HOTLINE_PORT": str(self._hub_ports[hub]),
            "HOTLINE_DATABASE_URL": self.database,
            "HOTLINE_REPLICA_URL": self._replicas,
            "HOTLINE_DEMO": "on",
            "HOTLINE_CHATBOT": "off",
            "HOTLINE_SERVERS": "1",
        }

    def _run(self, name: str, command: list[str], environ: dict[str, str] | None = None) -> None:
        self.machines[name] = Machine(command, self.folder / f"{name}.log", self.folder / name, environ)


def answers(url: str) -> bool:
    """Tell whether that address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def wait(what: str, is_so: Any, within_s: float = STARTED_WITHIN_S) -> float:
    """Wait until something is so; returns the seconds it took, raises TimeoutError naming it."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > within_s:
            raise TimeoutError(f"never: {what}")
        time.sleep(0.2)
    return time.monotonic() - began


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:
        return False


def _below(pid: int) -> list[int]:
    """Every process below one, the lowest first."""
    try:
        children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [one for child in children for one in [*_below(child), child]]
