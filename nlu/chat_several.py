"""Which and how many are meant (第二件, 合成一件, 分别登记), where somebody has told of several matters.

Expects plain characters (nlu.normalise.plain).
"""

import re
from typing import Final

_ONE: Final = re.compile(
    r"合(?:并|在|到)?(?:成|为|作|到)?(?:一|1)?(?:件|个|起|单|张|条)|(?:算|当|就是|其实是|都是)(?:作|成|做)?(?:同?一|1)(?:件|个|码|回)(?:事|$)|不(?:用|要|必)分|别分|同一(?:件|个)(?:事|$)"
    r"|(?:same|one) (?:issue|matter|request|thing)|together",
    re.IGNORECASE,
)
_APART: Final = re.compile(
    r"分(?:开|别|成|两|三)|各(?:登|记|算|是)|单独|(?:[两俩二三四2-4](?:件|个|条|样|桩)|一起|全|都)[^,，。不]{0,6}(?:都?(?:要|得)?(?:登|管|记|报|办|提交|处理)|不(?:相干|一样|同))"
    r"|^(?:对|是|嗯|好)?[的啊,，是就]*[两俩二三四2-4](?:件|个|样)(?:事情?|都对)?$|\bseparate|\bboth\b",
    re.IGNORECASE,
)
_ONLY: Final = re.compile(r"(?:只|就|光)(?:要|用|登|登记|记|报|提交|办|保留|留)*第?([一二三四五1-5])(?:个|件|条)")
_NOT_THAT: Final = re.compile(
    r"第([一二三四五1-5])(?:个|件|条)(?:就|先|可以|也|的)*(?:不|别|算了|取消|去掉|删|免)|(?:不要|去掉|取消|删掉?|撤掉?|别登|不登)第([一二三四五1-5])(?:个|件|条)"
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
    return bool(_ONE.search(words))


def wants_apart(words: str) -> bool:
    """Tell whether each of several is wanted by itself (分别登记)."""
    return bool(_APART.search(words)) and not _NOT_THAT.search(words)


def drops_in(words: str, n: int) -> tuple[int, ...]:
    """Return which of `n` are not wanted, from 0 (只登第一件, 第二件不用了)."""
    only = [_number(found[1]) - 1 for found in _ONLY.finditer(words)]
    if only:
        return tuple(one for one in range(n) if one not in only)
    return tuple(sorted({_number(found[1] or found[2]) - 1 for found in _NOT_THAT.finditer(words)} & {*range(n)}))


def _number(sign: str) -> int:
    return int(sign) if sign.isdigit() else _SIGNS[sign]
