"""督办单 as a department reads it: number, matter, what the trail says was done, why, what is demanded and by when."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from hotline.notice import day
from models.labels import LABELS
from models.lifecycle import Action
from models.vocabulary import SupervisionLevel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline.hub import Hub
    from models.store.supervisions import Supervision
    from models.ticket import Assignment, Ticket
    from models.trail import TicketEvent

TEMPLATE: Final = Template((Path(__file__).parent / "letter.html").read_text(encoding="utf-8"))
# What of the trail shows how the matter was pressed and handled; what else stands there is the hotline's own business.
FACTS: Final = frozenset(
    {
        Action.REGISTER,
        Action.DISPATCH,
        Action.REASSIGN,
        Action.DESIGNATE,
        Action.ACKNOWLEDGE,
        Action.CONTACT,
        Action.URGE,
        Action.SEND_BACK,
        Action.REQUEST_EXTENSION,
        Action.DECIDE_EXTENSION,
        Action.DECIDE_DEFERRAL,
        Action.REMIND,
        Action.SUPERVISE,
        Action.ESCALATE,
        Action.REPLY,
        Action.REJECT,
        Action.REOPEN,
    }
)


def letter_number(hub: Hub, ticket: str, one: Supervision) -> str:
    """Return what a letter is called by: the city, the year, the ticket and its place in the trail."""
    return f"{hub.city.name}热线督〔{one.at.year}〕{ticket}-{one.seq}号"


def letter(
    hub: Hub, ticket: Ticket, brief: str, parts: list[Assignment], trail: list[TicketEvent], one: Supervision
) -> str:
    """Return the letter as an HTML page. `brief` is masked already, as departments read it."""
    level = LABELS["supervision_level"][str(int(one.level))]
    part = next((part for part in reversed(parts) if part.department == one.department), None)
    due = f"依法依规办结，答复时限为{day(part.reply_by)}。" if part else "尽快办结。"
    summons = "请主要负责人届时到热线工作机构接受约谈，说明情况。" if one.level is SupervisionLevel.INTERVIEW else ""
    words = {
        "title": f"{level}通知书",
        "number": letter_number(hub, ticket.number, one),
        "department": _full_name(hub, one.department),
        "ticket": ticket.number,
        "kind": LABELS["kind"][ticket.kind],
        "category": hub.category_name(ticket.detail or ticket.category),
        "level": level,
        "brief": brief,
        "reason": one.reason,
        "answer_by": day(one.answer_by),
        "deadline": f"并于{day(one.deadline)}前办结。" if one.deadline else f"并{due}",
        "summons": summons,
        "owner": one.owner,
        "city": hub.city.name,
        "issued": day(one.at),
    }
    safe = {name: escape(text) for name, text in words.items()}
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in _facts(trail, one))
    answer = ""
    if one.answer is not None and one.answered_at is not None:
        answer = f"<hr><p>书面回复（{escape(day(one.answered_at))}）：{escape(hub.mask(one.answer))}</p>"
    return TEMPLATE.substitute(safe, facts=facts, answer=answer)


def _facts(trail: list[TicketEvent], one: Supervision) -> Iterator[str]:
    """Yield what was done before the letter, in order."""
    for event in trail:
        if event.seq < one.seq and event.type in FACTS:
            yield f"{day(event.at)}，{LABELS['action'][event.type]}"


def _full_name(hub: Hub, code: str | None) -> str:
    party = hub.city.party(code or "")
    return party.full_name if party else (code or "")
