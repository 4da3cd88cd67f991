"""漂移: whether requests still look as they did when the model was new."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from math import log
from typing import Final

from models.understanding import Told
from nlu.linear import LinearModel, known
from nlu.ngrams import counted
from nlu.reader import Reader
from nlu.registry import Picture

# A week has all of its days in it: what people ask for on a Sunday is no drift.
WITHIN: Final = timedelta(days=7)
# So many, spread over the week, are read again: their means are known to a hundredth.
MOST: Final = 2_000
# Fewer differ by chance: two halves of the same thousand letters differ by 0.07 in class mix.
LEAST: Final = 500
CLASS_MIX: Final = "class_mix"
UNKNOWN: Final = "unknown_ngrams"
SURE: Final = "confidence"
# From where on it is an alarm. Class mix: the population stability index over first-level classes, by its usual reading
# (Siddiqi, Credit Risk Scorecards, 2006: above 0.25 another population); second-level classes are too many for it, by
# chance alone they reach 0.3. N-grams and confidence: how much the one rose and the other fell. Against notes of the own
# city, letters of another province differ by 0.10 and 0.12, two genres of the own city by 0.04.
BARS: Final[dict[str, float]] = {CLASS_MIX: 0.25, UNKNOWN: 0.05, SURE: 0.10}
_LABELS: Final[dict[str, str]] = {
    CLASS_MIX: "来件构成的稳定性指数（PSI）",
    UNKNOWN: "未登录字串的比例上升",
    SURE: "分类把握下降",
}
# Added to every count: a class that nobody asked about for a week is rare, not impossible.
_SMOOTHING: Final = 0.5


def picture(reader: Reader, told: Iterable[Told]) -> Picture:
    """Return how a reader sees requests."""
    classes: Counter[str] = Counter()
    unknown = sure = 0.0
    for one in told:
        read = reader.understand(one.masked_text, received_at=one.received_at, line=one.line)
        classes[read.categories[0].code[:2]] += 1
        sure += read.sure
        unknown += _unknown_share(reader.model, one.masked_text)
    texts = classes.total()
    return Picture(texts=texts, classes=dict(classes), unknown=unknown / max(1, texts), sure=sure / max(1, texts))


def compared(reference: Picture, recent: Picture) -> dict[str, float]:
    """Return how far recent requests lie from the reference, by measure."""
    return {
        CLASS_MIX: round(_stability(reference.classes, recent.classes), 4),
        UNKNOWN: round(recent.unknown - reference.unknown, 4),
        SURE: round(reference.sure - recent.sure, 4),
    }


def beyond(measures: Mapping[str, float]) -> list[str]:
    """Return a sentence for each measure that lies beyond its bar."""
    return [
        f"{_LABELS[name]}{value:.2f}，超过{BARS[name]:.2f}" for name, value in measures.items() if value > BARS[name]
    ]


def _stability(before: Mapping[str, int], after: Mapping[str, int]) -> float:
    """Return the population stability index: the sum over classes of (q - p) · ln(q / p)."""
    classes = before.keys() | after.keys()
    shares = []
    for counts in (before, after):
        smooth = {name: counts.get(name, 0) + _SMOOTHING for name in classes}
        shares.append({name: value / sum(smooth.values()) for name, value in smooth.items()})
    return sum((shares[1][name] - shares[0][name]) * log(shares[1][name] / shares[0][name]) for name in classes)


def _unknown_share(model: LinearModel, text: str) -> float:
    counts = counted(text)
    every = float(counts.times.sum())
    return 1 - float(known(model.vocabulary, counts)[1].sum()) / every if every else 0.0
