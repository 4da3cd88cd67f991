"""The processes of the embedded PostgreSQL: as whom they run, and how they end."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from models.errors import HotlineError

NOBODY: Final = 65534
STOP_WITHIN_S: Final = 30.0


class CannotRunAsRoot(HotlineError):
    """PostgreSQL refuses to run as root, and this machine offers no way to be somebody else."""

    code = "cannot_run_as_root"
    status = 503


def in_namespace() -> list[str]:
    """Words before a command of root's that make it somebody else; empty where user namespaces are forbidden."""
    words = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") is None:
        return []
    tried = subprocess.run([*words, "true"], capture_output=True, check=False)  # noqa: S603 - our own command
    return words if tried.returncode == 0 else []


def as_user(uid: int) -> list[str]:
    """Words before a command of root's that make it an unprivileged user.

    It keeps one capability, to pass folders that only root may enter: the data folder often lies under a private
    one, and we change nobody's permissions. Nothing of root's needs to be copied or given away.
    """
    if shutil.which("setpriv") is None:
        raise CannotRunAsRoot("以 root 运行内置数据库需要 unshare 或 setpriv；请换用户，或设置 HOTLINE_DATABASE_URL")
    capabilities = (f"--{kind}=-all,+dac_override" for kind in ("inh-caps", "ambient-caps", "bounding-set"))
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *capabilities, "--no-new-privs"]


def launcher(cluster: Path) -> list[str]:
    """Words before a server command: PostgreSQL refuses to run as root, and only a cluster's owner may run it."""
    if os.geteuid() != 0:
        return []
    owner = cluster.stat().st_uid if cluster.exists() else None
    if owner not in {None, 0}:
        return as_user(owner or NOBODY)
    namespace = in_namespace()
    if not namespace and owner == 0:
        raise CannotRunAsRoot(f"此处不允许用户命名空间，请先执行 chown -R {NOBODY}:{NOBODY} {cluster}")
    return namespace or as_user(NOBODY)


def is_server_of(pid: int, cluster: Path) -> bool:
    """Tell whether that process is a live server of that cluster: a zombie has no command line any more."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(cluster) in words


def end(pid: int, is_gone: Callable[[], bool]) -> None:
    """Ask a server to stop at once, in order; kill it where it does not."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + STOP_WITHIN_S
        while not is_gone():
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            return


def end_children_of_dead(cluster: Path) -> None:
    """Kill what a killed server left at work: amid a long query it does not notice, and keeps the shared memory."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == cluster:
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:
            continue
