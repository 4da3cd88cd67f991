"""The URLs of the zero-backlog board (零积压看板)."""

from __future__ import annotations

from typing import Final

from hotline.api import backlog
from hotline.api.url import HOTLINE, LIMIT, PAGE, TEXT, YES_NO, Endpoint, get

MINUTES: Final = {"type": "integer", "minimum": 1, "maximum": backlog.LONGEST_MINUTES}

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/backlog/overdue", backlog.overdue, "超过原定时限的工单，以及不计入净值的理由", roles=HOTLINE, answer=backlog.Overdue,
        problems=(404,), query={"department": TEXT, "excused": YES_NO, **PAGE}, is_far=True),
    get("/api/v1/backlog/ping-pong", backlog.ping_pong, "反复退单、换主办的在办工单", roles=HOTLINE, answer=backlog.PingPong,
        query={"limit": LIMIT}, is_far=True),
    get("/api/v1/backlog/ground", backlog.ground, "各区县在办与积压，可以上墙的新诉求", roles=HOTLINE, answer=backlog.BacklogGround,
        query={"minutes": MINUTES}, is_far=True),
    get("/api/v1/backlog/today", backlog.today, "今日来件逐小时，与预测对照", roles=HOTLINE, answer=backlog.Today, is_far=True),
)  # fmt: skip
