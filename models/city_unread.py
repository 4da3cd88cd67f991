"""Check of the rules of time for what nothing reads: a misspelt or forgotten key would promise what is not kept."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from msgspec import Struct, inspect

from models.city_fault import CityFault, Fault
from models.city_files import CityFolder
from models.city_indicators import INDICATORS
from models.city_rows import read_text
from models.city_rules import INCIDENTS, POLICIES, STATUTES, line_of_path, read_toml, toml_files
from models.incident_rules import IncidentRules
from models.indicators import Indicators
from models.sla import Policy, Statute


class _Statutes(Struct):
    """statutes.toml as a whole."""

    statutes: tuple[Statute, ...]


def check_unread(city: CityFolder) -> Iterator[Fault]:
    """Yield every key of policies/*.toml, indicators.toml and incidents.toml that the program does not read."""
    for file, meant in _files(city):
        try:
            written = read_toml(city.path, file)
        except CityFault:
            # Reported where the file was read.
            continue
        kind = inspect.type_info(meant)
        text = read_text(city.path, file)
        for path, known in _unread(written, kind, ""):
            name = path.rpartition(".")[2]
            yield Fault(file, line_of_path(text, path), f"没有程序读取“{name}”，写了也不起作用", _cure(name, known))


def _files(city: CityFolder) -> Iterator[tuple[str, type[Struct]]]:
    """Yield every file with what is read of it."""
    for file in toml_files(city.path, POLICIES):
        yield file, _Statutes if file == STATUTES else Policy
    if (city.path / INDICATORS).exists():
        yield INDICATORS, Indicators
    if (city.path / INCIDENTS).exists():
        yield INCIDENTS, IncidentRules


def _unread(written: Any, kind: inspect.Type, path: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the path of each unread key, and the keys that are read beside it."""
    if isinstance(kind, inspect.StructType) and isinstance(written, dict):
        fields = {field.encode_name: field.type for field in kind.fields}
        for name, inner in written.items():
            if name in fields:
                yield from _unread(inner, fields[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}", list(fields)
    elif isinstance(kind, inspect.VarTupleType) and isinstance(written, list):
        for index, inner in enumerate(written):
            yield from _unread(inner, kind.item_type, f"{path}[{index}]")


def _cure(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f"改为 {near[0]}，或删去" if near else f"删去；这里可以写 {'、'.join(known)}"
