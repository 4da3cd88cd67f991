"""紧急转接: 110, 119, 120, 122, 12356. Never a refusal; tracked until the other side confirms.

Source: 国办发〔2022〕12号. What is left for the city stays a ticket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from hotline import clocks
from hotline.fields import Code, HandoffNumber, Reason, Remark, required
from models.errors import Conflict
from models.lifecycle import Action, TicketState
from models.store import handoffs

if TYPE_CHECKING:
    from hotline.step import Step


class HandOff(Struct, kw_only=True):
    """紧急转接: `remainder` says that something is left for the city, so the ticket goes on."""

    number: HandoffNumber
    reason: Reason
    remainder: bool = True


class ConfirmHandoff(Struct, kw_only=True):
    """确认转接: the other side has it, under its own number."""

    number: HandoffNumber
    outside_number: Code | None = None
    remark: Remark = ""


async def hand_off(step: Step, fields: HandOff) -> None:
    """Hand over by a person at the seat or the desk."""
    reason = required(fields.reason, "转接原因")
    if not fields.remainder and step.live_parts:
        raise Conflict("已派单的工单转接后仍须办结，请保留剩余事项（remainder）")
    opened = await handoffs.get(step.session, step.ticket.id, fields.number)
    if opened is not None and opened["confirmed_at"] is None:
        raise Conflict(f"向{fields.number}的转接正在等待确认，请先核实确认")
    start(step, fields.number, "person", reason, remainder=fields.remainder)
    if not fields.remainder:
        await step.tell_all("handed_off", target=fields.number)


def start(step: Step, number: str, flag: str, reason: str, *, remainder: bool) -> None:
    """Record a handoff and watch it until it is confirmed."""
    to = step.ticket.state if remainder else TicketState.HANDED_OFF
    step.take(Action.HAND_OFF, to=to, number=number, flag=flag, reason=reason, remainder=remainder)
    confirm_by = clocks.handoff_by(step.hub, step.at)
    step.change.handoffs.append(
        {
            "ticket_id": step.ticket.id,
            "number": number,
            "flag": flag,
            "opened_at": step.at,
            "confirm_by": confirm_by,
            "confirmed_at": None,
            "outside_number": None,
        }
    )
    step.wait(f"handoff:{number}", "handoff_unconfirmed", confirm_by)


async def confirm_handoff(step: Step, fields: ConfirmHandoff) -> None:
    """The other side confirmed; the watch ends."""
    opened = await handoffs.get(step.session, step.ticket.id, fields.number)
    if opened is None:
        raise Conflict(f"该工单没有向{fields.number}的转接")
    if opened["confirmed_at"] is not None:
        raise Conflict(f"向{fields.number}的转接已确认")
    step.take(Action.CONFIRM_HANDOFF, number=fields.number, outside_number=fields.outside_number)
    step.change.handoffs.append({**opened, "confirmed_at": step.at, "outside_number": fields.outside_number})
    step.change.dropped_timers.append(f"handoff:{fields.number}")
