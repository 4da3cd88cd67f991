from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

TEXT = "东湖区霞林天地广场门口的路灯坏了一个星期，晚上一片漆黑，请尽快维修。"


async def page(world: World, path: str) -> tuple[int, str]:
    async with world.client.get(path) as response:
        return response.status, await response.text()


async def post(world: World, **form: str) -> int:
    async with world.client.post("/me", data=form, allow_redirects=False) as response:
        status: int = response.status
    return status


async def open_form(world: World, receipt: dict[str, str]) -> dict[str, str]:
    """What the citizen's page would send back: number, code and the form's own token."""
    status, text = await page(world, f"/me?number={receipt['number']}&code={receipt['query_code']}")
    assert status == 200
    token = re.search(r'name="form" value="([^"]+)"', text)
    assert token is not None
    return {"number": receipt["number"], "code": receipt["query_code"], "form": token[1]}


async def test_words_of_a_citizen_cannot_become_a_script(world: World) -> None:
    receipt = await world.register('小区门口路灯坏了<script>alert("x")</script>请修', caller={"phone": "13800000000"})
    _, text = await page(world, f"/me?number={receipt['number']}&code={receipt['query_code']}")
    assert "&lt;script" in text
    assert re.findall("<script[^>]*>", text) == ['<script src="/me/script.js" defer>']


async def test_the_citizen_sees_where_the_request_stands(world: World) -> None:
    receipt = await world.register(TEXT, caller={"phone": "13800000000"})
    status, text = await page(world, f"/me?number={receipt['number']}&code={receipt['query_code']}")
    assert status == 200
    assert "城管局" in text
    assert "办理中" in text


async def test_a_wrong_code_shows_nothing(world: World) -> None:
    receipt = await world.register(TEXT)
    status, text = await page(world, f"/me?number={receipt['number']}&code=00000000")
    assert status == 404
    assert "路灯" not in text


async def test_the_citizen_urges_once_however_often_the_form_is_sent(world: World) -> None:
    receipt = await world.register(TEXT)
    form = await open_form(world, receipt)
    assert [await post(world, **form, action="urge") for _ in range(3)] == [303, 303, 303]
    assert (await world.ticket(receipt["number"]))["urge_count"] == 1


async def test_the_citizen_adds_to_the_request(world: World) -> None:
    receipt = await world.register(TEXT)
    form = await open_form(world, receipt)
    assert await post(world, **form, action="supplement", text="昨晚有人摔倒") == 303
    assert "昨晚有人摔倒" in (await world.ticket(receipt["number"]))["brief"]


@pytest.mark.parametrize("form", ["", "1.2.3", "x"])
async def test_a_form_that_we_did_not_make_is_refused(world: World, form: str) -> None:
    receipt = await world.register(TEXT)
    assert await post(world, number=receipt["number"], code=receipt["query_code"], form=form, action="urge") == 422


async def test_a_form_for_one_request_is_no_form_for_another(world: World) -> None:
    form = await open_form(world, await world.register(TEXT))
    other = await world.register("西城区城隍街道垃圾没人清运，臭味很大。")
    own = {"number": other["number"], "code": other["query_code"], "form": form["form"]}
    assert await post(world, **own, action="urge") == 422


async def test_too_many_forms_in_a_minute_are_refused(world: World) -> None:
    form = await open_form(world, await world.register(TEXT))
    answers = [await post(world, **form, action="urge") for _ in range(8)]
    assert answers == [303] * 6 + [429] * 2


async def test_only_the_citizens_own_steps_are_taken(world: World) -> None:
    form = await open_form(world, await world.register(TEXT))
    assert await post(world, **form, action="void", reason="不是我的步骤") == 422


async def test_the_citizen_rates_on_the_page_and_the_ticket_closes(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(TEXT, caller={"phone": "13800000000"})
    await world.deliver()
    told = urban.last("ticket.dispatched")
    await urban.call_back(told, "acknowledge")
    await urban.call_back(told, "reply", text="路灯线路已更换，当晚恢复照明。", result="solved")
    await urban.call_back(told, "sign_off")
    await world.step(receipt["number"], "approve", who="reviewer")
    form = await open_form(world, receipt)
    assert await post(world, **form, action="rate", solved="yes", satisfied="yes", score="5") == 303
    _, text = await page(world, f"/me?number={receipt['number']}&code={receipt['query_code']}")
    assert "路灯线路已更换" in text
    assert "已解决，满意，5分" in text
    assert (await world.ticket(receipt["number"]))["state"] == "closed"
