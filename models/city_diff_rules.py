"""What is different between two records of a city, in Chinese phrases: `主办 城管局(urban) → 交通局(transport)`."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec
from msgspec import Struct

from models.calendar import CalendarYear
from models.city import FlagRule, Language, ReplyRules, ScopeRule
from models.labels import LABELS
from models.limits import Limit
from models.sla import LimitRow, Policy
from models.vocabulary import Kind, Urgency

NONE: Final = "无"
_DEPARTMENT_FIELDS: Final = frozenset({"parent", "department", "lead", "assisting", "copy", "place"})
_LIMITS: Final = {
    "dispatch": "派单",
    "acknowledge": "签收",
    "contact": "先行联系",
    "reply": "答复",
    "promise": "承诺",
    "send_back": "退单",
    "extension": "延期",
}
_MOST_WORDS: Final = 5  # words told of a list that changed


def fields_changed(
    old: Struct, new: Struct, labels: Mapping[str, str], departments: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield a phrase for every field that differs; departments stand with their names."""
    for name in new.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            names = departments or {} if name in _DEPARTMENT_FIELDS else {}
            yield f"{labels.get(name, name)} {_told(before, names)} → {_told(after, names)}"


def policy_changed(old: Policy, new: Policy) -> Iterator[str]:
    """Yield a phrase for every limit that differs, with the matters that it holds for, and for every other term."""
    where: dict[str, dict[Urgency, list[Kind]]] = {}
    for urgency in Urgency:
        for kind in Kind:
            for phrase in _limits_changed(old.limits_for(kind, urgency), new.limits_for(kind, urgency)):
                where.setdefault(phrase, {}).setdefault(urgency, []).append(kind)
    for phrase, matters in where.items():
        yield f"{'；'.join(_matter(urgency, kinds) for urgency, kinds in matters.items())}：{phrase}"
    before, after = _flat(_terms(old)), _flat(_terms(new))
    for path in dict.fromkeys((*before, *after)):
        if before.get(path) != after.get(path):
            yield f"{path} {_told(before.get(path))} → {_told(after.get(path))}"


def terms_changed(old: Struct, new: Struct) -> Iterator[str]:
    """Yield a phrase for every field of a record of rules that differs, by its name in the file."""
    before, after = _flat(_plain(old)), _flat(_plain(new))
    for path in dict.fromkeys((*before, *after)):
        if before.get(path) != after.get(path):
            yield f"{path} {_told(before.get(path))} → {_told(after.get(path))}"


def year_changed(old: CalendarYear, new: CalendarYear) -> Iterator[str]:
    """Yield what differs between two years of the calendar."""
    if old.announced != new.announced:
        yield f"已公布 {_told(old.announced)} → {_told(new.announced)}"
    yield from _members("放假日", old.holidays, new.holidays, most=len(new.holidays) + len(old.holidays))
    yield from _members("调休上班日", old.workdays, new.workdays, most=len(new.workdays) + len(old.workdays))
    if old.source != new.source:
        yield "来源的说明"


def flag_changed(old: FlagRule, new: FlagRule) -> Iterator[str]:
    """Yield what differs between two rules of a flag; of patterns how many came and went."""
    labels = {"name": "名称", "floor": "最低紧急程度", "desk": "须人工"}
    for name, label in labels.items():
        if getattr(old, name) != getattr(new, name):
            yield f"{label} {_told(getattr(old, name))} → {_told(getattr(new, name))}"
    yield from _counted("规则", old.patterns, new.patterns)
    yield from _counted("排除", old.exclude, new.exclude)


def scope_changed(old: ScopeRule, new: ScopeRule) -> Iterator[str]:
    """Yield what differs between two reasons not to accept."""
    labels = {"name": "名称", "channel": "告知的途径", "note": "说明"}
    yield from (label for name, label in labels.items() if getattr(old, name) != getattr(new, name))
    yield from _counted("规则", old.patterns, new.patterns)
    yield from _counted("排除", old.exclude, new.exclude)


