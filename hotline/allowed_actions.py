"""Which steps an actor may take of a ticket now: by the two tables, and by what the use cases ask beside them.

Offered is what some fields can carry out; a step that every choice of fields would find refused is not offered.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, get_args

from msgspec import Struct

from hotline import clock_moves, clocks, guards, holding, rating_changes
from hotline.fields import HandoffNumber
from hotline.hub import Hub
from models.errors import HotlineError
from models.lifecycle import (
    OPEN_TICKET,
    Action,
    TicketState,
    assignment_allows,
    may,
    must_be_decided,
    ticket_allows,
)
from models.patrol import level_of
from models.store import erasures, events, handoffs, holds, tickets
from models.ticket import Actor, Assignment, Ticket
from models.vocabulary import AssignmentRole, Channel, PatrolLevel, Role, SupervisionLevel

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.store.database import Session

# From the third dispatch on a designation stands for these (第三次派单即指定).
BY_CHOICE: Final = frozenset({Action.DISPATCH, Action.REASSIGN})
# Who is not alone on a ticket cannot end it for all; an emergency that nobody confirmed keeps it open.
ENDED_ALONE: Final = frozenset({Action.WITHDRAW, Action.VOID})
ENDED_SAFE: Final = frozenset({Action.ANSWER, Action.DECLINE, Action.WITHDRAW, Action.MERGE, Action.VOID})
PASSED_ON: Final = frozenset({Action.SUPPLEMENT, Action.URGE, Action.RATE, Action.ASK_REOPEN})


class Standing(Struct, kw_only=True):
    """A ticket as one actor finds it, with what the tables do not know. `own` are the live parts that are the actor's."""

    hub: Hub
    at: datetime
    actor: Actor
    ticket: Ticket
    parts: list[Assignment]
    own: list[Assignment]
    is_alone: bool
    handoffs: list[dict[str, Any]]
    common: Ticket
    trail: list[Any]
    may_rate: bool
    lack_photos: list[int]

    @property
    def live(self) -> list[Assignment]:
        """Every part that is still owed."""
        return [part for part in self.parts if part.is_live]

    @property
    def is_handed_off(self) -> bool:
        """An emergency handoff waits to be confirmed."""
        return any(one["confirmed_at"] is None for one in self.handoffs)


async def allowed_actions(
    hub: Hub, session: Session, actor: Actor, ticket: Ticket, parts: list[Assignment]
) -> list[Action]:
    """Return the steps that this actor may take now: none of an erased ticket."""
    if ticket.closed_at is not None and await erasures.is_erased(session, ticket.id):
        return []
    hold = await holds.of_ticket(session, ticket.id, hub.now()) if actor.role in holding.KEPT_OUT else None
    by_table = [
        action
        for action in Action
        if _by_tables(action, actor, ticket, parts) and not holding.keeps_out(hold, actor, action)
    ]
    standing = await _standing(hub, session, actor, ticket, parts, by_table)
    return [action for action in by_table if not _is_refused(action, standing)]


def _by_tables(action: Action, actor: Actor, ticket: Ticket, parts: list[Assignment]) -> bool:
    if action is Action.REGISTER or not (may(action, actor.role) and ticket_allows(ticket.state, action)):
        return False
    if actor.role is not Role.DEPARTMENT or action in {Action.NOTE, Action.DECIDE_SEND_BACK}:
        return True
    return any(assignment_allows(part.state, action) for part in _own(actor, parts))


async def _standing(
    hub: Hub, session: Session, actor: Actor, ticket: Ticket, parts: list[Assignment], offered: list[Action]
) -> Standing:
    """Read what the offered steps depend on, and no more."""
    is_merged = ticket.state is TicketState.MERGED and ticket.merged_into is not None
    is_alone = not ENDED_ALONE & set(offered) or not await tickets.merged_into(session, ticket.id)
    common = await tickets.get(session, ticket.merged_into or 0) if is_merged else ticket
    return Standing(
        hub=hub,
        at=hub.now(),
        actor=actor,
        ticket=ticket,
        parts=parts,
        own=_own(actor, parts),
        is_alone=is_alone,
        handoffs=await handoffs.of_ticket(session, ticket.id),
        common=common,
        lack_photos=[
            part.ordinal
            for part in (_own(actor, parts) if Action.SIGN_OFF in offered else [])
            if await guards.lacks_photo(hub, session, ticket, part)
        ],
        may_rate=Action.RATE in offered and await rating_changes.may_rate(hub, session, ticket, common),
        trail=await events.of_ticket(session, ticket.id) if Action.REQUEST_EXTENSION in offered else [],
    )


