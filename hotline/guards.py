"""What no step may do, whoever orders it: burden the grassroots, tell the accused, end with words what a person must see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.city import GRID
from models.errors import Conflict, InvalidRequest
from models.labels import LABELS
from models.lifecycle import Action, AssignmentState, must_be_decided
from models.patrol import level_of
from models.store import attachments, handoffs, tickets
from models.vocabulary import AssignmentRole, Channel, Kind, PatrolLevel, Role
from routing.guards import Recusal, accuses, may_delegate, recusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from hotline.hub import Hub
    from hotline.step import Step
    from models.store.database import Session
    from models.ticket import Assignment, Ticket

MERGES_ACCUSATIONS: Final = frozenset({Role.SHIFT_LEAD, Role.SUPERVISOR})
# How a part ended of which something can be seen.
SETTLED: Final = frozenset({"solved", "partly_solved"})


async def check_alone(step: Step, doing: str) -> None:
    """Raise Conflict where other callers' requests were merged into this one: it cannot end for its own caller alone."""
    others = await tickets.merged_into(step.session, step.ticket.id)
    if others:
        raise Conflict(f"另有{len(others)}位诉求人的同一事项并入本工单，不能{doing}，请致电热线说明")


async def lacks_photo(hub: Hub, session: Session, ticket: Ticket, part: Assignment) -> bool:
    """Tell whether a grid or a street says that it settled a patrol's report, and no photo shows it (整改后照片)."""
    is_own = level_of(hub.city, part.department) in {PatrolLevel.GRID, PatrolLevel.STREET}
    if ticket.channel is not Channel.PATROL or not (part.is_lead and is_own) or part.result not in SETTLED:
        return False
    shown = await attachments.of_ticket(session, ticket.id)
    return not any(one.taken == "after" and one.assignment == part.ordinal for one in shown)


async def check_shown(step: Step, part: Assignment) -> None:
    """Raise Conflict for a part that lacks its photo."""
    if await lacks_photo(step.hub, step.session, step.ticket, part):
        raise Conflict("自办件须有整改后的照片才能签发，请先上传（taken 为 after）")


def why_no_answer(hub: Hub, kind: Kind, flags: Collection[str]) -> str | None:
    """Return why a matter must not end with an answer alone (直办), None where it may: a person looks into these."""
    if kind is Kind.TIP_OFF:
        return "举报件须由人核办，不能直办"
    grave = [rule.name for rule in hub.city.flags if rule.desk and rule.flag in flags]
    return f"涉及{'、'.join(dict.fromkeys(grave))}，须由人核办，不能直办" if grave else None


def why_no_send_back(hub: Hub, part: Assignment, at: datetime) -> str | None:
    """Return why a part may not be sent back, or not any more (退单), None where it may."""
    if part.is_designated:
        return "该工单已指定由本单位办理，不得再退单（第三次派单即指定，会商裁定亦同）"
    if part.send_back_count >= hub.policy.send_back.dispute_at:
        return f"本单位的退单申请已{part.send_back_count}次不予退单，应由本单位办理，不得再退单"
    if part.send_back_by is None:
        return "该类工单须先行处置，不得退单"
    return "已超过退单时限，应由本单位办理" if at > part.send_back_by else None


def why_no_delegation(hub: Hub, parts: Iterable[Assignment], part: Assignment, party: str) -> str | None:
    """Return why a part may not be delegated to a unit that may have the matter (二级派单), None where it may.

    Whose send-back was upheld does not get it again from below either: nobody would count how often it goes to and fro.
    """
    name = hub.department_name
    if party == part.department or not hub.may_delegate_to(part.department, party):
        return (
            f"{name(part.department)}不能二级派单给{name(party)}："
            "只能派给下级单位或属地街道，街道（乡镇）只能派给自己的网格"
        )
    below = [one for one in parts if one.role is AssignmentRole.DELEGATED and one.department == party]
    if any(one.is_live and one.parent == part.ordinal for one in below):
        return "该单位已有未完成的二级派单"
    if any(one.state is AssignmentState.SENT_BACK for one in below):
        return f"{name(party)}的退单已成立，不能再二级派给该单位，请自行办理或派给其他下级单位"
    return None


def is_accusation(hub: Hub, ticket: Ticket) -> bool:
    """Tell whether a ticket accuses somebody (举报, 作风投诉): only some may merge it."""
    return recused(hub, ticket) is not None or accuses(
        ticket.kind, ticket.detail or ticket.category, hub.city, ticket.flags
    )


async def check_handed_off(step: Step, doing: str) -> None:
    """Raise Conflict while an emergency handoff is not confirmed: nobody must lose sight of it (国办发〔2022〕12号)."""
    opened = await handoffs.of_ticket(step.session, step.ticket.id)
    waiting = [one["number"] for one in opened if one["confirmed_at"] is None]
    if waiting:
        raise Conflict(f"向{'、'.join(waiting)}的紧急转接尚未确认，不能{doing}；请先确认转接（confirm_handoff）")


def check_decided(step: Step, action: Action) -> None:
    """Refuse to take the lead away while its send-back waits: it would be rid of the matter and nobody would have judged it."""
    for part in step.live_parts:
        if part.is_lead and must_be_decided(part.state, action):
            name = step.hub.department_name(part.department)
            raise Conflict(f"{name}的退单申请尚待裁决，请先裁决退单（decide_send_back），再{LABELS['action'][action]}")


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