def language_changed(old: Language, new: Language) -> Iterator[str]:
    """Yield what differs between two cities' words, list by list."""
    before, after = _lists(old), _lists(new)
    for name in dict.fromkeys((*before, *after)):
        yield from _members(name, before.get(name, ()), after.get(name, ()), most=_MOST_WORDS)


def replies_changed(old: ReplyRules, new: ReplyRules) -> Iterator[str]:
    """Yield what differs between two checks of replies: of lists how many patterns came and went, of findings what is told."""
    labels = {"courtesies": "客套", "empty": "空话", "transfers": "转办", "asks_when": "问时间", "to_come": "将来",
              "dates": "时间", "basis": "依据", "whom": "找谁"}  # fmt: skip
    for name, label in labels.items():
        yield from _counted(label, getattr(old, name), getattr(new, name))
    before, after = ({rule.code: rule for rule in one.findings} for one in (old, new))
    yield from _members("质检项目", before, after, most=len(before) + len(after))
    yield from (f"质检项目 {after[code].name}" for code in before if code in after and before[code] != after[code])


def _limits_changed(old: LimitRow, new: LimitRow) -> Iterator[str]:
    for name, label in _LIMITS.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{label} {_limit(before)} → {_limit(after)}"


def _limit(value: Any) -> str:
    if value is None:
        return NONE
    if isinstance(value, Limit):
        return value.words
    return f"{value.times}次，每次{value.each or NONE}，合计{value.total or NONE}" if value.times else "不可延期"


def _matter(urgency: Urgency, kinds: Collection[Kind]) -> str:
    told = "各类" if len(kinds) == len(Kind) else "、".join(LABELS["kind"][kind] for kind in kinds)
    return f"{LABELS['urgency'][str(int(urgency))]}（{told}）"


def _terms(policy: Policy) -> dict[str, Any]:
    terms = _plain(policy)
    del terms["limits"], terms["id"]
    return terms


def _plain(record: Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(record, enc_hook=str)
    return plain


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: sorted(value) if isinstance(value, set | frozenset) else value}
    found: dict[str, Any] = {}
    for name, inner in value.items():
        found |= _flat(inner, f"{path}.{name}" if path else name)
    return found


def _lists(language: Language) -> dict[str, Collection[str]]:
    found: dict[str, Collection[str]] = {
        "口头语": language.fillers,
        "地名后缀": language.place_suffixes,
        "分词词表": language.custom_words,
        "区县说法": [f"{word}={code}" for word, code in language.district_words.items()],
    }
    found |= {f"类型提示词{LABELS['kind'].get(kind, kind)}": cues for kind, cues in language.kind_cues.items()}
    return found | {f"紧急提示词{name}": cues for name, cues in language.urgency_cues.items()}


def _members(label: str, old: Collection[Any], new: Collection[Any], *, most: int) -> Iterator[str]:
    """Yield what came to a list and what went, by name as far as there are not too many."""
    for verb, some in (
        ("增加", [one for one in new if one not in old]),
        ("减少", [one for one in old if one not in new]),
    ):
        if some:
            more = f" 等{len(some)}个" if len(some) > most else ""
            yield f"{label}{verb} {'、'.join(map(str, some[:most]))}{more}"


def _counted(label: str, old: Collection[str], new: Collection[str]) -> Iterator[str]:
    added, removed = len({*new} - {*old}), len({*old} - {*new})
    if added or removed:
        yield f"{label} {len(old)}条 → {len(new)}条（增{added}，减{removed}）"


def _told(value: Any, departments: Mapping[str, str] | None = None) -> str:
    match value:
        case None | "" | () | []:
            return NONE
        case bool():
            return "是" if value else "否"
        case date():
            return value.isoformat()
        case tuple() | list():
            return "、".join(_told(one, departments) for one in value)
        case str() if departments and value in departments:
            return f"{departments[value]}({value})"
    return str(value)
