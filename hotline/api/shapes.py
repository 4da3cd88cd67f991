"""What answers look like: these records are what the handlers fill and what /api/openapi.json promises."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from hotline.fields import Taken
from hotline.fitting import ProposedIncident
from models.lifecycle import Action, AssignmentState, TicketState
from models.understanding import Interval, Misconduct, Place, ScopeDoubt
from models.vocabulary import AssignmentRole, Channel, Disclosure, Flag, Identity, Kind
from nlu.reply_check import Finding

Level = Annotated[int, Meta(ge=1, le=4, description="1 特急 2 紧急 3 一般 4 平件")]
Count = Annotated[int, Meta(ge=0)]
Number = Annotated[str, Meta(pattern="^[0-9]{14,17}$", description="工单号")]
Provisional = Annotated[bool, Meta(description="promised_at 所在年份的放假安排尚未公布，日期为暂定，只早不晚")]
Cursor = Annotated[str | None, Meta(description="下一页的游标；null 表示没有更多")]


class Named(Struct, kw_only=True):
    """A code of the city's data with its Chinese name."""

    code: str
    name: str


class NamedCategory(Struct, kw_only=True):
    """A category; `detail` is its third level where that is known."""

    code: str
    name: str
    detail: str | None


class Point(Struct, kw_only=True):
    """WGS84 degrees."""

    lat: float
    lon: float


class MaskedCaller(Struct, kw_only=True):
    """诉求人, masked."""

    name: str | None
    phone: str | None


class HeldBy(Struct, kw_only=True):
    """占用: who of the dispatch desk has a ticket open; it lapses unless they go on. Departments are not told.

    `may_take_over` tells that the asker may take it out of the other's hands (接手).
    """

    name: str
    held_at: datetime
    lapses_at: datetime
    is_own: bool
    may_take_over: bool


class TicketLine(Struct, kw_only=True):
    """A ticket in a list. The hotline sees `text`, a department `brief`; both masked and cut."""

    number: Number
    state: TicketState
    kind: Kind
    urgency: Level
    category: Named
    channel: Channel
    line: str | None
    lead: Named | None
    assignment: int | None
    assignment_state: AssignmentState | None
    asks: str | None
    place: str | None
    district: str | None
    street: str | None
    text: str | None
    brief: str | None
    desk_reason: str | None
    registered_at: datetime
    promised_at: datetime
    reply_by: datetime | None
    stage_by: datetime | None
    due_by: Annotated[datetime | None, Meta(description="下一时限；已了结的为 null")]
    urge_count: Count
    dispatch_count: Count
    send_back_count: Count
    reopen_count: Count
    is_disputed: bool
    supervision_level: Count
    held_by: HeldBy | None
    version: Count


class Tickets(Struct, kw_only=True):
    """One page of tickets."""

    tickets: list[TicketLine]
    cursor: Cursor


class Part(Struct, kw_only=True):
    """承办: one department's part of a ticket. `is_own` tells whether it is the asker's.

    `handler` (经办人) and `signed_by` (签发人) are masked, and null for a department that may not read them.
    """

    assignment: int
    parent: int | None
    role: AssignmentRole
    state: AssignmentState
    department: Named
    because: str
    is_designated: bool
    is_own: bool
    dispatched_at: datetime
    acknowledge_by: datetime
    contact_by: datetime
    reply_by: datetime
    first_reply_by: datetime
    send_back_by: datetime | None
    acknowledged_at: datetime | None
    contacted_at: datetime | None
    replied_at: datetime | None
    signed_off_at: datetime | None
    ended_at: datetime | None
    paused_at: datetime | None
    asked: dict[str, Any] | None
    decide_by: datetime | None
    extension_count: Count
    send_back_count: Count
    result: str | None
    handler: str | None
    signed_by: str | None


class TicketReply(Struct, kw_only=True):
    """反馈 of a part, masked, with what its check (答复质检) finds."""

    assignment: int
    text: str
    result: str | None
    replied_at: datetime | None
    findings: list[Finding]


class HandoffRow(Struct, kw_only=True):
    """紧急转接 of a ticket."""

    id: str
    number: str
    flag: str
    opened_at: datetime
    confirm_by: datetime
    offered_at: datetime | None
    confirmed_at: datetime | None
    outside_number: str | None


class ExternalIdRow(Struct, kw_only=True):
    """外部编号: under which number another system keeps the matter."""

    system: str
    name: str
    number: str
    at: datetime


class AttachmentLine(Struct, kw_only=True):
    """A file that came with the request, or a photo `taken` before or after the work on a part; its name is masked."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    name: str
    media_type: str
    size: Annotated[int, Meta(ge=1)]
    taken: Taken | None
    assignment: int | None
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class TicketPage(Struct, kw_only=True):
    """The whole of a ticket as the asker may see it."""

    number: Number
    state: TicketState
    kind: Kind
    urgency: Level
    category: NamedCategory
    channel: Channel
    line: str | None
    identity: Identity
    disclosure: Disclosure
    caller: MaskedCaller | None
    text: str | None
    brief: str
    answer: str | None
    place: str | None
    location: Point | None
    grid: str | None
    street: str | None
    district: str | None
    flags: list[str]
    lead: Named | None
    copied: list[Named]
    because: str
    duty: str | None
    desk_reason: str | None
    reading: dict[str, Any] | None
    registered_at: datetime
    received_at: datetime
    occurred_at: datetime | None
    promised_at: datetime
    is_provisional: Provisional
    first_promised_at: datetime
    stage_by: datetime | None
    closed_at: datetime | None
    imported_from: str | None
    old_number: str | None
    police_number: str | None
    dispatch_count: Count
    send_back_count: Count
    reopen_count: Count
    urge_count: Count
    supervision_level: Count
    is_disputed: bool
    assignments: list[Part]
    handoffs: list[HandoffRow]
    replies: list[TicketReply]
    attachments: list[AttachmentLine]
    external_ids: list[ExternalIdRow]
    held_by: HeldBy | None
    version: Count
    allowed_actions: list[Action]


class NamedGuess(Struct, kw_only=True):
    """A candidate category with its calibrated probability."""

    code: str
    name: str
    p: Annotated[float, Meta(ge=0, le=1)]


class WhoseGround(Struct, kw_only=True):
    """属地."""

    district: str
    street: str | None
    community: str | None
    grid: str | None


class ProposedHandoff(Struct, kw_only=True):
    """Where an emergency would go, and what is read to the caller."""

    number: str
    script: str


class Understood(Struct, kw_only=True):
    """What intake would decide; `incident` is the open one that the request seems to be about."""

    categories: list[NamedGuess]
    detail: str | None
    kind: Kind
    kind_p: float
    urgency: Level
    place: Place | None
    subject: str | None
    accused: str | None
    misconduct: Misconduct | None
    time: str | None
    occurred_at: datetime | None
    interval: Interval | None
    amounts: list[float]
    people: int | None
    plates: int
    flags: list[Flag]
    suspected: list[Flag]
    doubted: list[Flag]
    scope: list[ScopeDoubt]
    brief: str
    masked_text: str
    model_version: str
    lead: Named | None
    assisting: list[Named]
    copied: list[Named]
    because: str
    duty: dict[str, Any] | None
    jurisdiction: WhoseGround | None
    handoff: list[ProposedHandoff]
    auto: bool
    desk_reasons: list[str]
    incident: ProposedIncident | None
