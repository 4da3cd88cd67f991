"""When the clock must act next (催办, 黄牌, 红牌, 督办, 提级): one timer at a time for an assignment or ticket.

Sources: 48 h and 24 h reminders (鄂托克), yellow one working day before and red when due (山东), supervised
on the next working day and escalated after five (DOMAIN 4.3). The numbers are the policy's.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from models.calendar import Calendar, OfficeHours, stamp
from models.deadlines import before, extended
from models.limits import Limit
from models.sla import MarkTerms


class MarkKind(StrEnum):
    """What the clock does at a mark."""

    ACKNOWLEDGE_MISSED = "acknowledge_missed"
    CONTACT_MISSED = "contact_missed"
    REVIEW_DEFERRAL = "review_deferral"
    REVIEW_PAUSE = "review_pause"
    REMIND = "remind"
    YELLOW = "yellow"
    RED = "red"
    SUPERVISE = "supervise"
    ESCALATE = "escalate"


# At one moment the lighter mark comes first.
_ORDER: Final = {kind: place for place, kind in enumerate(MarkKind)}


class Due(Struct, frozen=True, kw_only=True):
    """The dates to keep and what is done of them. A ticket's own is `Due(reply_by=promised_at)`.

    The reply's date is kept by its sign-off (签发). `is_held`: a ruling on its send-back is waited for, and nobody is
    pressed meanwhile. `review_every` stands for what is deferred or paused: how often it is looked at.
    """

    reply_by: datetime
    acknowledge_by: datetime | None = None
    contact_by: datetime | None = None
    is_acknowledged: bool = False
    is_contacted: bool = False
    is_signed_off: bool = False
    is_held: bool = False
    paused_at: datetime | None = None
    review_every: Limit | None = None


class Mark(Struct, frozen=True):
    """One moment to act. `due_at` is the date it is about, `ahead` the limit of a reminder or the turn of a review.

    The review of a pause is about the moment that it began.

    `key` names a mark together with its date, so a date that moved (延期) has marks of its own.
    """

    kind: MarkKind
    at: datetime
    due_at: datetime
    ahead: str = ""

    @property
    def key(self) -> str:
        """What to keep when the mark has been acted on."""
        return f"{self.kind}{':' if self.ahead else ''}{self.ahead}@{stamp(self.due_at) // 1_000_000}"


class Watch(Struct, frozen=True):
    """By what an assignment is watched: the policy's marks, the calendar, the office's hours."""

    terms: MarkTerms
    calendar: Calendar
    hours: OfficeHours


def next_mark(due: Due, done: Collection[str], watch: Watch, after: datetime) -> Mark | None:
    """Return the earliest mark not acted on yet, None where nothing is left to watch.

    `done` are the keys of the marks acted on; `after` is when these dates began to hold: the dispatch, or
    the approval that moved them, or the ruling that let them run on. A reminder or yellow card that lies at or
    before `after` is left out, a 48-hour one on a 2-hour job; all others are returned however late, but what
    follows a missed date is counted from `after` where that is later. Raises UnknownYear, for the marks after
    the due time only once they are next.
    """
    if due.is_signed_off:
        return None
    if due.paused_at is not None:
        return next((mark for mark in _pause_reviews(due, due.paused_at, watch) if mark.key not in done), None)
    if due.is_held:
        return None
    ahead = [mark for mark in _until_due(due, watch, after) if mark.key not in done]
    if ahead:
        return min(ahead, key=lambda mark: (mark.at, _ORDER[mark.kind]))
    for mark in _after_due(due, watch, after):
        if mark.key not in done:
            return mark
    return None


def _until_due(due: Due, watch: Watch, after: datetime) -> Iterator[Mark]:
    if due.acknowledge_by and not due.is_acknowledged:
        yield Mark(MarkKind.ACKNOWLEDGE_MISSED, due.acknowledge_by, due.acknowledge_by)
    if due.contact_by and not due.is_contacted:
        yield Mark(MarkKind.CONTACT_MISSED, due.contact_by, due.contact_by)
    for ahead in watch.terms.remind:
        yield from _warning(MarkKind.REMIND, ahead, due, watch, after)
    yield from _warning(MarkKind.YELLOW, watch.terms.yellow, due, watch, after)
    if due.review_every is not None:
        yield from _reviews(due, due.review_every, watch, after)
    yield Mark(MarkKind.RED, due.reply_by, due.reply_by)


def _reviews(due: Due, every: Limit, watch: Watch, after: datetime) -> Iterator[Mark]:
    """Yield the review dates (挂账复核) between the approval and the date that was agreed on."""
    at = extended(after, every, watch.calendar, watch.hours)
    turn = 1
    while at < due.reply_by:
        yield Mark(MarkKind.REVIEW_DEFERRAL, at, due.reply_by, str(turn))
        at, turn = extended(at, every, watch.calendar, watch.hours), turn + 1


def _pause_reviews(due: Due, paused_at: datetime, watch: Watch) -> Iterator[Mark]:
    """Yield the review dates of a pause (暂停复核), without end: a pause ends only when somebody says so."""
    at, turn = paused_at, 1
    while due.review_every is not None:
        at = extended(at, due.review_every, watch.calendar, watch.hours)
        yield Mark(MarkKind.REVIEW_PAUSE, at, paused_at, str(turn))
        turn += 1


def _warning(kind: MarkKind, ahead: Limit, due: Due, watch: Watch, after: datetime) -> Iterator[Mark]:
    at = before(due.reply_by, ahead, watch.calendar)
    if at > after:
        yield Mark(kind, at, due.reply_by, str(ahead))


def _after_due(due: Due, watch: Watch, after: datetime) -> Iterator[Mark]:
    terms, since = watch.terms, max(due.reply_by, after)
    for kind, later in ((MarkKind.SUPERVISE, terms.supervise), (MarkKind.ESCALATE, terms.escalate)):
        yield Mark(kind, extended(since, later, watch.calendar, watch.hours), due.reply_by)
