"""Small talk, kept short (闲聊): greetings, thanks, what the bot can do, swearing, complaints about the bot; cancel, repeat, a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline import chat_filing, chat_matters, chat_ticket, chat_words, takeover
from hotline.dialogue import PERSON
from models.store import conversations
from nlu.chat_cues import commands, tells, wants_person
from nlu.matters import matters_in, passages

if TYPE_CHECKING:
    from hotline.dialogue import Buttons, Turn
    from models.store.database import Session

NEXT: Final[Buttons] = (("我要反映问题", "/want_report"), ("查进度", "/ask_progress"), ("问政策", "/ask_help"))
# Whoever greets or swears at such length says something else besides.
LONG: Final = 10
SURE: Final = 0.5
CLEAR: Final = 0.85
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "greet": (
        "您好，请说说您遇到的事，我来登记；也可以查进度、问政策。",
        "Hello! Tell me what happened and I will register it, or ask me a question.",
    ),
    "goodbye": ("好的，再见。以后有事随时来。", "Goodbye, and come back any time."),
    "thank": ("不客气，应该的。还有别的事吗？", "You are welcome. Anything else?"),
    "small_talk": (
        "我是12345的智能助手，只会办三件事：登记诉求、查进度、答政策。您有什么事要办？",
        "I am the hotline's assistant: I register requests, tell their progress and answer questions on public services.",
    ),
    "ask_help": (
        (
            "我能做这些：登记诉求（咨询、求助、投诉、举报、建议、表扬）、查进度、补充、催办、评价、申请重办，也能答办事政策。"
            "直接用平常的话说就行，说不清随时可以转人工。紧急情况请直接打110、119、120。"
        ),
        (
            "I can register a request, tell its progress, add to it, urge, rate or reopen it, and answer questions. "
            "In an emergency call 110, 119 or 120."
        ),
    ),
    "abuse": (
        "您的心情我理解，事情没办好谁都着急。请说说是什么事，我马上登记；也可以转人工。",
        "I understand that you are upset. Tell me what happened, or ask for a person.",
    ),
    "complain_bot": (
        "对不起，没有帮上您。您的意见已经记下。可以换个说法再说一次，也可以转人工。",
        "I am sorry. Your remark is noted. Please say it in other words, or ask for a person.",
    ),
}
_OFFERS_PERSON: Final = frozenset({"abuse", "complain_bot"})


async def talk(turn: Turn) -> None:
    """Answer in a sentence, and go on; whoever tells of a matter besides is led to it."""
    intent, in_form = turn.asked.intent, turn.asked.form is not None
    if not in_form and intent == "small_talk" and await _tells_besides(turn):
        turn.lead_to("request_form")
        return
    is_clear = intent == "small_talk" and turn.asked.confidence >= CLEAR
    if not in_form and not is_clear and len(turn.words) > LONG and tells(turn.words) and await turn.sure() >= SURE:
        turn.lead_to("request_form")
        return
    turn.is_unanswered = intent == "complain_bot"
    words, english = _WORDS.get(intent, _WORDS["small_talk"])
    if in_form:
        words = words.partition("。")[0] + "。"
    buttons: Buttons = (PERSON,) if intent in _OFFERS_PERSON else ()
    turn.say(words, buttons if in_form else (*buttons, *(() if intent == "goodbye" else NEXT)), english=english)


async def _tells_besides(turn: Turn) -> bool:
    """Keep what is told of a matter beside a command, which is obeyed by nobody; False where there is none."""
    if not commands(turn.words):
        return False
    for piece in (*matters_in(turn.text), *passages(turn.text)):
        if not commands(piece) and tells(piece) and (await chat_matters.read(turn, piece)).sure >= SURE:
            turn.keep(offer="register", question=piece)
            return True
    return False


async def cancel(turn: Turn) -> None:
    """Nothing is to be done; what was registered stays registered."""
    if wants_person(turn.words):
        await person(turn)
        return
    had = turn.dialogue.matters or turn.dialogue.step
    chat_filing.clear(turn)
    chat_ticket.clear(turn)
    words = "好的，已取消，没有提交。" if had else "好的。"
    turn.say(f"{words}有事随时跟我说。", NEXT, english="Cancelled. Nothing was submitted.")


async def put_aside(turn: Turn) -> None:
    """What was being registered waits until something else is done."""
    if turn.dialogue.matters:
        turn.keep(is_aside=True)
        turn.say("好的，刚才的先放一放。", english="All right, we come back to your request later.")


async def repeat(turn: Turn) -> None:
    """Say again what was said last."""
    turn.say(turn.dialogue.last or _WORDS["greet"][0])


async def verify_phone(turn: Turn) -> None:
    """Let the hub ask for the phone and send a code; what was asked for goes on when it was right."""
    turn.awaits = "phone"
    turn.say(chat_words.ASK_PHONE, english="Please enter your mobile number; we will send a code.")


async def person(turn: Turn) -> None:
    """A person takes over, with all that was said; whoever is answered after that is no bot's business."""

    async def work(session: Session) -> None:
        current = await conversations.lock(session, turn.conversation.id)
        await takeover.ask(turn.hub, session, current)

    await turn.hub.database.write(work)
