"""How alike two requests are (相似度), from fingerprints that say nothing without the key.

A fingerprint holds the pairs of characters of a text as keyed 24-bit hashes, each with its weight, so that two texts are
compared by what few others say. Its bands are keyed hashes of the pairs that name a place, a body or the matter: two texts
about one matter have some in common, so that candidates are found in an index.
"""

from collections.abc import Sequence
from hashlib import blake2b, shake_256
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlu.pair_weights import CHARACTER_BITS, MOST, UNITS, PairWeights, pairs_of
from nlu.place_words import Mark
from nlu.span_words import WordSheet

STORED: Final = 12  # bands that are kept of a request
ASKED: Final = 20  # bands by which it looks for others
LONGEST: Final = 600  # pairs of a fingerprint
_BYTES: Final = 4  # of a pair: its hash and its weight
_OF_PLACE: Final = MOST + 1
_ROWS: Final = 1 << 16
_TO_ROW: Final = np.uint32(16)
_SIGNS: Final = 1 << 16  # that are told apart in a hash
_SIGN: Final = _SIGNS - 1
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_TO_HASH: Final = np.uint64(40)
_NONE: Final = -100.0
_BYTE: Final = np.uint64(8)
_LONGEST_READ: Final = 4000  # characters
_PLACE_BITS: Final = 12
_OPENING: Final = 40  # characters that stand for a title where there is none
# What speaks for a pair as a band, in e-folds of rarity.
_RAREST: Final = 7.5
_OF_PLACE_BONUS: Final = 1.0
_OF_SUBJECT_BONUS: Final = 1.0
_OF_NAME_BONUS: Final = 1.0
_OF_TITLE_BONUS: Final = 1.5
_REPEATED: Final = np.log2((1, 1, 2, 3, 4))  # by how often it occurs: one for each doubling, twice at most
_SPECIAL: Final = 5.5
_APART: Final = 0.15
_NAME: Final = 2.0
# What a weight as it is packed is worth, and how far that goes beyond the ordinary where it names the place.
_WEIGHT: Final = 0xFF
_NOBODYS: Final = np.array([0], "<u4")
_WORTH: Final = (np.arange(_WEIGHT + 1) & MOST) / UNITS
_NAME_WORTH: Final = np.where(np.arange(_WEIGHT + 1) >= _OF_PLACE, np.maximum(_WORTH - _SPECIAL, 0), 0.0)
_NAMING: Final = np.isin(np.arange(max(Mark) + 1), [Mark.KNOWN, Mark.NAMED, Mark.HOME, Mark.PROPER, Mark.NUMBER])

Span = tuple[int, int] | None
Floats = NDArray[np.float64]


class Told(NamedTuple):
    """The words of a request's title and opening, and where they name the place and the subject."""

    sheet: WordSheet
    place: Span
    subject: Span


class Fingerprint(NamedTuple):
    """`pairs` to compare a text by, `bands` (ASKED at most, the most telling first) to find others like it."""

    pairs: bytes
    bands: tuple[int, ...]


class Overlap(NamedTuple):
    """What two texts share; weights are in e-folds of rarity.

    `own` and `other` are what each text weighs, `special` is how much of what is shared goes beyond the ordinary,
    `beyond` is how much of it does not name the place of either, `placed` the share (0..1) of what names one text's place that the
    other has too, the greater of both. `is_apart` tells that both name a place as few others do, and it is not the same.
    """

    shared: float
    own: float
    other: float
    special: float
    beyond: float
    placed: float
    is_apart: bool


