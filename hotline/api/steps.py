"""Every step of a ticket over HTTP: which fields it takes and which use case it is."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta, Struct

from hotline import (
    answer,
    countersign,
    deferral,
    delegation,
    dispatch,
    dispute,
    extension,
    follow_up,
    handling,
    handoff,
    holding,
    merging,
    patrol,
    pause,
    review,
    send_back,
    splitting,
    supervision,
    track,
)
from hotline.api import body
from hotline.api.shapes import Count, Number
from hotline.countersign import Unsigned, Waiting
from hotline.fields import GroundsFields, SealedFields
from hotline.keys import HUB
from hotline.reply_check import Checked
from hotline.step import Step, run_once
from models.errors import Forbidden, HotlineError, IdempotencyMismatch
from models.labels import LABELS
from models.lifecycle import Action, AssignmentState, TicketState, may
from models.store import holds, idempotency
from models.store.steps import KeyAlreadyUsed, Remembered
from models.ticket import id_of
from models.vocabulary import AssignmentRole
from nlu.reply_check import Finding

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from models.ticket import Actor


class UseCase(NamedTuple):
    """The fields of an action and who carries it out."""

    fields: type[Struct]
    work: Callable[[Step, Any], Awaitable[Any]]


DEPARTMENT_STEPS: Final = {
    Action.ACKNOWLEDGE: UseCase(handling.Acknowledge, handling.acknowledge),
    Action.CONTACT: UseCase(handling.Contact, handling.contact),
    Action.PROGRESS: UseCase(handling.Progress, handling.progress),
    Action.DELEGATE: UseCase(delegation.Delegate, delegation.delegate),
    Action.SEND_BACK: UseCase(send_back.SendBack, send_back.send_back),
    Action.REQUEST_EXTENSION: UseCase(extension.RequestExtension, extension.request_extension),
    Action.REQUEST_DEFERRAL: UseCase(deferral.RequestDeferral, deferral.request_deferral),
    Action.REPLY: UseCase(handling.Reply, handling.reply),
    Action.SIGN_OFF: UseCase(handling.SignOff, handling.sign_off),
    Action.GRADE_UP: UseCase(patrol.GradeUp, patrol.grade_up),
}
CITIZEN_STEPS: Final = {
    Action.SUPPLEMENT: UseCase(track.Supplement, track.supplement),
    Action.URGE: UseCase(track.Urge, track.urge),
    Action.WITHDRAW: UseCase(track.Withdraw, track.withdraw),
    Action.RATE: UseCase(follow_up.Rate, follow_up.rate),
    Action.ASK_REOPEN: UseCase(follow_up.AskReopen, follow_up.ask_reopen),
}
STEPS: Final[dict[Action, UseCase]] = {
    **DEPARTMENT_STEPS,
    **CITIZEN_STEPS,
    Action.ACCEPT: UseCase(dispatch.Accept, dispatch.accept),
    Action.ANSWER: UseCase(answer.Answer, answer.answer),
    Action.DECLINE: UseCase(answer.Decline, answer.decline),
    Action.VOID: UseCase(GroundsFields, answer.void),
    Action.NOTE: UseCase(answer.Note, answer.note),
    Action.DISPATCH: UseCase(dispatch.Dispatch, dispatch.dispatch),
    Action.REASSIGN: UseCase(dispatch.Dispatch, dispatch.reassign),
    Action.RECALL: UseCase(dispatch.Recall, dispatch.recall),
    Action.DESIGNATE: UseCase(dispatch.Designate, dispatch.designate),
    Action.MERGE: UseCase(merging.Merge, merging.merge),
    Action.SPLIT: UseCase(splitting.Split, splitting.split),
    Action.HAND_OFF: UseCase(handoff.HandOff, handoff.hand_off),
    Action.CONFIRM_HANDOFF: UseCase(handoff.ConfirmHandoff, handoff.confirm_handoff),
    Action.DECIDE_SEND_BACK: UseCase(send_back.DecideSendBack, send_back.decide_send_back),
    Action.DECIDE_EXTENSION: UseCase(extension.DecideExtension, extension.decide_extension),
    Action.DECIDE_DEFERRAL: UseCase(deferral.DecideDeferral, deferral.decide_deferral),
    Action.PAUSE: UseCase(pause.Pause, pause.pause),
    Action.RESUME: UseCase(pause.Resume, pause.resume),
    Action.OPEN_DISPUTE: UseCase(dispute.OpenDispute, dispute.open_dispute),
    Action.RULE: UseCase(dispute.Rule, dispute.rule),
    Action.APPROVE: UseCase(review.Approve, review.approve),
    Action.REJECT: UseCase(review.Reject, review.reject),
    Action.FOLLOW_UP: UseCase(follow_up.FollowUp, follow_up.follow_up),
    Action.REOPEN: UseCase(GroundsFields, follow_up.reopen_by_person),
    Action.CLOSE: UseCase(follow_up.Close, follow_up.close),
    Action.ARCHIVE: UseCase(follow_up.Close, follow_up.archive),
    Action.REMIND: UseCase(supervision.Remind, supervision.remind),
    Action.SUPERVISE: UseCase(supervision.Supervise, supervision.supervise),
    Action.ESCALATE: UseCase(supervision.Supervise, supervision.escalate),
}


FREE_WORDS: Final = (
    "reason",
    "remark",
    "duty_argument",
    "plan",
    "topic",
    "ruling",
    "lawful_channel",
    "instruction",
)


class Chosen(Struct, kw_only=True):
    """Which step; the action's own fields stand beside it."""

    action: Action


class OnVersion(Struct, kw_only=True):
    """The version of the ticket that the step was decided on: who saw an older one is told so."""

    version: Annotated[int, Meta(ge=0)]


