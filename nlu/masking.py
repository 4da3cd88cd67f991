"""Personal traces are masked before anything is searched, read by a model or shown (脱敏)."""

import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

MASK: Final = "***"

_CHINESE_DIGITS: Final = str.maketrans(
    "零〇○洞一幺壹二贰两三叁四肆五伍六陆七柒拐八捌九玖勾", "00001112223344556677788999"
)
_DIGIT: Final = "[0-9零〇○洞一幺壹二贰两三叁四肆五伍六陆七柒拐八捌九玖勾]"
_ONE: Final = "[1一幺壹]"
_THREE_TO_NINE: Final = "[3-9三叁四肆五伍六陆七柒拐八捌九玖勾]"
# No mark of times, sums and equations: opening hours, one after the other, are no phone.
_MARKS: Final = r"\-_.，、·…—–~/()（）*"
_GAP: Final = rf"[ \n。|#{_MARKS}]{{0,3}}"
# What stands in lists and tables too parts a number only into single digits, or as people part it.
_SOME_GAP: Final = rf"[ \n。|#{_MARKS}]{{1,3}}"
_NO_LIST: Final = rf"[ {_MARKS}]{{0,3}}"
_NO_DIGIT_BEFORE: Final = f"(?<!{_DIGIT})"
_NO_DIGIT_AFTER: Final = f"(?!{_DIGIT})"
_UNIT: Final = r"(?! ?[元块万亿%平㎡吨])"

# Texts without seven digits in a row (gaps allowed) hold no number worth the patterns below.
_LONG_RUN: Final = re.compile(f"{_DIGIT}{_GAP}(?:{_DIGIT}{_GAP}){{6}}")
_WHOLE_RUN: Final = re.compile(r"(?<!\d)(?:\+?86[ -]?(?=1[3-9]))?(\d{11,}[xX]?)(?!\d)")
_MOBILE_INSIDE: Final = re.compile(r"1[3-9]\d{9}")
_IDENTITY: Final = re.compile(
    rf"{_NO_DIGIT_BEFORE}(?:"
    rf"(?:{_DIGIT}{_NO_LIST}){{6}}[12一二]{_NO_LIST}[90九零〇]{_NO_LIST}(?:{_DIGIT}{_NO_LIST}){{9}}"
    rf"|(?:{_DIGIT}{_SOME_GAP}){{6}}[12一二]{_SOME_GAP}[90九零〇]{_SOME_GAP}(?:{_DIGIT}{_SOME_GAP}){{9}}"
    rf"|{_DIGIT}{{6}}{_GAP}[12一二][90九零〇]{_DIGIT}{{2}}{_GAP}{_DIGIT}{{4}}{_GAP}{_DIGIT}{{3}})[0-9xX]{_NO_DIGIT_AFTER}"
)
_CARD: Final = re.compile(r"(?<!\d)\d{4}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")
_MOBILE: Final = re.compile(
    rf"{_NO_DIGIT_BEFORE}(?:\+?86{_GAP})?(?:{_ONE}{_NO_LIST}{_THREE_TO_NINE}(?:{_NO_LIST}{_DIGIT}){{9}}"
    rf"|{_ONE}{_SOME_GAP}{_THREE_TO_NINE}(?:{_SOME_GAP}{_DIGIT}){{9}}"
    rf"|{_ONE}{_THREE_TO_NINE}{_DIGIT}{_GAP}{_DIGIT}{{4}}{_GAP}{_DIGIT}{{4}}){_NO_DIGIT_AFTER}{_UNIT}"
)
_LANDLINE: Final = re.compile(
    rf"(?<!\d)\(?0\d{{2,3}}\)?[ -]?[2-8]\d{{6,7}}(?!\d)"
    rf"|(?:(?<=电话)|(?<=座机)|(?<=号码)|(?<=手机)|(?<=致电)|(?<=联系方式))(?:[是为:： ]{{0,3}})"
    rf"(?:{_DIGIT}(?:{_NO_LIST}{_DIGIT}){{6,7}}|{_DIGIT}(?:{_SOME_GAP}{_DIGIT}){{6,7}}|{_DIGIT}{{3,4}}{_GAP}{_DIGIT}{{4}})"
    rf"{_NO_DIGIT_AFTER}"
)
_TICKET_BEFORE: Final = re.compile(r"(?:工单|单号|编号|受理号|流水号)[号码是为:： ]{0,4}$")

