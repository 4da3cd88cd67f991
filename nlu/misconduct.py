"""Who is said to use an office for gain or by force (以权谋私、粗暴执法): the words before the misconduct that name him."""

import re
from collections.abc import Sequence
from typing import Final

from models.understanding import Misconduct
from nlu.parties import Body
from nlu.pattern_set import PatternSet
from nlu.words import words

_GAIN: Final = words("misconduct", "gain")
_FORCE: Final = words("misconduct", "force")
_PATTERNS: Final = PatternSet((*_GAIN, *_FORCE))
_SENTENCE: Final = re.compile(r"[。！？!?\n]")
_CLAUSE: Final = re.compile(r"[，；：,;:、]")
# Before whom it is done, or whom it is told: 向摊贩索要, 找城管局反映.
_SUFFERS: Final = frozenset("向对跟找给问")
# Whom an office is only to look into: 希望城管局严查烧烤店乱收费; but not 查处摊贩时打人.
_LOOKS_INTO: Final = re.compile(
    r"(?:查处|严查|彻查|调查|不管|管管|整治|取缔|打击|制止|规范|反映|举报|投诉)(?![^，]{0,8}(?:时|中|过程|的人))"
)
_PASSIVE: Final = "被"
_APART: Final = 1  # characters
_LONGEST: Final = 60  # characters


def misconduct_of(text: str, bodies: Sequence[Body]) -> Misconduct | None:
    """Return the first misconduct of a normalised text and who is said to commit it, None where nobody stands before it.

    Nearest before it stands who did it: in 「摊贩打人，城管不管」 the stallholder, not 城管, who is only to come.
    """
    found = sorted((match.start(), match.end(), position) for position, match in _PATTERNS.matches(text))
    for start, end, position in found:
        # 摊贩被城管打了: who did it stands inside.
        by = _before(text, end if text[start] == _PASSIVE else start, bodies)
        if by:
            return Misconduct(by=by, for_gain=position < len(_GAIN))
    return None


def _before(text: str, end: int, bodies: Sequence[Body]) -> str:
    """Return the clause, up to an offset, in which the nearest body of the sentence stands; the sentence where it has none."""
    begun = _last(_SENTENCE, text, 0, end)
    told = [body for body in bodies if begun <= body.start < body.end <= end]
    if not told:
        clause = text[_last(_CLAUSE, text, begun, end) : end]
        return "" if _SUFFERS.intersection(clause) else text[max(begun, end - _LONGEST) : end]
    actors = [body for body in told if text[body.start - 1 : body.start] not in _SUFFERS]
    if not actors:
        return ""
    nearest = max(actors, key=lambda body: body.end)
    # 翠湖街道办城管中队 is one: whoever stands apart from the nearest is another.
    others = (body.end for body in told if body.end < nearest.start - _APART)
    first = max(_last(_CLAUSE, text, begun, nearest.start), *others, 0)
    first = max(first, end - _LONGEST)
    return text[_last(_LOOKS_INTO, text, first, end) : end]


def _last(mark: re.Pattern[str], text: str, begin: int, end: int) -> int:
    """Return where the words begin that follow the last mark between two offsets."""
    return max((found.end() for found in mark.finditer(text, begin, end)), default=begin)
