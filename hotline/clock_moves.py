"""What moves a part's dates once they run: approved extensions, deferrals and pauses. Each is a fact on the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline import clocks, own_due
from hotline.clocks import facts_of
from models.clocks import (
    ClockFact,
    DeferralApproved,
    DeferralEnded,
    ExtensionApproved,
    Paused,
    Resumed,
    recompute,
    write_fact,
)
from models.errors import Conflict
from models.labels import LABELS
from models.limits import limit
from models.store import events

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from hotline.step import Step
    from models.sla import ExtensionTerms
    from models.ticket import Assignment


async def moved(step: Step, part: Assignment, fact: ClockFact) -> dict[str, Any]:
    """Count a part's clocks again with one more fact; returns the columns that change.

    The facts come from the trail, so that what is stored and what is recomputed cannot part.
    """
    trail = await events.of_ticket(step.session, part.ticket_id)
    facts = [*facts_of(trail, part.ordinal), fact]
    times = recompute(facts, step.hub.calendars)
    step.record("clock_moved", assignment=part.ordinal, fact=write_fact(fact), reply_by=times.reply_by)
    return {
        "counted_from": step.at,
        "acknowledge_by": times.acknowledge_by,
        "contact_by": times.contact_by,
        "reply_by": times.reply_by,
        "send_back_by": times.send_back_by,
    }


async def extended(step: Step, part: Assignment, extra: str) -> dict[str, Any]:
    """Return the columns of a part whose extension is granted."""
    changed = await moved(step, part, ExtensionApproved(step.at, extra))
    return {**changed, "extension_count": part.extension_count + 1}


async def deferred(step: Step, part: Assignment, solve_by: datetime) -> dict[str, Any]:
    """Return the columns of a part that is deferred to a date."""
    return await moved(step, part, DeferralApproved(step.at, solve_by))


async def deferral_ended(step: Step, part: Assignment) -> dict[str, Any]:
    """Return the columns of a part whose deferral is over: its reply is owed within its limit from now."""
    return await moved(step, part, DeferralEnded(step.at))


async def paused(step: Step, part: Assignment, cause: str) -> dict[str, Any]:
    """Return the columns of a part whose clocks stop."""
    return {**await moved(step, part, Paused(step.at, cause)), "paused_at": step.at}


async def resumed(step: Step, part: Assignment) -> dict[str, Any]:
    """Return the columns of a part whose clocks run again."""
    return {**await moved(step, part, Resumed(step.at)), "paused_at": None}


def promise_again(step: Step, part: Assignment, because: str, *, is_agreed: bool = False) -> None:
    """Move the date given to the citizen where the lead's approved date comes too near to it; the first one is kept.

    A counted date leaves the hotline its own time for review (policy.review); one that was agreed on with the citizen's
    plan (挂账) is the citizen's as it is.
    """
    promised_at, counted = clocks.promised_after(step.hub, part.reply_by, is_agreed=is_agreed)
    if part.is_lead and promised_at > step.ticket.promised_at:
        step.record("promised", promised_at=promised_at, because=because, **counted)
        step.set(promised_at=promised_at)


def promise_sooner(step: Step, part: Assignment, because: str) -> None:
    """Bring the date given to the citizen forward with the lead's: what was put off is handled now."""
    promised_at, counted = clocks.promised_after(step.hub, part.reply_by, is_agreed=False)
    if part.is_lead and promised_at < step.ticket.promised_at:
        step.record("promised", promised_at=promised_at, because=because, **counted)
        step.set(promised_at=promised_at)


async def promise_corrected(step: Step, lead: str) -> None:
    """Count the citizen's date anew where the matter was read wrongly (类型、分类、紧急程度改正), and tell them once.

    From the same moment as before, never from the correction: from registration, or from when it was taken up again.
    """
    trail = await events.of_ticket(step.session, step.ticket.id)
    since = own_due.promised_since(trail) or step.ticket.registered_at
    promised_at, counted = clocks.promised_again(step.hub, step.ticket, since, lead)
    if promised_at != step.ticket.promised_at:
        step.record("promised", promised_at=promised_at, because="改正诉求类型、分类或紧急程度", **counted)
        step.set(promised_at=promised_at)
        await step.tell_all("corrected", until=promised_at, read_as=LABELS["kind"][step.ticket.kind])


def asked_part(step: Step, what: str, ordinal: int | None) -> tuple[Assignment, dict[str, Any]]:
    """Return the part that asked for time (`extension` or `deferral`) and what it asked; raises Conflict."""
    for part in step.live_parts:
        if part.asked is not None and part.asked["what"] == what and ordinal in {None, part.ordinal}:
            return part, part.asked
    raise Conflict("没有待审批的申请")


async def allowed_extension(step: Step, part: Assignment, asked: str | None) -> str:
    """Return the extension that may be asked for; raises Conflict where the policy allows none."""
    terms, granted = _terms(step.hub, await events.of_ticket(step.session, part.ticket_id), part)
    extra = asked or (str(terms.each) if terms.each else "")
    refusal = terms.refusal(granted, extra) if extra else "该类工单不得延期"
    if refusal is not None:
        raise Conflict(refusal)
    return extra


def may_extend(hub: Hub, trail: list[Any], part: Assignment) -> bool:
    """Tell whether a part may be given any more time at all, by its ticket's trail."""
    terms, granted = _terms(hub, trail, part)
    return bool(terms.each) and terms.refusal(granted, f"1{limit(terms.each).unit}") is None


def _terms(hub: Hub, trail: list[Any], part: Assignment) -> tuple[ExtensionTerms, list[str]]:
    """Return by what a part may be extended, and by what it was."""
    facts = facts_of(trail, part.ordinal)
    granted = [str(fact.limit) for fact in facts if isinstance(fact, ExtensionApproved)]
    return recompute(facts, hub.calendars).basis.extension, granted
