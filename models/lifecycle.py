"""The two lifecycles as two tables: where a ticket stands, where a department's part stands.

A row says: from these states, this action leads to one of these states. Whoever wants another rule changes
a row here; docs/lifecycle.md is generated from these rows. Only the lead assignment's steps move the ticket.
"""

from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Final, NamedTuple

from models.errors import IllegalTransition
from models.labels import LABELS
from models.vocabulary import Role


class TicketState(StrEnum):
    """Where the matter stands."""

    REGISTERED = "registered"
    ON_DESK = "on_desk"
    ASSIGNED = "assigned"
    IN_REVIEW = "in_review"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    ARCHIVED = "archived"
    ANSWERED = "answered"
    DECLINED = "declined"
    HANDED_OFF = "handed_off"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class AssignmentState(StrEnum):
    """Where a department's part stands."""

    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    SEND_BACK_REQUESTED = "send_back_requested"
    DEFERRED = "deferred"
    REPLIED = "replied"
    SIGNED_OFF = "signed_off"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"
    RECALLED = "recalled"


class Action(StrEnum):
    """Every step that anybody can take (docs/glossary.md)."""

    REGISTER = "register"
    ACCEPT = "accept"
    ANSWER = "answer"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    REASSIGN = "reassign"
    RECALL = "recall"
    DESIGNATE = "designate"
    MERGE = "merge"
    SPLIT = "split"
    HAND_OFF = "hand_off"
    CONFIRM_HANDOFF = "confirm_handoff"
    DECIDE_SEND_BACK = "decide_send_back"
    DECIDE_EXTENSION = "decide_extension"
    DECIDE_DEFERRAL = "decide_deferral"
    PAUSE = "pause"
    RESUME = "resume"
    OPEN_DISPUTE = "open_dispute"
    RULE = "rule"
    APPROVE = "approve"
    REJECT = "reject"
    FOLLOW_UP = "follow_up"
    REOPEN = "reopen"
    CLOSE = "close"
    ARCHIVE = "archive"
    VOID = "void"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    CONTACT = "contact"
    PROGRESS = "progress"
    DELEGATE = "delegate"
    SEND_BACK = "send_back"
    REQUEST_EXTENSION = "request_extension"
    REQUEST_DEFERRAL = "request_deferral"
    REPLY = "reply"
    SIGN_OFF = "sign_off"
    GRADE_UP = "grade_up"
    SUPPLEMENT = "supplement"
    URGE = "urge"
    WITHDRAW = "withdraw"
    RATE = "rate"
    ASK_REOPEN = "ask_reopen"
    REMIND = "remind"
    SUPERVISE = "supervise"
    ESCALATE = "escalate"


T = TicketState
A = AssignmentState

TICKET_ENDS: Final = frozenset(
    {T.CLOSED, T.ARCHIVED, T.ANSWERED, T.DECLINED, T.HANDED_OFF, T.MERGED, T.WITHDRAWN, T.VOID}
)
OPEN_TICKET: Final = frozenset(TicketState) - TICKET_ENDS
ASSIGNMENT_ENDS: Final = frozenset({A.ACCEPTED, A.SENT_BACK, A.RECALLED})
LIVE_ASSIGNMENT: Final = frozenset(AssignmentState) - ASSIGNMENT_ENDS
BEING_HANDLED: Final = frozenset({A.ACKNOWLEDGED, A.IN_PROGRESS, A.DEFERRED})

HOTLINE: Final = frozenset({Role.AGENT, Role.SHIFT_LEAD, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})
DESK: Final = frozenset({Role.SHIFT_LEAD, Role.DISPATCHER, Role.SUPERVISOR})
# Who asks to be rid of the lead gets a decision first: a lead taken away meanwhile is a send-back that nobody counts.
DECIDED_FIRST: Final = frozenset({Action.REASSIGN, Action.RECALL, Action.MERGE})
SEATS: Final = frozenset({Role.AGENT, Role.SHIFT_LEAD, Role.DISPATCHER})
OVERSIGHT: Final = frozenset({Role.SUPERVISOR, Role.CLOCK})


class TicketStep(NamedTuple):
    """One row of the ticket's table. `after` empty means: the state stays as it is.

    An action has several rows where it leads elsewhere from one state than from another; all are by the same roles.
    """

    action: Action
    before: frozenset[TicketState]
    after: frozenset[TicketState]
    by: frozenset[Role]


class AssignmentStep(NamedTuple):
    """One row of the assignment's table. `before` empty means: this action makes the assignment."""

    action: Action
    before: frozenset[AssignmentState]
    after: frozenset[AssignmentState]


def _ticket(action: Action, before: AbstractSet[T], after: AbstractSet[T], by: AbstractSet[Role]) -> TicketStep:
    return TicketStep(action, frozenset(before), frozenset(after), frozenset(by))


