"""The URLs of who works through lists of tickets: the desk's next one, who has one open, saved views."""

from __future__ import annotations

from typing import Final

from hotline import hold, saved_view
from hotline.api import holds, saved_views
from hotline.api.auth import READERS
from hotline.api.url import Endpoint, get, post
from models.lifecycle import DESK

HOLDS: Final = (
    post("/api/v1/desk/next", holds.take_next, "派单台取下一件：最急的、等得最久的、无人占用的", roles=DESK, answer=holds.DeskNext),
    Endpoint(method="PUT", path="/api/v1/tickets/{number}/hold", handler=holds.take, summary="占用或续占一件工单（班长、督办员可接手）",
             roles=DESK, body=hold.HoldTicket, answer=holds.TicketHold, problems=(409,)),
    Endpoint(method="DELETE", path="/api/v1/tickets/{number}/hold", handler=holds.let_go, summary="放开自己占用的工单",
             roles=DESK, answer=holds.TicketHold),
)  # fmt: skip
VIEWS: Final = (
    get("/api/v1/views", saved_views.listed, "自己的常用视图", roles=READERS, answer=saved_views.Views),
    Endpoint(method="PUT", path="/api/v1/views/{name}", handler=saved_views.put, summary="保存常用视图", roles=READERS,
             body=saved_view.ViewFields, answer=saved_views.ViewLine, problems=(404, 409), patterns={"name": saved_views.NAME}),
    Endpoint(method="DELETE", path="/api/v1/views/{name}", handler=saved_views.delete, summary="删去常用视图", roles=READERS,
             answer=saved_views.ViewGone, patterns={"name": saved_views.NAME}),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*HOLDS, *VIEWS)