# The bound keeps a letter that is one endless word from costing quadratic time.
_EMAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
)
_ACCOUNT_WORD: Final = re.compile("微信|[qQ][qQ]|[vV][xX]")
_ACCOUNT: Final = re.compile(
    r"(?i)(?:(?<=微信)|(?<=微信号)|(?<=qq)|(?<=qq号)|(?<=vx))([号码是为:： ]{0,3})[a-z0-9_-]{5,20}"
)
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼](?i:[A-HJ-NP-Z])[·•.\- ]?(?=[A-Za-z]{0,5}\d)"
    r"(?i:[A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[挂学警港澳])(?![A-Za-z0-9])"
)
_PASSPORT: Final = re.compile(r"[EGPeg](?<![A-Za-z0-9][EGPeg])[A-Za-z]?\d{7,8}(?![A-Za-z0-9])")

SURNAMES: Final = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒"
    "屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左"
    "石崔吉钮龚程邢裴陆荣翁荀羊惠甄曲家封芮储靳段焦牛山谷车侯全班仰秋仲伊宫宁仇栾暴甘厉祖武符刘景詹龙叶幸司黎薄印宿白怀蒲卓蔺屠"
    "池乔胥能苍双闻莘党翟谭贡劳姬申扶冉郦雍桑桂濮牛寿通边燕冀浦尚农温别庄晏柴瞿阎连习艾容向古易廖居衡步都耿满弘匡国文寇广阙东欧"
    "肖闫付涂晋楚游覃粟简佘揭帅曾关查游"
)
COMPOUND: Final = "欧阳|上官|司马|诸葛|司徒|夏侯|令狐"
_NAME: Final = rf"(?:{COMPOUND}|[{SURNAMES}])(?:(?![我你他她是在住])[\u4e00-\u9fff]){{1,2}}"
# Names that callers give of themselves and their family; what follows must end the name, or 「我叫他来」 would match.
_OWN_NAME: Final = re.compile(
    rf"(?:我叫|我名叫|本人叫|我的名字[叫是]|姓名[:： 是为叫]{{0,2}}"
    rf"|联系人[:： 是为]{{0,2}}|诉求人[:： ]{{1,2}}|署名[:： ]{{0,2}})"
    rf"({_NAME})(?=$|[，。；！？、,.\s(（]|[是系住在今年家于身电手我想要])"
    rf"|本人[:： ]?({_NAME})(?=，?(?:系|性别|男|女|身份证|电话|手机|联系))"
    rf"|我(?:家|们家)?的?(?:孩子|小孩|儿子|女儿|孙子|孙女|老公|丈夫|老婆|妻子|爱人|父亲|母亲|爸爸|妈妈)(?:名叫|叫|姓名[是为:：]?)"
    rf"({_NAME})(?=$|[，。；！？、,.\s(（]|[是系在今年家于手我想要上读])"
)
# One of these stands before every such name.
_NAME_WORD: Final = re.compile("叫|姓名|名字|联系人|诉求人|署名|本人")
_TITLES: Final = re.compile(r"(?:先生|女士|小姐|同志|老师|师傅|阿姨|大爷|大妈)$")
# 李明路 is no person.
_NAMED_AFTER: Final = (
    "[路街巷村桥镇乡湾塘店厂]|大道|胡同|小区|社区|公寓|花园|广场|市场|公司|集团|学校|小学|中学|医院|诊所"
)
_SHORTEST_NAME: Final = 2
_LONGEST_PHONE_RUN: Final = 15
_WITH_COUNTRY_CODE: Final = 13


