"""Fitting the model to a city's corpus, or to labels of somebody's own (hotline nlu train)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from models.city import Category, City, CorpusRow, DangerRow, LetterRow
from models.errors import InvalidRequest
from nlu.category import catch_all_malus
from nlu.fitting import SEED, fit_head, matrix_of, out_of_fold, sharpness_of, vocabulary_of
from nlu.flags import FlagRules, flags_of
from nlu.heads import CATEGORY, FLAG, KIND, LABEL, URGENCY
from nlu.linear import Floats, Head, LinearModel, weighed
from nlu.ngrams import Counted, counted
from nlu.normalise import Normaliser
from nlu.span_fitting import fit_spans
from nlu.span_weights import SpanWeights

_WEIGHT_OF_DANGER: Final = 4  # a danger missed costs more than one falsely seen


class LabelledText(Struct, frozen=True, kw_only=True):
    """One row of labels of one's own. `text` may be raw, or tokens joined without blanks."""

    text: str
    label: str


def labelled(rows: Iterable[Mapping[str, str]]) -> Iterator[LabelledText]:
    """Read rows with `text`, or `tokens` parted by blanks, and `label` or `code`."""
    for row in rows:
        text = row.get("text") or "".join((row.get("tokens") or "").split())
        yield LabelledText(text=text, label=row.get("label") or row.get("code") or "")


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
    """A head to fit: the rows that take part and the label of each. What is told of titles weighs where `weighs_titles`."""

    head: str
    rows: NDArray[np.int64]
    labels: list[str]
    catch_all: tuple[str, ...] = ()
    weighs_titles: bool = False


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


class _FlagTask(Struct, frozen=True):
    """The flags to fit, each by itself: `is_raised` and `counts` (rows, flags), the latter where the former is known."""

    flags: tuple[str, ...]
    is_raised: NDArray[np.bool_]
    counts: NDArray[np.bool_]


def train(
    city: City,
    rows: Iterable[CorpusRow],
    folder: Path,
    *,
    letters: Sequence[LetterRow] = (),
    dangers: Sequence[DangerRow] = (),
) -> TrainingReport:
    """Fit category, kind and urgency to a corpus and to letters, and flags to dangers, and write the model to a folder.

    The names and examples of the city's categories are texts of theirs too, so that a category with few rows
    is not unknown. InvalidRequest if the corpus is empty or names a category that the city does not have.
    """
    ordinary = [*rows, *letters]
    corpus = [*ordinary, *dangers]
    unknown = {row.code for row in corpus if row.code[:4] not in city.categories}
    if unknown:
        raise InvalidRequest(f"语料里有城市分类表没有的编码：{'、'.join(sorted(unknown))}")
    if not corpus:
        raise InvalidRequest("语料是空的，没有可以训练的文本")
    normalise = Normaliser(city.language.fillers)
    named = [(_words_of(category), category.code[:4]) for category in city.categories.values()]
    texts = [normalise(text) for text in (*(row.text for row in corpus), *(words for words, _ in named))]
    titles = [normalise(row.title) if isinstance(row, LetterRow) else "" for row in corpus]
    told = _Texts(
        [counted(text, title) for text, title in zip_longest(texts, titles, fillvalue="")],
        [counted(title) for title, _ in zip_longest(titles, texts, fillvalue="")],
    )
    labelled = np.arange(len(corpus))
    # What is said of a danger tells little of the matter that it arose in.
    sorted_out = np.concatenate([np.arange(len(ordinary)), np.arange(len(corpus), len(texts))])
    tasks = (
        _Task(
            head=CATEGORY,
            rows=sorted_out,
            labels=[*(row.code[:4] for row in ordinary), *(code for _, code in named)],
            catch_all=city.catch_all_categories,
            weighs_titles=True,
        ),
        _Task(head=KIND, rows=labelled, labels=[str(row.kind) for row in corpus], weighs_titles=True),
        _Task(head=URGENCY, rows=labelled, labels=[str(int(row.urgency)) for row in corpus]),
    )
    spans = fit_spans(city, letters)
    return _fit(told, tasks, len(corpus), folder, flags=_flag_task(city, texts, len(corpus), dangers), spans=spans)


