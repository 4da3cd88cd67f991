"""Fitting the model to a city's corpus."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from time import perf_counter
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.city import CalibrationRow, Category, City, CorpusRow, DangerRow, LetterRow, OutsideRow
from models.errors import InvalidRequest
from models.vocabulary import Kind, Urgency
from nlu.category import catch_all_malus
from nlu.fitting import Besides, fit_head, matrix_of, out_of_fold, sharpness_of, vocabulary_of
from nlu.guarantee import Judge, guarantee
from nlu.heads import CATEGORY, KIND, URGENCY
from nlu.history import HistoryRow
from nlu.leaning import Matters, lean_of, leaning
from nlu.linear import Floats, Head, LinearModel, weighed
from nlu.masking import mask
from nlu.ngrams import Counted, Grams, counted
from nlu.normalise import Normaliser
from nlu.pair_weights import PairWeights, fit_pairs
from nlu.signs import Signs, fit_signs, flag_signs, real_sign, scope_signs, urgent_sign
from nlu.span_fitting import fit_spans
from nlu.span_weights import SpanWeights

_CODE: Final = 4  # digits of a category that is guessed


class TrainingReport(Struct, frozen=True, kw_only=True):
    """What was fitted: rows, n-grams, labels of each head, cross-validated accuracy (0..1), seconds."""

    rows: int
    features: int
    labels: dict[str, int]
    accuracy: dict[str, float]
    seconds: float
    version: str


class _Texts(Struct, frozen=True):
    """What is learnt from, counted: every text with its title, and the titles by themselves."""

    counts: Sequence[Counted]
    titles: Sequence[Counted]


class _Task(Struct, frozen=True, kw_only=True):
    """A head to fit: the rows that take part, the label of each, and what other labels are as right (`also`).

    Titles are weighed apart where `weighs_titles`. `codes` are the categories of the first rows, on which the answer leans.
    `words` are short texts that this head alone learns from, with their labels.
    """

    head: str
    rows: NDArray[np.int64]
    labels: list[str]
    also: Sequence[tuple[str, ...]] = ()
    catch_all: tuple[str, ...] = ()
    weighs_titles: bool = False
    codes: Sequence[str] = ()
    words: Sequence[tuple[Counted, str]] = ()


class _Rows(Struct, frozen=True):
    """The rows of a task as the reader will score them."""

    whole: csr_matrix
    titles: csr_matrix | None
    malus: Floats

    def score(self, columns: Floats, offsets: Floats, rows: NDArray[np.int64]) -> Floats:
        """Return the scores of some rows (rows, labels)."""
        scores: Floats = self.whole[rows] @ columns + offsets
        if self.titles is not None:
            titles = self.titles[rows]
            is_titled = titles.getnnz(axis=1) > 0
            scores[is_titled] = weighed(scores[is_titled], titles[is_titled] @ columns + offsets)
        return scores + self.malus


class _Exam(Struct, frozen=True):
    """The requests by which the bars of automatic dispatch are tested, and who leads each category."""

    texts: _Texts
    codes: Sequence[tuple[str, ...]]
    lead_of: Mapping[str, str | None]

    @classmethod
    def of(cls, city: City, normalise: Normaliser, rows: Sequence[CalibrationRow]) -> "_Exam":
        """Count the requests as the reader will."""
        texts = [mask(normalise(row.text)).text for row in rows]
        titles = [mask(normalise(row.title)).text for row in rows]
        told = _Texts(
            [counted(*pair) for pair in zip(texts, titles, strict=True)], [counted(title) for title in titles]
        )
        lead_of = {code: city.lead_of(code) for code in city.categories if len(code) == _CODE}
        return cls(told, [row.codes for row in rows], lead_of)


def train(
    city: City,
    rows: Iterable[CorpusRow],
    folder: Path,
    *,
    letters: Sequence[LetterRow] = (),
    dangers: Sequence[DangerRow] = (),
    outside: Sequence[OutsideRow] = (),
    calibration: Sequence[CalibrationRow] = (),
    history: Sequence[HistoryRow] = (),
) -> TrainingReport:
    """Fit category, kind and urgency to a corpus and to letters, and flags to dangers, and write the model to a folder.

    The names and examples of the city's categories are texts of theirs too, so that a category with few rows
    is not unknown. Nothing is learnt from `calibration`: it tests which requests may go out unseen (nlu.guarantee).
    `history` tells nothing of danger or scope: nobody has looked for them in all of it.
    InvalidRequest if the corpus is empty or a row names a category that the city does not have.
    """
    ordinary = [*rows, *letters]
    corpus = [*ordinary, *dangers]
    codes = {row.code for row in corpus} | {row.code for row in history}
    unknown = {code for code in codes if code[:4] not in city.categories}
    if unknown:
        raise InvalidRequest(f"语料里有城市分类表没有的编码：{'、'.join(sorted(unknown))}")
    if not corpus:
        raise InvalidRequest("语料是空的，没有可以训练的文本")
    normalise = Normaliser(city.language.fillers)
    named = [(_words_of(category), category.code[:4]) for category in city.categories.values()]
    past = len(corpus) + len(named)
    named += [(row.text, row.code[:4]) for row in history]
    told_texts = (*(row.text for row in corpus), *(words for words, _ in named), *(row.text for row in outside))
    texts = [normalise(text) for text in told_texts]
    strange = len(corpus) + len(named)
    titles = [normalise(row.title) if isinstance(row, LetterRow) else "" for row in corpus]
    told = _Texts(
        [counted(text, title) for text, title in zip_longest(texts, titles, fillvalue="")],
        [counted(title) for title, _ in zip_longest(titles, texts, fillvalue="")],
    )
    # What is said of a danger tells little of the matter that it arose in, of its kind or of how urgent others are.
    plain = np.arange(len(ordinary))
    sorted_out = np.concatenate([plain, np.arange(len(corpus), strange)])
    tasks = (
        _Task(
            head=CATEGORY,
            rows=sorted_out,
            labels=[*(row.code[:4] for row in ordinary), *(code for _, code in named)],
            also=[*(row.also for row in ordinary), *(() for _ in named)],
            catch_all=city.catch_all_categories,
            weighs_titles=True,
            words=[(counted(normalise(word)), code) for word, code in _example_words(city)],
        ),
        _with_past(KIND, ordinary, [row.kind for row in history], past, weighs_titles=True, leans=True),
        _with_past(URGENCY, ordinary, [row.urgency for row in history], past),
    )
    exam = _Exam.of(city, normalise, calibration) if calibration else None
    signs = [urgent_sign(ordinary, len(texts))]
    if dangers:
        flags = flag_signs(city, texts, dangers, len(ordinary))
        signs += [flags, real_sign(flags, len(ordinary))]
    signs += [scope_signs(texts, outside, len(ordinary), strange)] if outside else []
    return _fit(
        told,
        tasks,
        len(corpus) + len(history) + len(outside),
        folder,
        signs=signs,
        exam=exam,
        spans=fit_spans(city, letters),
        pairs=fit_pairs(f"{title}\n{text}" for title, text in zip_longest(titles, texts[:strange], fillvalue="")),
    )


def _with_past(
    head: str,
    ordinary: Sequence[CorpusRow],
    said: Sequence[Kind | Urgency | None],
    past: int,
    *,
    weighs_titles: bool = False,
    leans: bool = False,
) -> _Task:
    """Return a head to fit to the ordinary rows, and to what was said of the past, which begins at row `past`."""
    known = {row: label for row, label in enumerate(said, past) if label is not None}
    rows = [*range(len(ordinary)), *known]
    labels = [getattr(row, head) for row in ordinary]
    return _Task(
        head=head,
        rows=np.array(rows),
        labels=[str(label.value) for label in (*labels, *known.values())],
        weighs_titles=weighs_titles,
        codes=[row.code[:_CODE] for row in ordinary] if leans else (),
    )


def _example_words(city: City) -> list[tuple[str, str]]:
    """Return every example of a category, a word or two by themselves, with the category's code."""
    return sorted({(word, one.code[:_CODE]) for one in city.categories.values() for word in one.examples})


