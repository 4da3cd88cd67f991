"""What is promised and by when (时限政策): a city's policies and the law's own clocks, as records.

They are read from policies/*.toml (`read_policy`, `read_statutes`); counting is in models.deadlines, the clocks
of one assignment in models.clocks.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from models.blocks import Blocks, read_part
from models.labels import LABELS
from models.limits import InvalidRule, Limit, Unit, limit, limit_hook
from models.vocabulary import Flag, Kind, Urgency


class ExtensionTerms(Struct, frozen=True, kw_only=True):
    """How often and by how much a date may be extended (延期). The limits are text: the trail keeps them."""

    times: int
    each: str = ""
    total: str = ""

    def __post_init__(self) -> None:
        if self.times and limit(self.each).unit is not limit(self.total).unit:
            raise InvalidRule(f"延期的每次上限“{self.each}”与合计上限“{self.total}”须用同一单位")

    def refusal(self, granted: Sequence[str], asked: str) -> str | None:
        """Return in Chinese why an extension may not be asked for, None where it may.

        `granted` are the extensions approved before. Raises InvalidRule where `asked` is no limit.
        """
        wanted = limit(asked)
        if len(granted) >= self.times:
            return f"该事项最多可延期{self.times}次，已批准{len(granted)}次" if self.times else "该事项不允许延期"
        each, total = limit(self.each), limit(self.total)
        if wanted.unit is not each.unit:
            return f"延期应以“{each.words}”的单位提出，例如 {each}"
        if wanted.amount > each.amount:
            return f"每次延期最多{each.words}"
        used = sum(limit(text).amount for text in granted)
        if used + wanted.amount > total.amount:
            return f"延期合计最多{total.words}，已批准{used}，还可申请{max(0, total.amount - used)}"
        return None


class LimitRow(Struct, frozen=True, kw_only=True):
    """The limits of some kinds at some urgencies. No `send_back`: it may not be sent back (先办后议).

    `dispatch` is how long a ticket may lie on the dispatch desk (派单台), `promise` counts from its registration, the
    others from its dispatch. `source` is where these limits come from.
    """

    urgencies: frozenset[Urgency]
    kinds: frozenset[Kind]
    dispatch: Limit
    acknowledge: Limit
    contact: Limit
    reply: Limit
    promise: Limit
    send_back: Limit | None = None
    extension: ExtensionTerms = ExtensionTerms(times=0)
    source: str = ""


class MarkTerms(Struct, frozen=True, kw_only=True):
    """When the clock speaks: `remind` 催办 and `yellow` 黄牌 before the due time, the others after it."""

    remind: tuple[Limit, ...]
    yellow: Limit
    supervise: Limit
    escalate: Limit

    def __post_init__(self) -> None:
        for ahead in (*self.remind, self.yellow):
            if ahead.unit is Unit.WORKING_HOUR:
                raise InvalidRule(f"催办和黄牌的提前量“{ahead}”不能用工作小时")


class ReviewTerms(Struct, frozen=True, kw_only=True):
    """How long a reply may wait for review (审核)."""

    within: Limit


class SendBackTerms(Struct, frozen=True, kw_only=True):
    """退单: decided within; the n-th send-back is a dispute, the n-th dispatch designates."""

    decide_within: Limit
    dispute_at: int
    designate_at: int

    def must_designate(self, dispatch_count: int) -> bool:
        """Tell whether the next dispatch of a ticket that was dispatched so often must be a designation."""
        return dispatch_count + 1 >= self.designate_at


class DecisionTerms(Struct, frozen=True, kw_only=True):
    """How long a request for an extension may wait (延期审批)."""

    decide_within: Limit


class DeferralTerms(Struct, frozen=True, kw_only=True):
    """挂账: decided within, then reviewed at intervals."""

    decide_within: Limit
    review_every: Limit


Rung = Literal["sms", "auto_call", "person"]


class LadderTerms(Struct, frozen=True, kw_only=True):
    """回访梯次: a link, an automatic call, a person; which are used, in this order, and how long each one's answer is waited for.

    What one of the `person_` fields names is asked by a person at once. A person makes so many `calls_per_person` a day.
    """

    rungs: tuple[Rung, ...] = ("person",)
    sms_within: Limit = limit("4h")
    call_within: Limit = limit("30m")
    person_kinds: tuple[Kind, ...] = ()
    person_flags: tuple[Flag, ...] = ()
    person_reopened: bool = True
    person_confidential: bool = True
    calls_per_person: Annotated[int, Meta(ge=1, le=1000)] = 60

    def __post_init__(self) -> None:
        if self.rungs[-1:] != ("person",) or len(set(self.rungs)) != len(self.rungs):
            raise InvalidRule("回访梯次（rungs）不得重复，最后一级须为 person（人工）")


class FollowUpTerms(Struct, frozen=True, kw_only=True, dict=True):
    """回访: attempts in different parts of the day, never in quiet hours, which may pass midnight.

    Who is unsatisfied gets it done again, or an explanation and the end; where nobody is reached, that is the end, or a
    person decides.
    """

    within: Limit
    attempts: int
    day_parts: tuple[str, ...]
    quiet: tuple[str, ...] = ()
    link_within: Limit
    unsatisfied: Literal["reopen", "close"]
    unreachable: Literal["close", "person"]
    ladder: LadderTerms = LadderTerms()

    def __post_init__(self) -> None:
        if self.attempts < 1 or not self.day_parts:
            raise InvalidRule("回访至少要有一次尝试和一个时段")
        for part, blocks in self.calling_times.items():
            if not blocks:
                raise InvalidRule(f"回访时段“{part}”全在免打扰时间内")

    @cached_property
    def calling_times(self) -> dict[str, Blocks]:
        """What is left of every part of the day outside the quiet hours."""
        return {part: read_part(part, self.quiet) for part in self.day_parts}


class ReopenTerms(Struct, frozen=True, kw_only=True):
    """重办: to whom, with how much of the limit, from which count on it is supervised or escalated, and where that comes from."""

    to: Literal["lead", "desk"]
    first_factor: float
    supervise_at: int
    escalate_at: int
    within: Limit
    source: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.first_factor <= 1:
            raise InvalidRule(f"重办时限系数“{self.first_factor}”应大于 0 且不超过 1")


class ArchiveTerms(Struct, frozen=True, kw_only=True):
    """How long after closing a ticket is archived (归档)."""

    after: Limit


class MissedCallTerms(Struct, frozen=True, kw_only=True):
    """How soon a missed call is called back (漏接回拨, 国办函〔2025〕66号)."""

    call_back_within: Limit


class HandoffTerms(Struct, frozen=True, kw_only=True):
    """How soon an emergency handoff reaches the other side, in seconds, and how soon it is confirmed (紧急转接).

    What bears one of the flags `clues` is pushed to 110 as a clue (影响社会稳定线索, 国办发〔2022〕12号), which must acknowledge it.
    """

    confirm_within: Limit
    offer_within_seconds: Annotated[int, Meta(ge=1, le=3600)] = 30
    clues: tuple[Flag, ...] = ()
    acknowledge_clue_within: Limit = limit("10m")


class Policy(Struct, frozen=True, kw_only=True, dict=True):
    """One city's rules of time, and the `source` they follow. Raises InvalidRule unless every kind at every urgency has its limits."""

    id: str
    name: str
    version: str
    limits: tuple[LimitRow, ...]
    marks: MarkTerms
    review: ReviewTerms
    send_back: SendBackTerms
    extension: DecisionTerms
    deferral: DeferralTerms
    follow_up: FollowUpTerms
    reopen: ReopenTerms
    archive: ArchiveTerms
    missed_call: MissedCallTerms
    handoff: HandoffTerms
    source: str = ""

    def __post_init__(self) -> None:
        for kind in Kind:
            for urgency in Urgency:
                if (kind, urgency) not in self._rows:
                    what = LABELS["kind"][kind] + LABELS["urgency"][str(int(urgency))]
                    raise InvalidRule(f"时限政策“{self.name}”没有规定{what}件的时限")

    @cached_property
    def _rows(self) -> dict[tuple[Kind, Urgency], LimitRow]:
        found: dict[tuple[Kind, Urgency], LimitRow] = {}
        for row in self.limits:
            for kind in row.kinds:
                for urgency in row.urgencies:
                    found.setdefault((kind, urgency), row)
        return found

    def limits_for(self, kind: Kind, urgency: int) -> LimitRow:
        """Return the limits of a kind at an urgency (1..4): the first row of the policy that names both."""
        return self._rows[kind, Urgency(urgency)]