def _part(action: Action, before: set[A] | frozenset[A], after: set[A]) -> AssignmentStep:
    return AssignmentStep(action, frozenset(before), frozenset(after))


DEPARTMENT: Final = frozenset({Role.DEPARTMENT})
CITIZEN: Final = frozenset({Role.CITIZEN, Role.AGENT, Role.SHIFT_LEAD, Role.CHANNEL})
# Intake registers and accepts in one transaction: nobody ever finds a ticket REGISTERED, so nobody acts on one.
SEEN: Final = frozenset(TicketState) - {T.REGISTERED}
SEEN_OPEN: Final = OPEN_TICKET - {T.REGISTERED}
HANDLED: Final = frozenset({T.ASSIGNED})
# The lead's answer may be in review while an assisting or delegated part is still owed its own.
AT_WORK: Final = HANDLED | {T.IN_REVIEW}

TICKET_STEPS: Final[tuple[TicketStep, ...]] = (
    _ticket(Action.REGISTER, set(), {T.REGISTERED}, {Role.CHANNEL, Role.AGENT, Role.SHIFT_LEAD, Role.PROGRAM}),
    _ticket(Action.ACCEPT, {T.REGISTERED}, {T.ON_DESK}, SEATS | {Role.PROGRAM}),
    _ticket(Action.ANSWER, {T.ON_DESK}, {T.ANSWERED}, SEATS | {Role.CHANNEL}),
    _ticket(Action.DECLINE, {T.ON_DESK}, {T.DECLINED}, DESK),
    _ticket(Action.DISPATCH, {T.ON_DESK}, {T.ASSIGNED}, DESK | {Role.PROGRAM}),
    _ticket(Action.REASSIGN, {T.ON_DESK, T.ASSIGNED}, {T.ASSIGNED}, DESK),
    _ticket(Action.RECALL, HANDLED, {T.ON_DESK, T.ASSIGNED}, DESK | {Role.REVIEWER}),
    # In review the lead's part is done; what still hangs on beside or below it may be recalled, for a reason.
    _ticket(Action.RECALL, {T.IN_REVIEW}, set(), DESK | {Role.REVIEWER}),
    _ticket(Action.DESIGNATE, {T.ON_DESK}, {T.ASSIGNED}, {Role.SHIFT_LEAD, Role.SUPERVISOR}),
    _ticket(Action.MERGE, {T.ON_DESK, T.ASSIGNED}, {T.MERGED}, DESK | {Role.AGENT}),
    _ticket(Action.SPLIT, {T.ON_DESK, T.ASSIGNED}, set(), DESK),
    # Whole, or with something left for the city; what is at a department always leaves something. Another number may be called beside.
    _ticket(Action.HAND_OFF, {T.REGISTERED}, {T.HANDED_OFF, T.REGISTERED}, SEATS | {Role.PROGRAM}),
    _ticket(Action.HAND_OFF, {T.ON_DESK}, {T.HANDED_OFF, T.ON_DESK}, SEATS | {Role.PROGRAM}),
    _ticket(Action.HAND_OFF, HANDLED, {T.ASSIGNED}, SEATS | {Role.PROGRAM}),
    _ticket(Action.HAND_OFF, {T.HANDED_OFF}, set(), SEATS | {Role.PROGRAM}),
    # An emergency is tracked until it is confirmed, by us or the other side, whatever has become of the ticket meanwhile.
    _ticket(Action.CONFIRM_HANDOFF, SEEN, set(), SEATS | {Role.SUPERVISOR, Role.CHANNEL}),
    _ticket(Action.DECIDE_SEND_BACK, HANDLED, {T.ON_DESK, T.ASSIGNED}, DESK | DEPARTMENT),
    _ticket(Action.DECIDE_SEND_BACK, {T.IN_REVIEW}, set(), DESK | DEPARTMENT),
    _ticket(Action.DECIDE_EXTENSION, AT_WORK, set(), DESK | {Role.REVIEWER}),
    _ticket(Action.DECIDE_DEFERRAL, AT_WORK, set(), {Role.SUPERVISOR, Role.REVIEWER}),
    _ticket(Action.PAUSE, AT_WORK, set(), {Role.SUPERVISOR, Role.REVIEWER}),
    _ticket(Action.RESUME, AT_WORK, set(), {Role.SUPERVISOR, Role.REVIEWER}),
    # A person opens one at the desk; the second request to send back opens one wherever the ticket stands.
    _ticket(Action.OPEN_DISPUTE, {T.ON_DESK, *AT_WORK}, set(), DESK | {Role.PROGRAM}),
    _ticket(Action.RULE, {T.ON_DESK}, set(), {Role.SHIFT_LEAD, Role.SUPERVISOR}),
    _ticket(Action.APPROVE, {T.IN_REVIEW}, {T.FOLLOW_UP}, {Role.REVIEWER}),
    _ticket(Action.REJECT, {T.IN_REVIEW}, {T.ASSIGNED}, {Role.REVIEWER}),
    _ticket(Action.FOLLOW_UP, {T.FOLLOW_UP}, set(), {Role.FOLLOW_UP, Role.CLOCK, Role.CITIZEN}),
    _ticket(
        Action.REOPEN,
        {T.FOLLOW_UP, T.CLOSED},
        {T.ASSIGNED, T.ON_DESK},
        {Role.FOLLOW_UP, Role.SUPERVISOR, Role.SHIFT_LEAD, Role.CITIZEN},
    ),
    _ticket(Action.CLOSE, {T.FOLLOW_UP}, {T.CLOSED}, OVERSIGHT | {Role.FOLLOW_UP, Role.CITIZEN, Role.PROGRAM}),
    _ticket(Action.ARCHIVE, {T.CLOSED}, {T.ARCHIVED}, {Role.CLOCK, Role.ADMINISTRATOR}),
    _ticket(Action.VOID, {T.ON_DESK}, {T.VOID}, {Role.SHIFT_LEAD, Role.ADMINISTRATOR}),
    _ticket(Action.NOTE, SEEN, set(), HOTLINE | DEPARTMENT | {Role.REVIEWER, Role.FOLLOW_UP, Role.QUALITY}),
    _ticket(Action.ACKNOWLEDGE, AT_WORK, set(), DEPARTMENT),
    _ticket(Action.CONTACT, AT_WORK, set(), DEPARTMENT),
    _ticket(Action.PROGRESS, AT_WORK, set(), DEPARTMENT),
    _ticket(Action.DELEGATE, AT_WORK, set(), DEPARTMENT),
    _ticket(Action.SEND_BACK, AT_WORK, set(), DEPARTMENT),
    _ticket(Action.REQUEST_EXTENSION, AT_WORK, set(), DEPARTMENT),
    _ticket(Action.REQUEST_DEFERRAL, AT_WORK, set(), DEPARTMENT),
    _ticket(Action.REPLY, AT_WORK, set(), DEPARTMENT),
    _ticket(Action.SIGN_OFF, AT_WORK, {T.IN_REVIEW}, DEPARTMENT),
    # 巡查上报: up one level, or to the desk where no level below the city may settle it.
    _ticket(Action.GRADE_UP, HANDLED, {T.ON_DESK, T.ASSIGNED}, DEPARTMENT),
    # What a merged caller says is passed on to the common ticket, whose own row must allow it (hotline.passing_on).
    _ticket(Action.SUPPLEMENT, SEEN_OPEN | {T.MERGED, T.HANDED_OFF}, set(), CITIZEN),
    _ticket(Action.URGE, SEEN_OPEN | {T.MERGED}, set(), CITIZEN),
    _ticket(Action.WITHDRAW, {T.ON_DESK, T.ASSIGNED, T.MERGED}, {T.WITHDRAWN}, CITIZEN),
    _ticket(Action.RATE, {T.FOLLOW_UP, T.CLOSED, T.ANSWERED, T.MERGED}, set(), CITIZEN | {Role.FOLLOW_UP}),
    _ticket(Action.ASK_REOPEN, {T.FOLLOW_UP, T.CLOSED, T.MERGED}, set(), CITIZEN),
    _ticket(Action.REMIND, SEEN_OPEN, set(), OVERSIGHT),
    # A leader summons (约谈); which level is whose is the city's to say (oversight.toml).
    _ticket(Action.SUPERVISE, SEEN_OPEN | {T.HANDED_OFF}, set(), OVERSIGHT | {Role.LEADER}),
    # The clock escalates an unconfirmed handoff of an ended ticket too; people only what is open.
    _ticket(Action.ESCALATE, SEEN, set(), OVERSIGHT),
)

