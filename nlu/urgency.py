"""How fast it must move (紧急程度): the floor that flags force, the city's cues, then the model."""

from collections.abc import Iterable
from typing import Final

from models.city import Language
from models.vocabulary import Kind, Urgency
from nlu.flags import FlagHit, floor_of
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
_SELDOM_URGENT: Final = frozenset({Kind.SUGGESTION, Kind.PRAISE})


class Urgencies:
    """Weighs how urgent a request is. Read-only; safe between threads."""

    def __init__(self, language: Language, model: LinearModel) -> None:
        self._model = model
        urgent = model.heads.get(URGENT)
        self._urgent = urgent.first if urgent else None
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
        rest counts where the model does not find the whole of it ordinary.
        """
        likely = scores[self._urgent] if self._urgent is not None else _PERHAPS
        is_short = len(text) <= _SHORT
        central_until = len(text) if is_short else _OPENING if likely >= _PERHAPS else 0
        floor = floor_of(hits, central_until=central_until)
        if kind in _SELDOM_URGENT:
            read = Urgency.ROUTINE
        else:
            cued = [self._levels[position] for position, _ in self._cues.matches(text[:central_until])]
            read = min([self._by_model(scores), *cued, *([Urgency.URGENT] if likely > _LIKELY else [])])
        return Urgency(min(read, floor)) if floor else read

    def _by_model(self, scores: Floats) -> Urgency:
        labels, logits = self._model.of_head(scores, URGENCY)
        odds = dict(zip((Urgency(int(label)) for label in labels), softmax(logits).tolist(), strict=True))
        if odds.get(Urgency.CRITICAL, 0.0) >= _ENOUGH:
            return Urgency.CRITICAL
        return max(odds, key=lambda urgency: odds[urgency])
