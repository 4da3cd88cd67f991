"""The beginning of a handoff (紧急转接): by a rule at intake, by a person, or by what a citizen says later."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hotline import clocks
from models.lifecycle import Action, TicketState
from models.store import handoffs
from models.store.handoffs import Handoff, row_of

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from hotline.step import Step
    from models.ticket import Actor

HANDOFF_SUBJECT: Final = "handoff:"
UNCONFIRMED: Final = "handoff_unconfirmed"
BY_PERSON: Final = "person"


async def start_handoff(
    step: Step,
    number: str,
    flag: str,
    reason: str,
    *,
    remainder: bool,
    begun: Handoff | None = None,
    by: Actor | None = None,
) -> None:
    """Record a handoff, or one that was `begun` during the call, and watch it until it is confirmed.

    `by` is who hands over where it is not the step's own actor.
    """
    actor = by or step.actor
    to = step.ticket.state if remainder else TicketState.HANDED_OFF
    opened = begun or new_handoff(step.hub, step.at, number, flag, actor.name, step.ticket.interaction)
    told = {"number": number, "flag": flag, "reason": reason, "remainder": remainder, "handoff": opened.id}
    step.take(Action.HAND_OFF, to=to, actor=actor, confirm_due=clocks.handoff_by(step.hub, opened.opened_at)[1], **told)
    step.change.handoffs.append(row_of(replace(opened, ticket_id=step.ticket.id)))
    if opened.confirmed_at is None:
        step.wait(f"{HANDOFF_SUBJECT}{number}", UNCONFIRMED, opened.confirm_by)
        # 系统推送: where the other side has a system of its own, it gets the order and may confirm under its own number.
        await step.push(number, "handoff.opened", reason, handoff=opened.id, confirm_by=opened.confirm_by)


async def tell_waited_for(step: Step, added: str) -> None:
    """Where it burns is told last: pass on what the citizen adds to every line that has not yet confirmed."""
    known = await handoffs.of_ticket(step.session, step.ticket.id)
    for one in {one["id"]: one for one in (*known, *step.change.handoffs)}.values():
        if one["confirmed_at"] is None:
            await step.push(one["number"], "handoff.supplemented", "诉求人补充情况", handoff=one["id"], added=added)


def new_handoff(hub: Hub, at: datetime, number: str, flag: str, by: str, interaction: int | None) -> Handoff:
    """Return a handoff that begins now, not yet on a ticket."""
    return Handoff(
        id=secrets.token_hex(8),
        ticket_id=None,
        interaction=interaction,
        number=number,
        flag=flag,
        opened_at=at,
        opened_by=by,
        offer_by=clocks.offer_by(hub, at),
        confirm_by=clocks.handoff_by(hub, at)[0],
    )
