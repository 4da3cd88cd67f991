"""The ticket and everything that belongs to it, as frozen records. Field names are the column names."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from models.errors import NotFound
from models.lifecycle import LIVE_ASSIGNMENT, AssignmentState, TicketState
from models.vocabulary import AssignmentRole, Channel, Disclosure, Identity, Kind, Role

MONTH: Final = 10**10
GENESIS: Final = bytes(32)


class Ticket(Struct, frozen=True, kw_only=True):
    """One matter on its whole way (工单): what moves. Its words are a TicketText.

    `stage_by` is when the hotline's own present stage (desk, review, follow-up) must be done; `reply_by` is the
    lead's. `promised_at` was told to the citizen. Dates with `first_` never move. `recused` are the units that were ever
    accused: neither they nor what stands below them may have a part, whatever the category becomes. `copied` are who was told
    of the newest dispatch and has no part (抄送). `imported_from` and `old_number` say which platform a ticket of the past was taken
    over from (历史导入) and what it was called there; `police_number` is what 110 calls what it sent us (警单号).
    """

    city_code: str
    id: int
    state: TicketState
    kind: Kind
    urgency: int
    category: str
    detail: str | None
    channel: Channel
    line: str | None
    identity: Identity
    disclosure: Disclosure
    caller_index: bytes | None
    place: str | None
    lat: float | None
    lon: float | None
    grid: str | None
    street: str | None
    district: str | None
    flags: tuple[str, ...]
    lead: str | None
    because: str
    duty: str | None
    accused: str | None
    grassroots: bool
    want_reply: bool
    desk_reason: str | None
    registered_at: datetime
    received_at: datetime
    occurred_at: datetime | None
    promised_at: datetime
    first_promised_at: datetime
    stage_by: datetime | None = None
    reply_by: datetime | None = None
    first_reply_by: datetime | None = None
    closed_at: datetime | None = None
    dispatch_count: int = 0
    auto_category: str | None = None
    send_back_count: int = 0
    reopen_count: int = 0
    urge_count: int = 0
    supervision_level: int = 0
    is_disputed: bool = False
    parent: int | None = None
    merged_into: int | None = None
    interaction: int | None = None
    event_count: int = 0
    head_hash: bytes = GENESIS
    recused: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    imported_from: str | None = None
    old_number: str | None = None
    police_number: str | None = None

    @property
    def number(self) -> str:
        """What people call the ticket by."""
        return number_of(self.id)

    @property
    def version(self) -> int:
        """Grows with every step; a step names the version that it was decided on."""
        return self.event_count

    @property
    def is_confidential_tip_off(self) -> bool:
        """Whether the phone alone must open nothing of it: that may be a household's, or another's by now."""
        return self.kind is Kind.TIP_OFF and self.disclosure is Disclosure.CONFIDENTIAL


class TicketText(Struct, frozen=True, kw_only=True):
    """What was said, opened. Only `masked_text` may be searched, shown or given to a model.

    `answer` is what the hotline itself told the citizen (直办, 不予受理).
    """

    text: str
    brief: str
    query_code: str
    masked_text: str
    caller_name: str | None
    caller_phone: str | None
    reading: dict[str, Any]
    answer: str | None = None


class Assignment(Struct, frozen=True, kw_only=True):
    """One department's part of a ticket (承办), with its own state, clocks, reply and sign-off.

    `ordinal` counts within the ticket from 1; what its clocks are counted from stands in the trail (models.clocks);
    `counted_from` is when its present dates began to hold: the dispatch, the approval that moved them, or the ruling
    that let them run on. `asked` is a request for time that waits for a decision, `decide_by` when what waits must be
    decided; `send_back_count` is how often its department asked to be rid of it; `marks` are the reminders already given.
    """

    city_code: str
    ticket_id: int
    ordinal: int
    parent: int | None
    role: AssignmentRole
    state: AssignmentState
    department: str
    because: str
    is_designated: bool
    dispatched_at: datetime
    counted_from: datetime
    acknowledge_by: datetime
    contact_by: datetime
    reply_by: datetime
    send_back_by: datetime | None
    first_acknowledge_by: datetime
    first_contact_by: datetime
    first_reply_by: datetime
    acknowledged_at: datetime | None = None
    contacted_at: datetime | None = None
    replied_at: datetime | None = None
    signed_off_at: datetime | None = None
    ended_at: datetime | None = None
    paused_at: datetime | None = None
    extension_count: int = 0
    send_back_count: int = 0
    asked: dict[str, Any] | None = None
    decide_by: datetime | None = None
    marks: tuple[str, ...] = ()
    result: str | None = None
    reply: bytes | None = None

    @property
    def is_live(self) -> bool:
        """Still owed something."""
        return self.state in LIVE_ASSIGNMENT

    @property
    def is_lead(self) -> bool:
        """Its steps move the ticket."""
        return self.role is AssignmentRole.LEAD

    @property
    def is_with_department(self) -> bool:
        """The next step is the department's: not signed off, and not waiting for a ruling."""
        return self.is_live and self.signed_off_at is None and self.state is not AssignmentState.SEND_BACK_REQUESTED

    @property
    def is_outstanding(self) -> bool:
        """Its department still owes a reply of its own, or the sign-off of it: no review ends before."""
        return self.is_live and self.state is not AssignmentState.SIGNED_OFF

    @property
    def is_deferral_reviewed(self) -> bool:
        """Its deferral (挂账) has come to a review, and the hotline must say whether it still stands."""
        return self.state is AssignmentState.DEFERRED and self.asked is not None

    @property
    def waits_for(self) -> str | None:
        """On what a decision is waited for: `send_back` comes before `extension` and `deferral`; None on nothing."""
        if self.state is AssignmentState.SEND_BACK_REQUESTED:
            return "send_back"
        return str(self.asked["what"]) if self.is_live and self.asked else None


