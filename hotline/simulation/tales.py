"""The tales that tickets live through, so that every step of both lifecycles is taken, and mostly the plain ones.

The first tickets that suit a tale which is rare, or needs what is rare, get it, each such tale so many times; after that seed
and ticket number decide.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

RARE: Final = 3
TOLD_FIRST: Final = 2


class Tale(Struct, frozen=True, kw_only=True):
    """One way a matter goes. `acts` is what the leading department does, `scene` what somebody else does meanwhile.

    `needs` says of a matter what the tale asks: calm (days, not hours), soon (due within days), send_back (allowed
    and time enough), below (the department has somebody to delegate to), inquiry, twin, doubt, grave (hours), link.
    `child` is how the unit below plays its part. `weight` is how often it is told.
    """

    name: str
    acts: tuple[str, ...] = ()
    scene: str = ""
    needs: frozenset[str] = frozenset()
    child: str = ""
    granted: bool = True
    weight: int = 1


def _tale(name: str, acts: str = "", needs: str = "", **more: str | int | bool) -> Tale:
    return Tale(name=name, acts=tuple(acts.split()), needs=frozenset(needs.split()), **more)  # type: ignore[arg-type]


HANDLING_TALES: Final = (
    _tale("plain", "acknowledge contact progress reply sign_off", weight=60),
    _tale("brisk", "acknowledge reply sign_off", weight=15),
    _tale("missed", "acknowledge miss contact reply sign_off", weight=10),
    _tale("returned", "acknowledge contact hollow reply sign_off", weight=2),
    _tale("steady", "acknowledge progress progress contact reply sign_off", weight=10),
    _tale("disputed", "acknowledge contact send_back", "calm send_back"),
    _tale("sent_back", "send_back", "calm send_back", weight=3),
    _tale("send_back_refused", "acknowledge send_back contact", "calm send_back", granted=False, weight=3),
    _tale("deferred_early", "acknowledge deferral contact reply sign_off", "calm"),
    _tale("deferred", "acknowledge contact deferral progress", "calm"),
    _tale("deferral_reviewed", "acknowledge contact deferral hold", "calm", scene="review"),
    _tale("deferral_ended", "acknowledge contact deferral hold", "calm", scene="end_deferral"),
    _tale("deferral_refused_early", "acknowledge deferral contact", "calm", granted=False),
    _tale("deferral_refused", "acknowledge contact deferral", "calm", granted=False),
    _tale("extended_early", "acknowledge extension contact", "calm", weight=3),
    _tale("extended", "acknowledge contact extension progress", "calm", weight=3),
    _tale("extension_refused", "acknowledge contact extension", "calm", granted=False),
    _tale("delegated", "acknowledge delegate await_child", "calm below", weight=3),
    _tale("delegated_later", "acknowledge contact delegate await_child", "calm below", weight=3),
    _tale("street_sends_back", "acknowledge contact delegate await_child", "calm below", child="sends_back"),
    _tale("street_refused", "acknowledge delegate await_child", "calm below", child="sends_back", granted=False),
    _tale("street_recalled", "acknowledge delegate hold", "calm below", child="waits", scene="recall_child"),
    _tale("recalled_unread", "hold", "calm", scene="recall"),
    _tale("recalled_read", "acknowledge hold", "calm", scene="recall"),
    _tale("recalled_deferred", "acknowledge deferral hold", "calm", scene="recall"),
    _tale("recalled_replied", "acknowledge contact reply hold", "calm", scene="recall"),
    _tale("recalled_with_child_done", "acknowledge delegate await_child hold", "calm below", scene="recall"),
    _tale("reassigned", "acknowledge contact hold", "calm", scene="reassign"),
    _tale("paused", "acknowledge contact hold", "calm", scene="pause"),
    _tale("split", "acknowledge hold", "calm", scene="split"),
    _tale("emergency", "acknowledge hold", "calm", scene="hand_off"),
    _tale("pressed", "acknowledge hold", "calm", scene="press", weight=2),
    _tale("urged", "acknowledge hold", "calm", scene="urge", weight=3),
    _tale("noted", "acknowledge hold", "calm", scene="note"),
    _tale("overdue", "acknowledge contact dawdle", "soon", weight=2),
    _tale("withdrawn_while_asking", "send_back", "calm send_back", scene="withdraw", weight=0),
    _tale("merged", "acknowledge hold", "calm", scene="merge", weight=0),
)
DESK_TALES: Final = (
    _tale("dispatched", weight=50),
    _tale("chosen", weight=10),
    _tale("answered", needs="inquiry", weight=30),
    _tale("declined", needs="doubt", weight=60),
    _tale("handed_off", needs="grave"),
    _tale("handed_off_whole", needs="grave", weight=0),
    _tale("merged_withdrawn", needs="twin", weight=2),
    _tale("merged", needs="twin", weight=2),
    _tale("split", weight=1),
    _tale("disputed", weight=1),
    _tale("withdrawn", weight=1),
    _tale("noted", weight=2),
)
ENDINGS: Final = (
    _tale("satisfied", weight=60),
    _tale("unreachable", weight=8),
    _tale("rejected", weight=8),
    _tale("unsatisfied", weight=4),
    _tale("rated_by_link", needs="link", weight=40),
    _tale("stubborn", needs="grave", weight=1),
    _tale("insistent", needs="grave", weight=1),
    _tale("back_after_close", weight=2),
    _tale("reopened_by_supervisor", weight=1),
    _tale("asked_again", weight=1),
    _tale("closed_by_hand", weight=2),
    _tale("archived_by_hand", weight=2),
)


class Told(Struct):
    """A tale as one ticket lives it; `over` is set when the other side of its scene is played."""

    tale: Tale
    over: asyncio.Event


class Book:
    """Which tale each ticket lives: told once, kept."""

    def __init__(self, tales: Sequence[Tale], seed: int, first: int = TOLD_FIRST) -> None:
        """Each tale that is rare, or needs something, is told so many times before the dice choose (`first`)."""
        self._tales = tales
        self._seed = seed
        self._owed = [tale for _ in range(first) for tale in tales if tale.weight <= RARE or tale.needs]
        self._told: dict[str, Told] = {}

    @property
    def numbers(self) -> Iterable[str]:
        """Every ticket that has a tale."""
        return self._told.keys()

    def of(self, number: str) -> Told | None:
        """Return the ticket's tale, None where none was told."""
        return self._told.get(number)

    def tell(self, number: str, fits: Callable[[Tale], bool]) -> Told:
        """Return the ticket's tale, choosing one that fits where it has none yet."""
        if number not in self._told:
            self._told[number] = Told(self._choose(number, fits), asyncio.Event())
        return self._told[number]

    def _choose(self, number: str, fits: Callable[[Tale], bool]) -> Tale:
        owed = next((tale for tale in self._owed if fits(tale)), None)
        if owed is not None:
            self._owed.remove(owed)
            return owed
        fitting = [tale for tale in self._tales if tale.weight and fits(tale)]
        dice = random.Random(f"{self._seed}:{self._tales[0].name}:{number}")  # noqa: S311 - a play, not a secret
        return dice.choices(fitting, [tale.weight for tale in fitting])[0]
