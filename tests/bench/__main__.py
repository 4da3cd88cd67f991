"""Run every measurement, or those that are named: `python -m tests.bench intake search`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench import burst, forecast, history, intake, million, soak, understanding

GROUPS = {
    "understand": understanding.measure,
    "forecast": forecast.measure,
    "intake": intake.measure,
    "burst": burst.measure,
    "million": million.measure,
    "import": history.measure,
    "soak": soak.measure,
}
# An hour long: run only where it is named.
ASKED_FOR = {"soak"}


def main() -> None:
    wanted = sys.argv[1:] or [name for name in GROUPS if name not in ASKED_FOR]
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
            asyncio.run(GROUPS[name](Path(folder)))


main()