class StepPart(Struct, kw_only=True):
    """Where one part stands after a step."""

    assignment: int
    department: str
    role: AssignmentRole
    state: AssignmentState
    reply_by: datetime


class StepAnswer(Struct, kw_only=True):
    """Where the ticket and its parts stand after a step; `made` are the numbers of tickets that came of it.

    `findings` are what the check of a reply found; its author may still write it anew. `told` is what to tell the citizen.
    With `waits` (status 202) nothing was done yet: a second person must sign first (双人复核).
    """

    number: Number
    state: TicketState
    version: Count
    assignments: list[StepPart]
    made: list[str] = []
    findings: tuple[Finding, ...] = ()
    told: str | None = None
    waits: Waiting | None = None


async def take_step(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/tickets/{number}/steps."""
    raw, seen = await body.read_body(request, OnVersion)
    key = f"{request.match_info['number']}:{body.idempotency_key(request)}"
    channel = f"step:{actor.role}:{actor.name}"
    return await carry_out(request, actor, STEPS, raw, channel=channel, key=key, version=seen.version)


async def carry_out(
    request: web.Request,
    actor: Actor,
    allowed: dict[Action, UseCase],
    raw: bytes,
    *,
    channel: str,
    key: str,
    ticket_number: str | None = None,
    version: int | None = None,
) -> web.Response:
    """Take one step, once for each key: the same request again gets the same answer."""
    hub = request.app[HUB]
    action = body.decode(raw, Chosen).action
    use_case = _allowed(actor, allowed, action)
    fields = body.decode(raw, use_case.fields)
    ticket_id = id_of(ticket_number or request.match_info["number"])
    digest = hub.database.keyring.digest(raw)

    def remember(step: Step, made: Any) -> Remembered:
        reply = msgspec.json.encode(step_answer(step, made)).decode()
        status = 202 if isinstance(made, Waiting) else 200
        return Remembered(channel=channel, key=key, request_digest=digest, status=status, response=reply)

    async def attempt() -> Remembered:
        is_citizens = action in CITIZEN_STEPS
        try:
            work = partial(_take, use_case=use_case, action=action, fields=fields)
            return await run_once(
                hub, actor, ticket_id, work, version=version, remember=remember, is_citizens=is_citizens
            )
        except Unsigned as unsigned:
            ask = partial(countersign.ask, wanted=unsigned.wanted)
        return await run_once(hub, actor, ticket_id, ask, version=version, remember=remember)

    try:
        kept = await attempt()
    except (KeyAlreadyUsed, HotlineError):
        # A repeated request finds the ticket moved on by the first one, its part perhaps ended: whatever stands in
        # its way now, its answer is what was kept then.
        again = await _again(request, channel, key, digest)
        if again is None:
            raise
        return again
    return body.raw_answer(kept.response.encode(), kept.status)


def _allowed(actor: Actor, allowed: dict[Action, UseCase], action: Action) -> UseCase:
    """Return how an action is carried out; raises Forbidden where it is none of this door, or this role may never take it."""
    use_case = allowed.get(action)
    if use_case is None:
        raise Forbidden(f"此处不能执行“{LABELS['action'][action]}”")
    if not may(action, actor.role):
        raise Forbidden(f"{LABELS['role'][actor.role]}无权执行“{LABELS['action'][action]}”")
    return use_case


async def _take(step: Step, *, use_case: UseCase, action: Action, fields: Struct) -> Any:
    """Carry an action out. Raises Unsigned where it could be done, but not by one person alone (双人复核)."""
    hold, before = await holding.check(step, action), step.ticket.state
    wanted = countersign.needed(step, action, fields)
    second = await countersign.check(step, wanted) if wanted is not None else None
    made = await use_case.work(step, await _without_traces(step, fields))
    if wanted is not None and second is None:
        raise Unsigned(wanted)
    if hold is not None and step.ticket.state is not before:
        # What it was held for is done.
        await holds.let_go(step.session, step.ticket.id)
    return made


async def _without_traces(step: Step, fields: Struct) -> Struct:
    """Mask what people wrote to one another: it stands on the trail and in messages, where no personal data may.

    What is kept sealed stays as it was written; it is masked when it is shown.
    """
    sealed = fields.SEALED if isinstance(fields, SealedFields) else ()
    written = {name: value for name in FREE_WORDS if name not in sealed and (value := getattr(fields, name, None))}
    if not written:
        return fields
    return msgspec.structs.replace(fields, **{name: await step.as_told(value) for name, value in written.items()})


def step_answer(step: Step, made: Any) -> StepAnswer:
    """Return where everything stands after a step."""
    return StepAnswer(
        number=step.ticket.number,
        state=step.ticket.state,
        version=step.ticket.version,
        assignments=[
            StepPart(
                assignment=part.ordinal,
                department=part.department,
                role=part.role,
                state=part.state,
                reply_by=part.reply_by,
            )
            for part in step.parts.values()
        ],
        made=made if isinstance(made, list) else [],
        findings=made.findings if isinstance(made, Checked) else (),
        told=made if isinstance(made, str) else None,
        waits=made if isinstance(made, Waiting) else None,
    )


async def _again(request: web.Request, channel: str, key: str, digest: bytes) -> web.Response | None:
    kept = await request.app[HUB].database.read(lambda session: idempotency.find(session, channel, key))
    if kept is None:
        return None
    if kept.request_digest != digest:
        raise IdempotencyMismatch("同一 Idempotency-Key 对应的内容不同：重发请保持内容一致，新操作请换新的键")
    return body.raw_answer(kept.response.encode(), kept.status)
