"""English requests (英文诉求): what their words mean in the words that the program has learned from.

Nothing is translated for people: a ticket keeps what was said, and its brief says that it is English.
"""

import re
import tomllib
from importlib import resources
from typing import Final

_LATIN: Final = re.compile(r"[A-Za-z]")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_FEWEST: Final = 6  # letters
_SHARE: Final = 2  # letters to a Chinese character
_GROUPS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    resources.files("nlu").joinpath("english.toml").read_text(encoding="utf-8")
)
_MEANINGS: Final = {said: meant for group in _GROUPS.values() for said, meant in group.items()}
# Chinese says what it is before how it is.
_HOW: Final = frozenset(_GROUPS["how"].values())
# The longest first, so that a fire escape is no fire.
_KNOWN: Final = re.compile(
    rf"\b({'|'.join(re.escape(said) for said in sorted(_MEANINGS, key=len, reverse=True))})(?:e?s)?\b"
    r"|([\u4e00-\u9fff]+(?:\d+[\u4e00-\u9fff]+)*)",
    re.IGNORECASE,
)


# A film, a drill, what is long past or over, and what is not so, in the clause of the danger.
_UNREAL: Final = re.compile(
    # A place is none of these: a training centre burns, and so does a film studio.
    r"\b((in|from) (a|an|the|that|this|my) (movie|film|novel|game)|(movie|film|novel|game)s? (where|about|in which)|drills?"
    r"|(fire|gas)( safety)? (lectures?|training|prevention|insurance|permits?)|prevent"
    r"|(?<!since )last (year|month)|(years|months) ago"
    r"|(?<!not )(?<!n't )(?<!never )(was|were|been|got) (fixed|repaired|put out|extinguished)"
    r"|no (gas|fire|smoke)|(not|never|didn't|don't|doesn't) (smell|smelled|see|on fire|leaking|caught)|what if|in case)\b",
    re.IGNORECASE,
)
# “In that movie, …” is of one clause with what follows.
_CLAUSE: Final = re.compile(
    r"(?<!movie)(?<!film)(?<!novel)(?<!game)(?<!ago)(?<!last year)(?<!last month)[,，]|[.;:!?。；：！？\n]|\b(?:but|and|now)\b",
    re.IGNORECASE,
)


def is_english(text: str) -> bool:
    """Tell whether somebody writes English, with Chinese in between perhaps."""
    latin = len(_LATIN.findall(text))
    return latin > _FEWEST and latin > _SHARE * len(_CHINESE.findall(text))


def meaning(text: str) -> str:
    """Return what is known of an English text, in Chinese: its words in their order, and what is Chinese already."""
    found = [_MEANINGS[hit[1].lower()] if hit[1] else hit[2] for hit in _KNOWN.finditer(text)]
    return "，".join(sorted(dict.fromkeys(found), key=_HOW.__contains__))


def real(text: str) -> str:
    """Return the clauses of an English text that may tell of a danger that is there now."""
    return "\n".join(clause for clause in _CLAUSE.split(text) if not _UNREAL.search(clause))
