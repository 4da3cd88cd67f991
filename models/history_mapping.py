"""An old platform's columns and codes in our words (历史导入): the mapping file of `hotline import`."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from models.city import City
from models.errors import InvalidRequest
from models.labels import LABELS, RESULT_NAMES
from models.lifecycle import TicketState
from models.vocabulary import Channel, Disclosure, Identity, Kind

REFUSE: Final = "refuse"
GUESS: Final = "guess"
NONE: Final = "none"
WORDS: Final = ("number", "text", "title", "name", "phone", "address", "reply")
DATES: Final = ("registered_at", "received_at", "dispatched_at", "replied_at", "closed_at", "due_at")
# How a ticket of the past can stand: what waits for nothing. `closed` waits for its archiving, `merged` needs the other.
ENDS: Final = (
    TicketState.ARCHIVED,
    TicketState.ANSWERED,
    TicketState.DECLINED,
    TicketState.HANDED_OFF,
    TicketState.WITHDRAWN,
    TicketState.VOID,
)
SCORES: Final = ("1", "2", "3", "4", "5")
_GUESSED: Final = frozenset({"category", "kind"})
_NEEDED: Final = ("number", "text", "registered_at", "channel", "state")
_OPTIONAL: Final = frozenset(
    {"urgency", "line", "department", "district", "result", "satisfaction", "identity", "disclosure", "phone"}
)


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    encoding: str = "utf-8-sig"
    sheet: str | None = None
    dates: tuple[str, ...] = ()


class _Written(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: Annotated[str, Meta(min_length=1, max_length=64)]
    columns: dict[str, str]
    file: _File = _File()
    constants: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    unknown: dict[str, str] = {}


class OldMapping(Struct, frozen=True, kw_only=True):
    """What each field of ours is called there, and what their codes are with us.

    `dates` are strptime patterns, tried in turn after ISO 8601. `codes` hold for each coded field every word that is understood;
    `unknown` what a word that is not becomes: REFUSE, GUESS, NONE or a value of ours.
    """

    source: str
    encoding: str
    sheet: str | None
    dates: tuple[str, ...]
    columns: dict[str, str]
    constants: dict[str, str]
    codes: dict[str, dict[str, str]]
    unknown: dict[str, str]


def read_mapping(file: Path, city: City) -> OldMapping:
    """Read a mapping file for a city; raises InvalidRequest that names what is wrong with it."""
    try:
        text = file.read_text(encoding="utf-8")
        written = msgspec.convert(tomllib.loads(text), _Written)
    except FileNotFoundError as error:
        raise InvalidRequest(f"没有对照文件 {file}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"对照文件 {file} 不是有效的 TOML（UTF-8）：{error}") from error
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"对照文件 {file} 内容不合要求：{error}") from error
    own = _own_codes(city)
    _check_names(file, written, own)
    _check_values(file, written, own)
    return OldMapping(
        source=written.source,
        encoding=written.file.encoding,
        sheet=written.file.sheet,
        dates=written.file.dates,
        columns=written.columns,
        constants=written.constants,
        codes={name: {**words, **written.codes.get(name, {})} for name, words in own.items()},
        unknown=written.unknown,
    )


def _own_codes(city: City) -> dict[str, dict[str, str]]:
    """Return what is understood without a table: our own values and what they are called in Chinese."""
    departments = {name: one.code for one in city.departments.values() for name in (one.full_name, one.name, one.code)}
    return {
        "category": {code: code for code in city.categories},
        "kind": _labelled(Kind, "kind"),
        "urgency": {**{level: level for level in SCORES[:4]}, **_turned(LABELS["urgency"])},
        "channel": _labelled(Channel, "channel"),
        "line": {number: number for number in city.lines},
        "department": departments,
        "district": {word: code for word, code in departments.items() if city.departments[code].kind == "district"},
        "state": {**{state: state for state in ENDS}, **{LABELS["ticket_state"][state]: state for state in ENDS}},
        "result": {**{result: result for result in RESULT_NAMES}, **_turned(RESULT_NAMES)},
        "satisfaction": {score: score for score in SCORES},
        "identity": _labelled(Identity, "identity"),
        "disclosure": _labelled(Disclosure, "disclosure"),
    }


def _labelled(values: Iterable[str], name: str) -> dict[str, str]:
    own = [str(value) for value in values]
    return {**{value: value for value in own}, **{LABELS[name][value]: value for value in own if value in LABELS[name]}}


def _turned(labels: Mapping[str, str]) -> dict[str, str]:
    return {label: value for value, label in labels.items()}


def _check_names(file: Path, written: _Written, own: Mapping[str, object]) -> None:
    known = {*WORDS, *DATES, *own}
    said: tuple[tuple[str, Iterable[str], Callable[[str], bool]], ...] = (
        ("columns", written.columns, known.__contains__),
        ("constants", written.constants, own.__contains__),
        ("codes", written.codes, own.__contains__),
        ("unknown", written.unknown, {*own, "phone"}.__contains__),
    )
    for section, names, may in said:
        for name in names:
            if not may(name):
                raise InvalidRequest(f"对照文件 {file} 的 [{section}] 不能有“{name}”")
    for name in _NEEDED:
        if name not in written.columns and name not in written.constants:
            where = "[columns] 或 [constants]" if name in own else "[columns]"
            raise InvalidRequest(f"对照文件 {file} 缺少“{name}”：请在 {where} 中写明")


def _check_values(file: Path, written: _Written, own: Mapping[str, Mapping[str, str]]) -> None:
    for name, value in written.constants.items():
        _check_value(file, f"constants.{name}", value, own[name].values())
    for name, table in written.codes.items():
        for word, value in table.items():
            _check_value(file, f"codes.{name}.{word}", value, own[name].values())
    for name, value in written.unknown.items():
        special = {REFUSE} | ({GUESS} if name in _GUESSED else set()) | ({NONE} if name in _OPTIONAL else set())
        if value not in special:
            _check_value(file, f"unknown.{name}", value, {*special, *own.get(name, {}).values()})


def _check_value(file: Path, where: str, value: str, allowed: Iterable[str]) -> None:
    usable = list(dict.fromkeys(allowed))
    if value not in usable:
        some = "、".join(usable[:12]) + ("等" if len(usable) > 12 else "")
        raise InvalidRequest(f"对照文件 {file} 的 {where} 为“{value}”，应为 {some}")
