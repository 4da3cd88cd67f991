"""暂停计时: an approved appraisal or hearing does not count (信访工作条例 §36); every pause is on the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from hotline import clock_moves
from hotline.fields import Grounds, Reason, required
from models.errors import Conflict
from models.lifecycle import Action

if TYPE_CHECKING:
    from hotline.step import Step


# The word that the trail keeps and that the explanation of a due time says.
CAUSES: Final = {"appraisal": "鉴定", "hearing": "听证"}


class Pause(Struct, kw_only=True):
    """暂停计时: 鉴定 or 听证."""

    cause: Literal["appraisal", "hearing"]
    reason: Grounds
    assignment: int | None = None


class Resume(Struct, kw_only=True):
    """恢复计时."""

    reason: Reason
    assignment: int | None = None


async def pause(step: Step, fields: Pause) -> None:
    """Stop the clocks of one part; its dates move when it is resumed."""
    part = step.part(fields.assignment)
    reason = required(fields.reason, "暂停理由", 4)
    if part.paused_at is not None:
        raise Conflict("该承办任务已在暂停计时")
    if not part.is_live or part.replied_at is not None:
        raise Conflict("该承办任务已反馈或已结束，不能暂停计时")
    step.take(Action.PAUSE, assignment=part.ordinal, cause=fields.cause, reason=reason)
    step.set_part(part, **await clock_moves.paused(step, part, CAUSES[fields.cause]))


async def resume(step: Step, fields: Resume) -> None:
    """Let the clocks of one part run again."""
    part = step.part(fields.assignment)
    if part.paused_at is None or not part.is_live:
        raise Conflict("该承办任务没有暂停计时")
    step.take(Action.RESUME, assignment=part.ordinal, reason=required(fields.reason, "恢复理由"))
    promised_at = step.ticket.promised_at
    resumed = step.set_part(part, **await clock_moves.resumed(step, part))
    clock_moves.promise_again(step, resumed, "恢复计时")
    if step.ticket.promised_at != promised_at:
        await step.tell_all("extended", reason="鉴定或听证的时间依法不计入期限", until=step.ticket.promised_at)
