"""The reading of a request over HTTP: what intake would decide, and nothing of it stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
PATH = "/api/v1/understand"


async def test_what_is_understood_is_what_intake_then_decides(world: World) -> None:
    texts = (
        LAMP,
        "举报城管局队长收受摊贩贿赂，请严查。",
        "家里闻到很浓的煤气味，快来人",
        "法院判决不公，我要推翻一审判决。",
    )
    for text in texts:
        read = await world.post(PATH, {"text": text}, who="channel:web")
        receipt = await world.register(text, channel="web")
        page = await world.ticket(receipt["number"])
        assert read["categories"][0]["code"] == receipt["category"]["code"]
        assert read["categories"][0]["name"] == receipt["category"]["name"]
        assert read["kind"] == receipt["kind"]
        assert read["urgency"] == receipt["urgency"]
        assert read["flags"] == page["flags"]
        assert read["auto"] is (receipt["state"] == "assigned")
        if read["auto"]:
            assert read["lead"] == receipt["lead"]
            assert read["because"] == receipt["because"]
        else:
            assert "；".join(read["desk_reasons"]) == receipt["because"]
        assert bool(read["handoff"]) is ("handoff" in receipt)


async def test_nothing_is_stored(world: World) -> None:
    await world.post(PATH, {"text": LAMP, "caller": {"phone": "13800000001"}}, who="channel:web")
    for table in ("tickets", "ticket_texts", "events", "idempotency", "notices", "timers"):
        assert await world.rows(f"SELECT * FROM {table}") == []


async def test_three_categories_with_falling_probabilities(world: World) -> None:
    read = await world.post(PATH, {"text": LAMP}, who="agent")
    codes = [guess["code"] for guess in read["categories"]]
    chances = [guess["p"] for guess in read["categories"]]
    assert len(set(codes)) == 3
    assert chances == sorted(chances, reverse=True)
    assert 0 < sum(chances) <= 1.0001


async def test_the_reading_is_masked_and_says_nothing_of_the_fingerprint(world: World) -> None:
    text = "我叫钱某某，电话13800000001，身份证110101199003074477，翠湖路路灯不亮。"
    content = {
        "text": text,
        "caller": {"name": "钱某某"},
        "address": "翠湖路，联系13800000001",
        "title": "钱某某的诉求",
    }
    read = await world.post(PATH, content, who="channel:web")
    said = str(read)
    for trace in ("钱某某", "13800000001", "110101199003074477"):
        assert trace not in said
    assert "fingerprint" not in read


async def test_an_emergency_is_shown_with_its_script(world: World) -> None:
    read = await world.post(PATH, {"text": "我家着火了，快来救火，东湖区翠湖路"}, who="agent")
    assert read["handoff"][0]["number"] == "119"
    assert "撤离" in read["handoff"][0]["script"]
    assert read["urgency"] == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [(None, 401), ("administrator", 403), ("auditor", 403), ("leader", 200), ("department:urban", 200)],
)
async def test_who_may_ask(world: World, who: str | None, status: int) -> None:
    await world.post(PATH, {"text": LAMP}, who=who, ok=(status,))


async def test_what_cannot_be_registered_is_not_understood_either(world: World) -> None:
    for content in ({}, {"text": " "}, {"text": "路灯", "received_at": "9999-01-01T00:00:00Z"}):
        problem = await world.post(PATH, content, who="channel:web", ok=(422,))
        assert problem["code"] == "invalid_request"
