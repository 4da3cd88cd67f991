"""Checks of the lexicon: regular expressions that do not compile, handoffs that lead nowhere, rules that lack."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from models.city import HandoffRule
from models.city_fault import Fault, Level
from models.city_files import CityFolder
from models.city_lexicon import FLAGS, HANDOFFS, LANGUAGE, REPLIES, SCOPE
from models.city_links import departments_of
from models.city_rows import Placed, line_of, twice
from models.vocabulary import Flag

_GRAVEST: Final = 1
_LIGHTEST: Final = 4


def check_cues(city: CityFolder) -> Iterator[Fault]:
    """Yield every fault of flags, handoffs, scope, language and replies."""
    yield from _check_flags(city)
    yield from _check_handoffs(city)
    yield from _check_scope(city)
    yield from _check_language(city)
    yield from _check_replies(city)


def _check_flags(city: CityFolder) -> Iterator[Fault]:
    known = {placed.record.flag for placed in city.flags}
    if city.flags:
        for flag in Flag:
            if flag not in known:
                message = f"没有“{flag}”的规则，这种风险不会被发现"
                yield Fault(FLAGS, 1, message, f"补上 [{flag}]", Level.ALARM)
    for placed in city.flags:
        own = placed.record
        if not 0 <= own.floor <= _LIGHTEST:
            yield Fault(FLAGS, placed.line, f"[{own.flag}]的 urgency 是 {own.floor}", "改为 0（不改）或 1 至 4")
        if not own.patterns:
            yield Fault(FLAGS, placed.line, f"[{own.flag}]没有一条 patterns", "至少写一条触发的写法")
        yield from _check_patterns(city.path, FLAGS, placed.line, (*own.patterns, *own.exclude))


def _check_handoffs(city: CityFolder) -> Iterator[Fault]:
    flagged = {placed.record.flag for placed in city.flags}
    for placed in city.handoffs:
        own, line = placed.record, placed.line
        if not own.script.strip():
            cure = "写明话务员转接时要说的话"
            yield Fault(HANDOFFS, line, f"[{own.flag}]没有话术 script", cure)
        if own.flag not in flagged:
            yield Fault(HANDOFFS, line, f"[{own.flag}]在 flags.toml 中没有规则", "补上规则，或删去这一节")
        yield from _check_handoff_targets(placed, city)
    yield from _check_gravest(city)


def _check_handoff_targets(placed: Placed[HandoffRule], city: CityFolder) -> Iterator[Fault]:
    own, line = placed.record, placed.line
    numbers = {line.record.number for line in city.lines}
    codes = {category.record.code for category in city.categories}
    for number in (own.number, *own.also):
        if number not in numbers:
            yield Fault(HANDOFFS, line, f"转接号码“{number}”不在 lines.csv 中", "改正号码，或在 lines.csv 补上")
    if own.category is not None and own.category not in codes:
        yield Fault(HANDOFFS, line, f"分类“{own.category}”不存在", "改为 categories.csv 中的代码，或留空")


def _check_gravest(city: CityFolder) -> Iterator[Fault]:
    with_handoff = {placed.record.flag for placed in city.handoffs}
    for flag in city.flags:
        if flag.record.floor == _GRAVEST and flag.record.flag not in with_handoff:
            message = f"[{flag.record.flag}]是特急，却没有紧急转接"
            yield Fault(FLAGS, flag.line, message, f"在 {HANDOFFS} 补上 [{flag.record.flag}]", Level.ALARM)


def _check_scope(city: CityFolder) -> Iterator[Fault]:
    yield from twice(SCOPE, city.scope, lambda one: one.code, "受理范围代码")
    for placed in city.scope:
        own = placed.record
        if not own.channel.strip():
            cure = "写明告知诉求人的途径"
            yield Fault(SCOPE, placed.line, f"{own.code}没有告知的途径 channel", cure)
        yield from _check_patterns(city.path, SCOPE, placed.line, (*own.patterns, *own.exclude))


def _check_language(city: CityFolder) -> Iterator[Fault]:
    known = departments_of(city)
    text = _text(city.path, LANGUAGE)
    for word, code in city.language.district_words.items():
        if code not in known or known[code].kind not in {"district", "street"}:
            line = line_of(text, f"{code} =")
            yield Fault(LANGUAGE, line, f"“{word}”指向的“{code}”不是区县或街道", "改为区县或街道的代码")
    cues = (*city.language.kind_cues.values(), *city.language.urgency_cues.values())
    for patterns in cues:
        yield from _check_patterns(city.path, LANGUAGE, 1, patterns)


def _check_replies(city: CityFolder) -> Iterator[Fault]:
    text = _text(city.path, REPLIES)
    for name in city.replies.__struct_fields__:
        if name != "findings":
            yield from _check_patterns(city.path, REPLIES, line_of(text, f"{name} ="), getattr(city.replies, name))
    for rule in city.replies.findings:
        line = line_of(text, f"[findings.{rule.code}]")
        if not rule.advice.strip():
            yield Fault(REPLIES, line, f"[findings.{rule.code}]没有给作者的话 advice", "写明作者应当怎样补正")
        yield from _check_patterns(city.path, REPLIES, line, (*rule.patterns, *rule.exclude))


def _check_patterns(folder: Path, file: str, line: int, patterns: Iterable[str]) -> Iterator[Fault]:
    for pattern in patterns:
        try:
            fits_nothing = re.compile(pattern).fullmatch("") is not None
        except re.error as error:
            at = line_of(_text(folder, file), pattern)
            yield Fault(file, at if at > 1 else line, f"正则“{pattern}”有误（{error}）", "按 Python re 的写法改正")
            continue
        if fits_nothing:
            at = line_of(_text(folder, file), pattern)
            message = f"正则“{pattern}”连空文字也相符，会处处命中"
            yield Fault(file, at if at > 1 else line, message, "删去多余的 ?、* 或空的分支")


def _text(folder: Path, file: str) -> str:
    return (folder / file).read_text(encoding="utf-8") if (folder / file).exists() else ""
