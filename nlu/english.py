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


def is_english(text: str) -> bool:
    """Tell whether somebody writes English, with Chinese in between perhaps."""
    latin = len(_LATIN.findall(text))
    return latin > _FEWEST and latin > _SHARE * len(_CHINESE.findall(text))


def meaning(text: str) -> str:
    """Return what is known of an English text, in Chinese: its words in their order, and what is Chinese already."""
    found = [_MEANINGS[hit[1].lower()] if hit[1] else hit[2] for hit in _KNOWN.finditer(text)]
    return "，".join(sorted(dict.fromkeys(found), key=_HOW.__contains__))