ASSIGNMENT_STEPS: Final[tuple[AssignmentStep, ...]] = (
    _part(Action.DISPATCH, set(), {A.DISPATCHED}),
    _part(Action.REASSIGN, set(), {A.DISPATCHED}),
    _part(Action.DESIGNATE, set(), {A.DISPATCHED}),
    _part(Action.REOPEN, set(), {A.DISPATCHED}),
    _part(Action.DELEGATE, set(), {A.DISPATCHED}),
    _part(Action.ACKNOWLEDGE, {A.DISPATCHED}, {A.ACKNOWLEDGED}),
    _part(Action.CONTACT, {A.ACKNOWLEDGED, A.IN_PROGRESS}, {A.IN_PROGRESS}),
    _part(Action.CONTACT, {A.DEFERRED}, {A.DEFERRED}),
    _part(Action.PROGRESS, {A.ACKNOWLEDGED, A.IN_PROGRESS}, {A.IN_PROGRESS}),
    _part(Action.PROGRESS, {A.DEFERRED}, {A.DEFERRED}),
    _part(Action.DELEGATE, {A.ACKNOWLEDGED, A.IN_PROGRESS}, {A.IN_PROGRESS}),
    _part(Action.SEND_BACK, {A.DISPATCHED, A.ACKNOWLEDGED, A.IN_PROGRESS}, {A.SEND_BACK_REQUESTED}),
    _part(Action.DECIDE_SEND_BACK, {A.SEND_BACK_REQUESTED}, {A.SENT_BACK, A.ACKNOWLEDGED}),
    _part(Action.REQUEST_EXTENSION, {A.ACKNOWLEDGED, A.IN_PROGRESS}, {A.ACKNOWLEDGED, A.IN_PROGRESS}),
    _part(Action.DECIDE_EXTENSION, {A.ACKNOWLEDGED, A.IN_PROGRESS}, {A.ACKNOWLEDGED, A.IN_PROGRESS}),
    _part(Action.REQUEST_DEFERRAL, {A.ACKNOWLEDGED, A.IN_PROGRESS}, {A.ACKNOWLEDGED, A.IN_PROGRESS}),
    _part(Action.DECIDE_DEFERRAL, {A.ACKNOWLEDGED, A.IN_PROGRESS}, {A.DEFERRED, A.ACKNOWLEDGED, A.IN_PROGRESS}),
    # Its review decides on a deferral again: it stands, or the matter is handled now.
    _part(Action.DECIDE_DEFERRAL, {A.DEFERRED}, {A.DEFERRED, A.IN_PROGRESS}),
    _part(Action.REPLY, BEING_HANDLED | {A.REPLIED}, {A.REPLIED}),  # anew, until it is signed off
    _part(Action.SIGN_OFF, {A.REPLIED}, {A.SIGNED_OFF}),
    _part(Action.APPROVE, {A.SIGNED_OFF}, {A.ACCEPTED}),
    _part(Action.REJECT, {A.SIGNED_OFF}, {A.IN_PROGRESS}),
    _part(Action.GRADE_UP, {A.DISPATCHED, A.ACKNOWLEDGED, A.IN_PROGRESS}, {A.RECALLED}),
    _part(Action.GRADE_UP, set(), {A.DISPATCHED}),
    # How every part ends that is taken away, be it with its ticket or its lead; `must_be_decided` holds for the lead.
    _part(Action.RECALL, LIVE_ASSIGNMENT, {A.RECALLED}),
)

