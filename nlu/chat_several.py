"""Which and how many are meant (第二件, 合成一件, 分别登记), where somebody has told of several matters.

Expects plain characters (nlu.normalise.plain).
"""

import re
from typing import Final

from nlu.chat_cues import names_somewhere

_END = r"(?=[,，。.!！~\s]|$)"
_REGISTERED = rf"(?:登记?|管|记|报|办理?|提交|处理)(?:上去?|下|了|一下|吧|的|呀|啊)*{_END}"
_ONE: Final = re.compile(
    r"合(?:并|在|到)?(?:成|为|作|到)?(?:一|1)(?:件|个|起|单|张|条)|合(?:并|成|为)(?:个|起来|登记|处理|吧|$)"
    r"|(?:算|当|就是|其实是|都是)(?:作|成|做)?(?:同?一|1)(?:件|个|码|回)(?:事|$)|不(?:用|要|必)分|别分|同一(?:件|个)(?:事|$)"
    r"|(?:is|are|it'?s|as|into) (?:all )?(?:the )?(?:same|one) (?:issue|matter|request|thing)\W*$|\btogether(?: please)?\W*$",
    re.IGNORECASE,
)
# 不是同一件事, 不要合成一件: each by itself; 不是两件事 is the contrary.
_NOT_ONE: Final = re.compile(
    rf"不是(?:同?一|1)(?:件|个|码|回)(?:事|{_END})|(?:不要|不用|不能|别)合(?:并|成|在|为|到)?(?:[一1](?:件|个|起|单))?"
)
_NOT_SEVERAL: Final = re.compile(r"不是[两俩二三2-4](?:件|个|样)事?")
_APART: Final = re.compile(
    rf"分(?:开|别|成|两|三)来?(?:[两三2-3])?(?:件|个|张|单|份|条)*(?:子|事情?)?来?(?:{_REGISTERED}|吧|的|{_END})"
    rf"|各(?:登|记|算|是)|单独(?:来)?{_REGISTERED}"
    rf"|(?:[两俩二三四2-4](?:件|个|条|样|桩)|俩|一起|全|都)[^,，。不没无谁过]{{0,6}}(?:要|得)?{_REGISTERED}"
    r"|(?:[两俩二三四2-4](?:件|个|条|样|桩)|全|都)[^,，。不]{0,6}不(?:相干|一样|同)"
    r"|^(?:对|是|嗯|好)?[的啊,，是就]*[两俩二三四2-4](?:件|个|样)(?:事情?|都对)?$"
    r"|\bseparately\b|\bseparate (?:tickets?|requests?|issues?|matters?)|^\W*separate\W*$"
    r"|\b(?:register|want|file) (?:them )?both\b|\bboth(?: of them)?(?: please)?\W*$",
    re.IGNORECASE,
)
_ONLY: Final = re.compile(
    rf"(?:只|就|光)(?:要|用|登|登记|记|报|提交|办|保留|留)*第([一二三四五1-5])(?:个|件|条)(?:事情?)?(?:就|行|好|可以|吧|了|的)*{_END}"
)
_NOT_THAT: Final = re.compile(
    r"第([一二三四五1-5])(?:个|件|条)(?:事情?)?(?:就|先|可以|也|的|都)*(?:不用|不要|不登|不报|不管|别登|别报|别管|算了|取消|去掉|删|免)"
    rf"(?:登记?|报|管|提交|办|掉|除|再|了|吧|啦)*{_END}"
    r"|(?<!不要)(?<!不用)(?<!别)(?<!没)(?:不要|去掉|取消|删掉?|撤掉?|别登|不登)第([一二三四五1-5])(?:个|件|条)(?:事情?)?"
    rf"(?:了|吧|啦)*{_END}"
)
# Something is put right, or told of a place: it says nothing of how many there are.
_RIGHTED: Final = re.compile(
    r"不对|不是|错|改|地址|地点|\bnot\b|n't\b|\bwrong\b|\d(?:号|栋|幢|弄|室|楼|单元)|(?<!\d)\d{3,5}(?!\d)",
    re.IGNORECASE,
)
_ORDINALS: Final = re.compile(r"第?([一二三四五1-5])(?:个|件|条)")
_SIGNS: Final = {sign: n for n, sign in enumerate("一二三四五", 1)} | {"两": 2}


def ordinal_in(words: str) -> int | None:
    """Return which of several is meant, from 1."""
    found = _ORDINALS.search(words)
    return _number(found[1]) if found else None


def without_ordinal(words: str) -> str:
    """Return words without which of several they are about."""
    return re.sub(rf"^{_ORDINALS.pattern}(?:事情?)?的?(?:是(?=.{{3}})|在)?[,，:：]?", "", words, count=1)


def wants_one(words: str) -> bool:
    """Tell whether what was taken for several is one (合成一件)."""
    rest = _NOT_SEVERAL.sub("", words)
    return bool(_ONE.search(rest)) and not _NOT_ONE.search(words) and not _puts_right(rest)


def wants_apart(words: str) -> bool:
    """Tell whether each of several is wanted by itself (分别登记)."""
    rest = _NOT_ONE.sub("", words)
    is_apart = rest != words or bool(_APART.search(words))
    return is_apart and not _NOT_THAT.search(words) and not _puts_right(rest)


def drops_in(words: str, n: int) -> tuple[int, ...]:
    """Return which of `n` are not wanted, from 0 (只登第一件, 第二件不用了)."""
    if _puts_right(words):
        return ()
    only = [_number(found[1]) - 1 for found in _ONLY.finditer(words)]
    if only:
        return tuple(one for one in range(n) if one not in only)
    return tuple(sorted({_number(found[1] or found[2]) - 1 for found in _NOT_THAT.finditer(words)} & {*range(n)}))


def _puts_right(words: str) -> bool:
    return bool(_RIGHTED.search(words)) or names_somewhere(words)


def _number(sign: str) -> int:
    return int(sign) if sign.isdigit() else _SIGNS[sign]
