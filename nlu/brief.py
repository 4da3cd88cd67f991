"""The brief proposed to the department (诉求摘要): when, where, what, and what is asked; no trace of the citizen."""

import re
from typing import Final

from models.understanding import Place
from nlu.home import HOUSEHOLD, street_of, without_household
from nlu.masking import MASK
from nlu.normalise import sentences

LONGEST: Final = 200  # characters
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
_INTRODUCED: Final = re.compile(
    r"(?:我叫|我名叫|本人叫|我是|我姓|本人姓)?\*\*\*"
    r"|(?:我|本人)?的?(?:电话|手机|手机号|身份证号?|联系方式)[是为:： ]*"
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
_SHORTEST_REST: Final = 5  # characters of a clause without what was masked


def propose(text: str, title: str = "", *, place: Place | None = None, time: str | None = None) -> str:
    """Return a brief of at most 200 characters in whole sentences, from a masked, normalised title and text.

    Clauses in which the citizen introduces himself are left out, and so is whatever was masked.
    """
    kept = [sentence for sentence in map(_without_self, _parts(title, text)) if sentence]
    if not kept:
        # All in one breath: without marks there is no clause to leave out, only the words that introduce.
        bare = _INTRODUCED.sub("", _without_own_door(text)).strip(_END_MARKS)
        kept = [bare + "。"] if len(bare) > _SHORTEST_CUT else []
    kept = [*map(_without_own_door, kept)]
    asked = next((sentence for sentence in reversed(kept) if _DEMAND.search(sentence)), "")
    opening = _opening("".join(kept), place, time, is_home=bool(place and place.span in text)) if kept else ""
    room = LONGEST - len(opening) - min(len(asked), LONGEST // 2)
    matter = _filled([sentence for sentence in kept if sentence != asked], room)
    closing = _filled([asked], LONGEST - len(opening) - len(matter))
    return opening + matter + closing


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
        return "" if _SELF.match(words) else clause  # all of it but the mask itself stands at the beginning
    rest = _INTRODUCED.sub("", words).replace(MASK, "")
    if len(rest) < _SHORTEST_REST or _SELF.search(rest):
        return ""
    return rest + (clause[-1] if clause[-1] in _END_MARKS else "")


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
