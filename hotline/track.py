"""The citizen's own steps: 补充, 催促, 撤诉; a merged caller's are passed on, but for the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from msgspec import Meta

from hotline import clocks, guards, passing_on
from hotline.fields import Code, Reason, Remark, SealedFields, required
from hotline.handing_off import tell_waited_for
from hotline.heard import take_in
from models.errors import Conflict
from models.lifecycle import Action
from models.store import attachments, events
from models.trail import event_fields

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.step import Step

MOST_OF_A_TICKET: Final = 20


class Supplement(SealedFields, kw_only=True):
    """补充: further words to the same matter, and files that were uploaded for it."""

    SEALED: ClassVar = ("text",)

    text: Reason
    attachments: Annotated[tuple[Code, ...], Meta(max_length=4)] = ()


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
    await _attach(step, fields.attachments)
    async with passing_on.common(step) as common:
        passing_on.take(step, common, Action.SUPPLEMENT, length=len(fields.text), words=fields.words)
        if not await take_in(common, fields.text):
            return
        added = await common.as_told(added)
        await common.set_brief(f"{(await common.text()).brief}\n补充：{added}")
        await tell_waited_for(common, added)
        for part in common.live_parts:
            await common.deliver(part, "ticket.supplemented", added=added)


async def _attach(step: Step, files: tuple[str, ...]) -> None:
    """Give files to the citizen's own ticket and name them on its trail. Raises Conflict, InvalidRequest."""
    if not files:
        return
    step.check(Action.SUPPLEMENT)
    if len(await attachments.of_ticket(step.session, step.ticket.id)) + len(files) > MOST_OF_A_TICKET:
        raise Conflict(f"每件工单最多{MOST_OF_A_TICKET}个附件，不能再上传")
    await attachments.belong_to(step.session, list(dict.fromkeys(files)), step.ticket.id)
    for file in files:
        step.record("photo", attachment=file)


async def urge(step: Step, fields: Urge) -> str:
    """Pressure on the ticket, not a new one; said again too soon it is kept and presses nobody. Returns what the citizen is told."""
    within = step.hub.city.oversight.urging.counted_once_within
    is_counted = clocks.is_after(step.hub, await _last_urged(step), within, step.at)
    async with passing_on.common(step) as common:
        passing_on.take(step, common, Action.URGE, length=len(fields.text), words=fields.words, is_counted=is_counted)
        await take_in(common, fields.text)
        if not is_counted:
            return f"您的催促已记录并并入上一次催促（{within.words}内合并计为一次），承办单位已经知道，请您放心"
        for one in {step, common}:
            one.set(urge_count=one.ticket.urge_count + 1)
        for part in common.live_parts:
            await common.deliver(part, "ticket.urged", count=common.ticket.urge_count)
        is_told = bool(common.live_parts)
    return "您的催促已转告承办单位" if is_told else "您的催促已记录，正在处理您诉求的工作人员会看到"


async def _last_urged(step: Step) -> datetime | None:
    """Return when this caller's urging counted last, None where it never did."""
    trail = await events.of_ticket(step.session, step.ticket.id)
    own = (event for event in reversed(trail) if event.type == Action.URGE)
    # One passed on names the merged caller's ticket; one of before says nothing of counting, and counted.
    counted = (event.at for event in own if _counted(event_fields(event)))
    return next(counted, None)


def _counted(fields: dict[str, Any]) -> bool:
    return "ticket" not in fields and bool(fields.get("is_counted", True))


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
