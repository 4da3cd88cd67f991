"""Whose an interaction is: who may say what happens to it, and what is noted where somebody types who calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import Forbidden
from models.store import access_log, seats
from models.store.access_log import Access
from models.vocabulary import Channel, Role

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session
    from models.store.interactions import Interaction
    from models.ticket import Actor


def check_channel(actor: Actor, channel: Channel | None) -> None:
    """Let telephony say what arrives by any channel, every other channel only what arrives by its own. Raises Forbidden."""
    if actor.role is Role.CHANNEL and channel is not None and actor.name not in {Channel.PHONE, channel}:
        raise Forbidden(f"该凭证属于渠道“{actor.name}”，不能登记或改动其他渠道的来话")


async def check(session: Session, actor: Actor, current: Interaction) -> None:
    """Let in telephony, the channel that it came by, a shift lead, and agents where no other agent has it. Raises Forbidden."""
    check_channel(actor, Channel(current.channel))
    if actor.role is not Role.AGENT:
        return
    work = await seats.work(session, current.id)
    holders = {current.agent, work.agent if work else None} - {None}
    if holders and actor.name not in holders:
        raise Forbidden("该来话在其他话务员的坐席上；需要接手的，请由班长转接或交接班")


async def note_typed(session: Session, actor: Actor, interaction_id: int, phone: str, at: datetime) -> None:
    """Write down whoever typed a phone: what that phone had to do with us is shown beside the call."""
    access = Access(
        at=at,
        by_user=actor.name,
        role=actor.role,
        what="typed_call",
        ticket_id=None,
        reason=f"手工登记来话{interaction_id}，录入的号码尾号{phone[-4:]}",
    )
    await access_log.note(session, access)
