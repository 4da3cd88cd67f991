"""What the chatbot answers by itself (解答): from the knowledge base with source and validity, an open incident's answer first.

What is not known is never made up: it becomes a ticket, where the citizen wants that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline import knowledge
from hotline.chat_registering import fitting_of
from hotline.chat_talk import NEXT
from hotline.dialogue import PERSON
from hotline.talking import CHATBOT
from models.vocabulary import Kind
from nlu.chat_cues import sounds_like_place, tells, wants_registered

if TYPE_CHECKING:
    from hotline.dialogue import Turn

# What an entry's score comes to for a question that it answers, and below which nothing is near (measured on the city's own questions).
SURE: Final = 22.0
NEAR: Final = 15.0
LONGEST: Final = 420
# Where the program is this sure of the matter, words that Rasa does not understand tell of one.
TELLING: Final = 0.3
SHORTEST: Final = 7
REGISTER: Final = ("帮我登记", "/affirm")
ENOUGH: Final = ("不用了", "/deny")


async def answer(turn: Turn) -> None:
    """Answer a question; unsure, say what is near, and offer to register it."""
    if turn.dialogue.offer == "register" and turn.dialogue.question and wants_registered(turn.words):
        turn.lead_to("request_form")
        return
    if await _is_empty(turn) and not turn.asked.form:
        await unsure(turn)
        return
    if not tells(turn.words):
        turn.say("您想问什么事？请说具体一点，比如“居住证怎么办”。", english="What would you like to know?")
        return
    if turn.asked.form is None and await _is_common(turn):
        return
    hits = await knowledge.search(turn.hub, turn.text, most=3)
    turn.keep(unsure=0, offer=None if turn.asked.form else "register", question=turn.text)
    if hits and hits[0].score >= SURE:
        await _tell(turn)
    elif hits and hits[0].score >= NEAR:
        turn.is_unanswered = True
        titles = "；".join(f"“{hit.entry.title}”" for hit in hits)
        buttons = (*((hit.entry.title, hit.entry.title) for hit in hits), REGISTER)
        turn.say(
            f"没有完全对得上的答案，相近的有：{titles}。点一下可以看；都不是的话，我帮您登记，由承办单位答复。", buttons
        )
    else:
        await _unknown(turn)


async def hear(turn: Turn) -> None:
    """A piece of a matter where no form is under way: with a matter in it, it is one; else ask what it is about."""
    turn.keep(unsure=0)
    if turn.asked.intent == "stay_anonymous":
        turn.keep(is_anonymous=True)
    if turn.asked.intent == "dont_know":
        turn.say("没关系。您想反映问题、查进度，还是问政策？直接说就行。", NEXT)
        return
    turn.lead_to("request_form")


async def unsure(turn: Turn) -> None:
    """Rasa did not understand: what the program reads decides, and whoever is not understood twice is offered a person."""
    read = await turn.read()
    # English is beyond the program, and not beyond the people who get the ticket.
    sure = await turn.sure()
    if len(turn.words) >= SHORTEST and (sure >= TELLING or turn.is_english or (sure and sounds_like_place(turn.words))):
        turn.keep(unsure=0)
        if read.kind is Kind.INQUIRY:
            await answer(turn)
        else:
            turn.lead_to("request_form")
        return
    turn.is_unanswered = True
    turn.keep(unsure=turn.dialogue.unsure + 1)
    if turn.dialogue.unsure > 1:
        turn.say("抱歉，我还是没听明白。要不要转人工？也可以换个说法再说一次。", (PERSON, *NEXT))
    else:
        turn.say(
            "抱歉，没太听明白。您可以直接说遇到的事，比如“楼下烧烤摊油烟很大”；也可以查进度、问政策。",
            (*NEXT, PERSON),
            english="Sorry, I did not understand. Please describe the problem in your own words, or ask for a person.",
        )


async def affirm(turn: Turn) -> None:
    """Yes: to what was offered."""
    if turn.dialogue.offer in {"register", "resume"} and (turn.dialogue.question or turn.dialogue.matters):
        turn.lead_to("request_form")
    else:
        turn.say("好的。您说，还有什么可以帮您？", NEXT, english="What else can I do for you?")


async def deny(turn: Turn) -> None:
    """No: to what was offered."""
    had_offer = turn.dialogue.offer is not None
    turn.keep(offer=None, question=None)
    words = "好的，不登记。还有别的事，随时跟我说。" if had_offer else "好的。还有别的事，随时跟我说。"
    turn.say(words, NEXT, english="All right. Anything else?")


async def correct(turn: Turn) -> None:
    """It was otherwise: what has been registered already gets it added."""
    if turn.draft.filed:
        turn.keep(offer="supplement", ticket=turn.draft.filed[-1].number)
        turn.lead_to("ticket_form")
    elif await _tells_matter(turn):
        turn.lead_to("request_form")
    else:
        turn.say("哪里不对？请把要改的内容直接告诉我。", english="What should be changed?")


async def _tell(turn: Turn) -> None:
    words, entries = await knowledge.draft_answer(turn.hub, turn.text)
    told, _, source = words.rpartition("\n")
    if len(told) > LONGEST:
        told = f"{told[:LONGEST]}…"
    online = entries[0].guide.online if entries and entries[0].guide else ""
    further = f"\n网上办理：{online}" if online and online not in told else ""
    buttons = () if turn.asked.form else (("没解决，帮我登记", "/affirm"), ("还有别的问题", "/deny"), PERSON)
    turn.say(
        f"{told}{further}\n{source}",
        buttons,
        english="This is the official answer, in Chinese; say “human” if you need it explained in English.",
    )


async def _unknown(turn: Turn) -> None:
    turn.is_unanswered = True
    await knowledge.report_gap(turn.hub, CHATBOT, turn.text)
    if turn.asked.form:
        turn.say("这个问题没有查到可靠的答案，不敢乱说；先把眼前这件办完，我再帮您登记这个问题。")
        return
    turn.say(
        "这个问题我没有查到可靠的答案，不敢乱说。帮您登记下来，由承办单位答复您，好吗？",
        (REGISTER, ENOUGH, PERSON),
        english="I have no reliable answer. Shall I register the question so that the department answers you?",
    )


async def _is_common(turn: Turn) -> bool:
    """Tell the one answer of an open incident where the question is about it (统一口径)."""
    fits = await fitting_of(turn, turn.text)
    if fits is None or not fits.answer:
        return False
    turn.keep(offer="register", question=turn.text)
    words = f"这是正在统一处理的事件“{fits.title}”：{fits.answer}。要登记到您名下、有结果告诉您吗？"
    turn.say(words, (REGISTER, ENOUGH))
    return True


async def _is_empty(turn: Turn) -> bool:
    """Tell whether there is neither a matter nor a known word of a question in what was said."""
    hits = await knowledge.search(turn.hub, turn.text, most=1)
    return await turn.sure() == 0.0 and not (hits and hits[0].score >= NEAR)


async def _tells_matter(turn: Turn) -> bool:
    return tells(turn.words) and await turn.sure() >= TELLING
