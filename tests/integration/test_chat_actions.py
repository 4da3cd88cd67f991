"""What the hub does when the chatbot asks it to: forms filled with what was said, tickets, steps, answers, and no word too much."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from hotline import chat_registering, chat_talk
from hotline.api.chat_actions import ACTIONS as WORKS
from hotline.chatbot import TOKEN_FILE
from hotline.intake import register
from hotline.keys import SETTINGS
from models.errors import Unavailable
from models.store import conversations
from tests.integration.chatting import TOKEN, Bot, Citizen, code_sent

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "我家门口的路灯坏了三天，晚上一片漆黑"
PHONE = "13800001111"
FORM = Bot.form_name


@pytest.fixture
async def bot(world: World) -> Bot:
    (world.client.app[SETTINGS].data_dir / TOKEN_FILE).write_text(TOKEN)
    return Bot(world, await Citizen.comes(world))


async def test_only_the_chatbot_may_ask(bot: Bot) -> None:
    await bot.hears("你好", "greet")
    await bot.acts("action_talk", ok=401, token="another")
    (bot.world.client.app[SETTINGS].data_dir / TOKEN_FILE).unlink()
    await bot.acts("action_talk", ok=401)


async def test_an_unknown_action_is_refused(bot: Bot) -> None:
    await bot.hears("你好", "greet")
    await bot.acts("action_dance", ok=404)


async def test_a_request_is_filed_with_what_was_said(bot: Bot) -> None:
    slots = await bot.fills(LAMP, "report")
    assert slots["matter"] == "told"
    assert slots.get("place") is None
    assert (await bot.fills("翠湖路12号对面", "inform", "place"))["place"] == "told"
    assert (await bot.fills("1380000", "inform", "contact"))["contact"] is None
    await bot.acts("action_ask_request_form_contact")
    assert "不完整" in bot.texts[0]
    assert (await bot.fills(f"我姓王，电话{PHONE}", "inform", "contact"))["contact"] == "told"
    await bot.acts("action_ask_request_form_confirmed")
    assert "尾号1111" in bot.texts[0]
    assert PHONE not in bot.texts[0]
    assert (await bot.fills("对", "affirm", "confirmed"))["confirmed"] == "yes"
    found = await bot.acts("action_register")

    number = re.search(r"工单号(\d+)", bot.texts[0])
    assert number is not None
    assert "〔查询码" in bot.texts[0], "what only the citizen may read is no business of the chatbot"
    assert {event["name"]: event["value"] for event in found["events"]}["matter"] is None
    ticket = await bot.world.get(f"/api/v1/tickets/{number[1]}", who="supervisor")
    assert ticket["text"] == LAMP
    assert "翠湖路" in ticket["place"]
    assert ticket["channel"] == "chatbot"
    assert ticket["identity"] == "named"
    assert ticket["category"]["code"].startswith("0203")


async def test_what_is_answered_is_the_turn_that_the_chatbot_was_asked_about(bot: Bot) -> None:
    first = (await bot.citizen.say("云桥路路灯坏了三天没人修"))["turns"][0]["seq"]
    await bot.hears("翠湖路垃圾一周没人清运", "report")
    bot.metadata = {"turn": first, "understanding": {}}
    await bot.acts("validate_request_form")
    await bot.acts("action_ask_request_form_confirmed")
    assert "云桥路" in bot.texts[0]
    rows = await bot.world.rows("SELECT seq FROM conversation_turns WHERE intent = 'report'")
    assert [row["seq"] for row in rows] == [first]


async def test_several_matters_become_several_tickets(bot: Bot) -> None:
    await bot.fills("我反映两个问题：一是翠湖路路灯不亮，二是翠湖路垃圾一周没人清运", "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    await bot.acts("action_ask_request_form_confirmed")
    assert "2件事" in bot.texts[0]
    await bot.fills("都对", "affirm", "confirmed")
    await bot.acts("action_register")
    numbers = [number for text in bot.texts for number in re.findall(r"工单号(\d+)", text)]
    assert len(numbers) == 2
    codes = {
        (await bot.world.get(f"/api/v1/tickets/{number}", who="supervisor"))["category"]["code"][:4]
        for number in numbers
    }
    assert codes == {"0203", "0103"}


async def test_where_the_second_of_two_matters_fails_the_first_is_kept_and_the_rest_gone_on_with(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.fills("我反映两个问题：一是翠湖路路灯不亮，二是翠湖路垃圾一周没人清运", "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    await bot.fills("都对", "affirm", "confirmed")
    real, calls = register, []

    async def fails_once(*told: Any) -> Any:
        calls.append(told)
        if len(calls) == 2:
            raise Unavailable("数据库没有应答")
        return await real(*told)

    monkeypatch.setattr(chat_registering, "register", fails_once)
    await bot.acts("action_register")
    assert [("工单号" in text, "没有应答" in text) for text in bot.texts] == [(True, False), (False, True)]
    bot.form = None
    await bot.hears("再试一次", "affirm")
    assert (await bot.acts("action_affirm"))["events"][0]["name"] == FORM
    await bot.acts("validate_request_form")
    await bot.acts("action_register")
    assert "工单号" in bot.texts[0]
    assert len(bot.texts) == 1
    rows = await bot.world.rows("SELECT category FROM tickets ORDER BY id")
    assert [row["category"][:4] for row in rows] == ["0203", "0103"]
    filed = await bot.world.hub.database.read(lambda session: conversations.get(session, bot.citizen.id))
    assert len(filed.draft.filed) == 2


async def test_what_was_told_of_one_matter_is_asked_again_of_the_next(bot: Bot) -> None:
    await bot.fills("翠湖路12号的路灯坏了三天", "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    slots = await bot.fills("对", "affirm", "confirmed")
    assert (slots["place"], slots["confirmed"]) == ("told", "yes")
    # The form is left before anything was registered.
    bot.form = None
    slots = await bot.fills("楼下烧烤摊油烟很大，天天熏得睡不着", "report")
    assert (slots["matter"], slots["place"], slots["confirmed"]) == ("told", None, None)


async def test_the_place_of_a_matter_that_was_left_is_not_the_place_of_the_next(bot: Bot) -> None:
    await bot.fills(LAMP, "report")
    assert (await bot.fills("翠湖路12号对面", "inform", "place"))["place"] == "told"
    bot.form = None
    assert (await bot.fills("再反映一件", "want_report"))["matter"] is None
    slots = await bot.fills("楼下烧烤摊油烟很大，天天熏得睡不着", "report", "matter")
    assert (slots["matter"], slots["place"]) == ("told", None)


@pytest.mark.parametrize("words", ["好的，匿名", "可以匿名吗"])
async def test_who_says_yes_and_will_not_be_named_is_shown_it_again_without_a_name(bot: Bot, words: str) -> None:
    await bot.fills(f"翠湖路12号的路灯坏了三天，我姓王，电话{PHONE}", "report")
    assert (await bot.fills(words, "affirm", "confirmed"))["confirmed"] is None
    assert (await bot.fills("对", "affirm", "confirmed"))["confirmed"] == "yes"
    await bot.acts("action_register")
    [row] = await bot.world.rows("SELECT identity, disclosure FROM tickets")
    assert (row["identity"], row["disclosure"]) == ("anonymous", "confidential")


@pytest.mark.parametrize("words", ["登记错了", "是的地址错了", "可以先别提交"])
async def test_what_only_begins_like_a_yes_registers_nothing(bot: Bot, words: str) -> None:
    await bot.fills(f"翠湖路12号的路灯坏了三天，我姓王，电话{PHONE}", "report")
    assert (await bot.fills(words, "affirm", "confirmed"))["confirmed"] is None


async def test_what_is_resumed_is_confirmed_again_and_not_told_again(bot: Bot) -> None:
    await bot.fills("翠湖路12号的路灯坏了三天", "report")
    await bot.fills("匿名", "stay_anonymous", "contact")
    await bot.fills("对", "affirm", "confirmed")
    await bot.acts("action_put_aside")
    await bot.citizen.say("接着登记")
    async with bot.world.hub.database.session() as session:
        found = await conversations.lock(session, bot.citizen.id)
        more = {**found.draft.more, "dialogue": {**found.draft.more["dialogue"], "offer": "resume"}}
        await conversations.change(session, replace(found, draft=replace(found.draft, more=more)))
    bot.form = None
    slots = await bot.fills("接着登记", "affirm")
    assert (slots["matter"], slots["place"], slots["contact"], slots["confirmed"]) == (
        "told",
        "told",
        "anonymous",
        None,
    )


async def test_a_correction_changes_the_place_and_is_asked_about_again(bot: Bot) -> None:
    await bot.fills("霞湾路早市占道，车都过不去", "report")
    await bot.fills(PHONE, "inform", "contact")
    slots = await bot.fills("不对，是云桥路", "correct", "confirmed")
    assert slots["confirmed"] is None
    await bot.acts("action_ask_request_form_confirmed")
    assert "云桥路" in bot.texts[0]


async def test_talk_in_between_is_no_answer(bot: Bot) -> None:
    await bot.fills(LAMP, "report")
    await bot.hears("谢谢", "thank")
    bot.slots["requested_slot"] = "place"
    found = await bot.acts("validate_request_form")
    assert not found["events"]
    found = await bot.acts("validate_request_form", between="action_talk")
    assert not found["events"]


async def test_progress_is_told_to_who_knows_the_code(bot: Bot) -> None:
    receipt = await bot.world.register("云桥路路灯坏了三天没人修")
    await bot.hears("我的工单办到哪了", "ask_progress")
    await bot.acts("validate_ticket_form")
    assert (bot.slots["step"], bot.slots["ticket"]) == ("progress", None)
    bot.form, bot.slots["requested_slot"] = "ticket_form", "ticket"
    await bot.hears(f"{receipt['number']} 00000000", "give_number")
    await bot.acts("validate_ticket_form")
    assert bot.slots.get("ticket") is None
    await bot.hears(f"{receipt['number']} {receipt['query_code']}", "give_number")
    await bot.acts("validate_ticket_form")
    assert bot.slots.get("ticket") == "told"
    await bot.acts("action_take_step")
    assert receipt["number"] in bot.texts[0]


async def test_a_verified_phone_opens_no_confidential_tip_off_and_its_code_still_does(bot: Bot) -> None:
    caller = {"phone": PHONE, "identity": "named", "disclosure": "confidential"}
    hidden = await bot.world.register("我要举报翠湖路的饭店用地沟油，请保密", caller=caller)
    rows = await bot.world.rows("SELECT kind, disclosure FROM tickets")
    assert (rows[0]["kind"], rows[0]["disclosure"]) == ("tip_off", "confidential")
    await bot.citizen.ask("POST", "/phone", {"phone": PHONE})
    await bot.citizen.ask("POST", "/phone/verify", {"code": await code_sent(bot.world)})
    await bot.hears("我的工单办到哪了", "ask_progress")
    await bot.acts("validate_ticket_form")
    assert bot.slots.get("ticket") is None
    bot.form, bot.slots["requested_slot"] = "ticket_form", "ticket"
    await bot.hears(hidden["number"], "give_number")
    await bot.acts("validate_ticket_form")
    assert bot.slots.get("ticket") is None
    await bot.hears(hidden["query_code"], "give_number")
    await bot.acts("validate_ticket_form")
    assert bot.slots.get("ticket") == "told"
    open_one = await bot.world.register("云桥路路灯坏了三天没人修", caller={"phone": PHONE})
    await bot.hears("我的工单办到哪了", "ask_progress")
    bot.form = None
    await bot.acts("validate_ticket_form")
    await bot.acts("action_ask_ticket_form_ticket")
    assert open_one["number"][-4:] in bot.texts[0]


async def test_a_citizen_urges_the_ticket_that_was_filed_here(bot: Bot) -> None:
    await bot.fills("云桥路路灯坏了三天没人修", "report")
    await bot.fills(PHONE, "inform", "contact")
    await bot.fills("对", "affirm", "confirmed")
    await bot.acts("action_register")
    number = re.findall(r"工单号(\d+)", bot.texts[0])[0]
    bot.form = None
    await bot.hears("帮我催一下", "urge")
    await bot.acts("validate_ticket_form")
    assert bot.slots["ticket"] == "told"
    await bot.acts("action_take_step")
    assert "转告" in bot.texts[0]
    assert "urge" in await bot.world.trail(number)


async def test_what_is_not_known_is_not_made_up(bot: Bot) -> None:
    await bot.hears("火星签证在哪个窗口办", "inquire")
    await bot.acts("action_answer")
    assert "没有查到" in bot.texts[0]
    await bot.hears("好的", "affirm")
    found = await bot.acts("action_affirm")
    assert found["events"] == [{"event": "followup", "name": "request_form", "timestamp": None}]
    await bot.acts("validate_request_form")
    assert bot.slots["matter"] == "told"


async def test_what_the_hub_asks_for_while_the_bot_works_is_still_asked_for(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(turn: Any) -> None:
        await chat_talk.talk(turn)
        assert (await bot.citizen.say("转人工"))["awaits"] == "call_back"

    monkeypatch.setitem(WORKS, "action_talk", slow)
    await bot.hears("你好", "greet")
    await bot.acts("action_talk")
    assert (await bot.citizen.turns())["awaits"] == "call_back"
    await bot.acts("action_verify_phone")
    assert (await bot.citizen.turns())["awaits"] == "phone"


async def unanswered(bot: Bot) -> list[str]:
    rows = await bot.world.rows("SELECT masked_text FROM conversation_turns WHERE is_unanswered ORDER BY seq")
    return [row["masked_text"] for row in rows]


async def test_what_nobody_understood_stays_so_whatever_is_done_next(bot: Bot) -> None:
    await bot.hears("嗯嗯那个", "nlu_fallback", confidence=0.1)
    await bot.acts("action_unsure")
    await bot.acts("action_ask_request_form_matter")
    assert await unanswered(bot) == ["嗯嗯那个"]


async def test_what_leads_on_to_the_form_is_understood(bot: Bot) -> None:
    await bot.hears("翠湖路12号的路灯坏了三天没人修", "nlu_fallback", confidence=0.1)
    found = await bot.acts("action_unsure")
    assert [event["name"] for event in found["events"]] == [FORM]
    await bot.acts("validate_request_form")
    assert await unanswered(bot) == []


@pytest.mark.parametrize("text", ["阿拉门口咯路灯坏脱仔，夜里墨墨黑", "楼下饭店的油烟直接往楼上排，天天熏得睡不着"])
async def test_where_nobody_could_go_by_the_words_the_place_is_asked_for(bot: Bot, text: str) -> None:
    assert (await bot.fills(text, "report"))["place"] is None
    assert (await bot.fills("翠湖路12号", "inform", "place"))["place"] == "told"


@pytest.mark.parametrize("text", ["云桥路路灯坏了三天没人修", "红枫家园3栋的路灯坏了三天没人修"])
async def test_a_road_or_an_estate_by_its_name_is_a_place_whether_or_not_the_hub_knows_it(bot: Bot, text: str) -> None:
    assert (await bot.fills(text, "report"))["place"] == "told"
