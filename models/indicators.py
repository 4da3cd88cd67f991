"""指标: named counts in, figures out; the three rates (三率) of departments, compared within a class and never over all.

What is counted is a closed list; which indicators there are, their targets, weights and the classes of departments are
the city's own (indicators.toml). Where nothing was due nothing is said: the value is None, never 0 or 1.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

# Everything that is counted, by the day on which it happened or fell due (models/sql/indicators.sql).
COUNTS: Final[dict[str, str]] = {
    "calls_asked": "请求人工的来话",
    "calls_answered": "人工接听的来话",
    "calls_in_15s": "15秒内接听",
    "calls_in_30s": "30秒内接听",
    "calls_known": "号码可识别的来话",
    "calls_repeated": "同一号码的重复来话",
    "requests": "来件（不含拆单）",
    "tickets": "登记的工单",
    "accepted": "受理的工单",
    "answered_directly": "直接解答的工单",
    "ended": "结束的工单",
    "ended_closed": "办结",
    "ended_answered": "直办",
    "ended_declined": "不予受理",
    "ended_handed_off": "紧急转接",
    "ended_merged": "并单",
    "ended_withdrawn": "撤诉",
    "ended_void": "作废",
    "closed_followed_up": "经回访办结",
    "dispatched": "派出的主办件",
    "sent_back": "退单成立的主办件",
    "first_dispatched": "首次派出的主办件",
    "first_kept": "首派未退单",
    "redone": "重办件",
    "acknowledge_due": "签收期限已到",
    "acknowledged_in_time": "按时签收",
    "contact_due": "先行联系期限已到",
    "contacted_in_time": "按时联系诉求人",
    "reply_due": "办理期限已到",
    "replied_in_time": "按时办结",
    "first_reply_due": "原定办理期限已到",
    "replied_by_first": "按原定期限办结",
    "inquiries_handled": "审核通过的咨询件",
    "inquiry_days": "咨询件办理工作日",
    "others_handled": "审核通过的非咨询件",
    "other_days": "非咨询件办理工作日",
    "followed_up": "已回访的办理",
    "reached": "回访联系到的办理",
    "answers": "有效参评（含并单诉求人）",
    "solved": "表示已解决",
    "satisfied": "表示满意",
}
ENDS: Final = tuple(name for name in COUNTS if name.startswith("ended_"))
# How counts are cut; `class` is added up from departments.
AXES: Final = ("all", "department", "district", "line", "channel", "kind", "category", "seat_group")
AXIS_NAMES: Final[dict[str, str]] = {
    "all": "全市",
    "class": "单位分类",
    "department": "承办单位",
    "district": "区县",
    "category": "事项分类",
    "line": "热线号码",
    "channel": "渠道",
    "kind": "诉求类型",
    "seat_group": "席组",
}
RATES: Final = ("response_rate", "resolution_rate", "satisfaction_rate")

Code = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{1,39}$")]
Name = Annotated[str, Meta(min_length=1, max_length=40)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Dimension(Struct, frozen=True, kw_only=True):
    """One of the sides from which a city looks at its hotline (指标维度)."""

    code: Code
    name: Name


class Indicator(Struct, frozen=True, kw_only=True):
    """`numerator` over `denominator`, both of COUNTS. `target` is in the unit of the value: a share of 1, or working days a ticket.

    `direction` says whether a good value lies above (`up`) or below its target; `source` where the target stands.
    """

    code: Code
    name: Name
    dimension: str
    numerator: str
    denominator: str
    direction: Literal["up", "down"] = "up"
    unit: Literal["share", "working_days"] = "share"
    target: Annotated[float, Meta(ge=0)] | None = None
    source: str = ""


class DepartmentClass(Struct, frozen=True, kw_only=True):
    """Departments that may be compared with one another (分档分类, 国办函〔2025〕66号).

    They are named, or come by their kind where no class names them.
    """

    code: Code
    name: Name
    departments: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class ExclusionReason(Struct, frozen=True, kw_only=True):
    """Why a ticket may be left out of a department's figures (剔除事由)."""

    code: Code
    name: Name


