"""How fast it must move (紧急程度): the floor that flags force, the city's cues, then the model."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from models.city import Language
from models.vocabulary import Kind, Urgency
from nlu.flags import FlagHit, forcing
from nlu.heads import URGENCY
from nlu.linear import Floats, LinearModel, softmax
from nlu.pattern_set import PatternSet

# A graver level is worth a false alarm: it is taken at this probability, not only when it is the likeliest.
_ENOUGH: Final = {Urgency.CRITICAL: 0.4, Urgency.URGENT: 0.35}
_SHORT: Final = 200  # characters; a call or a note, not a letter
_OPENING: Final = 100  # characters of title and text in which a letter says what it is about
_SELDOM_URGENT: Final = frozenset({Kind.SUGGESTION, Kind.PRAISE})


class Ground(StrEnum):
    """What decided the urgency: a flag's rule, a cue of the city, the kind (praise waits), or the model."""

    RULE = "rule"
    CUE = "cue"
    KIND = "kind"
    MODEL = "model"


class Grounds(NamedTuple):
    """An urgency, what decided it, and the words that a rule or a cue found."""

    urgency: Urgency
    by: Ground
    words: str = ""


class Urgencies:
    """Weighs how urgent a request is. Read-only; safe between threads."""

    def __init__(self, language: Language, model: LinearModel) -> None:
        self._model = model
        cues = [
            (urgency, cue)
            for urgency in (Urgency.CRITICAL, Urgency.URGENT)
            for cue in language.urgency_cues.get(urgency.name.lower(), ())
        ]
        self._levels = tuple(urgency for urgency, _ in cues)
        self._cues = PatternSet(cue for _, cue in cues)

    def guess(self, scores: Floats, text: str, kind: Kind, hits: Iterable[FlagHit]) -> Urgency:
        """Return the urgency of a normalised text (its title before it), never lighter than its flags force.

        Of a long letter only the opening cues and forces: further on it tells how things came about.
        """
        return self.weigh(scores, text, kind, hits).urgency

    def weigh(self, scores: Floats, text: str, kind: Kind, hits: Iterable[FlagHit]) -> Grounds:
        """Return the same urgency with what decided it."""
        central_until = len(text) if len(text) <= _SHORT else _OPENING
        grounds = [
            Grounds(Urgency(hit.rule.floor), Ground.RULE, hit.words)
            for hit in forcing(hits, central_until=central_until)
        ]
        if kind in _SELDOM_URGENT:
            grounds.append(Grounds(Urgency.ROUTINE, Ground.KIND))
        else:
            cued = self._cues.matches(text[:central_until])
            grounds += [Grounds(self._levels[position], Ground.CUE, found[0]) for position, found in cued]
            grounds.append(Grounds(self._by_model(scores), Ground.MODEL))
        # Of equal ones the first: a rule binds, a cue may be wrong, a model is a guess.
        return min(grounds, key=lambda ground: ground.urgency)

    def _by_model(self, scores: Floats) -> Urgency:
        labels, logits = self._model.of_head(scores, URGENCY)
        odds = dict(zip((Urgency(int(label)) for label in labels), softmax(logits).tolist(), strict=True))
        for urgency, enough in _ENOUGH.items():
            if odds.get(urgency, 0.0) >= enough:
                return urgency
        return max(odds, key=lambda urgency: odds[urgency])
