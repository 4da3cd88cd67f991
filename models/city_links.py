"""Checks of who is who: departments, lines, rosters and settings that point nowhere or are said twice."""

from collections.abc import Iterable, Iterator
from typing import Final

from models.blocks import read_blocks, read_week
from models.city import Department
from models.city_fault import Fault, Level
from models.city_files import SETTINGS, CityFolder, Settings
from models.city_map import GRIDS
from models.city_rows import Placed, line_of, read_text, twice
from models.city_seats import check_seat_groups
from models.city_tables import CATEGORIES, DEPARTMENTS, GAZETTEER, LINES, ROSTERS
from models.limits import InvalidRule
from models.line import Line
from models.vocabulary import Integration

_TOPS: Final = frozenset({"government", "discipline"})
_PLACES: Final = frozenset({"district", "street"})
_OWN_SEATS: Final = frozenset({Integration.ABSORBED, Integration.PARALLEL})
_TOLD_ELSEWHERE: Final = frozenset({Integration.SUBCENTER, Integration.LINKED, Integration.REFERRAL})
_ROUND_THE_CLOCK: Final = "00:00-24:00"


def check_links(city: CityFolder) -> Iterator[Fault]:
    """Yield every fault of departments, lines, rosters, settings, and of the bodies that places name."""
    yield from _check_twice(city)
    yield from _check_departments(city)
    yield from _check_names(city.departments)
    yield from _check_lines(city)
    yield from check_seat_groups(city.seat_groups, city.lines)
    yield from _check_rosters(city)
    yield from _check_places(city)
    yield from _check_settings(city)


def departments_of(city: CityFolder) -> dict[str, Department]:
    """Return the departments by code."""
    return {placed.record.code: placed.record for placed in city.departments}


def ancestors_of(code: str, departments: dict[str, Department]) -> list[str]:
    """Return who stands over a department, nearest first; a loop ends where it closes."""
    found: list[str] = []
    parent = departments[code].parent if code in departments else None
    while parent is not None and parent in departments and parent not in found:
        found.append(parent)
        parent = departments[parent].parent
    return found


def _check_twice(city: CityFolder) -> Iterator[Fault]:
    yield from twice(CATEGORIES, city.categories, lambda one: (one.l1, one.l2, one.l3), "分类名称")
    yield from twice(GRIDS, city.grids, lambda one: (one.street, one.name), "网格名称")
    known = departments_of(city)
    for placed in city.grids:
        other = known.get(placed.record.code)
        if other is not None:
            message = f"网格代码“{other.code}”已是单位“{other.name}”的代码，二级派单时分不清派给谁"
            yield Fault(GRIDS, placed.line, message, "改用另一个网格代码")


def _check_departments(city: CityFolder) -> Iterator[Fault]:
    known = departments_of(city)
    hours = {placed.record.code for placed in city.office_hours}
    for placed in city.departments:
        own, line = placed.record, placed.line
        if own.parent is None and own.kind not in _TOPS:
            yield Fault(DEPARTMENTS, line, f"{own.name}没有上级单位", "在 parent 填写上级单位代码")
        if own.parent is not None and own.parent not in known:
            yield Fault(DEPARTMENTS, line, f"上级单位“{own.parent}”不存在", "改为 departments.csv 中的代码")
        over = ancestors_of(own.code, known)
        if own.code in over:
            yield Fault(DEPARTMENTS, line, f"{own.name}的上级绕回了自己", "改正 parent，使上级关系不成环")
        elif own.kind == "street" and not any(known[code].kind == "district" for code in over):
            yield Fault(DEPARTMENTS, line, f"{own.name}不在任何区县之下", "把 parent 改为它所属的区县")
        if own.office_hours not in hours:
            cure = "改为 office_hours.csv 中的代码，或在那里补上这一类"
            yield Fault(DEPARTMENTS, line, f"办公时间“{own.office_hours}”不存在", cure)


def _check_names(departments: Iterable[Placed[Department]]) -> Iterator[Fault]:
    owners: dict[str, tuple[str, int]] = {}
    for placed in departments:
        own = placed.record
        for name in dict.fromkeys((own.name, own.full_name, *own.aliases)):
            other, line = owners.setdefault(name, (own.code, placed.line))
            if other != own.code:
                message = f"“{name}”同时是{own.code}和第{line}行 {other} 的名称"
                yield Fault(DEPARTMENTS, placed.line, message, "只留给其中一个单位，另一个加上区划或全称")


def _check_lines(city: CityFolder) -> Iterator[Fault]:
    known = departments_of(city)
    lines = {placed.record.number: placed.record for placed in city.lines}
    for placed in city.lines:
        line, own = placed.line, placed.record
        if own.department is not None and own.department not in known:
            yield Fault(LINES, line, f"单位“{own.department}”不存在", "改为 departments.csv 中的代码")
        if own.overflow_to is not None and own.overflow_to not in lines:
            yield Fault(LINES, line, f"溢出号码“{own.overflow_to}”不存在", "改为 lines.csv 中的号码")
        if _loops(own, lines):
            yield Fault(LINES, line, f"{own.number}的溢出绕回了自己", "改正 overflow_to，使溢出不成环")
        if own.integration in _TOLD_ELSEWHERE and not own.script:
            cure = "在 script 写明话务员转接或告知时说的话"
            yield Fault(LINES, line, f"{own.number}要转接或告知别处，却没有话术", cure)
        yield from _check_seats(placed)


