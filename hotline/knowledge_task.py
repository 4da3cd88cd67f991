"""知识待办逾期: who does not mend or confirm what the hotline answers from is pressed, where their duty officers are reached.

Source: 济南条例第28条 (knowledge that is not kept up to date is a ground for supervision).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from hotline.alarm import alarm
from hotline.roster import on_duty
from models.store import knowledge_tasks

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.knowledge_tasks import Pressed

AGAIN_AFTER: Final = timedelta(days=7)
_KINDS: Final = (("corrections", "纠错"), ("confirmations", "确认"), ("gaps", "缺口"))


async def press_late(hub: Hub) -> int:
    """Press everybody who is late with a task, each task once a week; returns how many owners were."""
    at, keeper = hub.now(), hub.city.hotline_department

    async def work(session: Session) -> int:
        # Who is not there now is pressed when they are.
        reached = {one.department for one in on_duty(hub.city, set(hub.city.departments), at)}
        late = await knowledge_tasks.press(session, at, at - AGAIN_AFTER, keeper=keeper, reached=reached)
        for one in late:
            department = one.owner or keeper
            name = f"knowledge_{department}_{one.owner is None}_{at.timestamp():.0f}"
            await alarm(hub, session, name, {department}, _words(one), at)
        return len(late)

    return await hub.database.write(work)


def _words(late: Pressed) -> str:
    counted = [(getattr(late, name), label) for name, label in _KINDS]
    kinds = "、".join(f"{label}{n}件" for n, label in counted if n)
    total = sum(n for n, _ in counted)
    return f"贵单位有{total}件知识待办已超过期限（{kinds}），请尽快核实更新，以免错答群众。"
