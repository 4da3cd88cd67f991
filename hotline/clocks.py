"""Which due times a ticket and its parts have now: the city's rules applied by models.clocks and models.marks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from models import due
from models.attempts import next_attempt as next_attempt_of
from models.attempts import part_of
from models.calendar import Calendar, OfficeHours, UnknownYear
from models.clocks import (
    ClockFact,
    Clocks,
    Dispatched,
    Matter,
    Rules,
    read_facts,
    write_fact,
)
from models.clocks import clocks as count_clocks
from models.deadlines import deadline, extended
from models.lifecycle import AssignmentState, TicketState
from models.marks import Due, Mark, Watch
from models.marks import next_mark as next_mark_of
from models.trail import UNREADABLE, DamagedTrail, event_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline.hub import Hub
    from models.limits import Limit
    from models.sla import Rung
    from models.ticket import Assignment, Ticket

T = TypeVar("T")


class Stage(Struct, frozen=True):
    """A state of the hotline's own: when it must be done, when and as what the clock wakes, and the fact for the trail."""

    due_by: datetime | None
    wake_at: datetime
    kind: str
    fact: dict[str, Any] | None = None


def counted(hub: Hub, count: Callable[[Calendar], T]) -> tuple[T, bool]:
    """Count by the announced calendar, or by the provisional one where it ends; tells which of the two."""
    try:
        return count(hub.city.calendar), False
    except UnknownYear:
        return count(hub.provisional_calendar), True


def start(hub: Hub, ticket: Ticket, department: str, at: datetime, factor: float) -> tuple[Clocks, dict[str, Any]]:
    """Start the clocks of a part; also returns the fields that the trail keeps to count them again."""
    hours = hub.office_hours(department)
    clocks, is_provisional = counted(
        hub, lambda calendar: count_clocks(at, matter_of(ticket), _rules(hub, calendar), hours, factor)
    )
    fields: dict[str, Any] = {"fact": write_fact(Dispatched(at, clocks.basis)), "reply_by": clocks.reply_by}
    if is_provisional:
        fields["is_provisional"] = True
    return _in_utc(clocks), fields


def promise(hub: Hub, matter: Matter, at: datetime, lead: str | None) -> tuple[datetime, dict[str, Any]]:
    """Return the date given to the citizen; also the fields that the trail keeps to count it again."""
    centre = hub.office_hours(hub.city.hotline_department)
    hours = hub.office_hours(lead) if lead else None

    def count(calendar: Calendar) -> tuple[due.Promised, datetime]:
        fact = due.promised(at, matter, _rules(hub, calendar), centre, hours)
        return fact, due.counted(fact, calendar)

    (fact, promised), is_provisional = counted(hub, count)
    return promised, {"is_provisional": is_provisional, "promise": due.write_due(fact)}


def promised_again(hub: Hub, ticket: Ticket, at: datetime, lead: str | None) -> tuple[datetime, dict[str, Any]]:
    """Return the same for a ticket whose matter is taken up again, or was read wrongly before."""
    return promise(hub, matter_of(ticket), at, lead)


def promised_after(hub: Hub, reply_by: datetime, *, is_agreed: bool) -> tuple[datetime, dict[str, Any]]:
    """Return the earliest date to give to the citizen where the department's own was moved, with the fields for the trail.

    A counted date leaves the hotline its own time for review (policy.review); an agreed one is the citizen's as it is.
    """
    hours, within = hub.office_hours(hub.city.hotline_department), None if is_agreed else str(hub.policy.review.within)

    def count(calendar: Calendar) -> tuple[due.PromisedAfter, datetime]:
        fact = due.PromisedAfter(
            reply_by=reply_by, limit=within, policy=_policy(hub), calendar=calendar.version, office=hours
        )
        return fact, due.counted(fact, calendar)

    fact, promised = counted(hub, count)[0]
    return promised, {"promise": due.write_due(fact)}


