"""Names with one wrong character (错别字): what a name in a text was meant to be."""

from collections import Counter
from collections.abc import Collection
from typing import Final

# Characters that a name must have for itself: of fewer, one other is another name (学府路 and 学苑路, 翠林小区 and 龙林小区).
_OWN: Final = 4
# As many names that end alike do not have that ending for themselves: 小区, 国际广场, 社区卫生服务中心.
_ALIKE: Final = 5
# One of these for another is never a slip: 东路 and 西路, 一期 and 二期, 市医院 and 县医院.
_TELLING: Final = frozenset("东西南北中上下前后左右大小新老旧内外省市区县镇乡村一二三四五六七八九十0123456789")


class Mistyped:
    """Looks names up by their halves: one wrong character leaves the other half as it is. Read-only; safe between threads."""

    def __init__(self, names: Collection[str], areas: Collection[str], endings: Collection[str]) -> None:
        """Take the names, the words for areas that names begin with, and the words that names end with."""
        ends = Counter(name[at:] for name in names for at in range(1, len(name)))
        shared = {*endings, *(end for end, count in ends.items() if count >= _ALIKE)}
        # By a half: the names that have it, where in the name it begins, and where its own characters stand.
        self._halves: dict[str, list[tuple[str, int, range]]] = {}
        for name in sorted(names):
            own = _own(name, areas, shared)
            if len(own) >= _OWN:
                middle = len(name) // 2
                for begin, half in ((0, name[:middle]), (middle, name[middle:])):
                    self._halves.setdefault(half, []).append((name, begin, own))
        self._lengths = sorted({len(half) for half in self._halves})

    def find(self, words: str) -> str | None:
        """Return the one name that stands in the words with one character wrong; None where none does, or several."""
        found: set[str] = set()
        for length in self._lengths:
            for at in range(len(words) - length + 1):
                for name, begin, own in self._halves.get(words[at : at + length], ()):
                    if at >= begin and _is_near(words[at - begin : at - begin + len(name)], name, own):
                        found.add(name)
        # A name and the longer one that begins with it (金桂苑, 金桂苑小区) are one place.
        longest = max(found, key=len, default=None)
        return longest if longest is not None and all(name in longest for name in found) else None


def _own(name: str, areas: Collection[str], shared: Collection[str]) -> range:
    """Return where in a name its own characters stand: after the area that it begins with, before what many names end with."""
    begin = max((len(area) for area in areas if name.startswith(area)), default=0)
    end = next((at for at in range(begin + 1, len(name)) if name[at:] in shared), len(name))
    return range(begin, end)


def _is_near(words: str, name: str, own: range) -> bool:
    if len(words) != len(name):
        return False
    wrong = [at for at, (one, other) in enumerate(zip(words, name, strict=True)) if one != other]
    return len(wrong) == 1 and wrong[0] in own and _TELLING.isdisjoint((words[wrong[0]], name[wrong[0]]))
