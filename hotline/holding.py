"""占用: what nobody else does with a ticket while somebody of the desk has it open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.errors import Held
from models.lifecycle import HOTLINE, Action
from models.store import holds
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.step import Step
    from models.store.holds import Hold
    from models.ticket import Actor

# Whose steps wait; departments, callers, leaders and the clock have business of their own with a ticket.
KEPT_OUT: Final = HOTLINE | {Role.REVIEWER, Role.FOLLOW_UP, Role.QUALITY}
# An emergency waits for nobody, and a caller on the telephone is not told to.
NEVER_WAITS: Final = frozenset(
    {
        Action.HAND_OFF,
        Action.CONFIRM_HANDOFF,
        Action.SUPPLEMENT,
        Action.URGE,
        Action.WITHDRAW,
        Action.RATE,
        Action.ASK_REOPEN,
    }
)


def keeps_out(hold: Hold | None, actor: Actor, action: Action) -> bool:
    """Tell whether somebody else's hold keeps this actor from this step."""
    is_anothers = hold is not None and hold.holder != actor.name
    return is_anothers and actor.role in KEPT_OUT and action not in NEVER_WAITS


async def check(step: Step, action: Action) -> Hold | None:
    """Return who holds the ticket, None where that matters to nobody; raises Held where this step must wait for them."""
    if step.actor.role not in KEPT_OUT:
        return None
    hold = await holds.of_ticket(step.session, step.ticket.id, step.at)
    if hold is not None and keeps_out(hold, step.actor, action):
        raise Held(hold.holder)
    return hold
