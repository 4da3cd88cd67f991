"""What is wrong with a city folder: which file, which line, what, and how to put it right."""

from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from models.errors import HotlineError


class Level(StrEnum):
    """An error must be put right before the city is loaded; an alarm must be known."""

    ERROR = "error"
    ALARM = "alarm"


class Fault(Struct, frozen=True):
    """One fault of a city folder. `file` is relative to the folder, `line` starts at 1."""

    file: str
    line: int
    message: str
    cure: str
    level: Level = Level.ERROR

    def __str__(self) -> str:
        return f"{self.file} 第{self.line}行：{self.message}。改法：{self.cure}。"


class CityFault(HotlineError):
    """A file of the city folder cannot be read. `fault` says where and what to do."""

    code: ClassVar[str] = "city_fault"
    status: ClassVar[int] = 422

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault
