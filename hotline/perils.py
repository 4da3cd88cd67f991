"""Words of danger that a chat hears beyond the city's own rules: English, Cantonese, and what is said in few words on a telephone.

The city's rules (lexicon) come first and are written for its language; a visitor in danger may have none of its words.
"""

from __future__ import annotations

import re
from typing import Final

from models.vocabulary import Flag

_PHRASES: Final = {
    Flag.SUICIDE: r"\bkill(ing)? myself\b|\bcommit(ting)? suicide\b|\bi (want|wanna|am going|'m going) to die\b|\bend my (own )?life\b"
    r"|\bjump(ing)? off (the|a|this) (roof|bridge|building)\b|跳紧楼|唔想生存",
    Flag.VIOLENCE: r"\b(is|are|being|was) (beating|stabbing|attacking|beaten|stabbed|attacked|raped)\b|\b(has|with) a (knife|gun)\b"
    r"|打紧我|斩人",
    Flag.MINOR: r"\bmy (child|kid|son|daughter|baby|boy|girl) (is|has gone|went) missing\b|\bkidnap"
    r"|\b(lost|can't find|cannot find) my (child|kid|son|daughter|baby|boy|girl)\b"
    r"|[拽拖拉抢抱](走|着|了)?.{0,6}(孩子|女儿|儿子|女孩|小孩|娃).{0,6}[上进](了)?.{0,4}车"
    r"|(孩子|女儿|儿子|女孩|小孩|娃).{0,4}被.{0,6}[拽拖拉抢抱].{0,4}[上进](了)?.{0,4}车",
    Flag.GAS: r"\bgas (is |was )?leak|\bleaking gas\b|\bsmell(s|ing)? (of |like )?gas\b(?! station)|漏紧(煤气|石油气)|(煤气|石油气)漏紧",
    Flag.FIRE: r"\b(is|are|'s|caught|catching) on fire\b|\bcaught fire\b|\bthere('s| is) a fire\b|\bfire (has )?(broke|broken) out\b"
    r"|\bhouse (is )?(on fire|burning)\b|着[咗紧]火|火烛啊",
    Flag.COLLAPSE: r"\b(building|wall|roof|bridge|ceiling)( has| just)? collapsed\b|\btrapped in (the|an|a) (elevator|lift)\b"
    r"|电梯(里|内)?困(了|住|着)?.{0,3}[一二两三四五六七八九几个我\d].{0,4}(人|孩子|老人)?.{0,6}(出不来|出不去|喘不|快来|救)"
    r"|(被困|困)(在|喺)?.{0,3}(電梯|电梯|𨋢).{0,6}(出不来|出不去|快来|救)",
    Flag.DROWNING: r"\bdrowning\b|\bfell in(to)? the (river|lake|water|sea|pool)\b|跌咗落(河|水|海)",
    Flag.ELECTRIC: r"\belectrocuted\b|\b(got|gets) an? electric shock\b|触咗电",
    Flag.TRAFFIC_INJURY: r"\b(accident|crash).{0,40}\b(injured|hurt|bleeding|blood|unconscious)\b|\bhit by a (car|truck|bus|motorcycle)\b",
    Flag.MEDICAL: r"\b(not|isn't|stopped) breathing\b|\bunconscious\b|\bheart attack\b|\bcan('t|not) breathe\b"
    r"|\bbleeding (heavily|badly)\b",
    Flag.FOOD_POISONING: r"\bfood poisoning\b",
}
# A film, a drill, a lecture, a question of the law, and what is long past.
_UNREAL: Final = re.compile(
    r"\b(movie|film|novel|drill|lecture|prevention|prevent|insurance|permit|last (year|month|week)|years ago)\b"
    r"|电影|演习|讲座|保险",
    re.IGNORECASE,
)
# Danger comes to games and courses too: only what is said in one breath with them is unreal.
_UNREAL_CLAUSE: Final = re.compile(
    r"[^,.;:!?，。；：！？\n]*\b(game|(?<!of )course|training)\b[^,.;:!?，。；：！？\n]*", re.IGNORECASE
)
_COMPILED: Final = {flag: re.compile(phrase, re.IGNORECASE) for flag, phrase in _PHRASES.items()}


def heard(text: str) -> tuple[Flag, ...]:
    """Return the dangers that the phrases find in a plain text."""
    if _UNREAL.search(text):
        return ()
    real = _UNREAL_CLAUSE.sub("", text)
    return tuple(flag for flag, phrase in _COMPILED.items() if phrase.search(real))
