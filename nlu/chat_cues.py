"""What short messages of a chat say beside their matter: a wish to stay unnamed, a place, a number, a rating, that it was otherwise.

Expects plain characters (nlu.normalise.plain).
"""

import re
from typing import Final, NamedTuple

LEAST: Final = 4  # characters of a matter
_OPENING: Final = re.compile(
    r"^(?:你好|您好|请问|喂|hi|hello|[,，.。!！~～\s])*(?:我(?:想|要|们)*|帮我|请|麻烦|想|要|再|还|给我|登记|新建)*"
    r"(?:投诉|举报|反映|反应|求助|报修|建议|咨询|表扬|提交|说)*(?:一下|下|另外一件|一个|一件|个|件|点)*(?:问题|情况|诉求|事情|事儿|事|投诉|工单|建议|意见|人|单位)?"
    r"[,，.。:：!！?？~～\s]*"
)
_ANONYMOUS: Final = re.compile(
    r"匿名|不(?:想|愿意?|要|用|方便)?留(?:下)?(?:姓名|名字|电话|号码|手机|联系方式)|不实名|anonym", re.IGNORECASE
)
_PERSON: Final = re.compile(
    r"(?:转|找|要|接|叫|换|搵|揾)(?:个|到|一个|位)?(?:人工|真人|活人)|人工(?:客服|服务|坐席|座席)|human|real person",
    re.IGNORECASE,
)
_CONFIDENTIAL: Final = re.compile(
    r"保密|(?:不要|别|唔好|不想)(?:告诉|透露|泄露|畀人知)|怕(?:被)?(?:打击)?报复|confidential"
    r"|(?:不要|别|不想|不能|唔好)(?:让|给|叫|被|畀)[^,，。]{1,8}知|(?:不要|别|不能)[^,，。]{0,2}把?我的?(?:信息|名字|姓名|电话|号码|身份)[^,，。]{0,3}(?:告诉|透露|泄露|说|给)",
    re.IGNORECASE,
)
_NAME: Final = re.compile(
    r"(?:我叫|我姓|姓名[:：是]?|联系人[:：是]?)([\u4e00-\u9fff]{1,3})|([\u4e00-\u9fff]{1,3}(?:先生|女士|小姐|阿姨|师傅|大爷))"
)
# Nothing but yes, from end to end: 可以匿名吗, 登记错了 and 成都路5号 only begin like one.
_BESIDE_YES: Final = (
    r"(?:[的了吧呀啊哦哈呐哪嘞啦嗯就是系这那回下现在样恁个都您你,，。.!！~～\s]|谢谢|麻烦|辛苦|帮我|一下)*"
)
_YES_ITSELF: Final = "对|好|行|可以|没错|没问题|确认|确定|提交|是|冇错|啱|要得|妥|中|成|嗯|得嘞|登记|交|ok|yes"
_YES: Final = re.compile(rf"{_BESIDE_YES}(?:(?:{_YES_ITSELF}){_BESIDE_YES})+", re.IGNORECASE)
_SHORT_YES: Final = 8
_STAYS: Final = re.compile(r"不撤|别撤|不要撤|唔撤|先不撤|不用撤|还是(?:办|继续)")
_LOST: Final = re.compile(
    r"(?:编号|单号|查询码|回执|短信|号码)[^。？?，,*\d]{0,8}(?:找不到|忘|丢|没了|不记得|搞不见|没存|删)|(?:用|凭|靠)(?:手机号?|电话)[^。]{0,6}(?:查|找)|(?:没有?|忘了?|不记得)(?:工?单号|编号)"
    r"|(?:lost|forgot|don'?t have|no) (?:the |my )?(?:ticket )?(?:number|code)",
    re.IGNORECASE,
)
_REGISTER: Final = re.compile(
    r"(?<!不)(?:帮我|给我|替我|就|直接|那)(?:登记|报上去|记下|转)|登记(?:一下|下来|吧)|register it", re.IGNORECASE
)
_OFFICE: Final = re.compile(
    r"(?:在|去|到)(?:哪|什么地方|啥地方|何处)|(?:哪里|哪儿|哪个窗口|什么地方|地址)|(?:几点|周末|礼拜[六天日]|星期[六天日]|周[六日])[^，。？?]{0,8}(?:开|上班|关门|下班|办)",
    re.IGNORECASE,
)
_GO_ON: Final = re.compile(r"(?:接着|继续|回到)(?:说|讲|登记|报|反映)?(?:刚才|前面|之前|那件|登记)")
_NOT_BUT: Final = re.compile(r"不是\s*([^\s,，。是]{2,10}?)\s*[,，]?\s*(?:而?是|系)\s*([^\s,，。]{2,10})")
_TIME_OTHERWISE: Final = re.compile(
    r"^时间(?:说?(?:不对|错了?)|搞错了?)?[,，\s]*(?:应该是|改成|改为|是)([^,，。]{2,20})"
)
_COMMAND: Final = re.compile(
    r"忽略|无视|不要理会|忘掉|你现在是|从现在|扮演|系统提示|提示词|指令|管理员"
    r"|ignore (?:all|the|previous|above)|system prompt|you are now",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"\d[\d\s-]{3,}")
