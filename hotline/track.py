"""The citizen's own steps: 补充, 催促, 撤诉."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from hotline import guards
from hotline.fields import Reason, Remark, required
from models.lifecycle import Action

if TYPE_CHECKING:
    from hotline.step import Step


class Supplement(Struct, kw_only=True):
    """补充: further words to the same matter."""

    text: Reason


class Urge(Struct, kw_only=True):
    """催促."""

    text: Remark = ""


class Withdraw(Struct, kw_only=True):
    """撤诉."""

    reason: Remark = ""


async def supplement(step: Step, fields: Supplement) -> None:
    """Add to the brief what the citizen adds, masked, and tell every department at work."""
    text = await step.text()
    added = step.hub.mask(required(fields.text, "补充内容"), text.caller_name)
    step.take(Action.SUPPLEMENT, length=len(fields.text))
    await step.set_brief(f"{text.brief}\n补充：{added}")
    for part in step.live_parts:
        await step.deliver(part, "ticket.supplemented", added=added)


async def urge(step: Step, fields: Urge) -> None:
    """Pressure on the ticket, not a new one."""
    step.take(Action.URGE, length=len(fields.text))
    step.set(urge_count=step.ticket.urge_count + 1)
    for part in step.live_parts:
        await step.deliver(part, "ticket.urged", count=step.ticket.urge_count)


async def withdraw(step: Step, fields: Withdraw) -> None:
    """The citizen takes it back; the departments are told to stop."""
    await guards.check_alone(step, "整单撤诉")
    step.take(Action.WITHDRAW, length=len(fields.reason))
    for part in step.live_parts:
        await step.end_part(part, "ticket.withdrawn")
    await step.tell("withdrawn")
