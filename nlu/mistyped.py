"""Names with one wrong character (错别字): what a name in a text was meant to be."""

from collections.abc import Iterable
from operator import ne
from typing import Final

# Of shorter names one other character is another name: 学府路 and 学苑路.
_SHORTEST: Final = 4


class Mistyped:
    """Looks names up by their halves: one wrong character leaves the other half as it is. Read-only; safe between threads."""

    def __init__(self, names: Iterable[str]) -> None:
        # By a half: the names that have it, and where in the name it begins.
        self._halves: dict[str, list[tuple[str, int]]] = {}
        for name in sorted(names):
            if len(name) >= _SHORTEST:
                middle = len(name) // 2
                for begin, half in ((0, name[:middle]), (middle, name[middle:])):
                    self._halves.setdefault(half, []).append((name, begin))
        self._lengths = sorted({len(half) for half in self._halves})

    def find(self, words: str) -> str | None:
        """Return the one name that stands in the words with one character wrong; None where none does, or several."""
        found: set[str] = set()
        for length in self._lengths:
            for at in range(len(words) - length + 1):
                for name, begin in self._halves.get(words[at : at + length], ()):
                    if at >= begin and _is_near(words[at - begin : at - begin + len(name)], name):
                        found.add(name)
        # A name and the longer one that begins with it (金桂苑, 金桂苑小区) are one place.
        longest = max(found, key=len, default=None)
        return longest if longest is not None and all(name in longest for name in found) else None


def _is_near(words: str, name: str) -> bool:
    return len(words) == len(name) and sum(map(ne, words, name)) == 1
