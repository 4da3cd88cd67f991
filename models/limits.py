"""Lengths of time as a rule states them (时限): `15m`, `2h`, `4wh`, `5wd`, `60d`."""

import re
from enum import StrEnum
from functools import lru_cache
from math import ceil
from typing import Final, Self

from models.errors import HotlineError

_WRITTEN: Final = re.compile(r"([1-9][0-9]{0,4})(m|h|wh|wd|d)", re.ASCII)


class InvalidRule(HotlineError, ValueError):
    """A rule of the city folder cannot be used as it is written.

    It is a ValueError too, so that msgspec.convert adds the path of the field to the message.
    """

    code = "invalid_rule"
    status = 422


class Unit(StrEnum):
    """What a limit counts. Only working hours and the two kinds of days look at office hours."""

    MINUTE = "m"
    HOUR = "h"
    WORKING_HOUR = "wh"
    WORKING_DAY = "wd"
    DAY = "d"


UNIT_NAMES: Final = {
    Unit.MINUTE: "分钟",
    Unit.HOUR: "小时",
    Unit.WORKING_HOUR: "个工作小时",
    Unit.WORKING_DAY: "个工作日",
    Unit.DAY: "日",
}


class Limit(str):
    """A length of time in the words of its rule; `amount` ≥ 1 in `unit`.

    It is text, so that policies, bases and the trail read alike; `str(limit)` is what JSON takes.
    Raises InvalidRule for anything but digits and one of m, h, wh, wd, d.
    """

    __slots__ = ("amount", "unit")
    amount: int
    unit: Unit

    def __new__(cls, text: str) -> Self:
        """Read the text."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise InvalidRule(
                f"时限“{text}”写法有误：应为正整数加单位 m（分钟）、h（小时）、wh（工作小时）、"
                "wd（工作日）或 d（日），如 5wd"
            )
        made = super().__new__(cls, text)
        made.amount = int(written[1])
        made.unit = Unit(written[2])
        return made

    def scaled(self, factor: float) -> "Limit":
        """Return this limit times `factor`, rounded up to whole units, at least one: 5wd × 0.5 = 3wd."""
        if factor == 1:
            return self
        # 100 × 0.55 is 55.00000000000001 in binary: round that away before rounding up.
        return limit(f"{max(1, ceil(round(self.amount * factor, 6)))}{self.unit}")

    @property
    def words(self) -> str:
        """The limit in Chinese: 5个工作日."""
        return f"{self.amount}{UNIT_NAMES[self.unit]}"


@lru_cache(maxsize=1024)
def limit(text: str) -> Limit:
    """Read a limit; the same text gives the same object. Raises InvalidRule."""
    return Limit(text)


def limit_hook(wanted: type, given: object) -> object:
    """Read limits inside a record: the `dec_hook` for msgspec.convert of a policy or statute."""
    if wanted is not Limit:
        raise TypeError(f"nothing reads {wanted}")
    if not isinstance(given, str):
        raise InvalidRule(f'时限“{given}”写法有误：应为带引号的文字，如 "5wd"')
    return limit(given)
