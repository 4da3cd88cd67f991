"""/grid: signed in by its own form, every step of a part by a form, photos beside it, and never another unit's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import pytest
from yarl import URL

from hotline import accounts
from models.vocabulary import Role
from tests.integration.conftest import PASSWORD, START
from tests.integration.test_patrol import GRID, TREE, VENDOR, report, settled
from tests.integration.test_work_photo import jpeg

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import World

USER: Final[dict[str, Any]] = {"username": "grid-1", "password": PASSWORD}
PHONE: Final = "13800000001"


@pytest.fixture
async def worker(world: World) -> World:
    """A world in which a grid's worker has signed in by the page's form."""

    async def work(session: Session) -> None:
        await accounts.add(session, "grid-1", PASSWORD, Role.DEPARTMENT, GRID, START)
        await accounts.add(session, "desk-1", PASSWORD, Role.DISPATCHER, None, START)

    await world.hub.database.write(work)
    assert await send(world, action="sign_in", **USER) == (303, "")
    return world


async def send(world: World, photo: bytes | None = None, **form: str) -> tuple[int, str]:
    """Send one of the page's forms; returns the status, and the page's words where it is not sent on."""
    content = aiohttp.FormData(quote_fields=False)
    for name, value in form.items():
        content.add_field(name, value)
    content.add_field("photo", photo or b"", filename="现场.jpg" if photo else "", content_type="image/jpeg")
    async with world.client.post("/grid", data=content, allow_redirects=False) as response:
        return response.status, "" if response.status == 303 else await response.text()


async def page(world: World, number: str = "") -> str:
    async with world.client.get("/grid", params={"number": number} if number else {}) as response:
        return await response.text()


def forms(text: str) -> list[str]:
    return re.findall(r'name="action" value="(\w+)"', text)


async def test_without_a_session_there_is_only_the_form_to_sign_in(world: World) -> None:
    await report(world, VENDOR)
    assert forms(await page(world)) == ["sign_in"]
    status, text = await send(world, action="sign_in", username="grid-1", password="wrong")
    assert status == 401
    assert "不正确" in text
    assert (await send(world, action="report", text=VENDOR))[0] == 401


async def test_the_hotlines_people_have_no_part_to_handle(worker: World) -> None:
    await send(worker, action="sign_out")
    await send(worker, action="sign_in", username="desk-1", password=PASSWORD)
    async with worker.client.get("/grid") as response:
        text = await response.text()
    assert "无权" in text
    assert forms(text) == ["sign_in"]


async def test_a_report_is_settled_by_thumb_from_the_first_photo_to_the_last_signature(worker: World) -> None:
    assert (await send(worker, jpeg(), action="report", text=VENDOR, address="翠湖路口", key="r1"))[0] == 303
    number = (await worker.get("/api/v1/patrols", who="supervisor"))["reports"][0]["number"]
    assert f"/grid?number={number}" in await page(worker)
    part: dict[str, Any] = {"number": number, "assignment": "1"}
    assert "acknowledge" in forms(await page(worker, number))
    assert (await send(worker, action="acknowledge", key="a", **part))[0] == 303
    progress: dict[str, Any] = {"text": "正在劝离摊贩", "taken": "before"}
    assert (await send(worker, jpeg(), action="progress", key="p", **progress, **part))[0] == 303
    reply: dict[str, Any] = {"text": "已劝离摊贩并清扫路面，人行道恢复畅通。", "result": "solved", "taken": "after"}
    assert (await send(worker, jpeg(b"\x55"), action="reply", key="b", **reply, **part))[0] == 303
    assert (await send(worker, action="sign_off", signed_by="王组长", key="s", **part))[0] == 303
    ticket = await worker.ticket(number)
    assert ticket["state"] == "in_review"
    assert [one["taken"] for one in ticket["attachments"]] == ["before", "before", "after"]
    assert ticket["replies"][0]["text"] == reply["text"]
    text = await page(worker, number)
    assert forms(text) == ["sign_out", "photo"]
    assert text.count("/api/v1/attachments/") == 3
    assert f"/grid?number={number}" not in await page(worker)


async def test_the_same_form_twice_is_one_step(worker: World) -> None:
    form: dict[str, Any] = {"action": "report", "text": VENDOR, "key": "again"}
    assert [(await send(worker, **form))[0] for _ in range(2)] == [303, 303]
    assert len((await worker.get("/api/v1/patrols", who="supervisor"))["reports"]) == 1
    number = (await worker.get("/api/v1/patrols", who="supervisor"))["reports"][0]["number"]
    step: dict[str, Any] = {"action": "acknowledge", "number": number, "assignment": "1", "key": "k"}
    assert [(await send(worker, **step))[0] for _ in range(2)] == [303, 303]


async def test_what_is_refused_is_told_beside_the_part(worker: World) -> None:
    number = (await report(worker, VENDOR))["number"]
    part: dict[str, Any] = {"number": number, "assignment": "1"}
    refusals: tuple[tuple[str, dict[str, Any], int, str], ...] = (
        ("reply", {"text": "已经处理好了。"}, 409, "已派"),
        ("photo", {"taken": "after"}, 422, "请先选择照片"),
        ("reply", {"text": "好"}, 422, "至少5个字"),
        ("approve", {}, 403, "不能执行"),
        ("dance", {}, 422, "action"),
    )
    for action, more, status, told in refusals:
        found, text = await send(worker, action=action, **more, **part)
        assert (found, told in text) == (status, True), action
        assert number in text
    assert "已损坏" in (await send(worker, b"\xff\xd8\xff no", action="photo", taken="after", **part))[1]
    assert "重新打开" in (await send(worker, action="reply", number=number, assignment="one"))[1]


async def test_another_units_ticket_is_not_shown(worker: World) -> None:
    other = (await worker.register("投诉：西城区鼓楼街的路灯坏了三天，晚上一片漆黑，请尽快维修。"))["number"]
    text = await page(worker, other)
    assert "没有编号" in text
    assert "漆黑" not in text
    went_up = (await report(worker, TREE))["number"]
    assert went_up in await page(worker)
    assert "没有编号" in await page(worker, went_up)


async def test_the_nearest_due_time_has_its_colour(worker: World) -> None:
    await report(worker, VENDOR)
    assert "part green" in await page(worker)
    worker.clock.move(hours=29)
    assert "part yellow" in await page(worker)
    worker.clock.move(days=2)
    text = await page(worker)
    assert "part red" in text
    assert "已超时" in text


async def test_words_cannot_become_a_script_and_no_other_site_may_send_a_form(worker: World) -> None:
    number = (await report(worker, f"{VENDOR}<script>alert(1)</script>"))["number"]
    async with worker.client.get("/grid", params={"number": number}) as response:
        text, headers = await response.text(), response.headers
    assert "<script" not in text
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    form = {"action": "acknowledge", "number": number, "assignment": "1"}
    elsewhere = {"origin": "https://elsewhere.example"}
    async with worker.client.post("/grid", data=form, headers=elsewhere, allow_redirects=False) as response:
        assert response.status == 403
    assert (await worker.ticket(number))["assignments"][0]["acknowledged_at"] is None


async def test_who_signs_out_is_out(worker: World) -> None:
    cookie = worker.client.session.cookie_jar.filter_cookies(URL(str(worker.client.make_url("/"))))
    assert (await send(worker, action="sign_out"))[0] == 303
    worker.client.session.cookie_jar.update_cookies(cookie)
    assert forms(await page(worker)) == ["sign_in"]


async def test_a_delegated_part_is_handled_here_and_its_caller_called_by_a_tap(worker: World) -> None:
    receipt = await worker.register(
        "投诉：东湖区翠湖路小区物业不清理楼道杂物，垃圾堆了一周。", caller={"name": "赵敏", "phone": PHONE}
    )
    number, street = receipt["number"], "donghu-cuihu"
    await worker.step(number, "reassign", who="dispatcher", lead=street, reason="属地办理")
    await worker.step(number, "acknowledge", who=f"department:{street}")
    await worker.step(number, "delegate", who=f"department:{street}", department=GRID, instruction="请上门核实")
    ordinal = str((await worker.ticket(number))["assignments"][-1]["assignment"])
    assert f"tel:{PHONE}" in await page(worker, number)
    part: dict[str, Any] = {"number": number, "assignment": ordinal}
    assert (await send(worker, action="acknowledge", key="a", **part))[0] == 303
    assert (await send(worker, action="contact", reached="yes", key="c", **part))[0] == 303
    reply: dict[str, Any] = {"text": "已上门清理楼道杂物，并约定物业每周巡查。", "result": "solved", "taken": "after"}
    assert (await send(worker, action="reply", key="r", **reply, **part))[0] == 303
    assert (await send(worker, action="sign_off", key="s", **part))[0] == 303
    assert (await worker.ticket(number))["assignments"][-1]["state"] == "signed_off"
    assert "grade_up" not in forms(await page(worker, number))


async def test_a_settled_report_is_seen_as_settled(worker: World) -> None:
    number = (await report(worker, VENDOR))["number"]
    await settled(worker, number)
    text = await page(worker)
    assert number in text
    assert "办结" in text
