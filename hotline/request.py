"""What a channel sends to be registered (CONTRACT: POST /api/v1/tickets), and the same made fit to be kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline.fields import CategoryCode, Code, LineNumber, Moment, Reason, Words, required
from models.errors import Forbidden, InvalidRequest
from models.vocabulary import Channel, Disclosure, Identity, Integration, Kind, Role, Urgency
from nlu.home import without_household
from nlu.normalise import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline.hub import Hub
    from models.line import Line
    from models.ticket import Actor
    from models.understanding import Understanding

LONGEST_TEXT: Final = 20_000
# A citizen's matter may lie far back; a date outside of this is a slip of the keyboard or of a program.
EARLIEST: Final = datetime(1949, 10, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)

PoliceNumber = Annotated[str, Meta(pattern="^[A-Za-z0-9-]{4,64}$")]
# What bears a police number is not handed off to 110 by the program: no web form may say so.
TELLS_POLICE_NUMBER: Final = frozenset({Channel.POLICE, Channel.PHONE})
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class Location(Struct, frozen=True):
    """WGS84 degrees."""

    lat: Latitude
    lon: Longitude


class Caller(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """诉求人: anonymous callers are confidential too."""

    name: Annotated[str, Meta(max_length=64)] | None = None
    phone: Annotated[str, Meta(max_length=32, pattern=r"^\+?[0-9][0-9 \-]{2,30}$")] | None = None
    identity: Identity = Identity.NAMED
    disclosure: Disclosure = Disclosure.OPEN


class OutsideRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """外部编号: the system that keeps the matter too (a line's number or a code of the city's) and its number there."""

    system: Annotated[str, Meta(pattern="^[a-z0-9_-]{1,32}$")]
    number: Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9_.-]{1,63}$")]


class Register(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request as a channel sends it. With an `answer` it was answered while the caller waited (直办): never routed.

    With a `police_number` 110 has sent it: it is accepted, whatever the program thinks of it (首接负责).
    `category`, `kind` and `urgency` are what the seat says of it (hotline.confirming); a `caller` without a phone has that of the call.
    Unknown fields are refused: a misspelt or misplaced `disclosure` must not tell a department who asks.
    """

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
    title: Annotated[str, Meta(max_length=200)] | None = None
    brief: Words | None = None
    answer: Reason | None = None
    category: CategoryCode | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None
    incident: Annotated[str, Meta(pattern="^[0-9]{1,18}$")] | None = None
    police_number: PoliceNumber | None = None
    cites: Annotated[list[Code], Meta(max_length=10)] = []
    channel: Channel | None = None
    line: LineNumber | None = None
    interaction: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    caller: Caller | None = None
    accused: Annotated[str, Meta(max_length=200)] | None = None
    address: Annotated[str, Meta(max_length=300)] | None = None
    location: Location | None = None
    occurred_at: Moment | None = None
    received_at: Moment | None = None
    want_reply: bool = True
    attachments: Annotated[list[Code], Meta(max_length=20)] = []
    external_id: OutsideRecord | None = None

    @property
    def has_more(self) -> bool:
        """More is written with it than the ticket."""
        return bool(self.attachments or self.incident or self.external_id)


def cleaned(request: Register, mask: Callable[[str, str | None], str]) -> Register:
    """Return the request as it may be kept: the citizen's own words as they are, all that goes further masked.

    Raises InvalidRequest for what no person could read and for dates that cannot be meant.
    """
    if not plain(request.text).strip():
        raise InvalidRequest("诉求内容为空，请填写要反映的事情")
    if request.cites and request.answer is None:
        raise InvalidRequest("cites 是直办答复引用的知识条目，须与 answer 一起填写")
    if request.incident is not None and request.answer is not None:
        raise InvalidRequest("并入事件的来电由统一口径答复，不能同时填写 answer")
    for at in (request.occurred_at, request.received_at):
        if at is not None and not EARLIEST <= at < LATEST:
            raise InvalidRequest("occurred_at、received_at 的年份不合理，请核对")
    caller = request.caller and _tidy(request.caller)
    name = caller.name if caller else None

    def masked(text: str | None) -> str | None:
        return mask(text, name).strip() or None if text else None

    return replace(
        request,
        title=(request.title or "").strip() or None,
        brief=masked(request.brief),
        answer=required(request.answer, "答复内容") if request.answer is not None else None,
        caller=caller,
        accused=masked(request.accused),
        address=masked(request.address),
        attachments=list(dict.fromkeys(request.attachments)),
    )


def dialled(hub: Hub, actor: Actor, request: Register) -> Line | None:
    """Return the dialled line of a request, None where none is named; raises Forbidden, InvalidRequest."""
    if request.channel is not None and actor.role is Role.CHANNEL and request.channel != actor.name:
        raise Forbidden(f"该凭证属于渠道“{actor.name}”，不能以“{request.channel}”登记")
    if request.police_number is not None and actor.role is Role.CHANNEL and actor.name not in TELLS_POLICE_NUMBER:
        raise Forbidden("警单号（police_number）只由110的系统或接听110来电的坐席填写")
    if request.line is None:
        return None
    line = hub.city.lines.get(request.line)
    if line is None:
        raise InvalidRequest(f"没有登记号码为“{request.line}”的热线，请核对 line")
    if line.integration is Integration.SUBCENTER:
        raise InvalidRequest(f"{line.number}{line.name}为分中心，请用 PUT /api/v1/feeds/{line.number}/… 报送镜像记录")
    return line


def phone_digits(phone: str) -> str:
    """Return the digits by which a phone is compared: no country code, spaces or dashes."""
    digits = "".join(ch for ch in phone if ch.isdigit())
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def kept_reading(read: Understanding, without_somebody: Callable[[str], str]) -> dict[str, Any]:
    """What of the reading is kept in the clear: no brief, no words that are stored elsewhere, no door, no person's name."""
    kept: dict[str, Any] = msgspec.to_builtins(read)
    for name in ("brief", "masked_text", "tokens", "fingerprint", "bands"):
        del kept[name]
    for name in ("subject", "accused"):
        kept[name] = kept[name] and without_somebody(kept[name])
    if read.misconduct is not None:
        kept["misconduct"]["by"] = without_somebody(read.misconduct.by)
    if read.place is not None:
        kept["place"]["span"] = without_household(read.place.span)
    return kept


def _tidy(caller: Caller) -> Caller:
    """Return a caller without line breaks and empty words."""
    name = " ".join(plain(caller.name or "").split())
    return replace(caller, name=name or None, phone=caller.phone.strip() if caller.phone else None)
