"""One target of `raw` under atheris, which changes bytes towards lines that none has reached: `… -m tests.fuzz.guided NAME SECONDS`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["hotline", "models", "nlu"]):
    from tests.fuzz import raw

ROOT: Final = Path(__file__).parent.parent.parent


def main() -> None:
    """Fuzz until the time is over, and leave what broke it in build/fuzz."""
    name, seconds = sys.argv[1:]
    corpus = ROOT / "build" / "fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for n, seed in enumerate(raw.TARGETS[name][1]):
        (corpus / f"seed-{n}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        "-timeout=10",
        "-max_len=4096",
        f"-artifact_prefix={corpus.parent}/{name}-",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], lambda content: raw.take(name, content))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
