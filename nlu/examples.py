"""Near examples (近似例句): the texts of the corpus that are likest to a request, in the model's own eyes.

`hotline setup` writes them beside the model; they are read when they are first asked for.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from models.city import CorpusRow, LetterRow
from nlu.linear import Floats, LinearModel
from nlu.masking import mask
from nlu.ngrams import Counted, counted
from nlu.normalise import Normaliser

_TEXTS_FILE: Final = "examples.json"
_FEATURES_FILE: Final = "examples.npz"
_LONGEST_KEPT: Final = 120  # characters; enough to see what an example is about


class Example(Struct, frozen=True):
    """A text of the corpus with its category (four digits), and how near it is: 0..1, the cosine of both vectors."""

    code: str
    title: str
    text: str
    likeness: float = 0.0


class _Kept(Struct, frozen=True):
    """What is written of the texts; the features are those of one version of the model."""

    model_version: str
    examples: list[Example]


class _Index(Struct, frozen=True):
    """The texts and their features: of example i those from `starts[i]` to `starts[i + 1]`."""

    kept: _Kept
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: Floats


def write_examples(folder: Path, corpus: Iterable[CorpusRow], normalise: Normaliser) -> None:
    """Write the texts of a corpus beside the model in a folder, masked, each with its features."""
    model = LinearModel.load(folder)
    examples, rows, values, ends = [], [], [], [0]
    for row in corpus:
        text = mask(normalise(row.text)).text
        title = mask(normalise(row.title)).text if isinstance(row, LetterRow) else ""
        own_rows, own_values = model.features(counted(text, title))
        examples.append(Example(row.code[:4], title, text[:_LONGEST_KEPT]))
        rows.append(own_rows.astype(np.int32))
        values.append(own_values.astype(np.float16))
        ends.append(ends[-1] + len(own_rows))
    (folder / _TEXTS_FILE).write_bytes(msgspec.json.encode(_Kept(model.version, examples)))
    np.savez(
        folder / _FEATURES_FILE,
        starts=np.array(ends, np.int64),
        rows=np.concatenate(rows or [np.empty(0, np.int32)]),
        values=np.concatenate(values or [np.empty(0, np.float16)]),
    )


class Examples:
    """The examples that lie beside a model; none where the folder has none. Safe between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def near(self, model: LinearModel, counts: Counted, most: int, code: str, *, is_of: bool) -> tuple[Example, ...]:
        """Return the likest examples of a category (or, unless `is_of`, of all others), the likest first.

        None where they were written for another version of the model.
        """
        index = self._index
        if index is None or index.kept.model_version != model.version:
            return ()
        vector = np.zeros(len(model.vocabulary), np.float32)
        rows, values = model.features(counts)
        vector[rows] = values
        sums = np.concatenate(([0.0], np.cumsum(vector[index.rows] * index.values, dtype=np.float64)))
        likeness = sums[index.starts[1:]] - sums[index.starts[:-1]]
        found: list[Example] = []
        for place in np.argsort(-likeness, kind="stable"):
            example = index.kept.examples[place]
            if likeness[place] <= 0 or len(found) == most:
                break
            if (example.code == code) is is_of:
                found.append(msgspec.structs.replace(example, likeness=round(min(float(likeness[place]), 1.0), 3)))
        return tuple(found)

    @cached_property
    def _index(self) -> _Index | None:
        try:
            kept = msgspec.json.decode((self._folder / _TEXTS_FILE).read_bytes(), type=_Kept)
            with np.load(self._folder / _FEATURES_FILE, allow_pickle=False) as arrays:
                return _Index(kept, arrays["starts"], arrays["rows"], arrays["values"].astype(np.float32))
        except (OSError, ValueError, KeyError, msgspec.MsgspecError):
            return None