def _check_seats(placed: Placed[Line]) -> Iterator[Fault]:
    own = placed.record
    if own.integration in _OWN_SEATS and not own.seat_group:
        yield Fault(LINES, placed.line, f"{own.number}没有席组", "在 seat_group 填写接听的席组")
    try:
        read_blocks(own.hours)
    except InvalidRule as error:
        yield Fault(LINES, placed.line, error.detail, "按 08:30-17:30 的样式书写")
    if own.integration in _OWN_SEATS and own.hours != _ROUND_THE_CLOCK and own.overflow_to is None:
        message = f"{own.number}在{own.hours}以外无人接听"
        yield Fault(LINES, placed.line, message, "填写 overflow_to，或改为 00:00-24:00", Level.ALARM)


def _loops(line: Line, lines: dict[str, Line]) -> bool:
    passed = {line.number}
    to = line.overflow_to
    while to in lines and to not in passed:
        passed.add(to)
        to = lines[to].overflow_to
    return to == line.number


def _check_rosters(city: CityFolder) -> Iterator[Fault]:
    known = departments_of(city)
    for placed in city.rosters:
        own = placed.record
        if own.department not in known:
            yield Fault(ROSTERS, placed.line, f"单位“{own.department}”不存在", "改为 departments.csv 中的代码")
        try:
            read_week(((own.weekdays, f"{own.start}-{own.end}"),))
        except InvalidRule as error:
            yield Fault(ROSTERS, placed.line, error.detail, "星期写作 1-5，时间写作 08:30 和 17:30")


def _check_places(city: CityFolder) -> Iterator[Fault]:
    known = departments_of(city)
    for grid in city.grids:
        street, district = grid.record.street, grid.record.district
        if street not in known or known[street].kind != "street":
            yield Fault(GRIDS, grid.line, f"街道“{street}”不存在", "改为 departments.csv 中 kind 为 street 的代码")
        elif district not in ancestors_of(street, known):
            yield Fault(GRIDS, grid.line, f"区县“{district}”不是{street}的上级", "改为该街道所属的区县代码")
    for place in city.gazetteer:
        body = known.get(place.record.street)
        if body is None or body.kind not in _PLACES:
            cure = "改为 departments.csv 中的街道代码"
            yield Fault(GAZETTEER, place.line, f"街道“{place.record.street}”不存在", cure)
    yield from _check_place_names(city)


def _check_place_names(city: CityFolder) -> Iterator[Fault]:
    """A name may be borne in several streets; within one street it must mean one place."""
    owners: dict[tuple[str, str], int] = {}
    for placed in city.gazetteer:
        own = placed.record
        for name in dict.fromkeys((own.name, *own.aliases)):
            line = owners.setdefault((own.street, name), placed.line)
            if line != placed.line:
                message = f"“{name}”在同一街道与第{line}行的地名或别名重复"
                yield Fault(GAZETTEER, placed.line, message, "改名、删去别名，或合并两行")


def _check_settings(city: CityFolder) -> Iterator[Fault]:
    if city.settings is None:
        return
    own, known, text = city.settings, departments_of(city), read_text(city.path, SETTINGS)
    named = (own.hotline_department, own.discipline_department, *own.recusal_departments)
    for code in dict.fromkeys(named):
        if code not in known:
            line = line_of(text, f'"{code}"')
            yield Fault(SETTINGS, line, f"单位“{code}”不存在", "改为 departments.csv 中的代码")
    if own.host_line not in {placed.record.number for placed in city.lines}:
        line = line_of(text, "host_line")
        yield Fault(SETTINGS, line, f"总号“{own.host_line}”不在 lines.csv 中", "在 lines.csv 补上这个号码")
    if own.policy not in {policy.id for policy in city.policies.values()}:
        line = line_of(text, "policy =")
        yield Fault(SETTINGS, line, f"时限规则“{own.policy}”不存在", "改为 policies/ 中某个文件的 id")
    yield from _check_named_categories(own, {placed.record.code for placed in city.categories}, text)


def _check_named_categories(own: Settings, codes: set[str], text: str) -> Iterator[Fault]:
    if not own.conduct_categories:
        cure = '补上 conduct_categories = ["…"]，列出反映作风和违纪的分类'
        line = line_of(text, "conduct_categories")
        yield Fault(SETTINGS, line, "没有写明哪些分类反映工作作风，无法执行回避", cure)
    yield from _check_codes(own.conduct_categories, codes, line_of(text, "conduct_categories"))
    yield from _check_codes(own.conduct_if_accused, codes, line_of(text, "conduct_if_accused"))
    for code in (*own.patrols.grid, *own.patrols.street, *own.patrols.district):
        if code not in codes or len(code) != 4:
            line = line_of(text, f'"{code}"')
            yield Fault(SETTINGS, line, f"自办事项的分类“{code}”不存在", "改为 categories.csv 中的四位代码")


def _check_codes(named: Iterable[str], codes: set[str], line: int) -> Iterator[Fault]:
    for code in named:
        if code not in codes:
            yield Fault(SETTINGS, line, f"分类“{code}”不存在", "改为 categories.csv 中的代码")
