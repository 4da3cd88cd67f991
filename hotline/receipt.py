"""What a channel is answered when a request is registered (CONTRACT: POST /api/v1/tickets)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.proposal import Proposal
    from hotline.step import Step
    from models.city import HandoffRule


def receipt_body(hub: Hub, step: Step, proposal: Proposal, alike: list[dict[str, Any]]) -> bytes:
    """Return the answer's JSON."""
    ticket, read = step.ticket, proposal.understanding
    lead = next((part for part in step.parts.values() if part.is_lead), None)
    text = step.change.texts[0].content
    body: dict[str, Any] = {
        "number": ticket.number,
        "query_code": text.query_code,
        "state": ticket.state,
        "kind": ticket.kind,
        "urgency": ticket.urgency,
        "category": {"code": ticket.category, "name": hub.category_name(ticket.category), "p": round(read.sure, 4)},
        "lead": {"code": lead.department, "name": hub.department_name(lead.department)} if lead else None,
        "because": ticket.desk_reason or ticket.because,
        "promised_at": ticket.promised_at,
        "due": {
            "acknowledge_by": lead.acknowledge_by,
            "contact_by": lead.contact_by,
            "reply_by": lead.reply_by,
        }
        if lead
        else None,
        "possible_duplicates": alike,
    }
    if step.change.handoffs:
        first = proposal.handoffs[0]
        body["handoff"] = {
            "number": first.number,
            "also": _also(proposal.handoffs),
            "flag": first.flag,
            "script": first.script,
            "confirm_by": step.change.handoffs[0]["confirm_by"],
        }
    return msgspec.json.encode(body)


def _also(rules: tuple[HandoffRule, ...]) -> list[str]:
    """Return who else is brought in: the other emergencies' numbers, and whom their rules name beside."""
    numbers = [number for rule in rules for number in (rule.number, *rule.also)]
    return [number for number in dict.fromkeys(numbers) if number != rules[0].number]
