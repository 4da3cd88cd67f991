"""The clocks of one assignment (承办计时): what they are counted from, and counting them again.

All that ever moves a clock is a fact: the dispatch with its basis, an approved extension, an approved
deferral, a pause and its end. The facts of an assignment stand on the trail; `recompute` makes the same due
times from them at any later day, so that every date can be checked. Asking for time is no fact.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from models.calendar import CHINA_TIME, Calendar, OfficeHours, UnknownYear
from models.deadlines import Pause, deadline, extended
from models.errors import Conflict, HotlineError
from models.limits import limit
from models.sla import ExtensionTerms, LimitRow, Policy, Statute, statute_for
from models.vocabulary import Kind


class Matter(Struct, frozen=True):
    """What decides the limits: kind, urgency 1..4, and the most specific category code."""

    kind: Kind
    urgency: int
    category: str


class Rules(Struct, frozen=True):
    """What a city counts by."""

    policy: Policy
    statutes: tuple[Statute, ...]
    calendar: Calendar


class Basis(Struct, frozen=True, kw_only=True):
    """What the clocks of a dispatch were counted by; it is kept, so later rules move no date.

    Limits are text (`5wd`). `reply` is the limit as counted, `full_reply` as the rule has it, before `factor`.
    `law` names the statute that set the reply limit.
    """

    policy: str
    policy_name: str
    policy_version: str
    calendar: str
    kind: Kind
    urgency: int
    category: str
    office: OfficeHours
    acknowledge: str
    contact: str
    reply: str
    full_reply: str
    send_back: str | None
    extension: ExtensionTerms
    statute: str | None = None
    law: str | None = None
    factor: float = 1.0


class Dispatched(Struct, frozen=True, tag_field="fact", tag="dispatched"):
    """The clocks start (派单); what came before counts no more."""

    at: datetime
    basis: Basis


class ExtensionApproved(Struct, frozen=True, tag_field="fact", tag="extension_approved"):
    """延期: that much more, counted from the due time it extends."""

    at: datetime
    limit: str


class DeferralApproved(Struct, frozen=True, tag_field="fact", tag="deferral_approved"):
    """挂账: due by a day that was agreed on; no pause moves it."""

    at: datetime
    solve_by: datetime


class DeferralEnded(Struct, frozen=True, tag_field="fact", tag="deferral_ended"):
    """挂账终止: its review found that it must be handled now; the reply's limit is counted anew from here."""

    at: datetime


class Paused(Struct, frozen=True, tag_field="fact", tag="paused"):
    """The clocks stop (鉴定, 听证), until a moment where it is known beforehand."""

    at: datetime
    reason: str
    until: datetime | None = None


class Resumed(Struct, frozen=True, tag_field="fact", tag="resumed"):
    """The clocks run again: the pauses of that reason end, or all of them."""

    at: datetime
    reason: str | None = None


ClockFact: TypeAlias = Dispatched | ExtensionApproved | DeferralApproved | DeferralEnded | Paused | Resumed


class Clocks(Struct, frozen=True, kw_only=True):
    """The due times of an assignment; those with `first_` as they were first set (gross), never moved.

    A pause moves its dates once its end is known; until then they stand, and `paused_since` says that they
    are not running. No `send_back_by`: it may not be sent back.
    """

    dispatched_at: datetime
    acknowledge_by: datetime
    contact_by: datetime
    reply_by: datetime
    send_back_by: datetime | None
    first_acknowledge_by: datetime
    first_contact_by: datetime
    first_reply_by: datetime
    basis: Basis
    paused_since: datetime | None = None


class CalendarChanged(Conflict):
    """The days these clocks were counted by are no longer the calendar's; its old version is needed."""

    code = "calendar_changed"

    def __init__(self, version: str) -> None:
        super().__init__(f"该期限按日历版本“{version}”计算，现行日历与之不一致，须提供原版本日历才能重算")


def clocks(dispatched_at: datetime, matter: Matter, rules: Rules, hours: OfficeHours, factor: float = 1.0) -> Clocks:
    """Start the clocks of a dispatch; `factor` shortens the reply limit of a ticket done again (重办).

    Raises UnknownYear.
    """
    dispatched = Dispatched(dispatched_at, basis_of(dispatched_at, matter, rules, hours, factor))
    return _count(dispatched, (), rules.calendar)


def promised_at(
    registered_at: datetime, matter: Matter, rules: Rules, center: OfficeHours, lead: OfficeHours | None = None
) -> datetime:
    """Return the date the citizen is given: the promise by the centre's hours, or the law's limit.

    Never earlier than the lead's own due time were it dispatched at once. Raises UnknownYear.
    """
    basis = basis_of(registered_at, matter, rules, lead or center)
    promise = rules.policy.limits_for(matter.kind, matter.urgency).promise
    given = limit(basis.reply) if basis.statute else promise
    reply_by = deadline(registered_at, limit(basis.reply), rules.calendar, lead or center)
    return max(deadline(registered_at, given, rules.calendar, center), reply_by)


