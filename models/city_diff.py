"""What is different between two city folders (城市数据对比): record by record, with file, line and id."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from msgspec import Struct

from models.city import Duty
from models.city_corpus import CORPUS, DANGERS
from models.city_diff_rules import (
    fields_changed,
    flag_changed,
    language_changed,
    policy_changed,
    replies_changed,
    scope_changed,
    terms_changed,
    year_changed,
)
from models.city_files import SETTINGS, CityFolder, data_files
from models.city_lexicon import FLAGS, HANDOFFS, LANGUAGE, REPLIES, SCOPE
from models.city_map import GRIDS
from models.city_rows import Placed
from models.city_rules import STATUTES
from models.city_seats import SEAT_GROUPS
from models.city_tables import CATEGORIES, DEPARTMENTS, DUTIES, GAZETTEER, LINES, OFFICE_HOURS, ROSTERS

Record = TypeVar("Record", bound=Struct)


class Change(StrEnum):
    """What happened to a record from the old folder to the new one."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Difference(Struct, frozen=True, kw_only=True):
    """One record that differs. `line` is in the new folder, of a removed one in the old; 0 where a file stands for it.

    `name` is what people call it; `details` are Chinese phrases on what was so and is so now.
    """

    file: str
    id: str
    change: Change
    line: int = 0
    name: str = ""
    details: tuple[str, ...] = ()


_LABELS: Final = {
    "name": "名称",
    "full_name": "全称",
    "kind": "类别",
    "parent": "上级",
    "office_hours": "办公时间",
    "aliases": "别名",
    "integration": "归并方式",
    "department": "单位",
    "seat_group": "席组",
    "languages": "语言",
    "hours": "服务时间",
    "overflow_to": "溢出至",
    "record_elsewhere": "记录在别处",
    "script": "话术",
    "purpose": "受理内容",
    "l1": "一级",
    "l2": "二级",
    "l3": "三级",
    "examples": "例词",
    "category": "事项",
    "place": "地区",
    "lead": "主办",
    "assisting": "协办",
    "copy": "抄送",
    "grassroots": "可否派基层",
    "effective_from": "起",
    "effective_to": "止",
    "basis": "依据",
    "week": "时段",
}


def differences(old: CityFolder, new: CityFolder) -> list[Difference]:
    """Return every difference of two folders that were read without fault, file by file; none for the same city.

    Of grids, places and rosters only how many came, went and changed. A file that differs although no record does (notes,
    order, texts to learn from) is told as a file.
    """
    found = [*_tables(old, new), *_counts(old, new), *_rules(old, new), *_words(old, new)]
    return [*found, *_files(old, new, {one.file for one in found})]


def _tables(old: CityFolder, new: CityFolder) -> Iterator[Difference]:
    names = {placed.record.code: placed.record.name for city in (old, new) for placed in city.departments}
    topics = {placed.record.code: placed.record.name for city in (old, new) for placed in city.categories}

    def changed(before: Struct, after: Struct) -> Iterator[str]:
        return fields_changed(before, after, _LABELS, names)

    pairs = (old.departments, new.departments)
    yield from _compared(DEPARTMENTS, *_keyed(*pairs, lambda one: one.code), lambda one: one.name, changed)
    lines = _keyed(old.lines, new.lines, lambda one: one.number)
    yield from _compared(LINES, *lines, lambda one: one.name, changed)
    groups = _keyed(old.seat_groups, new.seat_groups, lambda one: one.code)
    yield from _compared(SEAT_GROUPS, *groups, lambda one: one.name, changed)
    categories = _keyed(old.categories, new.categories, lambda one: one.code)
    yield from _compared(CATEGORIES, *categories, lambda one: one.name, changed)
    yield from duties_changed(old.duties, new.duties, names, topics)
    hours = _keyed(old.office_hours, new.office_hours, lambda one: one.code)
    yield from _compared(OFFICE_HOURS, *hours, lambda _: "", changed)


def duties_changed(
    old: Iterable[Placed[Duty]], new: Iterable[Placed[Duty]], names: Mapping[str, str], topics: Mapping[str, str]
) -> Iterator[Difference]:
    """Yield every row of the catalogue that differs, by id and version, told with names of departments and categories by code."""
    yield from _compared(
        DUTIES,
        *_keyed(old, new, lambda one: f"{one.id}@{one.version}"),
        lambda one: f"{topics.get(one.category, one.category)}（{names.get(one.lead, one.lead)}主办）",
        lambda before, after: fields_changed(before, after, _LABELS, names),
    )


