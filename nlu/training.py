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
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from models.city import Category, City, CorpusRow, DangerRow, LetterRow
from models.errors import InvalidRequest
from nlu.flags import FlagRules, flags_of
from nlu.linear import Floats, Head, LinearModel, known
from nlu.ngrams import Counted, Grams, counted
from nlu.normalise import Normaliser

CATEGORY: Final = "category"
KIND: Final = "kind"
URGENCY: Final = "urgency"
LABEL: Final = "label"
FLAG: Final = "flag"

_REGULARISATION: Final = 0.3
_FOLDS: Final = 3
_MOST_FEATURES: Final = 70_000
_SHARPNESSES: Final = tuple(float(value) for value in np.geomspace(0.5, 20, 60))
_SEED: Final = 12345
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


class _Task(Struct, frozen=True):
    """A head to fit: the rows that take part and the label of each."""

    rows: NDArray[np.int64]
    labels: list[str]


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
    counts = [counted(text, title) for text, title in zip_longest(texts, titles, fillvalue="")]
    labelled = np.arange(len(corpus))
    # What is said of a danger tells little of the matter that it arose in.
    sorted_out = np.concatenate([np.arange(len(ordinary)), np.arange(len(corpus), len(counts))])
    tasks = {
        CATEGORY: _Task(sorted_out, [*(row.code[:4] for row in ordinary), *(code for _, code in named)]),
        KIND: _Task(labelled, [str(row.kind) for row in corpus]),
        URGENCY: _Task(labelled, [str(int(row.urgency)) for row in corpus]),
    }
    return _fit(counts, tasks, len(corpus), folder, flags=_flag_task(city, texts, len(corpus), dangers))


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
    counts = [counted(normalise(row.text)) for row in examples]
    tasks = {LABEL: _Task(np.arange(len(examples)), [row.label for row in examples])}
    return _fit(counts, tasks, len(examples), folder)


def _words_of(category: Category) -> str:
    return "，".join((category.l2, category.l3, *category.examples))


def _fit(
    counts: Sequence[Counted],
    tasks: Mapping[str, _Task],
    rows: int,
    folder: Path,
    *,
    flags: _FlagTask | None = None,
) -> TrainingReport:
    started = perf_counter()
    vocabulary, frequency = _vocabulary(counts)
    matrix = _matrix(counts, vocabulary, frequency)
    heads: dict[str, Head] = {}
    weights: list[Floats] = []
    bias: list[Floats] = []
    accuracy = {}
    first = 0
    for name, task in tasks.items():
        labels = sorted(set(task.labels))
        part = matrix[task.rows]
        truth = np.array([labels.index(label) for label in task.labels])
        sharpness, accuracy[name] = _calibrate(part, truth, len(labels))
        columns, offsets = _fit_head(part, truth, len(labels))
        heads[name] = Head(tuple(labels), first, sharpness)
        first += len(labels)
        weights.append(columns)
        bias.append(offsets)
    if flags is not None:
        columns, offsets = _fit_flags(matrix, flags)
        heads[FLAG] = Head(flags.flags, first, sharpness=1.0)
        weights.append(columns)
        bias.append(offsets)
    stacked = np.hstack(weights).astype(np.float32)
    version = sha256(stacked.tobytes() + vocabulary.tobytes()).hexdigest()[:12]
    LinearModel(vocabulary, frequency, stacked, np.hstack(bias), heads, version).save(folder)
    return TrainingReport(
        rows=rows,
        features=len(vocabulary),
        labels={name: len(head.labels) for name, head in heads.items()},
        accuracy=accuracy,
        seconds=perf_counter() - started,
        version=version,
    )


def _vocabulary(counts: Sequence[Counted]) -> tuple[Grams, Floats]:
    """Return the n-grams of two texts or more (the commonest, if there are too many) and their weight."""
    every, numbers = np.unique(np.concatenate([count.grams for count in counts]), return_counts=True)
    fewest = 2 if len(counts) > _FOLDS * 10 else 1
    # Stable, so that of equally common ones always the same are kept.
    kept = np.sort(np.argsort(-numbers, kind="stable")[:_MOST_FEATURES])
    kept = kept[numbers[kept] >= fewest]
    frequency: Floats = np.log((1 + len(counts)) / (1 + numbers[kept])).astype(np.float32) + np.float32(1)
    return every[kept], frequency


def _matrix(counts: Sequence[Counted], vocabulary: Grams, frequency: Floats) -> csr_matrix:
    """Return the rows as LinearModel.scores sees them: (1 + log count) × frequency, of unit length."""
    indices, values, ends = [], [], [0]
    for count in counts:
        rows, times = known(vocabulary, count)
        row = (1 + np.log(times)) * frequency[rows]
        indices.append(rows)
        values.append(row / (np.sqrt(row @ row) or 1.0))
        ends.append(ends[-1] + len(rows))
    shape = (len(counts), len(vocabulary))
    return csr_matrix((np.concatenate(values), np.concatenate(indices), ends), shape=shape, dtype=np.float64)


def _fit_head(matrix: csr_matrix, truth: NDArray[np.int64], labels: int) -> tuple[Floats, Floats]:
    """Return weights (n-grams × labels) and offsets (labels,)."""
    model = LinearSVC(C=_REGULARISATION, random_state=_SEED).fit(matrix, truth)
    columns = model.coef_.T.astype(np.float32)
    offsets = model.intercept_.astype(np.float32)
    if labels == 2:
        columns, offsets = np.hstack([-columns, columns]), np.hstack([-offsets, offsets])
    return columns, offsets


def _fit_flags(matrix: csr_matrix, task: _FlagTask) -> tuple[Floats, Floats]:
    """Return weights (n-grams × flags) and offsets (flags,); each flag is a question of its own."""
    columns, offsets = [], []
    for index in range(len(task.flags)):
        known = task.counts[:, index]
        model = LinearSVC(C=1.0, class_weight={True: _WEIGHT_OF_DANGER}, random_state=_SEED)
        model.fit(matrix[known], task.is_raised[known, index])
        columns.append(model.coef_[0])
        offsets.append(model.intercept_[0])
    return np.array(columns, dtype=np.float32).T, np.array(offsets, dtype=np.float32)


def _calibrate(matrix: csr_matrix, truth: NDArray[np.int64], labels: int) -> tuple[float, float]:
    """Return the sharpness under which unseen texts are least surprising, and the accuracy on them."""
    rare = np.bincount(truth, minlength=labels).min()
    if rare < _FOLDS:
        return 3.0, float("nan")
    scores = np.zeros((len(truth), labels), dtype=np.float32)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    for seen, unseen in folds.split(matrix, truth):
        columns, offsets = _fit_head(matrix[seen], truth[seen], labels)
        scores[unseen] = matrix[unseen] @ columns + offsets
    accuracy = float((scores.argmax(axis=1) == truth).mean())
    return min(_SHARPNESSES, key=lambda value: _surprise(scores, truth, value)), accuracy


def _surprise(scores: Floats, truth: NDArray[np.int64], sharpness: float) -> float:
    """Return the mean negative log-probability of the truth."""
    logits = scores * sharpness
    logits -= logits.max(axis=1, keepdims=True)
    chosen = logits[np.arange(len(truth)), truth] - np.log(np.exp(logits).sum(axis=1))
    return float(-chosen.mean())
