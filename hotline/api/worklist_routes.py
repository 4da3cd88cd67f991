"""The URLs of who works through lists of tickets: the desk's next one, who has one open."""

from __future__ import annotations

from typing import Final

from hotline import hold
from hotline.api import holds
from hotline.api.url import Endpoint, post
from models.lifecycle import DESK

HOLDS: Final = (
    post("/api/v1/desk/next", holds.take_next, "派单台取下一件：最急的、等得最久的、无人占用的", roles=DESK, answer=holds.DeskNext),
    Endpoint(method="PUT", path="/api/v1/tickets/{number}/hold", handler=holds.take, summary="占用或续占一件工单（班长、督办员可接手）",
             roles=DESK, body=hold.HoldTicket, answer=holds.TicketHold, problems=(409,)),
    Endpoint(method="DELETE", path="/api/v1/tickets/{number}/hold", handler=holds.let_go, summary="放开自己占用的工单",
             roles=DESK, answer=holds.TicketHold),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = HOLDS
