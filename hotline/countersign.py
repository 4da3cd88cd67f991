"""双人复核: what one person may not do alone. One asks with a reason, a second signs within a time, both stand on the trail.

The second person signs by saying so, or by ordering exactly the same. A signature holds for one deed, once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hotline import guards
from hotline.fields import required
from models.errors import Conflict, CountersignWaiting, Forbidden
from models.labels import LABELS
from models.lifecycle import Action
from models.store import countersigns, users
from models.store.countersigns import Countersign, Deed
from models.vocabulary import Kind, Role

if TYPE_CHECKING:
    from hotline.step import Step
    from models.store.database import Session
    from models.ticket import Actor

# How long what was asked for waits, and how long it may be used once it is signed.
WAITS_FOR: Final = timedelta(hours=24)
USED_WITHIN: Final = timedelta(hours=2)
# So long, in wall time, an account is no second person after an administrator had it in hand: who makes accounts would else be
# both persons at once. Meanwhile the security auditor reads what was done to it.
SETTLES_WITHIN: Final = timedelta(hours=72)
# Who may be the second, whatever it is (DOMAIN 3.3).
SECONDS: Final = frozenset({Role.SHIFT_LEAD, Role.SUPERVISOR})
GIVEN: Final = frozenset({Action.DISPATCH, Action.REASSIGN, Action.DESIGNATE})
# What of an order says what exactly is ordered; words are none of it.
NAMES: Final = ("lead", "assisting", "category", "kind")

# Who reveals is shown who asks: there the second person signs and does not look. Erasing is a command's (hotline.person).
_THEN: Final = {"reveal": "，同意后请再次查看", "erase": "，同意后请在2小时内再次执行同一命令"}


class Wanted(Struct, frozen=True, kw_only=True):
    """A deed that needs two: which, what exactly, and why."""

    what: Deed
    fields: str
    reason: str


class Unsigned(Exception):
    """Only one person has ordered it so far; nothing was done."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__("须由第二人复核")
        self.wanted = wanted


class Waiting(Struct, kw_only=True):
    """What waits for the second person, and until when; `by` are the roles that may sign."""

    id: str
    what: Deed
    lapses_at: datetime
    by: list[Role]
    told: str


def needed(step: Step, action: Action, fields: Any) -> Wanted | None:
    """Return what of a step needs two persons, None where one may take it: designation, early close, a tip-off's change or end."""
    reason = getattr(fields, "reason", "")
    if action is Action.DESIGNATE:
        return _wanted("designate", fields, reason)
    if action is Action.CLOSE:
        return Wanted(what="close", fields="{}", reason=reason)
    if action not in {*GIVEN, Action.VOID} or not _is_accusation(step):
        return None
    if action is Action.VOID:
        return Wanted(what="void", fields="{}", reason=reason)
    stands = step.ticket.detail or step.ticket.category
    is_changed = _differs(fields.kind, step.ticket.kind) or _differs(fields.category, stands)
    return _wanted("reclassify", fields, reason) if is_changed else None


async def check(step: Step, wanted: Wanted) -> str | None:
    """Use up the signature of a second person, who may be this actor; returns the other's name, None where nobody signed yet."""
    for one in await countersigns.standing(step.session, step.ticket.id, wanted.what, wanted.fields, step.at):
        if one.asked_by != step.actor.name and one.is_granted is None and step.actor.role in SECONDS:
            await _sign(step, one)
            await countersigns.use(step.session, one.id, step.at)
            return one.asked_by
    return await check_own(step, wanted)


async def check_own(step: Step, wanted: Wanted) -> str | None:
    """Use up what a second person signed for this actor; returns who signed, None where nobody did, or too long ago."""
    for one in await countersigns.standing(step.session, step.ticket.id, wanted.what, wanted.fields, step.at):
        is_fresh = one.decided_at is not None and step.at - one.decided_at <= USED_WITHIN
        if one.asked_by == step.actor.name and one.is_granted and is_fresh:
            await countersigns.use(step.session, one.id, step.at)
            return one.decided_by
    return None


