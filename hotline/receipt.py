"""What a channel is answered when a request is registered (CONTRACT: POST /api/v1/tickets)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta, Struct

from hotline.duplicates import PossibleDuplicate, told
from hotline.fitting import ProposedIncident
from models.lifecycle import TicketState
from models.vocabulary import CallerLimitLevel, Flag, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline.hub import Hub
    from hotline.proposal import Proposal
    from hotline.step import Step
    from models.city import HandoffRule

# What the seat, or the machine before it, does; nobody is hung up on.
SCRIPTS: Final = {
    CallerLimitLevel.REMIND: "请提醒来电人依法理性反映诉求、不要重复占线，诉求照常登记",
    CallerLimitLevel.LIMITED: "请转留言信箱，留言照常登记；说到紧急情况的立即接入",
    CallerLimitLevel.REPORTED: "已移送公安机关，请转留言信箱，留言照常登记；说到紧急情况的立即接入",
}


class GuessedCategory(Struct, kw_only=True):
    """The category that intake decided on, and how sure it was."""

    code: str
    name: str
    p: Annotated[float, Meta(ge=0, le=1)]


class Lead(Struct, kw_only=True):
    """主办单位."""

    code: str
    name: str


class Due(Struct, kw_only=True):
    """The lead's due times."""

    acknowledge_by: datetime
    contact_by: datetime
    reply_by: datetime


class HandoffTold(Struct, kw_only=True):
    """紧急转接: whom to connect the caller to, who else is brought in, and what is read to the caller."""

    number: str
    also: list[str]
    flag: Flag
    script: str
    confirm_by: datetime


class CallerLimitTold(Struct, kw_only=True):
    """来电人限制: what holds for whoever calls, until when, and what to do. Where there is danger it `passes`."""

    level: CallerLimitLevel
    until: datetime
    passes: bool
    script: str


class TicketReceipt(Struct, kw_only=True):
    """The answer; `handoff` only in an emergency, `incident` where the request seems to be about an open one.

    `is_provisional` tells that the promised date lies in a year whose holidays are not announced, and may be early.
    """

    number: Annotated[str, Meta(pattern="^[0-9]{14,17}$")]
    query_code: str
    state: TicketState
    kind: Kind
    urgency: Annotated[int, Meta(ge=1, le=4)]
    category: GuessedCategory
    lead: Lead | None
    because: str
    promised_at: datetime
    is_provisional: bool
    due: Due | None
    possible_duplicates: list[PossibleDuplicate]
    incident: ProposedIncident | msgspec.UnsetType = msgspec.UNSET
    handoff: HandoffTold | msgspec.UnsetType = msgspec.UNSET
    caller_limit: CallerLimitTold | msgspec.UnsetType = msgspec.UNSET


def receipt_body(
    hub: Hub,
    step: Step,
    proposal: Proposal,
    alike: Sequence[PossibleDuplicate],
    incident: ProposedIncident | None,
) -> bytes:
    """Return the answer's JSON."""
    ticket, read = step.ticket, proposal.understanding
    lead = next((part for part in step.parts.values() if part.is_lead), None)
    receipt = TicketReceipt(
        number=ticket.number,
        query_code=step.change.texts[0].content.query_code,
        state=ticket.state,
        kind=ticket.kind,
        urgency=ticket.urgency,
        category=GuessedCategory(code=ticket.category, name=hub.category_name(ticket.category), p=round(read.sure, 4)),
        lead=Lead(code=lead.department, name=hub.department_name(lead.department)) if lead else None,
        because=ticket.desk_reason or ticket.because,
        promised_at=ticket.promised_at,
        is_provisional=hub.is_provisional(ticket.promised_at),
        due=Due(acknowledge_by=lead.acknowledge_by, contact_by=lead.contact_by, reply_by=lead.reply_by)
        if lead
        else None,
        possible_duplicates=told(alike, step.actor.role),
        # Nor is a department told of an incident, which may accuse it: it attaches nothing.
        incident=(incident if step.actor.role is not Role.DEPARTMENT else None) or msgspec.UNSET,
    )
    if proposal.handoffs and step.change.handoffs:
        first = proposal.handoffs[0]
        receipt.handoff = HandoffTold(
            number=first.number,
            also=_also(proposal.handoffs),
            flag=first.flag,
            script=first.script,
            confirm_by=step.change.handoffs[0]["confirm_by"],
        )
    receipt.caller_limit = limit_told(hub, ticket.caller_index, is_danger=bool(ticket.flags)) or msgspec.UNSET
    return msgspec.json.encode(receipt)


def limit_told(hub: Hub, caller_index: bytes | None, *, is_danger: bool = False) -> CallerLimitTold | None:
    """Return what holds for a caller now, None where nothing does; a danger passes whatever holds."""
    limit = hub.limit_of(caller_index)
    if limit is None or limit.expires_at is None:
        return None
    script = "涉及紧急情况，不受限制，请照常受理" if is_danger else SCRIPTS[limit.level]
    return CallerLimitTold(level=limit.level, until=limit.expires_at, passes=is_danger, script=script)


def _also(rules: tuple[HandoffRule, ...]) -> list[str]:
    """Return who else is brought in: the other emergencies' numbers, and whom their rules name beside."""
    numbers = [number for rule in rules for number in (rule.number, *rule.also)]
    return [number for number in dict.fromkeys(numbers) if number != rules[0].number]
