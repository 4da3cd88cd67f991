"""Run every measurement, or those that are named: `python -m tests.bench intake million`."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.bench import burst, forecast, history, intake, million, scale, soak, understanding

GROUPS = {
    "understand": understanding.measure,
    "forecast": forecast.measure,
    "intake": intake.measure,
    "burst": burst.measure,
    "million": million.measure,
    "import": history.measure,
    "soak": soak.measure,
    "scale": scale.measure,
    "scale-load": scale.load,
}
# Hours long: run only where they are named.
ASKED_FOR = {"soak", "scale", "scale-load"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []])
    parser.add_argument("--data", type=Path, help="a folder whose content is kept, and used where it is there")
    wanted = parser.parse_args()
    for name in wanted.groups or [name for name in GROUPS if name not in ASKED_FOR]:
        if wanted.data is not None:
            asyncio.run(GROUPS[name](wanted.data))
            continue
        with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
            asyncio.run(GROUPS[name](Path(folder)))


main()
