"""风暴: when so much comes in that what can wait must wait. Only figures in, a judgement out.

Source: DOMAIN 8 (a storm day 3.5 times the usual one, five minutes twelve times the mean).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from models.limits import Limit, limit

FIVE: Final = timedelta(minutes=5)
A_DAY: Final = timedelta(days=1) // FIVE


class StormRule(Struct, frozen=True, kw_only=True):
    """When a storm begins and ends. `burst`: five minutes of so many times the mean; `day`: a day of so many times, and its five
    minutes still above `calm`. It ends when five minutes lay below `calm` times the mean for `calm_for`.

    `least` is what five minutes are taken to bring at least, in a small place and in the first days. Who ends it by hand has
    `quiet_for` before the program begins one anew. `call_back_within`: what missed callers are promised meanwhile.
    """

    least: Annotated[int, Meta(ge=1, le=100_000)] = 20
    burst: Annotated[float, Meta(ge=2, le=1000)] = 12.0
    day: Annotated[float, Meta(ge=1.5, le=100)] = 3.5
    calm: Annotated[float, Meta(ge=1, le=100)] = 3.0
    calm_for: Limit = limit("30m")
    quiet_for: Limit = limit("1h")
    call_back_within: Limit = limit("2h")


class Arrivals(Struct, frozen=True, kw_only=True):
    """What came in the last `five` minutes and the last `day`; `mean` of a five minutes of the week before, over so many `fives`."""

    five: int
    day: int
    mean: float
    fives: int

    def expected(self, rule: StormRule) -> float:
        """Return what five minutes usually bring: a day must have been counted before its mean says anything."""
        return max(self.mean if self.fives >= A_DAY else 0.0, float(rule.least))

    def cause(self, rule: StormRule) -> str | None:
        """Return why this is a storm, None where it is none."""
        expected = self.expected(rule)
        if self.five >= rule.burst * expected:
            return "burst"
        is_day = self.fives >= A_DAY and self.day >= rule.day * expected * A_DAY
        return "day" if is_day and not self.is_calm(rule) else None

    def is_calm(self, rule: StormRule) -> bool:
        """Tell whether no storm would go on by these five minutes."""
        return self.five < rule.calm * self.expected(rule)
