"""Several matters in one message (一事一单): where somebody counts them, or says that there is something else."""

import re
from typing import Final

_COUNTED: Final = re.compile(
    r"(?:^|(?<=[\s,，。；;:：、!！?？]))"
    r"(?:[一二三四五]是|第[一二三四五][,，、:：]?|[1-5][.、．)）](?!\d)|[(（][1-5一二三四五][)）]|[①②③④⑤])"
)
_BESIDES: Final = re.compile(
    r"(?:(?<=[,，。；;!！?？\s])|^)(?:另外|还有(?:一件事|一个(?:事|问题)|就是)?|此外|再(?:一个|就是|有)|顺便(?:再)?(?:反映|投诉|说)(?:一下|个)?)[,，:：]?"
)
_AROUND: Final = " \t\n,，。；;:：、!！?？"
# Said before the first of them; what it tells else belongs to each.
_OPENING: Final = re.compile(
    r"^(?:你好|您好)?[,，!！。]?(?:我(?:想|要)?)?(?:反映|投诉|举报|说)?(?:一下)?"
    r"(?:[两二三四几2-5](?:个|件)(?:事情?|问题|情况))[:：,，]?"
)
_LEAST: Final = 5  # characters that can tell of a matter
MOST: Final = 4


def matters_in(text: str) -> tuple[str, ...]:
    """Return the parts of a text that may be matters of their own, in its own words; the whole where nobody parts it."""
    marks = list(_COUNTED.finditer(text))
    parts = _counted(text, [mark.span() for mark in marks]) if len(marks) > 1 else _BESIDES.split(text)
    found = [part.strip(_AROUND) for part in parts]
    if len(found) < 2 or len(found) > MOST or any(len(part) < _LEAST for part in found):
        return (text,)
    return tuple(found)


def _counted(text: str, spans: list[tuple[int, int]]) -> list[str]:
    intro = _OPENING.sub("", text[: spans[0][0]]).strip(_AROUND)
    ends = [start for start, _ in spans[1:]] + [len(text)]
    parts = [text[end:until].strip(_AROUND) for (_, end), until in zip(spans, ends, strict=True)]
    return [f"{intro}，{part}" if intro else part for part in parts]
