"""Reading and writing JSON bodies, query parameters and cursors."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar
from urllib.parse import quote

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from hotline.api.faults import in_words, not_json
from models.calendar import CHINA_TIME
from models.errors import HotlineError, InvalidRequest

if TYPE_CHECKING:
    from hotline.hub import Hub

S = TypeVar("S", bound="Struct")
Moment = Annotated[datetime, Meta(tz=True)]
MOST_ON_A_PAGE: Final = 100
LARGEST_JSON: Final = 1024 * 1024
LARGEST_EXACT: Final = 2**53
LONGEST_PERIOD: Final = timedelta(days=366)
LONGEST_SPAN: Final = timedelta(days=92)
EARLIEST: Final = date(1990, 1, 1)
LATEST: Final = date(2200, 1, 1)
# Nothing of ours happened before, not even what was brought in from older systems.
CURSOR_YEARS: Final = range(1900, 2200)
TOO_LARGE: Final = "请求内容超过1兆字节；照片、录音请用 /api/v1/attachments 上传"
HAS_NUL: Final = "内容含有空字符（NUL），请删除后重试"


class TooLarge(HotlineError):
    """The body is larger than any request of ours needs to be."""

    code = "request_entity_too_large"
    status = 413


async def read_body(request: web.Request, kind: type[S]) -> tuple[bytes, S]:
    """Return the raw bytes and the decoded body; raises TooLarge, InvalidRequest naming the field."""
    raw = await read(request)
    return raw, decode(raw, kind)


async def read(request: web.Request) -> bytes:
    """Return the raw bytes of a JSON body; raises TooLarge."""
    if (request.content_length or 0) > LARGEST_JSON:
        raise TooLarge(TOO_LARGE)
    raw = await request.read()
    if len(raw) > LARGEST_JSON:
        raise TooLarge(TOO_LARGE)
    return raw


def decode(raw: bytes, kind: type[S]) -> S:
    """Decode a JSON body; raises InvalidRequest naming the field, in Chinese.

    Fields that we do not know are ignored where the shape does not forbid them.
    """
    try:
        found = _decode(raw, kind)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"请求内容不符合要求：{in_words(error)}") from error
    except RecursionError as error:
        raise InvalidRequest("请求内容不是有效的 JSON：嵌套过深") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if b"\x00" in raw:
            raise InvalidRequest(HAS_NUL) from error
        raise InvalidRequest(f"请求内容不是有效的 JSON：{not_json(raw, error)}") from error
    if rb"\u0000" in raw and _has_nul(found):
        raise InvalidRequest(HAS_NUL)
    return found


def _decode(raw: bytes, kind: type[S]) -> S:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        if "`float`" not in str(error):
            raise
    # To JSON, 53.0 is an integer like 53.
    return msgspec.convert(_whole(msgspec.json.decode(raw)), kind)


def _has_nul(value: Any) -> bool:
    """PostgreSQL keeps no NUL in a text."""
    match value:
        case str():
            return "\x00" in value
        case list() | tuple():
            return any(_has_nul(inner) for inner in value)
        case Struct():
            return any(_has_nul(getattr(value, name)) for name in value.__struct_fields__)
    return False


def _whole(value: Any) -> Any:
    match value:
        case float() if value.is_integer() and abs(value) <= LARGEST_EXACT:
            return int(value)
        case dict():
            return {name: _whole(inner) for name, inner in value.items()}
        case list():
            return [_whole(inner) for inner in value]
    return value


def answer(content: Any, kind: Any, *, status: int = 200) -> web.Response:
    """Return a JSON answer of a declared shape: what the shape does not promise is not told.

    Raises msgspec.ValidationError where the content is not what it promises.
    """
    promised = msgspec.json.decode(msgspec.json.encode(content), type=kind)
    return raw_answer(msgspec.json.encode(promised), status)


def raw_answer(content: bytes, status: int) -> web.Response:
    """Return a JSON answer that is encoded already."""
    return web.Response(body=content, status=status, content_type="application/json")


def download(content: bytes, media_type: str, plain_name: str, name: str) -> web.Response:
    """Return a file that is kept nowhere on its way; `plain_name` is for browsers that read no other."""
    shown = f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"content-disposition": shown, "x-content-type-options": "nosniff", "cache-control": "private, no-store"}
    return web.Response(body=content, content_type=media_type, headers=headers)


def page_size(request: web.Request) -> int:
    """Return ?limit= (1..100, default 20)."""
    return whole_number(request, "limit", 20, 1, MOST_ON_A_PAGE)


def whole_number(request: web.Request, name: str, default: int, low: int, high: int) -> int:
    """Return a whole number from the query; raises InvalidRequest."""
    text = request.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19 and low <= int(text) <= high):
        raise InvalidRequest(f"参数 {name} 应为 {low} 到 {high} 之间的整数")
    return int(text)


def query(request: web.Request, name: str) -> str | None:
    """Return a query parameter, None where it is missing or empty; raises InvalidRequest for NUL."""
    text = request.query.get(name) or None
    if text is not None and "\x00" in text:
        raise InvalidRequest(f"参数 {name} 含有空字符")
    if text is not None:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidRequest(f"参数 {name} 不是有效的 UTF-8") from error
    return text


def moment(request: web.Request, name: str) -> datetime | None:
    """Return a moment from the query, None where it is missing; raises InvalidRequest for what is none, or has no offset."""
    if name not in request.query:
        return None
    text = query(request, name) or ""
    try:
        # In an address that was not encoded, the plus of the offset reads as a blank.
        return msgspec.convert(text.replace(" ", "+"), Moment).astimezone(UTC)
    except (msgspec.ValidationError, OverflowError) as error:
        raise InvalidRequest(f"参数 {name} 应为带时区的时间，如 2026-11-23T09:00:00+08:00") from error


def day(request: web.Request, name: str) -> date | None:
    """Return a date from the query, None where it is missing; raises InvalidRequest for what is none."""
    if name not in request.query:
        return None
    try:
        return msgspec.convert(query(request, name) or "", date)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"参数 {name} 应为日期，如 2026-11-23") from error


def days(request: web.Request, today: date) -> tuple[date, date]:
    """Return ?from= and ?to=, both meant: without them the thirty days up to today; raises InvalidRequest."""
    last = day(request, "to") or today
    if not EARLIEST <= last <= LATEST:
        raise InvalidRequest("参数 to 超出可统计的日期")
    first = day(request, "from") or last - timedelta(days=29)
    if first > last or last - first > LONGEST_PERIOD or first < EARLIEST:
        raise InvalidRequest(f"参数 from 应不晚于 to，且相隔不超过{LONGEST_PERIOD.days}天")
    return first, last


def since(request: web.Request, hub: Hub) -> datetime:
    """Return ?since=, else the midnight that begins the hub's day."""
    return moment(request, "since") or datetime.combine(hub.today(), time(), CHINA_TIME).astimezone(UTC)


