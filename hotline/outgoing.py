"""What a step queues for others: webhooks to departments, messages to citizens. Sent after the step is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from hotline.notice import words
from models import spans
from models.labels import RESULT_NAMES
from models.lifecycle import Action, TicketState
from models.store import steps, tickets
from models.ticket import Delivery, Notice
from models.trail import event_fields
from models.vocabulary import Disclosure, Role
from nlu.home import place_without_home, without_home, without_household
from nlu.masking import without_caller

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor, Assignment, Ticket, TicketText
    from models.understanding import Understanding
    from routing.route import Designee

# Deliveries of one step come after those of every step before it, up to here in their own order too.
DELIVERIES_A_STEP: Final = 1024
SCHEMA_VERSION: Final = 1
TOLD_TO_ALL: Final = frozenset({"registered", "split_off", "handed_off", "declined", "attached"})
SUPERVISION_EVENTS: Final = {
    Action.REMIND: "ticket.reminded",
    Action.SUPERVISE: "ticket.supervised",
    Action.ESCALATE: "ticket.escalated",
}
# What names a part to its department and says nothing of the matter.
NAMES_PART: Final = frozenset({"ticket", "department", "assignment", "role", "is_designated", "due"})
MAY_TELL: Final = {
    **dict.fromkeys(SUPERVISION_EVENTS.values(), frozenset({"reason"})),
    "ticket.inspected": frozenset({"remark"}),
}
PROGRAMS: Final = frozenset({Role.CLOCK, Role.PROGRAM})
# 110 hears what becomes of what it sent us, over the endpoint of its own line (工单警单双向流转, 国办发〔2022〕12号).
POLICE: Final = "110"
POLICE_EVENTS: Final = {
    TicketState.ASSIGNED: "police_order.dispatched",
    **dict.fromkeys((TicketState.ON_DESK, TicketState.IN_REVIEW, TicketState.FOLLOW_UP), "police_order.progress"),
    TicketState.MERGED: "police_order.progress",
    **dict.fromkeys((TicketState.CLOSED, TicketState.ANSWERED, TicketState.DECLINED), "police_order.closed"),
    **dict.fromkeys((TicketState.WITHDRAWN, TicketState.VOID), "police_order.closed"),
}


def without_traces(masked: str, caller_name: str | None, disclosure: Disclosure) -> str:
    """Return masked words without what else tells who a confidential caller is: the door, his own house, and 张女士."""
    return masked if disclosure is Disclosure.OPEN else without_home(without_caller(masked, caller_name))


def place_told(words: str, masked: str, caller_name: str | None, disclosure: Disclosure) -> str | None:
    """Return words of a request's place, None where there are none: of a confidential caller's home the street or the estate."""
    if disclosure is not Disclosure.OPEN:
        words = without_traces(place_without_home(words, masked), caller_name, disclosure)
    return words or None


def brief_told(brief: str, read: Understanding, caller_name: str | None, disclosure: Disclosure) -> str:
    """Return a request's brief without traces; the house of an address that was given apart is told nowhere in it either."""
    told = without_traces(brief, caller_name, disclosure)
    house = without_household(read.place.span) if read.place else ""
    if disclosure is Disclosure.OPEN or read.place is None or not house:
        return told
    return told.replace(house, place_without_home(read.place.span, read.masked_text))


