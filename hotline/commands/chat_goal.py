"""What a test dialogue must have come to: tickets as intake would make them, a step on a ticket, an answer with its source, a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from hotline.commands.chat_evaluation import Talk
    from hotline.commands.chat_scene import Stage

# What is told of where a knowledge entry comes from, and until when it holds.
_SOURCE: Final = re.compile(r"【知识条目.+(?:有效期至|长期有效)")
_PEOPLE: Final = frozenset({"waiting", "agent"})


class Goal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that is named must hold. `category`, `place`, `text` and `reply` are patterns; see tests/dialogues/README.md."""

    tickets: int | None = None
    category: str | None = None
    kind: str | None = None
    place: str | None = None
    text: str | None = None
    anonymous: bool | None = None
    confidential: bool | None = None
    same_as_intake: bool = True
    progress: bool = False
    step: Literal["supplement", "urge", "withdraw", "rate", "ask_reopen"] | None = None
    answered: str | None = None
    person: bool = False
    emergency: str | None = None
    reply: str | None = None


async def missed(goal: Goal, talk: Talk, stage: Stage, known: dict[str, str]) -> list[str]:
    """Return what is missing of a goal, in words; nothing where it is reached."""
    last = "\n".join(turn["text"] for turn in (talk.replies[-1] if talk.replies else []))
    found = _not_told(goal, talk, known, last)
    if goal.tickets is not None:
        if len(talk.numbers) != goal.tickets:
            found.append(f"应登记{goal.tickets}件，实为{len(talk.numbers)}件；最后一句答“{last[:100]}”")
        for number in talk.numbers:
            found += await _wrong(goal, await stage.ticket(number), stage)
    if goal.step is not None:
        meant = known.get("number") or (talk.numbers[-1] if talk.numbers else None)
        if meant is None or goal.step not in await stage.trail(meant):
            found.append(f"工单上没有“{goal.step}”；最后一句答“{last[:100]}”")
    return found


def _not_told(goal: Goal, talk: Talk, known: dict[str, str], last: str) -> list[str]:
    """Return what was not said that should have been, and whom nobody was brought to."""
    found = []
    told = "\n".join(turn["text"] for replies in talk.replies for turn in replies)
    if goal.progress and not re.search(rf"{known.get('number', '工单')}.*：", told):
        found.append(f"没有告知进度；最后一句答“{last[:100]}”")
    if goal.answered is not None and not (_SOURCE.search(told) and re.search(goal.answered, told)):
        found.append(f"没有答出“{goal.answered}”并注明出处；最后一句答“{last[:100]}”")
    if goal.person and talk.state not in _PEOPLE and talk.awaits != "call_back":
        found.append("没有转到人工")
    if goal.emergency is not None:
        found += _alone(goal.emergency, talk, told)
    if goal.reply is not None and not re.search(goal.reply, last):
        found.append(f"最后应答“{goal.reply}”，实为“{last[:100]}”")
    return found


async def _wrong(goal: Goal, ticket: dict[str, Any], stage: Stage) -> list[str]:
    """Return what is otherwise with a ticket than it should be, and than intake would have made it."""
    found = []
    code = ticket["category"]["code"]
    for name, pattern, value in (
        ("事项", goal.category, code),
        ("类型", goal.kind, ticket["kind"]),
        ("地点", goal.place, ticket.get("place") or ""),
        ("内容", goal.text, ticket["text"]),
    ):
        if pattern is not None and not re.search(pattern, value):
            found.append(f"工单{name}应为“{pattern}”，实为“{value[:60]}”")
    if goal.anonymous is not None and (ticket["identity"] == "anonymous") != goal.anonymous:
        found.append("匿名与否不对")
    if goal.confidential is not None and (ticket["disclosure"] == "confidential") != goal.confidential:
        found.append("保密与否不对")
    if goal.same_as_intake and not found:
        read = await stage.understood(ticket["text"], ticket.get("place") or None)
        if read["categories"][0]["code"] != code[:4] or read["kind"] != ticket["kind"]:
            found.append("工单与受理接口对同一内容的理解不同")
    return found


def _alone(number: str, talk: Talk, told: str) -> list[str]:
    """Return what is missing of an emergency: the number to call at once, a ticket, and a person."""
    found = []
    if not re.search(number, told):
        found.append(f"没有告知拨打{number}")
    if not talk.numbers:
        found.append("紧急情况没有登记")
    if talk.state not in _PEOPLE:
        found.append("紧急情况没有请人工接入")
    return found
