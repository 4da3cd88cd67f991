"""重办: the matter is taken up again; to whom and with which dates is the policy's to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline import clocks, ladder
from models.lifecycle import Action, TicketState
from models.vocabulary import AssignmentRole
from routing.route import Designee

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Actor


async def reopen(step: Step, reason: str, *, said: str = "", to_desk: bool = False, actor: Actor | None = None) -> None:
    """Take a ticket up again: to the unit that led, with shortened clocks, or to the desk (policy.reopen).

    `said` is what a citizen finds wrong, masked: it goes into the brief and to the department, never on the trail. `actor` is
    who takes the step where it is not the step's own.
    """
    policy, count = step.policy.reopen, step.ticket.reopen_count + 1
    last_lead = next((p for p in reversed(list(step.parts.values())) if p.is_lead), None)
    # Whom the citizen has accused since (回避) does not get it back.
    is_barred = last_lead is not None and step.hub.is_barred(last_lead.department, step.ticket.recused)
    to_lead = policy.to == "lead" and last_lead is not None and not to_desk and not is_barred
    state = TicketState.ASSIGNED if to_lead else TicketState.ON_DESK
    lead = last_lead.department if to_lead and last_lead is not None else None
    step.take(Action.REOPEN, to=state, actor=actor, reason=reason, round=count, lead=lead)
    await ladder.overtaken(step)
    promised_at, counted = clocks.promised_again(step.hub, step.ticket, step.at, step.ticket.lead)
    step.set(
        reopen_count=count,
        closed_at=None,
        promised_at=promised_at,
        desk_reason=None if to_lead else f"第{count}次重办，请派单：{reason}",
    )
    step.record("promised", promised_at=promised_at, because="重办", **counted)
    said = await _added_to_brief(step, said) if said else ""
    part = None
    if to_lead and last_lead is not None:
        again = Designee(last_lead.department, f"第{count}次重办：{reason}")
        # A designated unit stays designated: doing it again is no second chance to send it back (潍坊§22).
        part = await step.assign(
            again,
            AssignmentRole.LEAD,
            Action.REOPEN,
            factor=policy.first_factor,
            is_designated=last_lead.is_designated,
            reason=said or reason,
        )
    if count >= policy.supervise_at:
        action = Action.ESCALATE if count >= policy.escalate_at else Action.SUPERVISE
        if part is None:
            step.supervise(action, step.ticket.lead, f"第{count}次重办")
        else:
            await step.press(part, action, f"第{count}次重办")
    await step.tell_all("reopened", until=promised_at)


async def _added_to_brief(step: Step, said: str) -> str:
    """Add the new facts to the brief; returns them without what would tell who the ticket's own caller is."""
    masked = await step.as_told(said)
    await step.set_brief(f"{(await step.text()).brief}\n第{step.ticket.reopen_count}次重办，诉求人说明：{masked}")
    return masked