_ROLES: Final = {step.action: step.by for step in TICKET_STEPS}
_TICKETS: Final = {(state, step.action): step.after for step in TICKET_STEPS for state in step.before}
_PARTS: Final = {(state, step.action): step.after for step in ASSIGNMENT_STEPS for state in step.before}


def may(action: Action, role: Role) -> bool:
    """Tell whether this role may take this step at all."""
    return role in _ROLES[action]


def ticket_allows(state: TicketState, action: Action) -> bool:
    """Tell whether the ticket's table has this step from this state."""
    return (state, action) in _TICKETS


def assignment_allows(state: AssignmentState, action: Action) -> bool:
    """Tell whether the assignment's table has this step from this state."""
    return (state, action) in _PARTS


def must_be_decided(lead: AssignmentState, action: Action) -> bool:
    """Tell whether the lead's send-back waits, and this step would take the lead away before the decision."""
    return lead is A.SEND_BACK_REQUESTED and action in DECIDED_FIRST


def advance_ticket(state: TicketState, action: Action, to: TicketState | None = None) -> TicketState:
    """Return the ticket's next state.

    `to` picks one where the table allows several, or is the present state where the step must not move the
    ticket (an assisting department signs off). Raises IllegalTransition.
    """
    after = _TICKETS.get((state, action))
    if after is None or (to is not None and to is not state and to not in after):
        raise IllegalTransition("工单", LABELS["ticket_state"][state], LABELS["action"][action])
    if to is not None:
        return to
    return next(iter(after)) if len(after) == 1 else state


def advance(state: AssignmentState, action: Action, to: AssignmentState | None = None) -> AssignmentState:
    """Return the assignment's next state; `to` picks one where the table allows several.

    Where the table allows the present state too (asking for time), that is the default. Raises IllegalTransition.
    """
    after = _PARTS.get((state, action))
    if after is None or (to is not None and to not in after):
        raise IllegalTransition("承办任务", LABELS["assignment_state"][state], LABELS["action"][action])
    if to is not None:
        return to
    return next(iter(after)) if len(after) == 1 else state
