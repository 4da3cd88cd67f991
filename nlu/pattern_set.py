"""Many regular expressions over one text, quickly: only those are tried whose words occur in it.

Every expression is read once for literals that a match cannot do without (the idea of RE2's filtered sets).
One Aho-Corasick pass finds which literals occur; the expressions behind them are then searched as usual, so
that the answer is exactly what searching all of them would give.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import ahocorasick

_SPECIAL: Final = frozenset("\\^$.|?*+()[]{}")
_QUANTIFIER: Final = re.compile(r"[?*+]|\{(\d*)(?:,\d*)?\}")
_OPENING: Final = re.compile(r"\((?:\?(?:(?P<around><?[!=])|:|P<\w+>)|(?!\?))")
# A single character that stands for itself when escaped; classes such as \d match many.
_ESCAPED: Final = re.compile(r"\\([^A-Za-z0-9])")

Literals = frozenset[str] | None


class PatternSet:
    """A fixed list of regular expressions. Read-only; safe between threads."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(re.compile(pattern) for pattern in patterns)
        self._always: list[int] = []
        owners: dict[str, set[int]] = {}
        for index, pattern in enumerate(self._patterns):
            needed = required_literals(pattern.pattern)
            if needed is None:
                self._always.append(index)
            for literal in needed or ():
                owners.setdefault(literal, set()).add(index)
        self._automaton = ahocorasick.Automaton()
        for literal, indices in owners.items():
            self._automaton.add_word(literal, tuple(indices))
        if owners:
            self._automaton.make_automaton()
        self._is_empty = not owners

    def matches(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        """Yield (index of the expression, its first match) in the order of the list."""
        possible = set(self._always)
        if not self._is_empty:
            for _, indices in self._automaton.iter(text):
                possible.update(indices)
        for index in sorted(possible):
            found = self._patterns[index].search(text)
            if found:
                yield index, found


def required_literals(pattern: str) -> Literals:
    """Return words of which every match of an expression contains at least one; None if there are none to tell.

    Reads literals, groups, alternatives, classes and quantifiers; what it does not know, it takes to need nothing.
    """
    try:
        literals, end = _alternatives(pattern, 0)
    except ValueError:
        return None
    return literals if end == len(pattern) else None


def _alternatives(pattern: str, position: int) -> tuple[Literals, int]:
    """Read alternatives up to a closing bracket or the end; any one without literals leaves none."""
    union: set[str] = set()
    is_open = False
    while True:
        literals, position = _sequence(pattern, position)
        if literals is None:
            is_open = True
        else:
            union |= literals
        if position >= len(pattern) or pattern[position] != "|":
            return (None if is_open else frozenset(union)), position
        position += 1


def _sequence(pattern: str, position: int) -> tuple[Literals, int]:
    """Read one alternative; of all that it needs, the longest words are the rarest in a text."""
    best: Literals = None
    run = ""
    while position < len(pattern) and pattern[position] not in "|)":
        character, inner, end = _atom(pattern, position)
        is_repeated, least, position = _quantified(pattern, end)
        if character is not None and least:
            run += character
            if is_repeated:
                best, run = _better(best, run), ""
            continue
        best, run = _better(best, run), ""
        if inner is not None and least:
            best = inner if best is None or _rarity(inner) > _rarity(best) else best
    return _better(best, run), position


def _atom(pattern: str, position: int) -> tuple[str | None, Literals, int]:
    """Read one atom: (its character if it is a literal, the literals of a group, the position after it)."""
    character = pattern[position]
    if character == "(":
        return None, *_group(pattern, position)
    if character == "[":
        end = pattern.index("]", position + 2 + (pattern[position + 1] == "^"))
        return None, _class_members(pattern[position + 1 : end]), end + 1
    if character == "\\":
        escaped = _ESCAPED.match(pattern, position)
        return (escaped[1] if escaped else None), None, position + 2
    return (None if character in _SPECIAL else character), None, position + 1


def _group(pattern: str, position: int) -> tuple[Literals, int]:
    opening = _OPENING.match(pattern, position)
    if opening is None:
        raise ValueError(pattern)
    literals, end = _alternatives(pattern, opening.end())
    # What stands around a match need not be in it; leaving it out is always safe.
    return (None if opening["around"] else literals), end + 1


def _class_members(inside: str) -> Literals:
    """A small class of plain characters is as good as alternatives; ranges and negations are not."""
    is_plain = not inside.startswith("^") and "\\" not in inside and "-" not in inside
    return frozenset(inside) if is_plain else None


def _quantified(pattern: str, position: int) -> tuple[bool, bool, int]:
    """Read a quantifier: (is there one that repeats, must the atom occur at all, the position after it)."""
    found = _QUANTIFIER.match(pattern, position)
    if found is None:
        return False, True, position
    is_needed = found[0] == "+" or (found[0].startswith("{") and int(found[1] or 0) > 0)
    end = found.end()
    return True, is_needed, end + (pattern[end : end + 1] in {"?", "+"} and end < len(pattern))


def _better(best: Literals, run: str) -> Literals:
    if not run:
        return best
    literals = frozenset((run,))
    return literals if best is None or _rarity(literals) > _rarity(best) else best


def _rarity(literals: frozenset[str]) -> tuple[int, int]:
    return min(map(len, literals), default=0), -len(literals)
