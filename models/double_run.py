"""并行运行对比: what an old platform and this one have of the same days, side by side, matched by the old number."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from msgspec import Struct, field

from models.calendar import CHINA_TIME

# What is counted side by side, beside the tickets as a whole.
SIDES: Final = ("line", "category", "department")
NOT_TOLD: Final = "-"


class Compared(Struct, frozen=True, kw_only=True):
    """A ticket as far as it is compared. `numbers` are those of the old platform under which it is known: its own, or what ours names.

    `category` is the first level's code; what is not told is `-`. `is_on_time` is None where no date was owed, or not yet.
    """

    name: str
    numbers: tuple[str, ...]
    day: date
    line: str
    category: str
    department: str
    is_on_time: bool | None


class Pair(Struct, kw_only=True):
    """How many there, how many here."""

    old: int = 0
    ours: int = 0

    @property
    def difference(self) -> int:
        """How many more here."""
        return self.ours - self.old


class ComparedDay(Struct, kw_only=True):
    """One day on both platforms. old = matched + only_old; ours = matched_here + only_ours: a match may lie on another day here."""

    day: date
    tickets: Pair = field(default_factory=Pair)
    matched: int = 0
    matched_here: int = 0
    only_old: list[str] = field(default_factory=list)
    only_ours: list[str] = field(default_factory=list)
    due: Pair = field(default_factory=Pair)
    on_time: Pair = field(default_factory=Pair)
    counts: dict[str, dict[str, Pair]] = field(default_factory=lambda: {side: {} for side in SIDES})


class DoubleRun(Struct, kw_only=True):
    """Every day of a time; of all matched tickets, how many have the same first-level category and the same department."""

    days: list[ComparedDay]
    matched: int
    same_category: int
    same_department: int


def compare(old: Iterable[Compared], ours: Iterable[Compared], days: Iterable[date]) -> DoubleRun:
    """Compare both platforms over some days; tickets of other days are only matched with."""
    olds, here = list(old), list(ours)
    by_number = {number: one for one in here for number in one.numbers}
    known = {number for one in olds for number in one.numbers}
    found = {day: ComparedDay(day=day) for day in days}
    pairs = [(one, by_number[one.numbers[0]]) for one in olds if one.numbers[0] in by_number and one.day in found]
    for one in olds:
        if one.day in found:
            _count(found[one.day], one, "old", is_matched=one.numbers[0] in by_number)
    for one in here:
        if one.day in found:
            _count(found[one.day], one, "ours", is_matched=any(number in known for number in one.numbers))
    return DoubleRun(
        days=list(found.values()),
        matched=len(pairs),
        same_category=sum(one.category == other.category for one, other in pairs),
        same_department=sum(one.department == other.department for one, other in pairs),
    )


def totals(run: DoubleRun, side: str) -> dict[str, Pair]:
    """Return a count side by side over all days, the largest difference first."""
    old: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    for day in run.days:
        for key, pair in day.counts[side].items():
            old[key] += pair.old
            ours[key] += pair.ours
    keys = sorted({*old, *ours}, key=lambda key: (-abs(ours[key] - old[key]), key))
    return {key: Pair(old=old[key], ours=ours[key]) for key in keys}


def on_time(ended_at: datetime | None, due_at: datetime | None, now: datetime) -> bool | None:
    """Tell whether what was owed was done by its date; None where no date was owed, or it has not come and nothing is done."""
    if due_at is None or (ended_at is None and due_at >= now):
        return None
    return ended_at is not None and ended_at <= due_at


def day_of(at: datetime) -> date:
    """Return the city's day of a time."""
    return at.astimezone(CHINA_TIME).date()


def rows(run: DoubleRun) -> Iterator[tuple[str, str, str, int, int]]:
    """Yield the whole comparison as a table: day, what is counted, its key, there, here."""
    for one in run.days:
        day = one.day.isoformat()
        yield day, "tickets", "", one.tickets.old, one.tickets.ours
        yield day, "matched", "", one.matched, one.matched_here
        yield day, "only", "", len(one.only_old), len(one.only_ours)
        yield day, "due", "", one.due.old, one.due.ours
        yield day, "on_time", "", one.on_time.old, one.on_time.ours
        for side in SIDES:
            for key, pair in sorted(one.counts[side].items()):
                yield day, side, key, pair.old, pair.ours


def _count(day: ComparedDay, one: Compared, platform: str, *, is_matched: bool) -> None:
    _add(day.tickets, platform)
    if one.is_on_time is not None:
        _add(day.due, platform)
    if one.is_on_time:
        _add(day.on_time, platform)
    for side in SIDES:
        _add(day.counts[side].setdefault(getattr(one, side), Pair()), platform)
    if platform == "old":
        day.matched += is_matched
    else:
        day.matched_here += is_matched
    if not is_matched:
        (day.only_old if platform == "old" else day.only_ours).append(one.name)


def _add(pair: Pair, platform: str) -> None:
    if platform == "old":
        pair.old += 1
    else:
        pair.ours += 1
