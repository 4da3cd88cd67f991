"""整改照片: of a part's own department, before and after, nothing but the picture, its digest on the trail."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP: Final = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
GPS: Final = b"Exif\x00\x00GPSLatitude 29.10 DEVICE-SERIAL"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(picture: bytes = b"\x12\x34", *, hidden: bytes = b"") -> bytes:
    frame = segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
    return b"\xff\xd8" + (segment(0xE1, hidden) if hidden else b"") + frame + scan + picture + b"\xff\xd9"


async def upload(world: World, who: str, content: bytes | None = None, *, status: int = 201) -> str:
    """Upload a photo; returns its id."""
    headers = {"authorization": f"Bearer {await world.token(who)}"}
    async with world.client.post("/api/v1/photos", data=content or jpeg(), headers=headers) as response:
        assert response.status == status, await response.text()
        return str((await response.json()).get("id"))


async def show(world: World, number: str, who: str, taken: str, *, ok: int = 201, **more: Any) -> Any:
    """Upload a photo and show it on the part of whoever has it."""
    content = {"photo": await upload(world, who), "taken": taken, **more}
    return await world.post(f"/api/v1/tickets/{number}/photos", content, who=who, ok=(ok,))


async def acknowledged(world: World) -> str:
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "acknowledge", who="department:urban")
    return number


async def test_photos_stand_on_their_part_and_their_digests_on_the_trail(world: World) -> None:
    number = await acknowledged(world)
    for taken in ("before", "after"):
        shown = await show(world, number, "department:urban", taken)
    assert [(one["taken"], one["assignment"]) for one in shown["photos"]] == [("before", 1), ("after", 1)]
    trail = (await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["events"]
    told = [event["fields"] for event in trail if event["type"] == "photo"]
    assert [(one["attachment"], one["taken"], one["sha256"]) for one in told] == [
        (one["id"], one["taken"], one["sha256"]) for one in shown["photos"]
    ]
    assert (await world.ticket(number))["attachments"] == shown["photos"]


async def test_nothing_but_the_picture_is_kept(world: World) -> None:
    number = await acknowledged(world)
    photo = await upload(world, "department:urban", jpeg(hidden=GPS))
    content = {"photo": photo, "taken": "before"}
    await world.post(f"/api/v1/tickets/{number}/photos", content, who="department:urban")
    headers = {"authorization": f"Bearer {await world.token('supervisor')}"}
    async with world.client.get(f"/api/v1/attachments/{photo}", headers=headers) as response:
        kept = await response.read()
    assert kept == jpeg()
    listed = (await world.ticket(number))["attachments"][0]
    assert (listed["size"], listed["sha256"]) == (len(kept), hashlib.sha256(kept).hexdigest())


@pytest.mark.parametrize("content", [b"%PDF-1.4", b"\xff\xd8\xff photo", b"GIF89a"])
async def test_what_is_no_whole_photo_is_refused(world: World, content: bytes) -> None:
    await upload(world, "department:urban", content, status=422)


async def test_only_who_has_a_live_part_shows_its_work(world: World) -> None:
    number = await acknowledged(world)
    await show(world, number, "department:parks", "after", ok=404)
    await show(world, number, "department:urban", "after", ok=404, assignment=7)
    path = f"/api/v1/tickets/{number}/photos"
    await world.post(path, {"photo": "0" * 32, "taken": "after"}, who="supervisor", ok=(403,))
    await world.step(number, "reassign", who="dispatcher", lead="power", reason="灯具属供电公司资产")
    assert "已结束" in (await show(world, number, "department:urban", "after", ok=409, assignment=1))["detail"]
    await world.step(number, "recall", who="dispatcher", reason="派单有误，先撤回")
    assert (await show(world, number, "department:power", "after", ok=409, assignment=2))["code"] == "illegal_step"


async def test_a_photo_is_shown_once_and_any_file_is_no_photo(world: World) -> None:
    number = await acknowledged(world)
    shown = await show(world, number, "department:urban", "before")
    path = f"/api/v1/tickets/{number}/photos"
    again = {"photo": shown["photos"][0]["id"], "taken": "after"}
    assert "重新上传" in (await world.post(path, again, who="department:urban", ok=(422,)))["detail"]
    headers = {"authorization": f"Bearer {await world.token('department:urban')}"}
    async with world.client.post("/api/v1/attachments", data=jpeg(hidden=GPS), headers=headers) as response:
        loose = (await response.json())["id"]
    assert (
        "重新上传"
        in (await world.post(path, {"photo": loose, "taken": "after"}, who="department:urban", ok=(422,)))["detail"]
    )


async def test_a_confidential_callers_files_stay_away_but_the_work_is_seen(world: World) -> None:
    receipt = await world.register(LAMP, caller={"phone": "13800000001", "disclosure": "confidential"})
    number = receipt["number"]
    await world.step(number, "acknowledge", who="department:urban")
    await show(world, number, "department:urban", "after")
    (listed,) = (await world.ticket(number, who="department:urban"))["attachments"]
    assert listed["taken"] == "after"
