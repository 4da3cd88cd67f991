"""PostgreSQL's own tools for a dump: `pg_dump` out, `pg_restore` and `psql` in; of the embedded server or of any other."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
from collections import deque
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from hotline.postgres import BINARIES
from models.errors import HotlineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Tell = Callable[[str], None]

# A script begins with settings; older servers do not know this one, and it sets what is set anyway.
NEW_SETTING: Final = b"SET transaction_timeout = 0;\n"
HEAD_LINES: Final = 40
DUMPED: Final = 'dumping contents of table "'
LOADED: Final = 'processing data for table "'
LAST_WORDS: Final = 8


class CopyFailed(HotlineError):
    """The dump could not be made or read; the words are PostgreSQL's."""

    code = "copy_failed"
    status = 500


def dump(url: str, snapshot: str, file: Path, tell: Tell) -> None:
    """Write the database as that snapshot sees it; `tell` hears of every table as its turn comes."""
    address, environ = _address(url)
    command = [_tool("pg_dump"), "--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges"]
    with _run([*command, "--verbose", f"--file={file}", f"--dbname={address}"], environ) as process:
        said = _listen(process.stderr, DUMPED, tell)
    if process.returncode != 0:
        raise CopyFailed(f"导出数据库失败：{said}")


def load(file: Path, url: str, tell: Tell) -> None:
    """Read a dump into an empty database, all of it or nothing: also where we die meanwhile.

    psql takes the end of what it reads for the last word, whoever ended it: so the COMMIT is ours.
    """
    address, environ = _address(url)
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    into = [_tool("psql"), *options, f"--dbname={address}"]
    out_of = [_tool("pg_restore"), "--no-owner", "--no-privileges", "--verbose", "--file=-", str(file)]
    words: list[str] = []
    with _run(into, environ, stdin=subprocess.PIPE) as psql, _run(out_of, environ, stdout=subprocess.PIPE) as restore:
        listeners = [
            threading.Thread(target=lambda: words.append(_listen(psql.stderr, None, tell))),
            threading.Thread(target=lambda: words.append(_listen(restore.stderr, LOADED, tell))),
        ]
        for one in listeners:
            one.start()
        try:
            _pump(restore, psql)
        except BaseException:
            restore.kill()
            psql.kill()
            raise
        for one in listeners:
            one.join()
    if restore.returncode != 0 or psql.returncode != 0:
        raise CopyFailed(f"恢复数据库失败，数据库未被改动：{' '.join(one for one in words if one)}")


def _pump(source: subprocess.Popen[bytes], target: subprocess.Popen[bytes]) -> None:
    """Pass the script on within a transaction; what breaks off halfway is left without COMMIT, and so without anything."""
    out, into = source.stdout, target.stdin
    if out is None or into is None:
        raise CopyFailed("恢复数据库失败：没有管道")
    try:
        into.write(b"BEGIN;\n")
        for _ in range(HEAD_LINES):
            line = out.readline()
            into.write(b"" if line == NEW_SETTING else line)
        shutil.copyfileobj(out, into, 1 << 20)
        if source.wait() == 0:
            into.write(b"\nCOMMIT;\n")
        into.close()
    except BrokenPipeError:
        source.kill()
        with contextlib.suppress(BrokenPipeError):
            into.close()


def _listen(lines: IO[bytes] | None, marker: str | None, tell: Tell) -> str:
    """Tell of the tables named in a tool's running words; returns its last other ones."""
    last: deque[str] = deque(maxlen=LAST_WORDS)
    for raw in lines or ():
        line = raw.decode(errors="replace").strip()
        if marker is not None and marker in line:
            tell(line.partition(marker)[2].rstrip('"'))
        elif marker is None or "error" in line.lower() or "fatal" in line.lower():
            last.append(line)
    return " ".join(last)


def _run(
    command: Sequence[str],
    environ: dict[str, str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - PostgreSQL's own tools
        command, env=environ, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, umask=0o077
    )


def _tool(name: str) -> str:
    found = str(BINARIES / name) if (BINARIES / name).exists() else shutil.which(name)
    if found is None:
        raise CopyFailed(f"找不到 PostgreSQL 的 {name}，请重新执行 make setup")
    return found


def _address(url: str) -> tuple[str, dict[str, str]]:
    """Return the address without its password, which goes by the environment: everybody may read a command line."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    name, colon, password = user.partition(":")
    more = []
    for one in filter(None, parts.query.split("&")):
        key, _, value = one.partition("=")
        if key == "password":
            environ["PGPASSWORD"] = unquote(value)
        else:
            more.append(one)
    if colon:
        environ["PGPASSWORD"] = unquote(password)
    # Not urlunsplit: without a host it leaves the slashes out, and PostgreSQL then takes the whole for a name.
    query = f"?{'&'.join(more)}" if more else ""
    return f"{parts.scheme}://{name}{at}{hosts}{parts.path}{query}", environ | {"LC_ALL": "C"}
