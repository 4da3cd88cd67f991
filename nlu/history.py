"""A city's own history (历史样例): what people said of its requests, ready to be learnt from."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from models.vocabulary import Kind, Urgency

# The newest fifth is what a model of the older part is measured on.
_HELD_OUT_SHARE: Final = 0.2
_LEAST: Final = 10


class HistoryRow(Struct, frozen=True, kw_only=True):
    """A masked request of a city's own past, with what people said of it; None where nobody did.

    `source` says who: how a ticket became an example, or what kind of file it comes from.
    """

    text: str
    code: str
    kind: Kind | None = None
    urgency: Urgency | None = None
    source: str


def split(history: Sequence[HistoryRow]) -> tuple[Sequence[HistoryRow], Sequence[HistoryRow]]:
    """Part a history, oldest first, into what a model is tried on and what it is measured on; a short one is not parted."""
    if len(history) < _LEAST:
        return history, ()
    end = len(history) - int(len(history) * _HELD_OUT_SHARE)
    return history[:end], history[end:]
