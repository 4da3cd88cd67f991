"""全过程档案: one archive with the whole story, its photos and the check of its chain, masked as its reader may see it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any, Final

from models.ticket import id_of
from tests.integration.test_attachments import stored
from tests.integration.test_patrol import VENDOR, WORKER, report, settled
from tests.integration.test_work_photo import LAMP, show, upload

if TYPE_CHECKING:
    from tests.integration.conftest import World

PHONE: Final = "13800000001"
NAME: Final = "欧阳雪梅"


async def archive(world: World, number: str, who: str = "supervisor", *, status: int = 200) -> zipfile.ZipFile:
    headers = {"authorization": f"Bearer {await world.token(who)}"}
    async with world.client.get(f"/api/v1/tickets/{number}/file", headers=headers) as response:
        assert response.status == status, await response.text()
        content = await response.read()
        if status == 200:
            assert response.headers["content-disposition"] == f'attachment; filename="{number}.zip"'
    return zipfile.ZipFile(io.BytesIO(content)) if status == 200 else zipfile.ZipFile(io.BytesIO(), "w")


def story(found: zipfile.ZipFile, number: str) -> tuple[Any, str]:
    return json.loads(found.read(f"{number}.json")), found.read(f"{number}.html").decode()


async def test_the_archive_tells_the_whole_story_with_photos_that_are_what_the_trail_says(world: World) -> None:
    number = (await report(world, VENDOR, photos=[await upload(world, WORKER)]))["number"]
    await settled(world, number)
    found = await archive(world, number)
    told, html = story(found, number)
    assert told["chain"] == {
        "is_whole": True,
        "fault": None,
        "events": len(told["trail"]),
        "head_hash": told["trail"][-1]["hash"],
    }
    assert told["ticket"] == await world.ticket(number) | {"allowed_actions": told["ticket"]["allowed_actions"]}
    assert told["trail"] == (await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["events"]
    assert told["clock"] == await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    assert [one["taken"] for one in told["files"]] == ["before", "after"]
    hashes = {event["fields"]["sha256"] for event in told["trail"] if event["type"] == "photo"}
    for one in told["files"]:
        assert hashlib.sha256(found.read(one["path"])).hexdigest() == one["sha256"]
        assert one["sha256"] in hashes
        assert f'<img src="{one["path"]}"' in html
    for words in ("逐条核验无误", "占道经营", "整改前", "整改后", "已劝离摊贩", "签收", "网格自办"):
        assert words in html
    assert "<script" not in html


async def test_nobody_of_the_archives_readers_sees_who_called(world: World) -> None:
    await world.department("urban")
    text = f"{LAMP}我叫{NAME}，电话{PHONE}。"
    receipt = await world.register(text, caller={"name": NAME, "phone": PHONE})
    number = receipt["number"]
    assert (await world.ticket(number, who="department:urban"))["caller"]["phone"] == PHONE
    await world.replied(number)
    for who in ("supervisor", "leader", "department:urban"):
        found = await archive(world, number, who)
        for path in found.namelist():
            content = found.read(path).decode()
            assert PHONE not in content, (who, path)
            assert NAME not in content, (who, path)
    told, _ = story(await archive(world, number, "department:urban"), number)
    assert told["ticket"]["text"] is None
    assert {one["department"] for one in told["deliveries"]} == {"urban"}


async def test_a_touched_trail_and_a_lost_photo_are_found_out(world: World) -> None:
    number = (await report(world, VENDOR))["number"]
    await world.step(number, "acknowledge", who=WORKER)
    shown = await show(world, number, WORKER, "after")
    stored(world, shown["photos"][0]["id"]).write_bytes(b"another picture")
    await world.rows("UPDATE events SET actor = 'nobody' WHERE ticket_id = $1 AND seq = 2", id_of(number))
    told, html = story(await archive(world, number), number)
    assert told["chain"]["is_whole"] is False
    assert "第2条留痕" in html
    assert told["files"][0]["path"] is None
    assert "未收入" in html


async def test_only_who_may_read_the_ticket_has_its_file_and_the_same_story_makes_the_same_members(
    world: World,
) -> None:
    number = (await world.register(LAMP))["number"]
    await archive(world, number, "department:parks", status=404)
    for who in ("knowledge", "channel:phone", "auditor"):
        await archive(world, number, who, status=403)
    first, second = await archive(world, number), await archive(world, number)
    assert first.namelist() == second.namelist() == [f"{number}.html", f"{number}.json"]
    told, again = story(first, number)[0], story(second, number)[0]
    assert {**told, "made_at": None} == {**again, "made_at": None}


async def test_words_of_a_citizen_become_no_script_in_the_page(world: World) -> None:
    number = (await world.register(f"{LAMP}<script>alert(1)</script>"))["number"]
    assert "<script" not in story(await archive(world, number), number)[1]
