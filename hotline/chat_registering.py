"""What was gathered in a chat becomes tickets: read as any other channel's, about an open incident perhaps, and told to the citizen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from hotline import chat_matters
from hotline.dialogue import CODE
from hotline.fitting import fitting
from hotline.intake import proposed, register
from hotline.notice import due_day
from hotline.receipt import TicketReceipt
from hotline.request import Caller, Register
from hotline.talking import CHATBOT
from models.calendar import CHINA_TIME
from models.conversation import Filed
from models.vocabulary import Channel, Disclosure, Identity

if TYPE_CHECKING:
    from hotline.dialogue import Buttons, Turn
    from hotline.fitting import ProposedIncident

SLOTS: Final = ("matter", "place", "happened", "contact", "confirmed")


async def register_all(turn: Turn) -> None:
    """Register each matter as a ticket, and tell the numbers. The form is over.

    Where one fails, what was registered before it stays so, and the rest may be gone on with.
    """
    turn.keep(offer="resume")
    for matter in turn.dialogue.matters:
        receipt = await _registered(turn, matter, len(turn.draft.filed))
        filed = Filed(number=receipt.number, query_code=receipt.query_code)
        turn.note(filed=(*turn.draft.filed, filed))
        turn.keep(matters=turn.dialogue.matters[1:], places=turn.dialogue.places[1:], ticket=filed.number)
        turn.outcome = "new_ticket"
        turn.say(*_told(turn, receipt))
    turn.note(said=(), place=None, time=None)
    turn.keep(parts=(), incident=None, incident_told=None, offer=None, question=None, is_aside=False)
    for slot in SLOTS:
        turn.set(slot, None)


async def find_incident(turn: Turn, matter: str) -> None:
    """Look whether it is about an open incident, whose callers are answered together."""
    fits = await fitting_of(turn, matter)
    told = f"{fits.title}：{fits.answer}" if fits and fits.answer else (fits.title if fits else None)
    turn.keep(incident=fits.id if fits and len(turn.dialogue.matters) == 1 else None, incident_told=told)


async def fitting_of(turn: Turn, matter: str) -> ProposedIncident | None:
    """Return the open incident that words seem to be about."""
    hub, request = turn.hub, await _request(turn, matter, turn.draft.place)
    phone = request.caller.phone if request.caller else None
    caller = hub.database.keyring.blind_index(phone) if phone else None
    found = await proposed(hub, request, None)
    return await hub.database.read(lambda session: fitting(hub, session, found, caller=caller, at=hub.now()))


async def _request(turn: Turn, matter: str, place: str | None) -> Register:
    phone = turn.conversation.phone or turn.draft.phone
    is_anonymous = turn.dialogue.is_anonymous or not phone
    is_hidden = is_anonymous or turn.dialogue.is_confidential
    caller = Caller(
        name=None if is_anonymous else turn.draft.name,
        phone=None if turn.dialogue.is_anonymous else phone,
        identity=Identity.ANONYMOUS if is_anonymous else Identity.NAMED,
        disclosure=Disclosure.CONFIDENTIAL if is_hidden else Disclosure.OPEN,
    )
    time = await chat_matters.time_of(turn, matter)
    text = f"{matter}\n{time}" if time else matter
    return Register(
        text=text,
        address=place,
        channel=Channel.CHATBOT,
        interaction=turn.conversation.interaction,
        caller=caller,
        incident=turn.dialogue.incident,
    )


async def _registered(turn: Turn, matter: str, nth: int) -> TicketReceipt:
    request = await _request(turn, matter, chat_matters.place_of(turn, 0))
    key = f"chat:{turn.conversation.id}:filed{nth}"
    kept = await register(turn.hub, CHATBOT, key, msgspec.json.encode(request), request)
    return msgspec.json.decode(kept.body, type=TicketReceipt)


def _told(turn: Turn, receipt: TicketReceipt) -> tuple[str, Buttons]:
    """Return what a citizen is told of a ticket, and what they may do next."""
    who = f"由{receipt.lead.name}办理" if receipt.lead else "由派单员核定承办单位"
    until = due_day(receipt.promised_at, is_provisional=receipt.is_provisional)
    lines = [
        f"已为您登记，工单号{receipt.number}，查询码{CODE.format(number=receipt.number)}。",
        f"事项：{receipt.category.name}，{who}，{until}前答复您。",
    ]
    if turn.dialogue.incident and turn.dialogue.incident_told:
        lines = [lines[0], "这件事正在统一处理，有结果会告知您。"]
    if turn.is_english:
        day = f"{receipt.promised_at.astimezone(CHINA_TIME):%d %B %Y}"
        lines.insert(
            0,
            f"Your request is registered: ticket {receipt.number}. You will be answered by {day}. "
            "Please keep the number and the query code below.",
        )
    return "\n".join(lines), (
        ("查询进度", "/ask_progress"),
        ("补充情况", "/supplement"),
        ("再反映一件", "/want_report"),
    )
