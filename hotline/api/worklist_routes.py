"""The URLs of who works through lists of tickets: the desk's next one, who has one open, saved views, exports."""

from __future__ import annotations

from typing import Final

from hotline import export, hold, saved_view
from hotline.api import exports, holds, saved_views
from hotline.api.auth import READERS
from hotline.api.url import PAGE, Endpoint, get, post
from models.export_file import MEDIA_TYPES
from models.lifecycle import DESK
from models.vocabulary import Role

EXPORT: Final = "^[0-9]{1,18}$"

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
EXPORTS: Final = (
    get("/api/v1/exports", exports.listed, "自己的导出；安全审计员看全部", roles=READERS | {Role.AUDITOR}, answer=exports.Exports,
        query=PAGE),
    post("/api/v1/exports", exports.create, "把一个工单列表导出为文件（后台编制）", roles=READERS, body=export.ExportAsked,
         answers=(202,), answer=exports.ExportLine, problems=(404, 409)),
    get("/api/v1/exports/{export}", exports.one, "一份导出进行到哪里了", roles=READERS | {Role.AUDITOR}, answer=exports.ExportLine,
        patterns={"export": EXPORT}),
    get("/api/v1/exports/{export}/file", exports.file, "下载自己的导出", roles=READERS, downloads=tuple(MEDIA_TYPES.values()),
        patterns={"export": EXPORT}),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*HOLDS, *VIEWS, *EXPORTS)
