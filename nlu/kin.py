"""Names of private persons (姓名) told after whose or who they are: 女儿张小敏, 住户陈建国, 我是王芳.

What is no name there is most of it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from nlu.cutter import Cutter
from nlu.masking import COMPOUND, SURNAMES, without_name

_KIN: Final = (
    "女儿|儿子|闺女|孩子|小孩|孙子|孙女|外孙|侄子|侄女|外甥|老公(?![司房])|丈夫|老婆|妻子|爱人|父亲|母亲|爸爸|妈妈|老爸|老妈|公公|婆婆|岳父|岳母"
    "|爷爷|奶奶|外公(?!司)|外婆|哥哥|弟弟|姐姐|妹妹|邻居|房东|室友|同事|朋友|亲戚|堂弟|堂哥|表弟|表哥|表姐|表妹|我[爸妈哥姐弟妹叔舅姑姨嫂]"
)
_WHO: Final = (
    "住户|户主|业主|租户|租客|居民|村民|市民|学生|同学|家长|监护人|老人|患者|病人|产妇"
    "|当事人|死者|伤者|车主|职工|员工|工友|受害人|被害人|逝者"
)
_TITLE: Final = "某|奶奶|爷爷|婆婆|公公|阿姨|叔叔|大妈|大爷|大姐|大哥|先生|女士|小姐|老师|师傅|医生|律师|经理"
# Words that begin as names do, though some families are called 和, 都 or 花.
_NO_SURNAME: Final = "[家和都宿班幸花]|关己|刁民|孙子|宁可|安危|安居梦|安静|廉政|文明|许可|谢谢|钱财|陈述"
_SURNAME: Final = rf"(?:{COMPOUND}|(?!{_NO_SURNAME})[{SURNAMES}])(?!{_TITLE})"
_GIVEN: Final = "(?![我你您他她是在住家的了])[\u4e00-\u9fff]{1,2}"
_AT_END: Final = re.compile(r"$|[，。；！？、,.;!?:：\s(（\"”]")
_TOLD: Final = re.compile(
    rf"(?:{_KIN}|{_WHO})(?P<called>名叫|叫做|叫|姓名[是为:：]{{0,2}}|[:：])?(?P<name>{_SURNAME}{_GIVEN})"
)
# 我是王芳; 501室王小明家; 我姓欧阳，叫欧阳娜娜.
_ALONE: Final = re.compile(
    rf"(?:[我人]是|叫(?<![^，。；,\n]叫)|[室户栋])(?P<name>{_SURNAME}{_GIVEN})(?=家(?![园具电属佳装庭])|$|[，。；！？、,.;!?:：\s(（\"”])"
)
_PERSONAL: Final = re.compile("[姓人孩女男儿孙我]")
_REACH: Final = 12  # characters before 叫 in which it is a person who is called so
# One of these stands after such a name.
_OF: Final = re.compile(rf"的(?:{_KIN}|家长|监护人|家属)|同学(?![们聚会])|小朋友")
_BEFORE: Final = re.compile(rf"{_SURNAME}{_GIVEN}$")
_LONGEST_BEFORE: Final = 4  # characters of a name before what it is told by
_LOOK_AHEAD: Final = 6  # characters after the kin in which a name ends
_PERSON: Final = frozenset(("nr", "nrt", "nrfg"))
_NAME_PARTS: Final = frozenset(("nr", "nrt", "nrfg", "ns", "nz", "zg", "x"))
_SHORTEST: Final = 2
_LONGEST: Final = 4
_FOUR: Final = re.compile(rf"(?:{COMPOUND})..")
# A title instead of a name says as little as 某.
_TITLED: Final = re.compile(_TITLE)
# Villages and roads are called so, not persons.
_NO_PERSON: Final = ("镇", "乡", "村", "县", "区", "市", "路", "街", "楼", "园")
# Cut as names, and none.
_NO_NAMES: Final = frozenset(("高一", "高二", "高三", "高考", "高烧", "高中", "安安", "安逸", "马路边", "黄金周"))
# What may follow a name and is no part of it.
_NO_PART: Final = frozenset(
    "是于在与和被将也等说把的了就都不没又还曾已给向对从跟到去来有要想得因为患住上下今昨前每天早晚打骂做当读考病生出死走退入一二两三年月日"
)


# Who is named by office and name (中队长王强), by the name alone, or with more after it (张大山（手机***）).
_SOMEBODY: Final = re.compile(
    "(?P<role>^|局长|书记|支书|主任|镇长|乡长|村长|队长|所长|校长|院长|经理|法官|民警|辅警|干部|科长|处长|站长|组长|会计|老板|司机|医生|老师|保安|店主|房东)"
    rf"(?P<surname>{_SURNAME})(?P<given>{_GIVEN})(?=$|[（(，、；。\s*,;]|等|的|先生|女士)"
)
# Bodies whose names begin as a person's does: 施工方, 房管局.
_BODY: Final = tuple("局所办委院校厂店队处站部行会社馆司警管网场吧业员方师城巷")


class Kin:
    """Masks such names. What is a name is told by the cutter, whose dictionary knows the words that are none."""

    def __init__(self, cutter: Cutter) -> None:
        self._cut = cutter

    def mask(self, *texts: str) -> tuple[str, ...]:
        """Return masked texts without the names that any of them tells after a kin or neighbour, or somebody of himself."""
        names = {name for text in texts for name in self.names(text)}
        for name in sorted(names, key=len, reverse=True):
            texts = tuple(without_name(text, name) for text in texts)
        return texts

    def without(self, text: str) -> str:
        """Return one masked text without the names that it tells."""
        (masked,) = self.mask(text)
        return masked

    def names(self, text: str) -> set[str]:
        """Return the names of private persons that a text tells."""
        found = {name for name in self._told(text) if len(name) >= _SHORTEST and name not in _NO_NAMES}
        return {name for name in found if not _TITLED.search(name) and not name.endswith(_NO_PERSON)}

    def without_somebody(self, words: str) -> str:
        """Return the words that name whom a request is about, of a person no more than office and family name: 中队长王某."""

        def told(found: re.Match[str]) -> str:
            name = found["surname"] + found["given"]
            if name.endswith((*_NO_PERSON, *_BODY)) or not self._whole(name, is_called=True):
                return found[0]
            return f"{found['role']}{found['surname']}某"

        return _SOMEBODY.sub(told, words)

    def _told(self, text: str) -> Iterator[str]:
        for told in _TOLD.finditer(text):
            begin = told.start("name")
            if told["called"] and _AT_END.match(text, told.end()):
                yield self._whole(told["name"], is_called=True)
            yield self._name(self._cut.passage(text[begin : begin + _LOOK_AHEAD]).words)
        for told in _ALONE.finditer(text):
            is_called = told[0].startswith("叫")
            if not is_called or _PERSONAL.search(text, max(0, told.start() - _REACH), told.start()):
                yield self._whole(told["name"], is_called=is_called)
        for after in _OF.finditer(text):
            name = _BEFORE.search(text, max(0, after.start() - _LONGEST_BEFORE), after.start())
            if name is not None:
                yield self._whole(name[0])

    def _whole(self, name: str, *, is_called: bool = False) -> str:
        """Return a name that ends where its words do, nothing where they are no name; who is called so may bear any."""
        is_name = self._name(self._cut.passage(name).words) == name
        return name if is_name or (is_called and not self._cut.knows(name)) else ""

    def _name(self, words: Sequence[tuple[str, str]]) -> str:
        """Return the name that words begin with, nothing where they begin with none."""
        (first, tag), (second, tag_of_second) = [*words[:2], ("", "")][:2]
        if len(first) == 1:
            name = first + second if tag_of_second in _NAME_PARTS and len(second) < _LONGEST - 1 else ""
        else:
            name = first if tag in _PERSON and (len(first) < _LONGEST or _FOUR.fullmatch(first)) else ""
            if len(name) == _SHORTEST and second.isalpha() and second[:1] not in _NO_PART:
                # 赵子 and 涵读: of a word that nobody knows the first character is the name's.
                name += second[0] if len(second) == 1 or not self._cut.knows(second) else ""
        return name[:-1] if name[-1:] in _NO_PART else name
