"""The push of a clue to 110 (影响社会稳定线索): because of a ticket's flags, when it comes or when more is said later, or by a person."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from hotline import clocks
from hotline.outgoing import POLICE
from hotline.step import PROGRAM
from models.lifecycle import TicketState
from models.store import risk_clues
from models.store.risk_clues import RiskClue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline.step import Step

CLUE_SUBJECT: Final = "clue:"
UNACKNOWLEDGED: Final = "clue_unacknowledged"


async def push_by_rule(step: Step, flags: Iterable[str]) -> None:
    """Push a ticket of whose flags, read just now, the policy names some, unless it is a clue already.

    Not what 110 has sent itself, nor who is attached to an incident.
    """
    named = tuple(flag for flag in flags if flag in step.policy.handoff.clues)
    if not named or step.ticket.police_number is not None or step.ticket.state is TicketState.MERGED:
        return
    if await risk_clues.of_ticket(step.session, step.ticket.id) is not None:
        return
    actor, step.actor = step.actor, PROGRAM
    await push_clue(step, named, step.ticket.urgency, "命中线索推送规则", is_by_rule=True)
    step.actor = actor


async def push_clue(step: Step, flags: tuple[str, ...], level: int, because: str, *, is_by_rule: bool) -> str:
    """Push it now; returns the clue's id."""
    clue = RiskClue(
        id=secrets.token_hex(8),
        ticket_id=step.ticket.id,
        flags=flags,
        level=level,
        pushed_at=step.at,
        pushed_by=step.actor.name,
        is_by_rule=is_by_rule,
        acknowledge_by=clocks.acknowledge_clue_by(step.hub, step.at),
    )
    step.record("risk_clue_push", clue=clue.id, flags=flags, level=level, reason=because)
    await risk_clues.push(step.session, clue)
    await step.push(POLICE, "risk_clue.pushed", because, clue=clue.id, level=level, flags=flags)
    step.wait(f"{CLUE_SUBJECT}{clue.id}", UNACKNOWLEDGED, clue.acknowledge_by)
    return clue.id
