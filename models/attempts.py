"""When to try the citizen again (回访时间): other parts of the day, never in quiet hours."""

from collections.abc import Collection, Iterator
from datetime import datetime

from msgspec import Struct

from models.blocks import DAY
from models.calendar import moment, stamp
from models.sla import FollowUpTerms


class Attempt(Struct, frozen=True):
    """One try: when, and in which part of the day, as the policy writes it."""

    at: datetime
    part: str


def next_attempt(
    after: datetime, attempts_made: int, parts_used: Collection[str], terms: FollowUpTerms
) -> Attempt | None:
    """Return the first moment from `after` on for the next try, None when all tries are made.

    A part of the day that was not tried yet is taken first; when all were, any part of a later day. Weekends and
    holidays are days like others: people are at home then, and quiet hours protect them.
    """
    if attempts_made >= terms.attempts:
        return None
    fresh = [part for part in terms.day_parts if part not in parts_used]
    at = stamp(after)
    if not fresh:
        at = (at // DAY + 1) * DAY
    return min(_first_moments(at, fresh or terms.day_parts, terms), key=lambda attempt: attempt.at)


def _first_moments(at: int, parts: Collection[str], terms: FollowUpTerms) -> Iterator[Attempt]:
    """Yield the first moment from a stamp on in each part, today or tomorrow."""
    midnight = at // DAY * DAY
    for part in parts:
        blocks = terms.calling_times[part]
        moments = [
            max(at, day + opens) for day in (midnight, midnight + DAY) for opens, closes in blocks if at < day + closes
        ]
        yield Attempt(moment(min(moments)), part)


def part_of(at: datetime, terms: FollowUpTerms) -> str | None:
    """Return the part of the day in which a try was made, None outside all of them."""
    in_day = stamp(at) % DAY
    for part, blocks in terms.calling_times.items():
        if any(opens <= in_day < closes for opens, closes in blocks):
            return part
    return None
