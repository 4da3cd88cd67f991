"""Names with one wrong character (错别字): what a name in a text was meant to be."""

from collections.abc import Iterable
from typing import Final

# Of shorter names one other character is another name: 学府路 and 学苑路.
_SHORTEST: Final = 4
_EDGE: Final = 2  # characters; one wrong character leaves the beginning or the end of a name as it is


class Mistyped:
    """Looks names up by their first and last characters. Read-only; safe between threads."""

    def __init__(self, names: Iterable[str]) -> None:
        self._begins: dict[str, list[str]] = {}
        self._ends: dict[str, list[str]] = {}
        for name in sorted(names):
            if len(name) >= _SHORTEST:
                self._begins.setdefault(name[:_EDGE], []).append(name)
                self._ends.setdefault(name[-_EDGE:], []).append(name)

    def find(self, words: str) -> str | None:
        """Return the one name that stands in the words with one character wrong; None where none does, or several."""
        found: set[str] = set()
        for at in range(len(words) - _EDGE + 1):
            edge = words[at : at + _EDGE]
            near = [(name, at) for name in self._begins.get(edge, ())]
            near += [(name, at + _EDGE - len(name)) for name in self._ends.get(edge, ())]
            found.update(
                name for name, start in near if start >= 0 and _is_near(words[start : start + len(name)], name)
            )
        return found.pop() if len(found) == 1 else None


def _is_near(words: str, name: str) -> bool:
    return len(words) == len(name) and sum(one != other for one, other in zip(words, name, strict=True)) == 1
