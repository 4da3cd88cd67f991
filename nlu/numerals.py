"""Numbers in words (数词): Arabic or Chinese figures, as people write and say them."""

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


def number_of(words: str) -> int:
    """Read up to two digits, Arabic or Chinese. ValueError for 几 and 数."""
    if words.isdigit() and words.isascii():
        return int(words)
    tens, found_ten, ones = words.partition("十")
    if not found_ten:
        return int("".join(str(_numeral(word)) for word in words))
    return (_numeral(tens) if tens else 1) * _TEN + (_numeral(ones) if ones else 0)


def _numeral(word: str) -> int:
    if word not in _NUMERALS:
        raise ValueError(word)
    return _NUMERALS[word]
