"""The citizen's own steps: 补充, 催促, 撤诉; a merged caller's are passed on, but for the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hotline import guards, passing_on
from hotline.fields import Reason, Remark, SealedFields, required
from hotline.heard import take_in
from models.lifecycle import Action

if TYPE_CHECKING:
    from hotline.step import Step


class Supplement(SealedFields, kw_only=True):
    """补充: further words to the same matter."""

    SEALED: ClassVar = ("text",)

    text: Reason


class Urge(SealedFields, kw_only=True):
    """催促."""

    SEALED: ClassVar = ("text",)

    text: Remark = ""


class Withdraw(SealedFields, kw_only=True):
    """撤诉."""

    SEALED: ClassVar = ("reason",)

    reason: Remark = ""


async def supplement(step: Step, fields: Supplement) -> None:
    """Add to the brief what the citizen adds, masked, and tell every department at work, unless it accuses them."""
    added = await step.as_told(required(fields.text, "补充内容"))
    async with passing_on.common(step) as common:
        passing_on.take(step, common, Action.SUPPLEMENT, length=len(fields.text), words=fields.words)
        if not await take_in(common, fields.text):
            return
        added = await common.as_told(added)
        await common.set_brief(f"{(await common.text()).brief}\n补充：{added}")
        for part in common.live_parts:
            await common.deliver(part, "ticket.supplemented", added=added)


async def urge(step: Step, fields: Urge) -> None:
    """Pressure on the ticket, not a new one."""
    async with passing_on.common(step) as common:
        passing_on.take(step, common, Action.URGE, length=len(fields.text), words=fields.words)
        await take_in(common, fields.text)
        for one in {step, common}:
            one.set(urge_count=one.ticket.urge_count + 1)
        for part in common.live_parts:
            await common.deliver(part, "ticket.urged", count=common.ticket.urge_count)


async def withdraw(step: Step, fields: Withdraw) -> None:
    """The citizen takes it back; the departments are told to stop. A merged caller only ceases to be told.

    Raises Conflict while an emergency handoff is not confirmed: who is in danger may say that all is well.
    """
    step.check(Action.WITHDRAW)
    await guards.check_handed_off(step, "撤诉")
    await guards.check_alone(step, "整单撤诉")
    step.take(Action.WITHDRAW, length=len(fields.reason), words=fields.words)
    for part in step.live_parts:
        await step.end_part(part, "ticket.withdrawn")
    await step.tell("withdrawn")
