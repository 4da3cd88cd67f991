"""One turn of a citizen's chat: kept first, danger before everything else, then a person, what the hub asked for, or the chatbot.

The chatbot gets masked words only, and what the program read in them. However it fails, the citizen is answered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hotline import chat_words, emergency, phone_code, takeover
from hotline.chatbot import ChatbotUnavailable
from hotline.dialogue import LONG_NUMBER, filled, reading_told
from hotline.talking import hear, tell
from models.conversation import Conversation
from models.errors import HotlineError, InvalidRequest
from models.store import conversations
from nlu.english import is_english
from nlu.masking import MASK, mask
from nlu.normalise import plain
from nlu.reading import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.chatbot import Chatbot
    from hotline.hub import Hub
    from models.conversation import Awaits, By
    from models.store.database import Session
    from models.understanding import Understanding

# What the chatbot gets for a code that was right.
PHONE_VERIFIED: Final = "/phone_verified"
# A quick reply counts so many turns after it was offered.
LATELY: Final = 12
# What is longer and has no digit is no try at a phone number.
LONGEST_WORD: Final = 5
_WANTS_PERSON: Final = re.compile(
    r"(我|你好|您好|请|帮我|麻烦|给我|直接|能不能|可以|能)?[,，]?(我)?(要|想|请|帮我|给我)*(转|找|接|叫|换|要)(个|一个|到|一下|接)*"
    r"(人工|真人|活人)(客服|服务|坐席|座席|话务员)?(吗|吧|啊|谢谢)?|(人工|真人)(客服|服务|坐席|座席)?"
)
_LEAVES_QUEUE: Final = re.compile(r"(回到|返回|转回|找|和)?机器人(继续)?|不等了|不排了|取消排队|不用人工了?")
_NO: Final = re.compile(r"(不用|不要|不需要|不留|算)了?(谢谢)?|取消|跳过|不了")
_AGAIN: Final = re.compile(r"重发(验证码)?|再发一次|没收到(验证码)?|重新发送?(验证码)?")
_CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")
_FEW_WORDS_AND_CODE: Final = re.compile(r"\D{0,12}\d{6}\D{0,4}")
_FEW_WORDS_AND_PHONE: Final = re.compile(r"\D{0,12}1[3-9]\d{9}\D{0,4}")


class Message(Struct, frozen=True, kw_only=True):
    """What a citizen sends: under the same `key` it is one turn, however often it comes. `payload` is a quick reply's."""

    text: str
    key: str
    payload: str | None = None


class Heard(Struct, frozen=True, kw_only=True):
    """A kept turn: `before` is the last one before it. `asked` is what the chatbot gets, None where it has nothing to answer.

    `is_new` is False where the turn was kept before, `is_aside` says that the citizen has read an answer already,
    `is_moved` that they go on with another conversation than the one in which the turn stands.
    """

    conversation: Conversation
    before: int
    asked: str | None = None
    is_new: bool = True
    is_aside: bool = False
    is_moved: bool = False

    @property
    def seq(self) -> int:
        """The citizen's turn."""
        return self.before + 1


async def say(hub: Hub, chatbot: Chatbot, conversation_id: int, message: Message) -> int:
    """Take a citizen's turn and answer it; returns the number of the last turn before it. Raises ConversationEnded."""
    if not plain(message.text).strip():
        raise InvalidRequest("没有内容，请输入您想说的话")
    read = await hub.readings(None, Request(message.text, hub.now()))
    perils = emergency.perils_in(hub, read, message.text)
    heard = await hub.database.write(lambda session: _keep(hub, session, conversation_id, message, perils))
    if perils or emergency.is_left(heard.conversation):
        await emergency.record(hub, conversation_id, heard.seq, perils)
        return heard.before
    if heard.conversation.draft.emergency is not None:
        await emergency.settle(hub, heard.conversation.id)
    if heard.asked is not None:
        await _ask_bot(hub, chatbot, heard, read)
    return heard.before