class Actor(Struct, frozen=True):
    """Who takes a step: a role and a name (user, department, channel or worker)."""

    role: Role
    name: str
    department: str | None = None


# Whoever registered it, or knows its query code: the trail names no citizen, nor whoever passed their words on.
CITIZEN: Final = Actor(Role.CITIZEN, "citizen")


class Delivery(Struct, frozen=True, kw_only=True):
    """A webhook to be sent: `content` is the JSON body before sealing; `traceparent` the trace in which it was queued."""

    id: str
    ticket_id: int
    position: int
    department: str
    type: str
    content: str
    traceparent: str | None = None


class Notice(Struct, frozen=True, kw_only=True):
    """A message to the citizen (短信): address and words before sealing."""

    id: str
    ticket_id: int
    kind: str
    address: str
    content: str


class Timer(Struct, frozen=True, kw_only=True):
    """The next moment at which the clock must act on a part of a ticket."""

    city_code: str
    ticket_id: int
    subject: str
    kind: str
    due_at: datetime
    attempts: int = 0


@lru_cache(1024)
def number_of(ticket_id: int) -> str:
    """Return the ticket's number: yyyymm, at least seven digits, and a Luhn check digit for the telephone."""
    digits = f"{ticket_id // MONTH}{ticket_id % MONTH:07d}"
    return f"{digits}{_luhn(digits)}"


def first_id(since: datetime) -> int:
    """Return the lowest id that a ticket registered since a time can have: it begins with the month of its registration, in UTC."""
    since = since.astimezone(UTC)
    return (since.year * 100 + since.month) * MONTH


def id_of(number: str) -> int:
    """Return the id that a number encodes; raises NotFound where no ticket can have that number."""
    if not (number.isascii() and number.isdigit() and 14 <= len(number) <= 17):
        raise NotFound(f"没有编号为“{number[:32]}”的工单，请核对工单号")
    if _luhn(number[:-1]) != number[-1]:
        raise NotFound(f"工单号“{number}”校验位不符，请核对是否抄错")
    ticket_id = int(number[:6]) * MONTH + int(number[6:-1])
    if number_of(ticket_id) != number:
        # Zeros put in between would make a second number of the same ticket.
        raise NotFound(f"没有编号为“{number}”的工单，请核对工单号")
    return ticket_id


def _luhn(digits: str) -> str:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
