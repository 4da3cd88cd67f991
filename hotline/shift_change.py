"""交接班: an agent's drafts and unfinished conversations are handed to another agent, or to a seat group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline import giving
from hotline.fields import Code, Remark
from hotline.giving import SeatGroupCode
from models.errors import Conflict, Forbidden, InvalidRequest, NotFound
from models.store import drafts, interactions, seats, shift_changes
from models.store.drafts import Draft
from models.store.shift_changes import ShiftChange
from models.vocabulary import Role

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.seats import Seat, SeatWork
    from models.ticket import Actor

# Nobody writes at so many registrations at once; more would be a program gone astray.
MOST_DRAFTS: Final = 50
LARGEST_DRAFT: Final = 64 * 1024
HANDED_OVER: Final = "已交接班"


class DraftFields(Struct, kw_only=True, forbid_unknown_fields=True):
    """What an agent has written so far of a registration: any fields, as POST /api/v1/tickets will take them once they are whole."""

    fields: dict[str, Any]
    interaction: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None


class Handing(Struct, kw_only=True, forbid_unknown_fields=True):
    """To whom: an agent or a seat group. `agent` is whose work it is, one's own where it is left out."""

    to: Code | None = None
    seat_group: SeatGroupCode | None = None
    agent: Code | None = None
    remark: Remark = ""


async def write(hub: Hub, actor: Actor, draft_id: str, written: DraftFields) -> Draft:
    """Keep a draft. Raises NotFound for another's, Conflict for too many, InvalidRequest."""
    if len(msgspec.json.encode(written.fields)) > LARGEST_DRAFT:
        raise InvalidRequest("草稿超过64KB，请精简后保存")
    draft = Draft(
        id=draft_id,
        agent=actor.name,
        seat_group=None,
        interaction=written.interaction,
        fields=written.fields,
        written_at=hub.now(),
    )

    async def work(session: Session) -> None:
        if written.interaction is not None and not await interactions.is_known(session, written.interaction):
            raise InvalidRequest(f"没有编号为{written.interaction}的来话，请核对 interaction")
        if await drafts.others(session, actor.name, draft_id) >= MOST_DRAFTS:
            raise Conflict(f"草稿已有{MOST_DRAFTS}份，请先登记或删除一些")
        if not await drafts.write(session, draft, await giving.groups_of(session, actor.name)):
            raise NotFound("没有这份草稿，或它属于别的话务员")

    await hub.database.write(work)
    return draft


async def drop(hub: Hub, actor: Actor, draft_id: str) -> None:
    """Forget a draft; raises NotFound for another's."""

    async def work(session: Session) -> None:
        groups = await giving.groups_of(session, actor.name)
        if not await drafts.drop(session, actor.name, groups, draft_id):
            raise NotFound("没有这份草稿，或它属于别的话务员")

    await hub.database.write(work)


async def hand_over(hub: Hub, actor: Actor, handing: Handing) -> ShiftChange:
    """Hand over all that is open. Raises Conflict where there is nothing, or nobody there to take a conversation."""
    from_agent = handing.agent or actor.name
    if from_agent != actor.name and actor.role is not Role.SHIFT_LEAD:
        raise Forbidden("只能交接自己的工作；班长可以为他人交接")
    if (handing.to is None) is (handing.seat_group is None):
        raise InvalidRequest("请填写 to（接班话务员）或 seat_group（席组）中的一项")
    if handing.to == from_agent:
        raise InvalidRequest("不能交接给同一个人，请填写别的话务员")
    giving.check_groups(hub, [handing.seat_group] if handing.seat_group else [])

    async def work(session: Session) -> ShiftChange:
        if handing.to is not None:
            await giving.check_agent(session, handing.to)
        await seats.lock(session)
        handed = await _hand_work(hub, session, from_agent, handing)
        moved = await drafts.hand_over(session, from_agent, handing.to, handing.seat_group)
        if not handed and not moved:
            raise Conflict("没有需要交接的草稿或会话")
        change = ShiftChange(
            id=0,
            handed_by=actor.name,
            from_agent=from_agent,
            to_agent=handing.to,
            to_seat_group=handing.seat_group,
            remark=hub.mask(handing.remark).strip(),
            drafts=moved,
            interactions=handed,
            at=hub.now(),
        )
        return replace(change, id=await shift_changes.add(session, change))

    return await hub.database.write(work)


async def accept(hub: Hub, actor: Actor, change_id: int) -> ShiftChange:
    """Say that one has taken over. Raises NotFound, Forbidden, Conflict where somebody has already."""

    async def work(session: Session) -> ShiftChange:
        change = await shift_changes.get(session, change_id)
        if actor.name != change.to_agent and change.to_seat_group not in await giving.groups_of(session, actor.name):
            raise Forbidden("该交接班不是交给您或您所在席组的")
        if not await shift_changes.accept(session, change_id, actor.name, hub.now()):
            raise Conflict("该交接班已有人接班")
        return await shift_changes.get(session, change_id)

    return await hub.database.write(work)


async def _hand_work(hub: Hub, session: Session, from_agent: str, handing: Handing) -> list[int]:
    """Hand over the conversations and call-backs that an agent has taken; returns their interactions."""
    taken = [one for one in await seats.held(session, from_agent) if one.taken_at is not None]
    heir = await seats.get(session, handing.to) if handing.to else None
    if taken and handing.to and heir is None:
        raise Conflict(f"{handing.to}尚未签入，不能接手未结束的会话；可交给席组，或请其先签入")
    left = await seats.get(session, from_agent)
    if left is not None and left.interaction in {one.interaction for one in taken}:
        await giving.put(hub, session, left, "away", reason=HANDED_OVER)
    for one in taken:
        if heir is not None:
            await _hand_to(hub, session, heir.agent, one, hub.now())
        else:
            await giving.put_back(hub, session, replace(one, seat_group=handing.seat_group or one.seat_group))
    return sorted(one.interaction for one in taken)


async def _hand_to(hub: Hub, session: Session, agent: str, work: SeatWork, at: datetime) -> None:
    """Give what somebody else had taken to an agent, who goes on with it now, or after what they are at."""
    await seats.put_work(session, replace(work, agent=agent, given_at=at, taken_at=at))
    heir: Seat | None = await seats.get(session, agent)
    if heir is not None and heir.state not in {"given", "busy"}:
        await giving.put(hub, session, heir, "busy", work.interaction)
