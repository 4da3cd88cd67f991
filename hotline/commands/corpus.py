"""hotline city corpus: how much there is to learn from, of what sort, and whether it says the same thing twice."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING, Final

from models.city_corpus import read_calibration, read_corpus, read_dangers, read_letters
from models.city_files import read_city
from models.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from models.city import CorpusRow

RUN: Final = 4  # characters
MOST_SHARED: Final = 0.5  # of the shorter text's runs
KINDS: Final = LABELS["kind"]


def report(folder: Path) -> int:
    """Print the report; returns 1 where two texts of a category share more than half of their runs of four characters."""
    city = read_city(folder)
    corpus, letters, dangers = read_corpus(folder), read_letters(folder), read_dangers(folder)
    rows: list[CorpusRow] = [*corpus, *letters]
    print(f"{city.name}语料：短诉求{len(corpus)}条，来信{len(letters)}封，风险文本{len(dangers)}条", end="")
    print(f"，校准诉求{len(read_calibration(folder))}条\n")
    print("分类\t名称\t短诉求\t来信\t字数中位\t" + "\t".join(KINDS.values()) + "\t特急\t紧急\t一般\t平件")
    for code, category in city.categories.items():
        if category.l3:
            continue
        own = [row for row in rows if row.code == code]
        kinds, levels = Counter(str(row.kind) for row in own), Counter(int(row.urgency) for row in own)
        long = sum(row.code == code for row in letters)
        figures = [len(own) - long, long, round(median(len(row.text) for row in own)) if own else 0]
        figures += [kinds[kind] for kind in KINDS] + [levels[level] for level in range(1, 5)]
        print(f"{code}\t{category.l2}\t" + "\t".join(map(str, figures)))
    print("\n风险标记\t确有\t形似")
    for flag in sorted({str(row.flags[0]) for row in dangers}):
        own_flag = [row for row in dangers if flag in map(str, row.flags)]
        raised = sum(row.is_raised for row in own_flag)
        print(f"{LABELS['flag'].get(flag, flag)}\t{raised}\t{len(own_flag) - raised}")
    alike = list(_alike(rows))
    print(f"\n同类文字四字片段重合过半：{len(alike)}对")
    for share, one, other in alike:
        print(f"{share:.0%}\t{one.code}\t{one.text[:40]}\t{other.text[:40]}")
    return 1 if alike else 0


def _alike(rows: Sequence[CorpusRow]) -> Iterator[tuple[float, CorpusRow, CorpusRow]]:
    by_category: dict[str, list[tuple[CorpusRow, set[str]]]] = {}
    for row in rows:
        runs = {row.text[start : start + RUN] for start in range(len(row.text) - RUN + 1)}
        by_category.setdefault(row.code, []).append((row, runs))
    for own in by_category.values():
        for (one, runs), (other, others) in combinations(own, 2):
            fewest = min(len(runs), len(others))
            if fewest and len(runs & others) > MOST_SHARED * fewest:
                yield len(runs & others) / fewest, one, other
