"""热线号码: how a number was merged, when it is answered, and who answers when it is not."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from models.blocks import read_blocks
from models.calendar import CHINA_TIME
from models.vocabulary import Integration

SystemCode = Annotated[str, Meta(pattern="^[a-z0-9_-]{1,32}$")]


class Line(Struct, frozen=True, kw_only=True):
    """A hotline number (热线号码) and how it was merged. `purpose` says in the public register what it is for.

    Outside its `hours`, or where nobody of its seat group answers, `overflow_to` does. Where `record_elsewhere` is set, the
    number under which another system keeps the matter is given back to us (hotline.external_id).
    """

    number: str
    name: str
    integration: Integration
    department: str | None
    seat_group: str
    hours: str
    overflow_to: str | None
    record_elsewhere: bool
    script: str
    purpose: str = ""

    def is_open(self, at: datetime) -> bool:
        """Tell whether somebody answers at a time, by the hours of the city's day."""
        local = at.astimezone(CHINA_TIME)
        since_midnight = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
        now = since_midnight // timedelta(microseconds=1)
        return any(opens <= now < closes for opens, closes in read_blocks(self.hours))


class LineRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How lines help one another out: a call that nobody answers for so long overflows. `outside_systems` are those that keep
    records of the same matters beside the lines' own, by code. By the clock `reconcile_by` of the next day a sub-centre's list
    of a day is owed (hotline.reconciliation).

    The default is twice the 15 seconds within which GB/T 33358 wants a call answered.
    """

    overflow_after_s: Annotated[int, Meta(ge=5, le=600)] = 30
    reconcile_by: Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "10:00"
    outside_systems: dict[SystemCode, str] = {}


def open_line(lines: Mapping[str, Line], line: Line, at: datetime) -> Line:
    """Return who answers for a dialled line at a time: itself, or the first open one of those it overflows to.

    Where all of them are closed it is the line itself.
    """
    asked, passed = line, {line.number}
    while not asked.is_open(at):
        further = lines.get(asked.overflow_to or "")
        if further is None or further.number in passed:
            return line
        passed.add(further.number)
        asked = further
    return asked