def _own(actor: Actor, parts: list[Assignment]) -> list[Assignment]:
    return [part for part in parts if part.is_live and actor.department in {None, part.department}]


def _is_refused(action: Action, at: Standing) -> bool:
    """Tell whether every choice of fields would find this step refused."""
    if action in ENDED_SAFE and at.is_handed_off:
        return True
    if action in ENDED_ALONE and not at.is_alone:
        return True
    refuses = _REFUSES.get(action)
    return refuses is not None and refuses(at)


def _no_answer(at: Standing) -> bool:
    return guards.why_no_answer(at.hub, at.ticket.kind, at.ticket.flags) is not None


def _no_choice(action: Action) -> Callable[[Standing], bool]:
    """The third dispatch designates, a dispute is ruled first, and a lead whose send-back waits is not taken away."""

    def refuses(at: Standing) -> bool:
        must_designate = at.hub.policy.send_back.must_designate(at.ticket.dispatch_count)
        is_held = any(part.is_lead and must_be_decided(part.state, action) for part in at.live)
        return at.ticket.is_disputed or must_designate or is_held

    return refuses


def _no_recall(at: Standing) -> bool:
    """A lead whose send-back waits, or whose answer is in review, stays; a part beside or below it may be recalled."""
    is_held = any(part.is_lead and must_be_decided(part.state, Action.RECALL) for part in at.live)
    is_held |= at.ticket.state is TicketState.IN_REVIEW
    return is_held and all(part.is_lead for part in at.live)


def _no_dispute(at: Standing) -> bool:
    return at.ticket.is_disputed or at.ticket.state is not TicketState.ON_DESK


def _no_decision_on_send_back(at: Standing) -> bool:
    """A delegated part's is decided by the unit that delegated it, every other by the hotline."""
    waiting = [part for part in at.parts if part.waits_for == "send_back"]
    if at.actor.role is not Role.DEPARTMENT:
        return all(part.role is AssignmentRole.DELEGATED for part in waiting)
    givers = {part.ordinal for part in at.parts if part.department == at.actor.department}
    return not any(part.role is AssignmentRole.DELEGATED and part.parent in givers for part in waiting)


def _nothing_asked(what: str) -> Callable[[Standing], bool]:
    """A send-back that waits is decided before what was asked with it."""
    return lambda at: not any(part.waits_for == what for part in at.live)


def _no_pause(at: Standing) -> bool:
    return all(part.paused_at is not None or part.replied_at is not None for part in at.live)


def _no_merge(at: Standing) -> bool:
    """Only who may merge accusations merges one, and nobody while its lead's send-back waits."""
    if any(part.is_lead and must_be_decided(part.state, Action.MERGE) for part in at.live):
        return True
    return at.actor.role not in guards.MERGES_ACCUSATIONS and guards.is_accusation(at.hub, at.ticket)


def _no_send_back(at: Standing) -> bool:
    able = [part for part in at.own if assignment_allows(part.state, Action.SEND_BACK)]
    return all(guards.why_no_send_back(at.hub, part, at.at) is not None for part in able)


def _no_sign_off(at: Standing) -> bool:
    """Who settled a patrol's report shows it first."""
    able = [part for part in at.own if assignment_allows(part.state, Action.SIGN_OFF)]
    return all(part.ordinal in at.lack_photos for part in able)


def _no_grade_up(at: Standing) -> bool:
    """Only what a patrol reported goes up, and only from a level that has one above it."""
    is_of_city = level_of(at.hub.city, at.ticket.lead) is PatrolLevel.CITY
    return at.ticket.channel is not Channel.PATROL or at.actor.department != at.ticket.lead or is_of_city