_SURNAME: Final = re.compile(rf"(?:{COMPOUND}|[\u4e00-\u9fff])")
_ADDRESSED: Final = "先生|女士|小姐|同志|阿姨|大爷|大妈|大姐|大哥|大伯|大娘|叔叔|奶奶|爷爷|婆婆|老伯|某某|某"
# An agent writes down who called.
_REPORTED: Final = re.compile(
    rf"(?:(?<=诉求人)|(?<=来电人)|(?<=投诉人)|(?<=举报人)|(?<=反映人)|(?<=市民)|(?<=居民)|(?<=业主))[:：]?{_NAME}(?=反映|来电|致电|称|表示|，)"
    rf"|(?:{COMPOUND}|[{SURNAMES}])(?:{_ADDRESSED})(?=反映|来电|又来电|致电|称|表示|投诉|举报|咨询|求助)"
)


class Masked(Struct, frozen=True):
    """A text without personal traces, the numbers that were taken out (ASCII digits only), and how many plates."""

    text: str
    phones: tuple[str, ...]
    ids: tuple[str, ...]
    plates: int = 0


def mask(text: str, caller_name: str | None = None) -> Masked:
    """Replace phones, ID and card numbers, plates, accounts, e-mail and the caller's name by ``***``.

    Expects a normalised text. Digits may be Chinese or spaced out (「幺三八 0000 一二三四」).
    """
    phones: list[str] = []
    ids: list[str] = []
    if "@" in text:
        text = _EMAIL.sub(MASK, text)
    if _ACCOUNT_WORD.search(text):
        text = _ACCOUNT.sub(lambda account: account[1] + MASK, text)
    if _LONG_RUN.search(text):
        text = _mask_numbers(text, phones, ids)
    text, plates = _PLATE.subn(MASK, text)
    text = _PASSPORT.sub(_taken(ids), text)
    for name in _names(text, caller_name):
        text = without_name(text, name)
    return Masked(text, tuple(dict.fromkeys(phones)), tuple(dict.fromkeys(ids)), plates)


def without_name(text: str, name: str) -> str:
    """Return a text without a person's name; a road, a village or a firm that bears it keeps it."""
    if name not in text:
        return text
    return re.sub(rf"{re.escape(name)}(?!{_NAMED_AFTER})", MASK, text)


def without_caller(text: str, caller_name: str | None) -> str:
    """Return a masked text without what else names its caller: 张女士 or 小花 for 张小花, and 张女士反映 where nobody knows the name."""
    text = _REPORTED.sub(MASK, text)
    surname = _SURNAME.match(caller_name or "")
    if caller_name is None or surname is None:
        return text
    given = _TITLES.sub("", caller_name[surname.end() :])
    if len(given) >= _SHORTEST_NAME:
        text = text.replace(given, MASK)
    return re.sub(rf"{surname[0]}(?:{_ADDRESSED})", MASK, text)


def _mask_numbers(text: str, phones: list[str], ids: list[str]) -> str:
    def whole(run: re.Match[str]) -> str:
        digits = run[1]
        if len(digits) >= _LONGEST_PHONE_RUN:
            if _TICKET_BEFORE.search(text, max(0, run.start() - 10), run.start()):
                return run[0]
            ids.append(digits.upper())
            return MASK
        mobile = _MOBILE_INSIDE.search(digits)
        if mobile is None:
            return run[0]
        phones.append(mobile[0])
        return MASK

    masked = _WHOLE_RUN.sub(whole, text)
    masked = _IDENTITY.sub(_taken(ids), masked)
    masked = _CARD.sub(_taken(ids), masked)
    masked = _MOBILE.sub(_taken(phones), masked)
    return _LANDLINE.sub(_taken(phones), masked)


def _taken(numbers: list[str]) -> Callable[[re.Match[str]], str]:
    def take(found: re.Match[str]) -> str:
        digits = re.sub(r"[^0-9A-Z]", "", found[0].translate(_CHINESE_DIGITS).upper())
        # A country code is no part of the number that is compared and dialled.
        numbers.append(digits.removeprefix("86") if len(digits) == _WITH_COUNTRY_CODE else digits)
        return MASK

    return take


def _names(text: str, caller_name: str | None) -> list[str]:
    names: list[str] = []
    if _NAME_WORD.search(text):
        names += [found[1] or found[2] or found[3] for found in _OWN_NAME.finditer(text)]
    if caller_name:
        name = _TITLES.sub("", caller_name.strip())
        if len(name) >= _SHORTEST_NAME:
            names.append(name)
    return sorted(set(names), key=len, reverse=True)
