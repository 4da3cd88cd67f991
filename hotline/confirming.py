"""What the seat says of a request beside its words (话务员核定): category, kind, urgency; and whose call it is.

The program reads, the person who speaks to the caller has the last word; what it read is kept beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from models.errors import Forbidden, InvalidRequest
from models.store import interactions
from models.understanding import Guess
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.request import Register
    from hotline.step import Step
    from models.store.database import Session
    from models.ticket import Actor
    from models.understanding import Understanding


def check(hub: Hub, actor: Actor, request: Register) -> None:
    """Raise Forbidden for a channel, which has no person to confirm anything, InvalidRequest for what is no category."""
    if request.category is None and request.kind is None and request.urgency is None:
        return
    if actor.role is Role.CHANNEL:
        raise Forbidden("类别、类型、紧急程度由坐席核定，渠道不填写；请去掉 category、kind、urgency")
    if request.category is not None and request.category not in hub.city.categories:
        raise InvalidRequest(f"没有编码为“{request.category}”的事项分类")


async def check_call(session: Session, interaction_id: int | None) -> None:
    """Raise InvalidRequest for a call that never came."""
    if interaction_id is not None and not await interactions.is_known(session, interaction_id):
        raise InvalidRequest(f"没有编号为{interaction_id}的来话，请核对 interaction")


def confirmed(read: Understanding, request: Register) -> Understanding:
    """Return the reading with what the seat says in place of what was read; the same one where both say the same.

    How sure the program is of the department holds for its own category alone.
    """
    said = replace(read, kind=request.kind or read.kind, urgency=request.urgency or read.urgency)
    code = request.category
    if code is None or code in {read.categories[0].code, read.detail}:
        return read if said == read else said
    others = tuple(guess for guess in read.categories if guess.code != code[:4])
    first, detail = Guess(code[:4], 1.0), code if len(code) > len(code[:4]) else None
    is_same = first.code == read.categories[0].code
    own = {} if is_same else {"categories": (first, *others)[:3], "lead_p": 0.0, "bar": None}
    return replace(said, detail=detail, **own)


async def with_phone(hub: Hub, actor: Actor, request: Register) -> Register:
    """Return the request with the phone of its call: a seat sees it masked only and cannot write it down."""
    caller, call = request.caller, request.interaction
    if actor.role is Role.CHANNEL or call is None or caller is None or caller.phone:
        return request

    async def work(session: Session) -> str | None:
        return await interactions.phone(session, call)

    phone = await hub.database.read(work)
    return replace(request, caller=replace(caller, phone=phone)) if phone else request


def record(step: Step, read: Understanding) -> None:
    """Put on the trail what the seat says otherwise than the program."""
    ticket, category = step.ticket, read.detail or read.categories[0].code
    if (ticket.detail or ticket.category) != category:
        step.record("reclassified", before=category, after=ticket.detail or ticket.category)
    if ticket.kind != read.kind:
        step.record("kind_corrected", before=read.kind, after=ticket.kind)
    if ticket.urgency != read.urgency:
        step.record("urgency_corrected", before=read.urgency, after=ticket.urgency)