def _flag_task(city: City, texts: Sequence[str], end: int, dangers: Sequence[DangerRow]) -> _FlagTask | None:
    """Return the flags to fit on the first `end` texts, of which the dangers are the last; None without dangers.

    An ordinary text on which a rule fires shows neither that the flag is raised nor that it is not.
    """
    if not dangers:
        return None
    flags = tuple(sorted({str(row.flags[0]) for row in dangers}))
    rules = FlagRules(city.flags)
    is_raised = np.zeros((len(texts), len(flags)), dtype=bool)
    counts = np.zeros_like(is_raised)
    counts[:end] = True
    start = end - len(dangers)
    for row, text in enumerate(texts[:start]):
        counts[row, [flags.index(flag) for flag in flags_of(rules.find(text)) if flag in flags]] = False
    for row, danger in enumerate(dangers, start):
        is_raised[row, [flags.index(flag) for flag in danger.flags if flag in flags]] = danger.is_raised
    return _FlagTask(flags, is_raised, counts)


def train_labels(rows: Iterable[LabelledText], folder: Path) -> TrainingReport:
    """Fit one head to labels of somebody's own and write the model to a folder.

    InvalidRequest if there are fewer than two labels.
    """
    examples = [row for row in rows if row.text.strip() and row.label]
    if len({row.label for row in examples}) < 2:
        raise InvalidRequest("训练数据至少要有两种标签")
    normalise = Normaliser()
    told = _Texts([counted(normalise(row.text)) for row in examples], ())
    task = _Task(head=LABEL, rows=np.arange(len(examples)), labels=[row.label for row in examples])
    return _fit(told, (task,), len(examples), folder)


def _words_of(category: Category) -> str:
    return "，".join((category.l2, category.l3, *category.examples))


def _fit(
    texts: _Texts,
    tasks: Sequence[_Task],
    rows: int,
    folder: Path,
    *,
    flags: _FlagTask | None = None,
    spans: SpanWeights | None = None,
) -> TrainingReport:
    started = perf_counter()
    vocabulary, frequency = vocabulary_of(texts.counts)
    matrix = matrix_of(texts.counts, vocabulary, frequency)
    titles = matrix_of(texts.titles, vocabulary, frequency) if texts.titles else None
    heads: dict[str, Head] = {}
    weights: list[Floats] = []
    bias: list[Floats] = []
    accuracy = {}
    first = 0
    for task in tasks:
        labels = sorted(set(task.labels))
        truth = np.array([labels.index(label) for label in task.labels])
        part = _Rows(
            matrix[task.rows],
            titles[task.rows] if titles is not None and task.weighs_titles else None,
            catch_all_malus(task.catch_all, labels),
        )
        scores = out_of_fold(part.whole, truth, len(labels), part.score)
        accuracy[task.head] = float("nan") if scores is None else float((scores.argmax(axis=1) == truth).mean())
        heads[task.head] = Head(tuple(labels), first, sharpness_of(scores, truth))
        first += len(labels)
        columns, offsets = fit_head(part.whole, truth, len(labels))
        weights.append(columns)
        bias.append(offsets)
    if flags is not None:
        columns, offsets = _fit_flags(matrix, flags)
        heads[FLAG] = Head(flags.flags, first, sharpness=1.0)
        weights.append(columns)
        bias.append(offsets)
    stacked = np.hstack(weights).astype(np.float32)
    version = sha256(stacked.tobytes() + vocabulary.tobytes()).hexdigest()[:12]
    LinearModel(vocabulary, frequency, stacked, np.hstack(bias), heads, version, spans).save(folder)
    return TrainingReport(
        rows=rows,
        features=len(vocabulary),
        labels={name: len(head.labels) for name, head in heads.items()},
        accuracy=accuracy,
        seconds=perf_counter() - started,
        version=version,
    )


def _fit_flags(matrix: csr_matrix, task: _FlagTask) -> tuple[Floats, Floats]:
    """Return weights (n-grams × flags) and offsets (flags,); each flag is a question of its own."""
    columns, offsets = [], []
    for index in range(len(task.flags)):
        known = task.counts[:, index]
        model = LinearSVC(C=1.0, class_weight={True: _WEIGHT_OF_DANGER}, random_state=SEED)
        model.fit(matrix[known], task.is_raised[known, index])
        columns.append(model.coef_[0])
        offsets.append(model.intercept_[0])
    return np.array(columns, dtype=np.float32).T, np.array(offsets, dtype=np.float32)