class Statute(Struct, frozen=True, kw_only=True):
    """A clock of the law (法定期限) for some categories, four or six digits, and kinds.

    Its `reply` stands in place of the policy's; one that `tightens` only where it is due earlier.
    """

    id: str
    law: str
    categories: tuple[str, ...]
    kinds: frozenset[Kind]
    reply: Limit
    urgencies: frozenset[Urgency] = frozenset(Urgency)
    extension: ExtensionTerms = ExtensionTerms(times=0)
    tightens: bool = False


def statute_for(statutes: Iterable[Statute], category: str, kind: Kind, urgency: int) -> Statute | None:
    """Return the statute of a matter, None where the law sets no clock; the closest category wins.

    `category` is the most specific code known of the matter.
    """
    best: tuple[int, Statute | None] = (0, None)
    for statute in statutes:
        if kind in statute.kinds and urgency in statute.urgencies:
            near = max((len(code) for code in statute.categories if category.startswith(code)), default=0)
            if near > best[0]:
                best = (near, statute)
    return best[1]


def read_policy(written: Mapping[str, Any]) -> Policy:
    """Make a policy of what tomllib read; an empty text is nothing given.

    Raises InvalidRule, or msgspec.ValidationError with the path of the field.
    """
    return msgspec.convert(_without_blanks(written), Policy, dec_hook=limit_hook)


def read_statutes(written: Mapping[str, Any]) -> tuple[Statute, ...]:
    """Make the statutes of what tomllib read of statutes.toml. Raises as `read_policy` does."""
    return msgspec.convert(_without_blanks(written)["statutes"], tuple[Statute, ...], dec_hook=limit_hook)


def _without_blanks(written: Any) -> Any:
    if isinstance(written, Mapping):
        return {key: _without_blanks(value) for key, value in written.items() if value != ""}
    if isinstance(written, list):
        return [_without_blanks(value) for value in written]
    return written
