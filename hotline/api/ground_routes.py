"""The URLs of what happens on the ground: photos of the work, patrols, the grid worker's page, suggestions."""

from __future__ import annotations

from typing import Final

from hotline import photo
from hotline.api import attachments, photos
from hotline.api.auth import INTAKE
from hotline.api.url import Endpoint, post
from models.vocabulary import Role

GRID: Final = (
    post("/api/v1/photos", attachments.create_photo, "上传照片（只保留画面，去除位置等隐藏信息）",
         roles=INTAKE | {Role.DEPARTMENT}, answers=(201,), answer=attachments.Attached, uploads=attachments.PHOTO_TYPES,
         headers=("X-File-Name",)),
    post("/api/v1/tickets/{number}/photos", photos.show_one, "整改前、整改后的照片", roles=frozenset({Role.DEPARTMENT}),
         body=photo.WorkPhoto, answers=(201,), answer=photos.WorkPhotos, problems=(409,)),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*GRID,)
