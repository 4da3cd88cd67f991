"""What the model thinks of danger: which it suspects beside the hard rules (疑似), and which hits of theirs it doubts (存疑).

Two questions of the model are asked together: does it speak of this danger, and is the danger real. A film, a drill, a
figure of speech or what is long settled sounds alike whatever the danger, so that the second knows more of them.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from models.vocabulary import Flag
from nlu.flags import ALWAYS_FORCING, FlagHit
from nlu.heads import FLAG, REAL
from nlu.linear import Floats, LinearModel
from nlu.ngrams import counted, counted_characters

# In units of the model's scores, where 0 is as likely as not. A false alarm costs a look, a miss may cost a life:
# docs/nlu-card.md tells what this bar finds and what it costs.
_ENOUGH: Final = -0.45
_FOR_THE_GRAVEST: Final = 0.2
_BESIDE: Final = 0.7  # how far behind the likeliest danger another may be and is still told,
_LIKELY: Final = -0.2  # and where it is told however likely the first is

# A hit is doubted only for what stands beside it: 「我要自杀」 says nothing else, however often films say the word.
_UNREAL: Final = -0.1
_UNREAL_WHERE_A_LIFE_HANGS: Final = -0.3
_FEWEST: Final = 5  # characters beside it
_TAUGHT: Final = 150  # characters; of 100 texts that taught the model 99 are no longer, of letters it knows little

# Whoever took the call down asks that they be told, and has judged it so.
_JUDGED: Final = re.compile(
    "(?:建议|请|恳请|望|需|须)(?:立即|尽快|马上|同步|一并|及时)?(?:通报|通知|转|联系|移交|告知|报|派)"
    "(?:当地|属地|辖区|给)?(?:公安|警方|派出所|民警|110|119|120|消防)"
)

GRAVEST: Final = frozenset({Flag.SUICIDE, Flag.THREAT, Flag.VIOLENCE, Flag.MINOR, Flag.GAS, Flag.FIRE, Flag.COLLAPSE})


class Verdict(NamedTuple):
    """The hits of the rules that stand, those that the model doubts, and what it suspects beside them, in its order."""

    believed: tuple[FlagHit, ...]
    doubted: tuple[FlagHit, ...]
    suspected: tuple[Flag, ...]


class Suspicions:
    """Judges by the flag scores of a model; one without them suspects and doubts nothing. Read-only; safe between threads."""

    def __init__(self, model: LinearModel) -> None:
        self._model = model
        head = model.heads.get(FLAG)
        self._flags = tuple(Flag(label) for label in head.labels) if head else ()
        self._columns = slice(head.first, head.first + len(head.labels)) if head else slice(0)
        real = model.heads.get(REAL)
        self._real = real.first if real else None
        self._ease = np.array([_FOR_THE_GRAVEST * (flag in GRAVEST) for flag in self._flags], dtype=np.float32)

    def judge(self, scores: Floats, hits: Iterable[FlagHit], text: str) -> Verdict:
        """Judge a normalised text by its scores and by the rules that fired on it.

        What a rule found in a long text stands, and where hardly anything stands beside it or another rule's find is likely.
        """
        hits = tuple(hits)
        own = scores[self._columns] + self._ease
        fired = {self._flags.index(hit.rule.flag) for hit in hits if hit.rule.flag in self._flags}
        real = float(scores[self._real]) if self._real is not None else 0.0
        likely = set(np.flatnonzero(own + real > _ENOUGH).tolist())
        told = min(own.max(initial=_LIKELY) - _BESIDE, _LIKELY)
        suspected = tuple(self._flags[one] for one in sorted(likely - fired) if own[one] >= told)
        if not fired or fired & likely or not self._sounds_unreal(text, hits):
            return Verdict(hits, (), suspected)
        known = {self._flags[one] for one in fired}
        believed = tuple(hit for hit in hits if hit.rule.flag not in known)
        return Verdict(believed, tuple(hit for hit in hits if hit.rule.flag in known), suspected)

    def _sounds_unreal(self, text: str, hits: tuple[FlagHit, ...]) -> bool:
        """Tell whether what stands beside the words of the hits sounds like no real danger."""
        if self._real is None or len(text) > _TAUGHT or _JUDGED.search(text):
            return False
        on_life = any(hit.rule.flag in ALWAYS_FORCING for hit in hits)
        for hit in hits:
            text = text.replace(hit.words, "\n")
        if len(counted_characters(text)) < _FEWEST:
            return False
        rows, values = self._model.features(counted(text))
        score = float(values @ self._model.weights[rows, self._real] + self._model.bias[self._real])
        return score < (_UNREAL_WHERE_A_LIFE_HANGS if on_life else _UNREAL)
