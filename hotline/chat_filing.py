"""登记诉求 in a chat: what a message means for the request form, one matter or several, and the tickets that come of it.

A ticket's text is what the citizen said of the matter, so that it is what any other channel would have registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline import chat_matters
from hotline.chat_correcting import add, correct, is_otherwise, take_choice, take_yes
from hotline.chat_registering import SLOTS, find_incident
from hotline.dialogue import TALK, is_somewhere
from nlu.chat_cues import (
    after_correction,
    goes_on,
    has_digits,
    name_in,
    number_in,
    says_no_place,
    sounds_like_place,
    tells,
    wants_no_name,
    wants_registered,
    wants_secrecy,
)
from nlu.masking import MASK, mask

if TYPE_CHECKING:
    from hotline.dialogue import Turn
    from models.understanding import Understanding

TOLD, UNKNOWN, NOT_NEEDED, ANONYMOUS = "told", "unknown", "not_needed", "anonymous"
# Where the program is this sure of what a piece is about, it may be a matter of its own.
SURE: Final = 0.3
LONG: Final = 60
_ELSEWHERE: Final = frozenset({"ask_progress", "supplement", "urge", "withdraw", "rate", "ask_reopen"})
_LEAVES: Final = frozenset({"cancel", "takeover"})


async def validate(turn: Turn) -> None:
    """Fill the slots of the request form with what is known, or decline the message, which is then no answer to it."""
    asked = turn.asked
    if asked.is_back:
        return
    turn.keep(hint=None)
    if asked.form != "request_form":
        await _start(turn)
    elif not await _take(turn, asked.slot or "matter"):
        return
    await _settle(turn)


def clear(turn: Turn) -> None:
    """Nothing is to be registered any more."""
    turn.keep(
        matters=(),
        places=(),
        parts=(),
        incident=None,
        incident_told=None,
        offer=None,
        question=None,
        is_aside=False,
        hint=None,
    )
    turn.note(place=None, time=None)
    for slot in SLOTS:
        turn.set(slot, None)


async def _start(turn: Turn) -> None:
    """Begin the form, or go on with what was put aside."""
    kept, text = turn.dialogue, turn.text
    is_offered = kept.offer == "resume" and turn.asked.intent == "affirm"
    is_left = kept.is_aside or kept.offer == "resume"
    is_asked_for = is_offered or (is_left and goes_on(turn.words))
    resumes = is_asked_for and bool(kept.matters)
    # What was told of another matter is not told of this one, and nothing is registered unasked.
    turn.set("confirmed", None)
    if not resumes:
        turn.note(place=None, time=None)
        for slot in SLOTS:
            turn.set(slot, None)
    _take_wishes(turn)
    if kept.offer == "register" and kept.question and not await _is_new(turn):
        turn.keep(matters=(kept.question,), places=(), parts=(), question=None)
    elif resumes:
        pass
    elif turn.asked.intent in {"affirm", "stay_anonymous", "phone_verified"}:
        turn.keep(matters=(), places=(), parts=())
    elif turn.asked.intent == "inform" and not turn.is_english and not await _is_matter(turn):
        turn.keep(matters=(), places=(), parts=())
        turn.note(place=text if sounds_like_place(text) else None)
    elif tells(turn.words) and (turn.asked.intent != "want_report" or await _is_matter(turn)):
        await chat_matters.part(turn, text)
    else:
        turn.keep(matters=(), places=(), parts=())
    turn.keep(offer=None, is_aside=False)


async def _take(turn: Turn, slot: str) -> bool:
    """Take a message as an answer to what was asked for; False where it is none, and Rasa's rules are about it."""
    intent = turn.asked.sure_intent
    has_phone = bool(mask(turn.words).phones)
    if slot == "confirmed":
        _take_wishes(turn)
        if take_choice(turn):
            return True
    if intent in _LEAVES or (intent in TALK and not has_phone and not await _says_more(turn)):
        return False
    if intent == "repeat":
        # Asked again, as nothing is told.
        turn.set(slot, None)
        return True
    is_adding = slot == "confirmed" and intent == "supplement"
    is_elsewhere = intent in _ELSEWHERE or (intent == "give_number" and number_in(turn.words) is not None)
    if slot != "matter" and is_elsewhere and not has_phone and not is_adding:
        return False
    _take_wishes(turn)
    if slot != "matter" and (is_otherwise(turn) or (slot != "contact" and _is_phone_alone(turn))):
        turn.set(slot, None)
        return True
    return await _TAKEN[slot](turn, intent)


def _is_phone_alone(turn: Turn) -> bool:
    """Keep a phone that is told before anybody asks for it; False where something else is said."""
    found = mask(turn.words)
    if not found.phones or tells(found.text.replace(MASK, "")):
        return False
    turn.note(phone=found.phones[-1])
    return True


async def _take_matter(turn: Turn, intent: str) -> bool:
    if intent in _ELSEWHERE and not await _is_matter(turn):
        return False
    if tells(turn.words) and intent not in {"affirm", "deny", "dont_know", "stay_anonymous"}:
        await chat_matters.part(turn, turn.text)
    else:
        turn.keep(hint="没有听清是什么事。")
        turn.set("matter", None)
    return True


