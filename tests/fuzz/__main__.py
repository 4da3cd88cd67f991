"""Fuzz every parser for as long as is asked: `python -m tests.fuzz [SECONDS] [NAME …]`; exit 1 with the smallest bad input.

First by chance (hypothesis), then those of bare bytes led by the lines that they reach (atheris), where that is installed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from importlib.util import find_spec

import hypothesis
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.fuzz import raw
from tests.fuzz.parsers import ROOT, TARGETS

BATCH = 200
SECONDS = 180.0
MOST_TOLD = 4_000


def main() -> int:
    """Give each target its share of the time, in batches with new chance."""
    words = sys.argv[1:]
    seconds = float(words.pop(0)) if words and words[0].replace(".", "").isdigit() else SECONDS
    guided = [name for name in raw.TARGETS if not words or name in words] if find_spec("atheris") else []
    if guided:
        seconds /= 2
    wanted = [one for one in TARGETS if not words or one.__name__ in words]
    settings = hypothesis.settings(
        max_examples=BATCH,
        deadline=None,
        derandomize=False,
        database=DirectoryBasedExampleDatabase(ROOT / "build" / "fuzz"),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    failed = []
    for one in wanted:
        until, count, batch = time.monotonic() + seconds / len(wanted), 0, settings(one)
        try:
            while time.monotonic() < until:
                batch()
                count += BATCH
        except Exception as error:  # noqa: BLE001 - any exception is the find
            failed.append(one.__name__)
            print(f"{one.__name__}: {error!r}", *getattr(error, "__notes__", []), sep="\n")
        print(f"{one.__name__:<20}{count:>8} examples  {'FAILED' if one.__name__ in failed else 'ok'}", flush=True)
    failed += [name for name in guided if not _guided(name, seconds / len(guided))]
    return 1 if failed else 0


def _guided(name: str, seconds: float) -> bool:
    """Fuzz one target in a process of its own, as atheris wants it; False where something broke it."""
    command = [sys.executable, "-m", "tests.fuzz.guided", name, str(max(1, round(seconds)))]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    count = re.search(r"^Done (\d+) runs", done.stderr, re.MULTILINE)
    is_sound = done.returncode == 0 and count is not None
    if not is_sound:
        print(done.stdout[-MOST_TOLD:], done.stderr[-MOST_TOLD:], sep="\n")
    print(f"{name:<20}{count[1] if count else '?':>8} guided    {'ok' if is_sound else 'FAILED'}", flush=True)
    return is_sound


sys.exit(main())
