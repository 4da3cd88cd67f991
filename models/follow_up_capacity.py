"""How many people a day's follow-up needs (回访人力): the day's volume, the share that a person must call, and their pace."""

from __future__ import annotations

from math import ceil

from msgspec import Struct

# Fewer ended asks than that tell no share.
LEAST_ENDED = 30


class FollowUpNeed(Struct, frozen=True, kw_only=True):
    """What a day needs. `share_of_person` is of the asks that ended; what cannot be told is None, and `reason` says why."""

    asks_a_day: float | None
    share_of_person: float | None
    calls_per_ask: float | None
    calls_a_day: float | None
    people_needed: int | None
    is_enough: bool | None
    reason: str | None


def need(
    *, opened: int, days: float, ended: int, ended_on_person: int, calls: int, calls_per_person: int, staff: int
) -> FollowUpNeed:
    """Hold a day's asks against what people can call.

    `opened` asks came in the last `days` days; of `ended` ones, `ended_on_person` took a person, who made `calls` for them.
    """
    asks = opened / days if days >= 1 else None
    share = ended_on_person / ended if ended >= LEAST_ENDED else None
    # A share of nobody needs no calls; each other takes one at least.
    per_ask = max(calls / ended_on_person, 1.0) if ended_on_person else 1.0
    if asks is None or share is None:
        reason = (
            "运行不足一天，尚无每日回访量" if asks is None else f"已结束的回访不足{LEAST_ENDED}人次，尚不能估计人工占比"
        )
        return FollowUpNeed(
            asks_a_day=asks,
            share_of_person=share,
            calls_per_ask=None if share is None else per_ask,
            calls_a_day=None,
            people_needed=None,
            is_enough=None,
            reason=reason,
        )
    coming = asks * share * per_ask
    people = ceil(round(coming / calls_per_person, 9))
    return FollowUpNeed(
        asks_a_day=asks,
        share_of_person=share,
        calls_per_ask=per_ask,
        calls_a_day=coming,
        people_needed=people,
        is_enough=staff >= people,
        reason=None,
    )
