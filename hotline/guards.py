"""What no dispatch may do, whoever orders it: the grassroots rule and the accused (routing.guards)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.city import GRID
from models.errors import Conflict, InvalidRequest
from models.store import tickets
from routing.guards import Recusal, may_delegate, recusal

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
    where, category = hub.jurisdiction(ticket), ticket.detail or ticket.category
    return recusal(
        ticket.kind,
        category,
        (ticket.accused,),
        where,
        city=hub.city,
        names=hub.catalogue.names,
        kept=ticket.recused,
    )


def check(hub: Hub, ticket: Ticket, department: str) -> None:
    """Raise InvalidRequest for an unknown department or a grid, Conflict where a guard forbids it."""
    if department in hub.city.grid_units:
        name = hub.department_name(department)
        raise InvalidRequest(f"{name}是网格，只能由所属街道（乡镇）二级派单（delegate），不能直接派单")
    check_below(hub, ticket, department)


def check_below(hub: Hub, ticket: Ticket, party: str) -> None:
    """The same for whoever a part is delegated to, where a grid stands for its street."""
    known = hub.city.party(party)
    if known is None:
        raise InvalidRequest(f"没有代码为“{party}”的承办单位")
    # What may not go to a street may not go to its grid either: both are the grassroots.
    judged = hub.city.departments[known.parent or ""] if known.kind == GRID else known
    verdict = may_delegate(judged, grassroots=ticket.grassroots, duty=ticket.duty or "")
    if not verdict.allowed:
        raise Conflict(verdict.because)
    barred = recused(hub, ticket)
    if barred is not None and barred.bars(hub.city, party):
        raise Conflict(f"被举报方及其下属单位须回避，不能派给{known.name}")
