"""登记诉求 in a chat: what a message means for the request form, one matter or several, and the tickets that come of it.

A ticket's text is what the citizen said of the matter, so that it is what any other channel would have registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline.chat_registering import SLOTS, find_incident
from hotline.dialogue import TALK
from models.vocabulary import Kind
from nlu.chat_cues import (
    after_correction,
    has_digits,
    is_yes,
    name_in,
    names_somewhere,
    says_no_place,
    sounds_like_place,
    tells,
    wants_no_name,
    wants_secrecy,
)
from nlu.masking import mask
from nlu.matters import matters_in
from nlu.reading import Request

if TYPE_CHECKING:
    from hotline.dialogue import Turn
    from models.understanding import Understanding

TOLD, UNKNOWN, NOT_NEEDED, ANONYMOUS, YES = "told", "unknown", "not_needed", "anonymous", "yes"
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
    turn.keep(matters=(), incident=None, incident_told=None, offer=None, question=None, is_aside=False, hint=None)
    turn.note(place=None, time=None)
    for slot in SLOTS:
        turn.set(slot, None)


async def _start(turn: Turn) -> None:
    """Begin the form, or go on with what was put aside."""
    kept, text = turn.dialogue, turn.text
    resumes = kept.offer == "resume" and bool(kept.matters)
    # What was told of another matter is not told of this one, and nothing is registered unasked.
    turn.set("confirmed", None)
    if not resumes:
        turn.note(place=None, time=None)
        for slot in SLOTS:
            turn.set(slot, None)
    _take_wishes(turn)
    if kept.offer == "register" and kept.question:
        turn.keep(matters=(kept.question,), question=None)
    elif resumes:
        pass
    elif turn.asked.intent in {"affirm", "stay_anonymous", "phone_verified"}:
        turn.keep(matters=())
    elif turn.asked.intent == "inform" and not turn.is_english and not await _is_matter(turn):
        turn.keep(matters=())
        turn.note(place=text if sounds_like_place(text) else None)
    elif tells(turn.words) and (turn.asked.intent != "want_report" or await _is_matter(turn)):
        turn.keep(matters=await _parted(turn, text))
    else:
        turn.keep(matters=())
    turn.keep(offer=None, is_aside=False)


async def _take(turn: Turn, slot: str) -> bool:
    """Take a message as an answer to what was asked for; False where it is none, and Rasa's rules are about it."""
    intent = turn.asked.sure_intent
    has_phone = bool(mask(turn.words).phones)
    if slot == "confirmed" and is_yes(turn.words):
        turn.set("confirmed", YES)
        return True
    if intent in _LEAVES or (intent in TALK and not has_phone and not await _says_more(turn)):
        return False
    if intent == "repeat":
        # Asked again, as nothing is told.
        turn.set(slot, None)
        return True
    is_adding = slot == "confirmed" and intent == "supplement"
    if slot != "matter" and intent in _ELSEWHERE and not has_phone and not is_adding:
        return False
    _take_wishes(turn)
    return await _TAKEN[slot](turn, intent)


async def _take_matter(turn: Turn, intent: str) -> bool:
    if intent in _ELSEWHERE and not await _is_matter(turn):
        return False
    if tells(turn.words) and intent not in {"affirm", "deny", "dont_know", "stay_anonymous"}:
        turn.keep(matters=await _parted(turn, turn.text))
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
        _add(turn)
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
        _add(turn)
        turn.set("contact", None)
    elif intent == "correct":
        _correct(turn)
        turn.set("contact", None)
    else:
        turn.keep(hint="" if name_in(words) else "没有看到电话号码。")
        turn.set("contact", None)
    return True


