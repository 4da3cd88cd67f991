"""质量检查 (质检): what is drawn to be looked at, and the sheet it is scored by, as a city has them in oversight.toml."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from models.limits import InvalidRule, Limit

Subject = Literal["interaction", "ticket"]
Code = Annotated[str, Meta(pattern="^[a-z_]{1,32}$")]
FULL: Final = 100


class Sample(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of the sampling plan (抽样): of the day's ended interactions or tickets.

    `outcomes` are the outcomes of interactions, or end states of tickets, that it looks at; none are all. `complained` takes
    tickets that were rated unsolved or unsatisfactory. Of these `share` is drawn at random; with `a_week` so many of each agent
    or department, over the week that ends on that day, instead.
    """

    code: Code
    name: str
    of: Subject
    outcomes: tuple[str, ...] = ()
    complained: bool = False
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    a_week: Annotated[int, Meta(ge=1, le=1000)] | None = None

    def __post_init__(self) -> None:
        if self.complained and self.of != "ticket":
            raise InvalidRule(f"抽样规则“{self.name}”：complained 只用于工单")


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is scored, and with how many points at most; a veto item (一票否决) has none."""

    code: Code
    name: str
    points: Annotated[int, Meta(ge=1, le=FULL)] | None = None


class Sheet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """评分表 of interactions or tickets: items that make a hundred points together, and vetoes that make it none."""

    of: Subject
    items: tuple[Item, ...]
    vetoes: tuple[Item, ...] = ()

    def __post_init__(self) -> None:
        if sum(item.points or 0 for item in self.items) != FULL or any(item.points is None for item in self.items):
            raise InvalidRule(f"评分表（{self.of}）各项 points 之和应为 {FULL}")
        codes = [item.code for item in (*self.items, *self.vetoes)]
        if len(set(codes)) != len(codes):
            raise InvalidRule(f"评分表（{self.of}）的项目代码重复")

    def score(self, points: Mapping[str, int], vetoes: tuple[str, ...]) -> int:
        """Return the score, nothing where there is a veto. Raises InvalidRule for a sheet that is filled in wrongly."""
        most = {item.code: item.points or 0 for item in self.items}
        if set(points) != set(most):
            raise InvalidRule(f"请为每一项打分：{'、'.join(item.code for item in self.items)}")
        for item in self.items:
            if not 0 <= points[item.code] <= most[item.code]:
                raise InvalidRule(f"“{item.name}”应为 0 到 {item.points} 分")
        unknown = set(vetoes) - {item.code for item in self.vetoes}
        if unknown:
            raise InvalidRule(f"评分表没有这些一票否决项：{'、'.join(sorted(unknown))}")
        return 0 if vetoes else sum(points.values())


class InspectionTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """质检: the sampling plan, the sheets, and within what time the inspected may appeal, once."""

    appeal_within: Limit = Limit("3wd")
    samples: tuple[Sample, ...] = ()
    sheets: tuple[Sheet, ...] = (
        Sheet(
            of="interaction",
            items=(
                Item(code="manner", name="服务态度", points=40),
                Item(code="answer", name="解答准确", points=60),
            ),
            vetoes=(Item(code="rude", name="辱骂、顶撞来电人"),),
        ),
        Sheet(
            of="ticket",
            items=(
                Item(code="handling", name="办理到位", points=60),
                Item(code="reply", name="答复规范", points=40),
            ),
            vetoes=(Item(code="false_reply", name="虚假答复"),),
        ),
    )

    def __post_init__(self) -> None:
        if sorted(sheet.of for sheet in self.sheets) != ["interaction", "ticket"]:
            raise InvalidRule("interaction、ticket 的评分表各须写一份，不多不少")
        codes = [sample.code for sample in self.samples]
        if len(set(codes)) != len(codes):
            raise InvalidRule("抽样规则的代码重复")

    def sheet_of(self, subject: str) -> Sheet:
        """Return the sheet that a subject is scored by."""
        return next(sheet for sheet in self.sheets if sheet.of == subject)