def basis_of(start: datetime, matter: Matter, rules: Rules, hours: OfficeHours, factor: float = 1.0) -> Basis:
    """Return what the clocks of a matter are counted by. Raises UnknownYear where a law may tighten a limit."""
    row = rules.policy.limits_for(matter.kind, matter.urgency)
    statute = statute_for(rules.statutes, matter.category, matter.kind, matter.urgency)
    if statute and statute.tightens and not _is_earlier(start, statute, row, rules.calendar, hours):
        statute = None
    full = statute.reply if statute else row.reply
    return Basis(
        policy=rules.policy.id,
        policy_name=rules.policy.name,
        policy_version=rules.policy.version,
        calendar=rules.calendar.version,
        kind=matter.kind,
        urgency=int(matter.urgency),
        category=matter.category,
        office=hours,
        acknowledge=str(row.acknowledge),
        contact=str(row.contact),
        reply=str(full.scaled(factor)),
        full_reply=str(full),
        send_back=str(row.send_back) if row.send_back else None,
        extension=statute.extension if statute else row.extension,
        statute=statute.id if statute else None,
        law=statute.law if statute else None,
        factor=factor,
    )


def recompute(facts: Sequence[ClockFact], calendars: Iterable[Calendar]) -> Clocks:
    """Return the due times that an assignment's facts, in the order of the trail, make.

    Counted by the first calendar that agrees with the basis and knows all years that are needed. Raises
    CalendarChanged where none agrees, UnknownYear where none that does reaches far enough, Conflict where
    nothing was dispatched.
    """
    return recounted(facts, calendars)[0]


def recounted(facts: Sequence[ClockFact], calendars: Iterable[Calendar]) -> tuple[Clocks, Calendar]:
    """Return what `recompute` returns, and the calendar it was counted by."""
    dispatched, later = since_dispatch(facts)
    failure: HotlineError = CalendarChanged(dispatched.basis.calendar)
    for calendar in calendars:
        if calendar.agrees_with(dispatched.basis.calendar):
            try:
                return _count(dispatched, later, calendar), calendar
            except UnknownYear as unknown:
                failure = unknown
    raise failure


def since_dispatch(facts: Sequence[ClockFact]) -> tuple[Dispatched, Sequence[ClockFact]]:
    """Return the last dispatch and what came after it."""
    for place in range(len(facts) - 1, -1, -1):
        fact = facts[place]
        if isinstance(fact, Dispatched):
            return fact, facts[place + 1 :]
    raise Conflict("该承办任务没有派单记录，无法计算期限")


def pauses_of(facts: Iterable[ClockFact]) -> tuple[Pause, ...]:
    """Return the pauses that facts in order make; one without an end still lasts."""
    found: list[Pause] = []
    for fact in facts:
        if isinstance(fact, Paused):
            found.append(Pause(fact.at, fact.until, fact.reason))
        elif isinstance(fact, Resumed):
            found = [_ended(pause, fact) for pause in found]
    return tuple(found)


def read_facts(stored: Iterable[Mapping[str, Any]]) -> tuple[ClockFact, ...]:
    """Read facts from the JSON objects that `write_fact` made."""
    return msgspec.convert(list(stored), tuple[ClockFact, ...])


def write_fact(fact: ClockFact) -> dict[str, Any]:
    """Return a fact as a JSON object for the trail."""
    written: dict[str, Any] = msgspec.to_builtins(fact)
    return written


def _ended(pause: Pause, resumed: Resumed) -> Pause:
    is_meant = resumed.reason is None or resumed.reason == pause.reason
    if is_meant and (pause.end is None or pause.end > resumed.at):
        return Pause(pause.start, resumed.at, pause.reason)
    return pause


def _is_earlier(start: datetime, statute: Statute, row: LimitRow, calendar: Calendar, hours: OfficeHours) -> bool:
    return deadline(start, statute.reply, calendar, hours) < deadline(start, row.reply, calendar, hours)


def _count(dispatched: Dispatched, later: Sequence[ClockFact], calendar: Calendar) -> Clocks:
    basis, start = dispatched.basis, dispatched.at
    pauses = pauses_of(later)
    known = tuple(pause for pause in pauses if pause.end is not None)
    lasting = [pause.start for pause in pauses if pause.end is None]

    def due(text: str, stops: tuple[Pause, ...] = known) -> datetime:
        return deadline(start, limit(text), calendar, basis.office, stops)

    acknowledge, contact, reply = basis.acknowledge, basis.contact, basis.reply
    firsts = due(acknowledge, ()), due(contact, ()), due(reply, ())
    nets = (due(acknowledge), due(contact), due(reply)) if known else firsts
    return Clocks(
        dispatched_at=start.astimezone(CHINA_TIME),
        acknowledge_by=nets[0],
        contact_by=nets[1],
        reply_by=_moved(nets[2], later, known, calendar, basis),
        send_back_by=due(basis.send_back) if basis.send_back else None,
        first_acknowledge_by=firsts[0],
        first_contact_by=firsts[1],
        first_reply_by=firsts[2],
        basis=basis,
        paused_since=min(lasting, default=None),
    )


def _moved(
    due: datetime, facts: Iterable[ClockFact], pauses: tuple[Pause, ...], calendar: Calendar, basis: Basis
) -> datetime:
    """Move a reply's due time by what was approved, in order."""
    for fact in facts:
        if isinstance(fact, ExtensionApproved):
            due = extended(due, limit(fact.limit), calendar, basis.office, pauses)
        elif isinstance(fact, DeferralApproved):
            due = fact.solve_by.astimezone(CHINA_TIME)
        elif isinstance(fact, DeferralEnded):
            due = deadline(fact.at, limit(basis.reply), calendar, basis.office, pauses)
    return due
