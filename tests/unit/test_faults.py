"""What a program is told whose body is no JSON: in Chinese, and where."""

import pytest
from msgspec import Struct

from hotline.api import body
from models.errors import InvalidRequest


class Anything(Struct):
    a: str = ""


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "内容为空"),
        (b"{", "内容不完整"),
        (b'{"a":"b",}', "第10字节处多了一个逗号"),
        (b'{"a" 1}', "第6字节处有误"),
        (b"{} x", "第5字节起有多余的内容"),
        (b'{"a":"\xff"}', "编码不是 UTF-8"),
        (b"\xff", "第1字节处有误"),
    ],
)
def test_what_is_no_json_is_told_in_chinese_and_where(raw: bytes, said: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        body.decode(raw, Anything)
    assert caught.value.detail.startswith(f"请求内容不是有效的 JSON：{said}")
