"""查看诉求人信息: a caller's name and phone in clear, for a reason; of a confidential caller only with a second person's signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hotline import countersign
from hotline.countersign import Unsigned, Wanted
from hotline.fields import Grounds, required
from models.errors import Conflict
from models.store import access_log
from models.store.access_log import Access
from models.vocabulary import Disclosure, Role

if TYPE_CHECKING:
    from hotline.step import Step

# Whose work may need to reach the citizen; leaders, analysts and auditors never see who asks.
REVEALS: Final = frozenset(
    {Role.AGENT, Role.SHIFT_LEAD, Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP, Role.SUPERVISOR}
)


class Revealing(Struct, kw_only=True):
    """Why somebody must know who asks."""

    reason: Grounds


class RevealedCaller(Struct, kw_only=True):
    """Who asks, in clear; `second` is who signed beside, null where one person was enough."""

    name: str | None
    phone: str | None
    second: str | None


async def reveal(step: Step, fields: Revealing) -> RevealedCaller:
    """Show who asks and write down who looked and why. Raises Conflict where nobody is known, Unsigned for a confidential caller."""
    reason = required(fields.reason, "查看理由", 4)
    text = await step.text()
    if text.caller_name is None and text.caller_phone is None:
        raise Conflict("该工单没有留下姓名和电话")
    second = None
    if step.ticket.disclosure is Disclosure.CONFIDENTIAL:
        wanted = Wanted(what="reveal", fields="{}", reason=reason)
        # The signature is for whoever asked: a second person who signs does not look.
        second = await countersign.check_own(step, wanted)
        if second is None:
            raise Unsigned(wanted)
    step.record("revealed", second=second)
    access = Access(
        at=step.at,
        by_user=step.actor.name,
        role=step.actor.role,
        what="reveal",
        ticket_id=step.ticket.id,
        reason=reason,
        second=second,
    )
    await access_log.note(step.session, access)
    return RevealedCaller(name=text.caller_name, phone=text.caller_phone, second=second)
