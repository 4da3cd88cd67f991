"""When the program asks a person to open an incident (突发/群体), and what is owed while one is open: incidents.toml of a city.

Sources: DOMAIN 5.2 (群体: cluster alarm), 突发事件应对法 §61 and 北京条例 §29 (即时报告), both without numbers: those are the city's.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from models.limits import InvalidRule, Limit, Unit, limit, limit_hook
from models.storm import StormRule
from models.vocabulary import Flag

_UNITS: Final = {Unit.MINUTE: timedelta(minutes=1), Unit.HOUR: timedelta(hours=1), Unit.DAY: timedelta(days=1)}


def span(length: Limit) -> timedelta:
    """Return a limit of minutes, hours or days as it runs by the clock. Raises InvalidRule for working time."""
    if length.unit not in _UNITS:
        raise InvalidRule(f"时限“{length}”写法有误：事件昼夜连续计时，单位只能是 m、h、d")
    return length.amount * _UNITS[length.unit]


class WaveRule(Struct, frozen=True, kw_only=True):
    """When a pile-up of requests (群体/热点) is raised: so many callers within so many days."""

    callers: Annotated[int, Meta(ge=2)] = 5
    within_days: Annotated[int, Meta(ge=1, le=30)] = 7


class KeywordRule(Struct, frozen=True, kw_only=True):
    """Words (or flags) of one sort of incident: so many `callers` `within` a while in one district are a pile-up."""

    code: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{1,31}$")]
    name: Annotated[str, Meta(min_length=2, max_length=20)]
    words: tuple[Annotated[str, Meta(min_length=2, max_length=20)], ...] = ()
    flags: tuple[Flag, ...] = ()
    callers: Annotated[int, Meta(ge=2, le=1000)]
    within: Limit

    def __post_init__(self) -> None:
        """Refuse a rule that nothing could ever fit."""
        span(self.within)
        if not self.words and not self.flags:
            raise InvalidRule(f"“{self.code}”既没有 words 也没有 flags，永远不会命中")

    def fits(self, text: str, flags: Collection[str]) -> bool:
        """Tell whether a request is of this sort."""
        return any(word in text for word in self.words) or any(flag in flags for flag in self.flags)


class ReportRule(Struct, frozen=True, kw_only=True):
    """When the leaders must know (信息报送) of an incident on a lead of these urgencies: first, and again and again."""

    urgencies: tuple[Annotated[int, Meta(ge=1, le=4)], ...]
    first: Limit
    every: Limit

    def __post_init__(self) -> None:
        """Refuse working time: incidents know none."""
        span(self.first)
        span(self.every)


class AnswerRule(Struct, frozen=True, kw_only=True):
    """统一口径: how long it holds where nobody says, and how long before its end its keeper is warned."""

    holds: Limit = limit("24h")
    warn: Limit = limit("30m")

    def __post_init__(self) -> None:
        """Refuse a warning that would come before the answer was given."""
        if span(self.warn) >= span(self.holds):
            raise InvalidRule(f"warn（{self.warn}）须短于 holds（{self.holds}）")


class IncidentRules(Struct, frozen=True, kw_only=True):
    """incidents.toml. The first keyword that fits is a request's own; `proposes_above` is how sure (0..1) the program must be
    before it proposes an open incident to a seat; `alarm_every`: who is late is told again so often.
    """

    proposes_above: Annotated[float, Meta(ge=0, le=1)] = 0.5
    alarm_every: Limit = limit("15m")
    answer: AnswerRule = AnswerRule()
    storm: StormRule = StormRule()
    reports: tuple[ReportRule, ...] = ()
    keywords: tuple[KeywordRule, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two keywords of one code, and a storm that would end as it begins."""
        for length in (self.alarm_every, self.storm.calm_for, self.storm.quiet_for):
            span(length)
        if self.storm.calm >= self.storm.burst:
            raise InvalidRule(f"calm（{self.storm.calm:g}）须小于 burst（{self.storm.burst:g}）")
        codes = [one.code for one in self.keywords]
        for code in codes:
            if codes.count(code) > 1:
                raise InvalidRule(f"keywords 的 code“{code}”重复")

    def report(self, urgency: int) -> tuple[timedelta, timedelta]:
        """Return within how long the leaders are first told, and how often from then on; 30 minutes and two hours where none says."""
        for rule in self.reports:
            if urgency in rule.urgencies:
                return span(rule.first), span(rule.every)
        return timedelta(minutes=30), timedelta(hours=2)

    def keyword_of(self, text: str, flags: Collection[str]) -> KeywordRule | None:
        """Return the sort of incident that a request tells of, None for any other."""
        return next((rule for rule in self.keywords if rule.fits(text, flags)), None)

    def keyword(self, code: str) -> KeywordRule | None:
        """Return a rule by its code, None where the city no longer has it."""
        return next((rule for rule in self.keywords if rule.code == code), None)


def read_incident_rules(written: dict[str, Any]) -> IncidentRules:
    """Read incidents.toml. Raises ValueError with the path of what is wrong."""
    return msgspec.convert(written, IncidentRules, dec_hook=limit_hook)