class Fingerprinter:
    """Takes fingerprints under one key (16..64 bytes). Fingerprints under other keys cannot be compared."""

    def __init__(self, key: bytes, weights: PairWeights | None) -> None:
        self._weights = weights or PairWeights(np.empty(0, np.int64), np.empty(0, np.int64), MOST)
        self._fresh = blake2b(key=key[:64], digest_size=8, person=b"hub-bands")
        # A secret number for every sign, as the first and as the second of a pair.
        drawn = shake_256(blake2b(key=key[:64], person=b"hub-pairs").digest()).digest(2 * 8 * _SIGNS)
        self._firsts, self._seconds = np.frombuffer(drawn, np.uint64).reshape(2, _SIGNS)

    def __call__(self, text: str, told: Told) -> Fingerprint:
        """Return the fingerprint of a text; empty for one without two characters to compare."""
        opening = _Counted(told.sheet.text, self._weights)
        whole = opening if told.sheet.text == text else _Counted(text, self._weights)
        if not whole.pairs.size:
            return Fingerprint(b"", ())
        return Fingerprint(self._packed(whole, told), self._bands(opening, told))

    def _packed(self, whole: "_Counted", told: Told) -> bytes:
        """Return the hashes of pairs, in the order of their hashes, and their weights, those of the place marked."""
        pairs, kept = whole.pairs, whole.weights
        if pairs.size > LONGEST:
            best = np.sort(np.argsort(-kept, kind="stable")[:LONGEST])
            pairs, kept = pairs[best], kept[best]
        if told.place is not None:
            of_place = pairs_of(told.sheet.text[slice(*told.place)])[0]
            rows = pairs.searchsorted(of_place)
            kept = kept.copy()
            kept[rows[pairs.take(rows, mode="clip") == of_place]] |= _OF_PLACE
        mixed = self._firsts[pairs >> CHARACTER_BITS & _SIGN] ^ self._seconds[pairs & _SIGN]
        # In the order of their hashes, which says nothing.
        packed = (mixed * _SPREAD >> _TO_HASH << _BYTE).astype("<u4") | kept.astype("<u4")
        packed.sort()
        told_of: bytes = packed.tobytes()
        return told_of

    def _bands(self, opening: "_Counted", told: Told) -> tuple[int, ...]:
        """Return the hashes of the pairs that tell most: within one word, one name, the place or the subject."""
        if not opening.pairs.size:
            return ()
        worth = np.minimum(opening.weights / UNITS, _RAREST) + _bonus(opening, told)
        worth += _REPEATED.take(opening.times, mode="clip")
        # Pairs that weigh the same must be chosen alike in every text.
        worth += (opening.pairs * 40503 & 0xFFFF) * 1e-8
        best = (-worth).argsort()[:ASKED]
        digests = map(self._band, opening.pairs[best[worth[best] > 0]].tolist())
        return tuple(np.frombuffer(b"".join(digests), "<i8").tolist())

    def _band(self, pair: int) -> bytes:
        fresh = self._fresh.copy()
        fresh.update(pair.to_bytes(8, "little"))
        return fresh.digest()


class _Counted:
    """The pairs of a text, ascending and each once, with their weights and how often each occurs.

    `order` sorts the occurrences, of which those of each pair begin at `begins`; `first` and `second` are where in the text the
    signs of every occurrence begin.
    """

    def __init__(self, text: str, weights: PairWeights) -> None:
        pairs, self.first, self.second = pairs_of(text[:_LONGEST_READ])
        count = len(pairs)
        # A pair fills 41 bits at most, so that its place fits below it: sorting numbers is quicker than sorting places.
        placed = pairs << _PLACE_BITS | np.arange(count)
        placed.sort()
        self.order = placed & ((1 << _PLACE_BITS) - 1)
        ascending = placed >> _PLACE_BITS
        is_first = np.empty(count, np.bool_)
        is_first[:1] = True
        np.not_equal(ascending[1:], ascending[:-1], out=is_first[1:])
        self.begins = is_first.nonzero()[0]
        self.pairs = ascending[self.begins]
        self.weights = weights.of(self.pairs)
        self.times = np.empty(len(self.begins), np.int64)
        np.subtract(self.begins[1:], self.begins[:-1], out=self.times[:-1])
        self.times[-1:] = count - self.begins[-1:]


