"""Counting a ticket's due times again from its trail (时限核对): what is stored, and should not be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from hotline import own_due
from hotline.clocks import facts_of
from models.clocks import recompute
from models.errors import HotlineError
from models.explain import Explanation, explain
from models.lifecycle import Action
from models.ticket import Assignment, Ticket
from models.trail import IMPORTED, UNREADABLE, DamagedTrail, TicketEvent, broken_link, event_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.calendar import Calendar
    from models.clocks import Clocks

PART_TIMES: Final = {
    "acknowledge_by": "签收时限",
    "contact_by": "联系时限",
    "reply_by": "答复时限",
    "send_back_by": "退单时限",
    "first_acknowledge_by": "最初签收时限",
    "first_contact_by": "最初联系时限",
    "first_reply_by": "最初答复时限",
}


class History(Struct, frozen=True):
    """A ticket with its parts and its whole trail, as they stood at one moment."""

    ticket: Ticket
    parts: list[Assignment]
    trail: list[TicketEvent]
    handoffs: Sequence[dict[str, Any]] = ()


def wrong_times(part: Assignment, times: Clocks) -> list[str]:
    """Return in Chinese which due times of a part are not those that its trail gives."""
    return [words for name, words in PART_TIMES.items() if getattr(part, name) != getattr(times, name)]


def explained(
    trail: list[TicketEvent], part: Assignment, calendars: Sequence[Calendar]
) -> tuple[bool, tuple[Explanation, ...]]:
    """Tell whether a part's due times are those that its trail gives, and how each came about.

    How the dates of an imported ticket came about, its old platform knew. Raises DamagedTrail, and as `recompute` does.
    """
    told = _told_dates(trail)
    facts = facts_of(trail, part.ordinal) if told is None else ()
    try:
        if told is not None:
            return not _differing(part, told), ()
        return not wrong_times(part, recompute(facts, calendars)), explain(facts, calendars)
    except UNREADABLE as error:
        raise DamagedTrail(part.ticket_id) from error


def problems(history: History, calendars: Sequence[Calendar]) -> list[str]:
    """Return in Chinese all that is wrong with the dates of a ticket; nothing where they are as its trail gives.

    A damaged trail is a problem too, never an error.
    """
    said = []
    broken = broken_link(history.trail, history.ticket)
    if broken is not None:
        said.append(f"留痕损坏：{broken}")
    try:
        bodies = [(event.type, event_fields(event)) for event in history.trail]
        said += _missing(history, bodies)
        copied = list(_promises(history.ticket, bodies))
        own = own_due.problems(history.ticket, history.parts, history.handoffs, bodies, calendars)
        # What differs from the date that the trail names need not be said once more of the count.
        said += copied + [words for clock, words in own if not (copied and clock in own_due.PROMISES)]
    except (*UNREADABLE, DamagedTrail):
        return [*said, "留痕正文无法读取，时限无法核对"]
    for part in history.parts:
        said += _part(history, part, calendars)
    return [*said, *_lead(history)]


def _missing(history: History, bodies: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    begun = {fields["assignment"] for kind, fields in bodies if kind == "clock_started"}
    for ordinal in sorted(begun - {part.ordinal for part in history.parts}):
        yield f"留痕有第{ordinal}项承办，工单中没有"


def _promises(ticket: Ticket, bodies: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """The date given to the citizen: on the event that registered the ticket, and on every one that moved it."""
    registered = next((fields for kind, fields in bodies if kind in {Action.REGISTER, IMPORTED}), None)
    if registered is None:
        yield "留痕没有登记记录，承诺日期无法核对"
        return
    given = [registered, *(fields for kind, fields in bodies if kind == "promised")]
    if _moment(given[-1]["promised_at"]) != ticket.promised_at:
        yield "承诺日期与留痕不符"
    # A ticket split off before its event named it has its parent's first date, which its own trail does not tell.
    is_told = "split_from" not in registered or "first_promised_at" in registered
    first = registered.get("first_promised_at", registered["promised_at"])
    if is_told and _moment(first) != ticket.first_promised_at:
        yield "最初承诺日期与留痕不符"


def _part(history: History, part: Assignment, calendars: Sequence[Calendar]) -> list[str]:
    name = f"第{part.ordinal}项承办"
    try:
        told = _told_dates(history.trail)
        if told is not None:
            wrong = _differing(part, told)
        else:
            wrong = wrong_times(part, recompute(facts_of(history.trail, part.ordinal), calendars))
    except HotlineError as error:
        return [f"{name}的时限无法核对：{error.detail}"]
    except UNREADABLE:
        return [f"{name}的时限无法核对：留痕正文无法读取"]
    return [f"{name}的{'、'.join(wrong)}与留痕不符"] if wrong else []


def _told_dates(trail: list[TicketEvent]) -> dict[str, Any] | None:
    """Return the dates of the one part of an imported ticket, as its trail keeps them; None for a ticket of our own."""
    imported = next((event for event in trail if event.type == IMPORTED), None)
    return None if imported is None else event_fields(imported).get("part") or {}


def _differing(part: Assignment, told: dict[str, Any]) -> list[str]:
    def moment(name: str) -> datetime | None:
        return _moment(told[name]) if told.get(name) is not None else None

    return [words for name, words in PART_TIMES.items() if getattr(part, name) != moment(name)]


def _lead(history: History) -> list[str]:
    """The lead's date stands on the ticket too, where lists and the backlog look for it."""
    lead = next((part for part in history.parts if part.is_lead and part.is_live), None)
    wanted = (lead.reply_by, lead.first_reply_by) if lead else (None, None)
    is_as_wanted = (history.ticket.reply_by, history.ticket.first_reply_by) == wanted
    return [] if is_as_wanted else ["工单上的主办答复时限与承办的不符"]


def _moment(text: Any) -> datetime:
    return msgspec.convert(text, datetime)
