"""What the chatbot asks for (追问): one thing at a time, with what was wrong before; and whether all is right before it is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline.dialogue import PERSON

if TYPE_CHECKING:
    from hotline.dialogue import Buttons, Turn

CANCEL: Final = ("取消", "/cancel")
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
    words = "这件事发生在什么地方？说到路名、小区或门牌就行，说不清可以回复“不清楚”。"
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
    """Whether it is right as it was understood."""
    kept, draft = turn.dialogue, turn.draft
    phone = turn.conversation.phone or draft.phone
    who = "匿名" if kept.is_anonymous or not phone else f"{draft.name or ''}尾号{phone[-4:]}"
    if kept.is_confidential and not kept.is_anonymous:
        who += "（对承办单位保密）"
    lines = [
        f"{number}{_short(turn, matter)}"
        for number, matter in zip(_numbers(len(kept.matters)), kept.matters, strict=True)
    ]
    several = f"您说了{len(kept.matters)}件事，会分别登记：" if len(kept.matters) > 1 else "请核对："
    told = [several, *lines]
    if draft.place:
        told.append(f"地点：{turn.hub.mask(draft.place)}")
    if draft.time:
        told.append(f"时间：{draft.time}")
    told += [f"联系方式：{who}", "没有问题的话，我就提交了。"]
    buttons = (("确认提交", "/affirm"), ("要修改", "/deny"), CANCEL)
    _ask(turn, "\n".join(told), buttons, english="Is this correct? Reply yes to submit, or tell me what to change.")


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
    words = "请告诉我工单号和查询码（登记回执或短信里都有）；找不到的话，也可以用手机号验证。"
    buttons = (("用手机号验证", "/verify_phone"), PERSON, CANCEL)
    _ask(turn, words, buttons, english="Please tell me the ticket number and the query code.")


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


def _numbers(n: int) -> list[str]:
    return ["内容："] if n == 1 else [f"{one}. " for one in range(1, n + 1)]