async def ask(step: Step, wanted: Wanted) -> Waiting:
    """Ask for the second person's signature; raises CountersignWaiting where this actor has asked for the same already."""
    for one in await countersigns.standing(step.session, step.ticket.id, wanted.what, wanted.fields, step.at):
        if one.asked_by == step.actor.name and one.is_granted is None:
            raise CountersignWaiting(_waiting(one).told)
    reason = await step.as_told(required(wanted.reason, "理由"))
    step.record("countersign_asked", deed=wanted.what, words={"reason": reason})
    asked = Countersign(
        id=0,
        ticket_id=step.ticket.id,
        seq=step.ticket.event_count,
        what=wanted.what,
        fields=wanted.fields,
        reason=reason,
        asked_by=step.actor.name,
        asked_role=step.actor.role,
        asked_at=step.at,
        lapses_at=step.at + WAITS_FOR,
    )
    return _waiting(replace(asked, id=await countersigns.ask(step.session, asked)))


async def decide(step: Step, countersign_id: int, *, is_granted: bool, reason: str) -> Countersign:
    """Sign or refuse what another person asked for.

    Raises NotFound, Forbidden for whoever asked and as `check_settled`, Conflict where it is over.
    """
    one = await countersigns.get(step.session, countersign_id)
    if one.asked_by == step.actor.name:
        raise Forbidden("双人复核须由提请人以外的第二人办理")
    if one.decided_at is not None:
        raise Conflict("该事项已有人复核")
    if one.lapses_at <= step.at:
        raise Conflict("该事项已过复核时限，请提请人重新提请")
    if is_granted:
        return await _sign(step, one)
    why = await step.as_told(required(reason, "不同意的理由"))
    step.record("countersign_refused", countersign=one.id, deed=one.what, words={"reason": why})
    await countersigns.decide(step.session, one.id, step.actor.name, step.at, is_granted=False)
    return await countersigns.get(step.session, one.id)


async def check_settled(session: Session, actor: Actor) -> None:
    """Raise Forbidden for an account that somebody else had in hand of late: it is no second person yet."""
    if await users.was_in_other_hands(session, actor.name, datetime.now(UTC) - SETTLES_WITHIN):
        hours = int(SETTLES_WITHIN / timedelta(hours=1))
        raise Forbidden(
            f"您的账号在{hours}小时内由他人新建、启用、重置密码、更改角色、停用动态口令或绑定统一身份，"
            "期满前不能作为复核的第二人，请另一位复核"
        )


async def _sign(step: Step, one: Countersign) -> Countersign:
    """Sign; raises Forbidden."""
    await check_settled(step.session, step.actor)
    step.record("countersigned", countersign=one.id, deed=one.what, asked_by=one.asked_by)
    await countersigns.decide(step.session, one.id, step.actor.name, step.at, is_granted=True)
    return await countersigns.get(step.session, one.id)


def _waiting(one: Countersign) -> Waiting:
    by = [role for role in Role if role in SECONDS]
    names = "、".join(LABELS["role"][role] for role in by)
    then = _THEN.get(one.what, "，或由其提交同一操作")
    told = f"“{LABELS['deed'][one.what]}”须双人复核，已提请：请另一位{names}复核{then}"
    return Waiting(id=str(one.id), what=one.what, lapses_at=one.lapses_at, by=by, told=told)


def _wanted(what: Deed, fields: Any, reason: str) -> Wanted:
    exact = {name: value for name in NAMES if (value := getattr(fields, name, None))}
    return Wanted(what=what, fields=msgspec.json.encode(exact, order="sorted").decode(), reason=reason)


def _is_accusation(step: Step) -> bool:
    return step.ticket.kind is Kind.TIP_OFF or guards.is_accusation(step.hub, step.ticket)


def _differs(given: Any, stands: Any) -> bool:
    return given is not None and given != stands
