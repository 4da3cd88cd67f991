"""What is wrong with a JSON body, in words that a person can act on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import msgspec

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
        (r"Object contains unknown field `(.+)`", "没有“{0}”这一项，请核对名称和位置"),
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
_AT: Final = re.compile(r"\(byte (\d+)\)$")


def in_words(error: msgspec.ValidationError) -> str:
    """Return in Chinese which field is wrong and how: `caller.phone：格式不正确`."""
    said, _, path = str(error).partition(" - at `$")
    field = path.rstrip("`").removeprefix(".")
    for pattern, words in _FAULTS:
        found = pattern.fullmatch(said)
        if found is not None:
            said = words.format(*(_TYPES.get(part, part) for part in found.groups()))
            break
    return f"{field}：{said}" if field else said


def not_json(raw: bytes, error: msgspec.DecodeError | UnicodeDecodeError) -> str:
    """Return in Chinese why bytes are no JSON, and where; bytes are counted from one."""
    if not raw.strip():
        return "内容为空"
    if isinstance(error, UnicodeDecodeError):
        return "编码不是 UTF-8"
    said = str(error)
    at = _AT.search(said)
    if at is None:
        return "内容不完整，尚未结束就中断了"
    where = f"第{int(at[1]) + 1}字节"
    if "trailing characters" in said:
        return f"{where}起有多余的内容"
    return f"{where}处多了一个逗号" if "trailing comma" in said else f"{where}处有误"
