"""Reading and checking what a city is measured by (indicators.toml); a city without the file measures nothing."""

from collections.abc import Collection, Iterable, Iterator
from math import isclose
from pathlib import Path
from typing import Any, Final

import msgspec

from models.city_fault import Fault
from models.city_rows import line_of
from models.city_rules import made
from models.indicators import COUNTS, RATES, Indicators

INDICATORS: Final = "indicators.toml"


def read_indicators(folder: Path, faults: list[Fault]) -> Indicators:
    """Return the indicators, weights, classes and reasons to exclude."""
    if not (folder / INDICATORS).exists():
        return Indicators()
    return made(folder, INDICATORS, _indicators, faults) or Indicators()


def check_indicators(
    folder: Path, meant: Indicators, departments: Collection[str], kinds: Collection[str]
) -> Iterator[Fault]:
    """Yield every fault: a count that is not kept, a department that is not there or stands in two classes, weights."""
    if not (folder / INDICATORS).exists():
        return
    text = (folder / INDICATORS).read_text(encoding="utf-8")
    found = (
        *_check_codes(meant),
        *_check_terms(meant),
        *_check_weights(meant),
        *_check_classes(meant, departments, kinds),
    )
    for words, message, cure in found:
        yield Fault(INDICATORS, line_of(text, words), message, cure)


Found = tuple[str, str, str]


def _indicators(written: dict[str, Any]) -> Indicators:
    return msgspec.convert(written, Indicators)


def _check_codes(meant: Indicators) -> Iterator[Found]:
    for group in (meant.dimensions, meant.indicators, meant.classes, meant.exclusion_reasons):
        codes = [one.code for one in group]
        for code in dict.fromkeys(codes):
            if codes.count(code) > 1:
                yield f'"{code}"', f"代码“{code}”写了{codes.count(code)}次", "改用另一个代码"


def _check_terms(meant: Indicators) -> Iterator[Found]:
    dimensions = {one.code for one in meant.dimensions}
    for one in meant.indicators:
        for name in (one.numerator, one.denominator):
            if name not in COUNTS:
                yield f'"{name}"', f"指标“{one.name}”用到没有统计的“{name}”", f"改为 {'、'.join(COUNTS)} 之一"
        if one.dimension not in dimensions:
            yield f'"{one.dimension}"', f"指标“{one.name}”的维度“{one.dimension}”不存在", "在 dimensions 中补上或改正"


def _check_weights(meant: Indicators) -> Iterator[Found]:
    if not meant.classes and not meant.weights:
        return
    for code in RATES:
        if code not in meant.weights:
            yield "[weights]", f"三率权重缺少“{code}”", f"在 weights 中补上 {code}"
        if meant.of_code(code) is None:
            yield "[weights]", f"三率中的“{code}”没有对应的指标", f"补上代码为 {code} 的指标"
    for code in meant.weights:
        if code not in RATES:
            yield f"{code} ", f"“{code}”不是三率之一", f"改为 {'、'.join(RATES)} 之一"
    total = sum(meant.weights.values())
    if not isclose(total, 1.0, abs_tol=1e-9):
        yield "[weights]", f"三率权重之和为 {total:g}，不是 1", "改正权重，使之和为 1"


def _check_classes(meant: Indicators, departments: Collection[str], kinds: Collection[str]) -> Iterator[Found]:
    yield from _check_once("单位", departments, ((one.name, one.departments) for one in meant.classes))
    yield from _check_once("单位类别", kinds, ((one.name, one.kinds) for one in meant.classes))


def _check_once(what: str, known: Collection[str], classes: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Found]:
    first: dict[str, str] = {}
    for name, members in classes:
        for member in members:
            if member not in known:
                yield f'"{member}"', f"“{name}”中的{what}“{member}”不存在", f"改正或删去“{member}”"
            if member in first:
                yield f'"{member}"', f"{what}“{member}”既在“{first[member]}”又在“{name}”", "只留一处"
            first.setdefault(member, name)