class Outgoing:
    """The ticket of a step, its words, and what is to be sent when the step is written."""

    def __init__(self, hub: Hub, session: Session, actor: Actor, at: datetime, ticket: Ticket) -> None:
        self.hub = hub
        self.session = session
        self.actor = actor
        self.at = at
        self.ticket = ticket
        self.change = steps.Change(at=at)
        # Every step writes at least one event, so the number of its first one is the step's own.
        self._first_seq = ticket.event_count + 1
        self._text: TicketText | None = None

    async def text(self) -> TicketText:
        """Return what was said, opened once."""
        if self._text is None:
            self._text = await tickets.text(self.session, self.ticket.id)
        return self._text

    def use_text(self, text: TicketText) -> None:
        """Give the words of a ticket that is only now being registered."""
        self._text = text

    async def as_told(self, words: str) -> str:
        """Return what a person wrote as departments may read it: masked, and of a confidential caller's never the door."""
        name = (await self.text()).caller_name
        masked = self.hub.reader.names.without(self.hub.mask(words, name))
        return without_traces(masked, name, self.ticket.disclosure)

    async def deliver(self, part: Assignment, kind: str, **fields: Any) -> None:
        """Queue a webhook to the part's department; it is sent after this step is written."""
        told = {**await self._told_to_department(part), **fields}
        if self.hub.is_barred(part.department, self.ticket.recused):
            # Whom the ticket came to accuse is told of a part in hand what its page shows, and that one has ended, and no word beside.
            left_out = self._may_tell(kind) if part.is_live else set(told) - NAMES_PART
            told = {name: None if name in left_out else value for name, value in told.items()}
        self._queue(part.department, kind, told)

    def _may_tell(self, kind: str) -> frozenset[str]:
        """Return what a person wrote with a message and no page of a department shows: it may be of the accusation."""
        return MAY_TELL.get(kind, frozenset()) if self.actor.role not in PROGRAMS else frozenset()

    async def copy(self, designee: Designee) -> None:
        """抄送: tell a department who handles the matter; without a part it has no due times, nor ever the caller."""
        lead = self.hub.department_name(self.ticket.lead)
        because = f"{designee.because}本件由{lead}主办，抄送仅供知悉，无需办理。"
        told = await self._told(designee.department, because)
        nothing = dict.fromkeys(("assignment", "role", "caller", "due"))
        self._queue(designee.department, "ticket.copied", {**told, **nothing, "is_designated": False})

    async def tell(self, kind: str, **fields: Any) -> None:
        """Queue a message to the citizen, where there is a phone to send it to."""
        text = await self.text()
        self._notify(kind, self.ticket, text.caller_phone, text.query_code, fields)

    async def tell_all(self, kind: str, **fields: Any) -> None:
        """Tell the citizen and every caller whose ticket was merged into this one."""
        await self.tell(kind, **fields)
        for merged in await tickets.merged_callers(self.session, self.ticket.id):
            self._notify(kind, merged.ticket, merged.phone, merged.query_code, fields)
            if kind == "closed" and merged.ticket.police_number is not None:
                self._tell_police("police_order.closed", merged.ticket, None)

    def tell_police(self, before: TicketState | None, result: str | None) -> None:
        """Queue what 110 hears of an order of its own: that it is accepted, and every state that it comes to."""
        ticket = self.ticket
        if ticket.police_number is None or ticket.state is before:
            return
        if before is None:
            self._tell_police("police_order.accepted", ticket, None)
        if ticket.state is TicketState.HANDED_OFF:
            is_theirs = any(one["number"] == POLICE for one in self.change.handoffs)
            self._tell_police("police_order.sent_back" if is_theirs else "police_order.closed", ticket, result)
        elif ticket.state in POLICE_EVENTS and (before is not None or ticket.state is not TicketState.ON_DESK):
            self._tell_police(POLICE_EVENTS[ticket.state], ticket, result)

    def order_call(self, system: str, kind: str, told: dict[str, Any]) -> None:
        """Queue the order of an automatic call for the system that makes it."""
        self._queue(system, kind, told)

    async def push(self, number: str, kind: str, because: str, **fields: Any) -> None:
        """Queue what a linked line (110 …) hears of the matter: the brief, never the original text nor who told it."""
        self._queue(number, kind, {**await self._told(number, because), **fields})

    def _tell_police(self, kind: str, ticket: Ticket, result: str | None) -> None:
        reasons = [fields["reason"] for one in self.change.events if (fields := event_fields(one)).get("reason")]
        told = {
            "police_number": ticket.police_number,
            "ticket": ticket.number,
            "state": ticket.state,
            "lead": self.hub.department_name(ticket.lead) or None,
            "promised_at": ticket.promised_at,
            "result": RESULT_NAMES.get(result or ""),
            "reason": reasons[-1] if reasons else None,
        }
        self._queue(POLICE, kind, told)

    def alarm(self, phone: str, content: str) -> None:
        """Queue a message to somebody on duty (值班)."""
        self._send("alarm", self.ticket.id, phone, f"【{self.hub.city.name}12345】{content}")

    def _notify(self, kind: str, ticket: Ticket, phone: str | None, query_code: str, fields: dict[str, Any]) -> None:
        """Write one message; who wants no reply gets only what cannot be learnt otherwise (济南§24)."""
        if phone is not None and (ticket.want_reply or kind in TOLD_TO_ALL):
            self._send(kind, ticket.id, phone, words(self.hub, kind, ticket, query_code, fields))

    def _send(self, kind: str, ticket_id: int, phone: str, content: str) -> None:
        self.change.notices.append(
            Notice(
                id=f"sms_{self.ticket.number}_{self._first_seq}_{len(self.change.notices)}",
                ticket_id=ticket_id,
                kind=kind,
                address=phone,
                content=content,
            )
        )

    def _queue(self, department: str, kind: str, told: dict[str, Any]) -> None:
        n = len(self.change.deliveries)
        content = {"type": kind, "timestamp": self.at, "schema_version": SCHEMA_VERSION, "data": told}
        self.change.deliveries.append(
            Delivery(
                id=f"msg_{self.ticket.number}_{self._first_seq}_{n}",
                ticket_id=self.ticket.id,
                position=self._first_seq * DELIVERIES_A_STEP + min(n, DELIVERIES_A_STEP - 1),
                department=department,
                type=kind,
                content=msgspec.json.encode(content).decode(),
                traceparent=spans.traceparent(),
            )
        )

    async def _told(self, department: str, because: str) -> dict[str, Any]:
        """What any department learns of the matter: the brief, never the original text."""
        ticket, text = self.ticket, await self.text()
        return {
            "ticket": ticket.number,
            "department": department,
            "kind": ticket.kind,
            "urgency": ticket.urgency,
            "category": {"code": ticket.category, "name": self.hub.category_name(ticket.category)},
            "brief": text.brief,
            "place": ticket.place,
            "location": {"lat": ticket.lat, "lon": ticket.lon} if ticket.lat is not None else None,
            "grid": ticket.grid,
            "because": because,
            "promised_at": ticket.promised_at,
        }

    async def _told_to_department(self, part: Assignment) -> dict[str, Any]:
        """What a department learns with its part: its due times, and the caller where they are not confidential."""
        text = await self.text()
        is_open = self.ticket.disclosure is Disclosure.OPEN and text.caller_phone is not None
        return {
            **await self._told(part.department, part.because),
            "assignment": part.ordinal,
            "role": part.role,
            "is_designated": part.is_designated,
            "caller": {"name": text.caller_name, "phone": text.caller_phone} if is_open else None,
            "due": {
                "acknowledge_by": part.acknowledge_by,
                "contact_by": part.contact_by,
                "reply_by": part.reply_by,
                "send_back_by": part.send_back_by,
            },
        }
