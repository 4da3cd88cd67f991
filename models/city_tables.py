"""The tables of a city folder: what each CSV file's columns are and the record that a line becomes."""

from pathlib import Path
from typing import Final

from models.calendar import OfficeHours
from models.city import Category, Department, Duty, GazetteerEntry, Roster
from models.city_fault import Fault
from models.city_rows import Placed, Row, read_rows
from models.limits import InvalidRule
from models.line import Line
from models.vocabulary import Integration

LINES: Final = "lines.csv"
DEPARTMENTS: Final = "departments.csv"
OFFICE_HOURS: Final = "office_hours.csv"
ROSTERS: Final = "rosters.csv"
CATEGORIES: Final = "categories.csv"
DUTIES: Final = "duties.csv"
GAZETTEER: Final = "gazetteer.csv"

_COLUMNS: Final = {
    LINES: "number,name,integration,department,seat_group,hours,overflow_to,record_elsewhere,script,purpose",
    DEPARTMENTS: "code,name,full_name,kind,parent,office_hours,aliases",
    OFFICE_HOURS: "code,weekdays,blocks",
    ROSTERS: "department,duty,weekdays,from,to,contact,phone",
    CATEGORIES: "code,l1,l2,l3,examples,lead_department",
    DUTIES: "id,version,category,place,lead,assisting,copy,grassroots,effective_from,effective_to,basis",
    GAZETTEER: "name,aliases,kind,lat,lon,street",
}
DEPARTMENT_KINDS: Final = (
    "government", "bureau", "district", "street", "utility", "center", "discipline", "linked",
)  # fmt: skip
PLACE_KINDS: Final = (
    "road", "estate", "school", "hospital", "market", "park", "station", "village", "building", "river",
)  # fmt: skip


def read_lines(folder: Path, faults: list[Fault]) -> list[Placed[Line]]:
    """Return the hotline numbers (热线号码)."""
    return read_rows(folder, LINES, columns_of(LINES), _line, faults)


def read_departments(folder: Path, faults: list[Fault]) -> list[Placed[Department]]:
    """Return the departments (承办单位)."""
    return read_rows(folder, DEPARTMENTS, columns_of(DEPARTMENTS), _department, faults)


def read_office_hours(folder: Path, faults: list[Fault]) -> list[Placed[OfficeHours]]:
    """Return the office hours (办公时间); several lines of one code make one record."""
    weeks: dict[str, list[tuple[str, str]]] = {}
    lines: dict[str, int] = {}
    rows = read_rows(folder, OFFICE_HOURS, columns_of(OFFICE_HOURS), _opening, faults)
    for placed in rows:
        code, weekdays, blocks = placed.record
        lines.setdefault(code, placed.line)
        weeks.setdefault(code, []).append((weekdays, blocks))
    found = []
    for code, week in weeks.items():
        try:
            found.append(Placed(lines[code], OfficeHours(code, tuple(week))))
        except InvalidRule as error:
            cure = "星期写作 1-5 或 6-7，时段写作 09:00-12:00|13:30-17:30"
            faults.append(Fault(OFFICE_HOURS, lines[code], error.detail, cure))
    return found


def read_rosters(folder: Path, faults: list[Fault]) -> list[Placed[Roster]]:
    """Return who can be reached when (值班)."""
    return read_rows(folder, ROSTERS, columns_of(ROSTERS), _roster, faults)


def read_categories(folder: Path, faults: list[Fault]) -> list[Placed[Category]]:
    """Return the taxonomy (事项分类)."""
    return read_rows(folder, CATEGORIES, columns_of(CATEGORIES), _category, faults)


def read_duties(folder: Path, faults: list[Fault]) -> list[Placed[Duty]]:
    """Return the duty catalogue (派单目录)."""
    return read_rows(folder, DUTIES, columns_of(DUTIES), _duty, faults)


def read_gazetteer(folder: Path, faults: list[Fault]) -> list[Placed[GazetteerEntry]]:
    """Return the named places (地名)."""
    return read_rows(folder, GAZETTEER, columns_of(GAZETTEER), _place, faults)


def columns_of(file: str) -> tuple[str, ...]:
    """Return the header that a table must have."""
    return tuple(_COLUMNS[file].split(","))


def _line(row: Row) -> Line:
    return Line(
        number=row.text("number"),
        name=row.text("name"),
        integration=Integration(row.choice("integration", tuple(Integration))),
        department=row.optional("department"),
        seat_group=row.raw("seat_group"),
        hours=row.text("hours"),
        overflow_to=row.optional("overflow_to"),
        record_elsewhere=row.flag("record_elsewhere"),
        script=row.raw("script"),
        purpose=row.text("purpose"),
    )


def _department(row: Row) -> Department:
    return Department(
        code=row.text("code"),
        name=row.text("name"),
        full_name=row.text("full_name"),
        kind=row.choice("kind", DEPARTMENT_KINDS),
        parent=row.optional("parent"),
        office_hours=row.text("office_hours"),
        aliases=row.words("aliases"),
    )


def _opening(row: Row) -> tuple[str, str, str]:
    return row.text("code"), row.text("weekdays"), row.text("blocks")


def _roster(row: Row) -> Roster:
    return Roster(
        department=row.text("department"),
        duty=row.text("duty"),
        weekdays=row.text("weekdays"),
        start=row.text("from"),
        end=row.text("to"),
        contact=row.text("contact"),
        phone=row.text("phone"),
    )


def _category(row: Row) -> Category:
    code = row.code("code", (4, 6))
    if (len(code) == len("LLMMNN")) != bool(row.raw("l3")):
        raise row.fault("六位代码才有第三级名称“l3”，四位代码没有", "四位代码的 l3 留空，六位代码填写 l3")
    return Category(
        code=code,
        l1=row.text("l1"),
        l2=row.text("l2"),
        l3=row.raw("l3"),
        examples=tuple(row.raw("examples").replace("|", " ").split()),
    )


def _duty(row: Row) -> Duty:
    since = row.day("effective_from")
    until = row.day("effective_to") if row.raw("effective_to") else None
    if until is not None and until < since:
        raise row.fault(f"失效日{until}早于生效日{since}", "改正 effective_from 或 effective_to")
    return Duty(
        id=row.text("id"),
        version=row.text("version"),
        category=row.code("category", (4, 6)),
        place=row.optional("place"),
        lead=row.text("lead"),
        assisting=row.words("assisting"),
        copy=row.words("copy"),
        grassroots=row.flag("grassroots"),
        effective_from=since,
        effective_to=until,
        basis=row.text("basis"),
    )


def _place(row: Row) -> GazetteerEntry:
    return GazetteerEntry(
        name=row.text("name"),
        aliases=row.words("aliases"),
        kind=row.choice("kind", PLACE_KINDS),
        lat=row.number("lat", -90, 90),
        lon=row.number("lon", -180, 180),
        street=row.text("street"),
    )
