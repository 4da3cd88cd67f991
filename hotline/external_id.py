"""外部编号: the number of a ticket in another system that keeps the matter too, given back by it or typed in.

One number of a system names one ticket: who registers it again is told of the first, so that one matter is not handled twice
(避免同一诉求多头办理, 国办函〔2025〕66号).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hotline.duplicates import MOST_SHOWN, PossibleDuplicate
from models.errors import Conflict, InvalidRequest, NotFound
from models.lifecycle import TicketState
from models.store import external_ids as store
from models.store import tickets
from models.store.external_ids import ExternalId
from models.ticket import number_of
from models.vocabulary import Disclosure
from nlu.sameness import Relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline.hub import Hub
    from hotline.request import OutsideRecord, Register
    from hotline.step import Step

# A caller's mobile phone, typed into the wrong field, must not stand in the clear.
_PHONE: Final = re.compile(r"(\+?86)?1[3-9][0-9]{9}")


def system_name(hub: Hub, system: str) -> str:
    """Return what a system is called that keeps records beside us; raises InvalidRequest."""
    line = hub.city.lines.get(system)
    if line is not None and line.record_elsewhere:
        return line.name
    name = hub.city.line_rule.outside_systems.get(system)
    if name is None:
        known = [one.number for one in hub.city.lines.values() if one.record_elsewhere]
        usable = "、".join([*known, *hub.city.line_rule.outside_systems])
        raise InvalidRequest(f"没有登记代码为“{system}”的外部系统，请核对 system，可用：{usable}")
    return name


async def give(step: Step, outside: OutsideRecord) -> None:
    """Give a ticket its number elsewhere, once. Raises InvalidRequest, Conflict where another ticket has it."""
    _check(step.hub, outside)
    holder = await store.holder(step.session, outside.system, outside.number)
    if holder == step.ticket.id:
        return
    if holder is not None or not await _added(step, outside):
        holder = holder or await store.holder(step.session, outside.system, outside.number)
        known = number_of(holder) if holder else ""
        raise Conflict(f"外部编号“{outside.number}”已登记在工单{known}，请核对：同一诉求请并单，抄错请更正")
    tokens = step.hub.reader.search_tokens(outside.number)
    await store.make_searchable(step.session, step.ticket.id, tokens)


async def take_away(step: Step, system: str, number: str) -> None:
    """Take a number away that was typed wrong. Raises NotFound."""
    if not await store.take_away(step.session, step.ticket.id, system, number):
        raise NotFound(f"该工单没有外部编号“{number}”（{system}）")
    await store.make_unsearchable(step.session, step.ticket.id, step.hub.reader.search_tokens(number))
    step.record("external_id_removed", system=system, number=number)


async def at_intake(step: Step, request: Register, alike: Sequence[PossibleDuplicate]) -> Sequence[PossibleDuplicate]:
    """Give a new ticket its number elsewhere; where another ticket has it, that one comes first of the possible duplicates.

    Raises InvalidRequest.
    """
    outside = request.external_id
    if outside is None:
        return alike
    _check(step.hub, outside)
    if await _added(step, outside):
        (text,) = step.change.texts
        tokens = dict.fromkeys((*text.tokens, *step.hub.reader.search_tokens(outside.number)))
        step.change.texts[:] = [replace(text, tokens=tuple(tokens))]
        return alike
    holder = await store.holder(step.session, outside.system, outside.number)
    if holder is None:
        raise Conflict(f"外部编号“{outside.number}”刚被更正，请用同一请求重试")
    known = await tickets.get(step.session, holder)
    step.record("external_id_known", system=outside.system, number=outside.number, ticket=known.number)
    is_told = known.disclosure is not Disclosure.CONFIDENTIAL
    same_caller = is_told and known.caller_index is not None and known.caller_index == step.ticket.caller_index
    first = PossibleDuplicate(
        number=known.number,
        state=TicketState(known.state),
        relation=Relation.REPEAT,
        likeness=1.0,
        same_caller=same_caller,
        same_place=known.place is not None and known.place == step.ticket.place,
        registered_at=known.registered_at,
        external_id=f"{outside.system}:{outside.number}",
    )
    return [first, *(one for one in alike if one.number != first.number)][:MOST_SHOWN]


def _check(hub: Hub, outside: OutsideRecord) -> None:
    system_name(hub, outside.system)
    if _PHONE.fullmatch(outside.number):
        raise InvalidRequest("外部编号不能是手机号码，请填写对方系统的工单编号")


async def _added(step: Step, outside: OutsideRecord) -> bool:
    given = ExternalId(system=outside.system, number=outside.number, by=step.actor.name, at=step.at)
    if not await store.add(step.session, step.ticket.id, given):
        return False
    step.record("external_id", system=outside.system, number=outside.number)
    return True
