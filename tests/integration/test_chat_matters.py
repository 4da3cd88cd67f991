"""Several matters in one chat: each a ticket of its own with its own place and time, or one where the citizen says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from hotline.chatbot import TOKEN_FILE
from hotline.keys import SETTINGS
from models.store import conversations
from tests.integration.chatting import TOKEN, Bot, Citizen

if TYPE_CHECKING:
    from tests.integration.conftest import World

TWO = "一是翠湖路的路灯不亮，二是云桥路的垃圾桶一周没人清运"
UNSAID = "翠湖路路口的红绿灯坏了三天了。隔壁工地半夜还在打桩，吵得睡不着。"


@pytest.fixture
async def bot(world: World) -> Bot:
    (world.client.app[SETTINGS].data_dir / TOKEN_FILE).write_text(TOKEN)
    return Bot(world, await Citizen.comes(world))


async def shown(bot: Bot) -> str:
    await bot.acts("action_ask_request_form_confirmed")
    return bot.texts[0]


async def registered(bot: Bot) -> list[Any]:
    await bot.acts("action_register")
    numbers = [number for text in bot.texts for number in re.findall(r"工单号(\d+)", text)]
    return [await bot.world.get(f"/api/v1/tickets/{number}", who="supervisor") for number in numbers]


@pytest.mark.parametrize(
    "text",
    [
        "两个事情。一个是翠湖路的路灯坏了三天，另一个是翠湖路人行道上天天有人摆摊卖菜",
        "翠湖路业主反映：1、3栋门口的路灯不亮；2、5号楼的垃圾桶满了没人清运",
        "翠湖路路面烂了个大坑，骑车摔了一跤。哦对了还有，我妈退休半年了养老金一直没发下来",
        "翠湖路路灯坏了好几天，顺便 隔壁工地半夜还在打桩，吵得睡不着",
    ],
)
async def test_what_is_parted_in_so_many_words_is_several(bot: Bot, text: str) -> None:
    await bot.fills(text, "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    assert "2件事" in await shown(bot)
    assert (await bot.fills("对，两件", "inform", "confirmed"))["confirmed"] == "yes"
    assert len({ticket["category"]["code"] for ticket in await registered(bot)}) == 2


async def test_each_keeps_its_own_place(bot: Bot) -> None:
    slots = await bot.fills(TWO, "report")
    assert slots["place"] == "told"
    await bot.fills("匿名", "stay_anonymous", "contact")
    await bot.fills("分别登记", "affirm", "confirmed")
    assert [("翠湖路" in one["place"], "云桥路" in one["place"]) for one in await registered(bot)] == [
        (True, False),
        (False, True),
    ]


async def test_where_one_tells_no_place_it_is_where_the_one_before_was_and_can_be_corrected(bot: Bot) -> None:
    slots = await bot.fills("一是翠湖路的路灯不亮，二是垃圾桶一周没人清运", "report")
    assert slots["place"] == "told"
    await bot.fills("匿名", "stay_anonymous", "contact")
    assert "2. 垃圾桶一周没人清运（地点：翠湖路" in await shown(bot)
    assert (await bot.fills("第二件是云桥路8号", "correct", "confirmed"))["confirmed"] is None
    assert "2. 垃圾桶一周没人清运（地点：云桥路8号" in await shown(bot)
    await bot.fills("分别登记", "affirm", "confirmed")
    assert ["云桥路" in one["place"] for one in await registered(bot)] == [False, True]


async def test_whose_place_is_missing_is_asked_for_by_name(bot: Bot) -> None:
    slots = await bot.fills("一是路灯不亮，二是云桥路的垃圾桶一周没人清运", "report")
    assert slots["place"] is None
    await bot.acts("action_ask_request_form_place")
    assert "“路灯不亮”这件事" in bot.texts[0]
    assert (await bot.fills("翠湖路12号", "inform", "place"))["place"] == "told"
    await bot.fills("匿名", "stay_anonymous", "contact")
    await bot.fills("都要登记", "affirm", "confirmed")
    assert ["翠湖路" in one["place"] for one in await registered(bot)] == [True, False]


@pytest.mark.parametrize("words", ["合成一件", "其实是同一件事"])
async def test_several_become_one_where_the_citizen_says_so(bot: Bot, words: str) -> None:
    await bot.fills(TWO, "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    assert (await bot.fills(words, "nlu_fallback", "confirmed"))["confirmed"] == "yes"
    (ticket,) = await registered(bot)
    assert "路灯" in ticket["text"]
    assert "垃圾" in ticket["text"]


@pytest.mark.parametrize(("words", "left"), [("第二件不用登了", "路灯"), ("只登第二件", "垃圾")])
async def test_one_of_several_is_left_out(bot: Bot, words: str, left: str) -> None:
    await bot.fills(TWO, "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    assert (await bot.fills(words, "deny", "confirmed"))["confirmed"] is None
    await bot.fills("对", "affirm", "confirmed")
    (ticket,) = await registered(bot)
    assert left in ticket["text"]


@pytest.mark.parametrize(("words", "tickets"), [("对", 1), ("两件都登", 2), ("分别登记", 2)])
async def test_what_only_reads_like_several_is_one_until_the_citizen_parts_it(
    bot: Bot, words: str, tickets: int
) -> None:
    await bot.fills(UNSAID, "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    assert "听着像是2件事" in await shown(bot)
    await bot.fills(words, "affirm", "confirmed")
    assert len(await registered(bot)) == tickets


async def test_danger_in_one_of_several_comes_before_all(bot: Bot) -> None:
    told = await bot.citizen.told("一是翠湖路的路灯不亮，二是我家厨房煤气漏气，味道很大")
    assert "119" in told
    assert "工单号" in told


async def test_an_address_of_one_of_several_is_not_that_of_the_others(bot: Bot) -> None:
    await bot.fills(TWO.replace("云桥路", "翠湖路"), "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    await bot.fills("不对，是东湖路12号", "correct", "confirmed")
    told = await shown(bot)
    assert "是第几件" in told
    assert "（地点：东湖路12号" not in told


async def test_the_place_of_the_one_that_is_left_is_its_own_and_may_be_corrected(bot: Bot) -> None:
    await bot.fills("一是翠湖路的路灯不亮，二是垃圾桶一周没人清运", "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    await bot.fills("第一件不用了", "deny", "confirmed")
    assert "翠湖路" in await shown(bot)
    await bot.fills("不对，是云桥路8号", "correct", "confirmed")
    await bot.fills("对", "affirm", "confirmed")
    (ticket,) = await registered(bot)
    assert "云桥路" in ticket["place"]


async def test_what_is_parted_at_last_keeps_what_was_added_and_is_not_registered_without_a_place(bot: Bot) -> None:
    await bot.fills("翠湖路路口的红绿灯坏了三天了。我妈养老金半年了一直没发下来，打电话也没人管。", "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    assert "听着像是2件事" in await shown(bot)
    await bot.fills("补充一下，昨天已经有人被撞了", "supplement", "confirmed")
    await bot.fills("分别登记", "affirm", "confirmed")
    assert "昨天已经有人被撞了" in str(await registered(bot))


async def test_what_is_parted_at_last_is_not_registered_without_a_place(bot: Bot) -> None:
    await bot.fills("路口的红绿灯坏了三天了。翠湖路工地半夜还在打桩，吵得睡不着。", "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    assert "听着像是2件事" in await shown(bot)
    slots = await bot.fills("分别登记", "affirm", "confirmed")
    assert (slots["confirmed"], slots["place"]) == (None, None)
    assert (await bot.fills("云桥路口", "inform", "place"))["place"] == "told"


async def test_what_is_not_so_is_put_right_in_the_one_that_is_meant_and_stands_as_it_was_said(bot: Bot) -> None:
    await bot.fills("一是翠湖路的路灯坏了三天，二是云桥路的路灯坏了，垃圾一周没人清运", "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    await bot.fills("不是路灯，是红绿灯坏了", "correct", "confirmed")
    assert "是第几件" in await shown(bot)
    await bot.fills("第一件不是路灯，是红绿灯坏了", "correct", "confirmed")
    await bot.fills("分别登记", "affirm", "confirmed")
    first, second = await registered(bot)
    assert "翠湖路的红绿灯坏了三天" in first["text"]
    assert "不是路灯，是红绿灯坏了" in first["text"]
    assert "红绿灯" not in second["text"]


async def test_the_time_of_one_is_not_that_of_the_last(bot: Bot) -> None:
    await bot.fills("一是翠湖路的路灯不亮，二是昨天晚上云桥路的垃圾桶没人清运", "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    await bot.fills("时间不对，是前天早上", "correct", "confirmed")
    await bot.fills("分别登记", "affirm", "confirmed")
    first, second = await registered(bot)
    assert "前天早上" in first["text"]
    assert "前天早上" not in second["text"]


async def test_what_is_told_instead_of_what_was_left_is_what_is_registered(bot: Bot) -> None:
    await bot.fills("翠湖路12号的路灯坏了三天", "report")
    async with bot.world.hub.database.session() as session:
        found = await conversations.lock(session, bot.citizen.id)
        more = {**found.draft.more, "dialogue": {**found.draft.more["dialogue"], "offer": "resume"}}
        await conversations.change(session, replace(found, draft=replace(found.draft, more=more)))
    bot.form = None
    await bot.fills("云桥路烧烤摊油烟很大，天天熏得睡不着", "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    await bot.acts("action_ask_request_form_confirmed")
    assert "烧烤摊" in bot.texts[0]
    assert "路灯" not in bot.texts[0]
