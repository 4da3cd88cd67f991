"""Several matters in one message (一事一单): where somebody counts them, says that there is something else, or goes on to it."""

import re
from typing import Final

_BEFORE: Final = r"(?:^|(?<=[\s,，。；;:：、!！?？]))"
# By number: they count only in their order, from the first.
_NUMBERED: Final = re.compile(
    rf"{_BEFORE}(?:(?P<han>[一二三四五])(?:来|则)?是(?!不是)|(?P<nth>第[一二三四五])(?:[件个条](?:事情?)?(?:是|[,，、:：])?|是|[,，、:：])"
    r"|(?P<digit>[1-5])(?:[.．](?!\d)|[、)）]|是)|[(（](?P<round>[1-5一二三四五])[)）]|(?P<ring>[①②③④⑤]))"
)
_ORDER: Final = {sign: n % 5 + 1 for n, sign in enumerate("12345一二三四五①②③④⑤")}
# One and the other: nobody says which is the first.
_ONE: Final = re.compile(
    rf"{_BEFORE}(?:(?:首先|其一|有?一个|有?一件|一(?:件|个)(?:事情?|问题))(?:是|就是|[,，:：])"
    r"|(?:其[二三四]|其次|(?:还有|再|另外?)(?:有)?(?:一|两)?[个件](?:事情?|问题)?|最后(?:一[个件])?)(?:是|就是|[,，:：]))"
)
_BESIDES: Final = re.compile(
    r"(?:(?<=[,，。；;!！?？\s])|^)(?:[哦噢喔啊嗯诶哎]*对了[,，、\s]*(?:还有|另外)?|(?:[哦噢喔啊嗯诶哎]+[,，]?)?(?:(?:还有|另外|再有)(?:就是|(?:一|个|件|一个|一件)(?:事情?|问题|情况)(?:是|儿)?)?"
    r"|此外|除此之外|再(?:一个|一件|就是)|还想(?:再)?(?:反映|投诉|说|问)(?:一下|个)?|顺[便带道](?:再|也)?(?:帮我)?(?:反映|投诉|说|问|提|讲)?(?:一下|个|一句)?))[,，:：\s]*"
    r"|(?:(?<=[,，。.;!?\s])|^)(?:also|besides|by the way|another (?:thing|problem|issue)(?: is)?)[,:\s]+",
    re.IGNORECASE,
)
_AROUND: Final = " \t\n,，。；;:：、!！?？"
_ENDS: Final = re.compile(r"(?<=[。！!？?；;\n])|(?<=[\u4e00-\u9fff])[ \t]+(?=[\u4e00-\u9fff])|(?<=[a-z])\. (?=[A-Z])")
# Said before the first of them; what it tells else belongs to each.
_OPENING: Final = re.compile(
    r"^(?:你好|您好)?[,，!！。]?(?:我们?(?:想|要|这儿|这里)?(?:有)?)?(?:反映|投诉|举报|说|讲)?(?:一下)?"
    r"(?:[两俩二三四几2-5]{1,2}(?:个|件|条|桩)?(?:事情?|问题|情况|毛病))(?:要(?:反映|投诉|说))?[:：,，。;；!！\s]*(?:都(?:要|得)管)?"
)
_SAYS: Final = re.compile(r"(?:想|要|来)?(?:反映|投诉|举报|求助|反应)(?:一下|如下)?$")
_LEAST: Final = 4  # characters that can tell of a matter
MOST: Final = 5


def matters_in(text: str) -> tuple[str, ...]:
    """Return the parts of a text that may be matters of their own, in its own words; the whole where nobody parts it."""
    for find in (_by_number, _one_and_other, _besides):
        found = find(text)
        if 2 <= len(found) <= MOST and all(len(part) >= _LEAST for part in found):
            return tuple(found)
    return (text,)


def passages(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, and what blanks part as speech recognition and the hurried write it."""
    return tuple(part for part in map(str.strip, _ENDS.split(text)) if part)


def _by_number(text: str) -> list[str]:
    spans: list[tuple[int, int]] = []
    for mark in _NUMBERED.finditer(text):
        if _ORDER[(mark["han"] or mark["nth"] or mark["digit"] or mark["round"] or mark["ring"])[-1]] == len(spans) + 1:
            spans.append(mark.span())
    return _counted(text, spans) if len(spans) > 1 else []


def _one_and_other(text: str) -> list[str]:
    spans = [mark.span() for mark in _ONE.finditer(text)]
    return _counted(text, spans) if len(spans) > 1 else []


def _besides(text: str) -> list[str]:
    parts = [part.strip(_AROUND) for part in _BESIDES.split(text)]
    return [part for part in parts if part]


def _counted(text: str, spans: list[tuple[int, int]]) -> list[str]:
    intro = _SAYS.sub("", _OPENING.sub("", text[: spans[0][0]]).strip(_AROUND)).strip(_AROUND)
    ends = [start for start, _ in spans[1:]] + [len(text)]
    parts = [text[end:until].strip(_AROUND) for (_, end), until in zip(spans, ends, strict=True)]
    return [f"{intro}，{part}" if intro else part for part in parts]
