"""Files that came with a request: listed on the ticket, handed out with care, never a confidential caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import pytest

from hotline.config import ATTACHMENTS
from hotline.keys import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
CALLER: Final = {"name": "欧阳雪梅", "phone": "13800000001"}
PHOTO: Final = b"\xff\xd8\xff photo"
PDF: Final = b"%PDF-1.4 <script>alert(1)</script>"


async def upload(world: World, content: bytes = PHOTO, name: str = "照片.jpg") -> str:
    headers = {"authorization": f"Bearer {await world.token('channel:photo')}", "x-file-name": quote(name)}
    async with world.client.post("/api/v1/attachments", data=content, headers=headers) as response:
        assert response.status == 201, await response.text()
        return str((await response.json())["id"])


async def with_files(world: World, ids: list[str], **caller: Any) -> str:
    receipt = await world.register(LAMP, channel="photo", caller={**CALLER, **caller}, attachments=ids)
    return str(receipt["number"])


async def fetch(world: World, attachment: str, who: str | None) -> tuple[int, bytes, Any]:
    headers = {} if who is None else {"authorization": f"Bearer {await world.token(who)}"}
    async with world.client.get(f"/api/v1/attachments/{attachment}", headers=headers) as response:
        return response.status, await response.read(), response.headers


def stored(world: World, attachment: str) -> Path:
    return world.client.app[SETTINGS].data_dir / ATTACHMENTS / attachment


async def test_the_ticket_lists_its_own_files_in_order_with_masked_names(world: World) -> None:
    first = await upload(world, name="欧阳雪梅 13800000001.jpg")
    second = await upload(world, PDF, "合同.pdf")
    number = await with_files(world, [first, second])
    await with_files(world, [await upload(world)])
    for who in ("supervisor", "agent", "department:urban"):
        listed = (await world.ticket(number, who=who))["attachments"]
        assert [(one["id"], one["media_type"], one["size"]) for one in listed] == [
            (first, "image/jpeg", len(PHOTO)),
            (second, "application/pdf", len(PDF)),
        ]
        assert listed[1]["name"] == "合同.pdf"
        assert listed[0]["name"].endswith(".jpg")
        assert "欧阳雪梅" not in listed[0]["name"]
        assert "13800000001" not in listed[0]["name"]
    assert (await world.ticket((await world.register(LAMP))["number"]))["attachments"] == []


@pytest.mark.parametrize(("content", "media_type"), [(PHOTO, "image/jpeg"), (PDF, "application/pdf")])
async def test_a_file_is_answered_as_it_came_and_only_to_be_saved(
    world: World, content: bytes, media_type: str
) -> None:
    attachment = await upload(world, content, '路灯"照片.html\r\nx: y')
    await with_files(world, [attachment])
    status, answered, headers = await fetch(world, attachment, "supervisor")
    assert (status, answered) == (200, content)
    assert headers["content-type"] == media_type
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert "no-store" in headers["cache-control"]
    shown = headers["content-disposition"]
    assert shown.startswith(f'attachment; filename="{attachment}"; filename*=UTF-8')
    assert "%E8%B7%AF%E7%81%AF" in shown
    assert "x" not in headers


async def test_what_a_file_is_is_read_from_its_bytes_not_from_what_is_said_of_it(world: World) -> None:
    for content, status in (
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", 201),
        (b"RIFF\x24\x00\x00\x00AVI LIST", 422),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422),
        (b"MZ\x90\x00", 422),
        (b"", 422),
    ):
        headers = {"authorization": f"Bearer {await world.token('channel:web')}", "content-type": "image/png"}
        async with world.client.post("/api/v1/attachments", data=content, headers=headers) as response:
            assert response.status == status, (content, await response.text())


async def test_the_name_of_a_saved_file_does_not_tell_the_caller(world: World) -> None:
    attachment = await upload(world, name="欧阳雪梅13800000001.jpg")
    await with_files(world, [attachment])
    _, _, headers = await fetch(world, attachment, "department:urban")
    assert quote("欧阳雪梅") not in headers["content-disposition"]
    assert "13800000001" not in headers["content-disposition"]


async def test_only_who_may_read_the_ticket_has_its_files(world: World) -> None:
    attachment = await upload(world)
    number = await with_files(world, [attachment])
    for who in ("agent", "reviewer", "leader", "department:urban", "department:government"):
        assert (await fetch(world, attachment, who))[0] == 200, who
    assert (await fetch(world, attachment, "department:parks"))[0] == 404
    for who in ("administrator", "auditor", "knowledge", "channel:photo"):
        assert (await fetch(world, attachment, who))[0] == 403, who
    assert (await fetch(world, attachment, None))[0] == 401
    await world.step(number, "reassign", who="dispatcher", lead="power", reason="灯具属供电公司资产")
    assert (await fetch(world, attachment, "department:power"))[0] == 200


@pytest.mark.parametrize("caller", [{"disclosure": "confidential"}, {"identity": "anonymous"}])
async def test_a_department_has_no_file_of_a_confidential_caller(world: World, caller: dict[str, Any]) -> None:
    attachment = await upload(world)
    number = await with_files(world, [attachment], **caller)
    assert (await world.ticket(number, who="department:urban"))["attachments"] == []
    status, answered, _ = await fetch(world, attachment, "department:urban")
    assert status == 404
    assert PHOTO not in answered
    assert [one["id"] for one in (await world.ticket(number))["attachments"]] == [attachment]
    assert (await fetch(world, attachment, "dispatcher"))[0] == 200


async def test_what_belongs_to_no_ticket_or_is_not_there_is_not_found(world: World) -> None:
    loose = await upload(world)
    for attachment in (loose, "0" * 32, "nothing", "..%2F..%2Fkeyring.json", "A" * 32):
        assert (await fetch(world, attachment, "supervisor"))[0] == 404, attachment


async def test_a_file_that_was_lost_or_touched_is_not_handed_out(world: World) -> None:
    attachment = await upload(world)
    await with_files(world, [attachment])
    stored(world, attachment).write_bytes(PHOTO + b"!")
    status, answered, _ = await fetch(world, attachment, "supervisor")
    assert status == 404
    assert "损坏" in answered.decode()
    stored(world, attachment).unlink()
    assert (await fetch(world, attachment, "supervisor"))[0] == 404


async def test_a_repeated_request_with_files_is_answered_as_before(world: World) -> None:
    file = await upload(world)
    first, again = [await world.register(LAMP, channel="photo", key="same", attachments=[file]) for _ in range(2)]
    assert first == again


async def test_a_citizen_adds_files_with_their_words_and_nobody_elses(world: World) -> None:
    file, other = await upload(world), await upload(world)
    receipt = await world.register(LAMP, channel="photo", attachments=[other])
    await world.track(receipt, "supplement", text="补充一张照片", attachments=[other], ok=(422,))
    await world.track(receipt, "supplement", text="补充一张照片", attachments=[file])
    assert [one["id"] for one in (await world.ticket(receipt["number"]))["attachments"]] == [file, other]
    assert "photo" in await world.trail(receipt["number"])