def _words_of(category: Category) -> str:
    return "，".join((category.l2, category.l3, *category.examples))


def _besides(task: _Task, labels: Sequence[str], vocabulary: Grams, frequency: Floats) -> Besides | None:
    if not task.words:
        return None
    matrix = matrix_of([count for count, _ in task.words], vocabulary, frequency)
    return Besides(matrix, np.array([labels.index(label) for _, label in task.words]))


def _fit(
    texts: _Texts,
    tasks: Sequence[_Task],
    rows: int,
    folder: Path,
    *,
    signs: Sequence[Signs] = (),
    exam: _Exam | None = None,
    spans: SpanWeights | None = None,
    pairs: PairWeights | None = None,
) -> TrainingReport:
    started = perf_counter()
    vocabulary, frequency = vocabulary_of(texts.counts)
    matrix = matrix_of(texts.counts, vocabulary, frequency)
    titles = matrix_of(texts.titles, vocabulary, frequency) if texts.titles else None
    heads: dict[str, Head] = {}
    weights: list[Floats] = []
    bias: list[Floats] = []
    accuracy = {}
    assured = None
    matters = None
    first = 0
    for task in tasks:
        labels = sorted(set(task.labels))
        truth = np.array([labels.index(label) for label in task.labels])
        part = _Rows(
            matrix[task.rows],
            titles[task.rows] if titles is not None and task.weighs_titles else None,
            catch_all_malus(task.catch_all, labels),
        )
        besides = _besides(task, labels, vocabulary, frequency)
        scores = out_of_fold(part.whole, truth, len(labels), part.score, besides)
        columns, offsets = fit_head(part.whole, truth, len(labels), besides=besides)
        if scores is not None and task.head == CATEGORY:
            matters = Matters(labels, task.rows, scores - part.malus, columns, offsets)
        if scores is not None and matters is not None and task.codes:
            lean = lean_of(task.codes, truth, matters.labels, len(labels))
            columns, offsets, scores = leaning(matters, lean, task.rows, (columns, offsets), scores)
        accuracy[task.head] = float("nan") if scores is None else float((scores.argmax(axis=1) == truth).mean())
        heads[task.head] = Head(tuple(labels), first, sharpness_of(scores, truth))
        first += len(labels)
        weights.append(columns)
        bias.append(offsets)
        if exam is not None and task.head == CATEGORY and scores is not None:
            asked = _Rows(
                matrix_of(exam.texts.counts, vocabulary, frequency),
                matrix_of(exam.texts.titles, vocabulary, frequency),
                part.malus,
            )
            judge = Judge(labels, exam.lead_of, heads[CATEGORY].sharpness)
            answers = asked.score(columns, offsets, np.arange(len(exam.codes)))
            accepted = [{label, *also} for label, also in zip(task.labels, task.also, strict=True)]
            assured = guarantee(labels, judge(scores, accepted), judge(answers, map(set, exam.codes)))
    for group in signs:
        columns, offsets = fit_signs(matrix, group)
        heads[group.head] = Head(group.names, first, sharpness=1.0)
        first += len(group.names)
        weights.append(columns)
        bias.append(offsets)
    stacked = np.hstack(weights).astype(np.float32)
    version = sha256(stacked.tobytes() + vocabulary.tobytes() + msgspec.json.encode(assured)).hexdigest()[:12]
    model = LinearModel(
        vocabulary,
        frequency,
        stacked,
        np.hstack(bias),
        heads,
        version,
        guarantee=assured,
        spans=spans,
        pairs=pairs,
    )
    model.save(folder)
    return TrainingReport(
        rows=rows,
        features=len(vocabulary),
        labels={name: len(head.labels) for name, head in heads.items()},
        accuracy=accuracy,
        seconds=perf_counter() - started,
        version=version,
    )
