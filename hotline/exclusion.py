"""剔除: somebody asks with evidence that a ticket or a part is not counted, somebody else decides; it is counted in public.

It moves no date and excuses nobody from handling: only the figures are shown without it, and with it beside them
(国办函〔2025〕66号: 科学确定评价范围).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline import countersign
from hotline.fields import Grounds, Reason, required
from models.errors import Conflict, Forbidden, InvalidRequest, NotFound
from models.lifecycle import TicketState
from models.store import attachments, exclusions, indicators
from models.store.exclusions import Exclusion
from models.vocabulary import AssignmentRole, Role

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Actor

DECIDERS: Final = frozenset({Role.SUPERVISOR, Role.QUALITY, Role.SHIFT_LEAD})
UploadId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class ExclusionAsked(Struct, kw_only=True):
    """What is not to be counted and why. Without `assignment` it is the whole ticket, for a department its own part.

    `reason` is one of the city's (GET /api/v1/indicators/definitions); `evidence` says what shows it, `attachments` are uploaded files.
    """

    ticket: Annotated[str, Meta(pattern="^[0-9]{14,17}$")]
    reason: Annotated[str, Meta(min_length=1, max_length=64)]
    evidence: Grounds
    assignment: Annotated[int, Meta(ge=1, le=32767)] | None = None
    attachments: Annotated[list[UploadId], Meta(max_length=10)] = []


class ExclusionStep(Struct, kw_only=True):
    """`grant` or `refuse` what waits, `revoke` what was granted; `reason` says why."""

    action: Literal["grant", "refuse", "revoke"]
    reason: Reason


async def ask(step: Step, fields: ExclusionAsked) -> Exclusion:
    """Ask that a ticket or a part is not counted. Raises InvalidRequest, Conflict, Forbidden, NotFound."""
    reasons = {one.code: one.name for one in step.hub.city.indicators.exclusion_reasons}
    if fields.reason not in reasons:
        raise InvalidRequest(f"剔除事由应为 {'、'.join(f'{code}（{name}）' for code, name in reasons.items())} 之一")
    # Whoever reads it later need not know the caller: what would tell is masked before it is sealed.
    evidence = await step.as_told(required(fields.evidence, "证据说明", 4))
    if step.ticket.state is TicketState.VOID:
        raise Conflict("作废的工单不参与统计，不必剔除")
    ordinal, department = _concerned(step, fields.assignment)
    await attachments.belong_to(step.session, fields.attachments, step.ticket.id)
    step.record(
        "exclusion_asked",
        assignment=ordinal,
        reason=fields.reason,
        attachments=fields.attachments,
    )
    wanted = Exclusion(
        id=0,
        ticket_id=step.ticket.id,
        assignment=ordinal,
        department=department,
        reason=fields.reason,
        seq=step.ticket.event_count,
        evidence=evidence,
        state="waiting",
        asked_by=account(step.actor),
        asked_at=step.at,
    )
    return replace(wanted, id=await exclusions.ask(step.session, wanted))


async def decide(step: Step, exclusion_id: int, fields: ExclusionStep) -> Exclusion:
    """Decide on what waits, or take a grant back. Raises Forbidden for whoever asked and as `check_settled`, Conflict, NotFound."""
    wanted = await exclusions.get(step.session, exclusion_id)
    if wanted.asked_by == account(step.actor):
        raise Forbidden("剔除须由申请人以外的第二人审定")
    if fields.action == "grant":
        await countersign.check_settled(step.session, step.actor)
    expected = "granted" if fields.action == "revoke" else "waiting"
    if wanted.state != expected:
        raise Conflict("只有已剔除的可以撤销" if fields.action == "revoke" else "该剔除申请已审定")
    state = {"grant": "granted", "refuse": "refused", "revoke": "revoked"}[fields.action]
    why = required(fields.reason, "审定理由")
    step.record(f"exclusion_{state}", exclusion=exclusion_id, assignment=wanted.assignment, words={"reason": why})
    await exclusions.decide(step.session, exclusion_id, state, account(step.actor), step.at)
    if state != "refused":
        await indicators.stale(step.session, step.ticket.registered_at, step.at)
    return replace(wanted, state=state, decided_by=account(step.actor), decided_at=step.at)


def account(actor: Actor) -> str:
    """Return whose hand it was: a department's system and its people are told apart from the hotline's by their code."""
    return f"{actor.department}:{actor.name}" if actor.department else actor.name


def _concerned(step: Step, asked: int | None) -> tuple[int | None, str | None]:
    """Return the part that is meant, None for the whole ticket, and whose figures it concerns."""
    own = step.actor.department
    if asked is not None:
        part = step.parts.get(asked)
        if part is None:
            raise NotFound(f"该工单没有编号为{asked}的承办任务")
        if own is not None and part.department != own:
            raise Forbidden("只能申请剔除本单位的承办任务")
        return part.ordinal, part.department
    if own is None:
        return None, step.ticket.lead
    mine = [part for part in step.parts.values() if part.department == own]
    if not mine:
        raise Forbidden("只能申请剔除本单位的承办任务")
    lead = next((part for part in reversed(mine) if part.role is AssignmentRole.LEAD), mine[-1])
    return lead.ordinal, lead.department
