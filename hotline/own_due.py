"""The due times that the hotline itself owes, counted again from the trail and explained: promise, stage, decisions, handoffs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.due import Owed, Promised, read_due, recounted, said
from models.errors import HotlineError
from models.lifecycle import Action, TicketState
from models.trail import IMPORTED, UNREADABLE, DamagedTrail, event_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.calendar import Calendar
    from models.due import Due
    from models.ticket import Assignment, Ticket
    from models.trail import TicketEvent

    Bodies = Sequence[tuple[str, dict[str, Any]]]

STAGES: Final = {
    TicketState.REGISTERED: "dispatch",
    TicketState.ON_DESK: "dispatch",
    TicketState.IN_REVIEW: "review",
    TicketState.FOLLOW_UP: "follow_up",
}
# What the citizen was given.
PROMISES: Final = frozenset({"promise", "first_promise"})


class OwnDue(Struct, frozen=True):
    """One due time of the hotline's own: what is stored, what the trail gives, and how that came about.

    `clock` is promise, first_promise, stage, decide or confirm; `part` is the assignment that waits for a decision.
    """

    clock: str
    stored: datetime | None
    due_at: datetime
    because: str
    part: int | None = None

    @property
    def is_as_stored(self) -> bool:
        """What is stored is what the trail gives."""
        return self.stored == self.due_at


def own_dues(
    ticket: Ticket,
    parts: Sequence[Assignment],
    handoffs: Sequence[dict[str, Any]],
    bodies: Bodies,
    calendars: Sequence[Calendar],
) -> Iterator[OwnDue]:
    """Yield every such time of which the trail keeps what it was counted by; tickets of before keep nothing.

    Raises CalendarChanged, UnknownYear, and what a trail raises that somebody altered.
    """
    found = [*_promises(ticket, bodies), *_waiting(ticket, parts, bodies)]
    confirmed = {fields.get("handoff"): fields["confirm_due"] for _, fields in bodies if "confirm_due" in fields}
    waited = [one for one in handoffs if one["id"] in confirmed]
    found += [("confirm", one["confirm_by"], read_due(confirmed[one["id"]]), None) for one in waited]
    for clock, stored, fact, part in found:
        by = recounted(fact, calendars)
        yield OwnDue(clock, stored, by, said(fact, by), part)


def _promises(ticket: Ticket, bodies: Bodies) -> Iterator[tuple[str, datetime, Due, int | None]]:
    given = [fields for kind, fields in bodies if kind in {Action.REGISTER, IMPORTED, "promised"}]
    if given and "promise" in given[-1]:
        yield "promise", ticket.promised_at, read_due(given[-1]["promise"]), None
    if given and "promise" in given[0]:
        first = given[0].get("first_promise", given[0]["promise"])
        yield "first_promise", ticket.first_promised_at, read_due(first), None


def _waiting(
    ticket: Ticket, parts: Sequence[Assignment], bodies: Bodies
) -> Iterator[tuple[str, datetime | None, Due, int | None]]:
    stage = _last(bodies, "stage_due", STAGES.get(ticket.state))
    if stage is not None:
        yield "stage", ticket.stage_by, stage, None
    for part in parts:
        of_part = [one for one in bodies if one[1].get("assignment") == part.ordinal]
        waited = _last(of_part, "decide_due", part.waits_for)
        if waited is not None:
            yield "decide", part.decide_by, waited, part.ordinal


def read(
    ticket: Ticket,
    parts: Sequence[Assignment],
    handoffs: Sequence[dict[str, Any]],
    trail: Sequence[TicketEvent],
    calendars: Sequence[Calendar],
) -> tuple[bool, list[OwnDue]]:
    """Return `own_dues` of a whole trail, and whether it could be read: an event that somebody damaged may have been one of theirs.

    Raises CalendarChanged, UnknownYear.
    """
    try:
        bodies = [(event.type, event_fields(event)) for event in trail]
        return True, list(own_dues(ticket, parts, handoffs, bodies, calendars))
    except (*UNREADABLE, DamagedTrail):
        return False, []


def promised_since(trail: Sequence[TicketEvent]) -> datetime | None:
    """Return from when the citizen's date was last counted by the rules; None on a trail that does not keep it."""
    facts = [fields["promise"] for fields in (event_fields(event) for event in trail) if "promise" in fields]
    counted = [fact for fact in map(read_due, facts) if isinstance(fact, Promised)]
    return counted[-1].at if counted else None


def promise_facts(trail: Sequence[TicketEvent]) -> dict[str, Any]:
    """Return what the promise of a ticket and its first one are counted from, for one that takes its dates over (拆单)."""
    bodies = [event_fields(event) for event in trail]
    kept = [
        (fields["promise"], fields.get("first_promise", fields["promise"])) for fields in bodies if "promise" in fields
    ]
    return {"promise": kept[-1][0], "first_promise": kept[0][1]} if kept else {}


def problems(
    ticket: Ticket,
    parts: Sequence[Assignment],
    handoffs: Sequence[dict[str, Any]],
    bodies: Bodies,
    calendars: Sequence[Calendar],
) -> list[tuple[str, str]]:
    """Return which of them are not those that the trail gives: of what clock, and what is wrong, in Chinese."""
    try:
        own = list(own_dues(ticket, parts, handoffs, bodies, calendars))
    except HotlineError as error:
        return [("", f"热线自身的时限无法核对：{error.detail}")]
    found = [(one.clock, _differs(one)) for one in own if not one.is_as_stored]
    if ticket.state not in STAGES and ticket.stage_by is not None:
        found.append(("stage", "工单已不在热线环节，却仍有环节时限"))
    left = [part.ordinal for part in parts if _is_left(part)]
    return [*found, *(("decide", f"第{ordinal}项承办没有待裁决的申请，却有裁决时限") for ordinal in left)]


def _differs(one: OwnDue) -> str:
    return f"第{one.part}项承办的裁决、审批时限与留痕不符" if one.part else _NAMES[one.clock]


_NAMES: Final = {
    "promise": "承诺日期与留痕重算不符",
    "first_promise": "最初承诺日期与留痕重算不符",
    "stage": "环节时限与留痕重算不符",
    "confirm": "紧急转接确认时限与留痕重算不符",
}


def _is_left(part: Assignment) -> bool:
    return part.waits_for is None and part.decide_by is not None


def _last(bodies: Bodies, key: str, what: str | None) -> Owed | None:
    """Return the newest fact under a key; None where it is not what the ticket waits for now, as on a trail of before."""
    newest = next((fields[key] for _, fields in reversed(bodies) if key in fields), None)
    fact = read_due(newest) if newest is not None else None
    return fact if isinstance(fact, Owed) and fact.what == what else None
