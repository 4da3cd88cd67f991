"""Fuzz every parser for as long as is asked: `python -m tests.fuzz [SECONDS] [NAME …]`; exit 1 with the smallest bad input."""

from __future__ import annotations

import sys
import time

import hypothesis
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.fuzz.parsers import ROOT, TARGETS

BATCH = 200
SECONDS = 180.0


def main() -> int:
    """Give each target its share of the time, in batches with new chance."""
    words = sys.argv[1:]
    seconds = float(words.pop(0)) if words and words[0].replace(".", "").isdigit() else SECONDS
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
    return 1 if failed else 0


sys.exit(main())
