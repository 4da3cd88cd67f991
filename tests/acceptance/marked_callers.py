"""Callers whose names, phones and ID numbers occur nowhere else in the world, and everywhere in what they say."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SURNAMES = ("欧阳", "司马", "诸葛", "上官")
RARE = "翀赟旻昶珏璟瑄琰焱熠翊翎霁骞垚烨"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")
MATTERS = (
    "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。",
    "举报东湖区翠湖街道有人收受好处费，包庇违章建筑，请纪检部门调查。",
    "翠湖花园楼道里煤气味很重，怀疑燃气泄漏，请快派人来。",
    "咨询一下公积金提取需要哪些材料，去哪里办理？",
    "小区物业多次停水不通知，老人孩子没水用，要求处理。",
    "院子里的东西坏了没人管，希望有人来看看。",
    "表扬翠湖街道便民服务中心的工作人员，办事热情又快。",
)
DISCLOSURES = ("open", "confidential", "anonymous")


class Marked:
    """One caller and their words."""

    def __init__(self, n: int) -> None:
        first, second = divmod(n // len(SURNAMES), len(RARE))
        self.n = n
        self.name = f"{SURNAMES[n % len(SURNAMES)]}{RARE[first]}{RARE[second]}"
        self.phone = f"1397731{n:04d}"
        self.other_phone = f"1588913{n:04d}"
        self.identity_number = _identity_number(n)
        self.disclosure = DISCLOSURES[n % len(DISCLOSURES)]
        self.is_tip_off = n % len(MATTERS) == 1

    @property
    def written_phone(self) -> str:
        """The other phone, as people write it."""
        digits = self.other_phone
        ways = (
            digits,
            f"{digits[:3]} {digits[3:7]} {digits[7:]}",
            f"{digits[:3]}-{digits[3:7]}-{digits[7:]}",
            digits.translate(FULL_WIDTH),
            digits.translate(SPOKEN),
        )
        return ways[self.n % len(ways)]

    @property
    def own_words(self) -> str:
        """What should never have been said aloud."""
        return f"我叫{self.name}，身份证号{self.identity_number}，电话{self.written_phone}，请回电。"

    @property
    def request(self) -> dict[str, Any]:
        """The body of an intake."""
        caller: dict[str, Any] = {"name": self.name, "phone": self.phone}
        if self.disclosure == "anonymous":
            caller |= {"identity": "anonymous", "disclosure": "confidential"}
        else:
            caller |= {"identity": "named", "disclosure": self.disclosure}
        return {"text": MATTERS[self.n % len(MATTERS)] + self.own_words, "caller": caller}

    @property
    def is_shown(self) -> bool:
        """Whether the department that has the matter gets name and phone: the caller has not asked for silence."""
        return self.disclosure == "open" and not self.is_tip_off

    @property
    def inner(self) -> list[str]:
        """What nobody outside needs: the numbers within the words."""
        return [self.other_phone, self.written_phone, self.identity_number]

    @property
    def marks(self) -> list[str]:
        """Everything that tells who it is."""
        return [self.name, self.phone, *self.inner]


def callers(count: int) -> Iterator[Marked]:
    return itertools.islice(map(Marked, itertools.count()), count)


def _identity_number(n: int) -> str:
    body = f"3301061985{1 + n % 12:02d}{1 + n % 28:02d}{n:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
