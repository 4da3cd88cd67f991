from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aiohttp

from hotline.api.citizen_request import MOST_A_MINUTE
from models.ticket import id_of
from tests.integration.test_work_photo import jpeg

if TYPE_CHECKING:
    from tests.integration.conftest import World

TEXT = "东湖区霞林天地广场门口的路灯坏了一个星期，晚上一片漆黑，请尽快维修。"
PATH = "/me/request"
PHOTO = jpeg()


async def form_of(world: World, path: str = PATH) -> str:
    """The signature that a form of ours bears."""
    async with world.client.get(path) as response:
        found = re.search(r'name="form" value="([^"]+)"', await response.text())
    assert found is not None
    return found[1]


async def sent(world: World, given: dict[str, str], *photos: bytes, path: str = PATH) -> tuple[int, str]:
    """What a browser gets for a filled-in form."""
    form = aiohttp.FormData()
    for name, value in given.items():
        form.add_field(name, value)
    for n, photo in enumerate(photos):
        form.add_field("photo", photo, filename=f"现场{n}.jpg", content_type="image/jpeg")
    async with world.client.post(path, data=form, allow_redirects=False) as response:
        return response.status, await response.text()


def receipt(page: str) -> dict[str, str]:
    number, code = re.findall(r'<dd class="big">(\d+)</dd>', page)
    return {"number": number, "query_code": code}


async def test_a_form_sent_twice_makes_one_ticket_with_its_photos_once(world: World) -> None:
    given = {
        "form": await form_of(world),
        "text": TEXT,
        "identity": "named",
        "phone": "13800000000",
        "want_reply": "yes",
    }
    answers = [await sent(world, given, PHOTO, PHOTO) for _ in range(2)]
    assert [status for status, _ in answers] == [201, 201]
    first, second = (receipt(page) for _, page in answers)
    assert first == second
    ticket = await world.ticket(first["number"])
    assert (ticket["channel"], ticket["state"]) == ("web", "assigned")
    assert len(ticket["attachments"]) == 2
    assert len(await world.rows("SELECT id FROM tickets")) == 1


async def test_the_receipt_leads_to_the_request(world: World) -> None:
    _, page = await sent(world, {"form": await form_of(world), "text": TEXT})
    link = re.search(r'href="(/me\?number=[^"]+)"', page)
    assert link is not None
    async with world.client.get(link[1].replace("&amp;", "&")) as response:
        assert response.status == 200
        assert "霞林天地广场" in await response.text()


async def test_the_same_form_with_other_words_is_told_so_and_keeps_them(world: World) -> None:
    given = {"form": await form_of(world), "text": TEXT}
    await sent(world, given)
    status, page = await sent(world, {**given, "text": "西城区城隍街道垃圾没人清运，臭味很大。"})
    assert status == 422
    assert "已经登记过" in page
    assert "城隍街道垃圾" in page


async def test_a_bad_photo_is_refused_and_what_was_typed_and_good_is_kept(world: World) -> None:
    given = {"form": await form_of(world), "text": TEXT, "address": "翠湖路12号"}
    status, page = await sent(world, given, PHOTO, b"GIF89a no photo at all")
    assert status == 422
    assert 'href="#photo"' in page
    assert "霞林天地广场" in page
    assert "翠湖路12号" in page
    assert not await world.rows("SELECT id FROM tickets")
    kept = re.search(r'name="kept" value="([0-9a-f]{32})"', page)
    assert kept is not None
    again = {**given, "kept": kept[1], "form": re.findall(r'name="form" value="([^"]+)"', page)[0]}
    answers = [await sent(world, again) for _ in range(2)]
    assert [status for status, _ in answers] == [201, 201]
    assert receipt(answers[0][1]) == receipt(answers[1][1])
    assert len((await world.ticket(receipt(answers[0][1])["number"]))["attachments"]) == 1


async def test_more_photos_than_allowed_are_refused(world: World) -> None:
    status, page = await sent(world, {"form": await form_of(world), "text": TEXT}, *[PHOTO] * 5)
    assert status == 422
    assert "最多4张" in page


async def test_what_is_missing_is_named_and_led_to(world: World) -> None:
    status, page = await sent(world, {"form": await form_of(world), "text": " ", "phone": "abc", "name": "林"})
    assert status == 422
    assert 'href="#text"' in page
    assert 'id="phone-fault"' in page
    assert 'value="林"' in page


async def test_a_form_that_we_did_not_make_registers_nothing(world: World) -> None:
    made = await form_of(world)
    for form in ("", "1.2.3", made[:-1] + ("0" if made[-1] != "0" else "1")):
        assert (await sent(world, {"form": form, "text": TEXT}))[0] == 422
    assert not await world.rows("SELECT id FROM tickets")


async def test_too_many_requests_of_one_address_in_a_minute_are_refused(world: World) -> None:
    given = {"form": await form_of(world), "text": ""}
    answers = [(await sent(world, given))[0] for _ in range(MOST_A_MINUTE + 2)]
    assert answers == [422] * MOST_A_MINUTE + [429] * 2


async def test_in_an_emergency_the_number_and_what_to_do_come_first(world: World) -> None:
    status, page = await sent(
        world, {"form": await form_of(world), "text": "家里煤气泄漏，闻到很浓的煤气味，老人头晕。"}
    )
    assert status == 201
    assert 'href="tel:119">119' in page
    assert page.index("请立即拨打") < page.index("已登记")
    assert "通风" in page or "开窗" in page
    assert [one["number"] for one in (await world.ticket(receipt(page)["number"]))["handoffs"]] == ["119"]


