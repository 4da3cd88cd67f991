"""Names as they are typed on a keyboard (拼音): whole, and by the first letters of their syllables."""

from __future__ import annotations

import re
from typing import Final

_NO_KEY: Final = re.compile("[^a-z0-9]")


def typed(name: str) -> tuple[str, str]:
    """Return a name's pinyin without tones and its initials: 城管局 is chengguanju, cgj.

    What is not Chinese stands for itself; ü is typed v.
    """
    # Its dictionary of phrases takes half a second and some 60 MB, which only a server that people sign in at needs.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    spoken = lazy_pinyin(name)
    # What it knows no sound of comes back as it stood there, many characters at once.
    initials = [one if one in name else one[:1] for one in spoken]
    return _keys(spoken), _keys(initials)


def _keys(parts: list[str]) -> str:
    return _NO_KEY.sub("", "".join(parts).lower())
