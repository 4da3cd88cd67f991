"""Names told after whose they are (亲邻姓名): 女儿张小敏, 邻居刘大强, with no 叫 between; what is no name there is most of it."""

import re
from collections.abc import Sequence
from typing import Final

from nlu.cutter import Cutter
from nlu.masking import MASK, SURNAMES

_COMPOUND: Final = "欧阳|上官|司马|诸葛|司徒|夏侯|令狐"
_KIN: Final = re.compile(
    "(?:女儿|儿子|闺女|孩子|小孩|孙子|孙女|外孙|侄子|侄女|外甥|老公(?![司房])|丈夫|老婆|妻子|爱人|父亲|母亲|爸爸|妈妈|老爸|老妈|公公|婆婆|岳父|岳母"
    "|爷爷|奶奶|外公(?!司)|外婆|哥哥|弟弟|姐姐|妹妹|邻居|房东|室友|同事|朋友|亲戚|堂弟|堂哥|表弟|表哥|表姐|表妹|我[爸妈哥姐弟妹叔舅姑姨嫂])"
    rf"(?P<name>(?:{_COMPOUND}|(?!家)[{SURNAMES}])(?![我你他她是在住家的了])[\u4e00-\u9fff]{{1,2}})"
)
_LOOK_AHEAD: Final = 6  # characters after the kin in which a name ends
_PERSON: Final = frozenset(("nr", "nrt", "nrfg"))
_NAME_PARTS: Final = frozenset(("nr", "nrt", "nrfg", "ns", "nz", "zg", "x"))
_SHORTEST: Final = 2
_LONGEST: Final = 4
# A title instead of a name says as little as 某.
_TITLED: Final = re.compile(
    "(?:某|奶奶|爷爷|婆婆|公公|阿姨|叔叔|大妈|大爷|大姐|大哥|先生|女士|老师|师傅|医生|律师|经理)"
)
# Cut as names, and none.
_NO_NAMES: Final = frozenset(("高一", "高二", "高三", "高考", "高烧", "高中", "安安", "安逸"))
# What may follow a name and is no part of it.
_NO_PART: Final = frozenset(
    "是于在与和被将也说把的了就都不没又还曾已给向对从跟到去来有要想得因为患住上下今昨前每天早晚打骂做当读考病生出死走退入一二两三年月日"
)


class Kin:
    """Masks such names. What is a name is told by the cutter, whose dictionary knows the words that are none."""

    def __init__(self, cutter: Cutter) -> None:
        self._cut = cutter

    def mask(self, *texts: str) -> tuple[str, ...]:
        """Return masked texts without the names that any of them tells after a kin or neighbour."""
        names = {name for text in texts for name in self._names(text)}
        for name in sorted(names, key=len, reverse=True):
            texts = tuple(text.replace(name, MASK) for text in texts)
        return texts

    def _names(self, text: str) -> set[str]:
        found = set()
        for kin in _KIN.finditer(text):
            words = self._cut.passage(text[kin.start("name") : kin.start("name") + _LOOK_AHEAD]).words
            name = self._name(words)
            if len(name) >= _SHORTEST and name not in _NO_NAMES and not _TITLED.search(name):
                found.add(name)
        return found

    def _name(self, words: Sequence[tuple[str, str]]) -> str:
        """Return the name that words begin with, nothing where they begin with none."""
        (first, tag), (second, tag_of_second) = [*words[:2], ("", "")][:2]
        if len(first) == 1:
            name = first + second if tag_of_second in _NAME_PARTS and len(second) < _LONGEST - 1 else ""
        else:
            name = first if tag in _PERSON and len(first) <= _LONGEST else ""
            if len(name) == _SHORTEST and second.isalpha() and second[:1] not in _NO_PART:
                # 赵子 and 涵读: of a word that nobody knows the first character is the name's.
                name += second[0] if len(second) == 1 or not self._cut.knows(second) else ""
        return name[:-1] if name[-1:] in _NO_PART else name
