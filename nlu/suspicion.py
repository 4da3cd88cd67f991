"""What the hard rules may have missed (疑似): dangers said in other words, found by the model and shown to a person."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from models.vocabulary import Flag
from nlu.flags import FlagHit, flags_of
from nlu.heads import FLAG
from nlu.linear import Floats, LinearModel

# In units of the model's scores, where 0 is as likely as not: a false alarm costs a look, a miss may cost a life.
# docs/nlu-card.md tells what this bar finds and what it costs.
_ENOUGH: Final = -0.6


class Suspicions:
    """Reads the flag scores of a model; a model without them suspects nothing. Read-only; safe between threads."""

    def __init__(self, model: LinearModel) -> None:
        head = model.heads.get(FLAG)
        self._flags = tuple(Flag(label) for label in head.labels) if head else ()
        self._columns = slice(head.first, head.first + len(head.labels)) if head else slice(0)

    def beyond(self, scores: Floats, hits: Iterable[FlagHit]) -> tuple[Flag, ...]:
        """Return the flags that are likely and that no rule has raised, in the model's order."""
        likely = np.flatnonzero(scores[self._columns] > _ENOUGH)
        if not likely.size:
            return ()
        raised = flags_of(hits)
        return tuple(self._flags[index] for index in likely if self._flags[index] not in raised)