def _no_extension(at: Standing) -> bool:
    able = [part for part in at.own if assignment_allows(part.state, Action.REQUEST_EXTENSION)]
    return all(
        part.asked is not None or at.at > part.reply_by or not clock_moves.may_extend(at.hub, at.trail, part)
        for part in able
    )


def _no_deferral(at: Standing) -> bool:
    able = [part for part in at.own if assignment_allows(part.state, Action.REQUEST_DEFERRAL)]
    return all(part.asked is not None for part in able)


def _no_delegation(at: Standing) -> bool:
    """Nobody stands below who may get it."""
    able = [part for part in at.own if assignment_allows(part.state, Action.DELEGATE)]
    return not any(
        _may_get(at, part, code) for part in able for code in (*at.hub.city.departments, *at.hub.city.grid_units)
    )


def _may_get(at: Standing, part: Assignment, code: str) -> bool:
    if guards.why_no_delegation(at.hub, at.parts, part, code) is not None:
        return False
    try:
        guards.check_below(at.hub, at.ticket, code)
    except HotlineError:
        return False
    return True


def _no_hand_off(at: Standing) -> bool:
    """Everybody who could take it over is waited for already."""
    waiting = {one["number"] for one in at.handoffs if one["confirmed_at"] is None}
    return set(get_args(HandoffNumber)) <= waiting


def _is_over(at: Standing) -> bool:
    return at.ticket.state not in OPEN_TICKET | {TicketState.HANDED_OFF}


def _no_supervision(at: Standing) -> bool:
    """Who may only summon (约谈) needs somebody to summon."""
    terms = at.hub.city.oversight.supervision
    only_summons = terms.lightest(at.actor.role, terms.supervise) is SupervisionLevel.INTERVIEW
    return _is_over(at) or (only_summons and not at.live)


def _not_passed_on(action: Action) -> Callable[[Standing], bool]:
    """A merged caller's step takes effect on the common ticket, which must allow it."""

    def refuses(at: Standing) -> bool:
        if action is Action.ASK_REOPEN and clocks.is_too_late_to_reopen(at.hub, at.common, at.at):
            return True
        if action is Action.RATE and not at.may_rate:
            return True
        if at.common is at.ticket:
            return False
        if action is Action.RATE:
            return at.common.state in OPEN_TICKET - {TicketState.FOLLOW_UP}
        return not ticket_allows(at.common.state, action)

    return refuses


_REFUSES: Final[dict[Action, Callable[[Standing], bool]]] = {
    Action.ANSWER: _no_answer,
    **{action: _no_choice(action) for action in BY_CHOICE},
    Action.RECALL: _no_recall,
    Action.OPEN_DISPUTE: _no_dispute,
    Action.RULE: lambda at: not at.ticket.is_disputed,
    Action.DECIDE_SEND_BACK: _no_decision_on_send_back,
    Action.DECIDE_EXTENSION: _nothing_asked("extension"),
    Action.DECIDE_DEFERRAL: _nothing_asked("deferral"),
    Action.PAUSE: _no_pause,
    Action.RESUME: lambda at: all(part.paused_at is None for part in at.live),
    Action.MERGE: _no_merge,
    Action.HAND_OFF: _no_hand_off,
    Action.CONFIRM_HANDOFF: lambda at: not at.is_handed_off,
    Action.APPROVE: lambda at: any(part.is_outstanding for part in at.parts),
    Action.SEND_BACK: _no_send_back,
    Action.GRADE_UP: _no_grade_up,
    Action.SIGN_OFF: _no_sign_off,
    Action.REQUEST_EXTENSION: _no_extension,
    Action.REQUEST_DEFERRAL: _no_deferral,
    Action.DELEGATE: _no_delegation,
    Action.REMIND: _is_over,
    Action.SUPERVISE: _no_supervision,
    Action.ESCALATE: _is_over,
    **{action: _not_passed_on(action) for action in PASSED_ON},
}
