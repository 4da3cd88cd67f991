"""What the request is about (事项分类): three categories with calibrated probabilities, and the third level."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from models.city import City
from models.understanding import Guess
from nlu.heads import CATEGORY
from nlu.linear import Floats, LinearModel, softmax, weighed

GUESSES: Final = 3
# In log-odds: a call on a bureau's own line is e^1.2, about three times, as likely to be its business.
_LINE_BONUS: Final = 1.2
_CATCH_ALL_MALUS: Final = 0.2  # in units of the model's scores
_DISTRICT_MARK: Final = "@"
_SHORTEST_WORD: Final = 2


class Sorted(Struct, frozen=True):
    """The likeliest categories, the probability that the lead of the first is right, and the bar that it must clear."""

    guesses: tuple[Guess, ...]
    lead_p: float
    bar: float | None


class Categories:
    """Weighs a city's categories by the model and by the dialled line. Read-only; safe between threads."""

    def __init__(self, city: City, model: LinearModel) -> None:
        self._model = model
        self._codes = model.heads[CATEGORY].labels
        self._line_bonus = _line_bonus(city, self._codes)
        self._same_lead = leads_of(self._codes, {code: city.lead_of(code) for code in self._codes})
        self._bars = model.guarantee.bars if model.guarantee else {}
        self._malus = catch_all_malus(city.catch_all_categories, self._codes)
        self._details = _details(city)

    def sort(self, scores: Floats, title_scores: Floats | None = None, line: str | None = None) -> Sorted:
        """Return the three likeliest four-digit categories, best first, and how sure their lead is.

        `title_scores` are those of the title alone. `line` is the dialled number; the business of the body behind it
        becomes likelier.
        """
        codes, logits = self._model.of_head(weighed(scores, title_scores), CATEGORY, self._malus)
        bonus = self._line_bonus.get(line or "")
        odds = softmax(logits if bonus is None else logits + bonus)
        likeliest = (-odds).argsort()[:GUESSES]
        first, *_ = best = likeliest.tolist()
        return Sorted(
            tuple([Guess(codes[index], round(p, 4)) for index, p in zip(best, odds[likeliest].tolist(), strict=True)]),
            round(float(odds @ self._same_lead[first]), 4),
            self._bars.get(codes[first]),
        )

    def favoured(self, line: str | None) -> frozenset[str]:
        """Return the categories that a dialled line makes likelier: the business of the body behind it."""
        bonus = self._line_bonus.get(line or "")
        return frozenset() if bonus is None else frozenset(self._codes[index] for index in np.flatnonzero(bonus))

    def detail(self, code: str, text: str) -> str | None:
        """Return the third-level code under a category whose words the text uses most, if it uses any."""
        best, most = None, 0
        for detail, words in self._details.get(code, {}).items():
            told = sum([len(word) for word in words if word in text])
            if told > most:
                best, most = detail, told
        return best

    def detail_words(self, detail: str, text: str) -> tuple[str, ...]:
        """Return the words of a third-level category that a text uses."""
        return tuple(word for word in self._details.get(detail[:4], {}).get(detail, ()) if word in text)


def leads_of(labels: Sequence[str], lead_of: Mapping[str, str | None]) -> NDArray[np.bool_]:
    """Return which categories have the same lead (labels, labels); one without a lead is alone."""
    leads = [lead_of.get(label) or label for label in labels]
    return np.array([[one == other for other in leads] for one in leads])


def catch_all_malus(catch_all: Sequence[str], codes: Sequence[str]) -> Floats:
    """Return what is taken off the scores of the categories that fit everything (labels,)."""
    return np.array([-_CATCH_ALL_MALUS * (code in catch_all) for code in codes], dtype=np.float32)


def _line_bonus(city: City, codes: tuple[str, ...]) -> dict[str, Floats]:
    """Return for each specialist line how much likelier each category is (log-odds)."""
    leads: dict[str, set[str]] = {}
    for duty in city.duties:
        if duty.place is None and not duty.lead.startswith(_DISTRICT_MARK):
            leads.setdefault(duty.lead, set()).add(duty.category[:4])
    bonus = {}
    for line in city.lines.values():
        # The general number says nothing about the matter, though its centre leads a few categories.
        department = city.departments.get(line.department or "")
        if department is None or department.kind == "center":
            continue
        own = leads.get(department.code, set())
        bonus[line.number] = np.array([_LINE_BONUS * (code in own) for code in codes], dtype=np.float32)
    return bonus


def _details(city: City) -> dict[str, Mapping[str, tuple[str, ...]]]:
    details: dict[str, dict[str, tuple[str, ...]]] = {}
    for category in city.categories.values():
        if category.l3:
            words = tuple(word for word in (category.l3, *category.examples) if len(word) >= _SHORTEST_WORD)
            details.setdefault(category.code[:4], {})[category.code] = words
    return dict(details)
