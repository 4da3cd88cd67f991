"""What somebody says to what they are shown before it is registered (核对): yes, otherwise, more, or more or fewer tickets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hotline import chat_matters
from nlu.chat_cues import (
    after_correction,
    is_yes,
    not_but,
    sounds_like_place,
    time_otherwise,
    wants_no_name,
    wants_secrecy,
)
from nlu.chat_several import ordinal_in, without_ordinal
from nlu.masking import mask

if TYPE_CHECKING:
    from hotline.dialogue import Turn

YES: Final = "yes"
# Whatever else is read in it, it is no yes.
_CONTRARY: Final = re.compile(r"匿名|保密|(?<![没冇])错|不(?:对|是|行)|别|先不|吗[?？]?$|anonym", re.IGNORECASE)
LONGEST_PLACE: Final = 30


def take_choice(turn: Turn) -> bool:
    """Take a yes, or how many tickets it is to be, whatever Rasa reads in it; False where it is neither."""
    turn.set("confirmed", None)
    is_right = chat_matters.chosen(turn)
    if is_right is None and not is_yes(turn.words):
        return False
    if is_right is not False:
        turn.set("confirmed", YES)
    phones = mask(turn.words).phones
    if phones:
        turn.note(phone=phones[-1])
        turn.keep(is_anonymous=False)
    return True


async def take_yes(turn: Turn, intent: str) -> bool:
    """Take what is said of all that was gathered; False where it is about something else."""
    words, phones = turn.words, mask(turn.words).phones
    is_right = intent == "affirm" and not _CONTRARY.search(words)
    turn.set("confirmed", YES if is_right else None)
    if is_right:
        return True
    if phones:
        turn.note(phone=phones[-1])
        turn.keep(is_anonymous=False, hint="电话已改好。")
    elif intent == "stay_anonymous" or (intent == "affirm" and (wants_no_name(words) or wants_secrecy(words))):
        turn.keep(hint="好的，按匿名登记。" if turn.dialogue.is_anonymous else "好的，会为您保密。")
    elif intent == "inquire" and words.endswith(("?", "？", "吗")):
        return False
    elif len(after_correction(words)) < 2 or intent in {"affirm", "deny", "dont_know", "give_number"}:
        turn.keep(hint="哪里不对，您直接说就行，比如“地址是东湖路12号”。")
    elif intent in {"correct", "inform", "nlu_fallback"}:
        correct(turn)
    else:
        add(turn)
        turn.keep(hint="已补充进去。")
    return True


def correct(turn: Turn) -> None:
    """It was otherwise: another place, or other words of the matter, which stand beside the first."""
    time = time_otherwise(turn.words)
    if time is not None:
        turn.note(time=time)
        turn.keep(hint="时间已改好。")
        return
    several = len(turn.dialogue.matters) > 1
    nth = _nth(turn)
    new = after_correction(without_ordinal(turn.words) if several else turn.words)
    if not sounds_like_place(new) or len(new) >= LONGEST_PLACE or "不是" in turn.words[2:]:
        add(turn)
        turn.keep(hint="已按您说的更正。")
    elif several and nth is None and not _are_together(turn):
        turn.keep(hint="这几件不在一个地方，请说明是第几件，比如“第二件是东湖路12号”。")
    elif several:
        for n in range(len(turn.dialogue.matters)) if nth is None else (nth,):
            chat_matters.correct_place(turn, n, new)
        turn.keep(hint="地点已改好。")
    else:
        turn.note(place=new)
        turn.keep(hint="地点已改好。")


def add(turn: Turn) -> None:
    """What somebody adds stands on the matter that they name, else on the one that they told of first."""
    _add_to(turn, _nth(turn) or 0)


def _add_to(turn: Turn, nth: int) -> None:
    matters, parts = turn.dialogue.matters or ("",), turn.dialogue.parts
    turn.keep(matters=_with(matters, nth, turn.text))
    if parts:
        # It is kept where the matter is parted after all.
        turn.keep(parts=_with(parts, (_ordinal(turn, len(parts)) or 0), turn.text))


def _with(matters: tuple[str, ...], nth: int, text: str) -> tuple[str, ...]:
    return (*matters[:nth], f"{matters[nth]}\n{text}".strip(), *matters[nth + 1 :])


def _are_together(turn: Turn) -> bool:
    """Tell whether several matters are at one place that none of them tells by itself."""
    places = {*turn.dialogue.places}
    return len(places) == 1 and places != {chat_matters.OWN}


def is_otherwise(turn: Turn) -> bool:
    """Heed that it is something else than was said (不是路灯，是红绿灯), whatever was asked for; False where nobody says so."""
    said, matters = not_but(turn.words), turn.dialogue.matters
    if said is None:
        return False
    nth = _nth(turn)
    meant = [n for n, matter in enumerate(matters) if said[0] in matter and nth in {None, n}]
    if len(meant) > 1:
        turn.keep(hint=f"请说明是第几件，比如“第二件不是{said[0]}，是{said[1]}”。")
    elif meant:
        parts = _otherwise(turn, turn.dialogue.parts, said)
        turn.keep(matters=_otherwise(turn, matters, said, meant[0]), parts=parts, hint="好的，已改过来。")
    return bool(meant)


def _otherwise(turn: Turn, matters: tuple[str, ...], said: tuple[str, str], nth: int = 0) -> tuple[str, ...]:
    """Return matters of which one is put right, the first from the `nth` on; what was said of it stands beneath."""
    nth = next((n for n, matter in enumerate(matters) if n >= nth and said[0] in matter), -1)
    if nth < 0:
        return matters
    before, _, after = matters[nth].partition(said[0])
    # 路灯坏了, 不是路灯，是红绿灯坏了: it is broken once.
    twice = next((n for n in range(len(said[1]), 0, -1) if after.startswith(said[1][-n:])), 0)
    right = f"{before}{said[1]}{after[twice:]}"
    return _with((*matters[:nth], right, *matters[nth + 1 :]), nth, turn.text)


def _nth(turn: Turn) -> int | None:
    """Return which of several matters is meant, from 0."""
    return _ordinal(turn, len(turn.dialogue.matters))


def _ordinal(turn: Turn, count: int) -> int | None:
    n = ordinal_in(turn.words)
    return n - 1 if n is not None and n <= count > 1 else None