def span(request: web.Request, hub: Hub) -> tuple[datetime, datetime]:
    """Return ?since= (else midnight) and ?until= (else now); raises InvalidRequest where that is no span, or too long a one."""
    first, last = since(request, hub), moment(request, "until") or hub.now()
    if not timedelta() < last - first <= LONGEST_SPAN:
        raise InvalidRequest(f"参数 until 应晚于 since，且相隔不超过{LONGEST_SPAN.days}天")
    return first, last


def yes_no(request: web.Request, name: str) -> bool | None:
    """Return a query parameter that is true or false, None where it is missing; raises InvalidRequest."""
    text = query(request, name)
    if text not in {None, "true", "false"}:
        raise InvalidRequest(f"参数 {name} 应为 true 或 false")
    return None if text is None else text == "true"


def one_of(request: web.Request, name: str, known: tuple[str, ...]) -> str | None:
    """Return a query parameter that is one of some words, None where it is missing or empty; raises InvalidRequest."""
    text = query(request, name)
    if text is not None and text not in known:
        raise InvalidRequest(f"参数 {name} 应为 {'、'.join(known)} 之一")
    return text


def make_cursor(*parts: Any) -> str:
    """Return an opaque cursor."""
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


def read_cursor(request: web.Request, kind: Any, name: str = "cursor") -> Any:
    """Return what a cursor holds, None without one; raises InvalidRequest for one that we did not make."""
    text = query(request, name)
    if text is None:
        return None
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=kind)
        if any(isinstance(part, datetime) and not _is_moment(part) for part in found):
            raise InvalidRequest(f"参数 {name} 无效，请从头开始")
        # PostgreSQL has no number beyond these.
        if any(isinstance(part, int) and not -(2**63) <= part < 2**63 for part in found):
            raise InvalidRequest(f"参数 {name} 无效，请从头开始")
        if any(isinstance(part, str) and not part.isprintable() for part in found):
            raise InvalidRequest(f"参数 {name} 无效，请从头开始")
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise InvalidRequest(f"参数 {name} 无效，请从头开始") from error
    return found


def _is_moment(at: datetime) -> bool:
    """Whether a time has an offset, and a day in UTC too, as PostgreSQL takes it."""
    try:
        return at.tzinfo is not None and at.astimezone(UTC).year in CURSOR_YEARS
    except OverflowError:
        return False


def idempotency_key(request: web.Request) -> str:
    """Return the Idempotency-Key header; raises InvalidRequest where it is missing or odd."""
    key = request.headers.get("idempotency-key", "")
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise InvalidRequest("请在 Idempotency-Key 头中提供1至200个可见字符，重发时保持不变")
    try:
        key.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest("Idempotency-Key 不是有效的 UTF-8") from error
    return key
