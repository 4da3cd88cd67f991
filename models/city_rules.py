"""The rules of time of a city folder: SLA policies, statutes and the years of the calendar, all TOML."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from models.calendar import CalendarYear
from models.city_fault import CityFault, Fault
from models.city_rows import read_text
from models.incident_rules import IncidentRules, read_incident_rules
from models.oversight import Oversight, read_oversight
from models.retention import Retention, read_retention
from models.sla import Policy, Statute, read_policy, read_statutes

Record = TypeVar("Record")
POLICIES: Final = "policies"
STATUTES: Final = "policies/statutes.toml"
CALENDARS: Final = "calendars"
OVERSIGHT: Final = "oversight.toml"
INCIDENTS: Final = "incidents.toml"
RETENTION: Final = "retention.toml"
_AT_LINE: Final = re.compile(r"at line (\d+)")
_STEP: Final = re.compile(r"\.(\w+)(?:\[(\d+)\])?")


def read_toml(folder: Path, file: str) -> dict[str, Any]:
    """Return what a TOML file holds. Raises CityFault."""
    text = read_text(folder, file)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at else text.count("\n")
        raise CityFault(Fault(file, max(line, 1), f"TOML 格式有误（{error}）", "按 TOML 1.0 改正这一行")) from None
    except RecursionError:
        raise CityFault(Fault(file, 1, "TOML 嵌套过深", "删去多余的方括号或花括号")) from None


def read_policies(folder: Path, faults: list[Fault]) -> dict[str, Policy]:
    """Return the SLA policies by file name (时限政策)."""
    files = [file for file in toml_files(folder, POLICIES) if file != STATUTES]
    policies = {file: made(folder, file, read_policy, faults) for file in files}
    return {file: policy for file, policy in policies.items() if policy is not None}


def read_city_statutes(folder: Path, faults: list[Fault]) -> tuple[Statute, ...]:
    """Return the clocks of the law (法定期限); a city without the file has none."""
    if not (folder / STATUTES).exists():
        return ()
    return made(folder, STATUTES, read_statutes, faults) or ()


def read_city_oversight(folder: Path, faults: list[Fault]) -> Oversight:
    """Return how the city watches over departments, seats and callers; one without the file goes by what is usual."""
    if not (folder / OVERSIGHT).exists():
        return Oversight()
    return made(folder, OVERSIGHT, read_oversight, faults) or Oversight()


def read_city_incidents(folder: Path, faults: list[Fault]) -> IncidentRules:
    """Return when a pile-up is an incident (突发/群体); a city without the file has no keywords."""
    if not (folder / INCIDENTS).exists():
        return IncidentRules()
    return made(folder, INCIDENTS, read_incident_rules, faults) or IncidentRules()


def read_city_retention(folder: Path, faults: list[Fault]) -> Retention | None:
    """Return how long what is personal is kept (保存期限); None for a city that has not said so."""
    return made(folder, RETENTION, read_retention, faults) if (folder / RETENTION).exists() else None


def read_years(folder: Path, faults: list[Fault]) -> dict[str, CalendarYear]:
    """Return the years of the calendar by file name, announced or not (放假安排)."""
    years = {file: made(folder, file, _year, faults) for file in toml_files(folder, CALENDARS)}
    return {file: year for file, year in years.items() if year is not None}


def toml_files(folder: Path, under: str) -> list[str]:
    """Return the TOML files of a subfolder, relative to the folder, in order."""
    return sorted(f"{under}/{path.name}" for path in (folder / under).glob("*.toml"))


def made(folder: Path, file: str, make: Callable[[dict[str, Any]], Record], faults: list[Fault]) -> Record | None:
    """Return the record of a TOML file, or None and one more fault."""
    try:
        return make(read_toml(folder, file))
    except CityFault as error:
        faults.append(error.fault)
    except KeyError as error:
        faults.append(Fault(file, 1, f"缺少 {error}", f"补上 {error}"))
    except ValueError as error:
        line = line_of_path((folder / file).read_text(encoding="utf-8"), str(error).rpartition("`$")[2])
        faults.append(Fault(file, line, f"内容不合要求（{error}）", "按括号中的路径改正这一项"))
    return None


def _year(written: dict[str, Any]) -> CalendarYear:
    return msgspec.convert(written, CalendarYear)


def line_of_path(text: str, path: str) -> int:
    """Return the line of a field of a TOML text by its path, as in `.limits[1].reply`."""
    lines = text.splitlines()
    at = 0
    for place, (name, index) in enumerate(_STEP.findall(path)):
        tables = [number for number, line in enumerate(lines) if line.startswith(f"[[{name}]]")]
        if index and int(index) < len(tables):
            at = tables[int(index)]
            continue
        # A table may bear the name of a field that stands before it in another one.
        if place == 0 and f"[{name}]" in lines:
            at = lines.index(f"[{name}]")
            continue
        key = re.compile(rf"\[?{re.escape(name)}\b")
        at = next((number for number in range(at, len(lines)) if key.match(lines[number])), at)
    return at + 1
