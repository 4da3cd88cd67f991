"""巡查上报: what a grid worker saw, settled by the lowest level that may (自办), graded up one level each, with the reason.

Which categories a level may settle is the city's to say (`[patrols]` in city.toml). The level of a report is its lead's: a grid,
a street, a district, or the city, so that whatever becomes of it, every report counts at one level.
Sources: 滨州条例 §14 (unsolved in the grid → uploaded → passed on → answered back), 国办函〔2025〕66号 (nothing that is a
department's goes to the grassroots).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from hotline import guards
from hotline.fields import PartFields, PhotoId, Reason, required
from models.errors import Conflict
from models.labels import LABELS
from models.lifecycle import Action, TicketState
from models.patrol import level_of
from models.vocabulary import AssignmentRole, Channel, PatrolLevel
from routing.jurisdiction import Jurisdiction
from routing.route import Designee

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.proposal import Proposal
    from hotline.step import Step

MOST_PHOTOS: Final = 9
NAMES: Final = LABELS["patrol_level"]


class PatrolReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was seen, where, and photos of it that were uploaded before (整改前)."""

    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    address: Annotated[str, Meta(max_length=300)] | None = None
    photos: Annotated[list[PhotoId], Meta(max_length=MOST_PHOTOS)] = []


class Report(Struct, frozen=True):
    """What intake needs of a patrol's report beside its request: on whose ground it is, and the photos."""

    ground: Jurisdiction | None
    photos: tuple[str, ...]


class GradeUp(PartFields, kw_only=True):
    """逐级上报: why this level cannot settle it."""

    reason: Reason


def ground(hub: Hub, party: str) -> Jurisdiction | None:
    """Return the ground of a grid, a street or a district; None for a department that has none."""
    city = hub.city
    match level_of(city, party):
        case PatrolLevel.GRID:
            grid = next(one for one in city.grids if one.code == party)
            return Jurisdiction(grid.district, grid.street, grid.community, grid.code)
        case PatrolLevel.STREET:
            over = next((code for code in city.ancestors(party) if level_of(city, code) is PatrolLevel.DISTRICT), None)
            return None if over is None else Jurisdiction(over, party)
        case PatrolLevel.DISTRICT:
            return Jurisdiction(party)
        case PatrolLevel.CITY:
            return None


async def settled_by(step: Step, proposal: Proposal) -> Designee | None:
    """Return the lowest level that may settle a new report itself, None where the city must; each refusal stands on the trail."""
    why = _too_grave(step, proposal)
    if why is not None:
        step.record("graded_up", to=PatrolLevel.CITY, reason=why)
        return None
    return _next(step, list(PatrolLevel))


async def grade_up(step: Step, fields: GradeUp) -> None:
    """Give a report to the next level that may settle it, or to the desk; the part here and all below it end.

    Raises Conflict where the lead is no grid, street or district, or the matter came in through another channel.
    """
    part = step.part(fields.assignment)
    reason = required(fields.reason, "上报理由")
    level = level_of(step.hub.city, part.department)
    if step.ticket.channel is not Channel.PATROL or not part.is_lead or level is PatrolLevel.CITY:
        raise Conflict(
            "只有网格、街道、区县主办的巡查上报可以逐级上报；其他工单不属本单位职责的，请申请退单（send_back）"
        )
    levels = list(PatrolLevel)
    designee = _next(step, levels[levels.index(level) + 1 :])
    to = TicketState.ON_DESK if designee is None else TicketState.ASSIGNED
    onward = designee.department if designee is not None else None
    step.take(
        Action.GRADE_UP, to=to, assignment=part.ordinal, level=level, onward=onward, reason=reason, said_at=fields.at
    )
    below = step.below(part)
    step.move_part(part, Action.GRADE_UP)
    for one in below:
        await step.end_part(one, "ticket.recalled", reason=reason)
    if designee is None:
        step.set(lead=None, desk_reason=f"巡查上报，{NAMES[level]}不能自办：{reason}")
    else:
        step.set(because=designee.because)
        await step.assign(designee, AssignmentRole.LEAD, Action.GRADE_UP, reason=reason)
        count_as_contacted(step)


def count_as_contacted(step: Step) -> None:
    """Who reported it is known and was there: nobody has to be called first (先行联系)."""
    step.set_part(step.lead, contacted_at=step.at)


def _next(step: Step, levels: list[PatrolLevel]) -> Designee | None:
    """Return who settles it among levels, the lowest first; None where the city must."""
    ticket = step.ticket
    parties = {
        PatrolLevel.GRID: ticket.grid,
        PatrolLevel.STREET: ticket.street,
        PatrolLevel.DISTRICT: ticket.district,
    }
    for level in levels:
        party = parties.get(level)
        if party is None:
            continue
        why = _refusal(step, level, party)
        if why is None:
            return Designee(party, f"巡查上报，{NAMES[level]}自办：{step.hub.category_name(ticket.category)}")
        step.record("graded_up", department=party, level=level, reason=why)
    return None


def _refusal(step: Step, level: PatrolLevel, party: str) -> str | None:
    """Return why a level may not settle a report, None where it may."""
    ticket = step.ticket
    if ticket.category not in step.hub.city.patrols.settles(level):
        return f"“{step.hub.category_name(ticket.category)}”不在{NAMES[level]}自办事项内"
    try:
        guards.check_below(step.hub, ticket, party)
    except Conflict as error:
        return error.detail.rstrip("。")
    return None


def _too_grave(step: Step, proposal: Proposal) -> str | None:
    """Return why the city must see a report at once, None where the levels may settle it."""
    if proposal.handoffs:
        return "涉及紧急情况"
    read = proposal.understanding
    # What a worker sees reads like a tip-off all the same: only who accuses an office or its people is kept from the levels.
    if step.ticket.recused or read.misconduct is not None:
        return "反映单位或其人员，由热线核办"
    grave = [rule for rule in step.hub.city.flags if rule.desk]
    for words, flags in (("涉及", read.flags), ("疑似涉及", (*read.suspected, *read.doubted))):
        names = [rule.name for rule in grave if rule.flag in flags]
        if names:
            return f"{words}{'、'.join(dict.fromkeys(names))}，须由热线核办"
    return None