def owed(hub: Hub, what: str, at: datetime, within: Limit) -> tuple[datetime, dict[str, Any]]:
    """Return by when the hotline owes something, with the fact that the trail keeps of it."""
    hours = hub.office_hours(hub.city.hotline_department)

    def count(calendar: Calendar) -> tuple[due.Owed, datetime]:
        fact = due.Owed(
            what=what, at=at, limit=str(within), policy=_policy(hub), calendar=calendar.version, office=hours
        )
        return fact, due.counted(fact, calendar)

    fact, by = counted(hub, count)[0]
    return by, due.write_due(fact)


def facts_of(trail: list[Any], ordinal: int) -> tuple[ClockFact, ...]:
    """Return from a trail all that the clocks of one part are counted from; raises DamagedTrail."""
    told = [event for event in trail if event.type in {"clock_started", "clock_moved"}]
    bodies = [event_fields(event) for event in told]
    try:
        return read_facts([fields["fact"] for fields in bodies if fields["assignment"] == ordinal])
    except UNREADABLE as error:
        raise DamagedTrail(told[0].ticket_id) from error


def _in_utc(clocks: Clocks) -> Clocks:
    """Return the same moments in UTC, as they are stored and answered."""
    names = ("acknowledge_by", "contact_by", "reply_by", "send_back_by")
    moments = {name: getattr(clocks, name) for name in names}
    return replace(clocks, **{name: at.astimezone(UTC) if at else None for name, at in moments.items()})


def stage(hub: Hub, ticket: Ticket, at: datetime) -> Stage | None:
    """Return the due time of the hotline's own stage, None in states that are not the hotline's."""
    policy, state = hub.policy, ticket.state
    if state in {TicketState.REGISTERED, TicketState.ON_DESK}:
        by, fact = owed(hub, "dispatch", at, policy.limits_for(ticket.kind, ticket.urgency).dispatch)
        return Stage(by, by, "desk_late", fact)
    if state is TicketState.IN_REVIEW:
        by, fact = owed(hub, "review", at, policy.review.within)
        return Stage(by, by, "review_late", fact)
    if state is TicketState.FOLLOW_UP:
        by, fact = owed(hub, "follow_up", at, policy.follow_up.within)
        return Stage(by, next_attempt(hub, at, []) or by, "follow_up", fact)
    if state is TicketState.CLOSED:
        return Stage(None, _by_centre(hub, at, policy.archive.after), "archive")
    return None


def next_mark(hub: Hub, part: Assignment) -> Mark | None:
    """Return the next moment at which the clock must act on a part, None where none is left."""
    if not part.is_live:
        return None
    is_reviewed = part.state is AssignmentState.DEFERRED or part.paused_at is not None
    watched = Due(
        reply_by=part.reply_by,
        acknowledge_by=part.acknowledge_by,
        contact_by=part.contact_by,
        is_acknowledged=part.acknowledged_at is not None,
        # Who has answered can no longer call first; a rejected reply finds that clock running again.
        is_contacted=part.contacted_at is not None or part.replied_at is not None,
        is_signed_off=part.signed_off_at is not None,
        is_held=part.state is AssignmentState.SEND_BACK_REQUESTED,
        paused_at=part.paused_at,
        review_every=hub.policy.deferral.review_every if is_reviewed else None,
    )
    hours = hub.office_hours(part.department)
    terms = hub.policy.marks
    return counted(
        hub, lambda calendar: next_mark_of(watched, part.marks, Watch(terms, calendar, hours), part.counted_from)
    )[0]


def next_attempt(hub: Hub, after: datetime, attempts: list[datetime]) -> datetime | None:
    """Return when to try the citizen (again), None where all attempts are made."""
    terms = hub.policy.follow_up
    used = {part for part in (part_of(at, terms) for at in attempts) if part is not None}
    found = next_attempt_of(after, len(attempts), used, terms)
    return found.at if found else None


def link_until(hub: Hub, at: datetime) -> datetime:
    """Return until when a citizen's silence on the rating link is waited for."""
    return _by_centre(hub, at, hub.policy.follow_up.link_within)


def rung_until(hub: Hub, rung: Rung, at: datetime) -> datetime:
    """Return until when an answer on a rung of the follow-up's ladder is waited for."""
    terms = hub.policy.follow_up.ladder
    return _by_centre(hub, at, terms.sms_within if rung == "sms" else terms.call_within)


