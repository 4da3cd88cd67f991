"""The citizen's side: to follow, add, urge and take back, by number and query code and nothing else."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, TCPConnector
from aiohttp.test_utils import TestClient, TestServer

from hotline import track
from hotline.app import make_app
from hotline.config import Settings
from hotline.step import run
from models.ticket import CITIZEN, id_of, number_of

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp.web import Application, Request

    from hotline.hub import Hub
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
CALLER = {"name": "钱某某", "phone": "13800000001"}


async def look(world: World, number: str, code: str | None) -> tuple[int, Any]:
    params = {} if code is None else {"code": code}
    async with world.client.get(f"/api/v1/track/{number}", params=params) as response:
        return response.status, await response.json()


async def test_the_citizen_sees_state_date_lead_and_his_own_words_masked(world: World) -> None:
    receipt = await world.register(LAMP + "我叫钱某某，电话13800000001。", caller=CALLER)
    page = await world.followed(receipt)
    assert page["state"] == "assigned"
    assert page["promised_at"] == receipt["promised_at"]
    assert page["lead"] == receipt["lead"]
    assert "路灯坏了三天" in page["text"]
    assert "13800000001" not in str(page)
    assert "钱某某" not in str(page)
    for hidden in ("caller", "desk_reason", "assignments", "brief", "flags", "accused", "reading"):
        assert hidden not in page


async def test_a_wrong_number_and_a_wrong_code_are_told_alike(world: World) -> None:
    receipt = await world.register(LAMP)
    unknown = number_of(id_of(receipt["number"]) + 5000)
    answers = [
        await look(world, receipt["number"], "00000000" if receipt["query_code"] != "00000000" else "00000001"),
        await look(world, unknown, receipt["query_code"]),
        await look(world, receipt["number"][:-1] + str((int(receipt["number"][-1]) + 1) % 10), receipt["query_code"]),
        await look(world, receipt["number"], "密码"),
    ]
    assert {status for status, _ in answers} == {404}
    assert len({problem["detail"] for _, problem in answers}) == 1


async def test_without_a_code_one_is_asked_for(world: World) -> None:
    receipt = await world.register(LAMP)
    status, problem = await look(world, receipt["number"], None)
    assert (status, problem["code"]) == (422, "invalid_request")
    content = {"action": "urge"}
    await world.post(f"/api/v1/track/{receipt['number']}/steps", content, who=None, ok=(422,))
    content["code"] = "00000000"
    await world.post(f"/api/v1/track/{receipt['number']}/steps", content, who=None, ok=(404,))


async def test_a_supplement_reaches_the_departments_masked_and_goes_into_the_brief(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(LAMP, caller=CALLER)
    await world.track(receipt, "supplement", text="灯杆也歪了，我叫钱某某，改打１３９００００００００２。")
    await world.deliver()
    told = urban.last("ticket.supplemented")
    assert "灯杆也歪了" in told["added"]
    assert "灯杆也歪了" in told["brief"]
    for trace in ("钱某某", "１３９００００００００２", "13900000002"):
        assert trace not in told["added"] + told["brief"]
    page = await world.ticket(receipt["number"])
    assert "灯杆也歪了" in page["brief"]
    trail = await world.get(f"/api/v1/tickets/{receipt['number']}/trail", who="auditor")
    assert not [trace for trace in ("钱某某", "１３９００００００００２", "13900000002") if trace in str(trail)]


async def test_an_urging_is_counted_and_passed_on_and_makes_no_ticket(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(LAMP, caller=CALLER)
    await world.track(receipt, "urge")
    world.clock.move(hours=25)
    await world.track(receipt, "urge", text="都一个星期了")
    await world.deliver()
    assert urban.last("ticket.urged")["count"] == 2
    assert (await world.followed(receipt))["urge_count"] == 2
    assert len(await world.rows("SELECT id FROM tickets")) == 1


async def test_nobody_is_told_that_a_department_was_urged_that_has_nothing_yet(world: World) -> None:
    given = await world.register(LAMP, caller=CALLER)
    waiting = await world.register("有个事情想反映一下，你们看着办吧。", caller=CALLER)
    assert ((await world.ticket(given["number"]))["state"], waiting["state"]) == ("assigned", "on_desk")
    told = [
        await run(
            world.hub, CITIZEN, id_of(receipt["number"]), lambda step: track.urge(step, track.Urge()), is_citizens=True
        )
        for receipt in (given, waiting)
    ]
    assert told == ["您的催促已转告承办单位", "您的催促已记录，正在处理您诉求的工作人员会看到"]


async def test_a_withdrawal_ends_it_and_the_departments_stop(world: World) -> None:
    receipt = await world.register("东湖区建设路小区楼下饭店油烟太大，熏得没法开窗。", caller=CALLER)
    codes = [part["department"]["code"] for part in (await world.ticket(receipt["number"]))["assignments"]]
    servers = [await world.department(code) for code in codes]
    withdrawn = await world.track(receipt, "withdraw", reason="店家已经整改")
    assert withdrawn["state"] == "withdrawn"
    assert {part["state"] for part in withdrawn["assignments"]} == {"recalled"}
    await world.deliver()
    for server in servers:
        assert server.last("ticket.withdrawn")["ticket"] == receipt["number"]
    assert [one.kind for one in await world.told(receipt["number"])][-1] == "withdrawn"
    assert await world.rows("SELECT * FROM timers") == []
    assert (await world.get("/api/v1/backlog", who="supervisor"))["open"] == 0
    await world.refused(receipt["number"], "acknowledge", who=f"department:{codes[0]}", assignment=1)


async def test_what_was_answered_is_not_taken_back(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.replied(receipt["number"])
    problem = await world.track(receipt, "withdraw", ok=(409,))
    assert problem["code"] == "illegal_step"


@pytest.mark.parametrize("action", ["approve", "close", "dispatch", "void", "acknowledge", "note", "merge", "decline"])
async def test_a_citizen_takes_no_step_of_the_hotline_or_a_department(world: World, action: str) -> None:
    receipt = await world.register(LAMP)
    before = await world.everything_of(receipt["number"])
    problem = await world.track(receipt, action, ok=(403,), reason="我要结案", text="我要结案")
    assert problem["code"] == "forbidden"
    assert await world.everything_of(receipt["number"]) == before


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("supplement", {}),
        ("supplement", {"text": ""}),
        ("supplement", {"text": " "}),
        ("supplement", {"text": "长" * 4001}),
        ("supplement", {"text": "空\u0000字符"}),
        ("rate", {"solved": True}),
        ("fly", {}),
        ("urge", {"text": 5}),
    ],
)
async def test_an_odd_step_of_a_citizen_is_refused_and_changes_nothing(
    world: World, action: str, fields: dict[str, Any]
) -> None:
    receipt = await world.register(LAMP)
    before = await world.everything_of(receipt["number"])
    problem = await world.track(receipt, action, ok=(422,), **fields)
    assert problem["code"] == "invalid_request"
    assert await world.everything_of(receipt["number"]) == before


async def test_an_agent_does_for_a_caller_what_he_could_do_himself(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.step(receipt["number"], "urge", who="agent", text="来电催促")
    await world.step(receipt["number"], "supplement", who="agent", text="灯杆也歪了")
    page = await world.ticket(receipt["number"])
    assert page["urge_count"] == 1
    assert "灯杆也歪了" in page["brief"]
    assert (await world.step(receipt["number"], "withdraw", who="agent"))["state"] == "withdrawn"


async def test_the_promise_does_not_move_when_departments_change(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    number = receipt["number"]
    world.clock.move(days=2)
    await world.step(number, "reassign", who="dispatcher", lead="power", reason="灯具属供电公司资产")
    world.clock.move(days=1)
    await world.step(number, "recall", who="dispatcher", reason="重新核对权属")
    await world.step(number, "designate", who="supervisor", lead="urban", reason="核对后仍属城管局")
    page = await world.ticket(number)
    assert page["promised_at"] == page["first_promised_at"] == receipt["promised_at"]
    assert (await world.followed(receipt))["promised_at"] == receipt["promised_at"]
    parts = page["assignments"]
    assert [part["dispatched_at"] < part["reply_by"] for part in parts] == [True] * 3
    assert parts[2]["reply_by"] > parts[0]["reply_by"], "a department's clock counts from its own dispatch"


async def test_every_message_carries_what_the_citizen_needs(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    number = receipt["number"]
    await world.closed(number)
    messages = {one.kind: one.content for one in await world.told(number)}
    assert all(text.startswith("【云州市12345】") for text in messages.values())
    assert all(number in text for text in messages.values())
    assert receipt["query_code"] in messages["registered"]
    assert "12月" in messages["registered"] or "11月" in messages["registered"]
    link = f"{world.hub.address}/me?number={number}"
    assert all(text.count("https://") == 1 and link in text for kind, text in messages.items() if "/me" in text)
    assert {"registered", "result", "closed"} <= {kind for kind, text in messages.items() if link in text}
    assert "已解决" in messages["result"]
    assert "重办" in messages["closed"]


async def test_who_left_no_phone_is_sent_nothing(world: World) -> None:
    receipt = await world.register(LAMP, caller={"name": "钱某某"})
    await world.closed(receipt["number"])
    assert await world.told(receipt["number"]) == []


async def test_codes_cannot_be_tried_out(world: World) -> None:
    receipt = await world.register(LAMP)
    right = receipt["query_code"]
    wrong = [f"{(int(right) + n) % 10**8:08d}" for n in range(1, 22)]
    assert {(await look(world, receipt["number"], code))[0] for code in wrong[:20]} == {404}
    status, problem = await look(world, receipt["number"], wrong[20])
    assert (status, problem["code"]) == (429, "too_many_requests")
    # Nor does the right code betray itself now; somebody else's request is not touched.
    assert (await look(world, receipt["number"], right))[0] == 429
    # Whom the ticket belongs to is not locked out by whoever tries elsewhere.
    elsewhere = ClientSession(connector=TCPConnector(local_addr=("127.0.0.2", 0)))
    url = world.client.make_url(f"/api/v1/track/{receipt['number']}").with_query(code=right)
    async with elsewhere, elsewhere.get(url) as response:
        assert response.status == 200
    other = await world.register(LAMP + "另一处")
    assert (await look(world, other["number"], other["query_code"]))[0] == 200


async def test_nor_can_one_code_be_tried_on_all_the_tickets_of_a_city(world: World) -> None:
    numbers = [str((await world.register(f"{LAMP}{place}"))["number"]) for place in ("南", "西", "北", "中")]
    # The last of them does not exist: what is refused when does not tell it from the others.
    numbers.append(number_of(id_of(numbers[0]) + 10_000))
    tries = [(await look(world, number, "00000000"))[0] for _ in range(13) for number in numbers]
    assert tries == [404] * 60 + [429] * 5


async def test_behind_a_proxy_of_ours_one_address_locks_out_nobody_else(hub: Hub, world: World, tmp_path: Path) -> None:
    receipt = await world.register(LAMP)
    settings = Settings(data_dir=tmp_path, demo=True, proxies=(ip_network("127.0.0.1/32"),))
    path = f"/api/v1/track/{receipt['number']}"

    async def asked(client: TestClient[Request, Application], code: str, *forwarded: str) -> int:
        headers = [("x-forwarded-for", one) for one in forwarded]
        async with client.get(path, params={"code": code}, headers=headers) as response:
            return response.status

    async with TestClient(TestServer(make_app(settings, hub))) as client:
        # Whatever a client claims to be stands before what the proxy wrote.
        guesses = [await asked(client, "00000000", f"198.51.100.{n}", "203.0.113.7") for n in range(21)]
        assert guesses == [404] * 20 + [429]
        assert await asked(client, receipt["query_code"], "203.0.113.7") == 429
        assert await asked(client, receipt["query_code"], "203.0.113.8") == 200
        headers = {"authorization": f"Bearer {await world.token('supervisor')}", "x-forwarded-for": "203.0.113.8"}
        async with client.ws_connect("/api/v1/stream", headers=headers) as socket:
            await world.register(LAMP)
            assert (await socket.receive_json(timeout=5))["type"] == "register"
    # Without a proxy of ours the same header makes nobody somebody else.
    guesses = [await asked(world.client, "00000000", f"198.51.100.{n}") for n in range(21)]
    assert guesses == [404] * 20 + [429]


async def test_urging_again_too_soon_is_kept_and_counts_once(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(LAMP)
    number = receipt["number"]
    first = await world.track(receipt, "urge", text="请快一点")
    assert "已转告" in first["told"]
    again = await world.track(receipt, "urge", text="怎么还没有人来")
    assert "合并计为一次" in again["told"]
    assert (await world.ticket(number))["urge_count"] == 1
    assert (await world.trail(number)).count("urge") == 2
    await world.deliver()
    assert [body["type"] for body in urban.received].count("ticket.urged") == 1
    # Counted from the one that counted (oversight.toml), not from the last one.
    world.clock.move(hours=25)
    await world.track(receipt, "urge")
    assert (await world.ticket(number))["urge_count"] == 2


async def test_every_merged_callers_urging_counts_for_itself(world: World) -> None:
    common = await world.register(LAMP, caller={"phone": "13800000001"})
    others = [await world.register(LAMP, caller={"phone": f"1390000000{n}"}) for n in range(2)]
    for other in others:
        await world.step(other["number"], "merge", who="dispatcher", into=common["number"], reason="同一事项")
    for receipt in (common, *others, *others):
        await world.track(receipt, "urge")
    assert (await world.ticket(common["number"]))["urge_count"] == 3
    assert (await world.ticket(others[0]["number"]))["urge_count"] == 1


async def test_a_rating_is_changed_twice_and_no_oftener_until_it_is_done_again(world: World) -> None:
    receipt = await world.register(LAMP, caller={"phone": "13800000001"})
    number = receipt["number"]
    await world.closed(number)
    for score in (5, 4, 3):
        await world.track(receipt, "rate", solved=True, satisfied=True, score=score)
    refused = await world.track(receipt, "rate", solved=True, satisfied=True, score=1, ok=(409,))
    assert "最多修改2次" in refused["detail"]
    assert (await world.followed(receipt))["rating"]["score"] == 3
    assert "rate" not in (await world.ticket(number, who="agent"))["allowed_actions"]
    await world.step(number, "reopen", who="supervisor", reason="问题再次出现")
    await world.closed(number)
    await world.track(receipt, "rate", solved=True, satisfied=True, score=2)
