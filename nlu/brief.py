"""The brief proposed to the department (诉求摘要): when, where, what, and what is asked; no trace of the citizen."""

import re
from typing import Final

from models.understanding import Place
from nlu.home import HOUSEHOLD, street_of, without_household
from nlu.masking import MASK
from nlu.normalise import sentences

LONGEST: Final = 200  # characters
_LONGEST_MEANING: Final = 60
_GREETING: Final = re.compile(
    r"^(?:尊敬的?[^，。！？：]{0,12}|敬爱的?[^，。！？：]{0,12}|[^，。！？：]{0,6}(?:书记|市长|县长|区长|领导|局长|主任|同志)们?"
    r"(?=[，。！：: 您你好]|大家|$))?[，：:]?"
    r"(?:您们?好|你们?好|大家好|领导好|好)?[，。！：:]*"
)
# A clause in which the citizen says who he is, where he lives or how to reach him (GLOSSARY: the informer's traces).
_SELF: Final = re.compile(
    r"^(?:我们?|本人|笔者|作为|俺|咱们?)(?:也)?(?:叫|名叫|姓|是|系|乃|住|家住|居住|来自|今年\d|现年|的名字|的姓名|的?工号|的电话|的手机|的身份证|的联系|家在|家住在)"
    r"|^(?:我们?|本人)在[^，]{1,15}(?:上班|工作|打工|任职)"
    r"|^(?:系|现住|家住|是[^，]{0,12}(?:业主|居民|住户|市民|村民|职工|员工|学生|家长|群众|租客)$)"
    r"|^住在?[^，]{2,25}(?:号|室|栋|单元|楼|户|\d{3,4})$|^(?:作为|身为)|^(?:本人|姓名|电话|手机|联系方式|联系电话|联系人|身份证|住址|家庭住址)|\*\*\*|^(?:此致|敬礼|谢谢|感谢|落款|署名|万分感谢|不胜感激)"
)
# What he goes on to say of himself.
_SELF_GOES_ON: Final = re.compile(
    r"(?:工号|员工号|员工编号|学号|警号|年龄|性别|今年|现年|[男女]性?$|\d{1,3}岁)[是为:： A-Za-z0-9岁男女-]*"
)
_DEMAND: Final = re.compile(
    r"希望|请求|恳请|要求|建议|盼望|期望|望(?:相关|有关|政府|领导|贵)"
    r"|请(?:问|政府|领导|有关|相关|尽快|尽早|帮|协调|核实|查处|解决|处理|部门|派|求)"
    r"|请[^，。]{1,8}(?:核实|查处|处理|解决|帮|派|协调|尽快|给予|加强|督促|整治|修|管一管|管管)"
    r"|能否|能不能|可否|是否|怎么|如何|什么时候|何时|多少|咨询|想问|想知道|求助|吗[？?]?$|呢[？?]?$"
)
_OWN_DOOR: Final = re.compile(
    r"(?P<own>(?:我们?|本人|俺|咱们?)(?:家|住|家住|现住|就住)(?:在|是|的)?|地址(?:是|在)?[:：]?)(?P<where>(?:(?!楼上|楼下|隔壁|对面|附近|旁)[^，。；！？]){0,20}?)"
    rf"(?:{HOUSEHOLD.pattern})"
)
_CLAUSE: Final = re.compile(r"[^，；、]+[，；、]?")
_REACHED_BY: Final = "(?:电话|手机|手机号|身份证号?|联系方式)[是为:： ]*"
_INTRODUCED: Final = re.compile(
    r"(?:我叫|我名叫|本人叫|我是|我姓|本人姓)\*{3,}"
    rf"|(?:我|本人)的?{_REACHED_BY}(?:\*{{3,}})?(?=$|[，、；。])|{_REACHED_BY}\*{{3,}}(?=$|[，、；。])"
    r"|(?:我|本人)(?:家)?(?:住在|住)|^您?好[，。]?"
)
_NUMBERING: Final = re.compile(
    # Not the 2 of 2.5万元, the 3 of 3、4号楼, the 一 of 一、二单元.
    r"^(?:[0-9一二三四五六七八九十]{1,2}[.、)）](?![0-9一二三四五六七八九十])|[（(][0-9一二三四五六七八九十]{1,2}[)）]|[①-⑩])+"
)
_END_MARKS: Final = "，；、：。！？!,;? "
_SHORTEST: Final = 4  # characters; less is no sentence
_SHORTEST_CUT: Final = 12  # characters; less of a sentence says nothing
_SHORTEST_TIME: Final = 3
_SHORTEST_REST: Final = (
    2  # characters of a clause without what was masked, its label and the words of who asks to be called
)
_LABEL: Final = (
    "(?:联系)?(?:电话|手机|号码|身份证|护照|微信|QQ|qq|VX|vx|邮箱|邮件|固话|座机|姓名|名字|卡号|账号|车牌|联系方式|联系人|诉求人)"
    "(?:号码?|照)?[是为:： ]{0,2}"
)
_OWN_LABEL: Final = re.compile(rf"^(?:我|本人)?的?{_LABEL}")
# What is left of a clause without these is its matter; 护照***丢失 has one, 微信***联系我 has none.
_NO_MATTER: Final = re.compile(
    rf"{_LABEL}|我叫|名叫|我们?|本人|联系|拨打|致电|回电|回复|添加|同号|[请可以加打给与和跟是叫姓的也或有男女]|[^\u4e00-\u9fff]"
)
_CALL_ME: Final = re.compile(
    r"^(?:请|望|烦请|麻烦)?(?:尽快|及时|随时)?(?:可以?)?(?:与|和|跟)?(?:我|本人)?联系(?:我|本人)?$|^请?(?:给|向)我们?(?:回电话?|打电话)$"
)
# A plate, an account or a name as one would tell of it who must not say which: 某车, 护照丢失, 被某某打了.
_TOLD_OTHERWISE: Final = (
    (re.compile(r"(?<=[辆台部])\*{3,}的?(?=[\u4e00-\u9fff]{0,2}车)"), ""),
    (re.compile(r"车牌(?:号码?|照)?[是为:： ]{0,2}\*{3,}的?(?=[\u4e00-\u9fff]{0,2}车)"), "某"),
    (re.compile(r"车牌(?:号码?|照)?[是为:： ]{0,2}\*{3,}"), "某车"),
    (re.compile(rf"({_LABEL})\*{{3,}}"), r"\1"),
    (re.compile(r"^\*{3,}(?=反映|来电|致电|称|表示|说|投诉|举报|咨询|求助)"), ""),
    (re.compile(r"^\*{3,}|(?<=[被把对向与和找给让叫由及、，])\*{3,}"), "某某"),
    (re.compile(r"\*{3,}"), ""),
)


