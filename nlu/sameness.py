"""Whether two requests are about the same matter: a caller's own repeat (重复诉求), another's report of one event (同一事件), or
merely alike. By words that few others say, place, category, caller and time; the weights were set by hand on rewritten requests.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from math import exp, log1p
from typing import Final, NamedTuple

from msgspec import Struct

from models.vocabulary import Kind
from nlu.similarity import Overlap, overlaps

SAME_PLACE_WITHIN: Final = timedelta(days=3)
# What is shared must be much beside what both say; a long letter shares much with every other.
_SHARED: Final = 3.9
_SPECIAL: Final = 0.85
_OWN: Final = -0.9
_OTHER: Final = -1.4
_SAME_SUBJECT: Final = 2.2
_SAME_KIND: Final = 0.75
_PLACED: Final = 1.8
_APART: Final = -1.6
_OFFSET: Final = -5.0
_SAME_ABOVE: Final = -2.0
_ALIKE_ABOVE: Final = -3.2
# A caller who calls again means the same matter more often than another does.
_REPEATS_ABOVE: Final = -3.0
# How far one may lie behind the likest; what is farther off only resembles it.
_BEHIND: Final = 1.6
# Where nothing is shared that few others say, no name of a place or a firm, two requests are of one sort and no more.
_SPECIAL_ABOVE: Final = 2.0
# What two requests must share beside the place's name, or of an unusual one, unless they are of one category and come within days.
_BEYOND_ABOVE: Final = 3.0
_NAMED_ABOVE: Final = 12.0
_SAME_PLACE_ABOVE: Final = -5.0
_COPY: Final = 0.4  # of the shorter one's weight


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
    kind: Kind
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
    # What is elsewhere is compared only where the same caller tells of it.
    near_by = [n for n, other in enumerate(others) if _is_same_caller(one, other) or not is_elsewhere(one, other)]
    shared = overlaps(one.fingerprint, [others[n].fingerprint for n in near_by])
    told = {n: _told(one, guesses, others[n], overlap) for n, overlap in zip(near_by, shared, strict=True)}
    near = max((words.score for words in told.values() if words.may_be_same), default=0.0) - _BEHIND
    found: list[Likeness | None] = [None] * len(others)
    for n, words in told.items():
        relation = _relation(one, others[n], words, near)
        if relation is not None:
            found[n] = Likeness(relation, 1 / (1 + exp(_SAME_ABOVE - words.score)))
    return found


def is_elsewhere(one: Matter, other: Matter) -> bool:
    """Tell whether both places, or both districts, are known and differ. Words that the gazetteer lacks prove nothing."""
    if one.district is not None and other.district is not None and one.district != other.district:
        return True
    return one.place != other.place and one.place is not None and other.place is not None


class _Told(NamedTuple):
    """What the words of two requests tell: whether they are of one sort, whether they may be of one matter, how likely that is."""

    is_one_sort: bool
    may_be_same: bool
    score: float


def _told(one: Matter, guesses: Collection[str], other: Matter, overlap: Overlap) -> _Told:
    is_one_subject = other.category in guesses
    # A name says where and not what: by it alone two requests are of one sort only where they are of one category.
    has_more = overlap.beyond > 0 or one.category == other.category
    is_named = overlap.special >= _NAMED_ABOVE or (is_one_subject and _is_recent(one, other))
    is_one_sort = overlap.special >= _SPECIAL_ABOVE and (overlap.beyond >= _BEYOND_ABOVE or (has_more and is_named))
    # The same words about another place are one sort of matter at two places.
    is_copy = overlap.is_apart and overlap.shared >= _COPY * min(overlap.own, overlap.other)
    score = (
        _OFFSET
        + _SHARED * log1p(overlap.shared)
        + _SPECIAL * log1p(overlap.special)
        + _OWN * log1p(overlap.own)
        + _OTHER * log1p(overlap.other)
        + _PLACED * overlap.placed
        + _APART * overlap.is_apart
        + _SAME_SUBJECT * is_one_subject
        + _SAME_KIND * (one.kind == other.kind)
    )
    return _Told(is_one_sort, is_one_sort and not is_copy and not is_elsewhere(one, other), score)


def _relation(one: Matter, other: Matter, words: _Told, near: float) -> Relation | None:
    is_one_subject = one.category == other.category
    if _is_same_caller(one, other):
        return Relation.REPEAT if is_one_subject or words.score >= _REPEATS_ABOVE else None
    if words.score >= max(_SAME_ABOVE, near) and words.may_be_same:
        return Relation.SAME_EVENT
    is_one_place = one.place is not None and one.place == other.place
    if is_one_subject and is_one_place and _is_recent(one, other) and words.score >= _SAME_PLACE_ABOVE:
        return Relation.SAME_EVENT
    return Relation.ALIKE if words.score >= _ALIKE_ABOVE and words.is_one_sort else None


def _is_same_caller(one: Matter, other: Matter) -> bool:
    return one.caller is not None and one.caller == other.caller


def _is_recent(one: Matter, other: Matter) -> bool:
    return abs(one.at - other.at) <= SAME_PLACE_WITHIN
