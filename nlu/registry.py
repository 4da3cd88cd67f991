"""The models of a city (模型登记册): what each was fitted to, how good it is, which one is in use and by whose word.

One file, `registry.json`, beside the folders of the models; read often, written seldom, always as a whole.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from models.errors import Conflict, NotFound
from nlu.linear import UnusableModel

# The model that `hotline setup` fits to the city folder; it lies elsewhere and is always there.
SHIPPED: Final = "shipped"
_FILE: Final = "registry.json"
_LOCK: Final = "registry.lock"


class Picture(Struct, frozen=True, kw_only=True):
    """How a model sees a stretch of requests: how many, of which first-level class, and two means (0..1).

    `unknown` is the share of n-grams that its vocabulary does not have, `sure` its confidence in the category.
    """

    texts: int
    classes: dict[str, int]
    unknown: float
    sure: float


class Entry(Struct, frozen=True, kw_only=True):
    """One candidate: what it was fitted to, and how good it was.

    `rows` counts what it comes from by source; `fingerprint` is a digest over all of it. `cross_validated` is accuracy by
    question, None where a label is too rare for it. `held_out` has the figures on each held-out file of the city,
    `history` those of a model fitted to the older part of the city's history on the newer part.
    `goes_by_itself` is the share of the calibration set that may go out unseen (nlu.guarantee), None where nothing may.
    """

    version: str
    made_at: datetime
    program: str
    fingerprint: str
    rows: dict[str, int]
    cross_validated: dict[str, float | None]
    held_out: dict[str, dict[str, float]]
    history: dict[str, float] | None
    goes_by_itself: float | None


class Turn(Struct, frozen=True, kw_only=True):
    """Somebody's word which model is used: `version` was promoted; None took the last promotion back."""

    at: datetime
    by: str
    version: str | None


class Shadow(Struct, frozen=True, kw_only=True):
    """A candidate that reads along from a time on, of the hub's clock."""

    version: str
    since: datetime


class Drift(Struct, frozen=True, kw_only=True):
    """How far recent requests lie from a model's reference, by measure, on the hub's clock.

    Without measures there was no reference yet, or too little to compare. `alarms` are sentences.
    """

    version: str
    at: datetime
    texts: int
    measures: dict[str, float]
    alarms: list[str]


class Registry(Struct, kw_only=True):
    """The whole register. `references` hold how requests looked to a model when it was new, by its version."""

    models: dict[str, Entry] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    references: dict[str, Picture] = field(default_factory=dict)
    shadow: Shadow | None = None
    drift: Drift | None = None

    @property
    def in_use(self) -> str:
        """The version that is used, or SHIPPED."""
        return self._promoted()[-1]

    def check(self, version: str) -> None:
        """Raise NotFound for a version that is not registered."""
        if version not in self.models:
            raise NotFound(f"模型登记册里没有版本“{version}”，可用：{'、'.join(self.models) or '（无）'}")

    def promote(self, version: str, by: str, at: datetime) -> None:
        """Use a version from now on, or SHIPPED. Raises NotFound, Conflict where it is used already."""
        if version != SHIPPED:
            self.check(version)
        if version == self.in_use:
            raise Conflict(f"版本“{version}”已在使用")
        self.turns.append(Turn(at=at, by=by, version=version))

    def roll_back(self, by: str, at: datetime) -> str:
        """Use what was used before the last promotion; returns it. Raises Conflict where nothing was promoted."""
        before = self._promoted()
        if len(before) < 2:
            raise Conflict("没有可以撤回的启用：现用的是随程序的模型")
        self.turns.append(Turn(at=at, by=by, version=None))
        return before[-2]

    def _promoted(self) -> list[str]:
        stack = [SHIPPED]
        for turn in self.turns:
            if turn.version is None:
                stack.pop()
            else:
                stack.append(turn.version)
        return stack


def read(folder: Path) -> Registry:
    """Read the register of a folder; an empty one where there is none. Raises UnusableModel where it is damaged."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=Registry)
    except FileNotFoundError:
        return Registry()
    except msgspec.MsgspecError as error:
        raise UnusableModel(f"模型登记册 {folder / _FILE} 已损坏（{error}），请从备份恢复") from error


@contextmanager
def change(folder: Path) -> Iterator[Registry]:
    """Lend the register to be changed, to one process at a time; whoever reads meanwhile sees the old one or the new."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        registry = read(folder)
        yield registry
        side = folder / f"{_FILE}.new"
        with side.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(registry)))
            file.flush()
            os.fsync(file.fileno())
        side.replace(folder / _FILE)
