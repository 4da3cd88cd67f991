"""Hard rules for what is dangerous or sensitive (DOMAIN 5.2): they run before any model and never depend on one."""

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from models.city import FlagRule
from models.vocabulary import Flag
from nlu.pattern_set import PatternSet

# `.` in a city's pattern does not reach across the end of a clause, a line end; what may do so is written `[\s\S]`.
_CLAUSE_ENDS: Final = "，。！？；,;!?…"
# Where a life may hang on the words, however late in a letter they come.
ALWAYS_FORCING: Final = frozenset({Flag.SUICIDE, Flag.GAS, Flag.THREAT})


class FlagHit(Struct, frozen=True):
    """A rule that fired, the words it fired on first, and where they begin in the text."""

    rule: FlagRule
    words: str
    start: int


class FlagRules:
    """The compiled rules of one city. Safe between threads.

    Within each clause what an `exclude` pattern matches is struck out; a `patterns` match in the rest fires the
    rule. So 「没有闻到燃气味」 is no leak, and 「防火门坏了楼下着火了」, said in one breath, is a fire.
    """

    def __init__(self, rules: Iterable[FlagRule]) -> None:
        self._rules = tuple(rules)
        self._owners = tuple(index for index, rule in enumerate(self._rules) for _ in rule.patterns)
        self._patterns = PatternSet(pattern for rule in self._rules for pattern in rule.patterns)
        self._excluded = tuple(PatternSet(filter(None, rule.exclude)) for rule in self._rules)

    def find(self, text: str) -> tuple[FlagHit, ...]:
        """Return the rules that fire on a normalised text, in the city's order; one hit a rule, its earliest."""
        clauses = in_clauses(text)
        hits: dict[int, FlagHit] = {}
        rest: dict[int, str] = {}
        for position, found in self._patterns.matches(clauses):
            owner = self._owners[position]
            if owner not in rest:
                rest[owner] = self._excluded[owner].sub(_struck_out, clauses)
            again = found if rest[owner] == clauses else found.re.search(rest[owner])
            if again and (owner not in hits or again.start() < hits[owner].start):
                hits[owner] = FlagHit(self._rules[owner], text[slice(*again.span())], again.start())
        return tuple(hits[owner] for owner in sorted(hits))


def with_meant(said: tuple[FlagHit, ...], meant: Iterable[FlagHit]) -> tuple[FlagHit, ...]:
    """Return the hits in a foreign text with those in what it means, which stand nowhere in it and so count from its beginning."""
    known = {hit.rule.flag for hit in said}
    return (*said, *(replace(hit, start=0) for hit in meant if hit.rule.flag not in known))


def in_clauses(text: str) -> str:
    """Return a text with a line end where a clause ends."""
    for mark in _CLAUSE_ENDS:  # several times as quick as one pass of `translate`, which asks for every character
        text = text.replace(mark, "\n")
    return text


def forcing(hits: Iterable[FlagHit], *, central_until: int) -> tuple[FlagHit, ...]:
    """Return the hits that force an urgency, their rule's floor.

    A long letter tells of much: what is said first after `central_until` characters is its background. It keeps its
    flag, so that a person looks, but forces nothing, except where a life may hang on it.
    """
    return tuple(
        hit for hit in hits if hit.rule.floor and (hit.start < central_until or hit.rule.flag in ALWAYS_FORCING)
    )


def flags_of(hits: Iterable[FlagHit]) -> tuple[Flag, ...]:
    """Return the flags of the hits, each once."""
    return tuple(dict.fromkeys(hit.rule.flag for hit in hits))


def _struck_out(words: re.Match[str]) -> str:
    return "\n" * len(words[0])
