"""The URLs of what happens on the ground: photos of the work, patrols, the grid worker's page, suggestions."""

from __future__ import annotations

from typing import Final

from hotline import patrol, photo
from hotline.api import attachments, grid_page, patrols, photos
from hotline.api.auth import INTAKE, READERS
from hotline.api.url import HOTLINE, KEY, MOMENT, PAGE, Endpoint, get, post
from hotline.receipt import TicketReceipt
from models.vocabulary import Role

GRID: Final = (
    post("/api/v1/photos", attachments.create_photo, "上传照片（只保留画面，去除位置等隐藏信息）",
         roles=INTAKE | {Role.DEPARTMENT}, answers=(201,), answer=attachments.Attached, uploads=attachments.PHOTO_TYPES,
         headers=("X-File-Name",)),
    post("/api/v1/tickets/{number}/photos", photos.show_one, "整改前、整改后的照片", roles=frozenset({Role.DEPARTMENT}),
         body=photo.WorkPhoto, answers=(201,), answer=photos.WorkPhotos, problems=(409,)),
    post("/api/v1/patrols", patrols.create, "巡查上报", roles=frozenset({Role.DEPARTMENT}), body=patrol.PatrolReport,
         answers=(201, 200), answer=TicketReceipt, problems=(409,), headers=KEY, required_headers=KEY),
    get("/api/v1/patrols", patrols.listed, "巡查上报：本单位地面上的，热线看全部", roles=READERS, answer=patrols.PatrolReports,
        problems=(404,), query=PAGE),
    get("/grid", grid_page.show, "网格员手机页面", media_type="text/html", answers=(200, 403, 404, 422)),
    post("/grid", grid_page.step, "网格员手机页面的表单", media_type="text/html",
         answers=(303, 401, 403, 404, 409, 413, 422)),
    get("/api/v1/patrols/figures", patrols.figures, "巡查上报数量：按办结层级", roles=HOTLINE, answer=patrols.PatrolFigures,
        query={"since": MOMENT}),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*GRID,)
