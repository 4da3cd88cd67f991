"""What no dispatch may do, whoever orders it: the grassroots rule and the accused (routing.guards)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import Conflict, InvalidRequest
from models.store import tickets
from routing.guards import Recusal, accuses, may_delegate, recusal

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.step import Step
    from models.ticket import Ticket


async def check_alone(step: Step, doing: str) -> None:
    """Raise Conflict where other callers' requests were merged into this one: it cannot end for its own caller alone."""
    others = await tickets.merged_into(step.session, step.ticket.id)
    if others:
        raise Conflict(f"另有{len(others)}位诉求人的同一事项并入本工单，不能{doing}，请致电热线说明")


def recused(hub: Hub, ticket: Ticket) -> Recusal | None:
    """Return who must stand aside, by what the ticket says now and by what it ever said; None where nobody must."""
    category = ticket.detail or ticket.category
    return recusal(
        (ticket.accused,) if accuses(ticket.kind, category, hub.city, ticket.flags) else (),
        hub.jurisdiction(ticket),
        category=category,
        city=hub.city,
        names=hub.catalogue.names,
        kept=ticket.recused,
    )


def check(hub: Hub, ticket: Ticket, department: str) -> None:
    """Raise InvalidRequest for an unknown department, Conflict where a guard forbids it."""
    known = hub.city.departments.get(department)
    if known is None:
        raise InvalidRequest(f"没有代码为“{department}”的承办单位")
    verdict = may_delegate(known, grassroots=ticket.grassroots, duty=ticket.duty or "")
    if not verdict.allowed:
        raise Conflict(verdict.because)
    barred = recused(hub, ticket)
    if barred is not None and barred.bars(hub.city, department):
        raise Conflict(f"被举报方及其下属单位须回避，不能派给{known.name}")
