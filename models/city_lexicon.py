"""The words of a city folder (lexicon/*.toml): flags, handoffs, scope, and the language of its callers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import msgspec
from msgspec import Struct

from models.city import FlagRule, HandoffRule, Language, ReplyRule, ReplyRules, ScopeRule
from models.city_fault import CityFault, Fault
from models.city_rows import Placed, line_of, read_text
from models.city_rules import made, read_toml
from models.vocabulary import Flag, Kind, ReplyFault

Record = TypeVar("Record")
FLAGS: Final = "lexicon/flags.toml"
HANDOFFS: Final = "lexicon/handoffs.toml"
SCOPE: Final = "lexicon/scope.toml"
LANGUAGE: Final = "lexicon/language.toml"
REPLIES: Final = "lexicon/replies.toml"


class _Flag(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    urgency: int
    desk: bool
    patterns: tuple[str, ...]
    exclude: tuple[str, ...] = ()


class _Handoff(Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    also: tuple[str, ...]
    script: tuple[str, ...]
    remainder: bool
    stays_on_desk: bool = False
    category: str = ""


class _Scope(Struct, frozen=True, kw_only=True):
    scope: tuple[ScopeRule, ...]


class _Places(Struct, frozen=True):
    suffixes: tuple[str, ...]


class _Words(Struct, frozen=True):
    custom: tuple[str, ...]


class _Language(Struct, frozen=True, kw_only=True):
    fillers: tuple[str, ...]
    kinds: dict[Kind, tuple[str, ...]]
    urgency: dict[Literal["critical", "urgent", "normal", "routine"], tuple[str, ...]]
    districts: dict[str, tuple[str, ...]]
    places: _Places
    words: _Words


class _Reply(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    advice: str
    returns: bool
    patterns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class _Replies(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    courtesies: tuple[str, ...]
    empty: tuple[str, ...]
    transfers: tuple[str, ...]
    asks_when: tuple[str, ...]
    to_come: tuple[str, ...]
    dates: tuple[str, ...]
    basis: tuple[str, ...]
    whom: tuple[str, ...]
    findings: dict[str, Any]


_SILENT: Final = Language(
    fillers=(), kind_cues={}, urgency_cues={}, district_words={}, place_suffixes=(), custom_words=()
)


def read_flags(folder: Path, faults: list[Fault]) -> list[Placed[FlagRule]]:
    """Return the hard rules of the flags (风险标记), each with the line of its section."""
    return _sections(folder, FLAGS, _flag, faults)


def read_handoffs(folder: Path, faults: list[Fault]) -> list[Placed[HandoffRule]]:
    """Return where emergencies go (紧急转接), each with the line of its section."""
    return _sections(folder, HANDOFFS, _handoff, faults)


def read_scope(folder: Path, faults: list[Fault]) -> list[Placed[ScopeRule]]:
    """Return the reasons not to accept (受理范围), each with the line of its code."""
    rules = made(folder, SCOPE, lambda written: msgspec.convert(written, _Scope).scope, faults)
    if rules is None:
        return []
    text = read_text(folder, SCOPE)
    return [Placed(line_of(text, f'code = "{rule.code}"'), rule) for rule in rules]


def read_language(folder: Path, faults: list[Fault]) -> Language:
    """Return the city's words; the words for a district are turned round, so that each leads to its code."""
    return made(folder, LANGUAGE, _language, faults) or _SILENT


def read_replies(folder: Path, faults: list[Fault]) -> ReplyRules:
    """Return the rules of the check of replies (答复质检); a city without the file checks none."""
    if not (folder / REPLIES).exists():
        return ReplyRules()
    own = made(folder, REPLIES, lambda written: msgspec.convert(written, _Replies), faults)
    if own is None:
        return ReplyRules()
    text = read_text(folder, REPLIES)
    rules: list[ReplyRule] = []
    for name, written in own.findings.items():
        line = line_of(text, f"[findings.{name}]")
        try:
            rule = msgspec.convert(written, _Reply)
            rules.append(ReplyRule(code=ReplyFault(name), **msgspec.structs.asdict(rule)))
        except msgspec.ValidationError as error:
            faults.append(Fault(REPLIES, line, f"[findings.{name}]内容不合要求（{error}）", "按括号中的路径改正这一项"))
        except ValueError:
            cure = f"改为 {'、'.join(ReplyFault)} 之一"
            faults.append(Fault(REPLIES, line, f"没有“{name}”这种质检项目", cure))
    lists = {name: getattr(own, name) for name in ReplyRules.__struct_fields__ if name != "findings"}
    return ReplyRules(findings=tuple(rules), **lists)


def _sections(folder: Path, file: str, make: Callable[[str, Any], Record], faults: list[Fault]) -> list[Placed[Record]]:
    """Return one record a section; a bad section does not hide the others."""
    try:
        text = read_text(folder, file)
        sections = read_toml(folder, file)
    except CityFault as error:
        faults.append(error.fault)
        return []
    found: list[Placed[Record]] = []
    for name, written in sections.items():
        line = line_of(text, f"[{name}]")
        try:
            found.append(Placed(line, make(name, written)))
        except msgspec.ValidationError as error:
            faults.append(Fault(file, line, f"[{name}]内容不合要求（{error}）", "按括号中的路径改正这一项"))
        except ValueError:
            cure = f"改为 {'、'.join(Flag)} 之一"
            faults.append(Fault(file, line, f"没有“{name}”这种风险标记", cure))
    return found


def _language(written: dict[str, Any]) -> Language:
    own = msgspec.convert(written, _Language)
    return Language(
        fillers=own.fillers,
        kind_cues={str(kind): cues for kind, cues in own.kinds.items()},
        urgency_cues={str(urgency): cues for urgency, cues in own.urgency.items()},
        district_words={word: code for code, words in own.districts.items() for word in words},
        place_suffixes=own.places.suffixes,
        custom_words=own.words.custom,
    )


def _flag(name: str, written: Any) -> FlagRule:
    flag = Flag(name)
    own = msgspec.convert(written, _Flag)
    return FlagRule(
        flag=flag,
        name=own.name,
        floor=own.urgency,
        desk=own.desk,
        patterns=own.patterns,
        exclude=own.exclude,
    )


def _handoff(name: str, written: Any) -> HandoffRule:
    flag = Flag(name)
    own = msgspec.convert(written, _Handoff)
    return HandoffRule(
        flag=flag,
        number=own.number,
        also=own.also,
        script="\n".join(own.script),
        remainder=own.remainder,
        category=own.category or None,
        stays_on_desk=own.stays_on_desk,
    )
