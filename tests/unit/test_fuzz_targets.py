"""Every target of `make fuzz`, shortly and by the same examples each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.fuzz.parsers import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTLY = hypothesis.settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda one: one.__name__)
def test_what_strangers_send_is_refused_in_words_or_read(target: Callable[[], None]) -> None:
    SHORTLY(target)()