def _rules(old: CityFolder, new: CityFolder) -> Iterator[Difference]:
    if old.settings and new.settings:
        settings = {"": Placed(1, old.settings)}, {"": Placed(1, new.settings)}
        yield from _compared(SETTINGS, *settings, lambda one: one.name, terms_changed)
    for file in dict.fromkeys((*old.policies, *new.policies)):
        policies = _of_file(old.policies, file), _of_file(new.policies, file)
        yield from _compared(file, *policies, lambda one: one.name, policy_changed)
    statutes = (
        {one.id: Placed(0, one) for one in old.statutes},
        {one.id: Placed(0, one) for one in new.statutes},
    )
    yield from _compared(STATUTES, *statutes, lambda one: one.law, terms_changed)
    for file in dict.fromkeys((*old.years, *new.years)):
        years = _of_file(old.years, file), _of_file(new.years, file)
        yield from _compared(file, *years, lambda one: f"{one.year}年", year_changed)


def _words(old: CityFolder, new: CityFolder) -> Iterator[Difference]:
    flags = _keyed(old.flags, new.flags, lambda one: str(one.flag))
    yield from _compared(FLAGS, *flags, lambda one: one.name, flag_changed)
    handoffs = _keyed(old.handoffs, new.handoffs, lambda one: str(one.flag))
    yield from _compared(HANDOFFS, *handoffs, lambda one: one.number, terms_changed)
    scope = _keyed(old.scope, new.scope, lambda one: one.code)
    yield from _compared(SCOPE, *scope, lambda one: one.name, scope_changed)
    language = {"": Placed(0, old.language)}, {"": Placed(0, new.language)}
    yield from _compared(LANGUAGE, *language, lambda _: "", language_changed)
    replies = {"": Placed(0, old.replies)}, {"": Placed(0, new.replies)}
    yield from _compared(REPLIES, *replies, lambda _: "", replies_changed)


def _keyed(
    old: Iterable[Placed[Record]], new: Iterable[Placed[Record]], key: Callable[[Record], str]
) -> tuple[dict[str, Placed[Record]], dict[str, Placed[Record]]]:
    return {key(one.record): one for one in old}, {key(one.record): one for one in new}


def _of_file(records: Mapping[str, Record], file: str) -> dict[str, Placed[Record]]:
    return {"": Placed(0, records[file])} if file in records else {}


def _compared(
    file: str,
    old: Mapping[str, Placed[Record]],
    new: Mapping[str, Placed[Record]],
    name: Callable[[Record], str],
    changed: Callable[[Record, Record], Iterable[str]],
) -> Iterator[Difference]:
    for own in dict.fromkeys((*old, *new)):
        before, after = old.get(own), new.get(own)
        shown = after or before
        if shown is None or (before and after and before.record == after.record):
            continue
        change = Change.ADDED if before is None else Change.REMOVED if after is None else Change.CHANGED
        details = tuple(changed(before.record, after.record)) if before and after else ()
        called = name(shown.record)
        yield Difference(file=file, id=own, change=change, line=shown.line, name=called, details=details)


def _counts(old: CityFolder, new: CityFolder) -> Iterator[Difference]:
    yield from _count(GRIDS, "网格", *_keyed(old.grids, new.grids, lambda one: one.code))
    places = _keyed(old.gazetteer, new.gazetteer, lambda one: f"{one.name}/{one.street}/{one.lat}/{one.lon}")
    yield from _count(GAZETTEER, "地名", *places)
    rosters = _keyed(old.rosters, new.rosters, lambda one: f"{one.department}/{one.duty}/{one.weekdays}/{one.start}")
    yield from _count(ROSTERS, "值班", *rosters)


def _count(
    file: str, what: str, old: Mapping[str, Placed[Record]], new: Mapping[str, Placed[Record]]
) -> Iterator[Difference]:
    added, removed = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    changed = sum(old[key].record != new[key].record for key in old.keys() & new.keys())
    if added or removed or changed:
        details = (f"{len(old)} → {len(new)}：新增{added}，减少{removed}，变更{changed}",)
        yield Difference(file=file, id="", change=Change.CHANGED, name=what, details=details)


def _files(old: CityFolder, new: CityFolder, told: set[str]) -> Iterator[Difference]:
    before, after = data_files(old.path), data_files(new.path)
    for file in sorted({*before, *after} - told):
        if before.get(file) == after.get(file):
            continue
        change = Change.ADDED if file not in before else Change.REMOVED if file not in after else Change.CHANGED
        yield Difference(file=file, id="", change=change, details=(_lines(before, after, file),))


def _lines(before: Mapping[str, bytes], after: Mapping[str, bytes], file: str) -> str:
    old, new = before.get(file, b"").splitlines(), after.get(file, b"").splitlines()
    added, removed = len({*new} - {*old}), len({*old} - {*new})
    is_learnt = file.startswith(CORPUS) or file == DANGERS
    what = "模型将重新学习" if is_learnt else "没有影响规则的差别"
    return f"{len(old)}行 → {len(new)}行（增{added}，减{removed}），{what}"
