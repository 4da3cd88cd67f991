"""Many regular expressions over one text, quickly: only those are tried whose words occur in it.

Every expression is read once for literals that a match cannot do without (the idea of RE2's filtered sets).
One Aho-Corasick pass finds which literals occur; the expressions that miss none are then searched as usual, so
that the answer is exactly what searching all of them would give.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final

from ahocorasick_rs import AhoCorasick

_SPECIAL: Final = frozenset("\\^$.|?*+()[]{}")
_QUANTIFIER: Final = re.compile(r"[?*+]|\{(\d*)(?:,\d*)?\}")
_OPENING: Final = re.compile(r"\((?:\?(?:(?P<around><?[!=])|:|P<\w+>)|(?!\?))")
# A single character that stands for itself when escaped; classes such as \d match many.
_ESCAPED: Final = re.compile(r"\\([^A-Za-z0-9])")
# What one alternative cannot match without: of every clause at least one literal.
Needs = tuple[frozenset[str], ...]


class PatternSet:
    """A fixed list of regular expressions. Read-only; safe between threads.

    An expression is compiled when it is first tried: most of a city's never are. `re.error` comes then;
    `hotline city check` finds such a pattern before.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(patterns)
        self._always = frozenset(
            index for index, pattern in enumerate(self._patterns) if () in required_literals(pattern)
        )
        numbers: dict[frozenset[str], int] = {}
        # By each literal of an alternative's rarest clause: all its clauses as bits, and whose alternative it is.
        ways: dict[str, list[tuple[int, int]]] = {}
        for index, pattern in enumerate(self._patterns):
            for needs in () if index in self._always else required_literals(pattern):
                bits = sum({1 << numbers.setdefault(clause, len(numbers)) for clause in needs})
                for literal in max(needs, key=_rarity):
                    ways.setdefault(literal, []).append((bits, index))
        clauses: dict[str, int] = {}
        for clause, number in numbers.items():
            for literal in clause:
                clauses[literal] = clauses.get(literal, 0) | 1 << number
        self._literals = AhoCorasick(clauses, store_patterns=True)
        self._clauses = clauses
        self._ways = {literal: tuple(ways.get(literal, ())) for literal in clauses}

    def matches(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        """Yield (index of the expression, its first match) in the order of the list."""
        for index in sorted(self._possible(text)):
            found = _compiled(self._patterns[index]).search(text)
            if found:
                yield index, found

    def sub(self, replacement: Callable[[re.Match[str]], str], text: str) -> str:
        """Return a text with what any of the expressions matches replaced, as one alternation of all would do it."""
        ahead = [found for _, found in self.matches(text)]
        done, at, further = "", 0, 0
        while ahead and further <= len(text):
            # Where two begin together, the one that comes first in the list.
            found = min(ahead, key=re.Match.start)
            done += text[at : found.start()] + replacement(found)
            at = found.end()
            further = max(at, found.start() + 1)  # also beyond where nothing was matched
            ahead = [then for one in ahead if (then := one if one.start() >= further else one.re.search(text, further))]
        return done + text[at:]

    def _possible(self, text: str) -> set[int]:
        """Return the expressions of which some alternative finds all the words that it needs."""
        literals = {*self._literals.find_matches_as_strings(text, overlapping=True)}
        met = 0
        for literal in literals:
            met |= self._clauses[literal]
        possible = set(self._always)
        for literal in literals:
            for needs, index in self._ways[literal]:
                if needs & met == needs:
                    possible.add(index)
        return possible


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def required_literals(pattern: str) -> tuple[Needs, ...]:
    """Return for every alternative of an expression the words that a match of it cannot do without.

    Each alternative's needs are clauses, and of every clause at least one literal must occur; () needs nothing.
    Reads literals, groups, alternatives, classes and quantifiers; what it does not know, it takes to need nothing.
    """
    try:
        alternatives, end = _alternatives(pattern, 0)
    except ValueError:
        return ((),)
    return alternatives if end == len(pattern) else ((),)


def _alternatives(pattern: str, position: int) -> tuple[tuple[Needs, ...], int]:
    """Read alternatives up to a closing bracket or the end."""
    found: list[Needs] = []
    while True:
        needs, position = _sequence(pattern, position)
        found.append(needs)
        if position >= len(pattern) or pattern[position] != "|":
            return tuple(found), position
        position += 1


def _sequence(pattern: str, position: int) -> tuple[Needs, int]:
    """Read one alternative."""
    needs: list[frozenset[str]] = []
    run = ""
    while position < len(pattern) and pattern[position] not in "|)":
        character, inner, end = _atom(pattern, position)
        is_repeated, least, position = _quantified(pattern, end)
        if character is not None and least:
            run += character
        if run and (character is None or is_repeated or not least):
            needs.append(frozenset((run,)))
            run = ""
        if least:
            needs += inner
    if run:
        needs.append(frozenset((run,)))
    return tuple(needs), position


def _atom(pattern: str, position: int) -> tuple[str | None, Needs, int]:
    """Read one atom: (its character if it is a literal, what a group or class needs, the position after it)."""
    character = pattern[position]
    if character == "(":
        return None, *_group(pattern, position)
    if character == "[":
        end = pattern.index("]", position + 2 + (pattern[position + 1] == "^"))
        return None, _class_members(pattern[position + 1 : end]), end + 1
    if character == "\\":
        escaped = _ESCAPED.match(pattern, position)
        return (escaped[1] if escaped else None), (), position + 2
    return (None if character in _SPECIAL else character), (), position + 1


def _group(pattern: str, position: int) -> tuple[Needs, int]:
    opening = _OPENING.match(pattern, position)
    if opening is None:
        raise ValueError(pattern)
    alternatives, end = _alternatives(pattern, opening.end())
    if opening["around"]:
        # What stands around a match need not be in it; leaving it out is always safe.
        return (), end + 1
    if len(alternatives) == 1:
        return alternatives[0], end + 1
    if not all(alternatives):
        return (), end + 1
    return (frozenset().union(*(max(needs, key=_rarity) for needs in alternatives)),), end + 1


def _class_members(inside: str) -> Needs:
    """A small class of plain characters is as good as alternatives; ranges and negations are not."""
    is_plain = not inside.startswith("^") and "\\" not in inside and "-" not in inside
    return (frozenset(inside),) if is_plain else ()


def _quantified(pattern: str, position: int) -> tuple[bool, bool, int]:
    """Read a quantifier: (is there one that repeats, must the atom occur at all, the position after it)."""
    found = _QUANTIFIER.match(pattern, position)
    if found is None:
        return False, True, position
    is_needed = found[0] == "+" or (found[0].startswith("{") and int(found[1] or 0) > 0)
    end = found.end()
    return True, is_needed, end + (pattern[end : end + 1] in {"?", "+"} and end < len(pattern))


def _rarity(literals: frozenset[str]) -> tuple[int, int]:
    return min(map(len, literals), default=0), -len(literals)