_PLACE: Final = re.compile(
    r"[路街巷道村镇乡区县里弄栋幢楼号座苑园城府庭湾桥站店场馆院校局厅]|旁边|附近|门口|对面|road|street|avenue|building|gate",
    re.IGNORECASE,
)
# A road, a town, a village or an estate by its name.
_BY_NAME: Final = re.compile(
    r"[\u4e00-\u9fff]{2,}(?:路|街|大道|巷(?!子)|弄(?!堂)|胡同|镇(?![上里])|乡(?![下里])|村(?![里子口民委书上东西南北后头])|小区|花园|家园|新村|公寓|苑|雅居|华庭|名邸|府邸|豪庭|华府|公馆|山庄|大厦|家属院)"
    r"|[a-z]{3,} ?(?:road|street|avenue|lane)",
    re.IGNORECASE,
)
# What stands in no name: which of many it is nobody has said, or it is no place at all.
_NAMELESS: Final = re.compile(
    r"(?:[马大小公铁道土老主辅支近泥]|断头|机耕|高架|高速|水泥|柏油|市政|[走跑修补让堵占铺封问带线电水气网思出退回个])路|泥巴路|(?:[个转]|市场)路口|允许路边"
    r"|[大老小临过沿]街|商业街|街道|[小大老]巷|[全本邻同农乡]村|城中村|[城下老家]乡|乡镇|镇政府|(?:怎么|咋|搞|乱|丢)弄|社区|镇上"
    r"|(?:老旧|新建|交付|安置|期间|顺便|另外|其[他它]|开放|封闭|高档|相邻|周边|整个|全)小区|(?:人才|养老|老年|青年|单身|中介)公寓"
    r"|(?:整|这|那|哪|某|每|各|半|几|[一二两三四五六七八九十]+)[条个座片]?|[的了在从把被往着过就都很没不是直接到给跟对向有我你他她它俺咱阿侬]"
    r"|[上下前后里外内]面?|旁边|附近|门口"
)
_NO_PLACE: Final = re.compile(
    r"没有(?:具体|固定)?(?:的)?(?:地址|地点)|到处|全市|哪里都|不知道|不清楚|说不(?:清|上来)|不晓得|唔知|跟地点没关系|don'?t know|not sure",
    re.IGNORECASE,
)
_OTHERWISE: Final = re.compile(
    r"^(?:不对(?:头)?|不是(?=[,，。\s])|错了|唔[系啱]|no(?=[,\s])|sorry|写错了|我?(?:刚才)?(?:说|打|写)错(?:了|咯|字了)?|等等"
    r"|改一下|更正一下|更正|纠正一下|纠正|[,，。.!！:：\s])+",
    re.IGNORECASE,
)
_TO_PLACE: Final = re.compile(
    r"(?:应该是|改成|改为|改做|改到|换成|其实是|是在|it's|should be|是|系|喺|在)[:：]?\s*(.+)$", re.IGNORECASE
)
_ABOUT_PLACE: Final = ("地址", "地点", "位置", "the address")
_AROUND: Final = "，,。.!！ "
_NUMBER: Final = re.compile(r"(?<!\d)(20\d{12,15})(?!\d)")
_CODE: Final = re.compile(r"(?<!\d)(\d{8})(?!\d)")
_NOT_SOLVED: Final = re.compile(
    r"没有?(?:得到)?(?:解决|办好|弄好|搞定|处理好|修好|办)|未解决|还没|都未|冇解决|莫得解决|没解决|压根|not solved",
    re.IGNORECASE,
)
_SOLVED: Final = re.compile(r"解决|办好|搞定|搞掂|[修补]好|处理好|弄好|整好|solved|fixed", re.IGNORECASE)
_NOT_SATISFIED: Final = re.compile(
    r"不(?:太|怎么|是很|够)?满意|唔满意|不认可|差评|很差|太差|不咋|不行|not satisfied|unsatisfied|dissatisfied|bad",
    re.IGNORECASE,
)
_SATISFIED: Final = re.compile(
    r"满意|好评|不错|点赞|挺好|很好|几好|安逸|可以接受|凑合|一般|satisfied|good|great", re.IGNORECASE
)
_SCORE: Final = re.compile(
    r"([1-5一二两三四五])\s*(?:分|星)|([1-5]) ?(?:stars?|points?)|\b(one|two|three|four|five) stars?", re.IGNORECASE
)
_SCORES: Final = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
}
_STEP_WORDS: Final = re.compile(
    r"^(?:你好|您好|要求|申请|帮我|我|想|要|请|再|帮我|麻烦|给|之前|上次|刚才|那个|原来的?|的|工单|投诉|诉求|件|单子|里|还有(?:一点|情况)|忘了说|漏说了一点|(?:要)?申请|要求"
    r"|补充(?:一下|说明|内容|情况|几句|一点|一句)*|追加(?:说明)?(?:一下)?|加(?:点内容|几句|上)|重办|重新(?:办理|处理|办|派单)|返工|没有?解决|未解决|没处理好|不满意|催(?:一下|办)?|[,，.。:：!！\s])+"
)


