"""Numbers in words (数词): Arabic or Chinese figures, as people write and say them."""

import re
from typing import Final

_NUMERALS: Final = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TEN: Final = 10
_BANKERS: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬", "一二三四五六七八九十百千万")
_SCALES: Final = {"十": 10.0, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "k": 1e3, "K": 1e3, "w": 1e4, "W": 1e4}
_MYRIAD: Final = 1e4
_TOKEN: Final = re.compile(r"\d+(?:\.\d+)?|.")


def number_of(words: str) -> int:
    """Read up to two digits, Arabic or Chinese; 三四十 is its fewest, 30. ValueError for 几 and 数."""
    if words.isdigit() and words.isascii():
        return int(words)
    tens, found_ten, ones = words.partition("十")
    if not found_ten:
        return int("".join(str(_numeral(word)) for word in words))
    return (_numeral(tens[0]) if tens else 1) * _TEN + (_numeral(ones[0]) if ones else 0)


def count_of(words: str) -> float:
    """Read a figure of any length: 12,800, 3万5, 十二万八千, 叁万, 3.5k; 多, 余 and 几 add nothing (几百 is 100), and 三四百 is its fewest.

    What follows the last scale without one of its own is of the next lower: 三千五 is 3,500.
    """
    whole = below = 0.0  # beyond the last myriad, and since
    digit: float | None = None
    scale, has_gap = 1.0, False
    for part in _TOKEN.findall(words.replace(",", "").translate(_BANKERS)):
        if part in _SCALES:
            scale, has_gap = _SCALES[part], False
            if scale < _MYRIAD:
                below += scale * (1.0 if digit is None else digit)
            else:
                grown = (below + (digit or 0.0)) or 1.0
                # 十万, but 3亿5千万: a myriad grows what came since the last one, 亿 all.
                whole, below = (whole + grown * scale, 0.0) if scale == _MYRIAD else ((whole + grown) * scale, 0.0)
            digit = None
        elif part in "零〇":
            has_gap = True
        elif part[0].isdecimal():
            digit = float(part)
        elif part in _NUMERALS and digit is None:
            digit = float(_NUMERALS[part])
    if digit is None:
        return whole + below
    return whole + below + digit * (scale / _TEN if scale > _TEN and digit < _TEN and not has_gap else 1.0)


def _numeral(word: str) -> int:
    if word not in _NUMERALS:
        raise ValueError(word)
    return _NUMERALS[word]