async def test_a_confidential_request_tells_no_department_who_asks(world: World) -> None:
    urban = await world.department("urban")
    given = {"form": await form_of(world), "text": TEXT, "name": "林晓", "phone": "13800000000", "confidential": "yes"}
    _, page = await sent(world, given, PHOTO)
    number = receipt(page)["number"]
    await world.deliver()
    assert "林晓" not in str(urban.received)
    assert "13800000000" not in str(urban.received)
    seen = await world.ticket(number, who="department:urban")
    assert seen["attachments"] == []
    assert (await world.ticket(number))["disclosure"] == "confidential"


async def test_of_an_anonymous_request_no_name_is_kept(world: World) -> None:
    given = {"form": await form_of(world), "text": TEXT, "name": "林晓", "identity": "anonymous"}
    _, page = await sent(world, given)
    ticket = await world.ticket(receipt(page)["number"])
    assert (ticket["identity"], ticket["disclosure"]) == ("anonymous", "confidential")
    assert ticket["caller"]["name"] is None


async def test_a_point_of_the_map_is_the_place(world: World) -> None:
    grid = next(grid for grid in world.hub.city.grids)
    ring = grid.ring
    lon, lat = (sum(corner[axis] for corner in ring[:-1]) / len(ring[:-1]) for axis in (0, 1))
    given = {"form": await form_of(world), "text": "路灯坏了，晚上一片漆黑，请维修。", "lat": str(lat), "lon": str(lon)}
    _, page = await sent(world, given)
    (row,) = await world.rows("SELECT lat, lon, district FROM tickets WHERE id = $1", id_of(receipt(page)["number"]))
    assert (round(row["lat"], 4), round(row["lon"], 4)) == (round(lat, 4), round(lon, 4))
    assert row["district"] == grid.district


async def test_a_photo_is_added_once_however_often_the_form_is_sent(world: World) -> None:
    made = await world.register(TEXT)
    own = {"number": made["number"], "code": made["query_code"]}
    form = await form_of(world, f"/me?number={own['number']}&code={own['code']}")
    given = {**own, "form": form, "action": "supplement", "text": "今晚又有人摔倒"}
    assert [(await sent(world, given, PHOTO, path="/me"))[0] for _ in range(2)] == [303, 303]
    assert len((await world.ticket(made["number"]))["attachments"]) == 1
    trail = await world.trail(made["number"])
    assert (trail.count("photo"), trail.count("supplement")) == (1, 1)


async def test_a_step_that_is_refused_keeps_what_was_typed(world: World) -> None:
    made = await world.register(TEXT)
    own = {"number": made["number"], "code": made["query_code"]}
    form = await form_of(world, f"/me?number={own['number']}&code={own['code']}")
    given = {**own, "form": form, "action": "supplement", "text": "灯杆编号012"}
    status, page = await sent(world, given, b"no photo", path="/me")
    assert status == 422
    assert "灯杆编号012" in page
    assert "supplement" not in await world.trail(made["number"])


async def test_an_extension_is_told_with_its_reason_and_the_first_date(world: World) -> None:
    made = await world.register(TEXT, caller={"phone": "13800000000"})
    lead = (await world.ticket(made["number"]))["lead"]["code"]
    for action, fields in (("acknowledge", {}), ("request_extension", {"reason": "灯杆须定制，厂家十日后到货"})):
        await world.step(made["number"], action, who=f"department:{lead}", **fields)
    await world.step(made["number"], "decide_extension", who="dispatcher", granted=True, reason="情况属实")
    async with world.client.get("/me", params={"number": made["number"], "code": made["query_code"]}) as response:
        page = await response.text()
    assert "经批准延期：灯杆须定制，厂家十日后到货" in page
    assert "（原为" in page
    assert "情况属实" not in page


async def test_large_type_is_kept(world: World) -> None:
    async with world.client.get("/me?type=large") as response:
        assert "<body class=large>" in await response.text()
    async with world.client.get(PATH) as response:
        assert "<body class=large>" in await response.text()


async def test_a_merged_citizen_sees_what_is_done_on_the_common_ticket_and_nothing_of_the_other(world: World) -> None:
    into = await world.register(TEXT, caller={"phone": "13800000000"})
    made = await world.register("霞林天地广场门口路灯不亮已经一周，请维修。", caller={"phone": "13900000000"})
    await world.step(made["number"], "merge", who="dispatcher", into=into["number"], reason="同一处路灯")
    await world.track(into, "urge")
    await world.replied(into["number"])
    async with world.client.get("/me", params={"number": made["number"], "code": made["query_code"]}) as response:
        assert response.status == 200
        page = await response.text()
    news = page[page.index('class="news"') :]
    assert "承办单位已签收" in news
    assert "正在审核" in news
    assert news.count("您的诉求已登记") == 1
    assert "您催促了办理" not in news
    assert "承办单位已与您联系" not in news


async def test_a_citizen_whose_trail_is_damaged_still_sees_where_the_request_stands(world: World) -> None:
    made = await world.register(TEXT)
    await world.rows("UPDATE events SET body = ''::bytea WHERE ticket_id = $1", id_of(made["number"]))
    async with world.client.get("/me", params={"number": made["number"], "code": made["query_code"]}) as response:
        assert response.status == 200
        assert "办理中" in await response.text()


async def test_a_photo_whose_name_is_no_text_is_taken(world: World) -> None:
    fields = {"form": await form_of(world), "text": TEXT}
    parts = [f'content-disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts.append(b'content-disposition: form-data; name="photo"; filename="\xff\xfe.jpg"\r\n\r\n' + PHOTO)
    content = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=edge"}
    async with world.client.post(PATH, data=content, headers=headers) as response:
        assert response.status == 201, await response.text()


async def test_a_nul_in_what_a_citizen_adds_is_refused(world: World) -> None:
    made = await world.register(TEXT)
    await world.track(made, "supplement", text="补充说明", attachments=["a\x00b"], ok=(422,))