async def _take_yes(turn: Turn, intent: str) -> bool:
    words, phones = turn.words, mask(turn.words).phones
    turn.set("confirmed", None)
    if intent == "affirm":
        turn.set("confirmed", YES)
        return True
    if phones:
        turn.note(phone=phones[-1])
        turn.keep(is_anonymous=False, hint="电话已改好。")
    elif intent == "stay_anonymous":
        turn.keep(hint="好的，按匿名登记。" if turn.dialogue.is_anonymous else "好的，会为您保密。")
    elif intent == "inquire" and words.endswith(("?", "？", "吗")):
        return False
    elif "只" in words and "第一" in words and len(turn.dialogue.matters) > 1:
        turn.keep(matters=turn.dialogue.matters[:1], hint="好的，只登记第一件。")
    elif len(after_correction(words)) < 2 or intent in {"deny", "dont_know", "give_number"}:
        turn.keep(hint="哪里不对，您直接说就行，比如“地址是东湖路12号”。")
    elif intent in {"correct", "inform", "nlu_fallback"}:
        _correct(turn)
    else:
        _add(turn)
        turn.keep(hint="已补充进去。")
    return True


_TAKEN: Final = {
    "matter": _take_matter,
    "place": _take_place,
    "happened": _take_time,
    "contact": _take_contact,
    "confirmed": _take_yes,
}


def _correct(turn: Turn) -> None:
    """It was otherwise: another place, or other words of the matter, which stand beside the first."""
    new = after_correction(turn.words)
    if sounds_like_place(new) and len(new) < 30 and "不是" not in turn.words[2:]:
        turn.note(place=new)
        turn.keep(hint="地点已改好。")
    else:
        _add(turn)
        turn.keep(hint="已按您说的更正。")


def _add(turn: Turn) -> None:
    """What somebody adds stands on the matter that they told of first."""
    matters = turn.dialogue.matters or ("",)
    turn.keep(matters=(f"{matters[0]}\n{turn.text}".strip(), *matters[1:]))


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


async def _says_more(turn: Turn) -> bool:
    """Tell whether somebody greets, thanks or swears, and tells of a matter or a place besides."""
    return len(turn.words) > 10 and await turn.sure() >= 0.5


async def _parted(turn: Turn, text: str) -> tuple[str, ...]:
    """Return the matters of a text, each as it was said: several where the program finds several."""
    parts = matters_in(text)
    if len(parts) == 1:
        return parts
    reads = [await turn.hub.readings(None, Request(part, turn.hub.now())) for part in parts]
    codes = {read.categories[0].code for read in reads if read.sure >= SURE}
    return parts if len(codes) == len(parts) else (text,)


async def _settle(turn: Turn) -> None:
    """Fill every slot that needs no question: what was said at first is kept."""
    turned = {event["name"] for event in turn.events if event["event"] == "slot"}
    first = turn.dialogue.matters[0] if turn.dialogue.matters else None
    if first is None:
        turn.set("matter", None)
        return
    turn.set("matter", TOLD)
    read = await turn.hub.readings(None, Request(first, turn.hub.now(), address=turn.draft.place))
    if turn.draft.place or _is_somewhere(read):
        turn.set("place", TOLD)
    elif not _needs_place(turn, read):
        turn.set("place", NOT_NEEDED)
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


async def _tell_of_incident(turn: Turn, first: str) -> None:
    """Say before the next question what everybody is told of an open incident that this seems to be about (统一口径)."""
    before = turn.dialogue.incident
    await find_incident(turn, first)
    if turn.dialogue.incident not in {None, before}:
        turn.keep(hint=f"{turn.dialogue.incident_told}。\n这件事正在统一处理，登记后有结果会告诉您。")


def _is_somewhere(read: Understanding) -> bool:
    """Tell whether one could go there: what the gazetteer or the map has, or a road or an estate by its name; not 阿拉门口."""
    place = read.place
    if place is None:
        return False
    return bool(place.name or place.street or place.district) or names_somewhere(place.span)


def _needs_place(turn: Turn, read: Understanding) -> bool:
    if read.kind in {Kind.PRAISE, Kind.SUGGESTION, Kind.INQUIRY}:
        return False
    return turn.hub.city.chat.needs_place(read.categories[0].code)
