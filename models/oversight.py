"""How a city watches over its hotline and its departments (oversight.toml): supervision levels, inspection, callers' limits.

A city without the file goes by what stands here.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from models.inspection import InspectionTerms
from models.limits import InvalidRule, Limit, limit_hook
from models.vocabulary import CallerLimitLevel, Role, SupervisionLevel

_A_SUPERVISOR: Final = (Role.SUPERVISOR, Role.CLOCK)


class LevelTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One level of supervision: by when the department answers in writing, and who may issue it."""

    level: SupervisionLevel
    answer_within: Limit
    issued_by: tuple[Role, ...]


class SupervisionTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """督办分级 (潍坊§26: 书面督办、挂牌督办、约谈). `supervise` and `escalate` are the levels of those steps where none is named."""

    supervise: SupervisionLevel = SupervisionLevel.WRITTEN
    escalate: SupervisionLevel = SupervisionLevel.LISTED
    levels: tuple[LevelTerms, ...] = (
        LevelTerms(level=SupervisionLevel.WRITTEN, answer_within=Limit("2wd"), issued_by=_A_SUPERVISOR),
        LevelTerms(level=SupervisionLevel.LISTED, answer_within=Limit("3wd"), issued_by=_A_SUPERVISOR),
        LevelTerms(level=SupervisionLevel.INTERVIEW, answer_within=Limit("5wd"), issued_by=(Role.LEADER,)),
    )

    def __post_init__(self) -> None:
        named = sorted(terms.level for terms in self.levels)
        if named != [level for level in SupervisionLevel if level is not SupervisionLevel.REMINDED]:
            raise InvalidRule("督办级别 1（书面督办）、2（挂牌督办）、3（约谈）各须写一次，不多不少")
        for step, level in (("supervise", self.supervise), ("escalate", self.escalate)):
            if level is SupervisionLevel.REMINDED or Role.CLOCK not in self.terms_of(level).issued_by:
                raise InvalidRule(f"{step} 的缺省级别须是时钟（clock）可以发出的级别：到期由时钟发出")

    def terms_of(self, level: SupervisionLevel) -> LevelTerms:
        """Return what holds at a level."""
        return next(terms for terms in self.levels if terms.level is level)

    def lightest(self, role: Role, least: SupervisionLevel) -> SupervisionLevel:
        """Return the lightest level, `least` or above, that a role may issue; `least` where there is none."""
        able = [terms.level for terms in self.levels if role in terms.issued_by and terms.level >= least]
        return min(able, default=least)


class UrgingTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """催促: however often a citizen urges within that time of one that counted, it counts and presses once."""

    counted_once_within: Limit = Limit("24h")


class RatingTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """评价: how often a rating may be changed before the matter is taken up again."""

    changes: Annotated[int, Meta(ge=0, le=100)] = 2


class CallerLevelTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One level of a limit on a caller: what evidence it needs, and how long it lasts; none lasts for ever."""

    level: CallerLimitLevel
    least_evidence: Annotated[int, Meta(ge=1, le=50)]
    lasts: Limit


class CallerTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """来电人限制 (济南§42)."""

    levels: tuple[CallerLevelTerms, ...] = (
        CallerLevelTerms(level=CallerLimitLevel.REMIND, least_evidence=1, lasts=Limit("30d")),
        CallerLevelTerms(level=CallerLimitLevel.LIMITED, least_evidence=3, lasts=Limit("30d")),
        CallerLevelTerms(level=CallerLimitLevel.REPORTED, least_evidence=3, lasts=Limit("90d")),
    )

    def __post_init__(self) -> None:
        if sorted(terms.level for terms in self.levels) != sorted(CallerLimitLevel):
            raise InvalidRule("来电人限制的 remind、limited、reported 三级各须写一次，不多不少")

    def terms_of(self, level: CallerLimitLevel) -> CallerLevelTerms:
        """Return what holds at a level."""
        return next(terms for terms in self.levels if terms.level is level)


class Oversight(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """oversight.toml as a whole."""

    supervision: SupervisionTerms = SupervisionTerms()
    urging: UrgingTerms = UrgingTerms()
    rating: RatingTerms = RatingTerms()
    callers: CallerTerms = CallerTerms()
    inspection: InspectionTerms = InspectionTerms()


def read_oversight(written: Mapping[str, Any]) -> Oversight:
    """Make the rules of what tomllib read. Raises InvalidRule, or msgspec.ValidationError with the path of the field."""
    return msgspec.convert(dict(written), Oversight, dec_hook=limit_hook)
