"""How tickets look outside: masked by default, for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from hotline.hold import DECIDES
from models.lifecycle import OPEN_TICKET
from models.limits import limit
from models.trail import KEPT_BACK, event_fields
from models.vocabulary import Disclosure, Role

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.attachments import Attachment
    from models.store.events import Said
    from models.store.external_ids import ExternalId
    from models.store.holds import Hold
    from models.store.worklists import Listed
    from models.ticket import Actor, Assignment, Ticket, TicketText
    from models.trail import TicketEvent


def ticket_line(
    hub: Hub,
    listed: Listed,
    briefs: dict[int, str] | None = None,
    *,
    actor: Actor | None = None,
    hold: Hold | None = None,
) -> dict[str, Any]:
    """Return a ticket as it stands in a list; a department is given `briefs` and never the citizen's words."""
    ticket = listed.ticket
    return {
        "number": ticket.number,
        "state": ticket.state,
        "kind": ticket.kind,
        "urgency": ticket.urgency,
        "category": {"code": ticket.category, "name": hub.category_name(ticket.category)},
        "channel": ticket.channel,
        "line": ticket.line,
        "lead": _department(hub, ticket.lead),
        "assignment": listed.ordinal,
        "assignment_state": listed.part_state,
        "asks": listed.asks,
        "place": ticket.place,
        "district": ticket.district,
        "street": ticket.street,
        "text": listed.masked_text[:200] if briefs is None else None,
        "brief": hub.mask(briefs[ticket.id])[:200] if briefs is not None else None,
        # Why a person at the hotline must look may be that it accuses whoever had it.
        "desk_reason": ticket.desk_reason if briefs is None else None,
        "registered_at": ticket.registered_at,
        "promised_at": ticket.promised_at,
        "reply_by": ticket.reply_by,
        "stage_by": ticket.stage_by,
        "due_by": (ticket.stage_by or ticket.reply_by) if ticket.state in OPEN_TICKET else None,
        "urge_count": ticket.urge_count,
        "dispatch_count": ticket.dispatch_count,
        "send_back_count": ticket.send_back_count,
        "reopen_count": ticket.reopen_count,
        "is_disputed": ticket.is_disputed,
        "supervision_level": ticket.supervision_level,
        "held_by": held_by(actor, hold),
        "version": ticket.version,
    }


def held_by(actor: Actor | None, hold: Hold | None) -> dict[str, Any] | None:
    """Return who has a ticket open, as the people of the hotline are told."""
    if hold is None or actor is None or actor.role is Role.DEPARTMENT:
        return None
    return {
        "name": hold.holder,
        "held_at": hold.held_at,
        "lapses_at": hold.lapses_at,
        "is_own": hold.holder == actor.name,
        "may_take_over": hold.holder != actor.name and actor.role in DECIDES,
    }


def ticket_page(
    hub: Hub, actor: Actor, ticket: Ticket, text: TicketText, parts: list[Assignment], said: list[Said]
) -> dict[str, Any]:
    """Return the whole of a ticket as this actor may see it: a department sees the brief, the hotline the masked text.

    Nobody of the hotline sees a phone or a name here; revealing one is a step of its own. A department sees what its webhook
    tells it. `said` is what the actor may read of what people wrote, masked.
    """
    is_department = actor.role is Role.DEPARTMENT
    return {
        "number": ticket.number,
        "state": ticket.state,
        "kind": ticket.kind,
        "urgency": ticket.urgency,
        "category": {"code": ticket.category, "name": hub.category_name(ticket.category), "detail": ticket.detail},
        "channel": ticket.channel,
        "line": ticket.line,
        "identity": ticket.identity,
        "disclosure": ticket.disclosure,
        "caller": _caller(actor, ticket, text, parts),
        "text": None if is_department else text.masked_text,
        "brief": hub.mask(text.brief, text.caller_name),
        "answer": None if is_department or text.answer is None else hub.mask(text.answer, text.caller_name),
        "place": ticket.place,
        "location": {"lat": ticket.lat, "lon": ticket.lon} if ticket.lat is not None else None,
        "grid": ticket.grid,
        "street": ticket.street,
        "district": ticket.district,
        "flags": ticket.flags,
        "lead": _department(hub, ticket.lead),
        "copied": [_department(hub, code) for code in ticket.copied],
        "because": ticket.because,
        "duty": ticket.duty,
        "desk_reason": None if is_department else ticket.desk_reason,
        "reading": None if is_department else text.reading,
        "registered_at": ticket.registered_at,
        "received_at": ticket.received_at,
        "occurred_at": ticket.occurred_at,
        "promised_at": ticket.promised_at,
        "is_provisional": hub.is_provisional(ticket.promised_at),
        "first_promised_at": ticket.first_promised_at,
        "stage_by": ticket.stage_by,
        "closed_at": ticket.closed_at,
        "imported_from": ticket.imported_from,
        "old_number": ticket.old_number,
        "police_number": None if is_department else ticket.police_number,
        "dispatch_count": ticket.dispatch_count,
        "send_back_count": ticket.send_back_count,
        "reopen_count": ticket.reopen_count,
        "urge_count": ticket.urge_count,
        "supervision_level": ticket.supervision_level,
        "is_disputed": ticket.is_disputed,
        "assignments": [_part(hub, actor, part, said) for part in parts],
        "version": ticket.version,
    }


