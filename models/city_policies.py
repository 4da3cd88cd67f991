"""Checks of what the terms of one SLA policy owe to one another (时限政策)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Final

from models.city_fault import Fault
from models.city_rules import line_of_path
from models.limits import Limit, Unit
from models.sla import Policy

_DAY: Final = timedelta(days=1)
_LENGTHS: Final = {Unit.MINUTE: timedelta(minutes=1), Unit.HOUR: timedelta(hours=1), Unit.DAY: _DAY}
# An office is open at least so many hours on a working day, and no holiday keeps it shut longer.
_HOURS_A_DAY: Final = 6
_LONGEST_HOLIDAY: Final = 9 * _DAY


def check_policies(folder: Path, policies: Mapping[str, Policy]) -> Iterator[Fault]:
    """Yield every fault of policies by file: nothing archived may still be asked for again (重办), for it cannot be taken up."""
    for file, policy in policies.items():
        within, after = policy.reopen.within, policy.archive.after
        if not _covers(after, within):
            line = line_of_path((folder / file).read_text(encoding="utf-8"), ".archive.after")
            message = f"办结{after.words}后归档，诉求人却可在{within.words}内申请重办：归档的工单不能重办"
            yield Fault(file, line, message, f"把 [archive] after 改为不短于 {within}，或缩短 [reopen] within")


def _covers(after: Limit, within: Limit) -> bool:
    if after.unit is within.unit:
        return after.amount >= within.amount
    return _at_least(after) >= _at_most(within)


def _at_least(length: Limit) -> timedelta:
    match length.unit:
        case Unit.WORKING_DAY:
            return length.amount * _DAY
        case Unit.WORKING_HOUR:
            return timedelta(hours=length.amount)
        case _:
            return length.amount * _LENGTHS[length.unit]


def _at_most(length: Limit) -> timedelta:
    match length.unit:
        case Unit.WORKING_DAY | Unit.WORKING_HOUR:
            days = length.amount if length.unit is Unit.WORKING_DAY else ceil(length.amount / _HOURS_A_DAY)
            return ceil(days / 5) * 7 * _DAY + _LONGEST_HOLIDAY
        case _:
            return length.amount * _LENGTHS[length.unit]
