"""Names as they are typed: by pinyin or initials."""

from __future__ import annotations

import pytest

from hotline.api.pinyin import typed


@pytest.mark.parametrize(
    ("name", "whole", "initials"),
    [
        ("城管局", "chengguanju", "cgj"),
        ("人民银行", "renminyinhang", "rmyh"),
        ("绿园区", "lvyuanqu", "lyq"),
        ("12345热线", "12345rexian", "12345rx"),
        ("A1-1号（北）", "a11haobei", "a11hb"),
    ],
)
def test_a_name_is_typed_without_tones_and_the_word_settles_how_a_character_sounds(
    name: str, whole: str, initials: str
) -> None:
    assert typed(name) == (whole, initials)
