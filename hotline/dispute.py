"""会商: departments disagree; the hotline hears them and rules, and the ruling may amend the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hotline import guards, ruling
from hotline.fields import DepartmentCode, Grounds, required
from models.errors import Conflict, InvalidRequest
from models.lifecycle import Action, TicketState

if TYPE_CHECKING:
    from hotline.step import Step
    from models.city import Duty


class OpenDispute(Struct, kw_only=True):
    """会商: what it is about and who takes part (编办, 司法局 …)."""

    topic: Grounds
    participants: list[DepartmentCode] = []


class Rule(Struct, kw_only=True):
    """裁定: who leads from now on; `amend` makes it the catalogue's rule for this category and place."""

    lead: DepartmentCode
    ruling: Grounds
    amend: bool = False


async def open_dispute(step: Step, fields: OpenDispute) -> None:
    """Open a dispute; the ticket stays on the desk until the ruling."""
    step.check(Action.OPEN_DISPUTE)
    if step.ticket.is_disputed:
        raise Conflict("该工单已在会商中")
    if step.ticket.state is not TicketState.ON_DESK:
        raise Conflict("工单在承办单位办理中，请先裁决退单（decide_send_back）或撤回（recall），再提请会商")
    unknown = [code for code in fields.participants if code not in step.hub.city.departments]
    if unknown:
        raise InvalidRequest(f"没有这些承办单位：{'、'.join(unknown)}")
    ruling.open_dispute(step, required(fields.topic, "会商事由", 4), fields.participants)


async def rule(step: Step, fields: Rule) -> None:
    """Rule; a designation of the named lead should follow at once."""
    if not step.ticket.is_disputed:
        raise Conflict("该工单没有进行中的会商")
    guards.check(step.hub, step.ticket, fields.lead)
    said = required(fields.ruling, "裁定意见", 4)
    step.take(Action.RULE, lead=fields.lead, ruling=said, amend=fields.amend)
    await ruling.end_dispute(step, fields.lead, said)
    step.set(desk_reason=f"会商裁定由{step.hub.department_name(fields.lead)}主办，请指定")
    if fields.amend:
        duty = _amended(step, fields.lead, said)
        step.change.amendments.append(
            {
                "id": duty.id,
                "version": duty.version,
                "duty": msgspec.to_builtins(duty),
                "ticket_id": step.ticket.id,
                "at": step.at,
            }
        )


def _amended(step: Step, lead: str, said: str) -> Duty:
    """Return the duty row as the ruling wants it from today on, under a version that names the ticket."""
    ticket, today = step.ticket, step.hub.today()
    duty_id = (ticket.duty or "").partition("@")[0]
    old = step.hub.catalogue.version_of(duty_id, on=today)
    if old is None:
        raise InvalidRequest("该工单没有可修订的派单目录条目，请不要勾选修订目录")
    assisting = tuple(code for code in old.assisting if code != lead)
    return msgspec.structs.replace(
        old,
        version=f"{today.isoformat()}+{ticket.number}.{ticket.version}",
        lead=lead,
        assisting=assisting,
        effective_from=today,
        effective_to=None,
        basis=f"会商裁定：{said}",
    )
