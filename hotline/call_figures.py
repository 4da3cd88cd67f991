"""来话指标: what arrived and how it ended, how soon it was answered, what was settled at once; by line and by seat group."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from models.errors import InvalidRequest
from models.store import interactions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.interactions import Outcomes

UNDER_WAY: Final = "under_way"
# Answered in the call (直办) or registered: what was accepted (受理).
DIRECT: Final = "answered"
REGISTERED: Final = "new_ticket"
LONGEST: Final = timedelta(days=31)
_SUMS: Final = ("offered", "answered", "abandoned", "waiting", "unanswered")


async def figures(hub: Hub, since: datetime, until: datetime) -> dict[str, Any]:
    """Count what arrived from `since` on and before `until`; all together, by line and by seat group.

    Raises InvalidRequest for a longer time than a month: whether callers came again is looked up for each.
    """
    if until - since > LONGEST:
        raise InvalidRequest("来话指标一次最多查询31天，请缩短 since 至 until 的时间")
    rule = hub.city.seats.rule
    rows = await hub.database.read(lambda session: interactions.outcomes(session, since, until, rule))
    lines = dict.fromkeys(row.line for row in rows)
    groups = sorted({row.seat_group for row in rows})
    return {
        "since": since,
        "until": until,
        **_counted(rows),
        "lines": [{"line": line, **_counted(row for row in rows if row.line == line)} for line in lines],
        "seat_groups": [
            {"seat_group": group, **_counted(row for row in rows if row.seat_group == group)} for group in groups
        ],
    }


def _counted(found: Iterable[Outcomes]) -> dict[str, Any]:
    rows = list(found)
    outcomes: dict[str, int] = {}
    for row in rows:
        outcomes[row.outcome] = outcomes.get(row.outcome, 0) + row.offered
    under_way = outcomes.pop(UNDER_WAY, 0)
    sums = {name: sum(getattr(row, name) for row in rows) for name in _SUMS}
    return {**sums, "under_way": under_way, "outcomes": outcomes, **_rates(rows, outcomes)}


def _rates(rows: list[Outcomes], outcomes: dict[str, int]) -> dict[str, Any]:
    """Return the shares of GB/T 33358-2016 and 国办发〔2020〕53号; None where there is nothing to take a share of."""

    def total(name: str) -> Any:
        return sum(getattr(row, name) for row in rows)

    answered, accepted = total("answered"), outcomes.get(DIRECT, 0) + outcomes.get(REGISTERED, 0)
    return {
        "asked": total("asked"),
        # Who still waits or hung up at once says nothing of the seats.
        "connection_rate": _share(answered, total("asked") - total("asking") - total("hung_up")),
        "soon_rate": _share(total("soon"), answered),
        "mean_wait_s": _share(total("wait_s"), answered),
        "longest_wait_s": max((row.longest_wait_s for row in rows), default=0.0) if answered else None,
        "mean_talk_s": _share(total("talk_s"), total("talks")),
        "direct_answer_rate": _share(outcomes.get(DIRECT, 0), accepted),
        "one_call_rate": _share(total("resolvable") - total("again"), total("resolvable")),
    }


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
