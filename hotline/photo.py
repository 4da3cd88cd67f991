"""整改照片: what a place looked like before the work and after it, on a part; its digest stands on the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hotline.fields import Ordinal, PhotoId, Taken
from models.errors import Conflict
from models.lifecycle import Action
from models.store import attachments

if TYPE_CHECKING:
    from hotline.step import Step

MOST_OF_A_TICKET: Final = 20


class WorkPhoto(Struct, kw_only=True):
    """An uploaded photo of the work on a part; a department that names no part means its own."""

    photo: PhotoId
    taken: Taken
    assignment: Ordinal | None = None


async def show_work(step: Step, fields: WorkPhoto) -> None:
    """Keep a photo on a live part of the actor's own. Raises Forbidden, NotFound, Conflict, InvalidRequest."""
    # Who may say how the work goes on may show it, at the same times.
    step.check(Action.PROGRESS)
    part = step.part(fields.assignment)
    if not part.is_live:
        raise Conflict("该承办任务已结束，不能再上传照片")
    await take(step, fields.photo, fields.taken, part.ordinal)


async def take(step: Step, photo: str, taken: Taken, assignment: int | None) -> None:
    """Give a photo to the ticket and write its digest into the chain: another picture would be found out."""
    if len(await attachments.of_ticket(step.session, step.ticket.id)) >= MOST_OF_A_TICKET:
        raise Conflict(f"每件工单最多{MOST_OF_A_TICKET}个附件，不能再上传")
    digest = await attachments.take_photo(step.session, photo, step.ticket.id, taken, assignment)
    step.record("photo", assignment=assignment, attachment=photo, taken=taken, sha256=digest.hex())