async def _take_place(turn: Turn, intent: str) -> bool:
    words = turn.words
    if intent == "inquire" and words.endswith(("?", "？", "吗")) and not sounds_like_place(words):
        return False
    if intent in {"dont_know", "deny"} or says_no_place(words):
        turn.set("place", UNKNOWN)
    elif (await turn.read()).place is not None or sounds_like_place(words) or intent == "inform":
        turn.note(place=after_correction(words))
    elif intent in {"affirm", "stay_anonymous"}:
        turn.set("place", None)
    elif intent == "report" and len(words) > 12:
        add(turn)
        turn.set("place", None)
    else:
        turn.note(place=words)
    return True


async def _take_time(turn: Turn, intent: str) -> bool:
    if intent == "inquire" and turn.words.endswith(("?", "？")):
        return False
    if intent in {"dont_know", "deny"}:
        turn.set("happened", UNKNOWN)
    else:
        turn.note(time=turn.words)
    return True


async def _take_contact(turn: Turn, intent: str) -> bool:
    words, phones = turn.words, mask(turn.words).phones
    if phones:
        turn.note(phone=phones[-1])
    elif intent == "inquire" and words.endswith(("?", "？", "吗")):
        return False
    elif intent in {"stay_anonymous", "dont_know", "deny"}:
        turn.keep(is_anonymous=True)
    elif has_digits(words):
        turn.keep(hint="这个号码好像不完整。")
        turn.set("contact", None)
    elif intent == "report" and len(words) > 8:
        add(turn)
        turn.set("contact", None)
    elif intent == "correct":
        correct(turn)
        turn.set("contact", None)
    else:
        turn.keep(hint="" if name_in(words) else "没有看到电话号码。")
        turn.set("contact", None)
    return True


_TAKEN: Final = {
    "matter": _take_matter,
    "place": _take_place,
    "happened": _take_time,
    "contact": _take_contact,
    "confirmed": take_yes,
}


def _take_wishes(turn: Turn) -> None:
    """Heed what somebody says of being named, whatever else they say."""
    words = turn.words
    if wants_no_name(words):
        turn.keep(is_anonymous=True)
    if wants_secrecy(words) or turn.asked.intent == "stay_anonymous":
        turn.keep(is_confidential=True)
    name = name_in(words)
    if name:
        turn.note(name=name)


async def _is_matter(turn: Turn) -> bool:
    """Tell whether the program finds a matter in what was said."""
    return await turn.sure() >= SURE and tells(turn.words)


async def _is_new(turn: Turn) -> bool:
    """Tell whether a matter is told of, where a question was offered to be registered."""
    return turn.asked.intent == "report" and not wants_registered(turn.words) and await _is_matter(turn)


async def _says_more(turn: Turn) -> bool:
    """Tell whether somebody greets, thanks or swears, and tells of a matter or a place besides."""
    return len(turn.words) > 10 and await turn.sure() >= 0.5


async def _settle(turn: Turn) -> None:
    """Fill every slot that needs no question: what was said at first is kept."""
    turned = {event["name"] for event in turn.events if event["event"] == "slot"}
    first = turn.dialogue.matters[0] if turn.dialogue.matters else None
    if first is None:
        turn.set("matter", None)
        return
    turn.set("matter", TOLD)
    read = await chat_matters.read(turn, first, turn.draft.place)
    await _settle_place(turn, read)
    rule = turn.hub.city.chat
    if turn.draft.time or read.time or len(first) > LONG or not rule.needs_time(read.categories[0].code):
        turn.set("happened", TOLD if turn.draft.time or read.time else NOT_NEEDED)
    if turn.dialogue.is_anonymous:
        turn.set("contact", ANONYMOUS)
    elif turn.conversation.phone or turn.draft.phone:
        turn.set("contact", TOLD)
    elif "contact" not in turned:
        turn.set("contact", None)
    await _tell_of_incident(turn, first)


async def _settle_place(turn: Turn, read: Understanding) -> None:
    """Fill the place where it is told of each matter, or none is needed."""
    if len(turn.dialogue.matters) > 1:
        if await chat_matters.place_all(turn):
            turn.set("place", TOLD)
        elif turn.asked.slot == "confirmed":
            # Parted just now: of one of them nobody has said where it is.
            turn.set("place", None)
            turn.set("confirmed", None)
    elif turn.draft.place or is_somewhere(read):
        turn.set("place", TOLD)
    elif not chat_matters.needs_place(turn, read):
        turn.set("place", NOT_NEEDED)


async def _tell_of_incident(turn: Turn, first: str) -> None:
    """Say before the next question what everybody is told of an open incident that this seems to be about (统一口径)."""
    before = turn.dialogue.incident
    await find_incident(turn, first)
    if turn.dialogue.incident not in {None, before}:
        turn.keep(hint=f"{turn.dialogue.incident_told}。\n这件事正在统一处理，登记后有结果会告诉您。")
