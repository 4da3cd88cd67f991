"""How far a ticket is, in a chat's few words, and the citizen's own steps on it (补充、催促、撤诉、评价、申请重办)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hotline import follow_up, track
from hotline.notice import due_day
from hotline.reply_told import BY_HOTLINE, reply_told
from hotline.step import run
from models.calendar import CHINA_TIME
from models.labels import LABELS
from models.lifecycle import Action, TicketState, ticket_allows
from models.store import tickets
from models.ticket import CITIZEN
from nlu.chat_cues import rating_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.dialogue import Buttons, Turn
    from hotline.hub import Hub
    from hotline.step import Step
    from models.dialogue import ChatStep
    from models.ticket import Ticket

LONGEST_REPLY: Final = 300
LONGEST_REMARK: Final = 1000
_NEXT: Final = (
    (Action.URGE, ("催办", "/urge")),
    (Action.SUPPLEMENT, ("补充情况", "/supplement")),
    (Action.RATE, ("评价", "/rate")),
    (Action.ASK_REOPEN, ("申请重办", "/ask_reopen")),
)
_STATES: Final[dict[TicketState, str]] = {
    TicketState.REGISTERED: "registered",
    TicketState.ON_DESK: "being assigned to a department",
    TicketState.ASSIGNED: "with the department",
    TicketState.IN_REVIEW: "answered, under review",
    TicketState.FOLLOW_UP: "answered; please rate it",
    TicketState.CLOSED: "closed",
    TicketState.ARCHIVED: "closed",
    TicketState.ANSWERED: "answered",
    TicketState.DECLINED: "not accepted; the reason is below",
    TicketState.HANDED_OFF: "handed to the emergency service",
    TicketState.MERGED: "handled together with others of the same matter",
    TicketState.WITHDRAWN: "withdrawn",
    TicketState.VOID: "void",
}
_DONE: Final = {
    "supplement": "已补充到工单里，承办单位看得到。",
    "withdraw": "已撤回，不再办理。以后有需要，随时再来反映。",
    "rate": "谢谢您的评价，已经记下。",
    "ask_reopen": "已为您申请重新办理，有进展会告知您。",
}


async def done(turn: Turn, ticket: Ticket, step: ChatStep, words: str) -> None:
    """Take a step with a ticket and say what came of it. Raises what the step refuses, which a person can act on."""
    if step == "progress":
        turn.say(
            f"{turn.dialogue.hint or ''}{await progress(turn.hub, ticket)}",
            next_steps(ticket),
            english=_english(ticket),
        )
        return
    work = _WORKS[step]

    async def taken(one: Step) -> Any:
        return await work(one, words)

    said = await run(turn.hub, CITIZEN, ticket.id, taken, is_citizens=True)
    after = await turn.hub.database.read(lambda session: tickets.get(session, ticket.id))
    turn.say(f"{said}。" if isinstance(said, str) else _DONE[step], next_steps(after), english="Done.")


async def progress(hub: Hub, ticket: Ticket) -> str:
    """Return where a ticket stands, who has it, by when it is answered, and the answer where there is one."""
    common = ticket
    if ticket.state is TicketState.MERGED and ticket.merged_into is not None:
        into = ticket.merged_into
        common = await hub.database.read(lambda session: tickets.get(session, into))
    lines = [f"工单{ticket.number}（{hub.category_name(ticket.category)}）：{_state(common)}。"]
    if common is not ticket:
        lines.append("它和同一事项合并办理，结果同样告知您。")
    if common.lead and common.state not in BY_HOTLINE:
        lines.append(f"主办单位：{hub.department_name(common.lead)}。")
    reply = await hub.database.read(lambda session: reply_told(session, hub, common))
    if reply:
        lines.append(f"答复：{reply if len(reply) <= LONGEST_REPLY else reply[:LONGEST_REPLY] + '…'}")
    elif common.closed_at is None:
        until = due_day(ticket.promised_at, is_provisional=hub.is_provisional(ticket.promised_at))
        lines.append(f"{until}前答复您。")
    return "\n".join(lines)


def named(hub: Hub, ticket: Ticket) -> str:
    """Return what a citizen knows a ticket by: its number's end, what it is about, where it stands."""
    return f"尾号{ticket.number[-4:]}，{hub.category_name(ticket.category)}，{_state(ticket)}"


def next_steps(ticket: Ticket) -> Buttons:
    """Return what may be done next with a ticket."""
    return tuple(button for action, button in _NEXT if ticket_allows(ticket.state, action))


def _state(ticket: Ticket) -> str:
    return LABELS["ticket_state"][ticket.state]


def _english(ticket: Ticket) -> str:
    """Return how far it is for whoever reads no Chinese; the answer itself is told in the words of who gave it."""
    told = f"Ticket {ticket.number}: {_STATES[ticket.state]}."
    if ticket.closed_at is not None:
        return told
    return f"{told} You will be answered by {ticket.promised_at.astimezone(CHINA_TIME):%d %B %Y}."


async def _supplement(step: Step, words: str) -> None:
    await track.supplement(step, track.Supplement(text=words))


async def _urge(step: Step, _: str) -> str:
    return await track.urge(step, track.Urge())


async def _withdraw(step: Step, words: str) -> None:
    await track.withdraw(step, track.Withdraw(reason=words[:LONGEST_REMARK]))


async def _rate(step: Step, words: str) -> None:
    said = rating_in(words)
    satisfied = said.satisfied if said.satisfied is not None else bool(said.solved)
    solved = said.solved if said.solved is not None else satisfied
    remark = await step.as_told(words[:LONGEST_REMARK])
    await follow_up.rate(step, follow_up.Rate(solved=solved, satisfied=satisfied, score=said.score, remark=remark))


async def _ask_reopen(step: Step, words: str) -> None:
    await follow_up.ask_reopen(step, follow_up.AskReopen(reason=words))


_WORKS: Final[dict[str, Callable[[Step, str], Awaitable[Any]]]] = {
    "supplement": _supplement,
    "urge": _urge,
    "withdraw": _withdraw,
    "rate": _rate,
    "ask_reopen": _ask_reopen,
}