def _bonus(opening: _Counted, told: Told) -> Floats:
    """Return what speaks for every pair by where it stands (pairs,); far below 0 where it is none of a word or name."""
    sheet, first, second = told.sheet, opening.first, opening.second
    naming = _NAMING.take(sheet.marks)
    # Of the characters of one word the same number; odd, and the same, of words that name something and stand together.
    run = ((~naming).cumsum() * 2 + naming).repeat(sheet.ends - sheet.starts)
    one = run.take(first)
    bonus = np.where(one == run.take(second), (one & 1) * _OF_NAME_BONUS, _NONE)
    for span, worth in ((told.place, _OF_PLACE_BONUS), (told.subject, _OF_SUBJECT_BONUS)):
        if span is not None:
            inside = bonus[first.searchsorted(span[0]) : second.searchsorted(span[1])]
            np.maximum(inside, 0, out=inside)
            inside += worth
    bonus[: second.searchsorted(sheet.ends[sheet.titled - 1] if sheet.titled else _OPENING)] += _OF_TITLE_BONUS
    of_pairs: Floats = np.maximum.reduceat(bonus.take(opening.order), opening.begins)
    return of_pairs


def overlaps(own: bytes, others: Sequence[bytes]) -> list[Overlap]:
    """Return what a text shares with others, from fingerprints under the same key."""
    if not others:
        return []
    ours, theirs = np.frombuffer(own, "<u4"), np.frombuffer(b"".join(others), "<u4")
    ends = np.cumsum([len(one) // _BYTES for one in others])
    our_worth, our_name = _WORTH[ours & _WEIGHT], _NAME_WORTH[ours & _WEIGHT].sum()
    # One more row for what is not ours.
    row_of = np.full(_ROWS, len(ours), np.int16)
    row_of[ours >> _TO_ROW] = np.arange(len(ours))
    rows = row_of.take(theirs >> _TO_ROW)
    weights = theirs & _WEIGHT
    total = np.append(0, (weights & MOST).cumsum())[np.append(0, ends)]
    # Few pairs are shared and few name a place: all the rest is worked out of those.
    common = ((np.append(ours, _NOBODYS).take(rows) ^ theirs) <= _WEIGHT).nonzero()[0]
    common = common[rows[common] < len(ours)]
    placing = (weights >= _OF_PLACE).nonzero()[0]
    of_common, of_placing = ends.searchsorted(common, "right"), ends.searchsorted(placing, "right")

    def summed(text: NDArray[np.intp], values: Floats) -> Floats:
        sums: Floats = np.bincount(text, values, len(others)).astype(np.float64, copy=False)
        return sums

    row, theirs_of_place = rows[common], weights[common] >= _OF_PLACE
    shared, ours_of_place = our_worth[row], ours[row] & _OF_PLACE > 0
    their_place = _WORTH[weights[placing]]
    all_our_place, all_their_place = our_worth @ (ours & _OF_PLACE > 0), summed(of_placing, their_place)
    placed = np.maximum(
        summed(of_common, shared * ours_of_place) / (all_our_place or 1.0),
        summed(of_common, _WORTH[weights[common]] * theirs_of_place)
        / np.where(all_their_place > 0, all_their_place, 1.0),
    )
    special = summed(of_common, np.maximum(shared - _SPECIAL, 0))
    beyond = summed(of_common, shared * ~(ours_of_place | theirs_of_place))
    their_name = summed(of_placing, _NAME_WORTH[weights[placing]])
    apart = (placed < _APART) & (np.minimum(their_name, our_name) >= _NAME)
    columns = (summed(of_common, shared), np.diff(total) / UNITS, special, beyond, placed.clip(max=1), apart)
    weighs = float(our_worth.sum())
    return [Overlap(row[0], weighs, *row[1:]) for row in zip(*(column.tolist() for column in columns), strict=True)]
