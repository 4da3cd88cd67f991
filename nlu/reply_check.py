"""Check of a department's reply before the citizen gets it (答复质检): what its author should mend, in words that say how.

Rules of the city's own (lexicon/replies.toml), no model: the same reply is always found the same. Better silent than
wrong: a finding costs the author work.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from models.city import ReplyRule, ReplyRules
from models.vocabulary import Kind, ReplyFault

_NEVER: Final = re.compile("(?!)")
_SENTENCE_END: Final = re.compile(r"[。！？；!?;\n]+")
_PAUSE: Final = re.compile(r"[，,、：:（）()]+")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_RUN: Final = re.compile(r"[\u3400-\u9fff]{2,}")
# Fewer characters than these are no statement, unless one of them is the answer to a question.
_LEAST_SAID: Final = 5
_ANSWER: Final = re.compile(r"可以|不|没|无|有|能|已|未|是|需|要|元|年|月|日|\d{5,}")
# A reply that is shorter than this may well answer without a word of the question.
_OFF_TOPIC_FROM: Final = 100
_TELLING_FROM: Final = 12
_LONGEST_WORDS: Final = 40


class Asked(Struct, frozen=True, kw_only=True):
    """What was asked, masked: the brief (诉求摘要), from which findings quote; the whole text, which is only compared."""

    brief: str
    text: str = ""
    kind: Kind = Kind.ASSISTANCE


class Finding(Struct, frozen=True, kw_only=True):
    """A fault of a reply: `advice` says what to do about it, `words` are those it rests on.

    `returns` tells that it goes back to its author (退回作者) unless who signs it confirms it.
    """

    code: ReplyFault
    name: str
    advice: str
    words: str
    returns: bool


class ReplyCheck:
    """The compiled rules of one city. Safe between threads.

    `empty_words`, `no_result`: nothing is left of the reply once courtesies, declarations and "has been passed on" are struck
    out. `no_date`: the citizen asks when, or something is promised 尽快, and no time at all is told. `no_basis`: a refusal
    without any rule, document or reason in the whole reply. `passes_on`: the citizen is sent to 有关部门, or told that it is
    not ours, and neither a unit nor a number or an address is named. `rude`: words that a reply never needs; what it quotes is
    not its own. `off_topic`: a long reply that has no word of the request.
    """

    def __init__(self, rules: ReplyRules) -> None:
        self._rules = {rule.code: rule for rule in rules.findings}
        self._courtesies = _any_of(rules.courtesies)
        self._empty = _any_of(rules.empty)
        self._transfers = _any_of(rules.transfers)
        self._asks_when = _any_of(rules.asks_when)
        self._to_come = _any_of(rules.to_come)
        self._dates = _any_of(rules.dates)
        self._basis = _any_of(rules.basis)
        self._whom = _any_of(rules.whom)
        self._patterns = {rule.code: _any_of(rule.patterns) for rule in rules.findings}
        self._excluded = {rule.code: _any_of(rule.exclude) for rule in rules.findings}

    def check(self, asked: Asked, reply: str, law_basis: str = "") -> tuple[Finding, ...]:
        """Return what is wrong with a reply, in the order of the city's rules; nothing for one that may go out.

        `law_basis` (法律依据) is what was written beside it. Praise is thanked for, no more.
        """
        sentences = [part.strip() for part in _SENTENCE_END.split(reply) if part.strip()]
        if asked.kind is Kind.PRAISE:
            found = dict(self._first(ReplyFault.RUDE, sentences))
        else:
            hollow = self._hollow(sentences)
            found = dict([hollow] if hollow else self._faults(asked, sentences, law_basis))
        return tuple(_finding(rule, found[code]) for code, rule in self._rules.items() if code in found)

    def _hollow(self, sentences: Sequence[str]) -> tuple[ReplyFault, str] | None:
        """Return what a reply is that says nothing of the matter itself, with the words that stand in its place."""
        said, passed = 0, ""
        for sentence in sentences:
            for clause in _PAUSE.split(self._courtesies.sub("", sentence)):
                rest = self._empty.sub("", clause)
                transfer = self._transfers.search(rest)
                if transfer:
                    passed = passed or _as_written(clause.strip(), sentence, self._transfers)
                    rest = self._transfers.sub("", rest)
                if _ANSWER.search(rest):
                    return None
                said += len(_HAN.findall(rest))
        if said >= _LEAST_SAID:
            return None
        return (ReplyFault.NO_RESULT, passed) if passed else (ReplyFault.EMPTY_WORDS, "")

    def _faults(self, asked: Asked, sentences: Sequence[str], law_basis: str) -> Iterator[tuple[ReplyFault, str]]:
        whole = "\n".join(sentences)
        yield from self._first(ReplyFault.RUDE, sentences)
        yield from self._no_date(asked, sentences)
        if not (law_basis or self._basis.search(whole)):
            yield from self._first(ReplyFault.NO_BASIS, sentences)
        yield from self._first(ReplyFault.PASSES_ON, _alone(sentences, self._whom))
        yield from self._off_topic(asked, whole)

    def _first(self, code: ReplyFault, sentences: Sequence[str]) -> Iterator[tuple[ReplyFault, str]]:
        """Yield the fault with the first words that its patterns match once `exclude` is struck out."""
        if code not in self._rules:
            return
        for sentence in sentences:
            match = self._patterns[code].search(self._excluded[code].sub("\n", sentence))
            if match:
                yield code, match[0].strip("，、 ")
                return

    def _no_date(self, asked: Asked, sentences: Sequence[str]) -> Iterator[tuple[ReplyFault, str]]:
        said = [self._courtesies.sub("，", sentence) for sentence in sentences]
        when = self._asks_when.search(asked.brief)
        body = "\n".join(said)
        if when and not self._dates.search(body) and self._to_come.search(body) and not self._whom.search(body):
            yield ReplyFault.NO_DATE, f"诉求问“{when[0]}”"
            return
        for code, words in self._first(ReplyFault.NO_DATE, _alone(said, self._dates)):
            yield code, f"只说“{words}”"

    def _off_topic(self, asked: Asked, whole: str) -> Iterator[tuple[ReplyFault, str]]:
        said = self._courtesies.sub("，", whole)
        if len(_HAN.findall(said)) < _OFF_TOPIC_FROM:
            return
        request = _pairs(asked.text + "\n" + asked.brief)
        if len(request) >= _TELLING_FROM and not request & _pairs(whole):
            yield ReplyFault.OFF_TOPIC, ""


def _as_written(clause: str, sentence: str, pattern: re.Pattern[str]) -> str:
    """Return a clause as it stands in its sentence: what was struck out of it may have stood in its midst."""
    whole = None if clause in sentence else pattern.search(sentence)
    return whole[0].strip("，、 ") if whole else clause


def _alone(sentences: Sequence[str], sign: re.Pattern[str]) -> list[str]:
    """Return the sentences that have no sign, nor has the one before or after."""
    has = [sign.search(sentence) is not None for sentence in sentences]
    return [sentence for at, sentence in enumerate(sentences) if not any(has[max(at - 1, 0) : at + 2])]


def _pairs(text: str) -> set[str]:
    return {run[at : at + 2] for run in _RUN.findall(text) for at in range(len(run) - 1)}


def _finding(rule: ReplyRule, words: str) -> Finding:
    words = words if len(words) <= _LONGEST_WORDS else f"{words[:_LONGEST_WORDS]}…"
    return Finding(
        code=rule.code, name=rule.name, advice=rule.advice.replace("{words}", words), words=words, returns=rule.returns
    )


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return one alternation of regular expressions; none at all never matches."""
    alternatives = [f"(?:{pattern})" for pattern in patterns if pattern]
    return re.compile("|".join(alternatives)) if alternatives else _NEVER
