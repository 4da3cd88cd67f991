"""How fast it must move (紧急程度): the floor that flags force, the city's cues, then the model."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from models.city import Language
from models.vocabulary import Kind, Urgency
from nlu.flags import FlagHit, forcing
from nlu.heads import URGENCY, URGENT
from nlu.linear import Floats, LinearModel, softmax
from nlu.pattern_set import PatternSet

# A graver level is worth a false alarm: it is taken at this probability, not only when it is the likeliest.
_ENOUGH: Final = 0.4
# Scores of the question whether it is urgent at all, where 0 is as likely as not (docs/nlu-card.md tells what they cost).
_LIKELY: Final = -0.55
_PERHAPS: Final = -0.8
_SHORT: Final = 200  # characters; a call or a note, not a letter
_OPENING: Final = 100  # characters of title and text in which a letter says what it is about
_LONGEST_TITLE: Final = 60
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
        urgent = model.heads.get(URGENT)
        self._urgent = urgent.first if urgent else None
        self._of_model = tuple(Urgency(int(label)) for label in model.heads[URGENCY].labels)
        cues = [
            (urgency, cue)
            for urgency in (Urgency.CRITICAL, Urgency.URGENT)
            for cue in language.urgency_cues.get(urgency.name.lower(), ())
        ]
        self._levels = tuple(urgency for urgency, _ in cues)
        self._cues = PatternSet(cue for _, cue in cues)

    def guess(self, scores: Floats, text: str, kind: Kind, hits: Iterable[FlagHit]) -> Urgency:
        """Return the urgency of a normalised text (its title before it), never lighter than the flags of a short one force.

        A long letter tells how things came about: only its opening cues, only what a life may hang on forces, and the
        rest counts where the model does not find the whole of it ordinary; then no more of it cues than its title.
        """
        return self.weigh(scores, text, kind, hits).urgency

    def weigh(self, scores: Floats, text: str, kind: Kind, hits: Iterable[FlagHit]) -> Grounds:
        """Return the same urgency with what decided it."""
        likely = scores[self._urgent] if self._urgent is not None else _PERHAPS
        is_short = len(text) <= _SHORT
        central_until = len(text) if is_short else _OPENING if likely >= _PERHAPS else 0
        grounds = [
            Grounds(Urgency(hit.rule.floor), Ground.RULE, hit.words)
            for hit in forcing(hits, central_until=central_until)
        ]
        if kind in _SELDOM_URGENT:
            grounds.append(Grounds(Urgency.ROUTINE, Ground.KIND))
        else:
            cued = self._cues.matches(text[: central_until or _end_of_title(text)])
            grounds += [Grounds(self._levels[position], Ground.CUE, found[0]) for position, found in cued]
            grounds.append(Grounds(self._by_model(scores), Ground.MODEL))
            if likely > _LIKELY:
                grounds.append(Grounds(Urgency.URGENT, Ground.MODEL))
        # Of equal ones the first: a rule binds, a cue may be wrong, a model is a guess.
        return min(grounds, key=lambda ground: ground.urgency)

    def _by_model(self, scores: Floats) -> Urgency:
        odds = softmax(self._model.of_head(scores, URGENCY)[1]).tolist()
        grave = [urgency for urgency, p in zip(self._of_model, odds, strict=True) if p >= _ENOUGH]
        return Urgency.CRITICAL if Urgency.CRITICAL in grave else self._of_model[odds.index(max(odds))]


def _end_of_title(text: str) -> int:
    """Return where the first line of a letter ends, 0 where that is no title by its length."""
    end = text.find("\n")
    return end if 0 < end <= _LONGEST_TITLE else 0
