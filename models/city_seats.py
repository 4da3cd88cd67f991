"""The seat groups of a city folder (席组): seat_groups.csv, or, where there is none, the names that lines.csv uses."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from models.city_fault import Fault
from models.city_rows import Placed, Row, read_rows
from models.city_tables import LINES
from models.line import Line
from models.seats import SeatGroup, SeatRule, Seats

SEAT_GROUPS: Final = "seat_groups.csv"
_COLUMNS: Final = ("code", "name", "languages")


def read_seat_groups(folder: Path, faults: list[Fault]) -> list[Placed[SeatGroup]]:
    """Return the seat groups (席组); a city without the file has those that its lines name."""
    if not (folder / SEAT_GROUPS).exists():
        return []
    return read_rows(folder, SEAT_GROUPS, _COLUMNS, _seat_group, faults)


def seats_of(groups: Iterable[SeatGroup], lines: dict[str, Line], host_line: str, rule: SeatRule) -> Seats:
    """Return the seats of a city; `host_line` is the number of 12345 itself."""
    named = dict.fromkeys(line.seat_group for line in lines.values() if line.seat_group)
    known = {one.code: one for one in groups} or {code: SeatGroup(code=code, name=code) for code in named}
    host = lines.get(host_line)
    return Seats(groups=known, host_group=host.seat_group if host else "", rule=rule)


def check_seat_groups(groups: list[Placed[SeatGroup]], lines: list[Placed[Line]]) -> Iterator[Fault]:
    """Yield a fault for every line whose seat group the file does not have."""
    known = {placed.record.code for placed in groups}
    for placed in lines if known else ():
        code = placed.record.seat_group
        if code and code not in known:
            message = f"席组“{code}”不存在"
            yield Fault(LINES, placed.line, message, f"改为 {SEAT_GROUPS} 中的代码，或在那里补上这个席组")


def _seat_group(row: Row) -> SeatGroup:
    return SeatGroup(code=row.text("code"), name=row.text("name"), languages=row.words("languages"))
