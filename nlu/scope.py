"""What may lie outside the hotline's scope (受理范围, 国办函〔2025〕66号). Only a person declines; this proposes."""

import re
from collections.abc import Iterable
from typing import Final

import numpy as np

from models.city import ScopeRule
from models.understanding import ScopeDoubt
from nlu.elsewhere import Elsewhere
from nlu.heads import SCOPE
from nlu.linear import Floats, LinearModel
from nlu.pattern_set import PatternSet

NO_SUBSTANCE: Final = "N10"
_OTHER_REGION: Final = "N9"
_FEWEST_CHARACTERS: Final = 4
_LETTER: Final = r"\u3400-\u9fffA-Za-z"
_SUBSTANCE: Final = re.compile(rf"[{_LETTER}](?:[^{_LETTER}]*[{_LETTER}]){{{_FEWEST_CHARACTERS - 1}}}")
_READ: Final = 2000  # characters; enough to see that there is something
# In units of the model's scores, where 0 is as likely as not: a doubt costs a look, no more.
_ENOUGH: Final = -0.6
# What is urgent is for the flags and the handoff: a guess must not keep an emergency back.
_BY_RULE_ALONE: Final = frozenset({"N1"})


class ScopeRules:
    """The compiled scope rules of one city, and what the model thinks of it. Safe between threads.

    What an `exclude` pattern matches anywhere in the text is struck out before its rule's `patterns` are tried.
    `elsewhere` adds other cities by name to the rule for what is outside the region (N9).
    """

    def __init__(
        self, rules: Iterable[ScopeRule], model: LinearModel | None = None, elsewhere: Elsewhere | None = None
    ) -> None:
        self._rules = tuple(rules)
        self._elsewhere = elsewhere
        head = model.heads.get(SCOPE) if model else None
        self._columns = slice(head.first, head.first + len(head.labels)) if head else slice(0)
        codes = [rule.code for rule in self._rules]
        self._region = codes.index(_OTHER_REGION) if _OTHER_REGION in codes else None
        self._of_column = (
            tuple(
                codes.index(label) if label in codes and label not in _BY_RULE_ALONE else None for label in head.labels
            )
            if head
            else ()
        )
        self._owners = tuple(index for index, rule in enumerate(self._rules) for _ in rule.patterns)
        self._patterns = PatternSet(pattern for rule in self._rules for pattern in rule.patterns)
        self._excluded = tuple(PatternSet(filter(None, rule.exclude)) for rule in self._rules)

    def doubts(self, text: str, scores: Floats | None = None, address: str = "") -> tuple[ScopeDoubt, ...]:
        """Return the reasons to look at the acceptance of a normalised text, in the city's order.

        `scores` are the model's of the text, `address` was given apart. A text with fewer than four letters or characters
        has no substance (N10) whatever the patterns say.
        """
        return tuple(ScopeDoubt(rule.code, rule.name, rule.channel) for rule, _ in self.find(text, scores, address))

    def find(self, text: str, scores: Floats | None = None, address: str = "") -> tuple[tuple[ScopeRule, str], ...]:
        """Return the same rules with the words that each fired on first, none where the text is hollow or the model doubts."""
        found: dict[int, str] = {}
        for position, match in self._patterns.matches(text):
            owner = self._owners[position]
            left = match.re.search(self._excluded[owner].sub(_line_end, text))
            if left is not None:
                found.setdefault(owner, left[0])
        if self._elsewhere is not None and self._region is not None:
            city = self._elsewhere.find(f"{address}\n{text}" if address else text)
            if city is not None:
                found.setdefault(self._region, city)
        if scores is not None:
            for column in np.flatnonzero(scores[self._columns] > _ENOUGH).tolist():
                rule = self._of_column[column]
                if rule is not None:
                    found.setdefault(rule, "")
        is_hollow = _SUBSTANCE.search(text, 0, _READ) is None
        return tuple(
            (rule, found.get(index, ""))
            for index, rule in enumerate(self._rules)
            if index in found or (is_hollow and rule.code == NO_SUBSTANCE)
        )


def _line_end(_words: re.Match[str]) -> str:
    return "\n"