async def _keep(
    hub: Hub, session: Session, conversation_id: int, message: Message, perils: tuple[emergency.Peril, ...]
) -> Heard:
    """Keep the turn and, where that needs no chatbot, what it is answered with."""
    current = await conversations.lock(session, conversation_id)
    last, kept = current.turn_count, await conversations.with_key(session, current.id, message.key)
    if kept is not None:
        return Heard(conversation=current, before=kept - 1, is_new=False)
    is_matter = bool(perils) or not _is_control(current, message)
    heard = await hear(hub, session, current, message.text, key=message.key, is_matter=is_matter)
    if perils:
        told = await emergency.warn(hub, session, heard, perils, in_english=is_english(message.text))
        told = await emergency.owe(session, told, last + 1, message.text)
        return Heard(conversation=await takeover.ask(hub, session, told, is_urgent=True), before=last)
    answered = await _answer_at_once(hub, session, heard, message)
    if answered is None:
        return Heard(conversation=heard, before=last, asked=await _words_for_bot(hub, session, heard, message))
    # The chatbot goes on where it waited for the phone.
    is_verified = answered.verified_at != heard.verified_at
    asked, is_moved = PHONE_VERIFIED if is_verified else None, answered.id != heard.id
    if asked is None:
        answered = await emergency.owe(session, answered, last + 1, message.text)
    return Heard(conversation=answered, before=last, asked=asked, is_aside=True, is_moved=is_moved)


def _bare(text: str) -> str:
    return re.sub(r"[\s。.!！?？~～]+", "", plain(text))


def _is_control(current: Conversation, message: Message) -> bool:
    """Tell whether a message is about the conversation itself and says nothing of a matter: a tap, a code, 转人工."""
    words = _bare(message.text)
    if message.payload is not None or _WANTS_PERSON.fullmatch(words):
        return True
    if current.state == "waiting":
        return _LEAVES_QUEUE.fullmatch(words) is not None
    if current.awaits is None:
        return False
    is_asked = _FEW_WORDS_AND_CODE if current.awaits == "code" else _FEW_WORDS_AND_PHONE
    return any(pattern.fullmatch(words) for pattern in (_NO, _AGAIN, is_asked)) or words.isdigit()


async def _answer_at_once(hub: Hub, session: Session, heard: Conversation, message: Message) -> Conversation | None:
    """Answer what needs no chatbot; None where there is nothing that the hub itself answers."""
    words = _bare(message.text)
    if heard.state == "agent":
        return heard
    if heard.state == "waiting":
        leaves = heard.draft.emergency is None and _LEAVES_QUEUE.fullmatch(words)
        return await takeover.leave_queue(hub, session, heard) if leaves else heard
    if _WANTS_PERSON.fullmatch(words):
        return await takeover.ask(hub, session, heard)
    if heard.awaits is None:
        return None
    return await _AWAITED[heard.awaits](hub, session, heard, words)


async def _take_call_back(hub: Hub, session: Session, heard: Conversation, words: str) -> Conversation | None:
    phones = mask(words).phones
    if phones:
        return await takeover.call_back(hub, session, heard, phones[-1])
    changed = replace(heard, awaits=None)
    if _NO.fullmatch(words):
        await conversations.change(session, changed)
        return await tell(hub, session, changed, "hub", chat_words.NO_CALL_BACK, (chat_words.FORM,))
    if len(words) > LONGEST_WORD and not _has_digit(words):
        await _something_else(session, heard)
        return None
    return await tell(hub, session, heard, "hub", chat_words.BAD_PHONE, (chat_words.NO_MORE,))


async def _something_else(session: Session, heard: Conversation) -> None:
    """They do not answer what the hub asked: it asks no more, and the chatbot goes on."""
    await conversations.change(session, replace(heard, awaits=None))


def _has_digit(words: str) -> bool:
    return any(sign.isdigit() for sign in words)


async def _take_phone(hub: Hub, session: Session, heard: Conversation, words: str) -> Conversation | None:
    phones = mask(words).phones
    if phones:
        return await _send_code(hub, session, heard, phones[-1])
    if _has_digit(words):
        return await tell(hub, session, heard, "hub", chat_words.BAD_PHONE, (chat_words.NO_MORE,))
    await _something_else(session, heard)
    return None


