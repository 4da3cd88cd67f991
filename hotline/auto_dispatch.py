"""自动派单: which categories may go out without a person's look, and the watch that takes this away again.

A city switches it on category by category after its own sign-off; off is the default outside the demo. What went out
by itself and had to go elsewhere is counted; where that is more than the guarantee allows, the category is switched off.
"""

from __future__ import annotations

from datetime import timedelta
from math import exp, lgamma, log
from typing import TYPE_CHECKING, Final

from models.errors import InvalidRequest
from models.store import auto_dispatch
from models.store.auto_dispatch import Outcome, Switch

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session

WATCHED: Final = timedelta(days=30)
ERROR: Final = 0.03  # as the model's guarantee promises (nlu.guarantee)
LEAST_WRONG: Final = 3  # one or two may be a matter of opinion, and every category is looked at every few minutes
DOUBT: Final = 0.05  # how unlikely the outcome must be under that error before a category is switched off
WATCH: Final = "watch"


async def switch(session: Session, hub: Hub, category: str, *, is_on: bool, by: str, reason: str) -> Switch:
    """Switch a category on or off; raises InvalidRequest for a category that cannot go out by itself."""
    known = hub.city.categories.get(category)
    if known is None or known.l3:
        raise InvalidRequest(f"没有代码为“{category[:16]}”的四位分类")
    if is_on and category not in hub.reader.bars:
        raise InvalidRequest(f"“{known.name}”没有可靠的把握线，不能开通自动派单；请补充语料或校准集后重新训练")
    change = Switch(category=category, is_on=is_on, at=hub.now(), actor=by, reason=reason)
    await auto_dispatch.switch(session, change)
    hub.auto_switches[category] = change
    return change


async def follow(hub: Hub) -> None:
    """Take over what was switched elsewhere."""
    hub.auto_switches = await hub.database.read(auto_dispatch.switches)


async def watch(hub: Hub) -> list[Switch]:
    """Switch off every category in which more had to go elsewhere than the guarantee allows; returns those."""
    await follow(hub)

    async def work(session: Session) -> list[Switch]:
        found = await auto_dispatch.outcomes(session, hub.now() - WATCHED)
        return [
            await switch(session, hub, one.category, is_on=False, by=WATCH, reason=_finding(one))
            for one in found.values()
            if hub.goes_by_itself(one.category) and is_breached(one)
        ]

    return await hub.database.write(work)


def is_breached(outcome: Outcome) -> bool:
    """Tell whether so many misdirected ones are unlikely (one in twenty) under the error that is promised."""
    fewer = sum(_likelihood(k, outcome.dispatched) for k in range(outcome.misdirected))
    return outcome.misdirected >= LEAST_WRONG and 1 - fewer <= DOUBT


def _likelihood(k: int, n: int) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(ERROR) + (n - k) * log(1 - ERROR))


def _finding(one: Outcome) -> str:
    share = one.misdirected / one.dispatched
    return f"近期自动派出{one.dispatched}件，其中{one.misdirected}件（{share:.1%}）改派他处，超过{ERROR:.0%}，自动停用"
