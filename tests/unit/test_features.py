"""What a whole day must show is counted under names that city life really uses: a misspelt one would never be seen."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hotline.simulation import features
from hotline.simulation.connection import Answer, Tally
from models.lifecycle import Action

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(features.__file__).parent
KEYS = [(name, key) for name, keys in features.FEATURES.items() for key in keys]


def said() -> Iterator[str]:
    """Every string of city life as a pattern; what is put into one stands for any words."""
    for path in sorted(FOLDER.glob("*.py")):
        if path.name == "features.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                yield "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values
                )


# A pattern must have a word of its own, or it would fit everything.
PATTERNS = re.compile("|".join(f"(?:{one})" for one in dict.fromkeys(said()) if re.search("[a-z]{3}", one)))
# What departments' servers hear is counted by the name of the webhook.
HEARD = {"ticket.closed"}


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_every_feature_is_counted_by_somebody(name: str, key: str) -> None:
    assert key in HEARD | set(Action) or PATTERNS.fullmatch(key), f"{name}: nobody counts “{key}”"


@pytest.mark.parametrize("key", ["begin typhoon", "follow up", "reads forecast"])
def test_a_misspelt_name_is_found(key: str) -> None:
    assert key not in HEARD | set(Action)
    assert PATTERNS.fullmatch(key) is None


def test_a_feature_is_shown_by_what_was_taken_and_seen_not_by_what_was_refused() -> None:
    tally = Tally()
    tally.count("push clue", Answer(200, {}))
    tally.count("push clue", Answer(409, {"code": "conflict"}))
    tally.seen["storm looked at"] += 3
    found = features.shown(tally)
    assert (found["线索推送110"], found["风暴模式"], found["报表"]) == (1, 3, 0)
