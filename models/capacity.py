"""What a department can do against what will come (办理能力): parts that it closes a day, open ones, and those that are on their way."""

from __future__ import annotations

from statistics import median

from msgspec import Struct

from models.forecast import Span

# A department's share of what comes is taken from so many days.
WEEKS = 4
_WEEK = 7


class Load(Struct, frozen=True, kw_only=True):
    """Parts of a department: open now, dispatched in the last four weeks, and closed (signed off) in each of them."""

    department: str
    open: int
    dispatched: int
    closed: tuple[int, ...]


class Capacity(Struct, frozen=True, kw_only=True):
    """`closes_a_day` is the median week's, over all seven days; `coming` are the parts of the next seven days.

    `days_to_clear` is how long the open parts take at that pace if nothing new came, `open_in_a_week` what is open then if it comes.
    What cannot be said is None.
    """

    department: str
    open: int
    closes_a_day: float | None
    coming: Span | None
    days_to_clear: float | None
    open_in_a_week: float | None


def capacity(load: Load, requests: float, week: Span | None, *, weeks_seen: int) -> Capacity:
    """Hold a department's pace against its share of what is expected.

    `requests` came to the whole city in the last four weeks, `week` is what the next seven days bring; nothing is said of a pace
    before four whole weeks have been seen.
    """
    pace = median(load.closed) / _WEEK if weeks_seen >= WEEKS else None
    coming = None
    if week is not None and requests and weeks_seen >= WEEKS:
        share = load.dispatched / requests
        coming = type(week)(week.expected * share, week.low * share, week.high * share)
    left = None
    if pace is not None and coming is not None:
        left = max(load.open + coming.expected - pace * _WEEK, 0.0)
    return Capacity(
        department=load.department,
        open=load.open,
        closes_a_day=pace,
        coming=coming,
        days_to_clear=load.open / pace if pace else None,
        open_in_a_week=left,
    )
