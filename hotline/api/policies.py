"""时限政策: what the city promises and by when, its alternatives, and the clocks of the law, each with where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from hotline.api import body
from hotline.api.shapes import Count
from hotline.keys import HUB
from models.limits import limit
from models.vocabulary import Kind, Urgency

if TYPE_CHECKING:
    from aiohttp import web

    from models.limits import Limit
    from models.sla import ExtensionTerms, LimitRow, Policy, Statute
    from models.ticket import Actor

# What the letters in a source mean (cities/*/policies).
SOURCE_MARKS: Final = {
    "V": "见到原文片段",
    "F": "读过全文",
    "S": "二手来源",
    "L": "仅作缺省，不得引用",
    "M": "未经核对",
    "D": "本系统的设计取值",
}


class LimitTold(Struct, kw_only=True):
    """A length of time as the rule has it (`5wd`) and in words (5个工作日)."""

    limit: str
    words: str


class ExtensionTold(Struct, kw_only=True):
    """How often and by how much a date may be extended; null where it may not."""

    times: Count
    each: LimitTold | None
    total: LimitTold | None


class LimitLine(Struct, kw_only=True):
    """The limits of some kinds at some urgencies; `send_back` null: it may not be sent back."""

    urgencies: list[Urgency]
    kinds: list[Kind]
    dispatch: LimitTold
    acknowledge: LimitTold
    contact: LimitTold
    reply: LimitTold
    promise: LimitTold
    send_back: LimitTold | None
    extension: ExtensionTold
    source: str


class ReopenTold(Struct, kw_only=True):
    """What happens when a matter is taken up again (重办): to whom, with how much of the limit, how soon it must be asked for."""

    to: Literal["lead", "desk"]
    first_factor: float
    supervise_at: Count
    escalate_at: Count
    within: LimitTold
    source: str


class MarksTold(Struct, kw_only=True):
    """When the clock speaks: before the due time (催办, 黄牌) and after it (督办, 提级)."""

    remind: list[LimitTold]
    yellow: LimitTold
    supervise: LimitTold
    escalate: LimitTold


class HotlineTold(Struct, kw_only=True):
    """The hotline's own limits, and from which send-back on there is a dispute (会商), from which dispatch on a designation (指定)."""

    review: LimitTold
    decide_send_back: LimitTold
    decide_extension: LimitTold
    decide_deferral: LimitTold
    review_deferral_every: LimitTold
    follow_up: LimitTold
    archive_after: LimitTold
    call_back: LimitTold
    confirm_handoff: LimitTold
    dispute_at: Count
    designate_at: Count


class FollowUpTold(Struct, kw_only=True):
    """回访: attempts, in which parts of the day, and what follows where somebody is unsatisfied or not reached."""

    attempts: Count
    day_parts: list[str]
    quiet: list[str]
    unsatisfied: Literal["reopen", "close"]
    unreachable: Literal["close", "person"]


class PolicyLine(Struct, kw_only=True):
    """One policy; the limits are tried from the top, the first that fits holds."""

    id: str
    name: str
    version: str
    is_in_force: bool
    source: str
    limits: list[LimitLine]
    marks: MarksTold
    hotline: HotlineTold
    follow_up: FollowUpTold
    reopen: ReopenTold


class StatuteLine(Struct, kw_only=True):
    """A clock of the law: its `reply` stands in place of the policy's; one that `tightens` only where it is due earlier."""

    id: str
    law: str
    categories: list[str]
    kinds: list[Kind]
    urgencies: list[Urgency]
    reply: LimitTold
    extension: ExtensionTold
    tightens: bool


class Policies(Struct, kw_only=True):
    """The policy in force first; `source_marks` says what the letters in brackets mean."""

    policies: list[PolicyLine]
    statutes: list[StatuteLine]
    source_marks: dict[str, str]


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/policies."""
    city = request.app[HUB].city
    ordered = sorted(city.policies.values(), key=lambda one: (one.id != city.policy, one.id))
    told = {
        "policies": [_policy(one, is_in_force=one.id == city.policy) for one in ordered],
        "statutes": [_statute(one) for one in city.statutes],
        "source_marks": SOURCE_MARKS,
    }
    return body.answer(told, Policies)


def _policy(one: Policy, *, is_in_force: bool) -> dict[str, Any]:
    follow_up, reopen = one.follow_up, one.reopen
    return {
        "id": one.id,
        "name": one.name,
        "version": one.version,
        "is_in_force": is_in_force,
        "source": one.source,
        "limits": [_row(row) for row in one.limits],
        "marks": {
            "remind": [_limit(ahead) for ahead in one.marks.remind],
            "yellow": _limit(one.marks.yellow),
            "supervise": _limit(one.marks.supervise),
            "escalate": _limit(one.marks.escalate),
        },
        "hotline": _hotline(one),
        "follow_up": {
            "attempts": follow_up.attempts,
            "day_parts": follow_up.day_parts,
            "quiet": follow_up.quiet,
            "unsatisfied": follow_up.unsatisfied,
            "unreachable": follow_up.unreachable,
        },
        "reopen": {
            "to": reopen.to,
            "first_factor": reopen.first_factor,
            "supervise_at": reopen.supervise_at,
            "escalate_at": reopen.escalate_at,
            "within": _limit(reopen.within),
            "source": reopen.source,
        },
    }


def _row(row: LimitRow) -> dict[str, Any]:
    names = ("dispatch", "acknowledge", "contact", "reply", "promise")
    return {
        "urgencies": sorted(row.urgencies),
        "kinds": [kind for kind in Kind if kind in row.kinds],
        **{name: _limit(getattr(row, name)) for name in names},
        "send_back": _limit(row.send_back) if row.send_back else None,
        "extension": _extension(row.extension),
        "source": row.source,
    }


def _hotline(one: Policy) -> dict[str, Any]:
    return {
        "review": _limit(one.review.within),
        "decide_send_back": _limit(one.send_back.decide_within),
        "decide_extension": _limit(one.extension.decide_within),
        "decide_deferral": _limit(one.deferral.decide_within),
        "review_deferral_every": _limit(one.deferral.review_every),
        "follow_up": _limit(one.follow_up.within),
        "archive_after": _limit(one.archive.after),
        "call_back": _limit(one.missed_call.call_back_within),
        "confirm_handoff": _limit(one.handoff.confirm_within),
        "dispute_at": one.send_back.dispute_at,
        "designate_at": one.send_back.designate_at,
    }


def _statute(one: Statute) -> dict[str, Any]:
    return {
        "id": one.id,
        "law": one.law,
        "categories": one.categories,
        "kinds": [kind for kind in Kind if kind in one.kinds],
        "urgencies": sorted(one.urgencies),
        "reply": _limit(one.reply),
        "extension": _extension(one.extension),
        "tightens": one.tightens,
    }


def _extension(terms: ExtensionTerms) -> dict[str, Any]:
    return {
        "times": terms.times,
        "each": _limit(limit(terms.each)) if terms.each else None,
        "total": _limit(limit(terms.total)) if terms.total else None,
    }


def _limit(one: Limit) -> dict[str, str]:
    return {"limit": str(one), "words": one.words}
