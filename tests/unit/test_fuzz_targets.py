"""Every target of `make fuzz`, shortly and by the same examples each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest

from models.cipher import CannotOpen
from tests.fuzz import raw
from tests.fuzz.parsers import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTLY = hypothesis.settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda one: one.__name__)
def test_what_strangers_send_is_refused_in_words_or_read(target: Callable[[], None]) -> None:
    SHORTLY(target)()


@pytest.mark.parametrize("name", raw.TARGETS)
def test_bare_bytes_are_refused_in_words_or_read_and_a_fault_is_found(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = raw.TARGETS[name][1]
    for content in (*good, *(one[: len(one) // 2] for one in good), b"", b"\xff\xfe\x00", b"[" * 500):
        raw.take(name, content)

    def faulty(_raw: bytes) -> None:
        raise IndexError

    def ours(_raw: bytes) -> None:
        raise CannotOpen("ours")

    for broken, kind in ((faulty, IndexError), (ours, CannotOpen)):
        monkeypatch.setitem(raw.TARGETS, name, (broken, good))
        with pytest.raises(kind):
            raw.take(name, b"")
