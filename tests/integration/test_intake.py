"""登记: what every channel gets for a request, and what becomes of odd ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from models.store import tickets
from models.ticket import id_of

if TYPE_CHECKING:
    from models.ticket import TicketText
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
DEEP = b"[" * 100_000 + b"]" * 100_000


async def text_of(world: World, number: str) -> TicketText:
    async with world.hub.database.session() as session:
        return await tickets.text(session, id_of(number))


async def count_of(world: World, table: str) -> int:
    return int((await world.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def test_the_answer_has_every_field_of_the_contract(world: World) -> None:
    content = json.dumps({"text": LAMP, "caller": {"phone": "13800000001"}}).encode()
    status, raw = await world.send("/api/v1/tickets", content, who="channel:phone", key="k1")
    receipt = json.loads(raw)
    assert status == 201
    assert set(receipt) == {
        "number", "query_code", "state", "kind", "urgency", "category", "lead", "because", "promised_at",
        "is_provisional", "due", "possible_duplicates",
    }  # fmt: skip
    assert set(receipt["category"]) == {"code", "name", "p"}
    assert set(receipt["lead"]) == {"code", "name"}
    assert set(receipt["due"]) == {"acknowledge_by", "contact_by", "reply_by"}
    assert receipt["state"] == "assigned"
    assert receipt["urgency"] in {1, 2, 3, 4}
    assert len(receipt["query_code"]) == 8
    assert receipt["query_code"].isdigit()
    assert "路灯" in receipt["because"]
    assert receipt["promised_at"] >= receipt["due"]["reply_by"] > receipt["due"]["acknowledge_by"]


async def test_every_time_in_the_answer_has_an_offset(world: World) -> None:
    receipt = await world.register(LAMP)
    for text in (receipt["promised_at"], *receipt["due"].values()):
        assert datetime.fromisoformat(text).tzinfo is not None


async def test_a_request_without_a_credential_is_turned_away_before_it_is_read(world: World) -> None:
    for content in (b"{}", b"no json", json.dumps({"text": LAMP}).encode()):
        status, raw = await world.send("/api/v1/tickets", content, who=None, key="k")
        assert (status, json.loads(raw)["code"]) == (401, "unauthorized")
    headers = {"authorization": "Bearer nobody", "idempotency-key": "k"}
    async with world.client.post("/api/v1/tickets", data=b"{", headers=headers) as response:
        assert response.status == 401
        assert response.content_type == "application/problem+json"
    assert await count_of(world, "tickets") == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{}", "缺少必填项“text”"),
        (b"", "JSON"),
        (b"[]", "应为对象"),
        (b"{", "JSON"),
        (b'{"text": ""}', "text：至少填写1个字"),
        (b'{"text": "  \\n\\u3000 "}', "诉求内容为空"),
        ('{"text": "\u200b\u200b\ufeff"}'.encode(), "诉求内容为空"),
        (b'{"text": 5}', "text：应为文字"),
        (b'{"text": null}', "text：应为文字"),
        (b'{"text": "a\\u0000b"}', "空字符"),
        (b'{"text": "a\x00b"}', "空字符"),
        (b'{"text": "\\ud800 and so on"}', "JSON"),
        (b'{"text": "\\udc00 and so on"}', "JSON"),
        (b'{"text": "\xff\xfe"}', "JSON"),
        (b'{"text": "' + b"a" * 20_001 + b'"}', "text：最多填写20000个字"),
        (b'{"text": "a", "location": {"lat": 1, "lon": 1, "more": ' + DEEP + b"}}", "嵌套过深"),
        (b'{"text": "abcd", "channel": "fax"}', "channel：没有'fax'这个取值"),
        (b'{"text": "abcd", "line": "999999"}', "没有登记号码为“999999”的热线"),
        (b'{"text": "abcd", "line": ""}', "line：至少填写1个字"),
        (b'{"text": "abcd", "received_at": "2026-11-23T09:30:00"}', "时区"),
        (b'{"text": "abcd", "occurred_at": "yesterday"}', "occurred_at：时间格式不正确"),
        (b'{"text": "abcd", "received_at": "9999-12-31T23:59:59-14:00"}', "年份"),
        (b'{"text": "abcd", "occurred_at": "0001-01-01T00:00:00+14:00"}', "年份"),
        (b'{"text": "abcd", "location": {"lat": 91, "lon": 1}}', "location.lat：应不大于90"),
        (b'{"text": "abcd", "location": {"lat": 1e999, "lon": 1}}', "location.lat：数值超出范围"),
        (b'{"text": "abcd", "location": {"lat": 1}}', "location：缺少必填项“lon”"),
        (b'{"text": "abcd", "caller": {"phone": "call me"}}', "caller.phone：格式不正确"),
        (b'{"text": "abcd", "caller": {"phone": "---"}}', "caller.phone：格式不正确"),
        (b'{"text": "abcd", "caller": {"identity": "secret"}}', "caller.identity"),
        (b'{"text": "abcd", "want_reply": "yes"}', "want_reply：应为true 或 false"),
        (b'{"text": "abcd", "interaction": 0}', "interaction：应不小于1"),
        (b'{"text": "abcd", "interaction": 99999999999999999999999}', "interaction"),
        (b'{"text": "abcd", "interaction": 7}', "没有编号为7的来话"),
        (b'{"text": "abcd", "attachments": ["nothing"]}', "附件“nothing”不存在"),
    ],
)
async def test_a_request_that_cannot_be_used_is_refused_in_chinese_and_leaves_nothing(
    world: World, content: bytes, said: str
) -> None:
    status, raw = await world.send("/api/v1/tickets", content, who="channel:web", key="k")
    problem = json.loads(raw)
    assert (status, problem["code"], problem["status"]) == (422, "invalid_request", 422), problem
    assert said in problem["detail"]
    for table in ("tickets", "ticket_texts", "events", "assignments", "timers", "notices", "idempotency"):
        assert await count_of(world, table) == 0


@pytest.mark.parametrize("key", [None, "", " ", "a" * 201])
async def test_a_request_needs_a_key_to_be_repeated_by(world: World, key: str | None) -> None:
    status, raw = await world.send("/api/v1/tickets", json.dumps({"text": LAMP}).encode(), who="channel:web", key=key)
    if key == " ":
        # A header's blanks are no part of it.
        assert status in {201, 422}
        return
    assert (status, json.loads(raw)["code"]) == (422, "invalid_request")
    assert "Idempotency-Key" in json.loads(raw)["detail"]


async def test_a_channel_cannot_register_for_another(world: World) -> None:
    content = {"text": LAMP, "channel": "phone"}
    problem = await world.post("/api/v1/tickets", content, who="channel:web", key="k", ok=(403,))
    assert problem["code"] == "forbidden"
    assert await count_of(world, "tickets") == 0
    receipt = await world.register(LAMP, channel="web")
    assert (await world.ticket(receipt["number"]))["channel"] == "web"


async def test_an_agent_registers_what_came_by_any_channel(world: World) -> None:
    content = {"text": LAMP, "channel": "wechat"}
    receipt = await world.post("/api/v1/tickets", content, who="agent", key="k", ok=(201,))
    assert (await world.ticket(receipt["number"]))["channel"] == "wechat"
    receipt = await world.post("/api/v1/tickets", {"text": LAMP}, who="agent", key="k2", ok=(201,))
    assert (await world.ticket(receipt["number"]))["channel"] == "phone"


async def test_the_line_of_a_sub_centre_is_told_its_own_door(world: World) -> None:
    problem = await world.post(
        "/api/v1/tickets", {"text": LAMP, "line": "12366"}, who="channel:phone", key="k", ok=(422,)
    )
    assert "/api/v1/feeds/12366/" in problem["detail"]
    assert await count_of(world, "tickets") == 0


async def test_the_dialled_line_is_kept_listed_by_and_told(world: World) -> None:
    market = await world.register("超市卖的牛奶已经过期了还在卖，翠湖路", line="12315")
    general = await world.register(LAMP, line="12345")
    await world.register(LAMP)
    for receipt, line in ((market, "12315"), (general, "12345")):
        found = await world.get(f"/api/v1/tickets?line={line}", who="supervisor")
        assert [row["number"] for row in found["tickets"]] == [receipt["number"]]
        assert (await world.ticket(receipt["number"]))["line"] == line
        trail = await world.get(f"/api/v1/tickets/{receipt['number']}/trail", who="supervisor")
        assert trail["events"][0]["fields"]["line"] == line


async def test_the_line_that_was_dialled_speaks_for_its_own_matters(world: World) -> None:
    words = "买的东西有问题，商家不肯退，请帮忙"
    plain = await world.register(words)
    market = await world.register(words, line="12315")
    assert market["category"]["code"].startswith("12")
    assert market["category"]["p"] > plain["category"]["p"] or plain["category"]["code"] == market["category"]["code"]


@pytest.mark.parametrize(
    "text",
    [
        "路灯坏了" * 5000,
        "\n".join(f"{n}、第{n}件事：翠湖路{n}号门口垃圾没人清运。" for n in range(1, 900))[:20_000],
        "a" * 20_000,
        "1" * 20_000,
        "１３８" * 6000,
        "😀👨‍👩‍👧‍👦 翠湖路的路灯坏了 \u202e反过来\u202c \u200b零宽 ﷽",
        '他说："c:\\u0000\\temp" 打不开，怎么办？',
        "<script>alert(1)</script>'; DROP TABLE tickets; --",
        "Le lampadaire est cassé — пожалуйста, почините — 街灯が壊れています",
        "𠮷野家𡃁仔嘅路燈壞咗，唔該快啲整返",
        "{}[]\\\"'%s%d$1:1::text",
        "\t换行\r\n制表\u0085下一行\u2028行分隔",
    ],
    ids=[
        "long",
        "many",
        "one_word",
        "digits",
        "wide_digits",
        "emoji",
        "backslash",
        "sql",
        "foreign",
        "rare",
        "marks",
        "lines",
    ],
)
async def test_a_long_or_odd_text_is_registered_without_loss(world: World, text: str) -> None:
    receipt = await world.register(text, title="标题：路灯", channel="web")
    stored = await text_of(world, receipt["number"])
    assert stored.text == f"标题：路灯\n{text}"
    page = await world.ticket(receipt["number"])
    assert page["state"] in {"assigned", "on_desk"}
    assert await world.followed(receipt)


async def test_the_title_is_read_shown_and_searched(world: World) -> None:
    receipt = await world.register("一直没有人来修，请尽快处理，谢谢。", title="翠湖路路灯不亮", channel="mailbox")
    assert receipt["category"]["code"] == "0203"
    assert "翠湖路路灯不亮" in (await world.ticket(receipt["number"]))["text"]
    found = await world.get("/api/v1/tickets?q=路灯", who="agent")
    assert [row["number"] for row in found["tickets"]] == [receipt["number"]]


async def test_times_that_the_citizen_gave_are_kept_as_moments(world: World) -> None:
    receipt = await world.register(
        LAMP, received_at="2026-11-20T08:00:00+08:00", occurred_at="2026-11-19T22:00:00-05:00", channel="feed"
    )
    page = await world.ticket(receipt["number"])
    assert datetime.fromisoformat(page["received_at"]) == datetime(2026, 11, 20, tzinfo=UTC)
    assert datetime.fromisoformat(page["occurred_at"]) == datetime(2026, 11, 20, 3, tzinfo=UTC)
    # The promise counts from our registration: what was received elsewhere earlier is provenance only.
    assert datetime.fromisoformat(page["promised_at"]) > datetime.fromisoformat(page["registered_at"])


async def test_an_anonymous_caller_is_confidential_and_a_named_one_as_he_wishes(world: World) -> None:
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({}, ("anonymous", "confidential")),
        ({"caller": {"identity": "anonymous", "phone": "13800000001"}}, ("anonymous", "confidential")),
        ({"caller": {"name": "钱某某", "phone": "13800000001"}}, ("named", "open")),
        ({"caller": {"name": "钱某某", "disclosure": "confidential"}}, ("named", "confidential")),
    ]
    for fields, expected in cases:
        page = await world.ticket((await world.register(LAMP, **fields))["number"])
        assert (page["identity"], page["disclosure"]) == expected


async def test_a_name_of_several_lines_does_not_spoil_the_phone(world: World) -> None:
    receipt = await world.register(LAMP, caller={"name": "钱某某\n13999999999", "phone": "13800000001 "})
    stored = await text_of(world, receipt["number"])
    assert (stored.caller_name, stored.caller_phone) == ("钱某某 13999999999", "13800000001")
    assert [one.address for one in await world.told(receipt["number"])] == ["13800000001"]


async def test_low_confidence_waits_on_the_desk_with_a_reason_and_a_proposal(world: World) -> None:
    receipt = await world.register("院子里的东西坏了没人管")
    assert receipt["state"] == "on_desk"
    assert "主办单位把握" in receipt["because"]
    assert receipt["lead"] is None
    assert receipt["due"] is None
    page = await world.ticket(receipt["number"])
    assert page["desk_reason"] == receipt["because"]
    assert page["stage_by"] is not None
    assert {"dispatch", "decline", "answer"} <= set(
        (await world.ticket(receipt["number"], who="dispatcher"))["allowed_actions"]
    )
    trail = await world.get(f"/api/v1/tickets/{receipt['number']}/trail", who="dispatcher")
    proposed = next(event for event in trail["events"] if event["type"] == "proposed")
    assert proposed["fields"]["lead"] in world.hub.city.departments
    assert proposed["fields"]["reasons"] == receipt["because"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("法院判决不公，我要推翻一审判决，建设路的案子。", "法定途径"),
        ("举报城管局队长收受摊贩贿赂，请严查。", "须人工核对"),
        ("举报翠湖路社区工作人员吃拿卡要，收了商户的好处费。", "须人工核对"),
        ("你好", "无实质诉求"),
        ("我要查一下邻居的身份证和电话，他欠我钱", "秘密与隐私"),
    ],
)
async def test_what_may_not_be_ours_is_a_ticket_on_the_desk_and_never_declined_by_program(
    world: World, text: str, reason: str
) -> None:
    receipt = await world.register(text)
    assert receipt["state"] == "on_desk"
    assert reason in receipt["because"]
    assert receipt["promised_at"]
    assert "decline" not in await world.trail(receipt["number"])
    for _ in range(5):
        world.clock.move(days=10)
        await world.fire()
    assert (await world.ticket(receipt["number"]))["state"] == "on_desk"


async def test_the_line_of_a_referral_waits_for_a_person(world: World) -> None:
    receipt = await world.register(LAMP, line="12388")
    assert receipt["state"] == "on_desk"
    assert "告知转介" in receipt["because"]


async def test_what_is_sure_goes_out_at_once_with_the_rule_that_says_so(world: World) -> None:
    receipt = await world.register("东湖区建设路小区楼下饭店油烟太大，熏得没法开窗。")
    page = await world.ticket(receipt["number"])
    assert page["state"] == "assigned"
    assert page["duty"]
    assert page["because"]
    assert {part["role"] for part in page["assignments"]} == {"lead", "assisting"}
    assert all(part["because"] and part["reply_by"] for part in page["assignments"])
    assert await world.trail(receipt["number"]) == [
        "register", "accept", "dispatch", "clock_started", "clock_started",
    ]  # fmt: skip


async def test_coordinates_come_before_the_words(world: World) -> None:
    city = world.hub.city
    place = next(entry for entry in city.gazetteer if entry.street.startswith("qingshi"))
    receipt = await world.register("这里的路灯不亮了，请来修。", location={"lat": place.lat, "lon": place.lon})
    page = await world.ticket(receipt["number"])
    assert page["district"] == "qingshi"
    assert page["grid"]
    assert page["location"] == {"lat": place.lat, "lon": place.lon}


async def test_coordinates_outside_the_city_are_kept_and_lead_nowhere(world: World) -> None:
    receipt = await world.register("这里的路灯不亮了，请来修。", location={"lat": -33.9, "lon": 151.2})
    page = await world.ticket(receipt["number"])
    assert page["district"] is None
    assert page["location"] == {"lat": -33.9, "lon": 151.2}


async def test_coordinates_outside_the_city_wait_for_a_person_whatever_the_words_say(world: World) -> None:
    receipt = await world.register(LAMP, location={"lat": 31.2, "lon": 121.5})
    assert (receipt["state"], receipt["lead"]) == ("on_desk", None)
    assert "坐标不在本市" in receipt["because"]
    content = {"text": LAMP, "location": {"lat": 31.2, "lon": 121.5}}
    read = await world.post("/api/v1/understand", content, who="agent")
    assert not read["auto"]
    assert any("坐标不在本市" in reason for reason in read["desk_reasons"])
    # The words still give a proposal, which a person may take.
    await world.step(receipt["number"], "dispatch", who="dispatcher")


async def test_a_place_in_another_district_than_the_told_one_waits_for_a_person(world: World) -> None:
    ticket = await world.register("东湖区龙林名苑垃圾没人清运，臭气熏天，投诉。")
    assert ticket["state"] == "on_desk"
    assert "请核对地点" in ticket["because"]
    unlisted = await world.register("鹿原县翠林小区垃圾没人清运，臭气熏天，投诉。")
    assert (await world.ticket(unlisted["number"]))["district"] == "luyuan"


ELSEWHERE = [
    "上海市浦东新区世纪大道的井盖坏了",
    "我人在杭州，这边流动摊贩占道",
    "南昌市红谷滩的路灯坏了",
    "广州市天河区体育西路流动摊贩",
    "我住在北京市朝阳区望京街道，门口的路灯坏了",
]


@pytest.mark.parametrize("text", ELSEWHERE)
async def test_a_request_from_elsewhere_waits_for_a_person(world: World, text: str) -> None:
    receipt = await world.register(text)
    assert (receipt["state"], receipt["lead"]) == ("on_desk", None)
    assert "外地事项" in receipt["because"]
    assert "decline" not in await world.trail(receipt["number"])
    page = await world.ticket(receipt["number"])
    assert "N9" in {one["code"] for one in page["reading"]["scope"]}


async def test_an_address_elsewhere_counts_like_the_words(world: World) -> None:
    receipt = await world.register("门口的井盖坏了，请尽快维修。", address="上海市浦东新区世纪大道100号")
    assert "外地事项" in receipt["because"]


@pytest.mark.parametrize(
    "text",
    [
        "老家在四川，东湖区翠湖路的路灯坏了三天，请尽快维修。",
        "我刚从上海回来，东湖区翠湖路的路灯坏了三天，请尽快维修。",
        "东湖区翠湖路兰州拉面馆门口的路灯坏了三天，请尽快维修。",
    ],
)
async def test_who_comes_from_elsewhere_is_not_doubted(world: World, text: str) -> None:
    assert (await world.register(text))["state"] == "assigned"


async def test_attachments_belong_to_the_ticket_they_came_with(world: World) -> None:
    token = await world.token("channel:photo")
    headers = {"authorization": f"Bearer {token}", "x-file-name": "%E7%85%A7%E7%89%87.jpg"}
    async with world.client.post("/api/v1/attachments", data=b"\xff\xd8\xff photo", headers=headers) as response:
        assert response.status == 201
        attachment = (await response.json())["id"]
    receipt = await world.register(LAMP, channel="photo", attachments=[attachment, attachment])
    rows = await world.rows("SELECT id, ticket_id FROM attachments")
    assert [(row["id"], row["ticket_id"]) for row in rows] == [(attachment, id_of(receipt["number"]))]
    content = {"text": LAMP, "attachments": [attachment]}
    problem = await world.post("/api/v1/tickets", content, who="channel:photo", key="again", ok=(422,))
    assert "已用于其他工单" in problem["detail"]
    assert await count_of(world, "tickets") == 1


async def test_the_first_ticket_of_a_month_makes_its_place(world: World) -> None:
    await world.register(LAMP)
    world.clock.move(days=20)
    receipt = await world.register(LAMP)
    assert receipt["number"].startswith("202612")
    attachment = await _uploaded(world)
    world.clock.move(days=30)
    receipt = await world.register(LAMP, channel="photo", attachments=[attachment])
    assert receipt["number"].startswith("202701")


async def _uploaded(world: World) -> str:
    headers = {"authorization": f"Bearer {await world.token('channel:photo')}"}
    async with world.client.post("/api/v1/attachments", data=b"\xff\xd8\xff photo", headers=headers) as response:
        return str((await response.json())["id"])


@pytest.mark.parametrize(
    ("more", "name"),
    [({"disclosure": "confidential"}, "disclosure"), ({"caller": {"disclosur": "confidential"}}, "disclosur")],
)
async def test_a_misplaced_wish_to_be_kept_secret_is_told_and_not_dropped(world: World, more: Any, name: str) -> None:
    content = {"text": LAMP, **more}
    problem = await world.post("/api/v1/tickets", content, who="channel:web", key="k", ok=(422,))
    assert f"“{name}”" in problem["detail"]
