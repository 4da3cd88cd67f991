"""重复诉求: what may be the same matter is shown at intake; a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.ticket import id_of
from nlu.similarity import STORED

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
NEAR = "东湖区翠湖路和建设路交叉口的路灯坏了三天了，晚上一片漆黑，请你们尽快维修！"
BRIBE = "举报东湖区翠湖路一家饭店使用过期食材加工菜品，请查处。"
OTHER = "西城区人民医院门诊收费排队太久，窗口只开了两个，希望多开几个窗口。"

CUIHU = "东湖区翠湖路的路灯坏了三天，晚上一片漆黑，请尽快维修。"
JIEFANG = "西城区解放南路的路灯坏了三天，晚上一片漆黑，请尽快维修。"
DARK = "翠湖路灯不亮了，孩子下晚自习害怕。"
UNLIT = "夜里经过翠湖路什么也看不见，照明早就全灭了，老人摔了一跤，居民盼着快些复明。"


def numbers(receipt: Any) -> list[str]:
    return [one["number"] for one in receipt["possible_duplicates"]]


async def place(world: World, receipt: Any) -> tuple[str, str]:
    ticket = await world.ticket(receipt["number"])
    return ticket["place"], ticket["district"]


async def test_near_words_of_another_caller_are_shown(world: World) -> None:
    first = await world.register(LAMP, caller={"phone": "13800000001"})
    again = await world.register(NEAR, caller={"phone": "13800000002"})
    assert first["possible_duplicates"] == []
    assert numbers(again) == [first["number"]]
    found = again["possible_duplicates"][0]
    assert found["relation"] == "same_event"
    assert found["likeness"] >= 0.5
    assert found["same_caller"] is False
    assert found["same_place"] is True
    assert found["state"] == "assigned"
    assert found["registered_at"] < again["promised_at"]


async def test_the_same_caller_on_the_same_subject_is_shown_in_other_words(world: World) -> None:
    first = await world.register(LAMP, caller={"phone": "138 0000 0001"})
    again = await world.register("你们什么时候来修翠湖路的路灯啊，黑得没法走。", caller={"phone": "+86 13800000001"})
    assert numbers(again) == [first["number"]]
    found = again["possible_duplicates"][0]
    assert (found["same_caller"], found["relation"]) == (True, "repeat")


async def test_another_matter_of_the_same_caller_is_none(world: World) -> None:
    await world.register(LAMP, caller={"phone": "13800000001"})
    again = await world.register(OTHER, caller={"phone": "13800000001"})
    assert again["possible_duplicates"] == []


async def test_another_matter_of_another_caller_is_none(world: World) -> None:
    await world.register(LAMP)
    assert (await world.register(OTHER))["possible_duplicates"] == []


async def test_the_same_words_about_another_district_are_another_matter(world: World) -> None:
    first = await world.register(CUIHU, caller={"phone": "13800000001"})
    again = await world.register(JIEFANG, caller={"phone": "13800000002"})
    assert [await place(world, one) for one in (first, again)] == [("翠湖路", "donghu"), ("解放南路", "xicheng")]
    assert again["possible_duplicates"] == []


async def test_the_same_words_about_another_place_of_the_district_are_another_matter(world: World) -> None:
    first = await world.register(CUIHU, caller={"phone": "13800000001"})
    again = await world.register(CUIHU.replace("翠湖路", "翠湖公园"), caller={"phone": "13800000002"})
    assert [await place(world, one) for one in (first, again)] == [("翠湖路", "donghu"), ("翠湖文化公园", "donghu")]
    assert again["possible_duplicates"] == []


async def test_the_same_caller_s_words_about_another_place_are_shown(world: World) -> None:
    first = await world.register(CUIHU, caller={"phone": "13800000001"})
    again = await world.register(JIEFANG, caller={"phone": "13800000001"})
    assert numbers(again) == [first["number"]]
    found = again["possible_duplicates"][0]
    assert found["likeness"] >= 0.5
    assert (found["same_caller"], found["same_place"]) == (True, False)


async def test_near_words_about_a_place_that_the_gazetteer_lacks_are_shown(world: World) -> None:
    first = await world.register("东湖区望江二路的路灯坏了三天，晚上一片漆黑，请尽快维修。")
    again = await world.register("东湖区望江二路口的路灯坏了三天，晚上一片漆黑，请尽快维修。")
    assert numbers(again) == [first["number"]]


async def test_the_same_subject_at_the_same_place_is_shown_in_other_words(world: World) -> None:
    first = await world.register(CUIHU, caller={"phone": "13800000001"})
    world.clock.move(minutes=7)
    for words in (UNLIT, "翠湖路夜里什么也看不见，照明全灭了，居民盼着快些复明。"):
        again = await world.register(words, caller={"phone": "13800000002"})
        assert first["category"]["code"] == again["category"]["code"]
        found = next(one for one in again["possible_duplicates"] if one["number"] == first["number"])
        assert (found["same_caller"], found["same_place"], found["relation"]) == (False, True, "same_event")


async def test_the_same_place_alone_counts_for_three_days(world: World) -> None:
    first = await world.register(DARK, caller={"phone": "13800000001"})
    world.clock.move(days=3, minutes=1)
    assert (await world.register(UNLIT, caller={"phone": "13800000002"}))["possible_duplicates"] == []
    again = await world.register("翠湖路灯还是不亮，孩子下晚自习害怕。", caller={"phone": "13800000003"})
    assert first["number"] in numbers(again), "the words say it longer"


async def test_what_only_resembles_it_is_told_apart(world: World) -> None:
    first = await world.register("金地花园三栋的电梯坏了半个月，老人上不了楼，物业一直不修。")
    other = await world.register("百合苑七栋的电梯坏了半个月，老人上不了楼，物业一直不修。")
    assert [(one["number"], one["relation"]) for one in other["possible_duplicates"]] == [(first["number"], "alike")]
    again = await world.register("金地花园三栋电梯坏了快二十天，老人爬楼爬不动，问物业也没个说法。")
    told = {one["number"]: one["relation"] for one in again["possible_duplicates"]}
    assert told[first["number"]] == "same_event"
    assert told.get(other["number"], "alike") == "alike"


async def test_a_fingerprint_and_its_bands_say_nothing_of_the_words(world: World) -> None:
    first = await world.register(LAMP)
    (row,) = await world.rows("SELECT fingerprint FROM ticket_texts WHERE id = $1", id_of(first["number"]))
    assert row["fingerprint"]
    assert "路灯".encode() not in row["fingerprint"]
    assert 0 < len(await world.rows("SELECT band FROM ticket_bands")) <= STORED


async def test_another_subject_at_the_same_place_is_none(world: World) -> None:
    first = await world.register(CUIHU, caller={"phone": "13800000001"})
    again = await world.register(
        "东湖区翠湖路上的烧烤摊天天占道经营，油烟很大，请管管。", caller={"phone": "13800000002"}
    )
    assert await place(world, first) == await place(world, again)
    assert first["category"]["code"] != again["category"]["code"]
    assert again["possible_duplicates"] == []


async def test_the_same_words_for_no_known_place_are_no_place(world: World) -> None:
    first = await world.register("小区门口的路灯不亮。", caller={"phone": "13800000001"})
    again = await world.register("我们这里晚上太暗，小区门口路灯全灭了好几天。", caller={"phone": "13800000002"})
    assert first["category"]["code"] == again["category"]["code"]
    assert again["possible_duplicates"] == []


async def test_one_busy_place_shows_five_and_costs_one_look_at_an_index(world: World) -> None:
    for n in range(7):
        await world.register(f"{CUIHU}第{n}次反映。", caller={"phone": f"1380000001{n}"})
    assert len((await world.register(DARK))["possible_duplicates"]) == 5
    plan = await world.rows(
        "EXPLAIN SELECT id FROM tickets WHERE city_code = 'yunzhou' AND place = '翠湖路' AND category = '0502'"
        " AND id >= 2026110000000000 ORDER BY id DESC LIMIT 20"
    )
    told = "\n".join(row[0] for row in plan)
    assert "place_category_id" in told, told
    assert "Filter" not in told


async def test_yesterday_is_remembered_on_the_first_of_a_month(world: World) -> None:
    world.clock.move(days=7)
    first = await world.register(LAMP)
    assert first["number"].startswith("202611")
    world.clock.move(days=1)
    again = await world.register(NEAR)
    assert again["number"].startswith("202612")
    assert numbers(again) == [first["number"]]


async def test_half_a_year_ago_is_another_time(world: World) -> None:
    await world.register(LAMP, caller={"phone": "13800000001"})
    world.clock.move(days=180)
    assert (await world.register(NEAR, caller={"phone": "13800000001"}))["possible_duplicates"] == []


async def test_five_at_most_are_shown_the_same_caller_s_first(world: World) -> None:
    for n in range(7):
        await world.register(LAMP, caller={"phone": f"1380000001{n}"})
    mine = await world.register("翠湖路路灯不亮，请修。", caller={"phone": "13800000099"})
    again = await world.register(NEAR, caller={"phone": "13800000099"})
    assert len(again["possible_duplicates"]) == 5
    assert again["possible_duplicates"][0]["number"] == mine["number"]


async def test_a_duplicate_is_only_proposed_and_has_its_own_way(world: World) -> None:
    await world.register(LAMP)
    again = await world.register(LAMP)
    assert again["state"] == "assigned"
    assert "merge" not in await world.trail(again["number"])


async def test_who_names_a_phone_does_not_learn_that_it_tipped_off(world: World) -> None:
    phone = {"phone": "13800000001"}
    tip = await world.register(BRIBE, caller={**phone, "disclosure": "confidential"})
    assert tip["kind"] == "tip_off"
    for who, channel in (("channel:web", "web"), ("agent", "phone")):
        asked = await world.post(
            "/api/v1/tickets", {"text": BRIBE, "channel": channel, "caller": phone}, who=who, key=who
        )
        assert tip["number"] not in numbers(asked)
        beside = await world.get(f"/api/v1/tickets/{asked['number']}/related", who="agent")
        assert tip["number"] not in str(beside)
        # Whoever merges finds it: two tip-offs of one matter are one.
        beside = await world.get(f"/api/v1/tickets/{asked['number']}/related", who="dispatcher")
        assert tip["number"] in numbers(beside)


async def test_a_confidential_callers_repeat_is_told_to_a_seat_and_to_no_channel(world: World) -> None:
    caller = {"phone": "13800000001", "disclosure": "confidential"}
    first = await world.register(LAMP, caller=caller)
    outside = await world.post("/api/v1/tickets", {"text": NEAR, "caller": caller}, who="channel:web", key="outside")
    assert numbers(outside) == []
    inside = await world.post("/api/v1/tickets", {"text": NEAR, "caller": caller}, who="agent", key="inside")
    assert first["number"] in numbers(inside)
