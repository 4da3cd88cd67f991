"""直办: answered in the call; and 不予受理: declined by a person, with the reason and the lawful channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

from hotline import guards
from hotline.fields import Code, Grounds, Reason, ReasonFields, SealedFields, required
from hotline.knowledge import cited
from hotline.step import PROGRAM
from models.errors import Conflict
from models.lifecycle import Action
from models.store import tickets

if TYPE_CHECKING:
    from hotline.proposal import Proposal
    from hotline.step import Step

ScopeCode = Literal["N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "N10"]


class Answer(Struct, kw_only=True):
    """直办: what was answered, and from which entries of the knowledge base."""

    text: Reason
    cites: Annotated[list[Code], Meta(max_length=10)] = []


class Decline(Struct, kw_only=True):
    """不予受理 (国办函〔2025〕66号): why, and which lawful channel is open to the citizen."""

    code: ScopeCode
    reason: Grounds
    lawful_channel: Grounds


class Note(SealedFields, kw_only=True):
    """备注."""

    SEALED: ClassVar = ("reason",)

    reason: Reason


async def answer(step: Step, fields: Answer) -> None:
    """Answered at once; the ticket is counted and never routed. Raises Conflict for what a person must look into."""
    text = required(fields.text, "答复内容")
    step.check(Action.ANSWER)
    refused = guards.why_no_answer(step.hub, step.ticket.kind, step.ticket.flags)
    if refused is not None:
        raise Conflict(f"{refused}；请派单或按规定处理")
    await guards.check_handed_off(step, "直办")
    cites = await cited(step.hub, step.session, fields.cites)
    step.take(Action.ANSWER, length=len(text), cites=cites)
    await tickets.set_answer(step.session, step.ticket.id, text)
    await step.tell_all("answered")


async def answered_already(step: Step, proposal: Proposal, length: int, entries: list[str]) -> None:
    """直办 of what is only now being registered: the seat has answered, and says from which entries of the knowledge base.

    Raises Conflict for what must not end with an answer alone, Forbidden, InvalidRequest.
    """
    cites = await cited(step.hub, step.session, entries)
    refused = guards.why_no_answer(step.hub, step.ticket.kind, step.ticket.flags)
    if proposal.handoffs:
        refused = "涉及紧急情况，须先转接，不能直办"
    elif any(one["confirmed_at"] is None for one in step.change.handoffs):
        refused = "通话中的一键转接尚未确认，不能直办"
    if refused is not None:
        raise Conflict(f"{refused}；请去掉 answer 重新登记")
    step.take(Action.ACCEPT, actor=PROGRAM)
    step.take(Action.ANSWER, length=length, cites=cites)
    await step.tell("answered")


async def decline(step: Step, fields: Decline) -> None:
    """Only a person declines, and never without telling the way (潍坊§19), nor while an emergency is not confirmed."""
    reason = required(fields.reason, "不予受理的理由", 4).rstrip("。；;")
    lawful_channel = required(fields.lawful_channel, "合法途径", 4).rstrip("。；;")
    step.check(Action.DECLINE)
    await guards.check_handed_off(step, "不予受理")
    step.take(Action.DECLINE, code=fields.code, reason=reason, lawful_channel=lawful_channel)
    await tickets.set_answer(step.session, step.ticket.id, f"不属于热线受理范围：{reason}。解决途径：{lawful_channel}")
    await step.tell_all("declined", reason=reason, lawful_channel=lawful_channel)


async def void(step: Step, fields: ReasonFields) -> None:
    """作废: a test or a slip, never a way to be rid of a request."""
    reason = required(fields.reason, "作废理由", 4)
    step.check(Action.VOID)
    await guards.check_handed_off(step, "作废")
    await guards.check_alone(step, "作废")
    step.take(Action.VOID, reason=reason)


async def note(step: Step, fields: Note) -> None:
    """备注: a remark for colleagues, sealed; a department's is of its part, and read by it and who stands over it."""
    required(fields.reason, "备注内容")
    own = [part.ordinal for part in step.parts.values() if part.department == step.actor.department]
    of_part: dict[str, Any] = {"assignment": own[-1]} if own else {}
    step.take(Action.NOTE, words=fields.words, **of_part)
