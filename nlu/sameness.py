"""Whether two requests are about the same matter: a caller's own repeat (重复诉求), another's report of one event (同一事件), or
merely alike. By words that few others say, place, category, caller and time; the weights were set by hand on rewritten requests.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from math import exp, log1p
from typing import Final

from msgspec import Struct

from nlu.similarity import Overlap, overlaps

SAME_PLACE_WITHIN: Final = timedelta(days=3)
# What is shared must be much beside what both say; a long letter shares much with every other.
_SHARED: Final = 4.8
_OWN: Final = -1.0
_OTHER: Final = -1.6
_SAME_SUBJECT: Final = 2.1
_PLACED: Final = 1.7
_OFFSET: Final = -4.0
_SAME_ABOVE: Final = -2.0
_ALIKE_ABOVE: Final = -3.0
# A caller who calls again means the same matter more often than another does.
_REPEATS_ABOVE: Final = -2.8
# How far one may lie behind the likest; what is farther off only resembles it.
_BEHIND: Final = 1.3
# Where nothing is shared that few others say, no name of a place or a firm, two requests are of one sort and no more.
_SPECIAL_ABOVE: Final = 2.0
# What two requests must share beside the place's name, unless they are of one category and come within days.
_BEYOND_ABOVE: Final = 3.0


class Relation(StrEnum):
    """How another request stands to this one."""

    REPEAT = "repeat"
    SAME_EVENT = "same_event"
    ALIKE = "alike"


class Matter(Struct, frozen=True, kw_only=True):
    """What of a request is compared. `place` is a name of the gazetteer, None where it knows none; `district` a code.

    `caller` is None for one who is not known.
    """

    fingerprint: bytes
    category: str
    place: str | None
    district: str | None
    caller: bytes | None
    at: datetime


class Likeness(Struct, frozen=True):
    """How another request stands to this one; `words` tells how surely the words are about the same matter (0..1)."""

    relation: Relation
    words: float


def likenesses(one: Matter, guesses: Collection[str], others: Sequence[Matter]) -> list[Likeness | None]:
    """Return how earlier requests stand to one, None for those that are about something else.

    `guesses` are the categories that may be its own, by code.
    """
    shared = overlaps(one.fingerprint, [other.fingerprint for other in others])
    scores = [
        _score(overlap, is_one_subject=other.category in guesses) for overlap, other in zip(shared, others, strict=True)
    ]
    here = [score for score, other in zip(scores, others, strict=True) if not is_elsewhere(one, other)]
    near = max(here, default=0.0) - _BEHIND
    found: list[Likeness | None] = []
    for score, overlap, other in zip(scores, shared, others, strict=True):
        is_one_subject = other.category in guesses and _is_recent(one, other)
        is_told = overlap.special >= _SPECIAL_ABOVE and (is_one_subject or overlap.beyond >= _BEYOND_ABOVE)
        relation = _relation(one, other, score, near, is_told=is_told, is_apart=overlap.is_apart)
        found.append(Likeness(relation, 1 / (1 + exp(_SAME_ABOVE - score))) if relation else None)
    return found


def is_elsewhere(one: Matter, other: Matter) -> bool:
    """Tell whether both places, or both districts, are known and differ. Words that the gazetteer lacks prove nothing."""
    if one.district is not None and other.district is not None and one.district != other.district:
        return True
    return one.place != other.place and one.place is not None and other.place is not None


def _relation(
    one: Matter, other: Matter, score: float, near: float, *, is_told: bool, is_apart: bool
) -> Relation | None:
    is_one_subject = one.category == other.category
    if one.caller is not None and one.caller == other.caller:
        return Relation.REPEAT if is_one_subject or score >= _REPEATS_ABOVE else None
    if is_elsewhere(one, other):
        return None
    if score >= max(_SAME_ABOVE, near) and is_told and not is_apart:
        return Relation.SAME_EVENT
    if is_one_subject and _is_recent(one, other) and one.place is not None and one.place == other.place:
        return Relation.SAME_EVENT
    return Relation.ALIKE if score >= _ALIKE_ABOVE and is_told else None


def _is_recent(one: Matter, other: Matter) -> bool:
    return abs(one.at - other.at) <= SAME_PLACE_WITHIN


def _score(overlap: Overlap, *, is_one_subject: bool) -> float:
    return (
        _OFFSET
        + _SHARED * log1p(overlap.shared)
        + _OWN * log1p(overlap.own)
        + _OTHER * log1p(overlap.other)
        + _PLACED * overlap.placed
        + _SAME_SUBJECT * is_one_subject
    )
