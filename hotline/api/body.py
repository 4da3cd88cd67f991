"""Reading and writing JSON bodies, query parameters and cursors."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from aiohttp import web

from models.errors import InvalidRequest

if TYPE_CHECKING:
    from msgspec import Struct

S = TypeVar("S", bound="Struct")
MOST_ON_A_PAGE: Final = 100
# The escape of NUL, but not a backslash followed by the letters u0000, which a citizen may well write.
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_TYPES: Final = {
    "str": "文字",
    "str | null": "文字",
    "int": "整数",
    "int | null": "整数",
    "float": "数",
    "bool": "true 或 false",
    "object": "对象",
    "object | null": "对象",
    "array": "数组",
    "array | null": "数组",
    "datetime": "时间",
    "null": "空值",
}
_FAULTS: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Object missing required field `(.+)`", "缺少必填项“{0}”"),
        (r"Invalid enum value (.+)", "没有{0}这个取值，见 /api/v1/labels"),
        (r"Expected `str(?: \| null)?` of length >= (\d+)", "至少填写{0}个字"),
        (r"Expected `str(?: \| null)?` of length <= (\d+)", "最多填写{0}个字"),
        (r"Expected `str(?: \| null)?` matching regex .+", "格式不正确"),
        (r"Expected `array(?: \| null)?` of length >= (\d+)", "至少填写{0}项"),
        (r"Expected `array(?: \| null)?` of length <= (\d+)", "最多填写{0}项"),
        (r"Expected `(?:int|float)(?: \| null)?` >= (.+)", "应不小于{0}"),
        (r"Expected `(?:int|float)(?: \| null)?` <= (.+)", "应不大于{0}"),
        (r"Expected `datetime(?: \| null)?` with a timezone component", "时间须写明时区，如 2026-11-23T09:30:00+08:00"),
        (r"Invalid RFC3339 encoded datetime", "时间格式不正确，如 2026-11-23T09:30:00+08:00"),
        (r"Number out of range", "数值超出范围"),
        (r"Expected `([^`]+)`, got `([^`]+)`", "应为{0}，收到的是{1}"),
    )
)


async def read_body(request: web.Request, kind: type[S]) -> tuple[bytes, S]:
    """Return the raw bytes and the decoded body; raises InvalidRequest naming the field."""
    raw = await request.read()
    return raw, decode(raw, kind)


def decode(raw: bytes, kind: type[S]) -> S:
    """Decode a JSON body; raises InvalidRequest naming the field, in Chinese."""
    if b"\x00" in raw or _NUL.search(raw):
        raise InvalidRequest("内容含有空字符（NUL），请删除后重试")
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"请求内容不符合要求：{in_chinese(str(error))}") from error
    except RecursionError as error:
        raise InvalidRequest("请求内容嵌套过深，请简化后重试") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest("请求内容不是有效的 JSON（须为完整的 UTF-8 文本，不含残缺字符），请检查后重试") from error


def in_chinese(fault: str) -> str:
    """Return a fault of msgspec in Chinese, with the field that it is about; an unknown one as it is."""
    said, _, place = fault.partition(" - at ")
    field = place.strip("`").removeprefix("$").removeprefix(".")
    for pattern, words in _FAULTS:
        found = pattern.fullmatch(said)
        if found is not None:
            told = words.format(*(_TYPES.get(group, group) for group in found.groups()))
            return f"{field}：{told}" if field else told
    return fault


def answer(content: Any, status: int = 200) -> web.Response:
    """Return a JSON answer."""
    return web.Response(body=msgspec.json.encode(content), status=status, content_type="application/json")


def raw_answer(content: bytes, status: int) -> web.Response:
    """Return a JSON answer that is encoded already."""
    return web.Response(body=content, status=status, content_type="application/json")


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


def make_cursor(*parts: Any) -> str:
    """Return an opaque cursor."""
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


def read_cursor(request: web.Request, kind: Any) -> Any:
    """Return what a cursor holds, None without one; raises InvalidRequest for one that we did not make."""
    text = query(request, "cursor")
    if text is None:
        return None
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=kind)
        if any(isinstance(part, datetime) and part.tzinfo is None for part in found):
            raise InvalidRequest("参数 cursor 无效，请从第一页重新开始")
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise InvalidRequest("参数 cursor 无效，请从第一页重新开始") from error
    return found


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
