"""The due times that the hotline itself owes: the promise to the citizen, its own stages, its decisions, a handoff's confirmation.

Each stands on the trail as a fact with the policy, the version of the calendar and the hours that it was counted by, so that it
can be counted again at any later day, and explained.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from models.calendar import Calendar, OfficeHours, UnknownYear
from models.clocks import CalendarChanged, Matter, Rules, basis_of
from models.deadlines import deadline, extended
from models.explain import calendar_words, due_words
from models.labels import LABELS
from models.limits import Limit, limit
from models.vocabulary import Kind

WHAT = {
    "dispatch": "派单",
    "review": "审核",
    "follow_up": "回访",
    "send_back": "裁决退单",
    "extension": "审批延期",
    "deferral": "审批挂账",
    "confirm": "确认紧急转接",
}


class Owed(Struct, frozen=True, kw_only=True, tag_field="fact", tag="owed"):
    """`limit` from `at` by the hours of the hotline's centre; `what` is a key of WHAT."""

    what: str
    at: datetime
    limit: str
    policy: str
    calendar: str
    office: OfficeHours


class Promised(Struct, frozen=True, kw_only=True, tag_field="fact", tag="promised"):
    """The date given to the citizen: `limit` from `at` by the centre's hours.

    Never before the lead's own `reply` by its hours (`lead`), were it dispatched at once. `law` is the statute that set both.
    """

    at: datetime
    limit: str
    reply: str
    kind: Kind
    urgency: int
    policy: str
    calendar: str
    office: OfficeHours
    lead: OfficeHours
    law: str | None = None


class PromisedAfter(Struct, frozen=True, kw_only=True, tag_field="fact", tag="promised_after"):
    """The date after the lead's own was moved by an approval: that date (`reply_by`) and the time of review beyond it (`limit`).

    No `limit`: it was agreed on with the citizen's plan (挂账).
    """

    reply_by: datetime
    limit: str | None
    policy: str
    calendar: str
    office: OfficeHours


Due: TypeAlias = Owed | Promised | PromisedAfter


def promised(at: datetime, matter: Matter, rules: Rules, centre: OfficeHours, lead: OfficeHours | None) -> Promised:
    """Return what the date for the citizen is counted from. Raises UnknownYear."""
    basis = basis_of(at, matter, rules, lead or centre)
    promise = rules.policy.limits_for(matter.kind, matter.urgency).promise
    return Promised(
        at=at,
        limit=basis.reply if basis.statute else str(promise),
        reply=basis.reply,
        kind=matter.kind,
        urgency=int(matter.urgency),
        policy=policy_words(basis.policy_name, basis.policy_version),
        calendar=basis.calendar,
        office=centre,
        lead=lead or centre,
        law=basis.law,
    )


def policy_words(name: str, version: str) -> str:
    """Return how a policy is named in what is said of a date."""
    return f"《{name}》{version}版"


def counted(fact: Due, calendar: Calendar) -> datetime:
    """Return the due time in UTC, as it is stored. Raises UnknownYear."""
    match fact:
        case Owed():
            due = deadline(fact.at, limit(fact.limit), calendar, fact.office)
        case Promised():
            by_centre = deadline(fact.at, limit(fact.limit), calendar, fact.office)
            due = max(by_centre, deadline(fact.at, limit(fact.reply), calendar, fact.lead))
        case PromisedAfter():
            due = fact.reply_by
            if fact.limit is not None:
                due = extended(fact.reply_by, limit(fact.limit), calendar, fact.office)
    return due.astimezone(UTC)


def recounted(fact: Due, calendars: Iterable[Calendar]) -> datetime:
    """Return the due time by the first calendar that agrees with the fact's own. Raises CalendarChanged, UnknownYear."""
    failure: CalendarChanged | UnknownYear = CalendarChanged(fact.calendar)
    for calendar in calendars:
        if calendar.agrees_with(fact.calendar):
            try:
                return counted(fact, calendar)
            except UnknownYear as unknown:
                failure = unknown
    raise failure


def said(fact: Due, due: datetime) -> str:
    """Say in Chinese how a due time came about."""
    by = due_words(due)
    match fact:
        case Owed():
            length = Limit(fact.limit).words
            rule = f"按{fact.policy}{WHAT[fact.what]}时限（{calendar_words(fact.calendar, fact.at, due)}）"
            return f"{rule}：自{due_words(fact.at)}起{length}，应于{by}前{WHAT[fact.what]}。"
        case Promised():
            urgency = LABELS["urgency"][str(fact.urgency)].removesuffix("件")
            rule = f"按{fact.policy}{LABELS['kind'][fact.kind]}{urgency}件"
            rule = f"依《{fact.law}》（代替{rule[1:]}的时限）" if fact.law else rule
            length = f"自{due_words(fact.at)}起{Limit(fact.limit).words}，不早于主办单位答复时限（{Limit(fact.reply).words}）"
            return f"{rule}（{calendar_words(fact.calendar, fact.at, due)}）：{length}，承诺于{by}前答复诉求人。"
        case PromisedAfter():
            if fact.limit is None:
                return f"按经批准的解决计划，承诺于{by}前答复诉求人。"
            known = calendar_words(fact.calendar, fact.reply_by, due)
            review = f"另留审核{Limit(fact.limit).words}（{fact.policy}，{known}）"
            return f"主办单位答复时限经批准调整为{due_words(fact.reply_by)}，{review}，承诺于{by}前答复诉求人。"


def write_due(fact: Due) -> dict[str, Any]:
    """Return a fact as a JSON object for the trail."""
    written: dict[str, Any] = msgspec.to_builtins(fact)
    return written


def read_due(stored: Any) -> Due:
    """Read a fact from the JSON object that `write_due` made."""
    fact: Due = msgspec.convert(stored, Due)
    return fact
