"""What the citizen does (诉求类型): a linear model, and the city's cue words."""

from typing import Final

import numpy as np

from models.city import Language
from models.vocabulary import Kind
from nlu.heads import KIND
from nlu.linear import Floats, LinearModel, softmax, weighed
from nlu.pattern_set import PatternSet

# In units of the model's scores, which lie about one apart. What a letter's title calls itself counts most.
_TITLE_BONUS: Final = 0.2
_FIRST_WORDS_BONUS: Final = 0.1
_TEXT_BONUS: Final = 0.15
_OPENING_BONUS: Final = 1.2  # who has no title and begins with 投诉 or 咨询 means it
_FIRST_WORDS: Final = 3  # characters before which a cue opens the title or the text
_READ: Final = 120  # characters of a text without title


class Kinds:
    """Weighs the kinds by the model and the city's cues. Read-only; safe between threads."""

    def __init__(self, language: Language, model: LinearModel) -> None:
        self._model = model
        self._labels = tuple(Kind(label) for label in model.heads[KIND].labels)
        cues = [(column, cue) for column, kind in enumerate(self._labels) for cue in language.kind_cues.get(kind, ())]
        self._columns = tuple(column for column, _ in cues)
        self._cues = PatternSet(cue for _, cue in cues)

    def guess(
        self, scores: Floats, text: str, title: str = "", title_scores: Floats | None = None
    ) -> tuple[Kind, float]:
        """Return the likeliest kind of a normalised text and its probability. `title_scores` are the title's alone."""
        bonus, first = np.zeros((2, len(self._labels)), np.float32)
        for position, found in self._cues.matches(title or text[:_READ]):
            column = self._columns[position]
            bonus[column] = _TITLE_BONUS if title else _TEXT_BONUS
            if found.start() < _FIRST_WORDS:
                first[column] = _FIRST_WORDS_BONUS if title else _OPENING_BONUS
        _, logits = self._model.of_head(weighed(scores, title_scores), KIND, bonus + first)
        odds = softmax(logits)
        best = int(odds.argmax())
        return self._labels[best], round(float(odds[best]), 4)

    def by_model(self, scores: Floats, title_scores: Floats | None = None) -> Kind:
        """Return the kind that the model alone would say, without the cues."""
        _, logits = self._model.of_head(weighed(scores, title_scores), KIND)
        return self._labels[int(logits.argmax())]

    def cues(self, text: str, title: str = "") -> tuple[tuple[Kind, str], ...]:
        """Return the cue words that `guess` finds, and which kind each speaks for."""
        found = self._cues.matches(title or text[:_READ])
        return tuple((self._labels[self._columns[position]], match[0]) for position, match in found)