_STEPS: Final = (
    ("withdraw", re.compile(r"撤(?:诉|销|单|回|了)|withdraw", re.IGNORECASE)),
    ("ask_reopen", re.compile(r"重办|重新(?:办|处理|派)|返工|再办一次|reopen", re.IGNORECASE)),
    ("supplement", re.compile(r"补充|追加|再加|加一[句条点]|(?:忘了?|漏)(?:记)?[说讲写]|add ", re.IGNORECASE)),
    ("urge", re.compile(r"催|尽快|快点|快啲|hurry", re.IGNORECASE)),
    ("rate", re.compile(r"满意|评价|好评|差评|[1-5一二三四五]分|解决了|没解决|没有解决|satisfied", re.IGNORECASE)),
)


class Rating(NamedTuple):
    """What a message says of how it ended, None where it says nothing of it."""

    solved: bool | None
    satisfied: bool | None
    score: int | None


def without_opening(words: str) -> str:
    """Return words without what only says that somebody has something to say."""
    return _OPENING.sub("", words, count=1).strip(_AROUND)


def tells(words: str) -> bool:
    """Tell whether words say more than that somebody has something to say."""
    return len(without_opening(words)) >= LEAST


def wants_no_name(words: str) -> bool:
    """Tell whether somebody will not be named (匿名)."""
    return bool(_ANONYMOUS.search(words))


def wants_person(words: str) -> bool:
    """Tell whether somebody asks for a person (转人工), whatever else they say."""
    return bool(_PERSON.search(words))


def wants_secrecy(words: str) -> bool:
    """Tell whether nobody else may know who asks (保密)."""
    return bool(_CONFIDENTIAL.search(words))


def name_in(words: str) -> str | None:
    """Return the name, or family name, that somebody gives."""
    found = _NAME.search(words)
    return (found[1] or found[2]) if found else None


