"""How good the reading is, against answers that people gave (hotline nlu evaluate)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from models.understanding import Understanding
from models.vocabulary import Urgency
from nlu.linear import LinearModel
from nlu.own_labels import labelled
from nlu.prediction import predict_label
from nlu.reader import Reader

# The columns of answers that a reader, and a model of one's own labels, is weighed by.
GOLD: Final = ("codes", "kinds", "urgencies", "flags", "scope", "places", "subjects", "times")
LABELS: Final = ("label", "code")
# What the gold files call three of the kinds.
_KIND_NAMES: Final = {"consult": "inquiry", "help": "assistance", "report": "tip_off"}


class Figures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Shares (0..1) of the rows that have an answer, unless said otherwise; None where no row has one.

    `top1` and `top3`: the first, or one of three categories is accepted; `l1`: the first has an accepted first level.
    `lead`: the catalogue's lead for the first is that for an accepted one.
    `sure_error` is the expected calibration error of `sure` in ten bins. `urgent_recall`: of the rows that can only be
    1 or 2, how many were read so; `urgent_precision`: of those read so, how many may be. `flag_recall`: of
    the flags that should be raised, by rule or suspicion; `flag_precision`: of the rows in which any is, those in which a
    right one is.
    `scope_…`: the same for reasons why it may be out of scope.
    `*_exact`: the span is an accepted one; `*_overlap`: one contains the other; `*_false`: something was named where nothing is.
    """

    rows: int
    top1: float | None = None
    top3: float | None = None
    l1: float | None = None
    lead: float | None = None
    sure_error: float | None = None
    kind: float | None = None
    urgency: float | None = None
    urgent_recall: float | None = None
    urgent_precision: float | None = None
    flag_recall: float | None = None
    flag_precision: float | None = None
    scope_recall: float | None = None
    scope_precision: float | None = None
    place_exact: float | None = None
    place_overlap: float | None = None
    place_false: float | None = None
    subject_exact: float | None = None
    subject_overlap: float | None = None
    subject_false: float | None = None
    time_exact: float | None = None
    time_overlap: float | None = None
    time_false: float | None = None
    label: float | None = None
    macro_f1: float | None = None


class _Tally:
    """Counts of right answers by the name of the figure."""

    def __init__(self) -> None:
        self._right: dict[str, float] = {}
        self._of: dict[str, int] = {}

    def add(self, name: str, right: float) -> None:
        self._right[name] = self._right.get(name, 0.0) + right
        self._of[name] = self._of.get(name, 0) + 1

    def shares(self) -> dict[str, float]:
        return {name: round(self._right[name] / of, 4) for name, of in self._of.items()}


def evaluate(reader: Reader, rows: Iterable[Mapping[str, str]], received_at: datetime) -> Figures:
    """Return the figures of a reader on rows with `text`, perhaps `title`, and any of the gold columns.

    Gold columns are those of `GOLD`; their cells hold the accepted answers parted by
    `|`. Fields count only if the row has a cell for them; an empty cell of flags, places, subjects or times
    means none.
    """
    tally = _Tally()
    confidence: list[tuple[float, bool]] = []
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last value is the number of rows
        read = reader.understand(row["text"], title=row.get("title"), received_at=received_at)
        _weigh_row(tally, reader, row, read, confidence)
    return Figures(rows=count, sure_error=_calibration_error(confidence), **tally.shares())


def evaluate_labels(model: LinearModel, rows: Iterable[Mapping[str, str]]) -> Figures:
    """Return accuracy and macro-F1 of a model of one's own labels on rows as `labelled` reads them."""
    pairs = [(predict_label(model, row.text)[0].code, row.label) for row in labelled(rows)]
    if not pairs:
        return Figures(rows=0)
    right = sum(guess == truth for guess, truth in pairs)
    scores = []
    for label in {truth for _, truth in pairs}:
        hits = sum(guess == truth == label for guess, truth in pairs)
        named = sum((guess == label) + (truth == label) for guess, truth in pairs)
        scores.append(2 * hits / named)
    return Figures(rows=len(pairs), label=round(right / len(pairs), 4), macro_f1=round(sum(scores) / len(scores), 4))


def _weigh_row(
    tally: _Tally, reader: Reader, row: Mapping[str, str], read: Understanding, confidence: list[tuple[float, bool]]
) -> None:
    if row.get("codes"):
        accepted_codes = _answers(row["codes"])
        _weigh_codes(tally, read, accepted_codes, confidence)
        tally.add("lead", reader.city.lead_of(read.categories[0].code) in map(reader.city.lead_of, accepted_codes))
    if row.get("kinds"):
        accepted = {_KIND_NAMES.get(kind, kind) for kind in _answers(row["kinds"])}
        tally.add("kind", read.kind in accepted)
    if row.get("urgencies"):
        _weigh_urgency(tally, read, {int(value) for value in _answers(row["urgencies"])})
    if row.get("flags") is not None:
        raised = {str(flag) for flag in (*read.flags, *read.suspected)}
        _weigh_signs(tally, "flag", raised, set(_answers(row["flags"])))
    if row.get("scope") is not None:
        _weigh_signs(tally, "scope", {doubt.code for doubt in read.scope}, set(_answers(row["scope"])))
    spans = {"places": read.place and read.place.span, "subjects": read.subject, "times": read.time}
    for column, span in spans.items():
        if row.get(column) is not None:
            _weigh_span(tally, column.removesuffix("s"), span or "", _answers(row[column]))


def _answers(cell: str) -> list[str]:
    return [answer.strip() for answer in cell.split("|") if answer.strip()]


def _weigh_codes(tally: _Tally, read: Understanding, accepted: list[str], confidence: list[tuple[float, bool]]) -> None:
    codes = [guess.code for guess in read.categories]
    tally.add("top1", codes[0] in accepted)
    tally.add("top3", not set(codes).isdisjoint(accepted))
    tally.add("l1", codes[0][:2] in {code[:2] for code in accepted})
    confidence.append((read.sure, codes[0] in accepted))


def _weigh_urgency(tally: _Tally, read: Understanding, accepted: set[int]) -> None:
    tally.add("urgency", int(read.urgency) in accepted)
    is_read_urgent = read.urgency <= Urgency.URGENT
    if max(accepted) <= Urgency.URGENT:
        tally.add("urgent_recall", is_read_urgent)
    if is_read_urgent:
        tally.add("urgent_precision", min(accepted) <= Urgency.URGENT)


def _weigh_signs(tally: _Tally, name: str, seen: set[str], there: set[str]) -> None:
    for sign in there:
        tally.add(f"{name}_recall", sign in seen)
    if seen:
        tally.add(f"{name}_precision", bool(seen & there))


def _weigh_span(tally: _Tally, name: str, span: str, accepted: list[str]) -> None:
    if not accepted:
        tally.add(f"{name}_false", bool(span))
        return
    tally.add(f"{name}_exact", span in accepted)
    tally.add(f"{name}_overlap", bool(span) and any(span in answer or answer in span for answer in accepted))


def _calibration_error(confidence: list[tuple[float, bool]]) -> float | None:
    """Return the mean distance between how sure the reader was and how often it was right, in ten bins."""
    if not confidence:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for sure, is_right in confidence:
        bins.setdefault(min(int(sure * 10), 9), []).append((sure, is_right))
    distance = sum(
        abs(sum(sure for sure, _ in members) - sum(is_right for _, is_right in members)) for members in bins.values()
    )
    return round(distance / len(confidence), 4)
