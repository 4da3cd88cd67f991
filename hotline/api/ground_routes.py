"""The URLs of what happens on the ground: photos of the work, patrols, the grid worker's page, suggestions."""

from __future__ import annotations

from typing import Final

from hotline import patrol, photo, suggestion
from hotline.api import (
    attachments,
    digest,
    digest_page,
    file,
    grid_page,
    patrols,
    photos,
    suggestions,
    suggestions_page,
)
from hotline.api.auth import INTAKE, READERS
from hotline.api.url import HOTLINE, KEY, MOMENT, PAGE, Endpoint, get, post
from hotline.receipt import TicketReceipt
from models.lifecycle import DESK
from models.vocabulary import Role, SuggestionState

SUGGESTION_STATE: Final = {"type": "string", "enum": [*SuggestionState, ""]}
ORDER: Final = {"type": "string", "enum": [*suggestions.ORDERS, ""]}

GRID: Final = (
    post("/api/v1/photos", attachments.create_photo, "上传照片（只保留画面，去除位置等隐藏信息）",
         roles=INTAKE | {Role.DEPARTMENT}, answers=(201,), answer=attachments.Attached, uploads=attachments.PHOTO_TYPES,
         headers=("X-File-Name",)),
    post("/api/v1/tickets/{number}/photos", photos.show_one, "整改前、整改后的照片", roles=frozenset({Role.DEPARTMENT}),
         body=photo.WorkPhoto, answers=(201,), answer=photos.WorkPhotos, problems=(409,)),
    get("/api/v1/tickets/{number}/file", file.show, "全过程档案（ZIP：可读网页、JSON、照片）", roles=READERS,
        downloads=("application/zip",), problems=(409,)),
    post("/api/v1/patrols", patrols.create, "巡查上报", roles=frozenset({Role.DEPARTMENT}), body=patrol.PatrolReport,
         answers=(201, 200), answer=TicketReceipt, problems=(409,), headers=KEY, required_headers=KEY),
    get("/api/v1/patrols", patrols.listed, "巡查上报：本单位地面上的，热线看全部", roles=READERS, answer=patrols.PatrolReports,
        problems=(404,), query=PAGE),
    get("/grid", grid_page.show, "网格员手机页面", media_type="text/html", answers=(200, 403, 404, 422)),
    post("/grid", grid_page.step, "网格员手机页面的表单", media_type="text/html",
         answers=(303, 401, 403, 404, 409, 413, 422)),
    get("/api/v1/patrols/figures", patrols.figures, "巡查上报数量：按办结层级", roles=HOTLINE, answer=patrols.PatrolFigures,
        query={"since": MOMENT}, is_far=True),
)  # fmt: skip
SUGGESTIONS: Final = (
    get("/api/v1/suggestions", suggestions.listed, "公开的建议", answer=suggestions.Suggestions, problems=(404,),
        query={"state": SUGGESTION_STATE, "order": ORDER, **PAGE}),
    get("/api/v1/suggestions/digest", digest.show, "建议季报：按主题、最受支持、采纳比例、上季去向", roles=HOTLINE,
        answer=digest.Digest, query={"quarter": digest.QUARTER}, is_far=True),
    get("/api/v1/suggestions/{suggestion}", suggestions.one, "一条公开的建议", answer=suggestions.SuggestionPage,
        patterns={"suggestion": "^[0-9]{1,18}$"}),
    post("/api/v1/suggestions", suggestions.create, "公开一条建议（改写、经本人同意）", roles=DESK,
         body=suggestion.Publication, answers=(201,), answer=suggestions.PublishedSuggestion, problems=(404, 409)),
    post("/api/v1/suggestions/{suggestion}/steps", suggestions.move, "研究、落实、撤下", roles=DESK | {Role.DEPARTMENT},
         body=suggestion.SuggestionStep, answer=suggestions.PublishedSuggestion, problems=(409,),
         patterns={"suggestion": "^[0-9]{1,18}$"}),
    post("/api/v1/suggestions/{suggestion}/support", suggestions.support, "支持一条建议，一个电话或一位访客一次",
         body=suggestions.Support, answer=suggestions.Counted, problems=(409, 429),
         patterns={"suggestion": "^[0-9]{1,18}$"}),
    post("/api/v1/visitors", suggestions.greet, "访客凭证", answers=(201,), answer=suggestions.VisitorToken,
         problems=(429,)),
    get("/suggestions", suggestions_page.show, "市民建议页面", media_type="text/html", answers=(200, 422)),
    post("/suggestions", suggestions_page.support, "市民建议页面的表单", media_type="text/html",
         answers=(303, 403, 404, 409, 422, 429)),
    get("/suggestions/digest", digest_page.show, "建议季报页面", media_type="text/html", answers=(200, 403, 422)),
    post("/suggestions/digest", digest_page.sign_in, "建议季报页面的登录", media_type="text/html",
         answers=(303, 401, 403, 422)),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*GRID, *SUGGESTIONS)
