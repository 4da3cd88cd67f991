"""Checks of the duty catalogue and the taxonomy: what points nowhere, what is missing, what says two things."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Final

from models.city import Department, Duty
from models.city_corpus import (
    read_calibration_rows,
    read_corpus_rows,
    read_danger_rows,
    read_letter_rows,
    read_outside_rows,
)
from models.city_fault import Fault, Level
from models.city_files import CityFolder
from models.city_links import departments_of
from models.city_rows import Placed, Row, line_of, read_rows, read_text
from models.city_rules import STATUTES
from models.city_tables import CATEGORIES, DUTIES, columns_of

LOCAL: Final = ("@district", "@street")
CONFLICTS: Final = "conflicts.csv"
_CONFLICT_COLUMNS: Final = ("id", "text", "category", "place", "lead", "assisting", "reason")
FEWEST_TEXTS: Final = 25
_PLACES: Final = frozenset({"district", "street"})
_SECOND_LEVEL: Final = 4  # digits of a second-level code


def check_duties(city: CityFolder) -> Iterator[Fault]:
    """Yield every fault of categories, duties, statutes and corpus."""
    yield from check_catalogue(city)
    yield from _check_corpus(city)
    yield from _check_calibration(city)


def check_catalogue(city: CityFolder) -> Iterator[Fault]:
    """Yield every fault of categories, duties and statutes; no text is read that the city learns from."""
    yield from _check_categories(city)
    known, codes = departments_of(city), _codes(city)
    for placed in city.duties:
        yield from _check_duty(placed, known, codes)
        yield from _check_grassroots(placed, known)
    yield from _check_uncovered(city)
    yield from _check_overlaps(city)
    for statute in city.statutes:
        for code in statute.categories:
            if code not in codes:
                message = f"法定期限“{statute.id}”的分类“{code}”不存在"
                line = line_of(read_text(city.path, STATUTES), f'id = "{statute.id}"')
                yield Fault(STATUTES, line, message, "改为 categories.csv 中的代码")
    yield from _check_conflicts(city)


def _codes(city: CityFolder) -> set[str]:
    return {placed.record.code for placed in city.categories}


def _check_categories(city: CityFolder) -> Iterator[Fault]:
    by_code = {placed.record.code: placed.record for placed in city.categories}
    for placed in city.categories:
        own = placed.record
        over = by_code.get(own.code[:_SECOND_LEVEL])
        if over is None:
            message = f"分类“{own.code}”的上级“{own.code[:_SECOND_LEVEL]}”不存在"
            yield Fault(CATEGORIES, placed.line, message, "补上四位上级，或改正代码")
        elif (own.l1, own.l2) != (over.l1, over.l2):
            message = f"“{own.code}”的 l1、l2 与上级不同（{over.l1}、{over.l2}）"
            yield Fault(CATEGORIES, placed.line, message, "与四位上级写成一样")
    names = {name for one in departments_of(city).values() for name in (one.name, one.full_name, *one.aliases)}
    again: list[Fault] = []  # what cannot be read was reported at the first reading
    for lead in read_rows(city.path, CATEGORIES, columns_of(CATEGORIES), _lead_name, again):
        if lead.record not in names:
            cure = "改为 departments.csv 中某个单位的名称"
            yield Fault(CATEGORIES, lead.line, f"主办单位“{lead.record}”不存在", cure)


def _lead_name(row: Row) -> str:
    return row.text("lead_department")


def _check_duty(placed: Placed[Duty], known: dict[str, Department], codes: set[str]) -> Iterator[Fault]:
    own, line = placed.record, placed.line
    if own.category not in codes:
        yield Fault(DUTIES, line, f"分类“{own.category}”不存在", "改为 categories.csv 中的代码")
    if own.place is not None and (own.place not in known or known[own.place].kind not in _PLACES):
        yield Fault(DUTIES, line, f"地点“{own.place}”不是区县或街道", "改为区县或街道的代码，或者留空")
    parts = (own.lead, *own.assisting, *own.copy)
    for code in parts:
        if code not in known and code not in LOCAL:
            cure = "改为 departments.csv 中的代码，或 @district、@street"
            yield Fault(DUTIES, line, f"单位“{code}”不存在", cure)
    for code in dict.fromkeys(code for code in parts if parts.count(code) > 1):
        yield Fault(DUTIES, line, f"“{code}”在主办、协办、抄送中出现了两次", "每个单位只留一处")


def _check_grassroots(placed: Placed[Duty], known: dict[str, Department]) -> Iterator[Fault]:
    """What the departments must do themselves may not name a street (国办函〔2025〕66号)."""
    own = placed.record
    for code in (own.lead, *own.assisting):
        is_street = code == "@street" or (code in known and known[code].kind == "street")
        if is_street and not own.grassroots:
            message = f"{own.id}不得分派给基层，却由街道“{code}”办理"
            yield Fault(DUTIES, placed.line, message, "把 grassroots 改为 yes，或改由部门办理")


def _check_uncovered(city: CityFolder) -> Iterator[Fault]:
    """Every second-level category needs a plain department for any place, from some day on and for good."""
    plain: dict[str, list[Duty]] = {}
    for placed in city.duties:
        if placed.record.place is None and placed.record.lead not in LOCAL:
            plain.setdefault(placed.record.category, []).append(placed.record)
    for category in city.categories:
        code = category.record.code
        if len(code) != _SECOND_LEVEL:
            continue
        rows = sorted(plain.get(code, ()), key=lambda one: one.effective_from)
        if not rows or all(one.effective_to is not None for one in rows):
            message = f"分类“{code} {category.record.l2}”没有长期有效的兜底职责"
            cure = f"在 {DUTIES} 为 {code} 补一行：place 留空，lead 填一个单位，effective_to 留空"
            yield Fault(CATEGORIES, category.line, message, cure)
        for earlier, later in pairwise(rows):
            if earlier.effective_to is not None and (later.effective_from - earlier.effective_to).days > 1:
                message = f"分类“{code}”从{earlier.effective_to}之后到{later.effective_from}之前没有兜底职责"
                yield Fault(CATEGORIES, category.line, message, f"把 {earlier.id} 与 {later.id} 的日期接上")


def _check_overlaps(city: CityFolder) -> Iterator[Fault]:
    """One plain row and one row led by the local body may stand side by side; two of a sort may not."""
    rivals: dict[tuple[str, str | None, bool], list[Placed[Duty]]] = {}
    versions: dict[str, list[Placed[Duty]]] = {}
    for placed in city.duties:
        own = placed.record
        rivals.setdefault((own.category, own.place, own.lead in LOCAL), []).append(placed)
        versions.setdefault(own.id, []).append(placed)
    cure = "改正 effective_from、effective_to，使两行前后相接"
    for rows in rivals.values():
        for earlier, later in _overlapping(rows):
            message = f"{later.record.id}与第{earlier.line}行 {earlier.record.id} 同类同地同时有效"
            yield Fault(DUTIES, later.line, message, cure)
    for rows in versions.values():
        for earlier, later in _overlapping(rows):
            message = f"{later.record.id}的两个版本（第{earlier.line}行）同时有效"
            yield Fault(DUTIES, later.line, message, cure)


def _overlapping(rows: list[Placed[Duty]]) -> Iterator[tuple[Placed[Duty], Placed[Duty]]]:
    in_time = sorted(rows, key=lambda placed: (placed.record.effective_from, placed.line))
    for earlier, later in pairwise(in_time):
        if later.record.effective_from <= (earlier.record.effective_to or date.max):
            yield earlier, later


def _check_conflicts(city: CityFolder) -> Iterator[Fault]:
    """Yield every reference of a decided border case that points nowhere; a city may have decided none."""
    if not (city.path / CONFLICTS).exists():
        return
    faults: list[Fault] = []
    known, codes = departments_of(city), _codes(city)
    for placed in read_rows(city.path, CONFLICTS, _CONFLICT_COLUMNS, _conflict, faults):
        category, named = placed.record
        if category not in codes:
            yield Fault(CONFLICTS, placed.line, f"分类“{category}”不存在", "改为 categories.csv 中的代码")
        for code in named:
            if code not in known:
                yield Fault(CONFLICTS, placed.line, f"单位或地点“{code}”不存在", "改为 departments.csv 中的代码")
    yield from faults


def _conflict(row: Row) -> tuple[str, tuple[str, ...]]:
    place = row.optional("place")
    return row.text("category"), (row.text("lead"), *row.words("assisting"), *((place,) if place else ()))


def _check_calibration(city: CityFolder) -> Iterator[Fault]:
    faults: list[Fault] = []
    codes = _codes(city)
    for file, rows in read_calibration_rows(city.path, faults).items():
        for placed in rows:
            for unknown in set(placed.record.codes) - codes:
                yield Fault(file, placed.line, f"分类“{unknown}”不存在", "改为 categories.csv 中的四位代码")
    yield from faults


def _check_corpus(city: CityFolder) -> Iterator[Fault]:
    faults: list[Fault] = []
    texts = [
        (file, placed.line, placed.record)
        for file, rows in read_corpus_rows(city.path, faults).items()
        for placed in rows
    ]  # fmt: skip
    letters = [
        (file, placed.line, placed.record)
        for file, rows in read_letter_rows(city.path, faults).items()
        for placed in rows
    ]  # fmt: skip
    read_danger_rows(city.path, faults)
    read_outside_rows(city.path, faults)
    yield from faults
    codes = _codes(city)
    counts: dict[str, int] = {}
    labels: dict[str, tuple[str, str, int]] = {}
    for file, line, own in (*texts, *letters):
        counts[own.code] = counts.get(own.code, 0) + 1
        for unknown in {own.code, *own.also} - codes:
            yield Fault(file, line, f"分类“{unknown}”不存在", "改为 categories.csv 中的四位代码")
        other, where, first = labels.setdefault(own.text, (own.code, file, line))
        if (where, first) != (file, line):
            named = "标成了不同分类" if other != own.code else "重复"
            message = f"与 {where} 第{first}行的文字相同，{named}"
            yield Fault(file, line, message, "改写或删去其中一行", Level.ALARM)
    for category in city.categories:
        code = category.record.code
        if len(code) == _SECOND_LEVEL and counts.get(code, 0) < FEWEST_TEXTS:
            message = f"分类“{code} {category.record.l2}”只有 {counts.get(code, 0)} 条语料"
            cure = f"在 corpus/ 补到至少 {FEWEST_TEXTS} 条"
            yield Fault(CATEGORIES, category.line, message, cure, Level.ALARM)
