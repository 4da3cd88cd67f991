"""What the chatbot asks for (追问): one thing at a time, with what was wrong before; and whether all is right before it is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline import chat_matters, chat_words, phone_code
from hotline.dialogue import PERSON
from models.store import conversations
from nlu.chat_cues import lost_number
from nlu.masking import mask

if TYPE_CHECKING:
    from hotline.dialogue import Buttons, Turn
    from models.store.database import Session

CANCEL: Final = ("取消", "/cancel")
# Said, not tapped past Rasa: the words themselves are heeded.
APART: Final = ("分别登记", "分别登记")
ONE: Final = ("合成一件", "合成一件")
SHOWN: Final = 80  # characters of a matter
_EXAMPLE: Final = "比如：阳光小区3号楼的电梯坏了三天，没人来修。"
_WORDS: Final = {
    "supplement": ("请说要补充的情况，说完我就加到工单里。", "Please tell me what to add to your request."),
    "ask_reopen": ("请说说哪里还没有解决，我帮您申请重新办理。", "Please tell me what is still not solved."),
    "rate": (
        "这件事解决了吗？您满意吗？可以直接说，比如“解决了，5分”。",
        "Is it solved, and are you satisfied? For example: solved, 5 stars.",
    ),
    "withdraw": ("撤回后就不再办理了，确定要撤回吗？", "Once withdrawn, nothing more will be done. Are you sure?"),
}
_RATINGS: Final = (
    ("已解决，满意", "已解决，满意"),
    ("已解决，不太满意", "已解决，不太满意"),
    ("没解决，不满意", "没解决，不满意"),
)
_YES_NO: Final = (("确定", "/affirm"), ("不撤了", "/cancel"))


async def ask_matter(turn: Turn) -> None:
    """What it is about."""
    words = f"您说，是什么事？请说清地点和情况，{_EXAMPLE}"
    if turn.dialogue.is_anonymous:
        words = f"可以匿名。{words}"
    _ask(turn, words, english="What happened, and where? Please describe it in your own words.")


async def ask_place(turn: Turn) -> None:
    """Where it is."""
    of_several = chat_matters.lacking(turn) if len(turn.dialogue.matters) > 1 else None
    what = f"“{_short(turn, of_several)}”这件事" if of_several else "这件事"
    words = f"{what}发生在什么地方？说到路名、小区或门牌就行，说不清可以回复“不清楚”。"
    _ask(
        turn,
        words,
        (("不清楚", "/dont_know"), CANCEL),
        english="Where is it? A street, an estate or a landmark will do.",
    )


async def ask_time(turn: Turn) -> None:
    """When it happens."""
    _ask(
        turn,
        "一般在什么时候？比如“每天晚上十点以后”。",
        (("说不准", "/dont_know"), CANCEL),
        english="When does it happen?",
    )


async def ask_contact(turn: Turn) -> None:
    """How to reach the citizen, who may stay unnamed."""
    words = "请留个联系电话，方便承办单位和您联系；不想留可以回复“匿名”。"
    english = 'Please leave a phone number, or reply "anonymous".'
    _ask(turn, words, (("匿名", "/stay_anonymous"), CANCEL), english=english)


async def ask_yes(turn: Turn) -> None:
    """Whether it is right as it was understood; of several, whether each is to be a ticket of its own."""
    kept = turn.dialogue
    several = len(kept.matters) > 1
    told = [f"您说了{len(kept.matters)}件事，会分别登记：", *_each(turn)] if several else ["请核对：", *_only(turn)]
    if turn.draft.time:
        told.append(f"时间：{turn.draft.time}")
    told += [f"联系方式：{_who(turn)}", *_perhaps(turn), "没有问题的话，我就提交了。"]
    yes = ("分别登记", "/affirm") if several else ("确认提交", "/affirm")
    apart = ((APART if kept.parts else ONE),) if several or kept.parts else ()
    english = "Is this correct? Reply yes to submit, or tell me what to change."
    if several:
        english = (
            f"These are {len(kept.matters)} separate requests. Reply yes to submit each of them, or say “one request”."
        )
    _ask(turn, "\n".join(told), (yes, *apart, ("要修改", "/deny"), CANCEL), english=english)


def _only(turn: Turn) -> list[str]:
    found = [f"内容：{_short(turn, turn.dialogue.matters[0])}"] if turn.dialogue.matters else []
    return [*found, f"地点：{turn.hub.mask(turn.draft.place)}"] if turn.draft.place else found


def _each(turn: Turn) -> list[str]:
    """Return the matters by number, each with where it is."""
    found = []
    for nth, matter in enumerate(turn.dialogue.matters):
        place = chat_matters.place_of(turn, nth)
        where = f"（地点：{turn.hub.mask(place)}）" if place else ""
        found.append(f"{nth + 1}. {_short(turn, matter)}{where}")
    return found


def _perhaps(turn: Turn) -> list[str]:
    """Return what the only matter may be several of: the citizen decides."""
    parts = turn.dialogue.parts
    if not parts:
        return []
    listed = [f"{nth}. {_short(turn, part)}" for nth, part in enumerate(parts, 1)]
    return [f"听着像是{len(parts)}件事，现在合成一件；要分开，请说“分别登记”：", *listed]


def _who(turn: Turn) -> str:
    kept, draft = turn.dialogue, turn.draft
    phone = turn.conversation.phone or draft.phone
    if kept.is_anonymous or not phone:
        return "匿名"
    hidden = "（对承办单位保密）" if kept.is_confidential else ""
    return f"{draft.name or ''}尾号{phone[-4:]}{hidden}"


async def ask_step(turn: Turn) -> None:
    """What is to be done with a ticket."""
    buttons = (
        ("查进度", "/ask_progress"),
        ("补充", "/supplement"),
        ("催办", "/urge"),
        ("评价", "/rate"),
        ("重办", "/ask_reopen"),
    )
    _ask(turn, "您想对这件工单做什么？", buttons, english="What would you like to do with this request?")


async def ask_ticket(turn: Turn) -> None:
    """Which ticket is meant."""
    several = turn.dialogue.choices
    if several:
        lines = "\n".join(f"{n}. {words}" for n, (_, words) in enumerate(several, 1))
        buttons: Buttons = tuple((f"第{n}件", f"第{n}件") for n in range(1, len(several) + 1))
        _ask(turn, f"您有这几件，要看哪一件？\n{lines}", buttons, english="Which one do you mean?")
        return
    if lost_number(turn.words) and turn.conversation.verified_at is None:
        await _ask_phone(turn)
        return
    words = "请告诉我工单号和查询码（登记回执或短信里都有）；找不到的话，也可以用手机号验证。"
    buttons = (("用手机号验证", "/verify_phone"), PERSON, CANCEL)
    _ask(turn, words, buttons, english="Please tell me the ticket number and the query code.")


async def _ask_phone(turn: Turn) -> None:
    """Whoever no longer has the number shows by a code that the phone is theirs: at once where they have told it."""
    phones = mask(turn.words).phones
    if not phones:
        turn.awaits = "phone"
        turn.say(
            f"没有工单号也能查。{chat_words.ASK_PHONE}", english="Please enter your mobile number; we will send a code."
        )
        return

    async def work(session: Session) -> None:
        current = await conversations.lock(session, turn.conversation.id)
        await phone_code.send(turn.hub, session, current, phones[-1])

    await turn.hub.database.write(work)
    words = f"没有工单号也能查。{chat_words.CODE_SENT.format(tail=phones[-1][-4:])}"
    buttons = tuple((one.title, one.title) for one in (chat_words.AGAIN, chat_words.NO_MORE))
    turn.say(words, buttons, english="A code was sent to your phone. Please enter the six digits.")


async def ask_words(turn: Turn) -> None:
    """What is to be added, how it was, or whether it is meant."""
    step = turn.dialogue.step or "supplement"
    words, english = _WORDS.get(step, _WORDS["supplement"])
    buttons: Buttons = _RATINGS if step == "rate" else (_YES_NO if step == "withdraw" else (CANCEL,))
    _ask(turn, words, buttons, english=english)


def _ask(turn: Turn, words: str, buttons: Buttons = (CANCEL,), *, english: str) -> None:
    turn.say(f"{turn.dialogue.hint or ''}{words}", buttons, english=english)


def _short(turn: Turn, matter: str) -> str:
    words = turn.hub.mask(matter).replace("\n", "；")
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
