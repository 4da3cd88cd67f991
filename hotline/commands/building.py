"""Making what the hub needs before it serves: where it is out of date, by one process at a time, with tools whose last words are told."""

from __future__ import annotations

import fcntl
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from models.errors import HotlineError

LAST_WORDS: Final = 3000


@contextmanager
def turn(lock: Path, stamp: Path, wanted: str, made: Path) -> Iterator[bool]:
    """Yield whether something is to be made: it is not there, or its stamp says that it was made of something else.

    Two at once: the second waits and finds it done. What failed has no stamp, and is made again.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted and made.exists():
            yield False
            return
        stamp.unlink(missing_ok=True)
        yield True
        stamp.write_text(wanted)


def call(
    command: Sequence[str | Path],
    environ: dict[str, str],
    failed: Callable[[str], HotlineError],
    cwd: Path | None = None,
) -> str:
    """Run a command of our own to its end and return what it printed; raises what `failed` makes of its last words."""
    done = subprocess.run(  # noqa: S603 - our own commands
        command,
        env=environ,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise failed(done.stdout.strip()[-LAST_WORDS:])
    return done.stdout
