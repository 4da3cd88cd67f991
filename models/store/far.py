"""What may be a few seconds old: within `far`, a read may be answered by a replica that has replayed what was seen."""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# A place in the write-ahead log that no replica reaches: who has seen it is answered by the leader.
FARTHEST: Final = 2**63 - 1


class Far(NamedTuple):
    """The place in the write-ahead log up to which the asker has seen, and how long a replica is waited for to get there."""

    seen: int
    patience_s: float


_FAR: ContextVar[Far | None] = ContextVar("far", default=None)


class NotByReplica(Exception):
    """The leader must answer; `why` is a word for the figures."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@contextlib.contextmanager
def far(seen: int, patience_s: float = 0.0) -> Iterator[None]:
    """Let what is read within come from a replica. Nothing within may decide who may do, or know, what."""
    token = _FAR.set(Far(seen, patience_s))
    try:
        yield
    finally:
        _FAR.reset(token)


def wanted() -> Far | None:
    """Return how far what is read now may lie, None where only the leader will do."""
    return _FAR.get()
