"""One spelling for every text (文本规整): half-width, simplified, no control characters, no spoken fillers."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

import opencc

_FULL_WIDTH_OFFSET: Final = 0xFEE0
# Full-width marks that are the proper Chinese punctuation; the rest of the block becomes ASCII.
_KEPT_MARKS: Final = frozenset("，！？：；（）")
_SPACES: Final = dict.fromkeys([0x09, 0x0B, 0x0C, 0x0D, 0x20, 0xA0, 0x3000, *range(0x2000, 0x200B)], " ")
_REMOVED: Final = dict.fromkeys(
    [
        *range(0x09),
        *range(0x0E, 0x20),
        *range(0x7F, 0x85),
        *range(0x86, 0xA0),
        0xAD,
        *range(0x300, 0x370),  # accents that stand on the character before them
        0x61C,
        *range(0x115F, 0x1161),  # fillers, blank as they are
        *range(0x180B, 0x1810),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0x20D0, 0x20F1),  # the frames of 1️⃣
        0x2800,
        0x3164,
        *range(0xFE00, 0xFE10),  # variation selectors of emoji
        *range(0xFE20, 0xFE30),
        0xFEFF,
        0xFFA0,
        *range(0xFFF9, 0xFFFE),
        *range(0xE0000, 0xE0080),
        *range(0xE0100, 0xE01F0),
        *range(0xD800, 0xE000),  # lone surrogates cannot be encoded by anything downstream
    ],
    None,
)
_LINES: Final = dict.fromkeys([0x0A, 0x85, 0x2028, 0x2029], "\n")
_NARROW: Final = {
    code: chr(code - _FULL_WIDTH_OFFSET) for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT_MARKS
}
# Digits of other scripts and of mathematicians: a phone that is told in them is one.
_DIGITS: Final = {
    code: str(value)
    for code in (*range(0x660, 0x2000), *range(0xA620, 0xAC00), *range(0x1D7CE, 0x1D800), *range(0x1FBF0, 0x1FBFA))
    if unicodedata.category(chr(code)) == "Nd" and (value := unicodedata.digit(chr(code), None)) is not None
}
# ①, ² and the like number a list or a power by themselves, and are digits of a number only beside others.
_FRAMED: Final = {
    chr(code): str(value)
    for code in (0xB2, 0xB3, 0xB9, *range(0x2070, 0x208A), *range(0x2460, 0x2794), *range(0x1F100, 0x1F10D))
    if (value := unicodedata.digit(chr(code), None)) is not None
}
_FRAMED_MARKS: Final = re.escape("".join(_FRAMED))
_ANY_FRAMED: Final = re.compile(f"[{_FRAMED_MARKS}]")
# ①3号楼 is the third house, and first of a list: a mark belongs to the digits beside it only in what is as long as a phone.
_FRAMED_RUN: Final = re.compile(f"[0-9{_FRAMED_MARKS}]{{2,}}")
_FRAMED_DIGITS: Final = re.compile(f"[{_FRAMED_MARKS}]{{2,}}")
_FRAMED_AFTER: Final = re.compile(f"(?<=[0-9])[{_FRAMED_MARKS}]")
_LONG_RUN: Final = 7
_WHOLE_NUMBERS: Final = frozenset({11, 18})
# What is written to be shown backwards is read as it is seen.
_BACKWARDS: Final = re.compile("\u202e([^\u202c\n]*)\u202c?")
_TABLE: Final[dict[int, str | None]] = {**_REMOVED, **_SPACES, **_LINES, **_NARROW, **_DIGITS}


def _altered_by(table: Mapping[int, str | None]) -> re.Pattern[str]:
    """Return what finds a character that a table changes: most texts have none, and need not be walked through."""
    return re.compile(f"[{re.escape(''.join(chr(code) for code, new in table.items() if new != chr(code)))}]")


_ALTERED: Final = _altered_by(_TABLE)

# Letters, digits and what stands between those of a number or an address; other marks stay as they were typed.
_PLAIN: Final[dict[int, str | None]] = {
    **_REMOVED,
    **{code: mark for code, mark in _NARROW.items() if mark.isalnum() or mark in "@._+-"},
    **_DIGITS,
}
_ALTERED_IN_PLAIN: Final = _altered_by(_PLAIN)

_CJK: Final = "\u3400-\u9fff"
_ASCII_MARKS: Final = re.compile("[,;!?:]")
_ASCII_MARK: Final = re.compile(rf"(?<=[{_CJK}])[,;!?:]")
_WIDE_MARKS: Final = {",": "，", ";": "；", "!": "！", "?": "？", ":": "："}
_BLANKS: Final = re.compile(r" {2,}| ?\n[ \n]*")
# Callers and speech recognition put blanks between characters; a rule must still see the word.
_INNER_BLANK: Final = re.compile(rf"(?<=[{_CJK}，。！？；：、]) (?=[{_CJK}，。！？；：、])")
_CLAUSE_ENDS: Final = re.compile(r"[，。！？；：、\n,;!?]+")
_SENTENCE: Final = re.compile(r"[^。！？!?；\n]+[。！？!?；]?")
_REPEATED_MARK: Final = re.compile(r"([，。！？；、~])\1+")


def plain(text: str) -> str:
    """Return a text with half-width letters and digits and without invisible characters, otherwise as it is."""
    text = _as_seen(text)
    return text.translate(_PLAIN) if _ALTERED_IN_PLAIN.search(text) else text


def _as_seen(text: str) -> str:
    """Return a text as who reads it sees it: forwards, and with numbers of framed or raised digits as numbers."""
    if text.isascii():
        return text
    if "\u202e" in text:
        text = _BACKWARDS.sub(lambda found: found[1][::-1], text)
    return _FRAMED_RUN.sub(_number_in, text) if _ANY_FRAMED.search(text) else text


def _number_in(run: re.Match[str]) -> str:
    """Return a run of digits, framed ones as what they are where they are part of its number."""
    if len(run[0]) in _WHOLE_NUMBERS:
        return _unframed(run[0])
    joined = _FRAMED_DIGITS.sub(lambda digits: _unframed(digits[0]), run[0])
    return _FRAMED_AFTER.sub(lambda digit: _FRAMED[digit[0]], joined) if len(joined) >= _LONG_RUN else joined


def _unframed(digits: str) -> str:
    return "".join(_FRAMED.get(digit, digit) for digit in digits)


class Normaliser:
    """Brings texts into one spelling. Holds only compiled tables; safe to share between threads."""

    def __init__(self, fillers: Iterable[str] = ()) -> None:
        self._simplify = opencc.OpenCC("t2s")
        words = sorted({word for word in fillers if word}, key=len, reverse=True)
        filler = f"(?:{'|'.join(map(re.escape, words))})[，、。…~ ]"
        # A filler (口头语) goes only at the start of a clause and only before a pause or another
        # filler: 「那个，」 says nothing, 「那个垃圾站」 points at something.
        self._fillers = re.compile(rf"(?:(?<=[，。！？；：\n])|^)(?:{filler}+)+") if words else None
        # Found at the speed of a search for a character; most texts have none.
        self._any_filler = re.compile(filler)

    def __call__(self, text: str) -> str:
        """Return the text in simplified characters and half-width letters and digits.

        Chinese punctuation stays Chinese; ASCII marks after a Chinese character become Chinese.
        Meaning is kept; offsets are not.
        """
        text = _as_seen(text)
        text = text.translate(_TABLE) if _ALTERED.search(text) else text
        has_blanks = " " in text or "\n" in text
        if has_blanks:
            text = _BLANKS.sub(lambda blank: "\n" if "\n" in blank[0] else " ", text)
        text = text.strip()
        if _ASCII_MARKS.search(text):
            text = _ASCII_MARK.sub(lambda mark: _WIDE_MARKS[mark[0]], text)
        if has_blanks:
            text = _INNER_BLANK.sub("", text)
        text = _REPEATED_MARK.sub(lambda marks: marks[1], text)
        text = self._simplify.convert(text)
        return self._fillers.sub("", text) if self._fillers and self._any_filler.search(text) else text


def clauses(text: str) -> list[str]:
    """Split a normalised text into clauses, without their marks."""
    return [clause for clause in _CLAUSE_ENDS.split(text) if clause]


def sentences(text: str) -> list[str]:
    """Split a normalised text into sentences, each with its own mark."""
    return [part for part in map(str.strip, _SENTENCE.findall(text)) if part]
