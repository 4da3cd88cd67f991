"""What everybody of city life shares: the city, the way to the hub, its clock, who is who, and the tales."""

from __future__ import annotations

import asyncio
import math
import random
import time
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Final

import structlog

from hotline.simulation.tales import DESK_TALES, ENDINGS, HANDLING_TALES, TOLD_FIRST, Book
from models.errors import HotlineError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.simulation.connection import Connection, Person, Tally
    from hotline.simulation.pace import Pace
    from models.city import City

LOG = structlog.get_logger()
_WORDS: Final[dict[str, dict[str, list[str] | str]]] = tomllib.loads(
    resources.files("hotline.simulation").joinpath("words.toml").read_text(encoding="utf-8")
)


class Town:
    """One run of city life. `people` are the demo users by role; `codes` the query codes that citizens were given."""

    def __init__(
        self,
        city: City,
        connection: Connection,
        pace: Pace,
        people: dict[str, Person],
        seed: int,
        first: int = TOLD_FIRST,
    ) -> None:
        self.city = city
        self.connection = connection
        self.pace = pace
        self.people = people
        self.seed = seed
        self.handling = Book(HANDLING_TALES, seed, first)
        self.desk = Book(DESK_TALES, seed, first)
        self.endings = Book(ENDINGS, seed, first)
        # Tickets whose department waits for what somebody else does in its tale.
        self.scenes: asyncio.Queue[str] = asyncio.Queue()
        self.codes: dict[str, str] = {}
        # The tickets of each telephone: its owner knows what they asked for.
        self.matters: dict[str, list[str]] = {}
        # Until when something new comes in, on this machine's monotonic clock.
        self.calling_until = math.inf
        # Lets a grid be reached by webhook before a street delegates to it; the departments' server sets it.
        self.open_grid: Callable[[str], Awaitable[bool]] = _nobody
        # Who speaks to callers whose story others tell: an agent who sits at no seat of the hub's.
        self.agent = ""

    @property
    def is_calling(self) -> bool:
        """Whether something new still comes in: afterwards what has begun is ended."""
        return time.monotonic() < self.calling_until

    @property
    def tally(self) -> Tally:
        """What was done so far."""
        return self.connection.tally

    def chance(self, *key: object) -> random.Random:
        """Return the dice of one matter: the same seed and key throw the same."""
        return random.Random(":".join(map(str, (self.seed, *key))))  # noqa: S311 - a play, not a secret

    def words(self, who: str, what: str) -> list[str]:
        """Return all words for an occasion, in their order."""
        found = _WORDS[who][what]
        return [found] if isinstance(found, str) else found

    def say(self, who: str, what: str, *key: object) -> str:
        """Return words for an occasion, always the same for the same key."""
        found = _WORDS[who][what]
        return found if isinstance(found, str) else self.chance(who, what, *key).choice(found)


async def _nobody(_code: str) -> bool:
    return False


async def again_and_again(every_s: float, once: Callable[[], Awaitable[None]]) -> None:
    """Do a person's round again and again; one that fails is logged, and the next one comes."""
    while True:
        try:
            await once()
        except HotlineError as error:
            LOG.warning("round failed", reason=error.detail)
        await asyncio.sleep(every_s)