class Indicators(Struct, frozen=True, kw_only=True):
    """Everything that a city says of its figures.

    `weights` are of the three rates and add up to 1. Who has fewer than `smallest` cases behind one of them is listed,
    not ranked. A call repeats another where the same phone called within `repeat_within_days` before.
    """

    dimensions: tuple[Dimension, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    weights: dict[str, Share] = {}
    classes: tuple[DepartmentClass, ...] = ()
    exclusion_reasons: tuple[ExclusionReason, ...] = ()
    smallest: Annotated[int, Meta(ge=1, le=10_000)] = 5
    repeat_within_days: Annotated[int, Meta(ge=1, le=90)] = 7

    def of_code(self, code: str) -> Indicator | None:
        """Return an indicator, None where the city has none of that code."""
        return next((one for one in self.indicators if one.code == code), None)

    def class_of(self, department: str, kind: str) -> DepartmentClass | None:
        """Return the class of a department, None where it is compared with nobody."""
        named = (one for one in self.classes if department in one.departments)
        return next(named, None) or next((one for one in self.classes if kind in one.kinds), None)


class Count(Struct, frozen=True):
    """So many, of which so many lie on tickets that are excluded."""

    n: int = 0
    excluded: int = 0

    @property
    def net(self) -> int:
        """What stands behind the figures."""
        return self.n - self.excluded


class Figure(Struct, frozen=True, kw_only=True):
    """An indicator's value without what is excluded, and with it; None where nothing was due."""

    code: str
    numerator: int
    denominator: int
    excluded: int
    value: float | None
    value_with_excluded: float | None
    is_met: bool | None


class Standing(Struct, frozen=True, kw_only=True):
    """A department within its class. `score` is out of 100; without a `rank` where too little stands behind it."""

    department: str
    rates: tuple[Figure, ...]
    score: float | None
    rank: int | None


Counted = Mapping[str, Count]
NONE: Final = Count()


def figure(indicator: Indicator, counted: Counted) -> Figure:
    """Return what an indicator comes to."""
    above, below = counted.get(indicator.numerator, NONE), counted.get(indicator.denominator, NONE)
    value = _over(above.net, below.net)
    return Figure(
        code=indicator.code,
        numerator=above.net,
        denominator=below.net,
        excluded=below.excluded,
        value=value,
        value_with_excluded=_over(above.n, below.n),
        is_met=_is_met(indicator, value),
    )


def figures(meant: Indicators, counted: Counted) -> list[Figure]:
    """Return what every indicator of a city comes to."""
    return [figure(one, counted) for one in meant.indicators]


def added(many: Iterable[Counted]) -> dict[str, Count]:
    """Add counts up, name by name."""
    found: dict[str, Count] = {}
    for counted in many:
        for name, one in counted.items():
            before = found.get(name, NONE)
            found[name] = Count(before.n + one.n, before.excluded + one.excluded)
    return found


def league(meant: Indicators, counted: Mapping[str, Counted], members: Collection[str]) -> list[Standing]:
    """Return how the departments of one class stand: the ranked first, then those of which too little is known.

    Equal scores share a rank. There is no league over classes: a street and a bureau do not answer the same questions.
    """
    rows = [_standing(meant, department, counted.get(department, {})) for department in members]
    ranked = sorted(
        (row for row in rows if _is_ranked(meant, row)), key=lambda row: (-(row.score or 0), row.department)
    )
    listed = sorted((row for row in rows if not _is_ranked(meant, row)), key=lambda row: row.department)
    scores = [row.score for row in ranked]
    return [*(_with_rank(row, scores.index(row.score) + 1) for row in ranked), *listed]


def _standing(meant: Indicators, department: str, counted: Counted) -> Standing:
    rates = tuple(figure(one, counted) for code in RATES if (one := meant.of_code(code)) is not None)
    values = [(meant.weights.get(one.code, 0.0), one.value) for one in rates]
    known = [weight * value for weight, value in values if value is not None]
    score = round(100 * sum(known), 2) if rates and len(known) == len(values) else None
    return Standing(department=department, rates=rates, score=score, rank=None)


def _is_ranked(meant: Indicators, row: Standing) -> bool:
    return row.score is not None and all(one.denominator >= meant.smallest for one in row.rates)


def _with_rank(row: Standing, rank: int) -> Standing:
    return Standing(department=row.department, rates=row.rates, score=row.score, rank=rank)


def _over(above: int, below: int) -> float | None:
    return above / below if below > 0 else None


def _is_met(indicator: Indicator, value: float | None) -> bool | None:
    if value is None or indicator.target is None:
        return None
    return value >= indicator.target if indicator.direction == "up" else value <= indicator.target
