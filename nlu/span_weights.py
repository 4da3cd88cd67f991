"""The tables of weights by which the span model weighs words (build/model/spans.npz)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nlu.span_words import COUNTS, HELD, MARKS, STARTS

Floats = NDArray[np.float32]

TARGETS: Final = ("place", "subject")
ROLES: Final = 5  # the word before a run, its first, its inner words, its last, the word after it
BEFORE, FIRST, INNER, LAST, AFTER = range(ROLES)
LONGEST: Final = 16  # words
COLUMNS: Final = len(TARGETS) * (ROLES + 1)  # and what a word of the title says for there being none
NEVER: Final = -1e6
_FILE: Final = "spans.npz"
# The tables of weights and their widths beyond the rows; `words` has a row for each feature of `vocabulary`.
SHAPES: Final = {
    "held": (HELD, 2 * ROLES),
    "roles": (HELD, 2 * ROLES),
    "counts": (COUNTS, 2 * ROLES),
    "mark_pairs": ((MARKS + 1) ** 2, 4),
    "starts": (STARTS, 2),
    "lengths": (LONGEST, 2),
    "none": (1, 2),
}


class SpanWeights:
    """The fitted tables. `vocabulary` names the rows of `words`; `tags` are the parts of speech that `tag_pairs` knows.

    `met` are words that are met often, each with its part of speech.
    """

    def __init__(
        self,
        tables: Mapping[str, Floats],
        vocabulary: tuple[str, ...],
        tags: tuple[str, ...],
        met: tuple[tuple[str, str], ...],
    ) -> None:
        self.tables = dict(tables)
        self.vocabulary = vocabulary
        self.tags = tags
        self.met = met

    def save(self, folder: Path) -> None:
        """Write the weights beside the model's."""
        arrays: dict[str, Any] = {name: table.astype(np.float16) for name, table in self.tables.items()}
        np.savez_compressed(
            folder / _FILE,
            vocabulary=np.array(self.vocabulary),
            tags=np.array(self.tags),
            met=np.array(self.met),
            **arrays,
        )

    @classmethod
    def load(cls, folder: Path) -> "SpanWeights | None":
        """Read what `save` wrote; None where a city has no letters to learn from. ValueError if it is damaged."""
        if not (folder / _FILE).exists():
            return None
        with np.load(folder / _FILE, allow_pickle=False) as arrays:
            tables = {name: arrays[name].astype(np.float32) for name in (*SHAPES, "words", "tag_pairs")}
            vocabulary, tags = (tuple(arrays[name].tolist()) for name in ("vocabulary", "tags"))
            return cls(tables, vocabulary, tags, tuple((word, tag) for word, tag in arrays["met"].tolist()))
