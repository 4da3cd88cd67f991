"""保存期限: how long a city keeps what is personal (retention.toml), and what the law lets nobody make shorter.

A city without the file keeps everything, and erases nobody's data on request: what is kept for how long is for the city to say.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Self

import msgspec
from msgspec import Meta, Struct

from models.limits import InvalidRule

_WRITTEN: Final = re.compile(r"([1-9][0-9]{0,3})(d|mo|y)", re.ASCII)
_NAMES: Final = {"d": "日", "mo": "个月", "y": "年"}
_MONTHS: Final = {"mo": 1, "y": 12}
# Half a year and a year and a half have as many days as their longest, or as few as their shortest.
_DAYS_A_MONTH: Final = 365.25 / 12
_UNEVEN_DAYS: Final = 1.5


class Term(str):
    """A time of keeping in the words of its rule: `30d`, `6mo`, `3y`. Raises InvalidRule for anything else."""

    __slots__ = ("amount", "unit")
    amount: int
    unit: str

    def __new__(cls, text: str) -> Self:
        """Read the text."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise InvalidRule(
                f"保存期限“{text}”写法有误：应为正整数加单位 d（日）、mo（个月）或 y（年），如 30d、6mo、3y"
            )
        made = super().__new__(cls, text)
        made.amount, made.unit = int(written[1]), written[2]
        return made

    @property
    def words(self) -> str:
        """The term in Chinese: 6个月."""
        return f"{self.amount}{_NAMES[self.unit]}"

    def before(self, at: datetime) -> datetime:
        """Return the moment so long before another: what happened earlier is over its time."""
        if self.unit == "d":
            return at - timedelta(days=self.amount)
        months = at.year * 12 + at.month - 1 - self.amount * _MONTHS[self.unit]
        year, month = divmod(max(months, 12), 12)
        return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))

    def covers(self, other: "Term") -> bool:
        """Tell whether this is as long as another at the least, wherever in the calendar both begin."""
        if self.unit != "d" and other.unit != "d":
            return self.amount * _MONTHS[self.unit] >= other.amount * _MONTHS[other.unit]
        return int(_days(self, -_UNEVEN_DAYS)) >= int(_days(other, _UNEVEN_DAYS))


def _days(term: Term, uneven: float) -> float:
    return term.amount if term.unit == "d" else term.amount * _MONTHS[term.unit] * _DAYS_A_MONTH + uneven


Basis = Annotated[str, Meta(min_length=1, max_length=200)]


class Kept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long something is kept, and on what ground."""

    kept_for: Term
    basis: Basis


class KeptTickets(Kept, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same of tickets, counted from their end; who asks for it has theirs erased `on_request_after` it, never before."""

    on_request_after: Term


class Retention(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """retention.toml as a whole: what is personal in each, but for the trail, which holds nothing personal and is kept."""

    tickets: KeptTickets
    tip_offs: KeptTickets
    calls: Kept
    chats: Kept
    notices: Kept
    deliveries: Kept
    answers: Kept
    mirrors: Kept
    drafts: Kept
    uploads: Kept
    codes: Kept
    access_log: Kept
    records: Kept

    def of_tickets(self, *, is_tip_off: bool) -> KeptTickets:
        """Return what holds for a ticket."""
        return self.tip_offs if is_tip_off else self.tickets


NAMES: Final[Mapping[str, str]] = {
    "tickets": "已结束工单中的个人信息",
    "tip_offs": "已结束举报件中的个人信息",
    "calls": "未成单来话的号码和转写",
    "chats": "未成单会话的内容和号码",
    "notices": "短信等告知的号码和内容",
    "deliveries": "发往承办单位系统的消息",
    "answers": "幂等应答",
    "mirrors": "分中心镜像记录",
    "drafts": "未提交的登记草稿",
    "uploads": "未挂工单的附件",
    "codes": "手机验证码",
    "access_log": "查阅记录",
    "records": "个人信息处理情况记录（导出、双人复核）",
}
# 网络安全法§21(3): 网络日志留存不少于六个月. 个人信息保护法§56: 影响评估报告和处理情况记录至少保存三年.
LEAST: Final[Mapping[str, tuple[Term, str]]] = {
    "access_log": (Term("6mo"), "《网络安全法》第二十一条"),
    "records": (Term("3y"), "《个人信息保护法》第五十六条"),
}


def read_retention(written: Mapping[str, Any]) -> Retention:
    """Make the terms of what tomllib read. Raises InvalidRule, or msgspec.ValidationError, each with the path of the field."""
    made = msgspec.convert(dict(written), Retention, dec_hook=_term)
    for name, (least, law) in LEAST.items():
        kept: Kept = getattr(made, name)
        if not kept.kept_for.covers(least):
            raise _wrong(
                f"{NAMES[name]}的保存期限{kept.kept_for.words}短于{law}要求的{least.words}", f"{name}.kept_for"
            )
    for name in ("tickets", "tip_offs"):
        one: KeptTickets = getattr(made, name)
        if not one.kept_for.covers(one.on_request_after):
            raise _wrong("应当事人要求可以删除的时间不得晚于保存期满", f"{name}.on_request_after")
        for short in ("notices", "deliveries", "answers"):
            # What is found by no person must be gone before a person may ask for the rest.
            if not one.on_request_after.covers(getattr(made, short).kept_for):
                raise _wrong(
                    f"{NAMES[short]}的保存期限不得长于{NAMES[name]}应当事人要求可以删除的时间", f"{short}.kept_for"
                )
    return made


def _wrong(message: str, path: str) -> InvalidRule:
    return InvalidRule(f"{message} - at `$.{path}`")


def _term(wanted: type, given: object) -> object:
    if wanted is not Term or not isinstance(given, str):
        raise TypeError(f"nothing reads {wanted}")
    return Term(given)
