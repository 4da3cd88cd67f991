"""来电人限制: who misuses the line is reminded, limited or reported to the police (济南§42), never refused in an emergency.

A seat asks with evidence, a second person decides, and every limit ends by itself. Nothing that is said is refused because of
it, through whatever channel: it is shown to whoever takes the call, and marked on what is registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline import clocks, countersign
from hotline.fields import Grounds, Reason, required
from models.errors import Conflict, Forbidden, InvalidRequest
from models.store import caller_limits, interactions
from models.store.caller_limits import CallerLimit
from models.ticket import id_of
from models.vocabulary import CallerLimitLevel

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor

InteractionId = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class AskLimit(Struct, kw_only=True):
    """申请限制: the caller is that of `interaction`; `interactions` and `tickets` are further evidence, all of the same caller."""

    interaction: InteractionId
    level: CallerLimitLevel
    reason: Grounds
    interactions: Annotated[list[InteractionId], Meta(max_length=50)] = []
    tickets: Annotated[list[Annotated[str, Meta(pattern="^[0-9]{14,17}$")]], Meta(max_length=50)] = []


class LimitStep(Struct, kw_only=True):
    """`decide`: a second person grants or refuses. `lift`: it is over before its time."""

    action: Literal["decide", "lift"]
    reason: Reason
    granted: bool | None = None


async def follow(hub: Hub) -> None:
    """Take over what holds now, decided in whatever process."""
    found = await hub.database.read(lambda session: caller_limits.holding(session, hub.now()))
    hub.limited_callers = {one.caller_index: one for one in found}


async def ask(hub: Hub, actor: Actor, fields: AskLimit) -> int:
    """Ask for a limit; returns its id. Raises InvalidRequest for too little or foreign evidence, Conflict, NotFound."""
    reason = hub.mask(required(fields.reason, "申请理由", 4))
    evidence = list(dict.fromkeys([fields.interaction, *fields.interactions]))
    tickets = list(dict.fromkeys(id_of(number) for number in fields.tickets))
    least = hub.city.oversight.callers.terms_of(fields.level).least_evidence
    if len(evidence) + len(tickets) < least:
        raise InvalidRequest(f"该级别至少须有{least}条来话或工单作为依据")

    async def work(session: Session) -> int:
        current = await interactions.lock(session, fields.interaction)
        index = current.caller_index
        phone = await interactions.phone(session, fields.interaction)
        if index is None or phone is None:
            raise InvalidRequest("该来话没有来电号码，不能申请限制")
        if not await caller_limits.is_all_of_caller(session, index, evidence, tickets):
            raise InvalidRequest("依据中有不是同一来电人的来话或工单，请核对")
        return await caller_limits.ask(
            session,
            CallerLimit(
                id=0,
                caller_index=index,
                caller=session.keyring.seal(phone, "caller_limits", "caller", index.hex()),
                level=fields.level,
                reason=reason,
                interactions=tuple(evidence),
                tickets=tuple(tickets),
                asked_by=actor.name,
                asked_at=hub.now(),
            ),
        )

    return await hub.database.write(work)


async def move(hub: Hub, actor: Actor, limit_id: int, fields: LimitStep) -> None:
    """Decide on a limit or lift it. Raises NotFound, Forbidden, Conflict, InvalidRequest."""
    reason = hub.mask(required(fields.reason, "意见"))

    async def work(session: Session) -> None:
        limit = await caller_limits.lock(session, limit_id)
        if fields.action == "decide":
            if fields.granted:
                await countersign.check_settled(session, actor)
            await caller_limits.decide(session, _decided(hub, actor, limit, fields.granted, reason))
        elif limit.holds_at(hub.now()):
            await caller_limits.lift(session, limit_id, actor.name, hub.now(), reason)
        else:
            raise Conflict("该限制没有生效或已经结束，无需解除")

    await hub.database.write(work)
    await follow(hub)


def _decided(hub: Hub, actor: Actor, limit: CallerLimit, granted: bool | None, reason: str) -> CallerLimit:  # noqa: FBT001 - a field
    if granted is None:
        raise InvalidRequest("请填写 granted：是否同意")
    if limit.decided_at is not None:
        raise Conflict("该限制申请已审批")
    if limit.asked_by == actor.name:
        raise Forbidden("限制须由申请人以外的人审批")
    lasts = hub.city.oversight.callers.terms_of(limit.level).lasts
    return replace(
        limit,
        decided_by=actor.name,
        decided_at=hub.now(),
        granted=granted,
        decision=reason,
        expires_at=clocks.limit_until(hub, lasts, hub.now()) if granted else None,
    )