def propose(
    text: str, title: str = "", *, place: Place | None = None, time: str | None = None, english: str | None = None
) -> str:
    """Return a brief of at most 200 characters in whole sentences, from a masked, normalised title and text.

    `english` is what is known of the meaning of a text that is English, which the brief says.
    Clauses in which the citizen introduces himself or asks to be called are left out; of what was masked only what it was is told.
    """
    kept = [sentence for sentence in map(_without_self, _parts(title, text)) if sentence]
    if not kept:
        # All in one breath: without marks there is no clause to leave out, only the words that introduce.
        bare = _told_otherwise(_INTRODUCED.sub("", _without_own_door(text))).strip(_END_MARKS)
        is_matter = len(bare) > _SHORTEST_CUT or (
            len(bare) >= _SHORTEST and not _SELF.match(bare) and _has_matter(bare)
        )
        kept = [bare + "。"] if is_matter and _has_matter(bare) else []
    kept = [*map(_without_own_door, kept)]
    asked = next((sentence for sentence in reversed(kept) if _DEMAND.search(sentence)), "")
    opening = _in_english(english) if english is not None else ""
    opening += _opening("".join(kept), place, time, is_home=bool(place and place.span in text)) if kept else ""
    room = LONGEST - len(opening) - min(len(asked), LONGEST // 2)
    matter = _filled([sentence for sentence in kept if sentence != asked], room)
    closing = _filled([asked], LONGEST - len(opening) - len(matter))
    return opening + matter + closing


def _in_english(meant: str) -> str:
    return f"【英文诉求，大意：{meant[:_LONGEST_MEANING]}】" if meant else "【英文诉求】"


def _parts(title: str, text: str) -> list[str]:
    body = sentences(_GREETING.sub("", text, count=1))
    head = title.strip(_END_MARKS)
    if len(head) >= _SHORTEST and not any(head in sentence for sentence in body[:1]):
        mark = "？" if title.rstrip().endswith(("？", "?")) else "。"
        return [head + mark, *body]
    return body


def _without_self(sentence: str) -> str:
    """Return a sentence without the clauses that point at the citizen, closed by a full stop or question mark."""
    clauses = _CLAUSE.findall(_NUMBERING.sub("", _GREETING.sub("", sentence, count=1)))
    told = ""
    is_self = False
    for clause in clauses:
        is_self = is_self and _SELF_GOES_ON.fullmatch(clause.strip(_END_MARKS)) is not None
        rest = "" if is_self else _told_of_the_matter(clause)
        is_self = not rest
        told += rest
    kept = told.strip(_END_MARKS)
    mark = "？" if sentence.endswith(("？", "?")) else "。"
    return kept + mark if len(kept) >= _SHORTEST else ""


def _told_of_the_matter(clause: str) -> str:
    """Return a clause, or what is left of it where something in it was masked; nothing where it points at the citizen."""
    words = clause.strip(_END_MARKS)
    if MASK not in words:
        return "" if _SELF.match(words) or _CALL_ME.match(words) else clause
    rest = _told_otherwise(_INTRODUCED.sub("", words)) if _has_matter(words) else ""
    if not rest or _SELF.search(_OWN_LABEL.sub("", rest)):
        return ""
    return rest + (clause[-1] if clause[-1] in _END_MARKS else "")


def _has_matter(words: str) -> bool:
    """Tell whether words say more than who somebody is and how to reach him."""
    return len(_NO_MATTER.sub("", words)) >= _SHORTEST_REST


def _told_otherwise(words: str) -> str:
    """Return words without masks, in such words that what was masked is still spoken of."""
    if MASK not in words:
        return words
    for masked, instead in _TOLD_OTHERWISE:
        words = masked.sub(instead, words)
    return words


def _without_own_door(words: str) -> str:
    return _OWN_DOOR.sub(lambda own: own["own"] + street_of(own["where"]), words)


def _opening(told: str, place: Place | None, time: str | None, *, is_home: bool) -> str:
    """Return time and place in words where the sentences do not tell them.

    `is_home`: it was left out of them because the citizen spoke of himself, and comes back without the house that he lives in.
    """
    opening = ""
    if time and len(time) >= _SHORTEST_TIME and time not in told and MASK not in time:
        opening += f"时间：{time}。"
    if place and place.span not in told and MASK not in place.span:
        where = (street_of if is_home else without_household)(place.span)
        opening += f"地点：{where}。" if where and where not in told else ""
    return opening[:LONGEST]


def _filled(parts: list[str], room: int) -> str:
    """Join sentences while there is room; the first that does not fit is cut at a clause and is the last."""
    filled = ""
    for sentence in parts:
        left = room - len(filled)
        if len(sentence) > left:
            return filled + _cut(sentence, left, is_all=not filled)
        filled += sentence
    return filled


def _cut(sentence: str, room: int, *, is_all: bool) -> str:
    end = max(sentence.rfind(mark, 0, max(room - 1, 0)) for mark in "，；、")
    if end < _SHORTEST_CUT:
        # In mid-clause only where nothing else would stand.
        end = room - 1 if is_all else 0
    return sentence[:end].rstrip(_END_MARKS) + "。" if end >= _SHORTEST_CUT else ""
