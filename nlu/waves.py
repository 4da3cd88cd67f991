"""What a pile-up of requests (群体/热点) is about: the one that is likest to all others, its telling sentence, and keywords."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import sqrt
from typing import Final

from msgspec import Struct

from nlu.normalise import sentences
from nlu.pair_weights import MOST, UNITS, PairWeights, pairs_of
from nlu.similarity import overlaps

KEYWORDS: Final = 6
_LONGEST_SENTENCE: Final = 80  # characters
_SHORTEST_WORD: Final = 2
_LEAST_SHARE: Final = 0.3  # of the requests that a keyword must be in
_NEARLY: Final = 0.5
_EVEN: Final = 12  # characters; a long sentence must say more than a short one


class Topic(Struct, frozen=True):
    """`representative` is the index of the request that is likest to the others; the rest is masked words."""

    representative: int
    sentence: str
    keywords: tuple[str, ...]


def topic(
    texts: Sequence[str],
    fingerprints: Sequence[bytes],
    cut: Callable[[str], Sequence[str]],
    weights: PairWeights | None,
) -> Topic:
    """Return what requests (one or more) that resemble one another are about, from their masked words.

    `cut` gives the distinct words of a text.
    """
    likest = max(range(len(texts)), key=lambda n: _nearness(fingerprints[n], fingerprints))
    counts = Counter(word for text in texts for word in {*cut(text)})
    least = max(_LEAST_SHARE * len(texts), min(2, len(texts)))
    worth = {
        word: times / len(texts) * _weight(word, weights)
        for word, times in counts.items()
        if times >= least and len(word) >= _SHORTEST_WORD and not word.isascii()
    }
    return Topic(likest, _sentence(texts[likest], worth), _keywords(worth))


def _nearness(own: bytes, others: Sequence[bytes]) -> float:
    return sum(found.shared / sqrt(found.own * found.other or 1.0) for found in overlaps(own, others))


def _weight(word: str, weights: PairWeights | None) -> float:
    """Return how telling a word is: the mean weight of its pairs."""
    pairs = pairs_of(word)[0]
    if not pairs.size:
        return 0.0
    return float(weights.of(pairs).mean()) / UNITS if weights else MOST / UNITS


def _keywords(worth: dict[str, float]) -> tuple[str, ...]:
    """Return the words that tell most; a part of one is no other, and the whole is told where it is worth nearly as much."""
    found: list[str] = []
    for word in sorted(worth, key=lambda word: (-worth[word], word)):
        longer = [other for other in worth if word in other and worth[other] >= _NEARLY * worth[word]]
        whole = max(longer, key=len)
        if not any(whole in other or other in whole for other in found):
            found.append(whole)
    return tuple(found[:KEYWORDS])


def _sentence(text: str, worth: dict[str, float]) -> str:
    """Return the sentence of a text that says most of what all say."""
    said = sentences(text) or [text]
    best = max(said, key=lambda one: sum(w for word, w in worth.items() if word in one) / sqrt(_EVEN + len(one)))
    return best[:_LONGEST_SENTENCE]