def is_yes(words: str) -> bool:
    """Tell whether a few words say that all is right now (这下对了)."""
    return len(words) <= _SHORT_YES and _YES.fullmatch(words) is not None


def changes_mind(words: str) -> bool:
    """Tell whether somebody will not take it back after all (不撤了)."""
    return bool(_STAYS.search(words))


def has_digits(words: str) -> bool:
    """Tell whether there is a number of some length."""
    return bool(_DIGITS.search(words))


def sounds_like_place(words: str) -> bool:
    """Tell whether words may say where."""
    return bool(_PLACE.search(words))


def names_somewhere(words: str) -> bool:
    """Tell whether words name a road, a town, a village or an estate, which no gazetteer need have."""
    return named_in(words) is not None


def named_in(words: str) -> str | None:
    """Return the road, town, village or estate that words name first."""
    found = _BY_NAME.search(_NAMELESS.sub(" ", words))
    return found[0] if found else None


def says_no_place(words: str) -> bool:
    """Tell whether somebody says that there is no place, or that they do not know it."""
    return bool(_NO_PLACE.search(words))


def after_correction(words: str) -> str:
    """Return what is right of “不对，是东湖路”, the words themselves where nothing is said to be wrong; may be empty."""
    rest = _OTHERWISE.sub("", words).strip(_AROUND)
    if rest == words.strip(_AROUND) and not rest.startswith(_ABOUT_PLACE):
        return rest
    found = _TO_PLACE.search(rest)
    return (found[1] if found else rest).strip(_AROUND)


def number_in(words: str) -> str | None:
    """Return the ticket number in words."""
    found = _NUMBER.search(words)
    return found[1] if found else None


def query_code_in(words: str) -> str | None:
    """Return the query code in words, which is no part of a ticket number."""
    found = _CODE.search(_NUMBER.sub(" ", words))
    return found[1] if found else None


def _number(sign: str) -> int:
    return int(sign) if sign.isdigit() else _SCORES[sign]


def lost_number(words: str) -> bool:
    """Tell whether somebody no longer has the number of their ticket."""
    return bool(_LOST.search(words))


def wants_registered(words: str) -> bool:
    """Tell whether what was talked of is to be registered (帮我登记)."""
    return bool(_REGISTER.search(words))


def asks_office(words: str) -> bool:
    """Tell whether somebody asks where it is done, or when it is open."""
    return bool(_OFFICE.search(words))


def goes_on(words: str) -> bool:
    """Tell whether somebody comes back to what they told before (接着说刚才的事)."""
    return bool(_GO_ON.search(words))


def not_but(words: str) -> tuple[str, str] | None:
    """Return what it is not and what it is (不是路灯，是红绿灯)."""
    found = _NOT_BUT.search(words)
    return (found[1], found[2]) if found else None


def time_otherwise(words: str) -> str | None:
    """Return the time that is right (时间不对，是今天早上)."""
    found = _TIME_OTHERWISE.search(words)
    return found[1] if found else None


def commands(words: str) -> bool:
    """Tell whether words would have the program obey them."""
    return bool(_COMMAND.search(words))


def step_in(words: str) -> str | None:
    """Return the citizen's step that words beside a ticket number ask for."""
    return next((step for step, cue in _STEPS if cue.search(words)), None)


def after_step(words: str) -> str:
    """Return what is said beside that something is to be added, or done again; may be empty."""
    return _STEP_WORDS.sub("", words).strip(_AROUND)


def rating_in(words: str) -> Rating:
    """Return what is said of how it ended."""
    score = _score(words)
    not_solved, not_satisfied = _NOT_SOLVED.search(words), _NOT_SATISFIED.search(words)
    solved = False if not_solved else (True if _SOLVED.search(words) else None)
    satisfied = False if not_satisfied else (True if _SATISFIED.search(words) else None)
    if score is not None and satisfied is None:
        satisfied = score > 2
    return Rating(solved, satisfied, score)


def _score(words: str) -> int | None:
    found = _SCORE.search(words)
    if found is None:
        return None
    return _number((found[1] or found[2] or found[3]).lower())