def _caller(actor: Actor, ticket: Ticket, text: TicketText, parts: list[Assignment]) -> dict[str, str | None] | None:
    """Return who asks: masked; to a department at work, which must call, as it is, unless it is confidential."""
    if actor.role is not Role.DEPARTMENT:
        return {"name": masked_name(text.caller_name), "phone": _mask(text.caller_phone)}
    is_at_work = any(part.is_live and part.department == actor.department for part in parts)
    if not is_at_work or ticket.disclosure is not Disclosure.OPEN or text.caller_phone is None:
        return None
    return {"name": text.caller_name, "phone": text.caller_phone}


def readable(hub: Hub, actor: Actor, parts: list[Assignment], said: list[Said], caller_name: str | None) -> list[Said]:
    """Return what this actor may read of what departments and citizens wrote, masked.

    A department reads what was written of parts that it, or one that stands under it, has or had.
    """
    if actor.department is not None:
        own = {part.ordinal for part in parts if hub.is_party(actor.department, [part])}
        said = [one for one in said if one.assignment in own]
    return [replace(one, words={name: hub.mask(text, caller_name) for name, text in one.words.items()}) for one in said]


def kept_back(trail: list[TicketEvent], hub: Hub, department: str, parts: list[Assignment]) -> set[str]:
    """Return the flags that a department is not told of: read in words that accuse whoever had the ticket when it had it."""
    given = [part.dispatched_at for part in parts if hub.is_party(department, [part])]
    heard = [event for event in trail if event.type in KEPT_BACK and any(at <= event.at for at in given)]
    return {flag for event in heard for flag in event_fields(event).get("flags", ())}


def may_have_attachment(actor: Actor, ticket: Ticket, one: Attachment) -> bool:
    """Tell whether this actor may have a file of a ticket that it may read.

    A department gets none of a confidential caller's: no program can tell whether a photo or a voice gives them away. Photos
    of the work are departments' own.
    """
    return actor.role is not Role.DEPARTMENT or ticket.disclosure is Disclosure.OPEN or one.taken is not None


def attached(hub: Hub, one: Attachment, caller_name: str | None) -> dict[str, Any]:
    """Return a file as the ticket's page lists it, its name masked."""
    return {
        "id": one.id,
        "name": hub.mask(one.name, caller_name),
        "media_type": one.media_type,
        "size": one.size,
        "taken": one.taken,
        "assignment": one.assignment,
        "sha256": one.sha256.hex(),
    }


def elsewhere(hub: Hub, found: list[ExternalId]) -> list[dict[str, Any]]:
    """Return under which numbers other systems keep a ticket, with what they are called; the code where that is not known."""
    names = {**hub.city.line_rule.outside_systems, **{line.number: line.name for line in hub.city.lines.values()}}
    return [
        {"system": one.system, "name": names.get(one.system, one.system), "number": one.number, "at": one.at}
        for one in found
    ]


def _part(hub: Hub, actor: Actor, part: Assignment, said: list[Said]) -> dict[str, Any]:
    return {
        "assignment": part.ordinal,
        "parent": part.parent,
        "role": part.role,
        "state": part.state,
        "department": _department(hub, part.department),
        "because": part.because,
        "is_designated": part.is_designated,
        "is_own": actor.department == part.department,
        "dispatched_at": part.dispatched_at,
        "acknowledge_by": part.acknowledge_by,
        "contact_by": part.contact_by,
        "reply_by": part.reply_by,
        "first_reply_by": part.first_reply_by,
        "send_back_by": part.send_back_by,
        "acknowledged_at": part.acknowledged_at,
        "contacted_at": part.contacted_at,
        "replied_at": part.replied_at,
        "signed_off_at": part.signed_off_at,
        "ended_at": part.ended_at,
        "paused_at": part.paused_at,
        "asked": _asked(part.asked),
        "decide_by": part.decide_by,
        "extension_count": part.extension_count,
        "send_back_count": part.send_back_count,
        "result": part.result,
        "handler": word_of(said, part, "handler", part.acknowledged_at),
        "signed_by": word_of(said, part, "signed_by", part.signed_off_at),
    }


def _asked(asked: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what a part asks; how much more time also in words (5个工作日)."""
    if asked is None or not asked.get("extra"):
        return asked
    return {**asked, "extra_words": limit(asked["extra"]).words}


def word_of(said: list[Said], part: Assignment, name: str, at: datetime | None) -> str | None:
    """Return what was written with the step that made a part's date; an older step, undone since, does not count."""
    by_step = (one.words for one in said if one.assignment == part.ordinal and one.at == at)
    return next((words[name] for words in by_step if name in words), None)


def tracked(
    hub: Hub, ticket: Ticket, text: TicketText, reply: str | None, rating: dict[str, Any] | None
) -> dict[str, Any]:
    """Return what the citizen sees: where it stands, who has it, by when, and the answer."""
    return {
        "number": ticket.number,
        "state": ticket.state,
        "text": text.masked_text,
        "category": {"code": ticket.category, "name": hub.category_name(ticket.category)},
        "lead": _department(hub, ticket.lead),
        "registered_at": ticket.registered_at,
        "promised_at": ticket.promised_at,
        "is_provisional": hub.is_provisional(ticket.promised_at),
        "closed_at": ticket.closed_at,
        "reply": reply,
        "rating": rating,
        "urge_count": ticket.urge_count,
    }


def _department(hub: Hub, code: str | None) -> dict[str, str] | None:
    return {"code": code, "name": hub.department_name(code)} if code else None


def masked_phone(phone: str) -> str:
    """Return a phone as the people of the hotline see it."""
    return f"{phone[:3]}****{phone[-2:]}" if len(phone) > 6 else "****"


def _mask(phone: str | None) -> str | None:
    return None if phone is None else masked_phone(phone)


def masked_name(name: str | None) -> str | None:
    """Return a name as the people of the hotline see it."""
    return None if not name else name[0] + "*" * (len(name) - 1)