async def _take_code(hub: Hub, session: Session, heard: Conversation, words: str) -> Conversation | None:
    found = _CODE.search(words) if _FEW_WORDS_AND_CODE.fullmatch(words) else None
    if _AGAIN.fullmatch(words) and heard.draft.phone:
        return await _send_code(hub, session, heard, heard.draft.phone)
    if found is None and _NO.fullmatch(words):
        await _something_else(session, heard)
    if found is None:
        return None
    # By a channel of its own somebody goes on with what they have said elsewhere.
    checked = await phone_code.check(hub, session, heard, found[0], moves=heard.outside is not None)
    if checked.outcome == "verified":
        return await tell(hub, session, checked.conversation, "hub", chat_words.VERIFIED)
    said = "验证码不正确，请再核对一下。" if checked.outcome == "wrong" else "验证码已失效，请重新获取。"
    return await tell(hub, session, heard, "hub", said, (chat_words.AGAIN, chat_words.NO_MORE))


async def _send_code(hub: Hub, session: Session, heard: Conversation, phone: str) -> Conversation:
    try:
        sent = await phone_code.send(hub, session, heard, phone)
    except HotlineError as refused:
        return await tell(hub, session, heard, "hub", f"{refused.detail}。", (chat_words.NO_MORE,))
    words = chat_words.CODE_SENT.format(tail=phone[-4:])
    return await tell(hub, session, sent, "hub", words, (chat_words.AGAIN, chat_words.NO_MORE))


_AWAITED: Final[dict[Awaits, Callable[[Hub, Session, Conversation, str], Awaitable[Conversation | None]]]] = {
    "call_back": _take_call_back,
    "phone": _take_phone,
    "code": _take_code,
}


async def _ask_bot(hub: Hub, chatbot: Chatbot, heard: Heard, read: Understanding) -> None:
    """Let the chatbot answer and keep what it says; where it cannot, the hub says so and offers the form and a person."""
    talk = heard.conversation
    by: By = "bot"
    try:
        replies = await chatbot.ask(f"c{talk.id}", heard.asked or "", metadata(heard, read))
        said = [(one.text, one.buttons) for one in replies if one.text]
    except ChatbotUnavailable as unavailable:
        by = "hub"
        said = [] if heard.is_aside else [(chat_words.without_bot(unavailable.state), chat_words.WITHOUT_BOT)]

    async def work(session: Session) -> None:
        current = await conversations.lock(session, talk.id)
        if emergency.is_perilous(hub, read.doubted):
            current = await tell(hub, session, current, "hub", chat_words.SEE_TO_SAFETY, (chat_words.PERSON,))
        if not said and not heard.is_aside and current.turn_count <= heard.seq:
            # It answered, and said nothing: something went wrong there.
            current = await tell(hub, session, current, "hub", chat_words.without_bot("failed"), chat_words.WITHOUT_BOT)
        for text, buttons in said:
            current = await tell(hub, session, current, by, filled(text, current.draft), buttons)

    await hub.database.write(work)


async def _words_for_bot(hub: Hub, session: Session, heard: Conversation, message: Message) -> str:
    """Return what the chatbot gets: the payload of a quick reply that was offered lately, else the masked words.

    Words that begin with a slash would be taken for an intent.
    """
    if message.payload is not None:
        lately = await conversations.turns(session, heard.id, max(0, heard.turn_count - LATELY))
        if message.payload in {button.payload for turn in lately for button in turn.buttons}:
            return message.payload
    return LONG_NUMBER.sub(MASK, hub.mask(message.text)).lstrip("/／ \t\n")


def metadata(heard: Heard, read: Understanding) -> dict[str, Any]:
    """Return what goes to the chatbot beside the words: the reading without anything personal, and what is known of the citizen.

    It says with the `turn` which words it is about, as others may have been said since.
    """
    talk = heard.conversation
    known = {
        "is_verified": talk.verified_at is not None,
        "knows_phone": talk.draft.phone is not None,
        "filed": len(talk.draft.filed),
    }
    which = {} if heard.is_moved else {"turn": heard.seq}
    return {"understanding": reading_told(read), "conversation": known, **which}
