"""Reading a city folder (cities/<code>/) into one frozen models.city.City. Strict: one bad line refuses it."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from models.calendar import CalendarYear, OfficeHours, join_years
from models.chat_rule import ChatRule
from models.city import (
    Category,
    City,
    Department,
    Duty,
    FlagRule,
    GazetteerEntry,
    Grid,
    HandoffRule,
    Language,
    ReplyRules,
    Roster,
    ScopeRule,
)
from models.city_fault import CityFault, Fault
from models.city_indicators import read_indicators
from models.city_knowledge import place_knowledge, place_synonyms, repeated
from models.city_lexicon import read_flags, read_handoffs, read_language, read_replies, read_scope
from models.city_map import GRIDS, grid_units, read_grids
from models.city_rows import Placed, twice
from models.city_rules import (
    made,
    read_city_incidents,
    read_city_oversight,
    read_city_retention,
    read_city_statutes,
    read_policies,
    read_years,
)
from models.city_seats import SEAT_GROUPS, read_seat_groups, seats_of
from models.city_tables import (
    CATEGORIES,
    DEPARTMENTS,
    DUTIES,
    LINES,
    read_categories,
    read_departments,
    read_duties,
    read_gazetteer,
    read_lines,
    read_office_hours,
    read_rosters,
)
from models.incident_rules import IncidentRules, WaveRule
from models.indicators import Indicators
from models.knowledge import Entry
from models.limits import InvalidRule
from models.line import Line, LineRule
from models.oversight import Oversight
from models.patrol import PatrolRule
from models.retention import Retention
from models.seats import SeatGroup, SeatRule
from models.sla import Policy, Statute
from models.worklist import WorklistRule

Record = TypeVar("Record")
SETTINGS: Final = "city.toml"
_DIGITS_OF_VERSION: Final = 16
_READ: Final = frozenset({".csv", ".toml", ".geojson"})


class Settings(Struct, frozen=True, kw_only=True):
    """city.toml: what is said once for the whole city. See models.city.City for the meaning."""

    code: str
    name: str
    timezone: str
    policy: str
    host_line: str
    hotline_department: str
    discipline_department: str
    conduct_categories: tuple[str, ...] = ()
    conduct_if_accused: tuple[str, ...] = ()
    recusal_departments: tuple[str, ...] = ()
    catch_all_categories: tuple[str, ...] = ()
    waves: WaveRule = WaveRule()
    seats: SeatRule = SeatRule()
    lines: LineRule = LineRule()
    patrols: PatrolRule = PatrolRule()
    worklists: WorklistRule = WorklistRule()
    chat: ChatRule = ChatRule()


class CityFolder(Struct, frozen=True, kw_only=True):
    """Everything that could be read of a folder, each record with its line; `faults` is what could not."""

    path: Path
    settings: Settings | None
    lines: list[Placed[Line]]
    seat_groups: list[Placed[SeatGroup]]
    departments: list[Placed[Department]]
    office_hours: list[Placed[OfficeHours]]
    rosters: list[Placed[Roster]]
    categories: list[Placed[Category]]
    duties: list[Placed[Duty]]
    grids: list[Placed[Grid]]
    gazetteer: list[Placed[GazetteerEntry]]
    policies: dict[str, Policy]
    statutes: tuple[Statute, ...]
    incidents: IncidentRules
    years: dict[str, CalendarYear]
    flags: list[Placed[FlagRule]]
    handoffs: list[Placed[HandoffRule]]
    scope: list[Placed[ScopeRule]]
    language: Language
    replies: ReplyRules
    oversight: Oversight
    retention: Retention | None
    knowledge: list[tuple[str, Placed[Entry]]]
    synonyms: list[Placed[tuple[str, ...]]]
    indicators: Indicators
    faults: list[Fault]


def read_city(folder: Path) -> City:
    """Return the city of a folder. Raises CityFault with the first file, line and cure.

    References between files are not followed here: `models.city_check` does that.
    """
    read = read_folder(folder)
    if read.faults or read.settings is None:
        raise CityFault(read.faults[0])
    settings = read.settings
    try:
        calendar = join_years(read.years.values())
    except InvalidRule as error:
        raise CityFault(Fault("calendars", 1, error.detail, "改正该年的 holidays 或 workdays")) from None
    departments = {department.code: department for department in _records(read.departments)}
    grids = _records(read.grids)
    lines = {line.number: line for line in _records(read.lines)}
    return City(
        code=settings.code,
        name=settings.name,
        timezone=settings.timezone,
        version=digest(folder),
        catalogue_version=_catalogue_version(folder, read.duties),
        policy=settings.policy,
        lines=lines,
        departments=departments,
        office_hours={hours.code: hours for hours in _records(read.office_hours)},
        rosters=_records(read.rosters),
        categories={category.code: category for category in _records(read.categories)},
        duties=_records(read.duties),
        grids=grids,
        grid_units=grid_units(grids, departments),
        gazetteer=_records(read.gazetteer),
        policies={policy.id: policy for policy in read.policies.values()},
        statutes=read.statutes,
        calendar=calendar,
        flags=_records(read.flags),
        handoffs=_records(read.handoffs),
        scope=_records(read.scope),
        language=read.language,
        hotline_department=settings.hotline_department,
        conduct_categories=settings.conduct_categories,
        conduct_if_accused=settings.conduct_if_accused,
        recusal_departments=settings.recusal_departments or (settings.discipline_department,),
        catch_all_categories=settings.catch_all_categories,
        waves=settings.waves,
        incidents=read.incidents,
        line_rule=settings.lines,
        patrols=settings.patrols,
        worklists=settings.worklists,
        chat=settings.chat,
        replies=read.replies,
        oversight=read.oversight,
        retention=read.retention,
        synonyms=_records(read.synonyms),
        seats=seats_of(_records(read.seat_groups), lines, settings.host_line, settings.seats),
        indicators=read.indicators,
        calendar_years=tuple(sorted(read.years.values(), key=lambda year: year.year)),
    )


def read_folder(folder: Path) -> CityFolder:
    """Read every file as far as it can be read; what cannot stands in `faults`."""
    faults: list[Fault] = []
    read = CityFolder(
        path=folder,
        settings=made(folder, SETTINGS, _settings, faults),
        lines=read_lines(folder, faults),
        seat_groups=read_seat_groups(folder, faults),
        departments=read_departments(folder, faults),
        office_hours=read_office_hours(folder, faults),
        rosters=read_rosters(folder, faults),
        categories=read_categories(folder, faults),
        duties=read_duties(folder, faults),
        grids=read_grids(folder, faults),
        gazetteer=read_gazetteer(folder, faults),
        policies=read_policies(folder, faults),
        statutes=read_city_statutes(folder, faults),
        incidents=read_city_incidents(folder, faults),
        years=read_years(folder, faults),
        flags=read_flags(folder, faults),
        handoffs=read_handoffs(folder, faults),
        scope=read_scope(folder, faults),
        language=read_language(folder, faults),
        replies=read_replies(folder, faults),
        oversight=read_city_oversight(folder, faults),
        retention=read_city_retention(folder, faults),
        knowledge=place_knowledge(folder, faults),
        synonyms=place_synonyms(folder, faults),
        indicators=read_indicators(folder, faults),
        faults=faults,
    )
    faults += _repeated(read)
    return read


def _repeated(read: CityFolder) -> Iterator[Fault]:
    """A code said twice would silently lose one record."""
    yield from twice(DEPARTMENTS, read.departments, lambda one: one.code, "单位代码")
    yield from twice(LINES, read.lines, lambda one: one.number, "热线号码")
    yield from twice(SEAT_GROUPS, read.seat_groups, lambda one: one.code, "席组代码")
    yield from twice(CATEGORIES, read.categories, lambda one: one.code, "分类代码")
    yield from twice(DUTIES, read.duties, lambda one: (one.id, one.version), "职责编号和版本")
    yield from twice(GRIDS, read.grids, lambda one: one.code, "网格代码")
    yield from repeated(read.knowledge)
    ids: set[str] = set()
    for file, policy in read.policies.items():
        if policy.id in ids:
            yield Fault(file, 1, f"时限规则“{policy.id}”与另一个文件重复", "改用另一个 id")
        ids.add(policy.id)


def digest(folder: Path) -> str:
    """Return the version of a folder: a digest over the names and bytes of all its data files."""
    total = sha256()
    for file, content in data_files(folder).items():
        total.update(f"{file}\0".encode())
        total.update(sha256(content).digest())
    return total.hexdigest()[:_DIGITS_OF_VERSION]


def data_files(folder: Path) -> dict[str, bytes]:
    """Return every data file of a folder with its bytes, by its name relative to the folder, in order."""
    paths = (path for path in sorted(folder.rglob("*")) if path.suffix in _READ)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _settings(written: dict[str, object]) -> Settings:
    return msgspec.convert(written, Settings)


def _records(placed: Iterable[Placed[Record]]) -> tuple[Record, ...]:
    return tuple(one.record for one in placed)


def _catalogue_version(folder: Path, duties: list[Placed[Duty]]) -> str:
    """Return the newest version of the catalogue's rows and a digest of the file, as in 2026.1-3f9ac2d1."""
    newest = max((placed.record.version for placed in duties), default="0")
    return f"{newest}-{sha256((folder / DUTIES).read_bytes()).hexdigest()[:8]}"