def decide_by(hub: Hub, what: str, at: datetime) -> tuple[datetime, dict[str, Any]]:
    """Return by when a `send_back`, an `extension` or a `deferral` must be decided (退单裁决, 延期审批, 挂账审批), with the fact."""
    policy = hub.policy
    within = {
        "send_back": policy.send_back.decide_within,
        "extension": policy.extension.decide_within,
        "deferral": policy.deferral.decide_within,
    }
    return owed(hub, what, at, within[what])


def again_at(hub: Hub, last: datetime, every: Limit, at: datetime) -> datetime:
    """Return when to speak again after `last`; a hub that slept meanwhile speaks once, not for every day it missed."""
    hours = hub.office_hours(hub.city.hotline_department)
    following = counted(hub, lambda calendar: extended(last, every, calendar, hours))[0]
    return following if following > at else counted(hub, lambda calendar: extended(at, every, calendar, hours))[0]


def answer_by(hub: Hub, department: str, within: Limit, at: datetime) -> datetime:
    """Return by when a department must have answered a supervision, by its own hours."""
    hours = hub.office_hours(department)
    return counted(hub, lambda calendar: deadline(at, within, calendar, hours))[0]


def appeal_by(hub: Hub, within: Limit, at: datetime) -> datetime:
    """Return until when the inspected may appeal against a score."""
    return _by_centre(hub, at, within)


def limit_until(hub: Hub, lasts: Limit, at: datetime) -> datetime:
    """Return when a limit on a caller ends by itself."""
    return _by_centre(hub, at, lasts)


def is_after(hub: Hub, last: datetime | None, within: Limit, at: datetime) -> bool:
    """Tell whether a limit has passed since something happened, or it never did."""
    return last is None or at >= _by_centre(hub, last, within)


def handoff_by(hub: Hub, at: datetime) -> tuple[datetime, dict[str, Any]]:
    """Return by when the other side must have confirmed an emergency, with the fact."""
    return owed(hub, "confirm", at, hub.policy.handoff.confirm_within)


def offer_by(hub: Hub, at: datetime) -> datetime:
    """Return by when an emergency must have reached the other side."""
    return at + timedelta(seconds=hub.policy.handoff.offer_within_seconds)


def acknowledge_clue_by(hub: Hub, at: datetime) -> datetime:
    """Return by when 110 must have acknowledged a clue."""
    return _by_centre(hub, at, hub.policy.handoff.acknowledge_clue_within)


def call_back_by(hub: Hub, at: datetime) -> datetime:
    """Return by when a missed call must be called back (国办函〔2025〕66号), in a storm later."""
    usual = hub.policy.missed_call.call_back_within
    return _by_centre(hub, at, hub.city.incidents.storm.call_back_within if hub.storm else usual)


def reopen_until(hub: Hub, ticket: Ticket) -> datetime:
    """Return until when a closed ticket may be reopened by the citizen."""
    return _by_centre(hub, ticket.closed_at or hub.now(), hub.policy.reopen.within)


def is_too_late_to_reopen(hub: Hub, ticket: Ticket, at: datetime) -> bool:
    """Tell whether a citizen's time to ask for a closed ticket to be done again is over."""
    return ticket.closed_at is not None and at > reopen_until(hub, ticket)


def _by_centre(hub: Hub, at: datetime, within: Any) -> datetime:
    hours: OfficeHours = hub.office_hours(hub.city.hotline_department)
    return counted(hub, lambda calendar: deadline(at, within, calendar, hours))[0]


def matter_of(ticket: Ticket) -> Matter:
    """Return what the limits of a ticket go by."""
    return Matter(ticket.kind, ticket.urgency, ticket.detail or ticket.category)


def _policy(hub: Hub) -> str:
    return due.policy_words(hub.policy.name, hub.policy.version)


def _rules(hub: Hub, calendar: Calendar) -> Rules:
    return Rules(hub.policy, hub.city.statutes, calendar)
